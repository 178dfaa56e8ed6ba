using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using PySpotify.Functions;
using PySpotify.Tests;
using PySpotify.Workflow.Local.Warehouse;

namespace PySpotify.Workflow.Tests.Engines;

/// <summary>The Glue job under Spark gives the tables that the local refine gives, and takes and refuses the same files.</summary>
[Trait("Category", "Engines")]
[Collection("Engines")]
public sealed class JobTests(Spark spark, HandMadeWeeks weeks, SampleTables sample) : IClassFixture<HandMadeWeeks>, IClassFixture<SampleTables>, IDisposable
{
    private const string Day = "2026-11-22", Before = "2026-11-15";

    private readonly TestTables _tables = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string Refined => _tables.Data.Refined;

    public void Dispose() => _tables.Dispose();

    [Fact]
    public async Task Every_snapshot_of_the_sample_then_one_then_the_newest_give_the_rows_of_SQLite()
    {
        var raw = sample.Tables.Data.Raw;
        await ExpectEqualAsync(sample.Tables, await spark.RunAsync(raw, Refined, "--full", "true", "--JOB_NAME", "refine"));
        var all = TempFolder.Snapshot(Refined);

        foreach (var (arguments, date) in new (string[], string)[] { (["--snapshot_date", "2026-11-15"], "2026-11-15"), ([], "2026-11-22") })
        {
            await ExpectEqualAsync(sample.Tables, await spark.RunAsync(raw, Refined, arguments));
            var now = TempFolder.Snapshot(Refined);
            Assert.Equal(all.Where(file => !file.Key.Contains(date, StringComparison.Ordinal)), now.Where(file => !file.Key.Contains(date, StringComparison.Ordinal)));
            Assert.Equal(Contents(all, date), Contents(now, date));
            Assert.NotEqual(all.Keys, now.Keys);
            all = now;
        }

        static IEnumerable<byte[]> Contents(SortedDictionary<string, byte[]> files, string date) => files.Where(file => file.Key.Contains(date, StringComparison.Ordinal)).Select(file => file.Value);
    }

    [Fact]
    public async Task Several_sources_repeated_songs_and_refused_rows_give_the_rows_of_SQLite() =>
        await ExpectEqualAsync(weeks.Tables, await spark.RunAsync(weeks.Tables.Data.Raw, Refined, "--full"));

    [Fact]
    public async Task Files_that_SQLite_takes_are_taken_with_the_same_rows()
    {
        foreach (var (i, (name, file)) in RawFiles.Taken.Index())
        {
            _tables.Write($"{Tables.Raw[i % 2]}/snapshot_date={Day}/{i:00} {name}.csv", file.Bytes);
        }

        var first = $"{Tables.TopPlayed}-00 {RawFiles.Taken.Keys.First()}";
        _tables.Write($"sources/snapshot_date={Day}/{first}.json", Encoding.UTF8.GetBytes(RawFiles.TakenRecord));
        _tables.Write($"quarantine/snapshot_date={Day}/{first}.jsonl", Encoding.UTF8.GetBytes(string.Join('\n', RawFiles.TakenQuarantine)));
        await _tables.RefineAsync(null);
        await ExpectEqualAsync(_tables, await spark.RunAsync(_tables.Data.Raw, Refined));
    }

    [Fact]
    public async Task Files_that_SQLite_refuses_are_refused_in_the_same_words_and_nothing_is_written()
    {
        _tables.Write($"{Tables.TopPlayed}/snapshot_date={Before}/good.csv", RawFiles.File(RawFiles.Row("A", 1)));
        await _tables.RefineAsync(null);
        await ExpectEqualAsync(_tables, await spark.RunAsync(_tables.Data.Raw, Refined));
        var files = TempFolder.Snapshot(Refined);
        foreach (var (i, (name, file)) in RawFiles.Refused.Index())
        {
            _tables.Write($"{Tables.Raw[i % 2]}/snapshot_date={(i % 3 == 0 ? Before : Day)}/{i:00} {name}.csv", file.Bytes);
        }

        RawFiles.AddRefusedJson(_tables, Day);
        var error = (await Assert.ThrowsAsync<RefineException>(() => _tables.RefineAsync(null))).Message;
        var job = await spark.RunAsync(_tables.Data.Raw, Refined, "--full");

        Assert.Equal(error.Split("; "), job.Error?.Split("; "));
        Assert.Equal(RawFiles.Refused.Count + RawFiles.RefusedRecords.Count + RawFiles.RefusedQuarantine.Count, error.Split("; ").Length);
        Assert.Equal(files, TempFolder.Snapshot(Refined));
    }

