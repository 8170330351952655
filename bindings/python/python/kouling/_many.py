"""Many passwords at once."""

from __future__ import annotations

import collections.abc
import typing

from ._kouling import Policy

if typing.TYPE_CHECKING:
    from ._kouling import Moment, Previous, User, Verifier


def evaluate_many(
    policy: Policy,
    passwords: typing.Any,
    *,
    report: typing.Literal["accepted", "codes", "counts"] = "accepted",
    threads: int | None = None,
    progress: collections.abc.Callable[[int], object] | None = None,
    user: User | None = None,
    previous: collections.abc.Iterable[Previous] | None = None,
    verifier: Verifier | None = None,
    now: Moment | None = None,
) -> typing.Any:
    """Judges many passwords, on every core unless `threads` says how many.

    `passwords` is an iterable, or a column: an Arrow array or chunked array of strings, a Polars series, or whatever has
    the Arrow C stream interface. The texts of a column are never made Python's, one by one; pyarrow must be installed.

    `report` says what comes back: "accepted" a list of bool; "codes" a list of lists of codes; "counts" a dict of `total`,
    `refused`, `by_rule` and `by_code`. The facts are the same for all. `progress` is called with how many are done.

    >>> import kouling
    >>> policy = kouling.Policy.preset("minimal")
    >>> kouling.evaluate_many(policy, ["short", "long enough"])
    [False, True]
    """
    rest = (report, threads, progress, user, previous, verifier, now)
    if hasattr(passwords, "__arrow_c_stream__") or hasattr(passwords, "__arrow_c_array__"):
        return policy._evaluate_arrow(_arrays(passwords), *rest)
    return policy._evaluate_iterable(passwords, *rest)


def _arrays(column: typing.Any) -> collections.abc.Iterator[tuple[memoryview, int, memoryview]]:
    """Offsets, the width of one, and data of each array: no more of them than the array shows."""
    import pyarrow as pa

    chunked = column if isinstance(column, pa.ChunkedArray) else None
    if chunked is None:
        chunked = pa.chunked_array([column] if isinstance(column, pa.Array) else column)
    if chunked.null_count:
        raise ValueError("a column of passwords has no nulls")
    wide = {pa.string(): 4, pa.binary(): 4, pa.large_string(): 8, pa.large_binary(): 8}
    if chunked.type not in wide:
        if pa.types.is_string_view(chunked.type) or pa.types.is_dictionary(chunked.type):
            chunked = chunked.cast(pa.large_string())
        elif pa.types.is_binary_view(chunked.type):
            chunked = chunked.cast(pa.large_binary())
        else:
            raise TypeError(f"a column of passwords is of strings or binaries, not {chunked.type}")
    width = wide[chunked.type]
    for array in chunked.chunks:
        if not len(array):
            continue
        _, offsets, data = array.buffers()
        shown = memoryview(offsets).cast("B")[array.offset * width : (array.offset + len(array) + 1) * width]
        first, last = (int.from_bytes(end, "little") for end in (shown[:width], shown[-width:]))
        yield shown, width, memoryview(data or b"").cast("B")[first:last]
