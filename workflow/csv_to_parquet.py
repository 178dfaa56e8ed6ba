"""Fills the refined tables from the raw files, as Parquet: the Glue job, or the same under plain pyspark.

On AWS Glue:  --raw s3://BUCKET --refined s3://BUCKET [--snapshot_date 2026-11-22 | --full true]
Anywhere:     python3 csv_to_parquet.py --raw DIR --refined DIR [--snapshot-date 2026-11-22 | --full]

Without a date it takes the newest snapshot. It takes and refuses the same files as `pyspotify refine`; where it refuses
one, it writes nothing. It replaces the partitions of the snapshots that it takes, those of `charts` last.
"""

import argparse
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from functools import reduce
from pathlib import Path
from typing import Any, NamedTuple

from pyspark.sql import Column, DataFrame, Row, SparkSession, Window
from pyspark.sql import functions as F

LISTS = {"spotifytopplayed": "top played", "spotifypopularsongs": "popular"}

# The refined tables, in the order in which they are written.
REFINED = [*(f"{table}_refined" for table in LISTS), "sources", "quarantine", "charts"]

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

# Raw files from before November 2026 have the first eight.
RAW_AT_LEAST = 8

REQUIRED = ("artist", "track", "track_id", "rank")

CHARTS = "list, track_id, rank, sources, artist, artists, track, track_pop, duration_ms, album_nm, album_dt, isrc, snapshot_date"

SOURCES = """
    list string, source string, kind string, name string, status string, reason string, rows bigint, skipped bigint,
    skipped_reasons string, quarantined bigint, fingerprint string, snapshot_date string
"""

QUARANTINE = "reason string, list string, source string, song string, snapshot_date string"


class RefineError(Exception):
    """The raw files cannot be refined; the message says which and why."""


# Which files count: of the right kind, with a name that begins with neither . nor _, in a folder whose date is a date.


Source = tuple[str, str, str]  # day, table, and the source as its files are named


class File(NamedTuple):
    day: str
    kind: str
    table: str
    path: str
    name: str

    @property
    def source(self) -> Source:
        return self.day, self.table, self.name

    @property
    def shown(self) -> str:
        return self.path.removeprefix("file:")


SONGS, RECORD, REFUSED, OLD_REFUSED = KINDS = ("songs", "record", "refused", "refused before November 2026")

TABLE = f"(?P<table>{'|'.join(LISTS)})"

PARTITION = "snapshot_date=(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})"

KEYS = {
    SONGS: re.compile(rf"{TABLE}/{PARTITION}/(?P<name>[^._/][^/]*)\.csv"),
    RECORD: re.compile(rf"sources/{PARTITION}/{TABLE}-(?P<name>[^/]*)\.json"),
    REFUSED: re.compile(rf"quarantine/{PARTITION}/{TABLE}-(?P<name>[^/]*)\.jsonl"),
    OLD_REFUSED: re.compile(rf"_quarantine/{TABLE}/{PARTITION}/(?P<name>[^._/][^/]*)\.jsonl"),
}


def file_of(path: str, key: str) -> File | None:
    """The file of a key in the raw bucket, if it counts."""
    for kind, pattern in KEYS.items():
        if (found := pattern.fullmatch(key)) and is_date(found["day"]):
            return File(found["day"], kind, found["table"], path, found["name"])
    return None


def is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def in_order(files: Iterable[File]) -> list[File]:
    """Snapshot by snapshot, as they are read. Old refused rows of a source that has a record were refused again since."""
    files = list(files)
    recorded = {file.source for file in files if file.kind == RECORD}
    tables = list(LISTS)
    return sorted(
        (file for file in files if file.kind != OLD_REFUSED or file.source not in recorded),
        key=lambda file: (file.day, KINDS.index(file.kind), tables.index(file.table) if file.kind == SONGS else 0, file.path),
    )


def paths_under(spark: SparkSession, folder: str) -> Iterator[str]:
    """All files under a folder or prefix; none where it does not exist."""
    path, system = hadoop(spark, folder)
    if system.exists(path):
        found = system.listFiles(path, True)
        while found.hasNext():
            yield found.next().getPath().toString()


def partitions_of(spark: SparkSession, table: str) -> set[str]:
    path, system = hadoop(spark, table)
    names = [entry.getPath().getName() for entry in system.listStatus(path)] if system.exists(path) else []
    return {name.removeprefix("snapshot_date=") for name in names if name.startswith("snapshot_date=")}


