"""The same with Spark: `python audit_spark.py policy.toml passwords.parquet`, or by `spark-submit`.

A policy cannot be pickled, its text can: it is broadcast, and each partition compiles it once, in microseconds. A batch
comes as Arrow and its texts are never made Python's, one by one. What comes back are counts, a few rows for each batch.
"""

from __future__ import annotations

import argparse
import collections.abc
import pathlib
import typing

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as f

import kouling

TOTALS = ("accepted", "refused", "could_not_judge")
COUNTS = "what string, name string, count bigint"


def audit(passwords: DataFrame, column: str, text: str) -> dict[str, typing.Any]:
    """How many passwords of a column are accepted, and how many each rule and each code refuses."""
    kouling.Policy.parse(text)  # one that is wrong is told here, and not by a worker
    shared = passwords.sparkSession.sparkContext.broadcast(text)

    def count(batches: collections.abc.Iterable[pa.RecordBatch]) -> collections.abc.Iterator[pa.RecordBatch]:
        policy = kouling.Policy.parse(shared.value)
        for batch in batches:
            # Spark has a worker for each core already.
            counts = kouling.evaluate_many(policy, batch.column(0), report="counts", threads=1)
            rows = [(what, "", counts[what]) for what in TOTALS]
            rows += [("by_rule", rule, found["refused"]) for rule, found in counts["by_rule"].items()]
            rows += [("codes", code, number) for code, number in counts["codes"].items()]
            whats, names, numbers = zip(*rows, strict=True)
            arrays = [pa.array(whats), pa.array(names), pa.array(numbers, pa.int64())]
            yield pa.RecordBatch.from_arrays(arrays, ["what", "name", "count"])

    known = passwords.select(column).where(f.col(column).isNotNull())
    sums = known.mapInArrow(count, COUNTS).groupBy("what", "name").agg(f.sum("count").alias("count"))
    result: dict[str, typing.Any] = dict.fromkeys(TOTALS, 0) | {"by_rule": {}, "codes": {}}
    for what, name, number in sums.orderBy("what", "name").collect():
        if name:
            result[what][name] = number
        else:
            result[what] = number
    return result


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Counts which rules refuse the passwords of a Parquet file.")
    parser.add_argument("policy", type=pathlib.Path, help="the path of a policy that names no other file")
    parser.add_argument("passwords", help="a Parquet file or folder")
    parser.add_argument("--column", default="password")
    given = parser.parse_args(arguments)
    session = SparkSession.builder.appName("kouling").getOrCreate()
    counts = audit(session.read.parquet(given.passwords), given.column, given.policy.read_text("utf-8"))
    for rule, refused in sorted(counts["by_rule"].items(), key=lambda each: -each[1]):
        print(f"{rule:<24}{refused:>12,}")
    print(f"{'any':<24}{counts['refused']:>12,} of {counts['accepted'] + counts['refused']:,}")
    if counts["could_not_judge"]:
        print(f"not judged: {counts['could_not_judge']:,}")


if __name__ == "__main__":
    main()
