"""The type annotations match the run-time API and pass strict type checkers."""

import importlib.util
import json
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import kouling

HERE = Path(__file__).parent
PACKAGE = Path(kouling.__file__).parent
EXAMPLES = HERE.parents[1] / "bindings" / "python" / "examples"


def python(*arguments, **more):
    # Check the package that is imported, whether it is installed or in a checkout.
    environment = os.environ | {"MYPYPATH": ""}
    done = subprocess.run(
        [sys.executable, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
        env=environment,
        **more,
    )
    return done.returncode, done.stdout


@pytest.fixture
def folder(tmp_path):
    """A folder that contains only the package."""
    (tmp_path / "kouling").symlink_to(PACKAGE)
    return tmp_path


def test_package_has_py_typed_and_stub():
    assert (PACKAGE / "py.typed").exists() and (PACKAGE / "_kouling.pyi").exists()


def test_stub_matches_extension(folder):
    allowed = HERE / "stubtest-allowed.txt"
    status, output = python(
        *("-m", "mypy.stubtest", "kouling", "--allowlist", allowed, "--mypy-config-file", HERE / "mypy.ini"),
        *("--ignore-unused-allowlist",),
        cwd=folder,
    )
    assert status == 0 and "no issues found" in output, output


def test_mypy_has_no_errors(folder):
    status, output = python("-m", "mypy", "--config-file", HERE / "mypy.ini", "-p", "kouling", cwd=folder)
    assert status == 0, output


def pyright(*paths, cwd):
    status, output = python("-m", "pyright", "--outputjson", "--pythonpath", sys.executable, *paths, cwd=cwd)
    report = json.loads(output[output.index("{") :])
    found = [
        f"{each['file']}:{each['range']['start']['line'] + 1}: {each['message']}"
        for each in report["generalDiagnostics"]
        # Django has no types, and pyright infers wrong ones. Missing packages are not an error of Kouling.
        if "/kouling/django/" not in each["file"]
        and not re.search(r'Import "(?!kouling).* could not be resolved', each["message"])
    ]
    return found, report["summary"]["filesAnalyzed"]


def test_pyright_has_no_errors(folder):
    found, analysed = pyright("kouling", cwd=folder)
    assert not found and analysed >= 8
    if EXAMPLES.exists():
        (folder / "examples").symlink_to(EXAMPLES)
        found, analysed = pyright("examples", cwd=folder)
        assert not found and analysed == len(list(EXAMPLES.rglob("*.py")))


VALID = """
    import typing
    import kouling
    from kouling import reset

    policy = kouling.Policy.preset("standard")
    reveal_type(policy.evaluate(b"x"))
    reveal_type(kouling.evaluate_many(policy, ["x"]))
    reveal_type(kouling.evaluate_many(policy, ["x"], report="codes"))
    reveal_type(kouling.evaluate_many(policy, ["x"], report="counts"))
    reveal_type(policy.evaluate("x")[0])
    reveal_type(policy.evaluate("x")[0:1])
    class Custom(kouling.Rule):
        kind = "custom"
        codes = ("custom.failed",)
        minimum = kouling.Count(4)
        strict = kouling.Flag()
        word = kouling.Text()
        def check(self, candidate: kouling.Candidate) -> str | None:
            reveal_type((self.minimum, self.strict, self.word))
            return None
    policy.evaluate("x", user={"username": ["a", "b"]}, previous=["h", ("h", 5), ("h", None)], now=5.0)
    def require(password: str, **facts: typing.Unpack[kouling.Facts]) -> kouling.Outcome:
        return policy.require(password, **facts)
    kouling.Policy.parse("", rules=[Custom], files={"a": b"b"})
"""
INVALID = {
    'policy.evaluate(5)': "arg-type",
    'policy.evaluate("x", {})': "misc",
    'policy.evaluate("x", users={})': "call-arg",
    'policy.evaluate("x", now="today")': "arg-type",
    'kouling.evaluate_many(policy, ["x"], report="all")': "call-overload",
    'kouling.Policy.parse("", rules=[5])': "list-item",
    'policy.evaluate("x").accepted = True': "misc",
    'reset.Sending(policy, caller=c, address="", peer="", channel="pigeon")': "arg-type",
    'policy.evaluate("x").violations.append(1)': "attr-defined",
}


def test_types_of_results_are_exact_and_wrong_arguments_are_errors(folder):
    lines = textwrap.dedent(VALID).strip().splitlines()
    lines += ["c: reset.Caller", "class Sub(kouling.Outcome): ...", *INVALID]
    (folder / "uses.py").write_text("\n".join(lines) + "\n")
    _, output = python("-m", "mypy", "--config-file", HERE / "mypy.ini", "uses.py", cwd=folder)
    for revealed in (
        '"kouling._kouling.Outcome"',
        '"list[bool]"',
        '"list[list[str]]"',
        "total",
        '"kouling._kouling.Violation"',
        '"tuple[kouling._kouling.Violation, ...]"',
        '"tuple[int, bool, str | None]"',
    ):
        assert revealed in output, (revealed, output)
    errors = [line for line in output.splitlines() if " error: " in line]
    first = len(lines) - len(INVALID)
    assert f"uses.py:{first}: error: Cannot inherit from final class" in output
    for number, (line, code) in enumerate(INVALID.items(), first + 1):
        assert any(each.startswith(f"uses.py:{number}:") for each in errors), (line, code, output)
    assert {int(each.split(":")[1]) for each in errors} == set(range(first, len(lines) + 1)), output


def test_type_checkers_are_installed():
    for checker in ("mypy", "pyright"):
        assert importlib.util.find_spec(checker)
