"""Many passwords at once."""

from __future__ import annotations

import collections.abc
import importlib
import typing

from ._kouling import Policy

if typing.TYPE_CHECKING:
    from ._types import Counts, Moment, Password, Previous, User, Verifier


class Column(typing.Protocol):
    """An Arrow array, a Polars series, or whatever else has the Arrow C stream interface."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


class Array(typing.Protocol):
    """The same of one array: the Arrow C data interface."""

    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]: ...


@typing.overload
def evaluate_many(
    policy: Policy,
    passwords: collections.abc.Iterable[Password] | Column | Array,
    *,
    report: typing.Literal["accepted"] = "accepted",
    threads: int | None = None,
    progress: collections.abc.Callable[[int], object] | None = None,
    user: User | None = None,
    previous: collections.abc.Iterable[Previous] | None = None,
    verifier: Verifier | None = None,
    now: Moment | None = None,
) -> list[bool]: ...
@typing.overload
def evaluate_many(
    policy: Policy,
    passwords: collections.abc.Iterable[Password] | Column | Array,
    *,
    report: typing.Literal["codes"],
    threads: int | None = None,
    progress: collections.abc.Callable[[int], object] | None = None,
    user: User | None = None,
    previous: collections.abc.Iterable[Previous] | None = None,
    verifier: Verifier | None = None,
    now: Moment | None = None,
) -> list[list[str]]: ...
@typing.overload
def evaluate_many(
    policy: Policy,
    passwords: collections.abc.Iterable[Password] | Column | Array,
    *,
    report: typing.Literal["counts"],
    threads: int | None = None,
    progress: collections.abc.Callable[[int], object] | None = None,
    user: User | None = None,
    previous: collections.abc.Iterable[Previous] | None = None,
    verifier: Verifier | None = None,
    now: Moment | None = None,
) -> Counts: ...
def evaluate_many(
    policy: Policy,
    passwords: collections.abc.Iterable[Password] | Column | Array,
    *,
    report: typing.Literal["accepted", "codes", "counts"] = "accepted",
    threads: int | None = None,
    progress: collections.abc.Callable[[int], object] | None = None,
    user: User | None = None,
    previous: collections.abc.Iterable[Previous] | None = None,
    verifier: Verifier | None = None,
    now: Moment | None = None,
) -> list[bool] | list[list[str]] | Counts:
    """Judges many passwords, on every core unless `threads` says how many.

    `passwords` is an iterable, or a column: an Arrow array or chunked array of strings, a Polars series, or whatever has
    the Arrow C stream interface. The texts of a column are never made Python's, one by one; pyarrow must be installed.

    `report` says what comes back: "accepted" a list of bool; "codes" a list of lists of codes; "counts" a dict of how many
    each rule and each code refuses, which rule alone does it, and which do it together. The facts are the same for all.
    `progress` is called with how many are done; what it raises ends the work.

    What is no text (not UTF-8, with lone surrogates, with a NUL) cannot be judged: "counts" counts it, under
    `could_not_judge`; a list has no answer for it and ends with `CannotJudge`, a note of which tells the index. Whatever
    else cannot be judged ends the work in any case.

    >>> import kouling
    >>> policy = kouling.Policy.preset("minimal")
    >>> kouling.evaluate_many(policy, ["short", "long enough"])
    [False, True]
    >>> counts = kouling.evaluate_many(policy, ["short", "long enough", b"\\xff"], report="counts")
    >>> counts["refused"], counts["by_rule"]["length"]["refused"], counts["could_not_judge"]
    (1, 1, 1)
    """
    rest = (report, threads, progress, user, previous, verifier, now)
    if hasattr(passwords, "__arrow_c_stream__") or hasattr(passwords, "__arrow_c_array__"):
        return policy._evaluate_arrow(_arrays(typing.cast("Column | Array", passwords)), *rest)
    return policy._evaluate_iterable(passwords, *rest)


def _arrays(column: Column | Array) -> collections.abc.Iterator[tuple[memoryview, int, memoryview]]:
    """Offsets, the width of one, and data of each array: no more of them than the array shows."""
    # Only who passes a column needs it.
    pa: typing.Any = importlib.import_module("pyarrow")
    chunked: typing.Any = column
    if not isinstance(column, pa.ChunkedArray):
        chunked = pa.chunked_array([column] if isinstance(column, pa.Array) else column)
    wide = {pa.string(): 4, pa.binary(): 4, pa.large_string(): 8, pa.large_binary(): 8}
    if chunked.type not in wide:
        is_dictionary = pa.types.is_dictionary(chunked.type)
        kind = chunked.type.value_type if is_dictionary else chunked.type
        if kind in (pa.string(), pa.large_string(), pa.string_view()):
            plain = pa.large_string()
        elif kind in (pa.binary(), pa.large_binary(), pa.binary_view()):
            plain = pa.large_binary()
        else:
            raise TypeError(f"a column of passwords is of strings or binaries, not {chunked.type}")
        if is_dictionary:
            # Its values first: a dictionary of views is not cast at once.
            chunks = [pa.DictionaryArray.from_arrays(one.indices, one.dictionary.cast(plain)) for one in chunked.chunks]
            chunked = pa.chunked_array(chunks, pa.dictionary(chunked.type.index_type, plain))
        chunked = chunked.cast(plain)
    # Counted only now: a dictionary may have a null among its values.
    if chunked.null_count:
        raise ValueError("a column of passwords has no nulls")
    width = wide[chunked.type]
    for array in chunked.chunks:
        if not len(array):
            continue
        _, offsets, data = array.buffers()
        shown = memoryview(offsets).cast("B")[array.offset * width : (array.offset + len(array) + 1) * width]
        first, last = (int.from_bytes(end, "little") for end in (shown[:width], shown[-width:]))
        yield shown, width, memoryview(data or b"").cast("B")[first:last]
