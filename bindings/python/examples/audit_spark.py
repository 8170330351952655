"""Count the passwords that each rule of a policy refuses, with Spark: `python audit_spark.py policy.toml passwords.parquet`

A policy cannot be pickled, but its text can: it is broadcast, and each partition compiles it once. Batches are Arrow columns:
their strings are not converted to Python objects. Each batch returns only a few rows of counts. Nulls are left out.
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
COUNTS = "group string, name string, count bigint"


def audit(passwords: DataFrame, column: str, text: str) -> dict[str, typing.Any]:
    """Count the passwords of a column that are accepted, and those that each rule and each code refuses."""
    kouling.Policy.parse(text)  # raise errors of the policy here instead of in a worker
    shared = passwords.sparkSession.sparkContext.broadcast(text)

    def count(batches: collections.abc.Iterable[pa.RecordBatch]) -> collections.abc.Iterator[pa.RecordBatch]:
        policy = kouling.Policy.parse(shared.value)
        for batch in batches:
            # Spark already runs one worker per CPU.
            counts = kouling.evaluate_many(policy, batch.column(0), report="counts", threads=1)
            rows = [(total, "", counts[total]) for total in TOTALS]
            rows += [("by_rule", rule, found["refused"]) for rule, found in counts["by_rule"].items()]
            rows += [("codes", code, number) for code, number in counts["codes"].items()]
            groups, names, numbers = zip(*rows, strict=True)
            arrays = [pa.array(groups), pa.array(names), pa.array(numbers, pa.int64())]
            yield pa.RecordBatch.from_arrays(arrays, ["group", "name", "count"])

    not_null = passwords.select(column).where(f.col(column).isNotNull())
    sums = not_null.mapInArrow(count, COUNTS).groupBy("group", "name").agg(f.sum("count").alias("count"))
    result: dict[str, typing.Any] = dict.fromkeys(TOTALS, 0) | {"by_rule": {}, "codes": {}}
    for group, name, number in sums.orderBy("group", "name").collect():
        if name:
            result[group][name] = number
        else:
            result[group] = number
    return result


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Count the passwords of a Parquet file that each rule refuses.")
    parser.add_argument("policy", type=pathlib.Path, help="path of a policy file that refers to no other file")
    parser.add_argument("passwords", help="Parquet file or folder")
    parser.add_argument("--column", default="password")
    options = parser.parse_args(arguments)
    session = SparkSession.builder.appName("kouling").getOrCreate()
    counts = audit(session.read.parquet(options.passwords), options.column, options.policy.read_text("utf-8"))
    for rule, refused in sorted(counts["by_rule"].items(), key=lambda each: -each[1]):
        print(f"{rule:<24}{refused:>12,}")
    print(f"{'any':<24}{counts['refused']:>12,} of {counts['accepted'] + counts['refused']:,}")
    if counts["could_not_judge"]:
        print(f"not evaluated: {counts['could_not_judge']:,}")


if __name__ == "__main__":
    main()
