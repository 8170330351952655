"""A policy or a policy set that is reloaded when its files change."""

from __future__ import annotations

import os
import threading
import typing

from ._kouling import Policy, PolicySet

if typing.TYPE_CHECKING:
    from ._types import Path, Rules, User


class PolicyFile:
    """A policy file, or the file of a policy set, that is reloaded after a change. Thread-safe.

    The file is first read by the first call of `policy`.

    Args:
        path: Path of the file.
        rules: Custom rule kinds, in addition to the built-in ones.

    >>> import pathlib, tempfile, kouling
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = pathlib.Path(folder.name, "policy.toml")
    >>> _ = path.write_text("format = 1\\n[rules.length]\\nmin = 5")
    >>> policy_file = kouling.PolicyFile(path)
    >>> policy_file.policy().evaluate("heron").accepted
    True
    >>> _ = path.write_text("format = 1\\n[rules.length]\\nmin = 10")
    >>> policy_file.policy().evaluate("heron").accepted
    False
    >>> folder.cleanup()
    """

    def __init__(self, path: Path, *, rules: Rules | None = None) -> None:
        # The process may change its working directory.
        self.path = os.path.abspath(path)
        self._rules = None if rules is None else tuple(rules)
        self._lock = threading.Lock()
        self._set: PolicySet | None = None
        self._policy: Policy | None = None

    def policy(self, user: User | None = None) -> Policy:
        """Return the policy of a user, reloaded if one of its files has changed since the last call.

        Args:
            user: Attributes of the user. Needed only if the file is a policy set.

        Raises:
            PolicyError: The policy has errors or a file is missing. The previous policy is not used any more (fail closed).
            CannotJudge: The file is a policy set, and a condition needs an attribute that was not supplied.
        """
        policy_set, policy = self._current()
        return policy if policy is not None else policy_set.select(user)

    def policy_set(self) -> PolicySet:
        """Return the policy set, reloaded if one of its files has changed. A policy is a set with one population.

        Raises:
            PolicyError: As for `policy`.
        """
        return self._current()[0]

    def _current(self) -> tuple[PolicySet, Policy | None]:
        """Return the policy set, and its policy if that does not depend on the user."""
        with self._lock:
            if self._set is None or self._set.changed():
                self._set = self._policy = None
                loaded = PolicySet.load(self.path, rules=self._rules)
                self._policy = loaded.select() if len(loaded.populations) == 1 else None
                self._set = loaded
            return self._set, self._policy

    def __repr__(self) -> str:
        return f"<PolicyFile {self.path!r}>"
