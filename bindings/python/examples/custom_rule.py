"""A rule of one's own, and a hash of one's own: `python custom_rule.py`."""

from __future__ import annotations

import collections.abc
import hashlib
import hmac

import kouling


class PlateNumber(kouling.Rule):
    """Refuses passwords that hold the user's number plate, however its parts are joined."""

    kind = "plate_number"
    codes = ("plate_number.contained",)
    numbers = ("shortest",)

    shortest = kouling.Count(5, least=3, most=10)
    attribute = kouling.Text("plate")

    def check(self, candidate: kouling.Candidate) -> collections.abc.Iterator[tuple[str, dict[str, int]]]:
        letters = "".join(filter(str.isalnum, candidate.folded))
        for plate in candidate.user.get(self.attribute or "plate", []):
            plain = "".join(filter(str.isalnum, plate.casefold()))
            if len(plain) >= self.shortest and plain in letters:
                yield "plate_number.contained", {"shortest": self.shortest}


POLICY = kouling.Policy.parse(
    """
    format  = 1
    extends = ["standard"]

    [rules.plate]
    kind     = "plate_number"
    shortest = 4
    message  = { en = "must not contain your number plate", zh = "不能包含车牌号" }
    """,
    rules=[PlateNumber],
)


def verify(password: bytes, stored: str) -> bool | None:
    """Compares with a hash as this host stores it; None: it is of another form, which the engine may know."""
    form, _, rest = stored.partition("$")
    if form != "house1":
        return None
    salt, _, digest = rest.partition("$")
    made = hashlib.scrypt(password, salt=bytes.fromhex(salt), n=2**14, r=8, p=1)
    return hmac.compare_digest(made, bytes.fromhex(digest))


def main() -> None:
    user = {"username": "zhangsan", "plate": "沪A·D1234"}
    salt = bytes(16)
    stored = f"house1${salt.hex()}${hashlib.scrypt(b'Blue-heron-1977', salt=salt, n=2**14, r=8, p=1).hex()}"
    for password in ("Heron-沪a-d1234-x", "Blue-heron-1977", "Grey-wader-2031"):
        outcome = POLICY.evaluate(password, user=user, previous=[stored], verifier=verify)
        print(*(outcome.messages() or ["accepted"]), sep="; ")


if __name__ == "__main__":
    main()
