"""`evaluate_many`: iterables, columns, reports and errors."""

import collections

import polars
import pyarrow
import pytest

import kouling
from kouling import Policy

POLICY = Policy.preset("standard")
USER = {"username": "zhangsan", "name": "张三"}
PASSWORDS = ["short", "nasgnahz", "veer-Lantern-oboe-73", "", "张三李四王五赵六-Ab3", "aaaaaaaaaaaa", "P@ssw0rd1!", "x" * 90] * 16
SINGLE = [POLICY.evaluate(password, user=USER) for password in PASSWORDS]
ACCEPTED = [outcome.accepted for outcome in SINGLE]
CODES = [outcome.codes for outcome in SINGLE]


def many(passwords, **more):
    return kouling.evaluate_many(POLICY, passwords, user=USER, **more)


class OneArray:
    """Has only the Arrow C data interface."""

    def __init__(self, array):
        self.array = array

    def __arrow_c_array__(self, requested_schema=None):
        return self.array.__arrow_c_array__(requested_schema)


class Stream:
    """Has only the Arrow C stream interface."""

    def __init__(self, array):
        self.array = array

    def __arrow_c_stream__(self, requested_schema=None):
        return self.array.__arrow_c_stream__(requested_schema)


def columns():
    """Columns that contain exactly PASSWORDS."""
    text = pyarrow.array(PASSWORDS, pyarrow.string())
    longer = pyarrow.array(["before", *PASSWORDS, "after"], pyarrow.string())
    third = len(PASSWORDS) // 3
    chunks = [text[:third], text[third:third], text[third:]]
    numbers = pyarrow.array([each % 8 for each in range(len(PASSWORDS))], pyarrow.int8())
    return {
        "string": text,
        "large_string": text.cast(pyarrow.large_string()),
        "binary": text.cast(pyarrow.binary()),
        "large_binary": text.cast(pyarrow.large_binary()),
        "string_view": text.cast(pyarrow.string_view()),
        "binary_view": text.cast(pyarrow.binary()).cast(pyarrow.binary_view()),
        "slice": longer[1:-1],
        "slice of large": longer.cast(pyarrow.large_string())[1:-1],
        "slice of a view": longer.cast(pyarrow.string_view())[1:-1],
        "chunks": pyarrow.chunked_array(chunks),
        "slice of chunks": pyarrow.chunked_array([longer[:5], longer[5:]])[1:-1],
        "dictionary": text.dictionary_encode(),
        "dictionary with other order": pyarrow.DictionaryArray.from_arrays(numbers, pyarrow.array(PASSWORDS[:8])),
        "dictionary of large": pyarrow.DictionaryArray.from_arrays(
            numbers, pyarrow.array(PASSWORDS[:8], pyarrow.large_string())
        ),
        "series": polars.Series(PASSWORDS),
        "slice of a series": polars.Series(["before", *PASSWORDS, "after"])[1:-1],
        "categorical": polars.Series(PASSWORDS, dtype=polars.Categorical),
        "binary series": polars.Series([password.encode() for password in PASSWORDS]),
        "column of a frame": polars.DataFrame({"password": PASSWORDS})["password"],
        "column of a table": pyarrow.table({"password": PASSWORDS})["password"],
        "one array": OneArray(text),
        "stream": Stream(pyarrow.chunked_array(chunks)),
    }


@pytest.mark.parametrize("name", columns())
def test_column_has_same_results_as_single_evaluations(name):
    column = columns()[name]
    assert many(column) == ACCEPTED
    assert many(column, report="codes") == CODES
    assert many(column, report="counts", threads=3)["total"] == len(PASSWORDS)


def iterables():
    return {
        "list": PASSWORDS,
        "tuple": tuple(PASSWORDS),
        "generator": (password for password in PASSWORDS),
        "iterator": iter(PASSWORDS),
        "bytes": [password.encode() for password in PASSWORDS],
        "bytearrays": [bytearray(password.encode()) for password in PASSWORDS],
        "memoryviews": map(memoryview, [password.encode() for password in PASSWORDS]),
        "mixed": [password.encode() if n % 2 else password for n, password in enumerate(PASSWORDS)],
        "deque": collections.deque(PASSWORDS),
        "keys": collections.OrderedDict.fromkeys(PASSWORDS).keys(),
    }


@pytest.mark.parametrize("name", iterables())
def test_iterable_has_same_results_as_single_evaluations(name):
    expected = CODES[:8] if name == "keys" else CODES
    assert many(iterables()[name], report="codes") == expected
    assert many(iterables()[name], threads=1) == [not codes for codes in expected]


