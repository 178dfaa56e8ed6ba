using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using PySpotify.Functions;
using PySpotify.Functions.Rows;
using PySpotify.Workflow.Local.Warehouse;

namespace PySpotify.Benchmarks;

/// <summary>The refine job on SQLite against the <c>.import</c> of SQLite's own shell, which checks and reconciles nothing.</summary>
internal static class Refining
{
    private const int Rows = 1_000_000;
    private const string Date = "2026-11-22";

    public static async Task RunAsync(Report report)
    {
        report.Section($"Refine on SQLite: {Rows:N0} rows into a partition", "what", "seconds", "rows/s", "÷ sqlite3 .import");
        using var scratch = new Scratch();
        var raw = Path.Combine(scratch.Folder, Tables.TopPlayed, $"snapshot_date={Date}");
        Directory.CreateDirectory(raw);
        WriteRows(Path.Combine(raw, "source.csv"), "");

        // .import fills all the table's columns, so its file must have the partition's.
        WriteRows(scratch["import.csv"], "," + Date);

        var job = new RefineJob(new Database(scratch["warehouse.db"]), new RawFolder(scratch.Folder));
        var times = new Dictionary<string, List<double>> { ["refine"] = [], ["replace"] = [], ["import"] = [] };
        for (var round = 0; round < 5; round++)
        {
            File.Delete(scratch["warehouse.db"]);
            await TimeAsync("refine", () => RefineAsync(job));
            await TimeAsync("replace", () => RefineAsync(job));
            File.Delete(scratch["import.db"]);
            await TimeAsync("import", () => ImportAsync(scratch));
            if (times["import"] is [] || !HasSqlite)
            {
                break;
            }
        }

        var (refine, replace, import) = (Timing.Median(times["refine"]), Timing.Median(times["replace"]), Timing.Median(times["import"]));
        report.Row("refine into an empty table", $"{refine:0.00}", $"{Rows / refine:N0}", HasSqlite ? $"{refine / import:0.00} ×" : "");
        report.Row("refine in place of as many rows", $"{replace:0.00}", $"{Rows / replace:N0}", HasSqlite ? $"{replace / import:0.00} ×" : "");
        if (!HasSqlite)
        {
            report.Say($"`sqlite3` is not on PATH, so there is nothing to compare with.");
            return;
        }

        report.Row("`sqlite3` .import", $"{import:0.00}", $"{Rows / import:N0}", "1.00 ×");
        report.Goal("at most 2 × the bare import", $"{refine / import:0.00} ×", refine / import <= 2);

        async Task TimeAsync(string name, Func<Task> run)
        {
            var start = Stopwatch.GetTimestamp();
            await run();
            times[name].Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
    }

    private static bool HasSqlite { get; set; } = true;

    private static async Task RefineAsync(RefineJob job)
    {
        var refined = await job.RunAsync(DateOnly.ParseExact(Date, "yyyy-MM-dd", CultureInfo.InvariantCulture), default);
        if (refined.Rows[Tables.Charts] != Rows)
        {
            throw new InvalidOperationException($"{refined.Rows[Tables.Charts]} songs were refined.");
        }
    }

    private static async Task ImportAsync(Scratch scratch)
    {
        // With the indexes that made a table quick to ask before charts was.
        const string table = "spotifytopplayed_refined";
        var start = new ProcessStartInfo("sqlite3",
        [
            scratch["import.db"],
            $"CREATE TABLE {table} ({string.Join(", ", Columns.Songs.Select(column => $"{column.Name} {column.SqliteType}"))});",
            $"CREATE INDEX {table}_rank ON {table} (snapshot_date, rank); CREATE INDEX {table}_track ON {table} (track_id, snapshot_date, rank);",
            $".import --csv --skip 1 {scratch["import.csv"]} {table}",
        ]);
        try
        {
            await ChildProcess.RunAsync(start);
        }
        catch (Win32Exception)
        {
            HasSqlite = false;
        }
    }

    private static void WriteRows(string path, string more)
    {
        using var lines = new StreamWriter(path, false, new UTF8Encoding(false), 1 << 16) { NewLine = "\n" };
        lines.WriteLine(string.Join(',', (more.Length > 0 ? Columns.Songs : Columns.Raw).Select(column => column.Name)));
        for (var n = 0; n < Rows; n++)
        {
            var song = CsvWriting.Song(n);
            lines.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{song.Artist},\"{song.Track!.Replace("\"", "\"\"", StringComparison.Ordinal)}\",{song.TrackPop},{song.DurationMs},{song.AlbumNm},{song.AlbumDt},{song.TrackId},{n + 1},\"{song.Artists!.Replace("\"", "\"\"", StringComparison.Ordinal)}\",{song.Isrc},37i9dQZEVXbMDoHDwVN2tF{more}"));
        }
    }
}
