"""Evaluation of many passwords on several threads."""

from __future__ import annotations

import collections.abc
import importlib
import typing

from ._kouling import Policy

if typing.TYPE_CHECKING:
    from ._types import Counts, Facts, Password


class ArrowStream(typing.Protocol):
    """An object with the Arrow C stream interface, such as a chunked array or a Polars series."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


class ArrowArray(typing.Protocol):
    """An object with the Arrow C data interface, such as an array of pyarrow."""

    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]: ...


if typing.TYPE_CHECKING:
    _Passwords: typing.TypeAlias = collections.abc.Iterable[Password] | ArrowStream | ArrowArray


@typing.overload
def evaluate_many(
    policy: Policy,
    passwords: _Passwords,
    *,
    report: typing.Literal["accepted"] = "accepted",
    threads: int | None = None,
    progress: collections.abc.Callable[[int], object] | None = None,
    **facts: typing.Unpack[Facts],
) -> list[bool]: ...
@typing.overload
def evaluate_many(
    policy: Policy,
    passwords: _Passwords,
    *,
    report: typing.Literal["codes"],
    threads: int | None = None,
    progress: collections.abc.Callable[[int], object] | None = None,
    **facts: typing.Unpack[Facts],
) -> list[list[str]]: ...
@typing.overload
def evaluate_many(
    policy: Policy,
    passwords: _Passwords,
    *,
    report: typing.Literal["counts"],
    threads: int | None = None,
    progress: collections.abc.Callable[[int], object] | None = None,
    **facts: typing.Unpack[Facts],
) -> Counts: ...
def evaluate_many(
    policy: Policy,
    passwords: _Passwords,
    *,
    report: typing.Literal["accepted", "codes", "counts"] = "accepted",
    threads: int | None = None,
    progress: collections.abc.Callable[[int], object] | None = None,
    **facts: typing.Unpack[Facts],
) -> list[bool] | list[list[str]] | Counts:
    """Evaluate many passwords, with the same facts for all of them.

    Args:
        policy: The policy.
        passwords: An iterable of passwords, or a column: an Arrow array or chunked array of strings, a Polars series, or any
            other object with the Arrow C stream interface. The strings of a column are not converted to Python objects.
            A column needs pyarrow.
        report: The result to return.
        threads: Number of threads. Defaults to the number of CPUs.
        progress: Called after each batch with the number of passwords evaluated so far. An exception stops the evaluation.
        facts: As for `Policy.evaluate`. They apply to every password: to check personal data, call `Policy.evaluate` for
            each account.

    Returns:
        For "accepted", a list of bool. For "codes", a list of lists of violation codes. For "counts", the numbers of
        passwords per outcome, rule and code.

    Raises:
        CannotJudge: A password could not be evaluated; a note of the exception has its index. "counts" counts passwords that
            are not valid text (not UTF-8, with lone surrogates or with a NUL) under `could_not_judge` instead.
        WordsError: A word list or breach filter of the policy cannot be read.

    >>> import kouling
    >>> policy = kouling.Policy.preset("minimal")
    >>> kouling.evaluate_many(policy, ["short", "long enough"])
    [False, True]
    >>> counts = kouling.evaluate_many(policy, ["short", "long enough", b"\\xff"], report="counts")
    >>> counts["refused"], counts["by_rule"]["length"]["refused"], counts["could_not_judge"]
    (1, 1, 1)
    """
    if hasattr(passwords, "__arrow_c_stream__") or hasattr(passwords, "__arrow_c_array__"):
        arrays = _arrow_buffers(typing.cast("ArrowStream | ArrowArray", passwords))
        return policy._evaluate_arrow(arrays, report, threads, progress, facts)
    return policy._evaluate_iterable(passwords, report, threads, progress, facts)


def _arrow_buffers(
    column: ArrowStream | ArrowArray,
) -> collections.abc.Iterator[tuple[memoryview, int, memoryview]]:
    """Yield the offsets, the width of an offset in bytes, and the data of each array, limited to the array's slice."""
    # Only callers that pass a column need pyarrow.
    pa: typing.Any = importlib.import_module("pyarrow")
    chunked: typing.Any = column
    if not isinstance(column, pa.ChunkedArray):
        chunked = pa.chunked_array([column] if isinstance(column, pa.Array) else column)
    offset_widths = {pa.string(): 4, pa.binary(): 4, pa.large_string(): 8, pa.large_binary(): 8}
    if chunked.type not in offset_widths:
        is_dictionary = pa.types.is_dictionary(chunked.type)
        value_type = chunked.type.value_type if is_dictionary else chunked.type
        if value_type in (pa.string(), pa.large_string(), pa.string_view()):
            plain = pa.large_string()
        elif value_type in (pa.binary(), pa.large_binary(), pa.binary_view()):
            plain = pa.large_binary()
        else:
            raise TypeError(f"a column of passwords must contain strings or binaries, not {chunked.type}")
        if is_dictionary:
            # Cast the values first: pyarrow cannot cast a dictionary of views in one step.
            chunks = [pa.DictionaryArray.from_arrays(one.indices, one.dictionary.cast(plain)) for one in chunked.chunks]
            chunked = pa.chunked_array(chunks, pa.dictionary(chunked.type.index_type, plain))
        chunked = chunked.cast(plain)
    # Count after the cast: the values of a dictionary may contain a null.
    if chunked.null_count:
        raise ValueError("a column of passwords must not contain nulls")
    width = offset_widths[chunked.type]
    for array in chunked.chunks:
        if not len(array):
            continue
        _, offsets, data = array.buffers()
        sliced = memoryview(offsets).cast("B")[array.offset * width : (array.offset + len(array) + 1) * width]
        first, last = (int.from_bytes(end, "little") for end in (sliced[:width], sliced[-width:]))
        yield sliced, width, memoryview(data or b"").cast("B")[first:last]
