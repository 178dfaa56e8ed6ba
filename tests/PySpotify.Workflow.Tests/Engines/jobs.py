"""Runs csv_to_parquet.py again and again in one process, for Spark.cs: a request in a line of JSON, its answer in another."""

import contextlib
import glob
import io
import json
import os
import sys
import traceback
from unittest.mock import patch

sys.path.insert(0, sys.argv[1])
# Spark's own processes import the job, too.
os.environ["PYTHONPATH"] = os.pathsep.join([sys.argv[1], os.environ.get("PYTHONPATH", "")])

import csv_to_parquet as job  # noqa: E402
from pyspark.sql import SparkSession  # noqa: E402


def run(arguments):
    screen = io.StringIO()
    error = None
    if spark := SparkSession.getActiveSession():
        spark.catalog.clearCache()  # An earlier job may have read a file that has changed since.
    with contextlib.redirect_stdout(screen), contextlib.redirect_stderr(screen):
        try:
            job.main(arguments)
        except job.RefineError as e:
            error = str(e)
        except SystemExit as e:
            error = f"exit code {e.code}"
        except Exception:
            error = traceback.format_exc()
    return {"error": error, "output": screen.getvalue(), "tables": {}}


def add_to(table):
    """Spark adds to a table's partitions, as some committers do, in place of replacing them."""
    write = job.write

    def written(rows, target):
        if target.endswith(f"/{table}"):
            rows.write.mode("append").partitionBy("snapshot_date").parquet(target)
        else:
            write(rows, target)

    return patch.object(job, "write", written)


def read(folder):
    rows = SparkSession.builder.getOrCreate().read.parquet(job.pattern(folder))
    rows = rows.withColumn("snapshot_date", rows["snapshot_date"].cast("string"))
    return {"columns": [list(column) for column in rows.dtypes], "rows": [list(row) for row in rows.collect()]}


for line in sys.stdin:
    request = json.loads(line)
    with add_to(request.get("addTo")):
        answer = run(["--raw", request["raw"], "--refined", request["refined"], *request["arguments"]])
    if answer["error"] is None:
        tables = {table: os.path.join(request["refined"], table) for table in job.REFINED}
        answer["tables"] = {table: read(folder) for table, folder in tables.items() if glob.glob(f"{glob.escape(folder)}/*/*.parquet")}
    print(json.dumps(answer), flush=True)
