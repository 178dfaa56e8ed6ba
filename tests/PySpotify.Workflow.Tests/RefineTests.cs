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
        var error = (await pyspotify.RunAsync("refine", "--snapshot-date", "2001-02-03")).Failed();
        Assert.Contains("has no snapshot of 2001-02-03", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_pyspark_refine_says_how_to_get_it()
    {
        await using var pyspotify = new Pyspotify();
        pyspotify.Environment["PATH"] = pyspotify.Data;
        var error = (await pyspotify.RunAsync("refine", "--spark")).Failed();
        Assert.Contains("Install Python", error, StringComparison.Ordinal);
    }

    private static async Task<string> CountAsync(Pyspotify pyspotify) => CommandTests.Cells(await pyspotify.RunAsync(
        "query", "SELECT (SELECT count(*) FROM spotifytopplayed_refined), (SELECT sum(rank) FROM spotifypopularsongs_refined)"));
}
