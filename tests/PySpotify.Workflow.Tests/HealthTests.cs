using System.Text.Json;
using PySpotify.Functions;
using PySpotify.Functions.Rows;

namespace PySpotify.Workflow.Tests;

/// <summary>What health warns of, and what it does not.</summary>
public sealed class HealthTests : IDisposable
{
    private const string Before = "2026-11-15", Day = "2026-11-22";

    private readonly TestTables _tables = new();

    public void Dispose() => _tables.Dispose();

    [Fact]
    public async Task A_sound_week_has_no_warning()
    {
        await AddAsync(Before, "A90 B80 C70 D60");
        await AddAsync(Day, "B91 A90 C70");
        Assert.Equal(["2026-11-22 3 4 -", "2026-11-15 4 - -"], await AskAsync("snapshot_date row_count rows_before warnings"));
    }

    [Fact]
    public async Task A_source_that_lost_half_of_its_rows_and_a_list_that_did_are_told()
    {
        await AddAsync(Before, "A90 B80 C70 D60", "a");
        await AddAsync(Before, "E90 F80 G70 H60", "b");
        await AddAsync(Day, "A91 B80", "a");
        await AddAsync(Day, "F91 E80 G70 H60", "b");
        Assert.Equal(["lost at least half of its rows", "-"], (await AskAsync("warnings")).Take(2));

        await AddAsync(Day, "E91 F80", "b");
        Assert.Equal(
            ["lost at least half of its rows; the list lost at least half of its songs", "lost at least half of its rows; the list lost at least half of its songs"],
            (await AskAsync("warnings")).Take(2));
    }

    [Fact]
    public async Task A_playlist_that_nobody_renewed_is_told_beside_one_that_somebody_did()
    {
        await AddAsync(Before, "A90 B80 C70", "copy");
        await AddAsync(Before, "D90 E80 F70", "own");
        await AddAsync(Day, "A91 B79 C70", "copy");
        await AddAsync(Day, "E90 D80 F70", "own");
        Assert.Equal(["unchanged since the snapshot before", "-"], (await AskAsync("warnings")).Take(2));

        // A second snapshot in the week changes nothing about that, and says nothing of what was renewed a few days ago.
        await AddAsync("2026-11-25", "A92 B78 C70", "copy");
        await AddAsync("2026-11-25", "E91 D80 F70", "own");
        Assert.Equal(["unchanged since the snapshot before", "-"], (await AskAsync("warnings")).Take(2));
    }

    [Theory]
    [InlineData("A B C", "no popularity is known")]
    [InlineData("A1 B1 C", "a tenth of the list or more has no popularity")]
    [InlineData("A1 B1 C1 D1 E1 F1 G1 H1 I1 J", "a tenth of the list or more has no popularity")]
    [InlineData("A1 B1 C1 D1 E1 F1 G1 H1 I1 J1 K", "-")]
    public async Task Unknown_popularity_is_told_where_it_is_much(string songs, string warning)
    {
        await AddAsync(Day, songs);
        Assert.Equal([warning], await AskAsync("warnings"));
    }

    [Fact]
    public async Task Quarantine_is_told()
    {
        await AddAsync(Day, "A1 B2", refused: ["no artist", "no track id"]);
        Assert.Equal(["2 in quarantine"], await AskAsync("warnings"));
    }

    [Fact]
    public async Task A_source_that_was_not_read_is_told_with_its_reason_and_has_no_rows_to_compare()
    {
        await AddAsync(Before, "A1 B2 C3", "a");
        Record(Day, new("top played", "gone", "playlist", "Gone List", SourceRecord.NotRead, "not found (404): correct the input", 0, new Dictionary<string, int>(), 0));
        await AddAsync(Day, "B2 A1 C3", "a");
        Assert.Equal(
            ["2026-11-22 Gone List - - not read; not found (404): correct the input", "2026-11-22 a 3 3 -", "2026-11-15 a 3 - -"],
            await AskAsync("snapshot_date name row_count rows_before warnings"));
    }

    [Fact]
    public async Task What_a_record_says_of_a_source_that_was_read_is_told()
    {
        Record(Day, new("top played", "a", "playlist", "My List", SourceRecord.Read, "it changed while it was read", 2, new Dictionary<string, int> { ["episode"] = 3, ["duplicate"] = 1 }, 0));
        await AddAsync(Day, "A1 B2", "a");
        Assert.Equal(["My List 2 it changed while it was read a"], await AskAsync("name row_count warnings source"));
        Assert.Equal(
            [[4L, """{"episode":3,"duplicate":1}"""]],
            (await _tables.Reader.QueryAsync("SELECT skipped, skipped_reasons FROM sources", TestContext.Current.CancellationToken)).Rows);
    }

    private Task AddAsync(string date, string songs, string source = "source", string[]? refused = null) =>
        _tables.AddAsync(Tables.TopPlayed, date, songs, source, refused);

    private Task<string[]> AskAsync(string columns) => _tables.AskAsync("health", columns);

    private void Record(string date, SourceRecord record)
    {
        var path = Path.Combine(_tables.Data.Raw, Keys.Partition(Prefixes.Sources, DateOnly.Parse(date)), $"{Tables.TopPlayed}-{record.Source}.json");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, JsonSerializer.Serialize(record, PayloadJson.Default.SourceRecord));
    }
}
