"""Kouling, a password and password-reset policy engine.

>>> import kouling
>>> policy = kouling.Policy.preset("standard")
>>> outcome = policy.evaluate("nasgnahz", user={"username": "zhangsan", "name": "张三"})
>>> if not outcome:
...     for violation in outcome:
...         print(violation.code)
characters.too_few_classes
reversed_username.contained
pinyin_name.contained
strength.too_guessable
"""

from __future__ import annotations

from ._errors import (
    CannotGenerate,
    CannotJudge,
    Diagnostic,
    KoulingError,
    PasswordRejected,
    PolicyError,
    WordsError,
)
from ._kouling import (
    PRESETS,
    Contract,
    Decision,
    Filter,
    Outcome,
    Policy,
    PolicySet,
    PreparedUser,
    Violation,
    Words,
    __version__,
    conflicts,
    estimate,
    standards,
)
from ._many import evaluate_many
from ._policy_file import PolicyFile
from ._rules import Candidate, Count, Flag, Rule, Text
from ._types import AccountFacts, Facts, Failures

__all__ = [
    "PRESETS",
    "AccountFacts",
    "Candidate",
    "CannotGenerate",
    "CannotJudge",
    "Contract",
    "Count",
    "Decision",
    "Diagnostic",
    "Facts",
    "Failures",
    "Filter",
    "Flag",
    "KoulingError",
    "Outcome",
    "PasswordRejected",
    "Policy",
    "PolicyError",
    "PolicyFile",
    "PolicySet",
    "PreparedUser",
    "Rule",
    "Text",
    "Violation",
    "Words",
    "WordsError",
    "__version__",
    "conflicts",
    "estimate",
    "evaluate_many",
    "standards",
]
