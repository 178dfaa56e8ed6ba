using System.Text.Json;
using PySpotify.Functions;
using PySpotify.Functions.Rows;
using PySpotify.Tests;

namespace PySpotify.Workflow.Tests;

/// <summary>Rows that break parsers, from Spotify's answer to the refined tables.</summary>
public sealed class TrapRowTests
{
    private const string Day = "2026-11-20";

    /// <summary>What becomes of a row: the cells that it has in the refined table, or null where it is left out.</summary>
    private static readonly Dictionary<string, string?> Fate = new()
    {
        ["null row"] = null,
        ["row without a track"] = null,
        ["episode"] = null,
        ["local file"] = null,
        ["unknown type"] = null,
        ["no artists"] = null,
        ["same track again"] = null,
        ["album without a name"] = "album_nm IS NULL",
        ["release date null"] = "album_dt IS NULL",
        ["release date 1981"] = "album_dt = '1981'",
        ["release date 1981-12"] = "album_dt = '1981-12'",
        ["release date 0000"] = "album_dt = '0000'",
        ["same track"] = "1 = (SELECT count(*) FROM spotifytopplayed_refined again WHERE again.track_id = one.track_id)",
        ["popularity 0"] = "track_pop = 0 AND typeof(track_pop) = 'integer'",
        ["popularity absent"] = "track_pop IS NULL",
        ["quotes"] = "track = 'Say \"Cheese\" ''Twice'''",
        ["commas"] = "track = 'One, Two, Three'",
        ["line breaks"] = "track = 'First  Second Third Fourth'",
        ["tabs"] = "track = 'Left' || char(9) || 'Right'",
        ["emoji"] = "track = 'Headphones 🎧 on 👩‍🎤'",
        ["leading ="] = "track = '=1+1'",
        ["backslash at the end"] = "track = 'Backslash\\'",
        ["script"] = "track = '<script>alert(\"PySpotify\")</script>'",
        ["100 kB name"] = "length(track) = 100000",
    };

    public static TheoryData<string> Traps => [.. FakeSpotify.TrapRows.Keys];

    [Theory]
    [MemberData(nameof(Traps))]
    public async Task A_trap_row_becomes_the_row_that_it_should_be_and_harms_no_other(string trap)
    {
        await using var workflow = await LocalWorkflow.CreateAsync();
        string?[] rows = trap == "same track again" ? [FakeSpotify.TrapRows["same track"], FakeSpotify.TrapRows[trap]] : [FakeSpotify.TrapRows[trap]];
        workflow.Spotify.AddPlaylist(LocalWorkflow.Playlist, [.. FakeSpotify.Tracks(60), .. rows, .. FakeSpotify.Tracks(60, 60)]);
        workflow.Spotify.AddSearch([.. FakeSpotify.Tracks(60), .. rows, .. FakeSpotify.Tracks(60, 60)]);

        await workflow.RunAsync(Day);

        foreach (var table in (string[])[Tables.TopPlayed, Tables.Popular])
        {
            var ids = $"SELECT count(*), min(rank), max(rank), count(DISTINCT rank) FROM {Tables.RefinedOf(table)}";
            var expected = 120 + (Fate[trap] is null ? rows.Length - 1 : 1);
            Assert.Equal([[(long)expected, 1L, (long)expected, (long)expected]], await workflow.QueryAsync(ids));
            if (Fate[trap] is not { } cells)
            {
                continue;
            }

            var id = JsonDocument.Parse(FakeSpotify.TrapRows[trap]!).RootElement.GetProperty("id").GetString();
            Assert.Equal([[1L]], await workflow.QueryAsync($"SELECT count(*) FROM {Tables.RefinedOf(table)} one WHERE track_id = '{id}' AND {cells}"));
        }
    }
}