def hadoop(spark: SparkSession, path: str) -> tuple[Any, Any]:
    """A path and its file system, in Spark's own terms: a folder or S3, whichever it is."""
    found = spark.sparkContext._jvm.org.apache.hadoop.fs.Path(path)
    system = found.getFileSystem(spark.sparkContext._jsc.hadoopConfiguration())
    return system.makeQualified(found), system


# Songs: raw CSV, read strictly. Spark's own reader would take a quote within a cell, and not say which line is wrong.

CELL = '("(?:[^"]++|"")*+"|[^",]*+)'


def lines(files: DataFrame) -> DataFrame:
    """The lines of CSV files that are not blank, by their numbers, with the cells of the first."""
    # In ISO-8859-1 every byte is a character, so that lines can be told before anything is taken for UTF-8.
    content = F.regexp_replace(F.decode("content", "ISO-8859-1"), "^\u00ef\u00bb\u00bf", "")
    numbered = F.transform(F.split(content, "\r\n|\r|\n"), lambda line, n: F.struct((n + 1).alias("number"), line.alias("bytes")))
    files = files.select("path", F.filter(numbered, lambda line: line["bytes"] != "").alias("lines"))
    header = cells(text(F.get("lines", F.lit(0))["bytes"])).alias("header")
    # In two steps: in one, Spark would find the header anew for each line.
    return files.select("path", header, "lines").select("path", "header", F.inline("lines"))


def text(line: Column) -> Column:
    return F.decode(F.encode(line, "ISO-8859-1"), "UTF-8")


def cells(line: Column) -> Column:
    """The cells of a line whose quotes match."""
    found = F.regexp_extract_all(F.concat(F.lit(","), line), F.lit(f",{CELL}"), F.lit(1))
    return F.transform(
        found,
        lambda cell: F.when(cell.startswith('"'), F.replace(F.regexp_replace(cell, r'^"|"\z', ""), F.lit('""'), F.lit('"'))).otherwise(cell),
    )


def songs(lines: DataFrame) -> DataFrame:
    """Rows with their types, and what is wrong with them. A row equal to the header is not a song; an empty cell is unknown."""
    rows = lines.withColumn("text", text(F.col("bytes"))).withColumn("cells", cells(F.col("text")))
    header = F.col("cells") == F.col("header")
    known = F.array(*map(F.lit, COLUMNS))
    problem = F.coalesce(
        F.when(~F.col("bytes").rlike(rf"^{CELL}(?:,{CELL})*+\z"), "its quotes do not match"),
        F.when(F.encode("text", "UTF-8") != F.encode("bytes", "ISO-8859-1"), "not UTF-8"),
        F.when(
            header & (F.col("header") != known) & (F.col("header") != F.slice(known, 1, RAW_AT_LEAST)),
            f"the header is not {','.join(COLUMNS)}, nor its first {RAW_AT_LEAST} columns",
        ),
        F.when(
            F.size("cells") != F.size("header"), F.concat(F.size("cells"), F.lit(" cells under a header of "), F.size("header"))
        ),
        F.when(~header, F.coalesce(*map(wrong, COLUMNS))),
    )
    return rows.select("path", "number", problem.alias("problem"), (~header).alias("is_song"), *map(typed, COLUMNS))


def cell(name: str) -> Column:
    return F.get("cells", F.lit(list(COLUMNS).index(name)))


def number(name: str) -> Column:
    # A cast alone would turn '1.5' into 1.
    return F.when(cell(name).rlike(r"^[+-]?[0-9]+\z"), cell(name).cast(COLUMNS[name]))


def wrong(name: str) -> Column:
    empty = F.when(F.lit(name in REQUIRED) & (cell(name) == ""), f"{name} is empty")
    if COLUMNS[name] == "string":
        return empty
    problem = F.concat(F.lit(f"{name} '"), cell(name), F.lit("' is not an integer"))
    return F.coalesce(empty, F.when((cell(name) != "") & number(name).isNull(), problem))


def typed(name: str) -> Column:
    return (F.when(cell(name) != "", cell(name)) if COLUMNS[name] == "string" else number(name)).alias(name)


