"""A policy that is reloaded when its files change."""

from __future__ import annotations

import os
import threading
import typing

from ._kouling import Policy

if typing.TYPE_CHECKING:
    from ._types import Path, Rules


class PolicyFile:
    """A policy file that is reloaded after a change. Thread-safe.

    The file is first read by the first call of `policy`.

    Args:
        path: Path of the policy file.
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
        self._policy: Policy | None = None

    def policy(self) -> Policy:
        """Return the policy, reloaded if one of its files has changed since the last call.

        Raises:
            PolicyError: The policy has errors or a file is missing. The previous policy is not used any more (fail closed).
        """
        with self._lock:
            if self._policy is None or self._policy.changed():
                self._policy = None
                self._policy = Policy.load(self.path, rules=self._rules)
            return self._policy

    def __repr__(self) -> str:
        return f"<PolicyFile {self.path!r}>"
