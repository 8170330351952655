"""Reads the test vectors in `tests/vectors`, which every language binding must pass."""

import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VECTORS = ROOT / "tests" / "vectors"
BANK = ROOT / "bindings" / "cli" / "examples" / "bank"
# Time of the evaluation if a case has none: 2026-11-23T00:00:00Z.
NOW = 1_795_392_000


def files(*folders):
    """Return the name without extension and the text of every file of these folders, sorted by name."""
    found = []
    for folder in folders:
        paths = sorted((VECTORS / folder).glob("*.toml"))
        assert paths, f"{folder} contains no vectors"
        found.extend((f"{folder}/{path.stem}", path.read_text("utf-8")) for path in paths)
    return found


def case_count(*folders):
    """Count the cases of these folders without parsing the files."""
    return sum(len(re.findall(r"^\[\[case\]\]$", text, re.M)) for _, text in files(*folders))


def checked(case, keys, name):
    """Return `case` if it has only these keys. An unknown key could change the meaning of a case."""
    unknown = set(case) - set(keys.split())
    assert not unknown, f"{name}: unknown keys {unknown}"
    return case


def evaluations():
    """Return every evaluation case, merged with the defaults of its file."""
    keys = """name policy preset password password_hex repeat user previous current password_set now refused warned numbers notes
        messages wire error"""
    cases = []
    for stem, text in files("rules", "evaluation"):
        file = checked(tomllib.loads(text), "policy user case", stem)
        for case in file["case"]:
            name = f"{stem}/{case['name']}"
            checked(case, keys, name)
            assert ("refused" in case) != ("error" in case), f"{name}: expected either `refused` or `error`"
            case["user"] = file.get("user", {}) | case.get("user", {})
            if "preset" not in case:
                # Paths are relative to the vector file.
                policy = case.get("policy") or file["policy"]
                case["policy"] = policy.replace('"../files/', f'"{VECTORS}/files/')
            cases.append((name, case))
    return cases


def standings():
    """Return every standing case with its account, merged with the defaults of its file."""
    cases = []
    for stem, text in files("standing"):
        file = checked(tomllib.loads(text), "policy account case", stem)
        for case in file["case"]:
            checked(case, "name policy account now call accepts code missing number effects messages", stem)
            account = file.get("account", {}) | case.get("account", {})
            defaults = {"policy": file.get("policy"), "now": NOW, "call": "standing", "accepts": None, "code": ""}
            defaults |= {"missing": [], "number": None, "effects": [], "messages": {}}
            cases.append((f"{stem}/{case['name']}", defaults | case | {"account": account}))
    return cases


def account(case, digest):
    """Return the account of a standing case as `Policy.standing` expects it."""

    def converted(name, value):
        if isinstance(value, dict):
            return {key: converted(key, inner) for key, inner in value.items()}
        if value in ("never", "unknown"):
            return None
        if name == "accepted_under":
            return digest if value == "this" else "5a" * 32
        if isinstance(value, str):
            seconds = {"s": 1, "m": 60, "h": 3600, "d": 86400}[value[-1]]
            return case["now"] - int(value[:-1]) * seconds
        return value

    return {name: converted(name, value) for name, value in case["account"].items()}


def explanations():
    """Return every explanation case, merged with the defaults of its file."""
    cases = []
    for stem, text in files("explanations"):
        file = checked(tomllib.loads(text), "policy case", stem)
        for case in file["case"]:
            checked(case, "name policy password user found observed messages", f"{stem}/{case['name']}")
            cases.append((f"{stem}/{case['name']}", {"policy": file["policy"], "user": {}, "messages": {}} | case))
    return cases


def populations():
    """Return every population case, merged with the defaults of its file, and those of the example of a bank."""
    cases = []
    for stem, text in [*files("populations"), ("bank", (BANK / "cases.toml").read_text("utf-8"))]:
        file = checked(tomllib.loads(text), "set files policy user case", stem)
        if "policy" in file:
            file["set"] = (BANK / file["policy"]).read_text("utf-8")
            file["files"] = {path.name: path.read_text("utf-8") for path in BANK.iterdir()}
        for case in file["case"]:
            name = f"{stem}/{case['name']}"
            checked(case, "name set files user selected error password refused warned now", name)
            assert ("selected" in case or "refused" in case) != ("error" in case), f"{name}: expected a result or `error`"
            assert ("password" in case) == ("refused" in case), f"{name}: expected `password` and `refused`, or neither"
            case["user"] = file.get("user", {}) | case.get("user", {})
            case["now"] = moment(case.get("now", NOW))
            cases.append((name, {"set": file.get("set"), "files": file.get("files", {})} | case))
    return cases


def moment(time):
    """Return seconds since 1970 of a date, at midnight UTC, or of seconds."""
    return time if isinstance(time, int) else int(datetime(time.year, time.month, time.day, tzinfo=UTC).timestamp())


def password(case):
    """Return the password of a case, as bytes."""
    once = bytes.fromhex(case["password_hex"]) if "password_hex" in case else case.get("password", "").encode()
    return once * case.get("repeat", 1)


def previous(case):
    """Return the stored hashes of a case, alone or in pairs with the time they were set."""
    return [each if isinstance(each, str) else (each["hash"], each["at"]) for each in case.get("previous", [])]


def policies():
    """Return every policy case with its expected diagnostics."""
    cases = []
    for stem, text in files("policies"):
        for case in checked(tomllib.loads(text), "case", stem)["case"]:
            checked(case, "name policy files findings", stem)
            for finding in case["findings"]:
                checked(finding, "at id message help", stem)
                if finding["at"].count(":") == 1:
                    finding["at"] = f"policy.toml:{finding['at']}"
            cases.append((f"{stem}/{case['name']}", case))
    return cases


def contents(file):
    """Return the contents of a file: text, or a file of the vectors that is truncated or has flipped bits."""
    if isinstance(file, str):
        return file.encode()
    checked(file, "of cut flip", "files")
    found = bytearray((VECTORS / file["of"]).read_bytes()[: file.get("cut")])
    if "flip" in file:
        place, bits = file["flip"]
        found[place] ^= bits
    return bytes(found)


def exchanges():
    """Return every HTTP exchange case, with the initial state of its file."""
    case_keys = """name policy needs before after call method signed_in headers body raw_body repeat status error_code
        error_msg retry_after answer"""
    step_keys = "send scene wait sign_in no_sign_in password call signed_in headers body times status error_code"
    cases = []
    for stem, text in files("contract"):
        file = checked(tomllib.loads(text), "world case", stem)
        for case in file["case"]:
            checked(case, case_keys, f"{stem}/{case['name']}")
            for step in case.get("before", []) + case.get("after", []):
                checked(step, step_keys, f"{stem}/{case['name']}")
            world = checked(file["world"], "policy account", stem)
            cases.append((f"{stem}/{case['name']}", world | {"policy": case.get("policy", world["policy"])}, case))
    return cases
