"""A policy that follows its files: loaded once in a process, and anew when one of them looks different."""

from __future__ import annotations

import collections.abc
import os
import threading
import tomllib

from .. import PRESETS, Policy, Rule

Look = tuple[int, int, int] | None


def look(path: str) -> Look:
    """How a file looks from outside: time of change, length, number on its disk; None when it is missing."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _names(value: object) -> collections.abc.Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            for each in value:
                yield from _names(each)
        case dict():
            for each in value.values():
                yield from _names(each)


def files(path: str) -> list[str]:
    """A policy's file, those it extends, and the lists and filters it names."""
    found: list[str] = []
    waiting = [path]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.append(path)
        if not path.endswith(".toml"):
            continue
        try:
            with open(path, "rb") as file:
                document = tomllib.load(file)
        except (OSError, ValueError):
            continue  # what is wrong with it is said when it is loaded
        folder = os.path.dirname(path)
        extended = document.get("extends")
        waiting += [os.path.join(folder, name) for name in _names(extended) if name not in PRESETS]
        others = (name for name in _names(document) if name.startswith(("./", "../", "/")) and "\n" not in name)
        found += [other for name in others if os.path.isfile(other := os.path.join(folder, name))]
    return found


class PolicyFile:
    """A preset by its name, or else the policy in a file. `check` looks at a policy before it counts."""

    def __init__(
        self,
        policy: str | os.PathLike[str],
        rules: collections.abc.Sequence[type[Rule]],
        check: collections.abc.Callable[[Policy], object],
    ) -> None:
        self.name = os.fspath(policy)
        self._rules, self._check = rules, check
        self._lock = threading.Lock()
        self._looks: dict[str, Look] | None = None
        self._loaded: Policy | Exception | None = None

    def current(self) -> Policy:
        """The policy as its files are now. Raises what is wrong with them: the last good one does not count."""
        with self._lock:
            if self._looks is None or any(look(path) != before for path, before in self._looks.items()):
                self._load()
            if isinstance(self._loaded, Policy):
                return self._loaded
            assert self._loaded is not None
            # One that is raised again keeps the frames of those who saw it, and what they held.
            raise self._loaded.with_traceback(None)

    def _load(self) -> None:
        preset = self.name in PRESETS
        # Looked at before they are read: a change in between is seen next time.
        self._looks = {} if preset else {path: look(path) for path in files(self.name)}
        try:
            loaded = Policy.preset(self.name) if preset else Policy.load(self.name, rules=self._rules)
            self._check(loaded)
        except Exception as error:
            self._loaded = error
        else:
            self._loaded = loaded
