using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;
using PySpotify.Workflow.Local.Warehouse;
using PySpotify.Workflow.Report;

namespace PySpotify.Workflow.Tests;

/// <summary>Every row that a page shows is its query's, in the query's order, with none left out between.</summary>
[Collection(nameof(Browser))]
public sealed class ReportFiguresTests(Browser browser, SampleTables sample, HandMadeWeeks weeks)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public Task In_the_sample() => HoldAsync(sample.Tables, null);

    [Theory]
    [InlineData("2026-10-04")]
    [InlineData("2026-11-01")]
    [InlineData("2026-11-06")]
    public Task In_the_hand_made_weeks(string week) => HoldAsync(weeks.Tables, DateOnly.Parse(week, CultureInfo.InvariantCulture));

    private async Task HoldAsync(TestTables tables, DateOnly? week)
    {
        var archive = new ReportArchive(tables.Data, tables.Reader);
        var page = await browser.OpenAsync(week is { } day ? await archive.WriteAsync(day, Cancelled) : (await archive.UpdateAsync(null, 10, Cancelled)).Page);
        var shown = JsonElement.Parse(await page.EvaluateAsync<string>(ShownTables)).EnumerateArray()
            .Select(table => (Query: table.GetProperty("query").GetString()!, List: table.GetProperty("list").GetString(), Rows: table.GetProperty("rows").EnumerateArray().Select(row => row.GetString()!).ToList())).ToList();
        var answers = new Answers(tables.Reader, week);

        var top = await answers.AskAsync("top");
        foreach (var list in top.GroupBy(row => row.Text("list")))
        {
            var isFirst = list.First().Text("compared_with") is null;
            Assert.Equal(
                list.Select(row => isFirst
                    ? Join(row["rank"], row["track"], row["artist"], row["album_nm"], row["album_dt"])
                    : Join(row["rank"], Move(row), row["track"], row["artist"], row["rank_before"] ?? "–not listed", row["peak"], row["weeks"])),
                Shown("top", list.Key).Single());
            await HoldRanksAsync(page, list.Key!, await answers.AskAsync(NamedQuery.Get("popularity").Following(50)));

            var news = (await answers.AskAsync("new-and-gone")).Where(row => row.Text("list") == list.Key).ToList();
            if (isFirst)
            {
                Assert.Empty(Shown("new-and-gone", list.Key));
            }
            else
            {
                Assert.Equal(
                    new[]
                    {
                        news.Where(row => row.Number("rank") <= 50).Select(row => Join(row["rank"], row["track"], row["artist"], row["change"])).ToList(),
                        news.Where(row => row.Text("change") == "gone" && row.Number("rank_before") <= 50).Select(row => Join(row["rank_before"], row["track"], row["artist"])).ToList(),
                    }.Where(rows => rows is not []),
                    Shown("new-and-gone", list.Key));
            }

            var artists = (await answers.AskAsync("artists")).Where(row => row.Text("list") == list.Key).ToList();
            HoldBeginning(Shown("artists", list.Key).Single(), artists.Select(row => Join(
                row["artist"], row["songs"], row["best_rank"], artists.All(each => each["popularity"] is null) ? "" : row["popularity"] ?? "–unknown")));
        }

        var health = await answers.AskAsync("health");
        Assert.Equal(
            health.Where(row => row.Text("snapshot_date") == top.First().Text("snapshot_date"))
                .Select(row => Join(row.Text("name") + (row.Text("warnings") is { } warnings ? $" {warnings}" : ""), row["row_count"] ?? "–", row["rows_before"] ?? "–")),
            Shown("health", null).Single());
        HoldBeginning(
            Shown("overlap", null).SingleOrDefault() ?? [],
            (await answers.AskAsync("overlap")).Select(row => Join(row["track"], row["artist"], row["rank_played"], row["rank_popular"])));
        var lists = top.Select(row => row.Text("list")).Distinct().ToList();
        Assert.Equal(
            (await answers.AskAsync("years")).GroupBy(row => row.Text("year") is { } year ? $"{year[..3]}0s" : "unknown")
                .OrderBy(decade => decade.Key == "unknown").ThenByDescending(decade => decade.Key)
                .Select(decade => Join([decade.Key, .. lists.Select(list => (object?)decade.Where(row => row.Text("list") == list).Sum(row => row.Number("songs")))])),
            Shown("years", null).Single());

        List<List<string>> Shown(string query, string? list) => [.. shown.Where(table => table.Query == query && table.List == list).Select(table => table.Rows)];
    }

    /// <summary>Holds the lines: the last ranks as their names tell, and the marks of the chart's first song.</summary>
    private static async Task HoldRanksAsync(IPage page, string list, Answer popularity)
    {
        var songs = popularity.Where(row => row.Text("list") == list).GroupBy(row => row.Number("place")).OrderBy(song => song.Key).ToList();
        if (songs[0].Count() == 1)
        {
            return;
        }

        Assert.Equal(
            songs.Select(song => "Rank by week: " + string.Join(", ", song.TakeLast(8).SelectMany((row, i) => new[]
            {
                i > 0 && row.Number("weeks_missing") is > 0 and var missing ? Words.Count(missing, "week") + " without a snapshot" : "",
                row.Number("rank")?.ToString(CultureInfo.InvariantCulture) ?? "not listed",
            }).Where(word => word != ""))),
            await page.EvaluateAsync<string[]>($"[...document.querySelectorAll('[data-list=\"{list}\"] .spark')].map(line => line.ariaLabel)"));
        Assert.Equal(
            songs[0].Where(row => row.Number("rank") is not null).Select(row => row.Number("rank") <= 10 ? (26 * row.Number("rank")!.Value - 13).ToString(CultureInfo.InvariantCulture) : "below"),
            await page.EvaluateAsync<string[]>($"[...document.querySelectorAll('[data-list=\"{list}\"] .ranks .first-1 > svg:not(:first-child)')].map(mark => +mark.getAttribute('y') <= 260 ? mark.getAttribute('y') : 'below')"));
    }

    /// <summary>A table may show a query's first rows only, but at least five.</summary>
    private static void HoldBeginning(List<string> shown, IEnumerable<string> rows)
    {
        var all = rows.ToList();
        Assert.InRange(shown.Count, Math.Min(5, all.Count), all.Count);
        Assert.Equal(all.Take(shown.Count), shown);
    }

    private static string Move(Answer.Row row) => row.Text("change") switch
    {
        "up" => $"▲up {row["move"]}",
        "down" => $"▼down {-row.Number("move")}",
        "same" => "–no change",
        var change => change!,
    };

    private static string Join(params object?[] cells) => string.Join("|", cells.Select(cell => cell switch
    {
        long number => number.ToString("N0", CultureInfo.InvariantCulture),
        _ => Cli.DisplayText.Cell(cell),
    }).Where(cell => cell != ""));

    private sealed class Answers(TableReader tables, DateOnly? week)
    {
        public Task<Answer> AskAsync(string query) => AskAsync(NamedQuery.Get(query));

        public Task<Answer> AskAsync(NamedQuery query) => query.AskAsync(tables, week, null, Cancelled);
    }

    private const string ShownTables = """
        () => JSON.stringify([...document.querySelectorAll('table[data-query]')].map(table => ({
          query: table.dataset.query,
          list: table.closest('[data-list]')?.dataset.list ?? null,
          rows: [...table.tBodies[0].rows].map(row => [...row.cells]
            .flatMap(cell => cell.querySelector('.track') ? [...cell.children] : [cell])
            .map(cell => cell.textContent.trim().replaceAll(/\s+/g, ' ')).filter(text => text).join('|')),
        })))
        """;
}
