"""Differential tests of `kouling import`: random configurations and passwords, evaluated by the product and by the imported policy.

Every difference must be explained by a row of `differences.toml`. KOULING_IMPORT_VERDICTS is the number of verdicts for each product,
2,000 by default. From 20,000 on, every row must explain a difference.
KOULING_IMPORT_SEED selects other random numbers, with which a rare row can explain nothing.

`gecoscheck` of libpwquality is not tried, because it reads the accounts of the machine.
"""

import ctypes
import json
import os
import random
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from conftest import TARGET

KOULING = TARGET / "release" / "kouling"
ROWS = tomllib.loads(Path(__file__).with_name("differences.toml").read_text())["difference"]
VERDICTS = int(os.environ.get("KOULING_IMPORT_VERDICTS", "2000"))
DEFAULT_SEED = "kouling"
SEED = os.environ.get("KOULING_IMPORT_SEED", DEFAULT_SEED)
# The number of passwords for each configuration.
BATCH = 50
LONG = 20_000

USERNAME = "heronlake"
NAME = "Anna Keller"
CURRENT = "Winter-oboe-41"
BADWORDS = "kingfisher Contoso tern"

# The errors of libpwquality, as pwquality.h numbers them.
ERRORS = {
    -9: "too_similar",
    -10: "min_digits",
    -11: "min_uppers",
    -12: "min_lowers",
    -13: "min_others",
    -14: "min_length",
    -15: "palindrome",
    -16: "case_changes_only",
    -17: "rotated",
    -18: "min_classes",
    -19: "max_consecutive",
    -20: "empty_password",
    -21: "same_password",
    -22: "cracklib",
    -25: "user_check",
    -27: "max_class_repeat",
    -28: "bad_words",
    -29: "max_sequence",
}


