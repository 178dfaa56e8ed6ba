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
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from functools import reduce
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from pyspark.sql import DataFrame, Row, SparkSession, Window
from pyspark.sql import functions as F

LISTS = {"spotifytopplayed": "top played", "spotifypopularsongs": "popular"}

# The refined tables. The last one is written when the others are there.
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


@contextmanager
def on_error(message: str) -> Iterator[None]:
    """Gives an error of Spark, which ends in a hundred lines of Java, a last line that people can read."""
    try:
        yield
    except RefineError:
        raise
    except Exception as e:
        raise RefineError(message) from e


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
    if path.toUri().getScheme() == "file" and "://" not in folder:
        # Hadoop starts processes for each local file, to ask who may read it.
        yield from (f"file:{found}" for found in Path(folder).rglob("*") if found.is_file())
    elif system.exists(path):
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


class RawFileError(Exception):
    """A raw file cannot be read; the message goes on after the file's path."""


CELL = re.compile(r',("(?:[^"]|"")*"|[^",]*)')

LINE_END = re.compile(r"\r\n|\r|\n")

INTEGER = re.compile(r"[+-]?[0-9]+")

BITS = {"int": 32, "bigint": 64}


def read_songs(content: bytes) -> list[tuple]:
    """The songs of a CSV file, each after the number of its line. A row equal to the header is not a song; an empty cell is unknown."""
    header, songs = None, []
    for number, line in enumerate(LINE_END.split(content.removeprefix(b"\xef\xbb\xbf").decode(errors="surrogateescape")), 1):
        try:
            cells = cells_of(line)
            header = header or cells and known(cells)
            if cells and cells != header:
                songs.append((number, *song(cells, header)))
        except ValueError as e:
            raise RawFileError(f", line {number}: {e}") from e
    if not songs:
        raise RawFileError(" has a header and no rows" if header else " is empty")
    return songs


def cells_of(line: str) -> list[str]:
    """The cells of a line; none where it is blank."""
    cells = line.split(",") if line else []
    if '"' in line:
        cells = CELL.findall(f",{line}")
        if ",".join(cells) != line:
            raise ValueError("its quotes do not match")
    try:
        line.encode()
    except UnicodeEncodeError:
        raise ValueError("not UTF-8") from None
    return [cell[1:-1].replace('""', '"') if cell.startswith('"') else cell for cell in cells]


def known(header: list[str]) -> list[str]:
    columns = list(COLUMNS)
    if header not in (columns, columns[:RAW_AT_LEAST]):
        raise ValueError(f"the header must be {','.join(columns)} or its first {RAW_AT_LEAST} columns")
    return header


def song(cells: list[str], header: list[str]) -> list[str | int | None]:
    if len(cells) != len(header):
        raise ValueError(f"{len(cells)} cells, but the header has {len(header)}")
    unknown = [None] * (len(COLUMNS) - len(cells))
    return [typed(name, kind, cell) for (name, kind), cell in zip(COLUMNS.items(), cells)] + unknown


def typed(name: str, kind: str, cell: str) -> str | int | None:
    if not cell:
        if name in REQUIRED:
            raise ValueError(f"{name} is empty")
        return None
    if kind == "string":
        return cell
    limit = 2 ** (BITS[kind] - 1)
    if not INTEGER.fullmatch(cell) or not -limit <= int(cell) < limit:
        raise ValueError(f"{name} '{cell}' is not an integer")
    return int(cell)


def fingerprint(songs: list[tuple]) -> str:
    """The same for two files that list the same songs in the same order."""
    track_id = list(COLUMNS).index("track_id") + 1
    return sha256("".join(f"{song[track_id]}\n" for song in songs).encode()).hexdigest()


def parse(content: bytes) -> tuple[str | None, str | None, list[tuple]]:
    """What is wrong with a CSV file, or the fingerprint of its songs, and the songs."""
    try:
        songs = read_songs(content)
        return None, fingerprint(songs), songs
    except RawFileError as e:
        return str(e), None, []


SONGS_TYPE = f"array<struct<number int, {', '.join(f'{name} {kind}' for name, kind in COLUMNS.items())}>>"