def test_results_keep_order_across_threads_and_batches():
    passwords = [f"{n:x}" * (n % 17) for n in range(40_000)]
    policy = Policy.parse("format = 1\n[rules.length]\nmin = 30\n[rules.repetition]")
    expected = [policy.evaluate(password).codes for password in passwords[:2000]]
    for column in (passwords, pyarrow.array(passwords), polars.Series(passwords)):
        codes = kouling.evaluate_many(policy, column, report="codes", threads=5)
        assert len(codes) == 40_000 and codes[:2000] == expected
        accepted = kouling.evaluate_many(policy, column, threads=2)
        assert accepted == [not each for each in codes] and 0 < sum(accepted) < 40_000


def test_counts_are_sums_of_single_evaluations():
    by_code, by_rule, sole_cause = collections.Counter(), collections.Counter(), collections.Counter()
    for outcome in SINGLE:
        by_code.update(set(outcome.codes))
        rules = {violation.rule for violation in outcome}
        by_rule.update(rules)
        sole_cause.update(rules if len(rules) == 1 else ())
    refused = ACCEPTED.count(False)
    assert 0 < refused < len(PASSWORDS) and len(by_code) > 5 and sole_cause
    for threads in (None, 1, 4):
        for passwords in (PASSWORDS, pyarrow.array(PASSWORDS)):
            counts = many(passwords, report="counts", threads=threads)
            assert (counts["total"], counts["refused"]) == (len(PASSWORDS), refused)
            assert counts["accepted"] == len(PASSWORDS) - refused and counts["refusal_rate"] == refused / len(PASSWORDS)
            assert counts["codes"] == by_code
            assert {rule: found["refused"] for rule, found in counts["by_rule"].items()} == {
                rule: by_rule[rule] for rule in counts["rules"]
            }
            assert {rule: found["sole_cause"] for rule, found in counts["by_rule"].items()} == {
                rule: sole_cause[rule] for rule in counts["rules"]
            }
            assert counts["policy"] == {"name": POLICY.name, "digest": POLICY.digest}


INVALID_TEXT = [b"\xff\xfe", "nul\0nul", "\udcff", b"\xed\xa0\x80"]


def test_invalid_text_is_counted_by_counts_and_an_error_otherwise():
    passwords = [*PASSWORDS, *INVALID_TEXT, *PASSWORDS] * 200
    counts = many(passwords, report="counts", threads=3)
    assert counts["could_not_judge"] == 4 * 200 and counts["could_not_judge_by"] == {"not_utf8": 600, "nul": 200}
    assert counts["accepted"] == ACCEPTED.count(True) * 400 and counts["refused"] == ACCEPTED.count(False) * 400
    assert counts["total"] == len(passwords)
    column = pyarrow.array([b"short", b"\xff"], pyarrow.binary())
    assert many(column, report="counts")["could_not_judge_by"] == {"not_utf8": 1}
    for report in ("accepted", "codes"):
        for number, invalid in enumerate(INVALID_TEXT):
            with pytest.raises(kouling.CannotJudge) as raised:
                many(["x"] * (20_000 + number) + [invalid, "y"], report=report)
            assert raised.value.kind == ("nul" if invalid == INVALID_TEXT[1] else "not_utf8")
            assert raised.value.__notes__ == [f"password at index {20_000 + number}"]
        with pytest.raises(kouling.CannotJudge):
            many(column, report=report)


def test_counts_include_every_rule_when_policy_reports_first():
    text = 'format = 1\n[password]\nreport = "first"\n[rules.length]\nmin = 8\n[rules.characters]\nmin_classes = 3\n'
    policy = Policy.parse(text)
    counts = kouling.evaluate_many(policy, ["short", "Sh0rt", "long enough"], report="counts")
    assert {rule: found["refused"] for rule, found in counts["by_rule"].items()} == {"length": 2, "characters": 2}
    assert counts["overlap"] == [{"rules": ["length", "characters"], "refused": 1}]


def test_empty_input_has_empty_result():
    for empty in (
        [],
        iter(()),
        pyarrow.array([], pyarrow.string()),
        pyarrow.array(["x"])[1:],
        pyarrow.chunked_array([], pyarrow.string()),
        pyarrow.array([], pyarrow.string_view()),
        polars.Series([], dtype=polars.String),
    ):
        assert many(empty) == []
        counts = many(iter(()) if isinstance(empty, type(iter(()))) else empty, report="counts")
        assert counts["total"] == counts["refused"] == 0 and counts["refusal_rate"] is None and not counts["codes"]
    # An empty string is a password.
    assert many(pyarrow.array(["", ""])) == [False, False]


