"""Reads the vectors in `tests/vectors` as every surface does: the specification."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VECTORS = ROOT / "tests" / "vectors"
# The moment of judging where a case names none: 2026-11-23T00:00:00Z.
NOW = 1_795_392_000


def files(*folders):
    """Every file of these folders, in the order of names: its name without the ending, and its text."""
    found = []
    for folder in folders:
        paths = sorted((VECTORS / folder).glob("*.toml"))
        assert paths, f"{folder} holds no vectors"
        found.extend((f"{folder}/{path.stem}", path.read_text("utf-8")) for path in paths)
    return found


def written(*folders):
    """How many cases are written there, counted without reading them."""
    return sum(len(re.findall(r"^\[\[case\]\]$", text, re.M)) for _, text in files(*folders))


def only(case, keys, name):
    """What a reader does not know it must not leave out."""
    unknown = set(case) - set(keys.split())
    assert not unknown, f"{name}: {unknown}"
    return case


def judgements():
    """Every case of a judgement, with what its file says for all."""
    keys = """name policy preset password password_hex repeat user previous current now refused warned numbers notes
        messages wire error"""
    cases = []
    for stem, text in files("rules", "evaluation"):
        file = only(tomllib.loads(text), "policy user case", stem)
        for case in file["case"]:
            name = f"{stem}/{case['name']}"
            only(case, keys, name)
            assert ("refused" in case) != ("error" in case), f"{name}: say `refused` or `error`, one of them"
            case["user"] = file.get("user", {}) | case.get("user", {})
            if "preset" not in case:
                # Files are named relative to the vectors' own file.
                policy = case.get("policy") or file["policy"]
                case["policy"] = policy.replace('"../files/', f'"{VECTORS}/files/')
            cases.append((name, case))
    return cases


def password(case):
    """The bytes to judge."""
    once = bytes.fromhex(case["password_hex"]) if "password_hex" in case else case.get("password", "").encode()
    return once * case.get("repeat", 1)


def previous(case):
    """Stored hashes, alone or with when they were set."""
    return [each if isinstance(each, str) else (each["hash"], each["at"]) for each in case.get("previous", [])]


def policies():
    """Every policy with everything that is said about it."""
    cases = []
    for stem, text in files("policies"):
        for case in only(tomllib.loads(text), "case", stem)["case"]:
            only(case, "name policy files findings", stem)
            for finding in case["findings"]:
                only(finding, "at id message help", stem)
                if finding["at"].count(":") == 1:
                    finding["at"] = f"policy.toml:{finding['at']}"
            cases.append((f"{stem}/{case['name']}", case))
    return cases


def contents(file):
    """What stands in a file: a text, or one of the vectors' own files, cut or with bits turned over."""
    if isinstance(file, str):
        return file.encode()
    only(file, "of cut flip", "files")
    found = bytearray((VECTORS / file["of"]).read_bytes()[: file.get("cut")])
    if "flip" in file:
        place, bits = file["flip"]
        found[place] ^= bits
    return bytes(found)


def exchanges():
    """Every exchange, with the world of its file."""
    case_keys = """name policy needs before after call method signed_in headers body raw_body repeat status error_code
        error_msg retry_after answer"""
    step_keys = "send scene wait sign_in no_sign_in password call signed_in headers body times status error_code"
    cases = []
    for stem, text in files("contract"):
        file = only(tomllib.loads(text), "world case", stem)
        for case in file["case"]:
            only(case, case_keys, f"{stem}/{case['name']}")
            for step in case.get("before", []) + case.get("after", []):
                only(step, step_keys, f"{stem}/{case['name']}")
            world = only(file["world"], "policy account", stem)
            cases.append((f"{stem}/{case['name']}", world | {"policy": case.get("policy", world["policy"])}, case))
    return cases
