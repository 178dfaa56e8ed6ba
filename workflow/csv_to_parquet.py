"""Turns the raw tables' CSV files into Parquet with types: the Glue job, or the same under plain pyspark.

On AWS Glue:  --database RAW --refined s3://BUCKET [--snapshot_date 2026-11-22 | --full]
Anywhere:     python3 csv_to_parquet.py --raw DIR --refined DIR [--snapshot-date 2026-11-22 | --full]

Without a date it takes the newest snapshot. It replaces the partitions that it read and no others.
"""

import argparse
import sys
from datetime import date
from pathlib import Path

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

TABLES = ("spotifytopplayed", "spotifypopularsongs")

COLUMNS = {
    "artist": "string",
    "track": "string",
    "track_pop": "bigint",
    "duration_ms": "bigint",
    "album_nm": "string",
    "album_dt": "string",
    "track_id": "string",
    "rank": "int",
    "artists": "string",
    "isrc": "string",
    "source": "string",
}

REQUIRED = ("artist", "track", "track_id")


class RefineError(Exception):
    """The raw rows cannot be refined; the message says which and why."""


def refine(raw: DataFrame) -> DataFrame:
    """Gives rows of text their types. An empty cell is unknown; a row equal to the header is no data."""
    header = F.lit(True)
    for name in COLUMNS:
        header &= F.col(name).eqNullSafe(F.lit(name))
    return raw.where(~header).select(*(typed(name).alias(name) for name in COLUMNS), "snapshot_date")


def typed(name: str) -> Column:
    cell = F.when(F.col(name) != "", F.col(name))
    if COLUMNS[name] == "string":
        return cell
    # A cast alone would turn '1.5' into 1, and 'x' into an unknown that nobody notices.
    number = F.when(cell.rlike(r"^[+-]?[0-9]+$"), cell.cast(COLUMNS[name]))
    problem = F.concat(F.lit(f"{name} '"), cell, F.lit(f"' is no {COLUMNS[name]}"))
    return F.when(cell.isNull() | number.isNotNull(), number).otherwise(F.raise_error(problem).cast(COLUMNS[name]))


def read(spark: SparkSession, table: str, partitions: dict[str, str]) -> DataFrame:
    """The rows of a table's partitions, as text; `partitions` are folders by date."""
    # Not through the table's SerDe: OpenCSVSerDe takes a backslash in a name for an escape.
    return (
        spark.read.schema(", ".join(f"{name} string" for name in COLUMNS))
        .option("header", True)
        .option("enforceSchema", False)
        .option("mode", "FAILFAST")
        .option("quote", '"')
        .option("escape", '"')
        .csv(list(partitions.values()))
        # Not by Spark's basePath, which looks at the folder of the whole table; the role may look into its partitions.
        .withColumn("snapshot_date", F.regexp_extract(F.input_file_name(), r"/snapshot_date=([0-9-]{10})/", 1))
    )


def check(table: str, partitions: dict[str, str], rows: DataFrame) -> dict[str, int]:
    """Counts rows by date, and fails where a required column holds nothing."""
    empty = [F.count(F.when(F.col(name).isNull(), 1)).alias(name) for name in REQUIRED]
    counts = {row["snapshot_date"]: row for row in rows.groupBy("snapshot_date").agg(F.count("*").alias("rows"), *empty).collect()}
    for day in sorted(partitions):
        if day not in counts:
            raise RefineError(f"{table} has no rows in its snapshot of {day}")
        for name in REQUIRED:
            if counts[day][name]:
                raise RefineError(f"{table} has {counts[day][name]} rows of {day} without {name}")
    return {day: row["rows"] for day, row in counts.items()}


def refine_table(spark: SparkSession, table: str, partitions: dict[str, str], target: str) -> None:
    """Refines a table's partitions and reads back what was written."""
    rows = refine(read(spark, table, partitions)).cache()
    counts = check(table, partitions, rows)
    (
        rows.repartition("snapshot_date")
        .sortWithinPartitions("snapshot_date", "rank")
        .write.mode("overwrite")
        .option("partitionOverwriteMode", "dynamic")
        .option("compression", "snappy")
        .partitionBy("snapshot_date")
        .parquet(target)
    )
    for day, expected in sorted(counts.items()):
        written = spark.read.parquet(f"{target}/snapshot_date={day}").count()
        if written != expected:
            raise RefineError(f"{target} has {written} rows of {day} where {expected} were read")
        print(f"{table}_refined: {written} rows of {day}")
    rows.unpersist()


def folders_in(raw: str, table: str) -> dict[str, str]:
    """A table's partitions in a folder that stands in for the raw bucket; none where the table does not exist."""
    found = Path(raw).absolute().glob(f"{table}/snapshot_date=*/")
    return {folder.name.partition("=")[2]: str(folder) for folder in found if any(folder.glob("*.csv"))}


def folders_of(database: str, table: str) -> dict[str, str]:
    """A table's partitions in the Data Catalog; none where the table does not exist."""
    import boto3  # The one place that knows AWS, and only there is boto3 sure to be installed.

    glue = boto3.client("glue")
    try:
        glue.get_table(DatabaseName=database, Name=table)
    except glue.exceptions.EntityNotFoundException:
        return {}
    pages = glue.get_paginator("get_partitions").paginate(DatabaseName=database, TableName=table)
    return {
        partition["Values"][0]: partition["StorageDescriptor"]["Location"]
        for page in pages
        for partition in page["Partitions"]
    }


def arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--raw", help="a folder that holds the raw tables")
    source.add_argument("--database", help="the Data Catalog's database of the raw tables")
    parser.add_argument("--refined", required=True, help="where the refined tables lie: a folder or s3://BUCKET")
    which = parser.add_mutually_exclusive_group()
    # Glue passes arguments in underscores.
    which.add_argument("--snapshot-date", "--snapshot_date", type=iso_date, help="one snapshot, as 2026-11-22")
    which.add_argument("--full", nargs="?", const="true", choices=["true"], help="every snapshot")
    # Glue adds arguments of its own.
    return parser.parse_known_args(argv)[0]


def iso_date(text: str) -> str:
    return date.fromisoformat(text).isoformat()


def chosen(tables: dict[str, dict[str, str]], snapshot_date: str | None, full: bool) -> dict[str, dict[str, str]]:
    """The partitions to refine, of the tables that have them. One of them must."""
    if not full:
        newest = max((found for partitions in tables.values() for found in partitions), default=None)
        snapshot_date = snapshot_date or newest
        tables = {
            table: {found: folder for found, folder in partitions.items() if found == snapshot_date}
            for table, partitions in tables.items()
        }
    found = {table: partitions for table, partitions in tables.items() if partitions}
    if not found:
        raise RefineError(f"no table has a snapshot{f' of {snapshot_date}' if snapshot_date else ''}")
    return found


def main(argv: list[str]) -> None:
    args = arguments(argv)
    tables = {
        table: folders_in(args.raw, table) if args.raw else folders_of(args.database, table)
        for table in TABLES
    }
    partitions = chosen(tables, args.snapshot_date, bool(args.full))
    for table in TABLES:
        if table not in partitions:
            print(f"{table}: no such snapshot, passed over")

    spark = (
        SparkSession.builder.appName("csv_to_parquet")
        # An empty _SUCCESS beside the partitions is something to a crawler.
        .config("spark.hadoop.mapreduce.fileoutputcommitter.marksuccessfuljobs", "false")
        .getOrCreate()
    )
    for table, found in partitions.items():
        refine_table(spark, table, found, f"{args.refined.rstrip('/')}/{table}_refined")


if __name__ == "__main__":
    main(sys.argv[1:])
