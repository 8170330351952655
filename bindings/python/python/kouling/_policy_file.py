"""A policy that follows its files: what a process that lives long asks."""

from __future__ import annotations

import os
import threading
import typing

from ._kouling import Policy

if typing.TYPE_CHECKING:
    from ._types import Path, Rules


class PolicyFile:
    """A policy and the files that it is made of: changed on disk, it is another policy from the next question on.

    Nothing is read before the first question. Every thread may ask at once.

    >>> import pathlib, tempfile, kouling
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = pathlib.Path(folder.name, "policy.toml")
    >>> _ = path.write_text("format = 1\\n[rules.length]\\nmin = 5")
    >>> followed = kouling.PolicyFile(path)
    >>> followed.policy().evaluate("heron").accepted
    True
    >>> _ = path.write_text("format = 1\\n[rules.length]\\nmin = 10")
    >>> followed.policy().evaluate("heron").accepted
    False
    >>> folder.cleanup()
    """

    def __init__(self, path: Path, *, rules: Rules | None = None) -> None:
        # A process may go elsewhere; its policy stays where it is.
        self.path = os.path.abspath(path)
        self._rules = None if rules is None else tuple(rules)
        self._lock = threading.Lock()
        self._policy: Policy | None = None

    def policy(self) -> Policy:
        """The policy as its files are now; the same object while they look the same.

        Raises `PolicyError` while they are wrong or gone: what was right before counts no more, so that a host refuses.
        """
        with self._lock:
            if self._policy is None or self._policy.changed():
                self._policy = None
                self._policy = Policy.load(self.path, rules=self._rules)
            return self._policy

    def __repr__(self) -> str:
        return f"<PolicyFile {self.path!r}>"
