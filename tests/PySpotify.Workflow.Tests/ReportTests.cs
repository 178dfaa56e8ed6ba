using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;
using PySpotify.Functions;
using PySpotify.Functions.Rows;
using PySpotify.Workflow.Cli;
using PySpotify.Workflow.Local;
using PySpotify.Workflow.Local.Warehouse;

namespace PySpotify.Workflow.Tests;

/// <summary>A Chromium that is installed; Playwright's own downloads are not needed.</summary>
public sealed class Browser : IAsyncLifetime
{
    private IPlaywright? _playwright;
    private IBrowser? _chromium;

    public async ValueTask InitializeAsync()
    {
        var path = new[] { Environment.GetEnvironmentVariable("CHROMIUM"), "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }
            .FirstOrDefault(File.Exists);
        if (path is null)
        {
            return;
        }

        _playwright = await Playwright.CreateAsync();
        _chromium = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = path, Args = Environment.UserName == "root" ? ["--no-sandbox"] : [] });
    }

    public async ValueTask DisposeAsync()
    {
        if (_chromium is not null)
        {
            await _chromium.DisposeAsync();
        }

        _playwright?.Dispose();
    }

    /// <summary>Opens a file and holds that it asks for nothing else and complains of nothing.</summary>
    public async Task<IPage> OpenAsync(string file, int width = 1280, ColorScheme scheme = ColorScheme.Light)
    {
        Assert.SkipWhen(_chromium is null, "There is no Chromium here: install it (Debian: apt-get install chromium) or name one in CHROMIUM.");
        var page = await _chromium!.NewPageAsync(new() { ViewportSize = new() { Width = width, Height = 800 }, ColorScheme = scheme });
        var heard = new List<string>();
        page.Console += (_, message) => heard.Add($"console: {message.Text}");
        page.PageError += (_, error) => heard.Add($"error: {error}");
        page.Dialog += (_, dialog) => heard.Add($"dialog: {dialog.Message}");
        page.Request += (_, request) => heard.Add($"request: {request.Url}");
        await page.GotoAsync(new Uri(file).AbsoluteUri);
        Assert.Equal([$"request: {new Uri(file).AbsoluteUri}"], heard.Where(line => line != "request: data:,"));
        return page;
    }
}

