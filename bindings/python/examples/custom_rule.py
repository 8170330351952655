"""A custom rule, and a verifier for a custom hash format: `python custom_rule.py`."""

from __future__ import annotations

import collections.abc
import hashlib
import hmac

import kouling


class PlateNumber(kouling.Rule):
    """Refuses passwords that contain the user's number plate, with or without separators."""

    kind = "plate_number"
    codes = ("plate_number.contained",)
    numbers = ("min_length",)

    min_length = kouling.Count(5, min=3, max=10)
    attribute = kouling.Text("plate")

    def check(self, candidate: kouling.Candidate) -> collections.abc.Iterator[tuple[str, dict[str, int]]]:
        letters = "".join(filter(str.isalnum, candidate.folded))
        for plate in candidate.user.get(self.attribute or "plate", []):
            plain = "".join(filter(str.isalnum, plate.casefold()))
            if len(plain) >= self.min_length and plain in letters:
                yield "plate_number.contained", {"min_length": self.min_length}


POLICY = kouling.Policy.parse(
    """
    format  = 1
    extends = ["standard"]

    [rules.plate]
    kind       = "plate_number"
    min_length = 4
    message    = { en = "must not contain your number plate", zh = "不能包含车牌号" }
    """,
    rules=[PlateNumber],
)


def verify(password: bytes, stored: str) -> bool | None:
    """Compare with a hash of this host. Returns None for other formats, which the engine may support."""
    prefix, _, rest = stored.partition("$")
    if prefix != "custom1":
        return None
    salt, _, digest = rest.partition("$")
    computed = hashlib.scrypt(password, salt=bytes.fromhex(salt), n=2**14, r=8, p=1)
    return hmac.compare_digest(computed, bytes.fromhex(digest))


def main() -> None:
    user = {"username": "zhangsan", "plate": "沪A·D1234"}
    salt = bytes(16)
    stored = f"custom1${salt.hex()}${hashlib.scrypt(b'Blue-heron-1977', salt=salt, n=2**14, r=8, p=1).hex()}"
    for password in ("Heron-沪a-d1234-x", "Blue-heron-1977", "Grey-wader-2031"):
        outcome = POLICY.evaluate(password, user=user, previous=[stored], verifier=verify)
        print(*(outcome.messages() or ["accepted"]), sep="; ")


if __name__ == "__main__":
    main()
