using System.Diagnostics;

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
        foreach (var file in (string[])
            ["snapshot_date=latest/a.csv", "snapshot_date=20261122/a.csv", "snapshot_date=2026-11-22/notes.txt", "snapshot_date=2026-11-22/a.csv.tmp",
             "snapshot_date=2026-11-22/._a.csv", "snapshot_date=2026-11-22/_a.csv", "snapshot_date=2026-11-22/a.CSV", "a.csv"])
        {
            var path = Path.Combine(pyspotify.Raw, "spotifytopplayed", file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, "anything", TestContext.Current.CancellationToken);
        }

        var told = (await pyspotify.RunAsync("refine")).Succeeded().Output;

        var line = Assert.Single(told.Split('\n'), line => line.StartsWith("Passed over", StringComparison.Ordinal));
        Assert.Contains("snapshot_date=2026-11-22/._a.csv", line, StringComparison.Ordinal);
        Assert.EndsWith("and 3 more", line.TrimEnd(), StringComparison.Ordinal);
        Assert.Equal(rows, await CountAsync(pyspotify));
    }

    [Theory]
    [InlineData("oops")]
    [InlineData("{}")]
    [InlineData("[]")]
    public async Task A_quarantine_line_that_is_no_refused_row_is_named(string line)
    {
        await using var pyspotify = new Pyspotify();
        (await pyspotify.RunAsync("--snapshot-date", "2026-11-22")).Succeeded();
        var folder = Directory.CreateDirectory(Path.Combine(pyspotify.Raw, "quarantine", "snapshot_date=2026-11-22")).FullName;
        var file = Path.Combine(folder, "spotifytopplayed-strange.jsonl");
        await File.WriteAllTextAsync(file, line, TestContext.Current.CancellationToken);
        Assert.Contains($"{file}, line 1: not a refused row", (await pyspotify.RunAsync("refine")).Failed(), StringComparison.Ordinal);
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

    private static async Task<string> CountAsync(Pyspotify pyspotify) => CommandTests.Cells(await pyspotify.RunAsync(
        "query", "SELECT (SELECT count(*) FROM spotifytopplayed_refined), (SELECT sum(rank) FROM spotifypopularsongs_refined)"));
}