def summary(songs: DataFrame) -> DataFrame:
    """What each file has: rows, a fingerprint of their songs in order, and the first problem."""
    ids = F.array_sort(F.collect_list(F.when(F.col("is_song"), F.struct("number", F.concat("track_id", F.lit("\n")).alias("id")))))
    return songs.groupBy("path").agg(
        F.count(F.when(F.col("is_song"), 1)).alias("rows"),
        F.sha2(F.concat_ws("", ids["id"]), 256).alias("fingerprint"),
        F.min(F.when(F.col("problem").isNotNull(), F.struct("number", "problem"))).alias("first"),
    )


def charts(songs: DataFrame) -> DataFrame:
    """A song once a list and snapshot, by its best row; by that of the first file where several have its rank."""
    song = Window.partitionBy("list", "snapshot_date", "track_id")
    return (
        songs.withColumn("sources", F.size(F.collect_set("path").over(song)).cast("bigint"))
        .withColumn("place", F.row_number().over(song.orderBy("rank", "path", "number")))
        .where("place = 1")
        .select(*CHARTS.split(", "))
    )


# Sources and quarantine: a few lines of JSON a snapshot, which the driver puts together.

RECORD_MEMBERS = {
    "list": str,
    "source": str,
    "kind": str,
    "name": str | None,
    "status": str,
    "reason": str | None,
    "rows": int,
    "skipped": dict,
    "quarantined": int,
}

REASON = re.compile(r'\s*\{\s*"reason"\s*:\s*"(?:[^"\\]|\\.)*"\s*,\s*"song"\s*:\s*')


class RawFileError(Exception):
    """A raw file cannot be read; the message goes on after the file's path."""


def check_songs(found: Row | None) -> None:
    """Whether a CSV file's summary is one to go by."""
    if found is None:
        raise RawFileError(" is empty")
    if found["first"]:
        raise RawFileError(f", line {found['first']['number']}: {found['first']['problem']}")
    if not found["rows"]:
        raise RawFileError(" has a header and no rows")


def source_record(content: bytes) -> dict[str, Any]:
    """What WriteCsv recorded of a source."""
    record = parse_json(content)
    if (
        isinstance(record, dict)
        and record.keys() == RECORD_MEMBERS.keys()
        and all(isinstance(record[name], kind) for name, kind in RECORD_MEMBERS.items())
        and all(is_int(n) for n in (record["rows"], record["quarantined"], *record["skipped"].values()))
    ):
        return record
    raise RawFileError(": not a source's record")


def is_int(value: Any) -> bool:
    return type(value) is int and -(2**31) <= value < 2**31


def refused_rows(content: bytes) -> list[tuple[str, str | None]]:
    """The reason of each refused row, and the row as the JSON that was written."""
    rows = []
    for n, line in enumerate(content.removesuffix(b"\n").split(b"\n") if content else [], 1):
        row = parse_json(line)
        if not isinstance(row, dict) or list(row) != ["reason", "song"] or not (reason := REASON.match(line.decode())):
            raise RawFileError(f", line {n}: not a refused row")
        start = reason.end()
        end = json.JSONDecoder().raw_decode(line.decode(), start)[1]
        rows.append((row["reason"], line.decode()[start:end] if isinstance(row["song"], dict) else None))
    return rows


def parse_json(content: bytes) -> Any:
    """A value of JSON in UTF-8; None where it is not one."""
    try:
        value = json.loads(content.decode(), parse_constant=int)  # NaN is not an int.
        json.dumps(value, ensure_ascii=False).encode()  # Half of a surrogate pair is not text.
        return value
    except ValueError:
        return None


def source_row(source: Source, record: dict[str, Any] | None, found: Row | None, refused: int) -> tuple:
    """A row of sources. Until November 2026 there were no records: then only what the files tell is known."""
    day, table, name = source
    rows, fingerprint = (found["rows"], found["fingerprint"]) if found else (0, None)
    if record is None:
        return LISTS[table], name, None, None, "read", None, rows, None, None, refused, fingerprint, day
    skipped = json.dumps(record["skipped"], ensure_ascii=False, separators=(",", ":"))
    return (
        LISTS[table],
        *(record[member] for member in ("source", "kind", "name", "status", "reason")),
        rows,
        sum(record["skipped"].values()),
        skipped,
        record["quarantined"],
        fingerprint,
        day,
    )


# The job.