def password(numbers):
    """Returns a random password that is likely to be near an edge of some rule."""
    parts = []
    for _ in range(numbers.randint(1, 4)):
        length = numbers.randint(1, 6)
        start = numbers.randint(0, 20)
        parts.append(
            numbers.choice(
                [
                    lambda: "".join(numbers.choices("abcdefghijklmnopqrstuvwxyz", k=length)),
                    lambda: "".join(numbers.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ", k=length)),
                    lambda: "".join(numbers.choices("0123456789", k=length)),
                    lambda: "".join(numbers.choices("!#$%&()*+,-./:;<=>?@[]^_{|}~", k=min(length, 3))),
                    lambda: "".join(numbers.choices("aB3-xY7+qZ", k=length)),
                    lambda: numbers.choice("abAB12-") * numbers.randint(2, 5),
                    lambda: "abcdefghijklmnopqrstuvwxyz"[start : start + length],
                    lambda: "ZYXWVUTSRQPONMLKJIHGFEDCBA"[start : start + length],
                    lambda: "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"[start : start + length],
                    lambda: "0123456789"[start % 8 : start % 8 + length],
                    lambda: numbers.choice(["Sunshine", "kitchen", "oboe", "quartz", "Velvet", "password", "ash", "elm"]),
                    lambda: numbers.choice([USERNAME, USERNAME[::-1], "Heron", "Keller", "onlak", "kingfisher", "contoso"]),
                    lambda: numbers.choice([CURRENT, CURRENT.lower(), CURRENT[::-1], CURRENT[4:], "Winter", "oboe-41"]),
                    lambda: " ",
                    lambda: numbers.choice(["é", "ü", "汉", "ß", "٣"]) if numbers.random() < 0.3 else "7",
                ]
            )()
        )
    text = "".join(parts)
    if numbers.random() < 0.05:
        text = text + text[::-1]
    if numbers.random() < 0.03:
        text = CURRENT[5:] + CURRENT[:5]
    if numbers.random() < 0.06:
        text = CURRENT
        for _ in range(numbers.randint(2, 9)):
            at = numbers.randint(0, len(text))
            text = text[:at] + numbers.choice("akT9-_") + text[at + numbers.randint(0, 2) :]
    return text[:60].strip() or "x"


def pwquality_conf(numbers):
    """Returns a random pwquality.conf."""
    ranges = {
        "difok": (0, 12),
        "minlen": (6, 14),
        "dcredit": (-2, 2),
        "ucredit": (-2, 2),
        "lcredit": (-2, 2),
        "ocredit": (-2, 2),
        "minclass": (0, 4),
        "maxrepeat": (0, 4),
        "maxclassrepeat": (0, 6),
        "maxsequence": (2, 5),
        "usercheck": (0, 1),
        "usersubstr": (0, 6),
        "dictcheck": (0, 1),
    }
    lines = ["dictcheck = 0"] if numbers.random() < 0.7 else []
    for name in numbers.sample(sorted(ranges), numbers.randint(0, 5)):
        lines.append(f"{name} = {numbers.randint(*ranges[name])}")
    if numbers.random() < 0.2:
        lines.append(f"badwords = {BADWORDS}")
    return "\n".join(lines) + "\n"


def passwdqc_conf(numbers):
    """Returns a random passwdqc.conf."""
    longest = numbers.choice([16, 20, 40, 72]) if numbers.random() < 0.3 else 72
    lines = [f"max={longest}"] if longest < 72 else []
    if numbers.random() < 0.7:
        # A minimum above the maximum is an error of the import.
        lengths = sorted((numbers.randint(5, min(longest, 26)) for _ in range(5)), reverse=True)
        disabled = numbers.randint(0, 3)
        lines.append("min=" + ",".join("disabled" if n < disabled else str(length) for n, length in enumerate(lengths)))
    if numbers.random() < 0.3:
        lines.append(f"passphrase={numbers.randint(0, 4)}")
    if numbers.random() < 0.5:
        lines.append(f"match={numbers.choice([0, 0, 3, 4, 5])}")
    if numbers.random() < 0.3:
        lines.append(f"similar={numbers.choice(['permit', 'deny'])}")
    return "\n".join(lines) + "\n"


class Pwquality:
    """The library of Debian, without a process for each password."""

    format = "pwquality"
    conf = staticmethod(pwquality_conf)

    def __init__(self):
        library = self.library = ctypes.CDLL("libpwquality.so.1")
        library.pwquality_default_settings.restype = ctypes.c_void_p
        library.pwquality_check.argtypes = [ctypes.c_void_p, *[ctypes.c_char_p] * 3, ctypes.POINTER(ctypes.c_void_p)]
        library.pwquality_read_config.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.POINTER(ctypes.c_void_p)]
        library.pwquality_free_settings.argtypes = [ctypes.c_void_p]

    def verdicts(self, conf, passwords):
        settings, extra = self.library.pwquality_default_settings(), ctypes.c_void_p()
        assert self.library.pwquality_read_config(settings, str(conf).encode(), ctypes.byref(extra)) == 0
        codes = [
            self.library.pwquality_check(settings, text.encode(), CURRENT.encode(), USERNAME.encode(), ctypes.byref(extra))
            for text in passwords
        ]
        self.library.pwquality_free_settings(settings)
        return [None if code >= 0 else ERRORS[code] for code in codes]


class Passwdqc:
    """The program of Debian, which reads passwords from stdin: each with the current one and the account."""

    format = "passwdqc"
    conf = staticmethod(passwdqc_conf)

    def verdicts(self, conf, passwords):
        account = f"{USERNAME}:x:1000:1000:{NAME}:/:/bin/sh"
        lines = "".join(f"{text}\n{CURRENT}\n{account}\n" for text in passwords)
        command = ["pwqcheck", "--multi", f"config={conf}"]
        done = subprocess.run(command, input=lines.encode(), stdout=subprocess.PIPE, timeout=600)
        verdicts = done.stdout.decode().splitlines()
        assert len(verdicts) == len(passwords), verdicts[:3]
        found = [re.match(r"OK: |Bad passphrase \(([^)]*)\)", verdict) for verdict in verdicts]
        return [match.group(1) for match in found]


