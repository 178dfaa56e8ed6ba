"""Turns the raw tables' CSV files into Parquet with types: the Glue job, or the same under plain pyspark.

On AWS Glue:  --database RAW --raw s3://BUCKET --refined s3://BUCKET [--snapshot_date 2026-11-22 | --full]
Anywhere:     python3 csv_to_parquet.py --raw DIR --refined DIR [--snapshot-date 2026-11-22 | --full]

Without a date it takes the newest snapshot. It replaces the partitions that it read and no others,
`charts` last.
"""

import argparse
import sys
from datetime import date
from pathlib import Path

from pyspark.sql import Column, DataFrame, SparkSession, Window
from pyspark.sql import functions as F

LISTS = {"spotifytopplayed": "top played", "spotifypopularsongs": "popular"}

TABLES = tuple(LISTS)

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

REQUIRED = ("artist", "track", "track_id", "rank")

RECORD = """
    list string, source string, kind string, name string, status string, reason string, rows bigint,
    skipped map<string, bigint>, quarantined bigint
"""

CHART = ("track_id", "rank", "artist", "artists", "track", "track_pop", "duration_ms", "album_nm", "album_dt", "isrc")


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


def charts(songs: DataFrame) -> DataFrame:
    """A song once a list and snapshot, by its best row; by that of the first source where several have its rank."""
    song = Window.partitionBy("list", "snapshot_date", "track_id")
    return (
        songs.withColumn("sources", F.size(F.collect_set("source").over(song)).cast("bigint"))
        .withColumn("place", F.row_number().over(song.orderBy("rank", "source")))
        .where("place = 1")
        .select("list", "track_id", "rank", "sources", *CHART[2:], "snapshot_date")
    )


def sources(songs: DataFrame, records: DataFrame) -> DataFrame:
    """What the sources' records say, with the rows that were read and a fingerprint of their songs in order."""
    row = F.struct("rank", "track_id")
    ids = F.transform(F.array_sort(F.collect_list(row)), lambda row: F.concat(row["track_id"], F.lit("\n")))
    read = songs.groupBy("list", "source", "snapshot_date").agg(
        F.count("*").alias("row_count"), F.sha2(F.concat_ws("", ids), 256).alias("fingerprint")
    )
    return records.join(read, ["list", "source", "snapshot_date"], "left").select(
        "list",
        "source",
        "kind",
        "name",
        "status",
        "reason",
        F.coalesce("row_count", F.lit(0)).alias("rows"),
        F.aggregate(F.map_values("skipped"), F.lit(0).cast("bigint"), lambda total, n: total + n).alias("skipped"),
        F.to_json("skipped").alias("skipped_reasons"),
        "quarantined",
        "fingerprint",
        "snapshot_date",
    )


def quarantine(lines: DataFrame, records: DataFrame) -> DataFrame:
    """The refused rows; a file is named after its table and its source's file."""
    refused = lines.select(
        F.get_json_object("value", "$.reason").alias("reason"), F.get_json_object("value", "$.song").alias("song"), "file", "snapshot_date"
    )
    return refused.join(records.select("list", "source", "file", "snapshot_date"), ["file", "snapshot_date"]).select(
        "reason", "list", "source", "song", "snapshot_date"
    )


def located(rows: DataFrame) -> DataFrame:
    """Adds a row's file, without its ending, and its date, which are told by where the file is."""
    path = F.input_file_name()
    return rows.withColumn("file", F.regexp_extract(path, r"/([^/]*)\.json(?:l)?$", 1)).withColumn(
        "snapshot_date", F.regexp_extract(path, r"/snapshot_date=([0-9-]{10})/", 1)
    )


def read_json(spark: SparkSession, raw: str, prefix: str, days: list[str]) -> DataFrame:
    """The lines of JSON under a prefix of the raw bucket, of some snapshots; those that have none give none."""
    lines = spark.read.option("pathGlobFilter", "[!._]*").option("ignoreMissingFiles", True)
    found = [f"{raw.rstrip('/')}/{prefix}/snapshot_date={day}" for day in days]
    existing = [path for path in found if exists(spark, path)]
    return located(lines.text(existing)) if existing else spark.createDataFrame([], "value string, file string, snapshot_date string")


def exists(spark: SparkSession, path: str) -> bool:
    hadoop = spark.sparkContext._jvm.org.apache.hadoop.fs.Path(path)
    return hadoop.getFileSystem(spark.sparkContext._jsc.hadoopConfiguration()).exists(hadoop)


def write(rows: DataFrame, target: str) -> None:
    """Replaces the partitions that the rows are of."""
    (
        rows.repartition("snapshot_date")
        .write.mode("overwrite")
        .option("partitionOverwriteMode", "dynamic")
        .option("compression", "snappy")
        .partitionBy("snapshot_date")
        .parquet(target)
    )


def refine_lists(spark: SparkSession, raw: str, refined: str, partitions: dict[str, dict[str, str]]) -> None:
    """Makes sources, quarantine and charts of what the song tables have of some snapshots."""
    days = sorted({day for found in partitions.values() for day in found})
    songs = None
    for table, found in partitions.items():
        rows = spark.read.parquet(f"{refined}/{table}_refined").where(F.col("snapshot_date").cast("string").isin(*found))
        rows = rows.withColumn("snapshot_date", F.col("snapshot_date").cast("string")).withColumn("list", F.lit(LISTS[table]))
        songs = rows if songs is None else songs.unionByName(rows)
    records = read_json(spark, raw, "sources", days)
    records = records.select(F.from_json("value", RECORD).alias("record"), "file", "snapshot_date").select("record.*", "file", "snapshot_date")
    write(sources(songs, records), f"{refined}/sources")
    write(quarantine(read_json(spark, raw, "quarantine", days), records), f"{refined}/quarantine")
    write(charts(songs), f"{refined}/charts")
    print(f"charts, sources and quarantine: {', '.join(days)}")


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
    parser.add_argument("--raw", required=True, help="where the raw files are: a folder or s3://BUCKET")
    parser.add_argument("--database", help="the Data Catalog's database of the raw tables, on AWS")
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
        table: folders_of(args.database, table) if args.database else folders_in(args.raw, table)
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
    raw = args.raw if args.database else str(Path(args.raw).absolute())
    refine_lists(spark, raw, args.refined.rstrip("/"), partitions)


if __name__ == "__main__":
    main(sys.argv[1:])
