using System.Diagnostics;
using Microsoft.Data.Sqlite;
using PySpotify.Functions;
using PySpotify.Tests;
using PySpotify.Workflow.Local.Warehouse;

namespace PySpotify.Workflow.Tests;

/// <summary><c>refine</c> fills the tables from the CSV files.</summary>
public sealed class RefineTests
{
    [Fact]
    public async Task A_warehouse_that_was_lost_is_made_anew_from_the_CSV_files()
    {
        await using var pyspotify = new Pyspotify();
        (await pyspotify.RunAsync()).Succeeded();
        var rows = await CountAsync(pyspotify);
        File.Delete(Path.Combine(pyspotify.Data, "warehouse.db"));

        var told = (await pyspotify.RunAsync("refine")).Succeeded().Output;

        Assert.Contains("spotifypopularsongs_refined: 2,982 rows", told, StringComparison.Ordinal);
        Assert.Equal(rows, await CountAsync(pyspotify));
    }

    [Fact]
    public async Task A_snapshot_that_is_not_there_is_named()
    {
        await using var pyspotify = new Pyspotify();
        Directory.CreateDirectory(pyspotify.Data);
        var error = (await pyspotify.RunAsync("refine", "--snapshot-date", "2001-02-03")).Failed();
        Assert.Contains("has no snapshot of 2001-02-03", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_a_snapshot_is_passed_over_and_told()
    {
        await using var pyspotify = new Pyspotify();
        (await pyspotify.RunAsync("--snapshot-date", "2026-11-22")).Succeeded();
        var rows = await CountAsync(pyspotify);
        foreach (var file in RawFiles.Ignored)
        {
            var path = Path.Combine(pyspotify.Raw, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, "anything", TestContext.Current.CancellationToken);
        }

        var told = (await pyspotify.RunAsync("refine")).Succeeded().Output;

        var line = Assert.Single(told.Split('\n'), line => line.StartsWith("Ignored", StringComparison.Ordinal));
        Assert.Contains("snapshot_date=2026-11-22/._a.csv", line, StringComparison.Ordinal);
        Assert.EndsWith($"and {RawFiles.Ignored.Length - 5} more", line.TrimEnd(), StringComparison.Ordinal);
        Assert.Equal(rows, await CountAsync(pyspotify));
    }

    [Fact]
    public async Task Records_and_refused_rows_that_are_none_are_all_named()
    {
        using var tables = new TestTables();
        await tables.AddAsync(Tables.TopPlayed, "2026-11-22", "A1 B2");
        RawFiles.AddRefusedJson(tables, "2026-11-22");

        var problems = (await Assert.ThrowsAsync<RefineException>(() => tables.RefineAsync(null))).Message.Split("; ");

        Assert.Equal(RawFiles.RefusedRecords.Count, problems.Count(problem => problem.EndsWith(".json: not a source's record", StringComparison.Ordinal)));
        Assert.Equal(RawFiles.RefusedQuarantine.Count, problems.Count(problem => problem.Contains(": not a refused row", StringComparison.Ordinal)));
        Assert.Contains(problems, problem => problem.EndsWith("spotifytopplayed-00.jsonl, line 1: not a refused row", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.EndsWith("spotifytopplayed-04.jsonl, line 2: not a refused row", StringComparison.Ordinal));
    }

    public static TheoryData<string> TakenFiles => [.. RawFiles.Taken.Keys];

    public static TheoryData<string> RefusedFiles => [.. RawFiles.Refused.Keys];

    [Theory]
    [MemberData(nameof(TakenFiles))]
    public async Task A_file_is_taken_whole(string file)
    {
        using var tables = new TestTables();
        tables.Write("spotifytopplayed/snapshot_date=2026-11-22/a.csv", RawFiles.Taken[file].Bytes);

        await tables.RefineAsync(null);

        var counts = (await tables.Reader.QueryAsync(
            "SELECT (SELECT count(*) FROM spotifytopplayed_refined), (SELECT rows FROM sources), (SELECT count(*) FROM charts) - (SELECT count(DISTINCT track_id) FROM spotifytopplayed_refined)", Cancelled)).Rows;
        Assert.Equal([[(long)RawFiles.Taken[file].Rows, (long)RawFiles.Taken[file].Rows, 0L]], counts);
    }

    [Fact]
    public async Task Cells_keep_every_character()
    {
        using var tables = new TestTables();
        tables.Write("spotifytopplayed/snapshot_date=2026-11-22/a.csv", RawFiles.Taken["all of Unicode"].Bytes);
        tables.Write("spotifypopularsongs/snapshot_date=2026-11-22/a.csv", RawFiles.Taken["quotes, commas and backslashes"].Bytes);

        await tables.RefineAsync(null);

        Assert.Equal(
            [["Say \"Cheese\", twice", "T\\", "\\", "\""], ["🎧 👩\u200D🎤", "\uFFFD\uFEFF\u00A0é\u0301", "\u2028\u2029\u0085\u000B\u000C\u001C", "𐍈\uE000\uFFFF"]],
            (await tables.Reader.QueryAsync("SELECT artist, track, album_nm, album_dt FROM charts ORDER BY list", Cancelled)).Rows);
    }

    [Fact]
    public async Task A_file_of_eight_columns_takes_nothing_from_the_one_before()
    {
        using var tables = new TestTables();
        tables.Write("spotifytopplayed/snapshot_date=2026-11-22/a.csv", RawFiles.Taken["as it is written"].Bytes);
        tables.Write("spotifytopplayed/snapshot_date=2026-11-22/b.csv", RawFiles.Taken["eight columns"].Bytes);

        await tables.RefineAsync(null);

        Assert.Equal(
            [["[\"A\"]", "USABC2600001", "pl"], [null, null, null]],
            (await tables.Reader.QueryAsync("SELECT artists, isrc, source FROM spotifytopplayed_refined WHERE track_id = 'id1' ORDER BY rowid", Cancelled)).Rows);
    }

    [Theory]
    [MemberData(nameof(RefusedFiles))]
    public async Task A_file_that_is_refused_is_named_with_its_line_and_changes_nothing(string file)
    {
        using var tables = new TestTables();
        await tables.AddAsync(Tables.TopPlayed, "2026-11-22", "A1 B2");
        var bad = tables.Write("spotifytopplayed/snapshot_date=2026-11-22/a.csv", RawFiles.Refused[file].Bytes);

        var error = await Assert.ThrowsAsync<RefineException>(() => tables.RefineAsync(null));

        Assert.Equal($"{bad}{RawFiles.Refused[file].Problem}. The tables are as they were.", error.Message);
        Assert.Equal([[2L]], (await tables.Reader.QueryAsync("SELECT count(*) FROM charts", Cancelled)).Rows);
    }

    [Fact]
    public async Task Every_bad_file_of_every_snapshot_is_named()
    {
        using var tables = new TestTables();
        await tables.AddAsync(Tables.TopPlayed, "2026-11-22", "A1 B2");
        string[] bad =
        [
            tables.Write("spotifypopularsongs/snapshot_date=2026-11-08/a.csv", []),
            tables.Write("spotifytopplayed/snapshot_date=2026-11-15/a.csv", []),
            tables.Write("spotifytopplayed/snapshot_date=2026-11-15/b.csv", RawFiles.File("A")),
        ];

        var error = await Assert.ThrowsAsync<RefineException>(() => tables.RefineAsync(null));

        Assert.Equal(
            $"{bad[0]} is empty; {bad[1]} is empty; {bad[2]}, line 2: 1 cells, but the header has 11. The tables are as they were.", error.Message);
        Assert.DoesNotContain("redrive", error.Message, StringComparison.Ordinal);

        // One snapshot does not ask after the others.
        await tables.RefineAsync(new(2026, 11, 22));
    }

    [Fact]
    public async Task A_snapshot_whose_folder_is_gone_leaves_the_tables()
    {
        using var tables = new TestTables();
        await tables.AddAsync(Tables.TopPlayed, "2026-11-15", "A1 B2", refused: ["no artist"]);
        await tables.AddAsync(Tables.TopPlayed, "2026-11-22", "A1 B2");
        Directory.Delete(Path.Combine(tables.Data.Raw, "spotifytopplayed", "snapshot_date=2026-11-15"), recursive: true);

        var result = await tables.RefineAsync(null);

        Assert.Equal([new DateOnly(2026, 11, 15)], result.Removed);
        foreach (var (table, _) in Tables.Refined)
        {
            Assert.DoesNotContain(await DatesAsync(tables, table), date => date == "2026-11-15");
        }

        Assert.Equal(["2026-11-22"], await DatesAsync(tables, Tables.Charts));
    }

    [Fact]
    public async Task Refine_fills_five_tables_from_what_old_and_new_versions_wrote()
    {
        using var tables = new TestTables();
        RawFiles.CopyOfTheVersionBefore(tables.Data.Raw);
        tables.Write("spotifytopplayed/snapshot_date=2026-11-27/37i9dQZEVXbMDoHDwVN2tF.csv", RawFiles.File(RawFiles.Row("A", 1)));

        var result = await tables.RefineAsync(null);

        Assert.Equal(
            [("charts", 55L), ("quarantine", 2L), ("sources", 5L), ("spotifypopularsongs_refined", 12L), ("spotifytopplayed_refined", 43L)],
            result.Rows.OrderBy(table => table.Key, StringComparer.Ordinal).Select(table => (table.Key, table.Value)));
        Assert.Equal(
            [
                ["popular", "year-2025-2026-5ef3d47987a9", null, null, "read", null, 6L, null, null, 0L, "2026-11-20"],
                ["top played", "37i9dQZEVXbMDoHDwVN2tF", null, null, "read", null, 21L, null, null, 1L, "2026-11-20"],
            ],
            (await tables.Reader.QueryAsync(
                "SELECT list, source, kind, name, status, reason, rows, skipped, skipped_reasons, quarantined, snapshot_date FROM sources WHERE snapshot_date = '2026-11-20' ORDER BY list", Cancelled)).Rows);
        Assert.Equal(
            [["no artist", "top played", "37i9dQZEVXbMDoHDwVN2tF", "Track 93"]],
            (await tables.Reader.QueryAsync(
                "SELECT reason, list, source, json_extract(song, '$.track') FROM quarantine WHERE snapshot_date = '2026-11-20'", Cancelled)).Rows);
        Assert.Equal(
            [["Artist 10", "Say \"Cheese\" 'Twice'", 70L, 189010L, "Album 10", "2025-01-11", 19L, 1L, null, null]],
            (await tables.Reader.QueryAsync(
                "SELECT artist, track, track_pop, duration_ms, album_nm, album_dt, rank, sources, artists, isrc FROM charts WHERE track_id = 'fakeTrack0000000009010' AND snapshot_date = '2026-11-20'", Cancelled)).Rows);
    }

    /// <summary>The fixture was written by the version of before: its tables have eight columns and no charts.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData("2026-11-20")]
    public async Task Tables_of_the_version_before_are_replaced_whole(string? snapshotDate)
    {
        using var tables = new TestTables();
        RawFiles.CopyOfTheVersionBefore(tables.Data.Raw);
        MakeOldTables(tables.Data.Warehouse);
        var asked = await Assert.ThrowsAsync<QueryException>(() => tables.AskAsync("top", "track"));
        Assert.EndsWith("`pyspotify refine` fills them again.", asked.Message, StringComparison.Ordinal);

        await tables.RefineAsync(snapshotDate is null ? null : DateOnly.Parse(snapshotDate));

        Assert.Equal(["2026-11-13", "2026-11-20"], await DatesAsync(tables, Tables.Charts));
        Assert.Equal(["2026-11-13", "2026-11-20"], await DatesAsync(tables, "spotifytopplayed_refined"));
        Assert.Equal(27, (await tables.AskAsync("top", "track")).Length);
    }

    [Fact]
    public async Task Tables_of_the_version_before_stay_where_a_raw_file_is_bad()
    {
        using var tables = new TestTables();
        RawFiles.CopyOfTheVersionBefore(tables.Data.Raw);
        MakeOldTables(tables.Data.Warehouse);
        var before = await File.ReadAllBytesAsync(tables.Data.Warehouse, Cancelled);
        tables.Write("spotifytopplayed/snapshot_date=2026-11-13/bad.csv", []);

        await Assert.ThrowsAsync<RefineException>(() => tables.RefineAsync(new(2026, 11, 20)));

        Assert.Equal(before, await File.ReadAllBytesAsync(tables.Data.Warehouse, Cancelled));
    }

    [Fact]
    public async Task A_song_of_several_files_is_charted_by_its_best_row_and_by_the_first_files_where_they_tie()
    {
        using var tables = new TestTables();
        tables.Write("spotifypopularsongs/snapshot_date=2026-11-22/b.csv", RawFiles.File(RawFiles.Row("A", 1, "b"), RawFiles.Row("B", 2, "b")));
        tables.Write("spotifypopularsongs/snapshot_date=2026-11-22/a.csv", RawFiles.File(
            RawFiles.Row("A", 3, "a"), RawFiles.Row("B", 2, "a").Replace("Album", "Best album", StringComparison.Ordinal), RawFiles.Row("B", 4, "a"), RawFiles.Row("C", 5, "a")));
        tables.Write("spotifypopularsongs/snapshot_date=2026-11-22/c.csv", RawFiles.File(RawFiles.Row("B", 2, "c"), RawFiles.Row("B", 3, "c")));

        await tables.RefineAsync(null);

        Assert.Equal(
            [["A", 1L, 2L, "Album"], ["B", 2L, 3L, "Best album"], ["C", 5L, 1L, "Album"]],
            (await tables.Reader.QueryAsync("SELECT track, rank, sources, album_nm FROM charts ORDER BY track", Cancelled)).Rows);
        Assert.Equal(8L, (await tables.Reader.QueryAsync("SELECT count(*) FROM spotifypopularsongs_refined", Cancelled)).Rows[0][0]);
    }

    [Fact]
    public async Task A_folder_may_have_any_name()
    {
        var root = Directory.CreateTempSubdirectory("pyspotify-");
        try
        {
            var raw = Path.Combine(root.FullName, "my [raw] {data} 100% #1+a, b;'c' é", "raw");
            var file = Path.Combine(raw, "spotifytopplayed", "snapshot_date=2026-11-22", "x [1] 50% + é.csv");
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllBytesAsync(file, RawFiles.File(RawFiles.Row("A", 1)), Cancelled);
            var warehouse = Path.Combine(raw, "..", "warehouse.db");

            await new RefineJob(new Database(warehouse), new RawFolder(raw)).RunAsync(null, Cancelled);

            Assert.Equal([["x [1] 50% + é", 1L]], (await new TableReader(warehouse).QueryAsync("SELECT source, rows FROM sources", Cancelled)).Rows);
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_second_signal_does_not_wait_for_what_the_first_could_not_end()
    {
        Pyspotify.SkipUnlessHeard(Pyspotify.SigInt);
        await using var pyspotify = new Pyspotify();
        var folder = Directory.CreateDirectory(Path.Combine(pyspotify.Raw, "spotifytopplayed", "snapshot_date=2026-11-22")).FullName;
        var pipe = Path.Combine(folder, "nobody-writes.csv");
        using (var make = Process.Start("mkfifo", [pipe]))
        {
            await make.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        var refine = pyspotify.Start("refine");
        await using var writer = await Task.Run(() => new FileStream(pipe, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        for (var n = 0; n < 600 && !refine.HasExited; n++)
        {
            Pyspotify.Signal(refine, Pyspotify.SigInt);
            await Task.WhenAny(refine.WaitForExitAsync(TestContext.Current.CancellationToken), Task.Delay(50, TestContext.Current.CancellationToken));
        }

        Assert.Equal(128 + Pyspotify.SigInt, (await pyspotify.EndAsync(refine)).ExitCode);
    }

    [Fact]
    public async Task Without_pyspark_refine_says_how_to_get_it()
    {
        await using var pyspotify = new Pyspotify();
        Directory.CreateDirectory(pyspotify.Data);
        pyspotify.Environment["PATH"] = pyspotify.Data;
        var error = (await pyspotify.RunProcessAsync("refine", "--spark")).Failed();
        Assert.Contains("Install Python", error, StringComparison.Ordinal);
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private static void MakeOldTables(string warehouse)
    {
        using var connection = new SqliteConnection($"Data Source={warehouse};Pooling=False");
        connection.Open();
        connection.Execute(Repository.Read("tests/PySpotify.Workflow.Tests/Fixtures/eight-columns/warehouse.sql"));
    }

    private static async Task<IEnumerable<string>> DatesAsync(TestTables tables, string table) =>
        (await tables.Reader.QueryAsync($"SELECT DISTINCT snapshot_date FROM {table} ORDER BY 1", Cancelled)).Rows.Select(row => (string)row[0]!);

    private static async Task<string> CountAsync(Pyspotify pyspotify) => CommandTests.Cells(await pyspotify.RunAsync(
        "sql", "SELECT (SELECT count(*) FROM spotifytopplayed_refined), (SELECT sum(rank) FROM spotifypopularsongs_refined)"));
}