def parsed(files: DataFrame) -> DataFrame:
    """CSV files, each with its problem, its fingerprint and its songs."""
    columns = F.udf(parse, f"problem string, fingerprint string, songs {SONGS_TYPE}")("content")
    return files.select("path", columns.alias("parsed")).select("path", "parsed.*")


def charts(songs: DataFrame) -> DataFrame:
    """A song once a list and snapshot, by its best row; by that of the first file where several have its rank."""
    best_first = Window.partitionBy("list", "snapshot_date", "track_id").orderBy("rank", "path", "number")
    all_rows = best_first.rowsBetween(Window.unboundedPreceding, Window.unboundedFollowing)
    return (
        songs.withColumn("sources", F.size(F.collect_set("path").over(all_rows)).cast("bigint"))
        .withColumn("place", F.row_number().over(best_first))
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

STRING = r'\s*"(?:[^"\\]|\\.)*"\s*'

BEFORE_SONG = re.compile(rf"\s*\{{{STRING}:{STRING},{STRING}:\s*")


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
        row = parse_json(line, parse_int=float)  # A song may have a number of any length.
        if not isinstance(row, dict) or list(row) != ["reason", "song"] or not isinstance(row["reason"], str):
            raise RawFileError(f", line {n}: not a refused row")
        written = line.decode().rstrip().removesuffix("}").rstrip()
        rows.append((row["reason"], written[BEFORE_SONG.match(written).end() :] if isinstance(row["song"], dict) else None))
    return rows


def parse_json(content: bytes, parse_int: type = int) -> Any:
    """A value of JSON in UTF-8; None where it is not one."""
    try:
        value = json.loads(content.decode(), parse_int=parse_int, parse_constant=int)  # NaN is not an int.
        json.dumps(value, ensure_ascii=False).encode()  # Half of a surrogate pair is not text.
        return value
    except (ValueError, RecursionError):
        return None


def refused_row(source: Source, record: dict[str, Any] | None, reason: str, song: str | None) -> tuple:
    """A row of quarantine."""
    day, table, name = source
    return reason, LISTS[table], record["source"] if record else name, song, day


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
        # What is cached is read two or three times; packing it takes longer.
        .config("spark.sql.inMemoryColumnarStorage.compressed", "false")
        # Where the job starts Java itself, it is over before Java's second compiler and collector pay (docs/performance.md).
        .config("spark.driver.extraJavaOptions", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
        .getOrCreate()
    )
    raw, refined = (folder.rstrip("/") if "://" in folder else str(Path(folder).absolute()) for folder in (args.raw, args.refined))
    with on_error(f"{raw} and {refined} could not be listed. The tables are as they were."):
        files, ignored = find(spark, raw)
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
    if ignored:
        more = f" and {len(ignored) - 5} more" if len(ignored) > 5 else ""
        print(f"Ignored, because they are not part of a snapshot: {', '.join(ignored[:5])}{more}")


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
        raise argparse.ArgumentTypeError(f"'{text}' is not a date; write it as 2026-11-22")
    return text


def find(spark: SparkSession, raw: str) -> tuple[list[File], list[str]]:
    """The raw files that count, and those that do not."""
    root = str(hadoop(spark, raw)[0].toString()).rstrip("/")
    files, ignored = [], []
    for prefix in (*LISTS, "sources", "quarantine", "_quarantine"):
        for path in sorted(paths_under(spark, f"{raw}/{prefix}")):
            if file := file_of(path, path.removeprefix(f"{root}/")):
                files.append(file)
            else:
                ignored.append(path.removeprefix("file:"))
    return files, ignored


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
    csv_files = parsed(read(spark, [file for file in files if file.kind == SONGS])).cache()
    with on_error("The raw files could not be read. The tables are as they were."):
        summaries = {row["path"]: row for row in csv_files.select("path", "problem", "fingerprint", F.size("songs").alias("rows")).collect()}
        others = read(spark, [file for file in files if file.kind != SONGS])
        contents = {row["path"]: bytes(row["content"]) for row in others.collect()}
    records, refused = checked(files, summaries, contents)
    found = {file.source: summaries[file.path] for file in files if file.kind == SONGS}
    sources = [source_row(source, records.get(source), found.get(source), len(refused[source])) for source in {**found, **records}]
    quarantine = [refused_row(source, records.get(source), *row) for source, rows in refused.items() for row in rows]

    songs = placed(spark, csv_files, files)
    tables = {
        **{f"{table}_refined": songs.where(F.col("table") == table).select(*COLUMNS, "snapshot_date") for table in LISTS},
        "sources": spark.createDataFrame(sources, SOURCES),
        "quarantine": spark.createDataFrame(quarantine, QUARANTINE),
    }
    counts = expected_counts(found, sources, quarantine)
    # A folder on this machine would get a second file beside each, for its checksum.
    hadoop(spark, refined)[1].setWriteChecksum(False)
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda table: write(tables[table], f"{refined}/{table}"), counts))
    write(charts(songs), f"{refined}/charts")
    with on_error(f"{refined} was written, but could not be counted. Run the job again with --full true."):
        return count_back(spark, refined, songs, counts)