    [Fact]
    public async Task What_is_not_a_snapshot_is_passed_over_and_told_once()
    {
        _tables.Write($"{Tables.TopPlayed}/snapshot_date={Day}/good.csv", RawFiles.File(RawFiles.Row("A", 1)));
        foreach (var file in RawFiles.Ignored)
        {
            _tables.Write(file, "anything"u8);
        }

        var refined = await _tables.RefineAsync(null);
        var job = await spark.RunAsync(_tables.Data.Raw, Refined, "--full");

        await ExpectEqualAsync(_tables, job);
        Assert.Equal(RawFiles.Ignored.Length, refined.Ignored.Count);
        var line = Assert.Single(job.Output.Split('\n'), line => line.StartsWith("Ignored", StringComparison.Ordinal));
        Assert.Contains($"{Tables.TopPlayed}/snapshot_date={Day}/._a.csv", line, StringComparison.Ordinal);
        Assert.EndsWith($"and {RawFiles.Ignored.Length - 5} more", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_snapshot_or_a_list_whose_folder_is_gone_leaves_the_tables()
    {
        foreach (var (table, date) in (List<(string, string)>)[(Tables.TopPlayed, Before), (Tables.TopPlayed, Day), (Tables.Popular, Day)])
        {
            await _tables.AddAsync(table, date, "A1 B2", refused: ["no artist"]);
        }

        await ExpectEqualAsync(_tables, await spark.RunAsync(_tables.Data.Raw, Refined, "--full"));
        Directory.Delete(Path.Combine(_tables.Data.Raw, Tables.TopPlayed, $"snapshot_date={Before}"), recursive: true);
        Directory.Delete(Path.Combine(_tables.Data.Raw, Tables.Popular), recursive: true);
        Directory.Delete(Path.Combine(_tables.Data.Raw, Prefixes.Quarantine), recursive: true);
        await _tables.RefineAsync(null);

        var job = await spark.RunAsync(_tables.Data.Raw, Refined, "--full");

        await ExpectEqualAsync(_tables, job);
        Assert.Contains($"Removed, because their folders are gone: {Before}\n", job.Output, StringComparison.Ordinal);
        Assert.All(TempFolder.Snapshot(Refined).Keys, file => Assert.DoesNotContain(Before, file, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Tables_of_the_version_before_are_replaced_whole_whatever_is_asked_for()
    {
        RawFiles.CopyOfTheVersionBefore(_tables.Data.Raw);
        await _tables.RefineAsync(null);
        await ExpectEqualAsync(_tables, await spark.RunAsync(_tables.Data.Raw, Refined, "--full"));
        // The version before had neither; its song tables had eight columns.
        foreach (var table in (string[])[Tables.Charts, Tables.Sources, Tables.Quarantine])
        {
            Directory.Delete(Path.Combine(Refined, table), recursive: true);
        }

        await ExpectEqualAsync(_tables, await spark.RunAsync(_tables.Data.Raw, Refined, "--snapshot-date", "2026-11-20"));
    }

    [Fact]
    public async Task A_folder_and_a_file_may_have_any_name()
    {
        var strange = Path.Combine(_tables.Data.Root, "my [raw] {data} 100% #1+a, b;'c' é ?*\\");
        _tables.Write($"{Tables.TopPlayed}/snapshot_date={Day}/x [1] {{a,b}} 50% + é ?*\\.csv", RawFiles.File(RawFiles.Row("A", 1)));
        await _tables.RefineAsync(null);
        Directory.Move(_tables.Data.Raw, strange);

        await ExpectEqualAsync(_tables, await spark.RunAsync(strange, Path.Combine(strange, "refined")));
    }

    [Fact]
    public async Task A_folder_may_be_given_as_a_URL_as_a_bucket_is()
    {
        _tables.Write($"{Tables.TopPlayed}/snapshot_date={Day}/good.csv", RawFiles.File(RawFiles.Row("A", 1)));
        _tables.Write("sources/notes.txt", "anything"u8);
        await _tables.RefineAsync(null);

        var job = await spark.RunAsync($"file://{_tables.Data.Raw}", Refined);

        await ExpectEqualAsync(_tables, job);
        Assert.Contains("Ignored, because they are not part of a snapshot: ", job.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_that_cannot_be_read_are_an_error_of_one_line()
    {
        _tables.Write($"{Tables.TopPlayed}/snapshot_date={Day}/good.csv", RawFiles.File(RawFiles.Row("A", 1)));

        var job = await spark.RunAsync($"no-such-scheme://{_tables.Data.Raw}", Refined);

        Assert.Equal($"no-such-scheme://{_tables.Data.Raw} and {Refined} could not be listed. The tables are as they were.", job.Error);
    }

    [Fact]
    public async Task A_snapshot_that_is_not_there_is_an_error()
    {
        _tables.Write($"{Tables.TopPlayed}/snapshot_date={Day}/good.csv", RawFiles.File(RawFiles.Row("A", 1)));
        var error = (await Assert.ThrowsAsync<RefineException>(() => _tables.RefineAsync(new(2026, 11, 1)))).Message;

        var job = await spark.RunAsync(_tables.Data.Raw, Refined, "--snapshot-date", "2026-11-01");

        Assert.Equal(error, job.Error);
        Assert.False(Directory.Exists(Refined));
    }

    [Fact]
    public async Task A_table_that_cannot_be_written_is_named()
    {
        _tables.Write($"{Tables.TopPlayed}/snapshot_date={Day}/good.csv", RawFiles.File(RawFiles.Row("A", 1)));
        await File.WriteAllTextAsync(Refined, "", Cancelled);

        var job = await spark.RunAsync(_tables.Data.Raw, Refined);

        Assert.Equal($"{Refined}/{Tables.RefinedOf(Tables.TopPlayed)} could not be written. Run the job again with --full true.", job.Error);
    }

    [Theory]
    [InlineData("spotifytopplayed_refined")]
    [InlineData(Tables.Sources)]
    [InlineData(Tables.Charts)]
    public async Task Rows_that_were_added_and_not_replaced_are_found(string table)
    {
        await _tables.AddAsync(Tables.TopPlayed, Day, "A1");
        Assert.Null((await spark.RunAsync(_tables.Data.Raw, Refined)).Error);

        var job = await spark.RunAddingToAsync(table, _tables.Data.Raw, Refined);

        Assert.Equal(
            $"{Refined}/{table}/snapshot_date={Day} has 2 rows where 1 were written. Delete that folder and run the job for this date again.",
            job.Error);
    }

    [Theory]
    [InlineData("--snapshot-date", "yesterday")]
    [InlineData("--snapshot-date", "2026-02-30")]
    [InlineData("--snapshot-date", "20261122")]
    [InlineData("--full", "false")]
    [InlineData("--snapshot-date", Day, "--full")]
    public async Task Wrong_arguments_are_refused(params string[] arguments)
    {
        var job = await spark.RunAsync(_tables.Data.Raw, Refined, arguments);
        Assert.Equal("exit code 2", job.Error);
        Assert.Contains("error: argument --", job.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("iso_date", job.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_jobs_last_line_says_what_is_wrong()
    {
        spark.SkipIfMissing();
        var bad = _tables.Write($"{Tables.TopPlayed}/snapshot_date={Day}/bad.csv", RawFiles.Refused["no rank"].Bytes);
        var start = Spark.Python(Path.Combine(AppContext.BaseDirectory, "csv_to_parquet.py"), "--raw", _tables.Data.Raw, "--refined", Refined);

        using var job = Process.Start(start)!;
        var error = job.StandardError.ReadToEndAsync(Cancelled);
        await job.StandardOutput.ReadToEndAsync(Cancelled);
        await job.WaitForExitAsync(Cancelled);

        Assert.Equal(1, job.ExitCode);
        Assert.Equal($"RefineError: {bad}, line 2: rank is empty. The tables are as they were.", (await error).TrimEnd('\n').Split('\n')[^1]);
        Assert.EndsWith("were.\n", await error, StringComparison.Ordinal);
    }

    private static async Task ExpectEqualAsync(TestTables expected, SparkJobResult job)
    {
        Assert.Null(job.Error);
        foreach (var (name, columns) in Tables.Refined)
        {
            var local = (await expected.Reader.QueryAsync($"SELECT * FROM {name}", Cancelled)).Rows;
            var table = job.Tables.GetValueOrDefault(name) ?? new([], []);
            Assert.Equal(local.Select(Text).Order(StringComparer.Ordinal), table.Rows.Select(row => string.Join('|', row)).Order(StringComparer.Ordinal));
            Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"{name}: "), job.Output, StringComparison.Ordinal);
            if (local is not [])
            {
                Assert.Equal(columns.Select(column => (column.Name, column.Type)), table.Columns.Select(column => (column[0], column[1])));
            }
        }

        static string Text(object?[] row) => string.Join('|', row.Select(value => Convert.ToString(value, CultureInfo.InvariantCulture)));
    }
}