def evaluate(folders):
    """Evaluates the cases of every folder in one process. Returns the codes of the violations by folder and case."""
    done = subprocess.run(
        [KOULING, "test", "--format", "json", *[folder / "cases.toml" for folder in folders]],
        stdout=subprocess.PIPE,
        text=True,
        timeout=3000,
    )
    assert done.returncode in (0, 1), done
    codes = {}
    for case in json.loads(done.stdout)["cases"]:
        refused = [one["actual"] for one in case["differences"] if one["what"] == "refused"]
        assert len(refused) == len(case["differences"]), case
        codes[Path(case["file"]).parent.name, int(case["name"])] = re.findall(r"[a-z_]+\.[a-z_]+", "".join(refused))
    return codes


def matches(row, product, conf, text):
    """Returns whether a row is about a product, a configuration and a password."""
    settings = dict(re.findall(r"(\w+) ?= ?(\S+)", conf))
    return (
        row["product"] == product
        and bool(re.search(row.get("password", ""), text))
        and all(re.fullmatch(value, settings.get(name, "")) for name, value in row.get("settings", {}).items())
    )


def explain(product, conf, text, reason, codes):
    """Returns the rows that explain a difference, by number. `None` if one is missing: each code of Kouling needs one."""
    candidates = [(n, row) for n, row in enumerate(ROWS) if matches(row, product, conf, text)]
    if reason is not None:
        found = [n for n, row in candidates if row["kouling"] == "looser" and reason in row["reasons"]]
        return found[:1] or None
    rows = []
    for code in codes:
        found = [n for n, row in candidates if row["kouling"] == "stricter" and code.startswith(tuple(row["codes"]))]
        if not found:
            return None
        rows.append(found[0])
    return rows


@pytest.mark.parametrize("product", [Pwquality, Passwdqc])
def test_imported_policy_agrees_with_the_product(product, tmp_path):
    oracle = product()
    numbers = random.Random(f"{SEED} {oracle.format}")
    batches = []
    for n in range(-(-VERDICTS // BATCH)):
        folder = tmp_path / f"{n:05}"
        conf = tmp_path / f"{n:05}.conf"
        conf.write_text(oracle.conf(numbers))
        done = subprocess.run([KOULING, "import", oracle.format, conf, "--out", folder], stderr=subprocess.PIPE, text=True)
        assert done.returncode in (0, 1), (conf.read_text(), done.stderr)
        if "Not translated" in (folder / "policy.toml").read_text():
            # Reasons are in the policy. What was translated must still agree.
            assert done.returncode == 1, done
        passwords = [password(numbers) for _ in range(BATCH)]
        cases = "".join(
            f"\n[[case]]\nname = \"{at}\"\npassword = {json.dumps(text, ensure_ascii=False)}\ncurrent = {json.dumps(CURRENT)}\n"
            f"user = {{ username = \"{USERNAME}\", name = \"{NAME}\" }}\nrefused = []\n"
            for at, text in enumerate(passwords)
        )
        (folder / "cases.toml").write_text(f'policy = "./policy.toml"\n{cases}')
        batches.append((folder, conf.read_text(), passwords, oracle.verdicts(conf, passwords)))
    found = evaluate([folder for folder, *_ in batches])
    used, unexplained, agreed = set(), [], [0, 0]
    for folder, conf, passwords, reasons in batches:
        for at, (text, reason) in enumerate(zip(passwords, reasons)):
            codes = found[folder.name, at]
            if (reason is None) == (not codes):
                agreed[reason is None] += 1
                continue
            rows = explain(oracle.format, conf, text, reason, codes)
            used.update(rows or [])
            if rows is None:
                unexplained.append((conf, text, reason, codes))
    assert not unexplained, f"{len(unexplained)} unexplained, for example:\n" + "\n".join(map(repr, unexplained[:40]))
    # Both verdicts must be common, or the test shows nothing.
    assert min(agreed) > VERDICTS // 20, agreed
    if VERDICTS >= LONG and SEED == DEFAULT_SEED:
        unused = [row["reason"] for n, row in enumerate(ROWS) if row["product"] == oracle.format and n not in used]
        assert not unused, f"rows that explain nothing: {unused}"