NULLS = {
    "string": pyarrow.array(["x", None]),
    "view": pyarrow.array(["x", None], pyarrow.string_view()),
    "chunk": pyarrow.chunked_array([["x"], ["y", None]]),
    "series": polars.Series(["x", None]),
    "index": pyarrow.DictionaryArray.from_arrays(pyarrow.array([0, None], pyarrow.int8()), pyarrow.array(["x"])),
    "value": pyarrow.DictionaryArray.from_arrays(pyarrow.array([0, 1], pyarrow.int8()), pyarrow.array(["x", None])),
}


@pytest.mark.parametrize("name", NULLS)
def test_null_in_column_is_error(name):
    with pytest.raises(ValueError, match="must not contain nulls"):
        many(NULLS[name])
    with pytest.raises(TypeError):
        many(["x", None])


def test_null_outside_slice_is_ignored():
    assert many(pyarrow.array([None, "short", None])[1:2], report="codes") == [CODES[0]]


@pytest.mark.parametrize(
    "wrong",
    [
        pyarrow.array([1, 2]),
        pyarrow.array([["x"]]),
        pyarrow.array([1, 2]).dictionary_encode(),
        pyarrow.table({"password": ["x"]}),
        polars.Series([1, 2]),
        polars.DataFrame({"password": ["x"]}),
        5,
        None,
        "short",
        b"short",
        [5],
        [["x"]],
    ],
    ids=lambda wrong: type(wrong).__name__,
)
def test_passwords_of_another_type_are_type_error(wrong):
    with pytest.raises(TypeError):
        many(wrong)


def test_exception_of_generator_is_raised():
    def passwords(count):
        yield from ["short"] * count
        raise LookupError("the source is gone")

    for count in (0, 1, 20_000):
        with pytest.raises(LookupError, match="gone"):
            kouling.evaluate_many(Policy.preset("minimal"), passwords(count))


def test_progress_is_called_and_its_exception_stops():
    passwords, reported = ["short"] * 40_000, []
    policy = Policy.preset("minimal")
    for column in (passwords, pyarrow.array(passwords)):
        reported.clear()
        kouling.evaluate_many(policy, column, report="counts", progress=reported.append)
        assert reported == sorted(set(reported)) and reported[-1] == 40_000 and len(reported) > 1
        consumed = []

        def passing(column=column, consumed=consumed):
            for password in column:
                consumed.append(1)
                yield password

        def progress(done):
            raise LookupError(done)

        with pytest.raises(LookupError):
            kouling.evaluate_many(policy, passing() if column is passwords else column, progress=progress)
        assert len(consumed) < 40_000
    with pytest.raises(TypeError):
        many(["x"], progress=5)


def test_facts_apply_to_every_password():
    policy = Policy.parse("format = 1\n[rules.history]\ndepth = 1")
    calls = []

    def verifier(password, stored):
        calls.append(password)
        return password == b"used"

    assert kouling.evaluate_many(policy, ["used", "new"] * 100, previous=["x"], verifier=verifier) == [False, True] * 100
    assert collections.Counter(calls) == {b"used": 100, b"new": 100}


def test_invalid_report_or_threads_is_error():
    with pytest.raises(ValueError, match="report"):
        many(["x"], report="everything")
    with pytest.raises((TypeError, OverflowError)):
        many(["x"], threads=-1)
    assert many(["x"], threads=0) == many(["x"], threads=10_000) == [False]


def test_column_without_pyarrow_is_import_error(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(ImportError, match="pyarrow"):
        many(polars.Series(["x"]))
    assert many(["x"]) == [False]


def test_invalid_arrow_offsets_are_refused():
    def evaluate(offsets, data, width=4):
        raw = b"".join(offset.to_bytes(width, "little", signed=True) for offset in offsets)
        arrays = [(memoryview(raw), width, memoryview(data))]
        return POLICY._evaluate_arrow(arrays, "accepted", None, None, {})

    assert evaluate([0, 1, 3], b"abc") == [False, False] == evaluate([5, 6, 8], b"abc", 8)
    for offsets in ([0, 4], [0, 3, 2], [-1, 3], [], [3, 0]):
        with pytest.raises(ValueError, match="invalid Arrow offsets buffer"):
            evaluate(offsets, b"abc")