def main(argv: list[str]) -> None:
    args = arguments(argv)
    spark = (
        SparkSession.builder.appName("csv_to_parquet")
        # An empty _SUCCESS beside the partitions is something to a crawler.
        .config("spark.hadoop.mapreduce.fileoutputcommitter.marksuccessfuljobs", "false")
        # Spark would make 200 parts of a few thousand rows, and list hundreds of small files in as many tasks.
        .config("spark.sql.shuffle.partitions", "8")
        .config("spark.sql.sources.parallelPartitionDiscovery.parallelism", "8")
        .getOrCreate()
    )
    raw, refined = (folder.rstrip("/") if "://" in folder else str(Path(folder).absolute()) for folder in (args.raw, args.refined))
    files, passed_over = find(spark, raw)
    partitions = {table: partitions_of(spark, f"{refined}/{table}") for table in REFINED}
    taken = {file.day for file in files if file.kind == SONGS}
    days, gone = chosen(taken, partitions, args.snapshot_date, args.full is not None)
    if not days and (args.full or not gone):
        raise RefineError(f"{raw} has no snapshot{f' of {args.snapshot_date}' if args.snapshot_date else ''}. The tables are as they were.")

    counts = refine(spark, in_order(file for file in files if file.day in days), refined) if days else {}
    for table in REFINED:
        for day in partitions[table] & {*days, *gone} - counts.get(table, {}).keys():
            path, system = hadoop(spark, f"{refined}/{table}/snapshot_date={day}")
            system.delete(path, True)
        print(f"{table}: {sum(counts.get(table, {}).values()):,} rows")
    if gone:
        print(f"Removed, because their folders are gone: {', '.join(sorted(gone))}")
    if passed_over:
        more = f" and {len(passed_over) - 5} more" if len(passed_over) > 5 else ""
        print(f"Passed over, because they are not snapshots: {', '.join(passed_over[:5])}{more}")


def arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--raw", required=True, help="where the raw files are: a folder or s3://BUCKET")
    parser.add_argument("--refined", required=True, help="where the refined tables are: a folder or s3://BUCKET")
    which = parser.add_mutually_exclusive_group()
    # Glue passes arguments in underscores.
    which.add_argument("--snapshot-date", "--snapshot_date", type=iso_date, help="one snapshot, as 2026-11-22")
    which.add_argument("--full", nargs="?", const="true", choices=["true"], help="every snapshot")
    # Glue adds arguments of its own.
    return parser.parse_known_args(argv)[0]


def iso_date(text: str) -> str:
    if not is_date(text):
        raise ValueError
    return text


def find(spark: SparkSession, raw: str) -> tuple[list[File], list[str]]:
    """The raw files that count, and those beside the snapshots that do not."""
    root = str(hadoop(spark, raw)[0].toString()).rstrip("/")
    files, passed_over = [], []
    for prefix in (*LISTS, "sources", "quarantine", "_quarantine"):
        for path in sorted(paths_under(spark, f"{raw}/{prefix}")):
            if file := file_of(path, path.removeprefix(f"{root}/")):
                files.append(file)
            elif prefix in LISTS:
                passed_over.append(path.removeprefix("file:"))
    return files, passed_over


def chosen(taken: set[str], partitions: dict[str, set[str]], snapshot_date: str | None, full: bool) -> tuple[set[str], set[str]]:
    """The snapshots to refine, and those to remove because their folders are gone."""
    asked = {snapshot_date or max(taken, default="")}
    # Songs that charts lacks are an earlier version's, or of a job that ended halfway: then the tables are replaced whole.
    if full or any(partitions[f"{table}_refined"] - partitions["charts"] - asked for table in LISTS):
        asked = taken.union(*partitions.values())
    return taken & asked, set().union(*partitions.values()) & asked - taken


def read(spark: SparkSession, files: list[File]) -> DataFrame:
    """Files as they are, by path."""
    paths = [pattern(file.path) for file in files]
    return spark.read.format("binaryFile").load(paths) if paths else spark.createDataFrame([], "path string, content binary")


def pattern(path: str) -> str:
    """What Spark, which takes every path for a pattern, takes for this one."""
    return re.sub(r"([\\{}\[\]*?])", r"\\\1", path)


