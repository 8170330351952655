"""The Spark example has the same counts as one process."""

import os
import pickle
import runpy
import sys
from pathlib import Path

import pytest

import kouling

EXAMPLES = Path(__file__).parents[2] / "bindings" / "python" / "examples"
sys.path.insert(0, str(EXAMPLES))
POLICY = 'format = 1\nextends = ["standard"]\n[rules.length]\nmin = 10\n'
# Several shapes and scripts, each twice. Small batches, so that there are several.
PASSWORDS = [
    f"{word}{number}" for word in ("heron", "Passw0rd!", "蓝鹭-wander-", "x" * 80) for number in range(60)
] * 2


def counted(passwords):
    """Return the expected counts, computed by one process."""
    counts = kouling.evaluate_many(kouling.Policy.parse(POLICY), passwords, report="counts")
    by_rule = {rule: found["refused"] for rule, found in counts["by_rule"].items()}
    totals = {what: counts[what] for what in ("accepted", "refused", "could_not_judge")}
    return totals | {"by_rule": by_rule, "codes": counts["codes"]}


@pytest.fixture(scope="module")
def session():
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[2]").appName("kouling")
    for key, value in {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.memory": "512m",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "50",
    }.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.fixture(scope="module")
def example():
    import audit_spark

    return audit_spark


def test_counts_equal_those_of_one_process(session, example):
    passwords = session.createDataFrame([(password,) for password in PASSWORDS], "password string").repartition(4)
    expected = counted(PASSWORDS)
    assert example.audit(passwords, "password", POLICY) == expected
    assert 0 < expected["refused"] < len(PASSWORDS) == expected["refused"] + expected["accepted"]


def test_null_is_not_counted(session, example):
    passwords = session.createDataFrame([("heron",), (None,), (None,)], "password string")
    assert example.audit(passwords, "password", POLICY) == counted(["heron"])
    nothing = {"accepted": 0, "refused": 0, "could_not_judge": 0, "by_rule": {}, "codes": {}}
    assert example.audit(passwords.limit(0), "password", POLICY) == nothing


def test_invalid_text_is_counted_separately(session, example):
    passwords = session.createDataFrame([(bytearray(b"heron"),), (bytearray(b"\xff"),)], "password binary")
    assert example.audit(passwords, "password", POLICY) == counted([b"heron", b"\xff"])


def test_program_reads_parquet(session, tmp_path, capsys, monkeypatch):
    """Run as `__main__`, because Spark sends its functions to the workers by value."""
    frame = session.createDataFrame([(password,) for password in PASSWORDS], "password string")
    frame.write.parquet(str(tmp_path / "passwords"))
    (tmp_path / "policy.toml").write_text(POLICY)
    arguments = ["audit_spark.py", str(tmp_path / "policy.toml"), str(tmp_path / "passwords")]
    monkeypatch.setattr(sys, "argv", arguments)
    runpy.run_path(str(EXAMPLES / "audit_spark.py"), run_name="__main__")
    expected = counted(PASSWORDS)
    printed = capsys.readouterr().out
    assert f"{expected['refused']} of {len(PASSWORDS)}" in printed
    for rule, count in expected["by_rule"].items():
        assert any(line.split() == [rule, str(count)] for line in printed.splitlines())


def test_policy_error_is_raised_on_the_driver(session, example):
    passwords = session.createDataFrame([("heron",)], "password string")
    with pytest.raises(kouling.PolicyError, match="lenght"):
        example.audit(passwords, "password", "format = 1\n[rules.lenght]\n")


def test_policy_cannot_be_pickled():
    with pytest.raises(TypeError, match="send its text"):
        pickle.dumps(kouling.Policy.preset("minimal"))
