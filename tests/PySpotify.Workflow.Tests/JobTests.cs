using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

namespace PySpotify.Workflow.Tests;

/// <summary>
/// Which partitions the Glue job hands to Spark. Spark itself is not on every machine, so here the names that the job
/// imports of it are empty; CI on GitHub runs the job under pyspark.
/// </summary>
public sealed class JobTests
{
    private const string Choose = """
        import json, sys, types
        for name in ("pyspark", "pyspark.sql", "pyspark.sql.functions"):
            sys.modules[name] = types.ModuleType(name)
        sys.modules["pyspark.sql"].functions = sys.modules["pyspark.sql.functions"]
        for name in ("Column", "DataFrame", "SparkSession", "Window"):
            setattr(sys.modules["pyspark.sql"], name, object)
        sys.dont_write_bytecode = True
        sys.path.insert(0, sys.argv.pop(1))
        import csv_to_parquet as job
        args = job.arguments(sys.argv[1:])
        tables = {table: job.folders_in(args.raw, table) for table in job.TABLES}
        chosen = job.chosen(tables, args.snapshot_date, bool(args.full))
        print(json.dumps([f"{table} {day}" for table in chosen for day in sorted(chosen[table])]))
        """;

    public static TheoryData<string[], string[]> Arguments => new()
    {
        { ["--snapshot-date", "2026-11-08"], ["spotifytopplayed 2026-11-08", "spotifypopularsongs 2026-11-08"] },
        { ["--snapshot_date", "2026-11-15"], ["spotifytopplayed 2026-11-15"] },
        { [], ["spotifytopplayed 2026-11-15"] },
        { ["--full"], ["spotifytopplayed 2026-11-08", "spotifytopplayed 2026-11-15", "spotifypopularsongs 2026-11-08"] },
        { ["--full", "true", "--JOB_NAME", "refine"], ["spotifytopplayed 2026-11-08", "spotifytopplayed 2026-11-15", "spotifypopularsongs 2026-11-08"] },
    };

    [Theory]
    [MemberData(nameof(Arguments))]
    public async Task Only_the_partitions_that_are_asked_for_are_read(string[] arguments, string[] partitions)
    {
        var (exitCode, output, error) = await RunAsync(arguments);
        Assert.True(exitCode == 0, error);
        Assert.Equal(partitions, JsonSerializer.Deserialize<string[]>(output));
    }

    [Theory]
    [InlineData("--snapshot-date", "yesterday")]
    [InlineData("--snapshot-date", "2026-02-30")]
    [InlineData("--full", "false")]
    [InlineData("--snapshot-date", "2026-11-08", "--full")]
    public async Task Wrong_arguments_are_refused(params string[] arguments)
    {
        var (exitCode, _, error) = await RunAsync(arguments);
        Assert.Equal(2, exitCode);
        Assert.Contains("error: argument --", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_snapshot_that_no_table_has_is_an_error()
    {
        var (exitCode, _, error) = await RunAsync(["--snapshot-date", "2026-11-01"]);
        Assert.Equal(1, exitCode);
        Assert.Contains("RefineError: no table has a snapshot of 2026-11-01", error, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(string[] arguments)
    {
        using var folder = new TempFolder();
        foreach (var file in (string[])
            ["spotifytopplayed/snapshot_date=2026-11-08", "spotifytopplayed/snapshot_date=2026-11-15", "spotifypopularsongs/snapshot_date=2026-11-08"])
        {
            Directory.CreateDirectory(folder[file]);
            await File.WriteAllTextAsync(folder[file, "x.csv"], "artist\n", TestContext.Current.CancellationToken);
        }

        Directory.CreateDirectory(folder["spotifypopularsongs", "snapshot_date=2026-11-22"]);
        var start = new ProcessStartInfo("python3", ["-c", Choose, AppContext.BaseDirectory, "--raw", folder.Path, "--refined", folder["refined"], .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var python = Process.Start(start)!;
            var error = python.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            var output = await python.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await python.WaitForExitAsync(TestContext.Current.CancellationToken);
            return (python.ExitCode, output, await error);
        }
        catch (Win32Exception)
        {
            Assert.Skip("There is no python3 on PATH.");
            throw;
        }
    }
}