def placed(spark: SparkSession, songs: DataFrame, files: list[File]) -> DataFrame:
    """The songs of parsed files, each with its table, list and snapshot."""
    places = [(file.path, file.table, LISTS[file.table], file.day) for file in files if file.kind == SONGS]
    place = spark.createDataFrame(places, "path string, table string, list string, snapshot_date string")
    return songs.select("path", F.inline("songs")).join(F.broadcast(place), "path")


def checked(files: list[File], summaries: dict[str, Row], contents: dict[str, bytes]) -> tuple[dict[Source, dict], dict[Source, list]]:
    """The sources' records and refused rows; or an error that names every file that cannot be read."""
    records, refused, problems = {}, defaultdict(list), []
    for file in files:
        try:
            if file.kind == SONGS:
                # Spark leaves out a file without a byte.
                if problem := summaries[file.path]["problem"] if file.path in summaries else " is empty":
                    raise RawFileError(problem)
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
    with on_error(f"{target} could not be written. Run the job again with --full true."):
        (
            rows.repartition("snapshot_date")
            .sortWithinPartitions("snapshot_date", *rank)
            .write.mode("overwrite")
            .option("partitionOverwriteMode", "dynamic")
            .partitionBy("snapshot_date")
            .parquet(target)
        )


def expected_counts(found: dict[Source, Row], sources: list[tuple], quarantine: list[tuple]) -> dict[str, Counter[str]]:
    """How many rows each table but charts must have, by snapshot. Tables without rows are left out."""
    counts = defaultdict(Counter)
    for (day, table, _), file in found.items():
        counts[f"{table}_refined"][day] += file["rows"]
    for table, rows in (("sources", sources), ("quarantine", quarantine)):
        for row in rows:
            counts[table][row[-1]] += 1
    return counts


def count_back(spark: SparkSession, refined: str, songs: DataFrame, counts: dict[str, Counter[str]]) -> dict[str, Counter[str]]:
    """Counts what was written, in one query, charts by their songs.

    Fails where a partition has other rows, as it has where a committer adds and does not replace.
    """
    tables = {
        table: spark.read.schema("snapshot_date string").option("basePath", f"{refined}/{table}")
        .parquet(*(pattern(f"{refined}/{table}/snapshot_date={day}") for day in days))
        for table, days in {**counts, "charts": counts["sources"]}.items()
    }  # fmt: skip
    tables["songs"] = songs.select("list", "snapshot_date", "track_id").distinct()
    rows = reduce(DataFrame.unionAll, (table.select(F.lit(name).alias("table"), "snapshot_date") for name, table in tables.items()))
    written = defaultdict(Counter)
    for row in rows.groupBy("table", "snapshot_date").count().collect():
        written[row["table"]][row["snapshot_date"]] = row["count"]
    counts = {**counts, "charts": written["songs"]}
    for table, days in counts.items():
        for day, expected in days.items():
            if written[table][day] != expected:
                raise RefineError(
                    f"{refined}/{table}/snapshot_date={day} has {written[table][day]} rows where {expected} were written. "
                    "Delete that folder and run the job for this date again."
                )
    return counts


if __name__ == "__main__":
    main(sys.argv[1:])
