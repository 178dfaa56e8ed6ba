using System.Text.Json;
using System.Text.RegularExpressions;
using PySpotify.Functions;
using PySpotify.Workflow.Cli;
using PySpotify.Workflow.Local.Warehouse;
using Spectre.Console;
using Spectre.Console.Testing;

namespace PySpotify.Workflow.Tests;

/// <summary><c>query</c> and <c>sql</c> on a terminal, and for other programs.</summary>
public sealed class QueryCommandTests(HandMadeWeeks weeks, SampleTables sample) : IClassFixture<HandMadeWeeks>, IClassFixture<SampleTables>
{
    [Fact]
    public async Task A_list_is_a_block_with_its_name_and_the_dates_compared()
    {
        var lines = await DrawAsync(sample.Tables, 100, "query", "top");

        var titles = lines.Index().Where(line => line.Item is "2026-11-22, compared with 2026-11-15" or "2026-11-22, compared with 2026-11-15; most popular first").Select(line => lines[line.Index - 1]).ToList();
        Assert.Equal(2, titles.Count);
        Assert.NotEqual(titles[0], titles[1]);
        Assert.Equal(2, lines.Count(line => Regex.IsMatch(line, @"^│ +rank │ +move │ track +│ artist +│ +last │ +peak │ +weeks │")));
        Assert.Equal(100, lines.Count(line => Regex.IsMatch(line, @"^│ +\d+ │")));
    }

    [Fact]
    public async Task Days_between_are_told_where_they_are_not_a_week()
    {
        Assert.Contains("2026-11-06, compared with 2026-11-03, 3 days before", await DrawAsync(weeks.Tables, 80, "query", "movers"));
        Assert.Contains("2026-10-11, compared with 2026-10-04", await DrawAsync(weeks.Tables, 80, "query", "movers", "--week", "2026-10-11"));
        Assert.Contains("2026-10-04, the first snapshot", await DrawAsync(weeks.Tables, 80, "query", "top", "--week", "2026-10-04"));
    }

    [Fact]
    public async Task Without_popularity_the_order_is_told_and_no_empty_column_shown()
    {
        using var tables = new TestTables();
        await tables.AddAsync(Tables.Popular, "2026-11-22", "A B C", source: "year");
        foreach (var query in NamedQuery.All)
        {
            var lines = await DrawAsync(tables, 300, "query", query.Name);
            Assert.Equal(query.Name == "top", lines.Contains("2026-11-22, the first snapshot; in Spotify's own order, since it gave no popularity"));
            Assert.DoesNotContain(lines, line => Regex.IsMatch(line, "│ (popularity|place by popularity) +│"));
        }
    }

    [Fact]
    public async Task Lists_come_in_the_same_order_whatever_the_query_and_empty_ones_are_named()
    {
        foreach (var query in (string[])["top", "movers", "weeks", "artists"])
        {
            Assert.Equal(["Playlist source", "Search: source"], (await DrawAsync(weeks.Tables, 80, "query", query, "--week", "2026-11-01")).Where(line => line is "Playlist source" or "Search: source"));
        }

        var first = await DrawAsync(weeks.Tables, 80, "query", "movers", "--week", "2026-10-04");
        Assert.Equal(["", "Playlist source", "2026-10-04", "0 rows.", "", "Search: source", "2026-10-04", "0 rows."], first[..8]);
        Assert.Equal(["", "Search: source", "2026-10-04", "0 rows.", ""], await DrawAsync(weeks.Tables, 80, "query", "movers", "--week", "2026-10-04", "--list", Lists.Popular));
    }

