"""The README and the examples run and print what they show."""

import contextlib
import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "bindings" / "python"
PAGE = (PACKAGE / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
ENVIRONMENT = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONDONTWRITEBYTECODE": "1"}


def matches(expected, printed):
    """A line `…` matches any lines, and `…` in a line matches any text."""
    pattern = ""
    for line in expected.splitlines(keepends=True):
        pattern += r"(?:.*\n)*?" if line == "…\n" else re.escape(line).replace("…", ".*")
    return re.fullmatch(pattern, printed) is not None


def expected_output(index):
    """Return the block of text that follows a block, or None."""
    return BLOCKS[index + 1][1] if index + 1 < len(BLOCKS) and BLOCKS[index + 1][0] == "text" else None


def test_python_blocks_run_and_print_expected_output(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    space = {"BASE_DIR": tmp_path, "__name__": "page"}
    compared = 0
    for index, (language, text) in enumerate(BLOCKS):
        if language != "python":
            continue
        printed = io.StringIO()
        line = PAGE[: PAGE.index(text)].count("\n")
        with contextlib.redirect_stdout(printed):
            exec(compile("\n" * line + text, "README.md", "exec"), space)
        expected = expected_output(index) or ""
        assert matches(expected, printed.getvalue()), f"README.md:{line}: printed\n{printed.getvalue()}"
        compared += bool(expected)
    assert compared > 10


@pytest.mark.parametrize("folder", [".", "bindings/cli/examples/bank"])
def test_python_block_of_other_readme_prints_expected_output(folder, monkeypatch):
    monkeypatch.chdir(PACKAGE.parents[1] / folder)
    page = Path("README.md").read_text("utf-8")
    ((code, expected),) = re.findall(r"^```python\n(import kouling\n.*?)^```\n\n```text\n(.*?)^```$", page, re.M | re.S)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "README.md", "exec"), {})
    assert printed.getvalue() == expected


def test_django_settings_pass_system_checks(tmp_path):
    (settings,) = (text for language, text in BLOCKS if "INSTALLED_APPS" in text)
    (policy,) = (text for _, text in BLOCKS if 'kouling.Policy.load("policy.toml")' in text)
    script = f"""
from pathlib import Path
BASE_DIR = Path(".")
exec({policy.split("policy = ")[0]!r})
exec({settings!r})
from django.conf import settings
settings.configure(
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", *INSTALLED_APPS[1:]],
    AUTH_PASSWORD_VALIDATORS=AUTH_PASSWORD_VALIDATORS,
    DATABASES={{"default": {{"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}}},
)
import django
django.setup()
from django.core.management import call_command
call_command("check", fail_level="INFO")
call_command("migrate", verbosity=0)
from django.contrib.auth.password_validation import validate_password
try:
    validate_password("widget")
except Exception as error:
    print(*error.messages, sep="\\n")
"""
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert "no issues" in run.stdout and "must not contain a product name" in run.stdout


def test_commands_print_expected_output(tmp_path):
    (commands,) = (index for index, (language, text) in enumerate(BLOCKS) if "python -m kouling" in text)
    (tmp_path / "policy.toml").write_text("format = 1\nextends = ['standard']\n")
    environment = ENVIRONMENT | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    run = subprocess.run(
        ["bash", "-c", BLOCKS[commands][1]],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert matches(expected_output(commands), run.stdout), run.stdout + run.stderr


def test_links_lead_to_files():
    links = re.findall(r"\]\(([^)#]+)\)", PAGE)
    assert len(links) >= 4
    for link in links:
        assert (PACKAGE / link).exists(), link


def test_every_exception_and_example_is_mentioned():
    import kouling

    for name in kouling.__all__:
        value = getattr(kouling, name)
        if isinstance(value, type) and issubclass(value, Exception):
            assert f"`{name}" in PAGE, name
    for example in (PACKAGE / "examples").glob("*.py"):
        assert example.name in PAGE, example.name


@pytest.mark.parametrize(
    ("example", "arguments", "expected"),
    [
        (
            "custom_rule.py",
            [],
            "must not contain your number plate\nmust not be one of the last 5 passwords\naccepted\n",
        ),
        (
            "audit.py",
            ["minimal", "passwords.txt"],
            "rule…refused…share…sole cause\nlength… 2 … 66.7% … 2\nany… 2 … 66.7%   of 3\nnot evaluated, not_utf8: 1\nnot evaluated, nul: 1\n",
        ),
    ],
)
def test_example_prints_expected_output(example, arguments, expected, tmp_path):
    (tmp_path / "passwords.txt").write_bytes(b"heron\r\nwader stone\n\n\xff\xfe\nma\0rsh\nmarsh")
    command = [sys.executable, str(PACKAGE / "examples" / example), *arguments]
    run = subprocess.run(command, cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert matches(expected, run.stdout), run.stdout