public sealed class ReportTests(Browser browser, SampleTables sample, HandMadeWeeks weeks)
    : IClassFixture<Browser>, IClassFixture<SampleTables>, IClassFixture<HandMadeWeeks>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(320, ColorScheme.Light)]
    [InlineData(360, ColorScheme.Light)]
    [InlineData(360, ColorScheme.Dark)]
    [InlineData(700, ColorScheme.Light)]
    [InlineData(1280, ColorScheme.Dark)]
    public async Task It_fits_the_screen_and_can_be_read(int width, ColorScheme scheme)
    {
        var page = await OpenAsync(sample.Tables, width: width, scheme: scheme);

        Assert.Equal(width, await page.EvaluateAsync<int>("Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)"));
        Assert.Empty(await page.EvaluateAsync<string[]>(TooWide, width));
        Assert.Equal(scheme == ColorScheme.Dark, await page.EvaluateAsync<bool>(IsDark));
        Assert.Empty(await page.EvaluateAsync<string[]>(Unreadable));
        Assert.Equal(1, await page.Locator("#strongest svg:visible").CountAsync());
        await page.CloseAsync();
    }

    [Fact]
    public async Task Every_figure_is_the_querys()
    {
        await HoldFiguresAsync(sample.Tables, null);
        await HoldFiguresAsync(weeks.Tables, new(2026, 11, 1));
        await HoldFiguresAsync(weeks.Tables, new(2026, 10, 4));
        await HoldFiguresAsync(weeks.Tables, null);
    }

    [Fact]
    public async Task It_says_what_the_hand_made_weeks_are()
    {
        var page = await OpenAsync(weeks.Tables, new(2026, 11, 1));

        Assert.Equal("1 November 2026", await page.Locator("h1").InnerTextAsync());
        Assert.Equal(
            "Song C by Artist Z rises 2 places to lead the most played; Song A by Artist X still leads the most popular. "
            + "2 songs entered the most played, 1 the most popular. 2 songs are on both lists.",
            (await page.Locator(".lede").InnerTextAsync()).Trim());
        Assert.Equal(
            "Compared with 11 October 2026, 21 days before: 2 weeks in between have no snapshot, and nothing is known of them. "
            + "Compared with 4 October 2026, 28 days before: 3 weeks in between have no snapshot, and nothing is known of them.",
            await page.Locator("header .note").InnerTextAsync());
        Assert.Equal(["2 weeks without a snapshot", "3 weeks without a snapshot"], await page.Locator(".missing").AllInnerTextsAsync());
        // From 11 October on, the lines of A and C are dotted; D was off the list, so that nothing leads there.
        Assert.Equal(2, await page.Locator("svg.broad path.unknown").CountAsync());
        Assert.Equal(1, await page.Locator("svg.broad .gap").CountAsync());
        Assert.Contains("Shaded are weeks without a snapshot", await page.Locator("figure[data-query=popularity]").Locator("xpath=preceding-sibling::p[1]").InnerTextAsync());
        Assert.Contains("2 weeks without a snapshot, 1 Nov rank", await page.Locator("svg.narrow desc").First.TextContentAsync());
        Assert.Equal(0, await page.Locator(".sample").CountAsync());
        await page.CloseAsync();
    }

    [Fact]
    public async Task A_week_with_one_list_or_nothing_to_compare_with_says_so()
    {
        var first = await OpenAsync(weeks.Tables, new(2026, 10, 4));
        Assert.Contains("no snapshot before it", await first.Locator("header .note").InnerTextAsync());
        await first.CloseAsync();

        var newest = await OpenAsync(weeks.Tables);
        Assert.Contains("There is no snapshot of the most popular on this day.", await newest.Locator("header .note").InnerTextAsync());
        Assert.Equal("No snapshot on this day.", await newest.Locator("#lists .cols > :nth-child(2) p").InnerTextAsync());
        await newest.CloseAsync();

        using var tables = new TestTables();
        await tables.AddAsync(Tables.Popular, "2026-11-22", "A1 B2");
        var single = await OpenAsync(tables);
        Assert.Equal(["Most popular"], await single.Locator("#lists h3").AllInnerTextsAsync());
        Assert.DoesNotContain("most played", await single.Locator("header").InnerTextAsync());
        await single.CloseAsync();
    }

    [Fact]
    public async Task Sample_data_is_called_made_up_and_its_markup_is_text()
    {
        var page = await OpenAsync(sample.Tables);

        Assert.Contains("made up", await page.Locator(".sample").InnerTextAsync());
        Assert.Equal("<script>alert(\"PySpotify\")</script>", await page.Locator("#lists bdi:has-text('<script>')").First.TextContentAsync());
        Assert.Equal(0, await page.Locator("script, b:has-text('Moves')").CountAsync());
        await page.CloseAsync();
    }

    [Fact]
    public async Task A_screen_reader_finds_names_for_pictures_tables_and_moves()
    {
        var page = await OpenAsync(sample.Tables);

        foreach (var svg in await page.Locator("svg").AllAsync())
        {
            Assert.Equal("img", await svg.GetAttributeAsync("role"));
            Assert.True(await svg.EvaluateAsync<bool>(
                "svg => svg.getAttribute('aria-labelledby').split(' ').every(id => svg.querySelector('#' + id).textContent.length > 10)"));
        }

        Assert.True(await page.EvaluateAsync<bool>("[...document.querySelectorAll('table')].every(table => table.caption.textContent && table.querySelector('thead th[scope=col]'))"));
        Assert.True(await page.EvaluateAsync<bool>("new Set([...document.querySelectorAll('[id]')].map(e => e.id)).size === document.querySelectorAll('[id]').length"));
        Assert.Equal("up 1", (await page.Locator("#lists .up").First.EvaluateAsync<string>("e => [...e.childNodes].filter(n => n.ariaHidden !== 'true').map(n => n.textContent).join('')")).Trim());
        await page.CloseAsync();
    }

    [Fact]
    public async Task Paper_is_white_and_has_the_whole_list()
    {
        var page = await OpenAsync(sample.Tables, scheme: ColorScheme.Dark);
        Assert.Equal(0, (await page.Locator("#lists details tr").Last.BoundingBoxAsync())?.Height ?? 0);

        await page.EmulateMediaAsync(new() { Media = Media.Print, ColorScheme = ColorScheme.Dark });

        Assert.False(await page.EvaluateAsync<bool>(IsDark));
        Assert.True((await page.Locator("#lists details tr").Last.BoundingBoxAsync())?.Height > 10);
        await page.CloseAsync();
    }

    [Fact]
    public async Task Without_a_snapshot_there_is_no_report()
    {
        using var tables = new TestTables();
        await Assert.ThrowsAsync<QueryException>(() => Report.WriteAsync(tables.Data, tables.Reader, null, Cancelled));
        await Assert.ThrowsAsync<QueryException>(() => Report.WriteAsync(weeks.Tables.Data, weeks.Tables.Reader, new(2026, 10, 5), Cancelled));
        Assert.False(File.Exists(tables.Data.Report));
    }

    /// <summary>Names that try to end attributes, elements and directions.</summary>
    [Fact]
    public async Task No_name_gets_out_of_its_place()
    {
        using var tables = new TestTables();
        const string name = "</title></svg><img src=x onerror=alert(1)>\" ' & \u202e\u001b[31m";
        await tables.AddAsync(Tables.TopPlayed, "2026-11-22", "A1");
        var file = Directory.GetFiles(tables.Data.Raw, "*.csv", SearchOption.AllDirectories).Single();
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file, Cancelled)).Replace("Song A", $"\"{name.Replace("\"", "\"\"")}\""), Cancelled);
        await tables.RefineAsync(new(2026, 11, 22));

        var page = await OpenAsync(tables);

        Assert.Equal(0, await page.Locator("img").CountAsync());
        Assert.Equal(DisplayText.Clean(name), await page.Locator("#lists bdi").First.TextContentAsync());
        await page.CloseAsync();
    }

    [Fact]
    public async Task Songs_of_several_playlists_share_a_rank_and_keep_names_of_their_own()
    {
        var page = await OpenAsync(weeks.Tables, new(2026, 11, 6));

        // A and D are first, F second and C third: D, F and C are named a place below their rank.
        Assert.Equal(3, await page.Locator("svg.broad path.lead").CountAsync());
        Assert.Equal(["1", "1", "2", "3"], await page.Locator("#lists .place").AllInnerTextsAsync());
        await page.CloseAsync();
    }

    private async Task<IPage> OpenAsync(TestTables tables, DateOnly? week = null, int width = 1280, ColorScheme scheme = ColorScheme.Light)
    {
        await Report.WriteAsync(tables.Data, tables.Reader, week, Cancelled);
        return await browser.OpenAsync(tables.Data.Report, width, scheme);
    }

    /// <summary>Finds each row of each table, each dot and each bar among the rows of the query it names.</summary>
    private async Task HoldFiguresAsync(TestTables tables, DateOnly? week)
    {
        var page = await OpenAsync(tables, week);
        using var figures = JsonDocument.Parse(await page.EvaluateAsync<string>(Figures));
        var shown = figures.RootElement.EnumerateArray().ToList();
        Assert.NotEmpty(shown);
        var answers = new Dictionary<string, List<Dictionary<string, string>>>();
        foreach (var query in NamedQuery.All)
        {
            answers[query.Name] = [.. (await query.AskAsync(tables.Reader, week, null, Cancelled)).Select(row =>
                row.Columns.ToDictionary(column => column, column => Written(column, row[column])))];
        }

        // The weeks in the lists are another query's.
        var stays = answers["weeks"].ToDictionary(row => (row["list"], row["track_id"]), row => row["weeks"]);
        foreach (var row in answers["top"])
        {
            row["weeks"] = stays[(row["list"], row["track_id"])];
        }

        foreach (var figure in shown)
        {
            var cells = figure.GetProperty("cells").EnumerateObject().Select(cell => (cell.Name, Value: cell.Value.GetString()!)).ToList();
            Assert.NotEmpty(cells);
            Assert.True(
                answers[figure.GetProperty("query").GetString()!].Any(row => cells.All(cell => row[cell.Name] == cell.Value)),
                $"No row of the query has these: {figure}");
        }

        string Count(string query, string list) => answers[query].Count(row => row["list"] == list).ToString(CultureInfo.InvariantCulture);
        foreach (var dots in shown.Where(figure => figure.GetProperty("query").GetString() == "popularity").GroupBy(figure => figure.GetProperty("kind").GetString()))
        {
            Assert.Equal(answers["popularity"].Count(row => row["rank"] != "–unknown" && row["list"] == "top played"), dots.Count());
        }

        foreach (var list in new[] { "top played", "popular" }.Where(list => answers["top"].Any(row => row["list"] == list)))
        {
            Assert.Equal(Count("top", list), shown.Count(figure => figure.GetProperty("query").GetString() == "top" && figure.GetProperty("cells").GetProperty("list").GetString() == list).ToString(CultureInfo.InvariantCulture));
        }

        await page.CloseAsync();
    }

    private static string Written(string column, object? value) => value switch
    {
        null => "–unknown",
        long move when column == "move" => Math.Abs(move).ToString(CultureInfo.InvariantCulture),
        long number => number.ToString("N0", CultureInfo.InvariantCulture),
        _ => DisplayText.Clean(Convert.ToString(value, CultureInfo.InvariantCulture)!),
    };

    private const string Figures = """
        () => JSON.stringify([
          ...[...document.querySelectorAll('table[data-query] tbody tr:not(.missing)')].map(row => {
            const table = row.closest('table'), cells = {};
            if (table.dataset.list) cells.list = table.dataset.list;
            for (const cell of row.querySelectorAll('[data-col]')) cells[cell.dataset.col] = cell.getAttribute('datetime') ?? cell.textContent;
            return { query: table.dataset.query, cells };
          }),
          ...[...document.querySelectorAll('circle[data-rank]')].map(dot => ({
            query: 'popularity', kind: dot.closest('svg').getAttribute('class'),
            cells: { list: dot.closest('figure').dataset.list, track_id: dot.closest('g').dataset.key, snapshot_date: dot.dataset.day, rank: dot.dataset.rank },
          })),
          ...[...document.querySelectorAll('rect[data-songs]')].map(bar => ({
            query: 'years', cells: { list: bar.closest('figure').dataset.list, year: bar.dataset.key, songs: bar.dataset.songs },
          })),
        ])
        """;

    private const string TooWide = """
        width => [...document.querySelectorAll('body *:not(.hidden):not(caption)')]
          .filter(e => e.getClientRects().length && !e.closest('.hidden') && e.getBoundingClientRect().right > width + 1)
          .map(e => e.tagName + ': ' + e.textContent.slice(0, 40))
        """;

    private const string IsDark = """
        () => { const [r, g, b] = getComputedStyle(document.documentElement).backgroundColor.match(/\d+/g).map(Number); return r + g + b < 200; }
        """;

    /// <summary>Texts whose contrast with the page is under 4.5, as WCAG counts it.</summary>
    private const string Unreadable = """
        () => {
          const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
          const light = color => {
            canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1);
            const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map(c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
          };
          const behind = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; if (c !== 'rgba(0, 0, 0, 0)') return c; } };
          return [...document.querySelectorAll('body *')]
            .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) && e.getClientRects().length && !e.closest('title, desc'))
            .map(e => {
              const style = getComputedStyle(e), a = light(e.closest('svg') ? style.fill : style.color), b = light(behind(e));
              return [(Math.max(a, b) + .05) / (Math.min(a, b) + .05), e.textContent.slice(0, 40)];
            })
            .filter(([contrast]) => contrast < 4.5).map(([contrast, text]) => contrast.toFixed(2) + ' ' + text);
        }
        """;
}
