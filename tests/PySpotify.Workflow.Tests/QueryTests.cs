using System.Text.Json;
using System.Text.RegularExpressions;
using PySpotify.Functions;
using PySpotify.Functions.Rows;
using PySpotify.Tests;
using PySpotify.Workflow.Cli;
using PySpotify.Workflow.Local;
using PySpotify.Workflow.Local.Warehouse;
using Spectre.Console.Testing;

namespace PySpotify.Workflow.Tests;

/// <summary>
/// The named queries over a few snapshots that a person can follow. Top played, with the weeks of 18 and 25 October missing,
/// then two snapshots in the week that begins on Monday, 2 November:
/// <code>
/// Sun 4 Oct    A90 B80 C70 D60
/// Sun 11 Oct   B81 A90 C   E50
/// Sun 1 Nov    C72 A91 D61 F40
/// Tue 3 Nov    C72 A91 D62
/// Fri 6 Nov    D63 A92 C73, and a second playlist: A92 F40
/// </code>
/// Popular has snapshots on 4 October and 1 November only.
/// </summary>
public sealed class HandMadeWeeks : IAsyncLifetime
{
    public TestTables Tables { get; } = new();

    public async ValueTask InitializeAsync()
    {
        const string played = Functions.Tables.TopPlayed, popular = Functions.Tables.Popular;
        await Tables.AddAsync(played, "2026-10-04", "Z10 Y20 X30 W40 V50");
        await Tables.AddAsync(played, "2026-10-04", "A90 B80/1981 C70/1981-12 D60/0000");
        await Tables.AddAsync(played, "2026-10-11", "B81/1981 A90 C/1981-12 E50");
        await Tables.AddAsync(played, "2026-11-01", "C72/1981-12 A91 D61/0000 F40/?", refused: ["no artist", "no track id"]);
        await Tables.AddAsync(played, "2026-11-03", "C72/1981-12 A91 D62/0000");
        await Tables.AddAsync(played, "2026-11-06", "D63/0000 A92 C73/1981-12");
        await Tables.AddAsync(played, "2026-11-06", "A92 F40/?", source: "another");
        await Tables.AddAsync(popular, "2026-10-04", "A90 G50");
        await Tables.AddAsync(popular, "2026-11-01", "A91 F40/? G");
    }

    public ValueTask DisposeAsync()
    {
        Tables.Dispose();
        return ValueTask.CompletedTask;
    }
}