    [Fact]
    public async Task Moves_and_entries_below_the_top_fifty_are_shown_on_request_alone()
    {
        foreach (var query in (string[])["movers", "new-and-gone"])
        {
            var answer = await NamedQuery.Get(query).AskAsync(sample.Tables.Reader, null, null, TestContext.Current.CancellationToken);
            Assert.Equal(
                answer.Count(row => row.Number("rank") <= 50 || row.Number("rank_before") <= 50),
                (await DrawAsync(sample.Tables, 100, "query", query)).Count(IsRow));
            Assert.Equal(answer.Count(), (await DrawAsync(sample.Tables, 100, "query", query, "--limit", "9999")).Count(IsRow));
        }

        using var tables = new TestTables();
        var songs = string.Join(' ', Enumerable.Range(0, 60).Select(n => $"{(char)('\u4e00' + n)}1"));
        await tables.AddAsync(Tables.TopPlayed, "2026-11-15", songs);
        await tables.AddAsync(Tables.TopPlayed, "2026-11-22", $"{songs[..^2]}A1");
        Assert.Equal(
            ["", "Playlist source", "2026-11-22, compared with 2026-11-15", "None in the top 50.", "--limit 2 shows all rows.", ""],
            await DrawAsync(tables, 100, "query", "new-and-gone"));

        static bool IsRow(string line) => line.StartsWith('│') && !line.Contains(" track ", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Moves_are_arrows_in_colour()
    {
        var text = string.Join('\n', await DrawAsync(weeks.Tables, 80, ["query", "movers", "--week", "2026-11-01"], hasColours: true));
        Assert.Contains("\u001b[32m▲2\u001b[0m", text, StringComparison.Ordinal);
        Assert.Contains("\u001b[31m▼1\u001b[0m", text, StringComparison.Ordinal);

        var changes = string.Join('\n', await DrawAsync(weeks.Tables, 80, ["query", "new-and-gone", "--week", "2026-11-01"], hasColours: true));
        Assert.All((string[])["\u001b[33mNEW", "\u001b[33mBACK", "\u001b[31mGONE"], mark => Assert.Contains(mark, changes, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(80)]
    [InlineData(60)]
    [InlineData(40)]
    public async Task Song_and_artist_stay_however_narrow_the_terminal_is(int width)
    {
        foreach (var query in NamedQuery.All)
        {
            var lines = await DrawAsync(sample.Tables, width, "query", query.Name);
            Assert.All(lines.Where(line => line.Length > 0 && "╭│├╰".Contains(line[0], StringComparison.Ordinal)), line => Assert.InRange(line.Length, 0, width));
            var heading = lines.First(line => line.StartsWith('│'));
            foreach (var column in (string[])["track", "artist", "name"])
            {
                Assert.Equal(query.Sql[query.Sql.LastIndexOf("\nSELECT", StringComparison.Ordinal)..].Split("\nFROM")[0].Contains(column, StringComparison.Ordinal), Regex.IsMatch(heading, $@"│ {column}\b"));
            }
        }
    }

    [Theory]
    [InlineData(80, "rank move track artist last peak weeks")]
    [InlineData(60, "rank move track artist last")]
    public async Task What_people_look_for_first_gives_way_last(int width, string columns)
    {
        var lines = await DrawAsync(sample.Tables, width, "query", "top");
        Assert.Equal(columns, string.Join(' ', lines.First(line => line.StartsWith('│')).Split('│', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)));
        Assert.Single(lines, line => line.StartsWith("Columns that did not fit: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_list_and_few_rows_can_be_asked_for_in_every_format()
    {
        var lines = await DrawAsync(sample.Tables, 80, "query", "movers", "--list", Lists.Popular, "--limit", "3");
        Assert.Equal(3, lines.Count(line => line.Contains('▲', StringComparison.Ordinal) || line.Contains('▼', StringComparison.Ordinal)));
        Assert.Single(lines, line => line.StartsWith("Showing the first 3 of ", StringComparison.Ordinal));
        Assert.Single(lines, line => Regex.IsMatch(line, @"^--limit \d+ shows all rows\.$"));

        var csv = (await WriteAsync("query", "movers", "--limit", "3", "--format", "csv")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(1 + 3 + 3, csv.Length);
        var all = (await WriteAsync("query", "movers", "--format", "csv")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(csv[1..], all.Where(row => csv.Contains(row)).Skip(1));
        Assert.Equal(11, csv[0].Split(',').Length);
        using var json = JsonDocument.Parse(await WriteAsync("query", "top", "--list", Lists.TopPlayed, "--format", "json"));
        Assert.Equal(50, json.RootElement.GetArrayLength());
        Assert.All(json.RootElement.EnumerateArray(), row => Assert.Equal(Lists.TopPlayed, row.GetProperty("list").GetString()));
        Assert.All(json.RootElement.EnumerateArray(), row => Assert.Equal(16, row.EnumerateObject().Count()));
    }

    [Fact]
    public async Task Two_columns_of_the_same_name_are_kept_apart_in_JSON()
    {
        using var json = JsonDocument.Parse(await WriteAsync("sql", "SELECT 1 AS n, 2 AS n, 3 AS n_2, 4 AS n", "--format", "json"));
        Assert.Equal("""{"n":1,"n_2":2,"n_2_2":3,"n_3":4}""", json.RootElement[0].GetRawText());
    }

    [Fact]
    public async Task No_rows_are_told()
    {
        Assert.Contains("0 rows.", await DrawAsync(weeks.Tables, 80, "query", "movers", "--week", "2026-10-04"));
        Assert.Contains("0 rows.", await DrawAsync(weeks.Tables, 80, "query", "movers", "--list", Lists.Popular));
        Assert.Contains("0 rows.", await DrawAsync(weeks.Tables, 80, "sql", "SELECT track FROM charts WHERE rank = 99"));
    }

    [Fact]
    public async Task The_top_fifty_come_first_and_no_move_or_exit_far_below_before_them()
    {
        foreach (var query in (string[])["movers", "new-and-gone"])
        {
            var answer = await NamedQuery.Get(query).AskAsync(sample.Tables.Reader, null, null, TestContext.Current.CancellationToken);
            foreach (var list in answer.GroupBy(row => row.Text("list")))
            {
                List<bool> isFar = [.. list.Select(row => Math.Min(row.Number("rank") ?? 999, row.Number("rank_before") ?? 999) > 50)];
                Assert.Equal(isFar.Order(), isFar);
                Assert.Contains(true, isFar);
            }

            Assert.Contains(answer, row => row.Number("rank") <= 50 || row.Number("rank_before") <= 50);
        }
    }

    [Theory]
    [InlineData("SELECT 1 FROM chart", "There is no table 'chart'. The tables: charts, quarantine, sources, spotifypopularsongs_refined, spotifytopplayed_refined.")]
    [InlineData("SELECT 1 FROM \"no such table: x\"", "There is no table 'no such table: x'.")]
    [InlineData("SELECT 1 FROM other.charts", "There is no table 'other.charts'.")]
    public async Task An_unknown_table_is_answered_with_those_that_there_are(string sql, string words)
    {
        foreach (var command in (string[])["sql", "query"])
        {
            var (exitCode, _, error) = await RunAsync(sample.Tables, new TestConsole(), command, sql);
            Assert.Equal(1, exitCode);
            Assert.StartsWith(words, error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Sql_takes_SQL_and_query_takes_it_still()
    {
        const string sql = "SELECT count(*) AS songs FROM charts WHERE list = 'popular' AND snapshot_date = '2026-11-22'";
        var songs = await WriteAsync("sql", sql, "--format", "csv");
        Assert.Matches(@"^songs\n\d+\n$", songs.ReplaceLineEndings("\n"));
        Assert.Equal(songs, await WriteAsync("query", sql, "--format", "csv"));
    }

    private async Task<string> WriteAsync(params string[] arguments)
    {
        using var console = new TestConsole();
        var (exitCode, output, error) = await RunAsync(sample.Tables, console, arguments);
        Assert.True(exitCode == 0, error);
        return output;
    }

    private static Task<string[]> DrawAsync(TestTables tables, int width, params string[] arguments) => DrawAsync(tables, width, arguments, hasColours: false);

    private static async Task<string[]> DrawAsync(TestTables tables, int width, string[] arguments, bool hasColours)
    {
        using var console = new TestConsole { EmitAnsiSequences = hasColours };
        console.Profile.Out = new ConsoleOutput(console.Profile.Out.Writer, IsTerminal: true, width);
        console.Profile.Width = width;
        console.Profile.Capabilities.ColorSystem = ColorSystem.Standard;
        var (exitCode, output, error) = await RunAsync(tables, console, arguments);
        Assert.True(exitCode == 0, error);
        return [.. output.Split('\n').Select(line => line.TrimEnd())];
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(TestTables tables, TestConsole console, params string[] arguments)
    {
        using var errors = new TestConsole();
        errors.Profile.Width = 500;
        var exitCode = await Program.RunAsync(
            [.. arguments, "--data", tables.Data.Root], new Host(console, errors, _ => { }, TimeProvider.System), TestContext.Current.CancellationToken);
        return (exitCode, console.Output, errors.Output);
    }
}
