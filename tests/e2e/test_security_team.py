"""The page for a security team in the README, as it stands there, and the schema as an editor uses it."""

import json
import os
import re
import signal
import socket
import subprocess
import tomllib

import jsonschema
import pytest
from conftest import BINARY, ROOT

README = (ROOT / "README.md").read_text()
PAGE = README.split("## For a security team\n")[1].split("\n## ")[0]
BLOCKS = re.findall(r"```(sh|text)\n(.*?)```", PAGE, re.S)
KOULING = BINARY.with_name("kouling")


def steps():
    """Each command block with the output that is shown behind it, if any is."""
    found = []
    for kind, text in BLOCKS:
        if kind == "sh":
            found.append((text, None))
        else:
            found[-1] = (found[-1][0], text)
    return found


def pattern(shown):
    """What is shown, as an expression: a line `…` stands for any lines, `…` within a line for anything."""
    lines = [r"(?:.*\n)*?" if line == "…" else re.escape(line).replace("…", ".*") + r"\n" for line in shown.splitlines()]
    return "".join(lines)


def test_every_command_does_what_the_page_says(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    environment = {**os.environ, "PATH": f"{BINARY.parent}:{os.environ['PATH']}", "NO_PROXY": "127.0.0.1"}
    assert len(steps()) >= 9
    verbs = set()
    for commands, shown in steps():
        verbs.update(re.findall(r"\bkouling (\w+)", commands))
        commands = commands.replace("8080", port)
        expected = 1 if "# exits with 1" in commands else 0
        # What runs on in the background holds stderr, so a file takes it.
        with open(tmp_path / "stderr", "w+") as stderr, open(tmp_path / "stdout", "w+") as stdout:
            process = subprocess.Popen(
                ["bash", "-c", "set -m\n" + commands + "\nstatus=$?; kill $(jobs -p) 2>/dev/null; exit $status"],
                cwd=tmp_path, env=environment, stdout=stdout, stderr=stderr, start_new_session=True,
            )
            try:
                code = process.wait(120)
            finally:
                try:
                    os.killpg(process.pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            said = (tmp_path / "stdout").read_text()
            assert code == expected, (commands, said, (tmp_path / "stderr").read_text())
        if shown:
            assert re.fullmatch(pattern(shown) , said), (commands, shown, said)
    assert verbs >= {"describe", "schema", "lint", "explain", "test", "generate", "simulate", "diff", "comply", "words", "check"}
    report = (tmp_path / "report.html").read_text()
    assert "<svg" in report and "<script" not in report
    people = (tmp_path / "people.txt").read_text().split()
    assert len(people) == 400 and not any(password in report for password in people)


@pytest.fixture(scope="module")
def schema():
    return json.loads(subprocess.run([KOULING, "schema"], check=True, capture_output=True).stdout)


def policies():
    """Every policy of the vectors that loads, and every preset: name and text."""
    for folder in ["rules", "evaluation"]:
        for file in sorted((ROOT / "tests/vectors" / folder).glob("*.toml")):
            cases = tomllib.loads(file.read_text())
            yield from [(file.stem, cases["policy"])] if "policy" in cases else []
            yield from [(f"{file.stem}/{case['name']}", case["policy"]) for case in cases["case"] if "policy" in case]
    for file in sorted((ROOT / "rules/presets").glob("*.toml")):
        yield file.stem, file.read_text()


def plain(value):
    """Dates as an editor sees them: texts."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return value if isinstance(value, (str, int, float, bool)) else str(value)


def test_an_editor_finds_nothing_wrong_with_what_loads(schema):
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    seen = 0
    for name, text in policies():
        errors = [error.message for error in validator.iter_errors(plain(tomllib.loads(text)))]
        assert not errors, (name, errors)
        seen += 1
    assert seen > 100


@pytest.mark.parametrize("text", [
    'format = 2',
    'format = 1\nnmae = "x"',
    'format = 1\n[rules.length]\nmim = 8',
    'format = 1\n[rules.length]\nmin = 0',
    'format = 1\n[rules.length]\nmin = "8"',
    'format = 1\n[rules.mine]\nmin = 8',
    'format = 1\n[rules.mine]\nkind = "lenght"',
    'format = 1\n[rules.mine]\nkind = "pattern"\nforbidd = "x"',
    'format = 1\n[rules.mine]\nkind = "any"\n[rules.mine.rules]\nlength = { mim = 8 }',
    'format = 1\n[rules.length]\nseverity = "stern"',
    'format = 1\n[rules.length]\nmessage = { xx = "y" }',
    'format = 1\n[reset.code]\nlifetime = 10',
    'format = 1\n[reset.code]\nlifetime = "10 minutes"',
    'format = 1\n[reset.limits]\nper_peer = "many"',
    'format = 1\n[[exempt]]\nwhen = { length = { mim = 20 } }',
])
def test_an_editor_finds_what_is_wrong(schema, text):
    validator = jsonschema.Draft202012Validator(schema)
    assert list(validator.iter_errors(plain(tomllib.loads(text))))


def test_completions_are_what_the_shell_reads(tmp_path):
    written = subprocess.run([KOULING, "completions", "bash"], check=True, capture_output=True, text=True).stdout
    (tmp_path / "kouling.bash").write_text(written)
    ask = 'source kouling.bash; COMP_WORDS=(kouling si); COMP_CWORD=1; _kouling kouling si kouling; echo "${COMPREPLY[@]}"'
    said = subprocess.run(["bash", "-c", ask], cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    assert said.strip() == "simulate"