def refine(spark: SparkSession, files: list[File], refined: str) -> dict[str, Counter[str]]:
    """Makes the tables' partitions from the files of some snapshots, and none where a file cannot be read. Counts their rows."""
    songs = read_songs(spark, [file for file in files if file.kind == SONGS]).cache()
    summaries = {row["path"]: row for row in summary(songs).collect()}
    contents = {row["path"]: bytes(row["content"]) for row in read(spark, [file for file in files if file.kind != SONGS]).collect()}
    records, refused = checked(files, summaries, contents)
    found = {file.source: summaries[file.path] for file in files if file.kind == SONGS}

    made = tables(spark, songs.where("is_song"), found, records, refused)
    counts = count(made)
    for table in filter(counts.get, REFINED):
        try:
            write(made[table], f"{refined}/{table}")
        except Exception as e:  # Spark's own message ends in a hundred lines of Java.
            raise RefineError(f"{refined}/{table} could not be written. Run the job again with --full true.") from e
    count_back(spark, refined, counts)
    return counts


def read_songs(spark: SparkSession, files: list[File]) -> DataFrame:
    places = [(file.path, file.table, LISTS[file.table], file.day) for file in files]
    place = spark.createDataFrame(places, "path string, table string, list string, snapshot_date string")
    return songs(lines(read(spark, files))).join(F.broadcast(place), "path")


def tables(
    spark: SparkSession, songs: DataFrame, found: dict[Source, Row], records: dict[Source, dict], refused: dict[Source, list]
) -> dict[str, DataFrame]:
    """The refined tables, from songs, and from the summaries, records and refused rows of sources."""
    sources = [source_row(source, records.get(source), found.get(source), len(refused[source])) for source in {**found, **records}]
    quarantine = [
        (reason, LISTS[source[1]], records[source]["source"] if source in records else source[2], song, source[0])
        for source, rows in refused.items()
        for reason, song in rows
    ]
    return {
        **{f"{table}_refined": songs.where(F.col("table") == table).select(*COLUMNS, "snapshot_date") for table in LISTS},
        "sources": spark.createDataFrame(sources, SOURCES),
        "quarantine": spark.createDataFrame(quarantine, QUARANTINE),
        "charts": charts(songs).cache(),
    }


def checked(files: list[File], summaries: dict[str, Row], contents: dict[str, bytes]) -> tuple[dict[Source, dict], dict[Source, list]]:
    """The sources' records and refused rows; or an error that names every file that cannot be read."""
    records, refused, problems = {}, defaultdict(list), []
    for file in files:
        try:
            if file.kind == SONGS:
                check_songs(summaries.get(file.path))
            elif file.kind == RECORD:
                records[file.source] = source_record(contents.get(file.path, b""))
            else:
                refused[file.source] += refused_rows(contents.get(file.path, b""))
        except RawFileError as e:
            problems.append(f"{file.shown}{e}")
    if problems:
        raise RefineError(f"{'; '.join(problems)}. The tables are as they were.")
    return records, refused


def write(rows: DataFrame, target: str) -> None:
    """Replaces the partitions that the rows are of."""
    rank = ["rank"] if "rank" in rows.columns else []
    (
        rows.repartition("snapshot_date")
        .sortWithinPartitions("snapshot_date", *rank)
        .write.mode("overwrite")
        .option("partitionOverwriteMode", "dynamic")
        .partitionBy("snapshot_date")
        .parquet(target)
    )


def count(tables: dict[str, DataFrame]) -> dict[str, Counter[str]]:
    """Rows by table and snapshot, in one query."""
    days = [rows.select(F.lit(table).alias("table"), "snapshot_date") for table, rows in tables.items()]
    counts = defaultdict(Counter)
    for row in reduce(DataFrame.unionAll, days).groupBy("table", "snapshot_date").count().collect():
        counts[row["table"]][row["snapshot_date"]] = row["count"]
    return counts


def count_back(spark: SparkSession, refined: str, counts: dict[str, Counter[str]]) -> None:
    """Fails where a partition has other rows than were written, as it has where a committer adds and does not replace."""
    written = count({
        table: spark.read.schema("snapshot_date string").option("basePath", f"{refined}/{table}")
        .parquet(*(pattern(f"{refined}/{table}/snapshot_date={day}") for day in days))
        for table, days in counts.items()
    })  # fmt: skip
    for table, days in counts.items():
        for day, rows in days.items():
            if written[table][day] != rows:
                raise RefineError(
                    f"{refined}/{table}/snapshot_date={day} has {written[table][day]} rows where {rows} were written. "
                    "Delete that folder and run the job for this date again."
                )


if __name__ == "__main__":
    main(sys.argv[1:])
