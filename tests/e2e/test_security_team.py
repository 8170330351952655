"""The tours of the command line and of the example of a bank, the schema as an editor uses it, and completions."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tomllib

import jsonschema
import pytest
from conftest import BINARY, ROOT

MANUAL = (ROOT / "bindings/cli/README.md").read_text()
TOUR = MANUAL.split("\n## Tour\n")[1].split("\n## ")[0]
BANK = ROOT / "bindings/cli/examples/bank"
KOULING = BINARY.with_name("kouling")


def steps(document):
    """Each block of commands, with the documented output that follows it or None."""
    found = []
    for kind, text in re.findall(r"```(\w+)\n(.*?)```", document, re.S):
        if kind == "text" and found:
            found[-1][2] = text
        else:
            found.append([kind, text, None])
    return [(text, output) for kind, text, output in found if kind == "sh"]


def pattern(output):
    """The documented output as a regular expression: a line `…` matches any lines, `…` within a line any text."""
    lines = [r"(?:.*\n)*?" if line == "…" else re.escape(line).replace("…", ".*") + r"\n" for line in output.splitlines()]
    return "".join(lines)


def walk(document, folder):
    """Run every command, compare it with the documented output, and return the subcommands of `kouling` that were used."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    environment = {**os.environ, "PATH": f"{BINARY.parent}:{os.environ['PATH']}", "NO_PROXY": "127.0.0.1"}
    used = set()
    for commands, documented in steps(document):
        used.update(re.findall(r"\bkouling (\w+)", commands))
        commands = commands.replace("8080", port)
        expected = 1 if "# exits with 1" in commands else 0
        # A background process keeps stderr open, so it is a file and not a pipe.
        with open(folder / "stderr", "w+") as errors, open(folder / "stdout", "w+") as output:
            process = subprocess.Popen(
                ["bash", "-c", "set -m\n" + commands + "\nstatus=$?; kill $(jobs -p) 2>/dev/null; exit $status"],
                cwd=folder, env=environment, stdout=output, stderr=errors, start_new_session=True,
            )
            try:
                code = process.wait(120)
            finally:
                try:
                    os.killpg(process.pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            stdout = (folder / "stdout").read_text()
            assert code == expected, (commands, stdout, (folder / "stderr").read_text())
        if documented:
            assert re.fullmatch(pattern(documented), stdout), (commands, documented, stdout)
    return used


def test_tour_commands_print_the_documented_output(tmp_path):
    assert walk(TOUR, tmp_path) >= {
        "check", "completions", "comply", "describe", "diff", "estimate", "explain", "generate", "import", "lint", "man", "schema",
        "simulate", "test", "words",
    }
    report = (tmp_path / "report.html").read_text()
    assert "<svg" in report and "<script" not in report
    people = (tmp_path / "people.txt").read_text().split()
    assert len(people) == 400 and not any(password in report for password in people)


def test_bank_commands_print_the_documented_output(tmp_path):
    shutil.copytree(BANK, tmp_path / "bank")
    used = walk((BANK / "README.md").read_text(), tmp_path / "bank")
    assert used >= {"which", "describe", "check", "test", "lint", "diff", "comply", "standing"}


@pytest.fixture(scope="module")
def schema():
    return json.loads(subprocess.run([KOULING, "schema"], check=True, capture_output=True).stdout)


def policies():
    """Name and text of every valid policy of the vectors, and of every preset."""
    for folder in ["rules", "evaluation"]:
        for file in sorted((ROOT / "tests/vectors" / folder).glob("*.toml")):
            cases = tomllib.loads(file.read_text())
            yield from [(file.stem, cases["policy"])] if "policy" in cases else []
            yield from [(f"{file.stem}/{case['name']}", case["policy"]) for case in cases["case"] if "policy" in case]
    for file in sorted((ROOT / "rules/presets").glob("*.toml")):
        yield file.stem, file.read_text()


def as_json(value):
    """A TOML value as an editor validates it: dates are strings."""
    if isinstance(value, dict):
        return {key: as_json(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_json(inner) for inner in value]
    return value if isinstance(value, (str, int, float, bool)) else str(value)


def test_schema_accepts_valid_policies(schema):
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    count = 0
    for name, text in policies():
        errors = [error.message for error in validator.iter_errors(as_json(tomllib.loads(text)))]
        assert not errors, (name, errors)
        count += 1
    assert count > 100


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
def test_schema_rejects_invalid_policies(schema, text):
    validator = jsonschema.Draft202012Validator(schema)
    assert list(validator.iter_errors(as_json(tomllib.loads(text))))


def test_completions_work_in_bash(tmp_path):
    script = subprocess.run([KOULING, "completions", "bash"], check=True, capture_output=True, text=True).stdout
    (tmp_path / "kouling.bash").write_text(script)
    ask = 'source kouling.bash; COMP_WORDS=(kouling si); COMP_CWORD=1; _kouling kouling si kouling; echo "${COMPREPLY[@]}"'
    completed = subprocess.run(["bash", "-c", ask], cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    assert completed.strip() == "simulate"