public sealed class QueryTests(HandMadeWeeks weeks, SampleTables sample) : IClassFixture<HandMadeWeeks>, IClassFixture<SampleTables>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public void A_querys_file_fits_a_screen_of_sixty_lines() =>
        Assert.All(Directory.GetFiles(Path.Combine(Repository.Root, "workflow/queries"), "*.sql"), file => Assert.InRange(File.ReadAllLines(file).Length, 1, 60));

    [Fact]
    public async Task Top_tells_the_move_since_the_snapshot_before()
    {
        const string columns = "list rank change move rank_before track track_pop compared_with";

        Assert.Equal(
            [
                "top played 1 up 2 3 Song C 72 2026-10-11",
                "top played 2 same 0 2 Song A 91 2026-10-11",
                "top played 3 back - - Song D 61 2026-10-11",
                "top played 4 new - - Song F 40 2026-10-11",
                "popular 1 same 0 1 Song A 91 2026-10-04",
                "popular 2 new - - Song F 40 2026-10-04",
                "popular 3 down -1 2 Song G - 2026-10-04",
            ],
            await weeks.Tables.AskAsync("top", columns, "2026-11-01"));
        Assert.Equal(
            ["top played 1 - - - Song A 90 -", "top played 2 - - - Song B 80 -", "top played 3 - - - Song C 70 -", "top played 4 - - - Song D 60 -",
             "popular 1 - - - Song A 90 -", "popular 2 - - - Song G 50 -"],
            await weeks.Tables.AskAsync("top", columns, "2026-10-04"));
    }

    [Fact]
    public async Task A_peak_is_the_best_rank_up_to_the_week_and_never_a_later_one()
    {
        Assert.Equal(
            ["Song B 1 2 1 2", "Song A 2 1 1 2", "Song C 3 3 3 2", "Song E 4 - 4 1"],
            await weeks.Tables.AskAsync("top", "track rank rank_before peak weeks", "2026-10-11"));
        Assert.Equal(
            ["Song C 1 3 1 3", "Song A 2 2 1 3", "Song D 3 - 3 2", "Song F 4 - 4 1"],
            (await weeks.Tables.AskAsync("top", "track rank rank_before peak weeks", "2026-11-01")).Take(4));
        // Two snapshots of a week count once.
        Assert.Contains("Song C 3 1 1 4", await weeks.Tables.AskAsync("top", "track rank rank_before peak weeks"));
        Assert.Contains("Song C 2 3", await weeks.Tables.AskAsync("weeks", "track weeks peak", "2026-10-11"));
        Assert.Contains("Song C 3 1", await weeks.Tables.AskAsync("weeks", "track weeks peak", "2026-11-01"));
    }

    [Fact]
    public async Task Moves_in_the_top_50_come_before_bigger_ones_below()
    {
        var played = await sample.Tables.AskAsync("movers", "rank rank_before move");
        var moves = played.Select(row => row.Split(' ').Select(int.Parse).ToArray()).ToList();
        Assert.InRange(moves.Count, 1000, 2000);
        var above = moves.TakeWhile(move => Math.Min(move[0], move[1]) <= 50).ToList();
        Assert.InRange(above.Count, 50, 150);
        Assert.All(moves.Skip(above.Count), move => Assert.True(Math.Min(move[0], move[1]) > 50));
        Assert.All((List<int[]>[])[above, [.. moves.Skip(above.Count)]], part => Assert.Equal(part.Select(move => Math.Abs(move[2])).OrderDescending(), part.Select(move => Math.Abs(move[2]))));
    }

    [Fact]
    public async Task A_list_without_popularity_has_no_places_by_it()
    {
        using var tables = new TestTables();
        await tables.AddAsync(Tables.Popular, "2026-11-01", "A B D");
        await tables.AddAsync(Tables.TopPlayed, "2026-11-01", "A B7");
        Assert.Equal(
            ["top played Artist Y 7 1", "top played Artist X - 2", "popular Artist X - -", "popular Artist Y - -"],
            await tables.AskAsync("artists", "list artist popularity place_by_popularity"));
    }

    [Fact]
    public async Task Popularity_can_follow_more_songs_than_ten()
    {
        var rows = (await NamedQuery.Get("popularity").Following(50).AskAsync(sample.Tables.Reader, null, null, Cancelled)).ToList();
        Assert.Equal(100 * 3, rows.Count);
        var ranks = await sample.Tables.AskAsync("top", "list rank track_id");
        Assert.Equal(
            ranks, rows.Where(row => row.Text("snapshot_date") == "2026-11-22").Select(row => $"{row["list"]} {row["rank"]} {row["track_id"]}"));
    }

    [Fact]
    public async Task A_song_that_several_sources_list_counts_once_at_its_best_rank() => Assert.Equal(
        ["top played 1 up 1 Song A 2026-11-03", "top played 1 up 2 Song D 2026-11-03", "top played 2 back - Song F 2026-11-03", "top played 3 down -2 Song C 2026-11-03"],
        await weeks.Tables.AskAsync("top", "list rank change move track compared_with"));

    [Fact]
    public async Task Movers_come_by_the_size_of_the_move_and_tell_how_long_it_took()
    {
        Assert.Equal(
            ["top played 2 Song C 3 1 2026-10-11 21", "popular -1 Song G 2 3 2026-10-04 28"],
            await weeks.Tables.AskAsync("movers", "list move track rank_before rank compared_with days_between", "2026-11-01"));
        Assert.Equal(
            ["2 Song D 3 1 3", "-2 Song C 1 3 3", "1 Song A 2 1 3"],
            await weeks.Tables.AskAsync("movers", "move track rank_before rank days_between"));
        Assert.Empty(await weeks.Tables.AskAsync("movers", "move", "2026-10-04"));
    }

    [Fact]
    public async Task Weeks_without_a_snapshot_drop_nobody()
    {
        const string columns = "list change rank rank_before track days_between";

        Assert.Equal(
            ["top played new 4 - Song E 7", "top played gone - 4 Song D 7"],
            await weeks.Tables.AskAsync("new-and-gone", columns, "2026-10-11"));
        Assert.Equal(
            [
                "top played back 3 - Song D 21", "top played new 4 - Song F 21",
                "top played gone - 1 Song B 21", "top played gone - 4 Song E 21", "popular new 2 - Song F 28",
            ],
            await weeks.Tables.AskAsync("new-and-gone", columns, "2026-11-01"));
        // Popular has no snapshot in this week: nothing of it is new or gone.
        Assert.Equal(["top played back 2 - Song F 3"], await weeks.Tables.AskAsync("new-and-gone", columns));
    }

    [Fact]
    public async Task Streaks_run_on_over_missing_weeks_and_a_week_counts_once() => Assert.Equal(
        [
            "top played Song A 4 4 4 2 1 2026-10-04 2026-11-06", "top played Song C 4 4 4 2 1 2026-10-04 2026-11-06",
            "top played Song D 3 2 2 2 1 2026-10-04 2026-11-06", "top played Song B 2 2 0 0 1 2026-10-04 2026-10-11",
            "top played Song F 2 2 2 0 2 2026-11-01 2026-11-06", "popular Song A 2 2 2 3 1 2026-10-04 2026-11-01",
            "popular Song G 2 2 2 3 2 2026-10-04 2026-11-01", "top played Song E 1 1 0 0 4 2026-10-11 2026-10-11",
            "popular Song F 1 1 1 0 2 2026-11-01 2026-11-01",
        ],
        await weeks.Tables.AskAsync("weeks", "list track weeks longest_streak current_streak weeks_unknown peak first_seen last_seen"));

    [Fact]
    public async Task Popularity_follows_a_song_and_shows_where_it_was_not_and_what_is_unknown()
    {
        Assert.Equal(
            [
                "top played 2026-10-04 0 4 60", "top played 2026-10-11 0 - -", "top played 2026-11-01 2 3 61",
                "top played 2026-11-03 0 3 62", "top played 2026-11-06 0 1 63",
            ],
            await weeks.Tables.AskAsync("popularity", "list snapshot_date weeks_missing rank track_pop", track: 'D'));
        Assert.Equal(
            ["top played 1 Song C", "top played 2 Song A", "top played 3 Song D", "top played 4 Song F", "popular 1 Song A", "popular 2 Song F", "popular 3 Song G"],
            (await weeks.Tables.AskAsync("popularity", "list place track", "2026-11-01")).Distinct());
    }

    [Fact]
    public async Task Artists_are_counted_and_their_popularity_summed()
    {
        // X has A, D and G; Y has B and E; Z has C and F.
        Assert.Equal(
            ["top played Artist X 2 152 0 2 1 1", "top played Artist Z 2 112 0 1 1 2", "popular Artist X 2 91 1 1 1 1", "popular Artist Z 1 40 0 2 2 2"],
            await weeks.Tables.AskAsync("artists", "list artist songs popularity unknown_popularity best_rank place_by_songs place_by_popularity", "2026-11-01"));
    }

    [Fact]
    public async Task Years_come_from_dates_of_any_precision() => Assert.Equal(
        ["top played 2026 1 25", "top played 1981 1 25", "top played - 2 50", "popular 2026 2 66.7", "popular - 1 33.3"],
        await weeks.Tables.AskAsync("years", "list year songs share_pct", "2026-11-01"));

    [Fact]
    public async Task Overlap_lists_the_songs_on_both()
    {
        Assert.Equal(
            ["2 1 Song A 91", "4 2 Song F 40"],
            await weeks.Tables.AskAsync("overlap", "rank_played rank_popular track track_pop", "2026-11-01"));
        Assert.Empty(await weeks.Tables.AskAsync("overlap", "track"));
    }

    [Fact]
    public async Task Health_counts_what_is_there_and_what_is_missing() => Assert.Equal(
        [
            "top played 2026-11-06 2 - 4 0 0 2 0 3 0", "top played 2026-11-06 3 3 4 0 0 2 0 3 0",
            "top played 2026-11-03 3 4 3 0 0 1 0 2 0", "top played 2026-11-01 4 4 4 0 0 2 2 21 2",
            "popular 2026-11-01 3 2 3 1 33.3 1 0 28 3", "top played 2026-10-11 4 4 4 1 25 0 0 7 0",
            "top played 2026-10-04 4 - 4 0 0 1 0 - 0", "popular 2026-10-04 2 - 2 0 0 0 0 - 0",
        ],
        await weeks.Tables.AskAsync(
            "health",
            "list snapshot_date row_count rows_before songs unknown_popularity unknown_popularity_pct unknown_year quarantined days_between weeks_missing"));

    /// <summary>Days are counted by arithmetic that both engines know; leap years and turns of the year are where it could err.</summary>
    [Theory]
    [InlineData("2024-02-28", "2024-03-01", 2, 0)]
    [InlineData("2026-02-28", "2026-03-01", 1, 0)]
    [InlineData("2026-12-27", "2027-01-03", 7, 0)]
    [InlineData("2026-12-28", "2027-01-03", 6, 0)]
    [InlineData("2023-12-31", "2025-01-01", 367, 52)]
    public async Task Days_between_snapshots_are_the_calendars(string before, string date, int days, int missing)
    {
        using var tables = new TestTables();
        await tables.AddAsync(Tables.Popular, before, "A1");
        await tables.AddAsync(Tables.Popular, date, "A1");

        Assert.Equal([$"{date} {days} {missing}", $"{before} - 0"], await tables.AskAsync("health", "snapshot_date days_between weeks_missing"));
    }

    /// <summary>Figures that were counted in the sample's CSV files without SQL.</summary>
    [Fact]
    public async Task The_samples_figures_are_those_of_its_files()
    {
        var tables = sample.Tables;
        var health = await tables.AskAsync("health", "snapshot_date list songs unknown_popularity unknown_year quarantined weeks_missing");
        Assert.Equal(["2026-11-22 top played 540 23 2 1 0", "2026-11-22 popular 994 48 2 1 0"], health.Take(2));
        Assert.Equal(6, health.Length);

        var movers = await tables.AskAsync("movers", "list move rank_before rank track");
        Assert.Contains("top played 193 455 262 Gilded Ladder", movers);
        Assert.Equal((499, 931), (movers.Count(row => row.StartsWith("top")), movers.Count(row => row.StartsWith("pop"))));
        Assert.Equal(259, movers.Count(row => row.StartsWith("top played -")));

        var changes = await tables.AskAsync("new-and-gone", "list change");
        Assert.Equal(
            [("top played new", 25), ("top played back", 1), ("top played gone", 26), ("popular new", 30), ("popular back", 4), ("popular gone", 34)],
            changes.CountBy(change => change).Select(change => (change.Key, change.Value)).OrderBy(change => change.Key[0] == 'p' ? 1 : 0)
                .ThenBy(change => "nbg".IndexOf(change.Key.Split(' ')[^1][0])));

        var top = await tables.AskAsync("top", "list rank change track");
        Assert.Equal(100, top.Length);
        Assert.Contains("popular 30 down <script>alert(\"PySpotify\")</script>", top);

        var stays = await tables.AskAsync("weeks", "list weeks longest_streak");
        Assert.Equal((592, 1063), (stays.Count(row => row[0] == 't'), stays.Count(row => row[0] == 'p')));
        Assert.Equal((491, 923, 1, 4), (Times("top played 3 3"), Times("popular 3 3"), Times("top played 2 1"), Times("popular 2 1")));

        Assert.Equal(231, (await tables.AskAsync("overlap", "track")).Length);
        var artists = await tables.AskAsync("artists", "list artist songs popularity place_by_popularity");
        Assert.Equal(["top played Odvina & the Cartographers 6 472 1", "top played Drizzlecombe Orchestrion 5 278 3"], artists.Take(2));
        Assert.Contains("popular The Lantern-Lit Gondoliers 11 657 1", artists);
        var years = await tables.AskAsync("years", "list year songs");
        Assert.Equal("top played 2026 136", years[0]);
        Assert.Contains("top played 1981 7", years);
        Assert.Equal(["top played - 2", "popular - 2"], years.Where(row => row.Contains('-')));
        Assert.Equal(60, (await tables.AskAsync("popularity", "track")).Length);

        int Times(string row) => stays.Count(other => other == row);
    }

    [Theory]
    [InlineData("top", "2026-11-02", null, "There is no snapshot of 2026-11-02. The nearest: 2026-10-11, 2026-11-01, 2026-11-03, 2026-11-06.")]
    [InlineData("popularity", null, 'Q', "No snapshot has the song QQQ")]
    public async Task What_cannot_be_asked_is_told(string query, string? week, char? track, string expected)
    {
        var e = await Assert.ThrowsAsync<QueryException>(() => weeks.Tables.AskAsync(query, "track", week, track));
        Assert.Contains(expected, e.Message);
    }

    [Theory]
    [InlineData("' OR '1'='1")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAA\n'")]
    [InlineData("")]
    public async Task A_song_is_named_by_its_id_and_nothing_else(string track)
    {
        await using var pyspotify = new Pyspotify();
        Assert.Contains("is not a song. Paste its link", (await pyspotify.RunAsync("query", "popularity", "--track", track)).Failed(exitCode: 2));
    }

    [Fact]
    public async Task A_mistyped_query_is_answered_with_the_queries_that_exist()
    {
        await using var pyspotify = new Pyspotify();
        Assert.Contains("There is no query 'mover'. The queries: artists, health, movers, ", (await pyspotify.RunAsync("query", "mover")).Failed(exitCode: 2));
    }

    [Fact]
    public void Each_query_says_its_question_on_top() =>
        Assert.All(NamedQuery.All, query => Assert.Matches(@"^[A-Z].+\?$", query.Question));

    /// <summary>What one engine has and the other has not. Both engines parsed and ran the files when they were written.</summary>
    [Fact]
    public void Queries_keep_to_what_Athena_and_SQLite_share() => Assert.All(NamedQuery.All, query => Assert.DoesNotMatch(
        @"(?i)\b(julianday|strftime|date_diff|date_add|try_cast|ifnull|iif|group_concat|array_agg|glob|regexp|typeof|current_date|interval|greatest|least|rowid|limit)\b|::|""|\[|\$|;",
        Regex.Replace(query.Sql, @"--.*|'[^']*'", "")));

    [Fact]
    public void A_table_fits_the_width_and_says_what_it_left_out()
    {
        object?[][] rows = [.. Enumerable.Range(1, 9).Select(n => (object?[])[(long)n, new string('x', 90), "Moonlight 🌙 Picnic 🧺 forever and ever", "last"])];

        var narrow = Drawn(40, ["rank", "track", "artist", "album"], rows, 3);
        Assert.All(narrow, line => Assert.InRange(line.Length, 0, 40));
        Assert.Contains("Showing the first 3 of 9 rows.", narrow);
        Assert.Contains(narrow, line => line.Contains("xxx…"));
        Assert.Contains(Drawn(60, ["name", "artist"], [[new string('n', 40), new string('a', 40)]], 3, uncutColumns: 1), line => line.Contains(new string('n', 40)));
        Assert.Contains("Columns that did not fit: artist, album.", string.Join(' ', Drawn(30, ["rank", "track", "artist", "album"], rows, 3)));
        Assert.DoesNotContain(Drawn(200, ["rank", "track", "artist", "album"], rows, 9), line => line.Contains("Showing") || line.Contains('…'));
    }

    [Fact]
    public void Names_cannot_steer_a_terminal()
    {
        object?[][] rows = [["a\u001b[31mred\u009b2J\u0007\r\nb\u202eevil[bold]", 1L]];
        var csv = new StringWriter();
        var json = new StringWriter();
        RowWriter.WriteCsv(csv, ["na\u001bme", "n"], rows);
        RowWriter.WriteJson(json, ["name", "n"], rows);

        string[] outputs = [string.Concat(Drawn(80, ["na\u001bme", "n"], rows, 9)), csv.ToString().ReplaceLineEndings(""), json.ToString().ReplaceLineEndings("")];
        Assert.All(outputs, text => Assert.DoesNotContain(text, char.IsControl));
        Assert.Contains("evil[bold]", outputs[0]);
        Assert.Equal((string)rows[0][0]!, JsonDocument.Parse(json.ToString()).RootElement[0].GetProperty("name").GetString());
    }

    [Fact]
    public void Csv_quotes_what_must_be_quoted()
    {
        var csv = new StringWriter();
        RowWriter.WriteCsv(csv, ["track", "rank", "popularity"], [["Said \"Hello, Again\"", 1L, null], ["=SUM", 2L, 0.5]]);
        Assert.Equal("track,rank,popularity\n\"Said \"\"Hello, Again\"\"\",1,\n=SUM,2,0.5\n", csv.ToString().ReplaceLineEndings("\n"));
    }

    private static string[] Drawn(int width, string[] columns, object?[][] rows, int maxRows, int uncutColumns = 0)
    {
        using var console = new TestConsole();
        console.Profile.Out = new ConsoleOutput(console.Profile.Out.Writer, IsTerminal: true, width);
        console.Profile.Width = width;
        ResultTable.Write(console, columns, rows, maxRows, uncutColumns);
        return console.Output.Split('\n', StringSplitOptions.TrimEntries);
    }
}
