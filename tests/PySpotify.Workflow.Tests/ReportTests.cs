using Microsoft.Playwright;
using PySpotify.Functions;
using PySpotify.Functions.Rows;
using PySpotify.Workflow.Cli;
using PySpotify.Workflow.Local;
using PySpotify.Workflow.Local.Warehouse;
using PySpotify.Workflow.Report;

namespace PySpotify.Workflow.Tests;

/// <summary>A week's page as a reader has it: on screens, on paper, by ear and by keyboard.</summary>
[Collection(nameof(Browser))]
public sealed class ReportTests(Browser browser, SampleTables sample, HandMadeWeeks weeks)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(320, ColorScheme.Light)]
    [InlineData(320, ColorScheme.Dark)]
    [InlineData(390, ColorScheme.Light)]
    [InlineData(768, ColorScheme.Light)]
    [InlineData(768, ColorScheme.Dark)]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(1280, ColorScheme.Dark)]
    [InlineData(1920, ColorScheme.Light)]
    [InlineData(1920, ColorScheme.Dark)]
    public async Task It_fits_the_screen_and_can_be_read(int width, ColorScheme scheme)
    {
        var page = await OpenAsync(sample.Tables, width: width, scheme: scheme);
        await page.Locator("summary").ClickAsync();

        foreach (var tab in await page.GetByRole(AriaRole.Tab).AllAsync())
        {
            await tab.ClickAsync();
            await page.Locator("[role=tabpanel]:visible [data-song] .track").Or(page.Locator("[role=tabpanel]:visible .track")).First.HoverAsync();
            Assert.Equal(width, await page.EvaluateAsync<int>("Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)"));
            Assert.Empty(await page.EvaluateAsync<string[]>(TooWide, width));
            Assert.Empty(await page.EvaluateAsync<string[]>(Unreadable));
        }

        Assert.Equal(scheme == ColorScheme.Dark, await page.EvaluateAsync<bool>(IsDark));
    }

    [Fact]
    public async Task The_first_screen_has_the_week_four_cards_and_the_chart()
    {
        var page = await OpenAsync(sample.Tables);

        Assert.Equal("Week of 22 November 2026", await page.Locator("h1").InnerTextAsync());
        Assert.Equal(["Number one", "Biggest climb", "Biggest fall", "Longest streak"], await page.Locator(".card h3:visible").AllInnerTextsAsync());
        Assert.InRange(await page.EvaluateAsync<int>("[...document.querySelectorAll('.chart tbody tr')].filter(row => row.offsetHeight && row.getBoundingClientRect().bottom <= 800).length"), 10, 50);
        Assert.Equal(50, await page.Locator(".chart tbody tr:visible").CountAsync());
        Assert.Equal(["#\nRank", "Move", "Song", "Rank by week", "Last week", "Peak", "Weeks"], await page.Locator(".chart th[scope=col]:visible").AllInnerTextsAsync());
        // Until November 2026 it was 6,910 long.
        Assert.InRange(await page.EvaluateAsync<int>("document.documentElement.scrollHeight"), 1000, 6910 / 3);
    }

    [Fact]
    public async Task On_a_phone_a_row_takes_two_lines()
    {
        var page = await OpenAsync(sample.Tables, width: 320);

        var rows = await page.EvaluateAsync<double[][]>("""
            [...document.querySelectorAll('.chart tbody tr')].filter(row => row.offsetHeight).map(row => [
              row.getBoundingClientRect().height,
              new Set([...row.querySelectorAll('.track, .artist')].map(e => e.getBoundingClientRect().top)).size])
            """);
        Assert.NotEmpty(rows);
        Assert.All(rows, row =>
        {
            Assert.InRange(row[0], 30, 55);
            Assert.Equal(2, row[1]);
        });
    }

    [Fact]
    public async Task It_says_what_the_hand_made_weeks_are()
    {
        var page = await OpenAsync(weeks.Tables, new(2026, 11, 1));

        Assert.Equal(["Playlist source", "Search: source", "New", "Artists"], await page.Locator(".tabs a").AllInnerTextsAsync());
        Assert.Equal(
            [
                "Number one|Song C|Artist Z|▲ 2 · was 3 · 3 weeks on the list", "Highest new entry|Song D|Artist X|back at 3",
                "Longest streak|Song A|Artist X|3 weeks in a row, like 1 other",
                "Number one|Song A|Artist X|stays first · 2 weeks on the list", "Highest new entry|Song F|Artist Z|new at 2",
                "Biggest fall|Song G|Artist X|▼ 2 to 3", "Longest streak|Song G|Artist X|2 weeks in a row, like 1 other",
            ],
            await page.EvaluateAsync<string[]>("[...document.querySelectorAll('.card')].map(card => [...card.children].map(e => e.textContent).join('|'))"));
        Assert.Equal(
            [
                "Compared with 11 October 2026, 21 days before; 2 weeks in between have no snapshot.",
                "Most popular first. Compared with 4 October 2026, 28 days before; 3 weeks in between have no snapshot.",
            ],
            await page.Locator("#list-1 .note, #list-2 .note").AllTextContentsAsync());
        Assert.Equal(["11 Oct", "4 Oct"], await page.Locator("th.last").AllTextContentsAsync());
        // From 11 October on, the lines of A and C are dotted; D was off the list, so that nothing leads there.
        Assert.Equal(2, await page.Locator("#list-1 .ranks .unknown").CountAsync());
        Assert.Equal("2 weeks without a snapshot", await page.Locator("#list-1 .ranks .gap title").TextContentAsync());
        Assert.Equal("Rank by week: 3, 3, 2 weeks without a snapshot, 1", await page.Locator("#list-1 .spark").First.GetAttributeAsync("aria-label"));
        Assert.Equal(2, await page.Locator("#list-1 .spark path").First.EvaluateAsync<int>("path => path.getAttribute('d').split('M').length - 1"));
        Assert.Equal(0, await page.Locator(".sample").CountAsync());
    }

    [Fact]
    public async Task The_first_week_has_nothing_empty_and_speaks_of_no_comparison()
    {
        var page = await OpenAsync(weeks.Tables, new(2026, 10, 4));

        Assert.Equal(["Playlist source", "Search: source", "Artists"], await page.Locator(".tabs a").AllInnerTextsAsync());
        Assert.Equal(["Number one", "Most songs"], await page.Locator("#list-1 .card h3").AllInnerTextsAsync());
        Assert.Equal(["#\nRank", "Song", "Album", "Released"], await page.Locator("#list-1 .chart thead th").AllInnerTextsAsync());
        Assert.Equal(0, await page.Locator("#new, .spark, .ranks, [rel=prev]").CountAsync());
        Assert.Empty(await page.EvaluateAsync<string[]>("[...document.querySelectorAll('section, tbody, figure, .card, .columns > *')].filter(e => !e.textContent.trim()).map(e => e.outerHTML)"));
        Assert.DoesNotContain("compare", await page.Locator("body").TextContentAsync(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Without_popularity_the_page_says_once_that_the_order_is_Spotifys()
    {
        using var tables = new TestTables();
        await tables.AddAsync(Tables.Popular, "2026-11-15", "A B C", source: "year");
        await tables.AddAsync(Tables.Popular, "2026-11-22", "B A C D", source: "year");

        var page = await OpenAsync(tables);

        Assert.Equal(["Search: year", "New", "Artists"], await page.Locator(".tabs a").AllInnerTextsAsync());
        var text = await page.EvaluateAsync<string>("document.body.innerText + document.querySelector('details').textContent");
        Assert.Equal(2, text.Split("Spotify's own order").Length);
        Assert.DoesNotContain("popular", text.Replace("gave no popularity", "", StringComparison.Ordinal).Replace("none with a popularity", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_source_that_was_not_read_is_named_before_all_else()
    {
        using var tables = new TestTables();
        await tables.AddAsync(Tables.TopPlayed, "2026-11-22", "A1 B2");
        var record = Path.Combine(tables.Data.Raw, Keys.Partition(Prefixes.Sources, new(2026, 11, 22)), $"{Tables.Popular}-gone.json");
        Directory.CreateDirectory(Path.GetDirectoryName(record)!);
        await File.WriteAllTextAsync(record, """{"list":"popular","source":"gone","kind":"search","name":"gone","status":"not read","reason":"Spotify answers 404.","rows":0,"skipped":{},"quarantined":0}""", Cancelled);
        await tables.RefineAsync(new(2026, 11, 22));

        var page = await OpenAsync(tables);

        Assert.Equal(["gone was not read. Spotify answers 404."], await page.Locator(".alert:visible").AllInnerTextsAsync());
        Assert.Equal(1, await page.Locator("[data-query=top]").CountAsync());
    }

    [Fact]
    public async Task Sample_data_is_called_made_up_and_its_markup_is_text()
    {
        var page = await OpenAsync(sample.Tables);

        Assert.Contains("made up", await page.Locator(".sample").InnerTextAsync());
        Assert.Equal(1, await page.Locator("script").CountAsync());
        Assert.Equal(0, await page.Locator("b:has-text('Moves')").CountAsync());
    }

    [Fact]
    public async Task Songs_link_to_Spotify_which_is_named()
    {
        var page = await OpenAsync(weeks.Tables, new(2026, 11, 1));

        Assert.Equal($"https://open.spotify.com/track/{TestTables.IdOf('C')}", await page.Locator(".chart a").First.GetAttributeAsync("href"));
        Assert.Equal("https://open.spotify.com", await page.Locator("footer a:has-text('Spotify')").GetAttributeAsync("href"));
    }

    [Fact]
    public async Task A_screen_reader_finds_names_for_pictures_tables_and_moves()
    {
        var page = await OpenAsync(sample.Tables);

        Assert.True(await page.EvaluateAsync<bool>("[...document.querySelectorAll('svg.spark, svg.ranks')].every(svg => svg.role === 'img' && svg.ariaLabel.length > 10)"));
        Assert.True(await page.EvaluateAsync<bool>("[...document.querySelectorAll('table')].every(table => table.caption.textContent && table.querySelector('thead th[scope=col]') && table.querySelector('tbody th[scope=row]'))"));
        Assert.True(await page.EvaluateAsync<bool>("new Set([...document.querySelectorAll('[id]')].map(e => e.id)).size === document.querySelectorAll('[id]').length"));
        Assert.Equal("up 1", (await page.Locator(".move.up").First.EvaluateAsync<string>("e => [...e.childNodes].filter(n => n.ariaHidden !== 'true').map(n => n.textContent).join('')")).Trim());
        // Each line in the tree has a name of its own and nothing is nameless.
        Assert.Equal(4, await page.GetByRole(AriaRole.Tab).CountAsync());
        Assert.Equal(1, await page.GetByRole(AriaRole.Tabpanel, new() { Name = "Sample: most played" }).CountAsync());
        Assert.Equal(1, await page.GetByRole(AriaRole.Searchbox, new() { Name = "Find a song or artist" }).CountAsync());
    }

    [Fact]
    public async Task Columns_sort_up_and_down_and_say_so()
    {
        var page = await OpenAsync(sample.Tables);
        var chart = page.Locator("#list-1 .chart");
        Task<string[]> Column(string name) => chart.EvaluateAsync<string[]>($"chart => [...chart.tBodies[0].rows].map(row => row.querySelector('{name}').textContent.trim())");
        var before = await Column(".track");

        await chart.GetByRole(AriaRole.Button, new() { Name = "Song" }).ClickAsync();
        Assert.Equal("ascending", await chart.Locator("th.song[scope=col]").GetAttributeAsync("aria-sort"));
        Assert.Equal(before.Select(Plain).Order(StringComparer.Ordinal), (await Column(".track")).Select(Plain));

        await chart.GetByRole(AriaRole.Button, new() { Name = "Song" }).ClickAsync();
        Assert.Equal("descending", await chart.Locator("th.song[scope=col]").GetAttributeAsync("aria-sort"));
        Assert.Equal(before.Select(Plain).OrderDescending(StringComparer.Ordinal), (await Column(".track")).Select(Plain));

        // By keyboard; what was not listed last week comes last, either way.
        await chart.GetByRole(AriaRole.Button, new() { Name = "Last week" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Enter");
        var last = await Column("td.last");
        Assert.Equal(last.Where(IsNumber).Select(int.Parse).OrderDescending(), last.TakeWhile(IsNumber).Select(int.Parse));

        await chart.GetByRole(AriaRole.Button, new() { Name = "Rank" }).ClickAsync();
        Assert.Equal(before, await Column(".track"));
        Assert.Equal(1, await chart.Locator("[aria-sort]").CountAsync());

        static bool IsNumber(string text) => int.TryParse(text, out _);
        static string Plain(string text) => text.ToLowerInvariant();
    }

    [Theory]
    [InlineData(390)]
    [InlineData(1280)]
    public async Task Sorting_by_any_column_moves_nothing_else(int width)
    {
        var page = await OpenAsync(sample.Tables, width: width);
        Task<double[]> Places() => page.EvaluateAsync<double[]>("[...document.querySelectorAll('#list-1 .chart thead th')].flatMap(th => { const r = th.getBoundingClientRect(); return [r.left, r.width, r.height]; })");
        var before = await Places();

        foreach (var button in await page.Locator("#list-1 .chart thead button").AllAsync())
        {
            for (var click = 0; click < 2; click++)
            {
                await button.ClickAsync();
                Assert.Equal(before, await Places());
                Assert.Equal(width, await page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
            }
        }
    }

    [Theory]
    [InlineData(320)]
    [InlineData(375)]
    [InlineData(390)]
    [InlineData(430)]
    public async Task No_card_breaks_a_word_on_a_phone(int width)
    {
        var page = await OpenAsync(sample.Tables, width: width);

        Assert.Empty(await page.EvaluateAsync<string[]>(
            """
            () => [...document.querySelectorAll('#list-1 .card')].flatMap(card => {
              const walker = document.createTreeWalker(card, NodeFilter.SHOW_TEXT), broken = [];
              for (let node; node = walker.nextNode();) {
                for (const word of node.data.matchAll(/\p{L}+/gu)) {
                  const range = document.createRange();
                  range.setStart(node, word.index);
                  range.setEnd(node, word.index + word[0].length);
                  if (range.getClientRects().length > 1) broken.push(word[0]);
                }
              }
              return broken;
            })
            """));
    }

    [Fact]
    public async Task What_is_found_on_a_phone_is_seen_below_the_box()
    {
        var page = await OpenAsync(sample.Tables, width: 390);

        await page.GetByRole(AriaRole.Searchbox).FillAsync("severin");

        Assert.InRange((await page.Locator("#list-1 .chart tbody tr:visible").First.BoundingBoxAsync())!.Y, 0, 400);
        await page.GetByRole(AriaRole.Searchbox).FillAsync("");
        Assert.True(await page.Locator("#list-1 .cards").IsVisibleAsync());
    }

    [Fact]
    public async Task Names_of_songs_on_both_lists_have_room()
    {
        var page = await OpenAsync(sample.Tables);
        await page.Locator("summary").ClickAsync();

        foreach (var row in await page.Locator("[data-query=overlap] tbody tr").AllAsync())
        {
            Assert.InRange((await row.BoundingBoxAsync())!.Height, 10, 60);
        }
    }

    [Fact]
    public async Task Where_nothing_entered_or_left_the_top_fifty_that_is_said()
    {
        using var tables = new TestTables();
        var songs = string.Join(' ', Enumerable.Range(0, 60).Select(n => $"{(char)('\u4e00' + n)}1"));
        await tables.AddAsync(Tables.TopPlayed, "2026-11-15", songs);
        await tables.AddAsync(Tables.TopPlayed, "2026-11-22", $"{songs[..^2]}A1");

        var page = await OpenAsync(tables);
        await page.GetByRole(AriaRole.Tab, new() { Name = "New" }).ClickAsync();

        Assert.Equal(["New or back: none in the top 50", "Gone: none in the top 50"], await page.Locator("#new .note").AllInnerTextsAsync());
        Assert.Equal(0, await page.Locator("#new table").CountAsync());
    }

    [Fact]
    public async Task The_box_finds_songs_and_artists_whatever_their_accents()
    {
        var page = await OpenAsync(sample.Tables);
        var box = page.GetByRole(AriaRole.Searchbox);
        var rows = page.Locator("#list-1 .chart tbody tr:visible");

        await box.FillAsync("severin PAPER");
        Assert.Equal(1, await rows.CountAsync());
        Assert.Contains("Séverin & the Paper Kings", await rows.InnerTextAsync());
        Assert.Equal("1 found", await page.Locator(".find output").InnerTextAsync());

        await box.FillAsync("nobody at all");
        Assert.Equal(0, await rows.CountAsync());
        Assert.Equal("Not found here", await page.Locator(".find output").InnerTextAsync());

        await box.FillAsync("");
        Assert.Equal(50, await rows.CountAsync());
        Assert.Equal("", await page.Locator(".find output").TextContentAsync());
    }

    [Fact]
    public async Task Keys_move_between_the_tabs_and_an_address_opens_one()
    {
        var page = await OpenAsync(sample.Tables);

        await page.GetByRole(AriaRole.Tab).First.FocusAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        Assert.Equal(["list-2"], await Shown());
        await page.Keyboard.PressAsync("End");
        Assert.Equal(["artists"], await Shown());
        await page.Keyboard.PressAsync("ArrowRight");
        Assert.Equal(["list-1"], await Shown());
        await page.GotoAsync(page.Url.Split('#')[0] + "#new");
        await page.ReloadAsync();
        Assert.Equal(["new"], await Shown());
        Assert.Equal(0, await page.EvaluateAsync<int>("scrollY"));

        Task<string[]> Shown() => page.EvaluateAsync<string[]>("[...document.querySelectorAll('[role=tabpanel]')].filter(panel => panel.offsetHeight).map(panel => panel.id)");
    }

    [Fact]
    public async Task A_row_its_line_and_its_name_light_up_together()
    {
        var page = await OpenAsync(sample.Tables);
        Task<int> Lit(int song) => page.EvaluateAsync<int>($"document.querySelectorAll('#list-1 .on[data-song=\"{song}\"]').length - 10 * document.querySelectorAll('.on:not([data-song=\"{song}\"])').length");

        await page.Locator("#list-1 tbody tr").Nth(4).HoverAsync();
        Assert.Equal(3, await Lit(5));
        await page.Locator("#list-1 tbody a").Nth(6).FocusAsync();
        Assert.Equal(3, await Lit(7));
        var name = page.Locator("#list-1 .bump li").Nth(1);
        await name.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        Assert.Equal("true", await name.GetAttributeAsync("aria-pressed"));
        await page.Locator("h1").HoverAsync();
        await page.GetByRole(AriaRole.Searchbox).FocusAsync();
        Assert.Equal(3, await Lit(2));
        await name.ClickAsync();
        await page.Locator("h1").HoverAsync();
        await page.GetByRole(AriaRole.Searchbox).FocusAsync();
        Assert.Equal(0, await page.Locator(".on").CountAsync());
    }

    [Fact]
    public async Task Without_script_everything_is_there()
    {
        var file = await sample.PageAsync();
        var page = await browser.OpenAsync(file, hasScript: false);

        Assert.Equal(["Sample: most played", "Search: year:2025-2026", "New", "Artists"], await page.Locator("h2:visible").AllInnerTextsAsync());
        Assert.Equal(100, await page.Locator(".chart tbody tr:visible").CountAsync());
        Assert.Equal(2, await page.Locator(".ranks:visible").CountAsync());
        Assert.Equal(0, await page.Locator(".find:visible, [role=tab]").CountAsync());
    }

    [Fact]
    public async Task Paper_is_white_and_has_every_list_with_no_row_torn()
    {
        var page = await OpenAsync(sample.Tables, scheme: ColorScheme.Dark);
        await page.EmulateMediaAsync(new() { Media = Media.Print, ColorScheme = ColorScheme.Dark });

        Assert.False(await page.EvaluateAsync<bool>(IsDark));
        Assert.Empty(await page.EvaluateAsync<string[]>(Unreadable));
        Assert.Equal(100, await page.Locator(".chart tbody tr:visible").CountAsync());
        Assert.Equal(4, await page.Locator("h2:visible").CountAsync());
        Assert.True((await page.Locator("details tr").Last.BoundingBoxAsync())?.Height > 10);
        Assert.Equal(["avoid table-header-group"], await page.EvaluateAsync<string[]>(
            "[...new Set([...document.querySelectorAll('tbody tr')].map(row => getComputedStyle(row).breakInside + ' ' + getComputedStyle(row.closest('table').tHead).display))]"));
        Assert.True((await page.PdfAsync(new() { Format = "A4" })).Length > 10_000);
    }

    /// <summary>Names that try to end attributes, elements and directions.</summary>
    [Fact]
    public async Task No_name_gets_out_of_its_place()
    {
        using var tables = new TestTables();
        const string name = "</title></svg><img src=x onerror=alert(1)>\" ' & {{day}} \u202e\u001b[31m \uffff";
        await tables.AddAsync(Tables.TopPlayed, "2026-11-15", "A1");
        await tables.AddAsync(Tables.TopPlayed, "2026-11-22", "A1");
        var file = Directory.GetFiles(tables.Data.Raw, "*.csv", SearchOption.AllDirectories).Max()!;
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file, Cancelled)).Replace("Song A", $"\"{name.Replace("\"", "\"\"")}\""), Cancelled);
        await tables.RefineAsync(new(2026, 11, 22));

        var page = await OpenAsync(tables);

        Assert.Equal(0, await page.Locator("img").CountAsync());
        Assert.Equal(DisplayText.Clean(name), await page.Locator(".chart .track").First.TextContentAsync());
    }

    [Theory]
    [InlineData(320)]
    [InlineData(1280)]
    public async Task Long_and_foreign_names_keep_their_place(int width)
    {
        using var tables = new TestTables();
        string[] names = [new('W', 200), "한국어 노래 제목이 아주 길어요 ".PadRight(120, '가'), "أغنية طويلة جدا باللغة العربية", "歌", "שיר ארוך (feat. Somebody)", "🎵🎶"];
        foreach (var day in (string[])["2026-11-15", "2026-11-22"])
        {
            await tables.AddAsync(Tables.TopPlayed, day, "A1 B1 C1 D1 E1 F1", source: new('p', 150));
            var file = Directory.GetFiles(tables.Data.Raw, "*.csv", SearchOption.AllDirectories).Single(path => path.Contains(day, StringComparison.Ordinal));
            await File.WriteAllTextAsync(file, names.Select((name, i) => (name, $"Song {(char)('A' + i)}")).Aggregate(await File.ReadAllTextAsync(file, Cancelled), (text, name) => text.Replace(name.Item2, name.name)), Cancelled);
            await tables.RefineAsync(DateOnly.Parse(day));
        }

        var page = await OpenAsync(tables, width: width);

        Assert.Equal(names, await page.Locator(".chart .track").AllTextContentsAsync());
        Assert.Equal(width, await page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        Assert.Empty(await page.EvaluateAsync<string[]>(TooWide, width));
    }

    [Fact]
    public async Task Songs_of_several_playlists_share_a_rank_and_keep_names_of_their_own()
    {
        var page = await OpenAsync(weeks.Tables, new(2026, 11, 6));

        // A and D are first, F second and C third: lines lead to names in four places.
        Assert.Equal(["1", "1", "2", "3"], await page.Locator(".chart td.rank").AllInnerTextsAsync());
        Assert.Equal(["L100 13", "L100 39", "L100 65", "L100 91"], (await page.Locator(".ranks .song > svg:first-child > path:first-child").EvaluateAllAsync<string[]>(
            "paths => paths.map(path => path.getAttribute('d').match(/L100 .*$/)[0])")).Reverse());
    }

    /// <summary>Simulates the lack of each kind of cone (Machado, Oliveira and Fernandes 2009) and asks how far apart the three lines are.</summary>
    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Colour_blind_people_tell_the_three_lines_apart(ColorScheme scheme)
    {
        var page = await OpenAsync(sample.Tables, scheme: scheme);

        Assert.InRange(await page.EvaluateAsync<double>(LeastDistance), 20, 200);
        Assert.Equal(3, await page.EvaluateAsync<int>("new Set([...document.querySelectorAll('#list-1 [class*=first-] > svg:last-child path')].map(mark => mark.getAttribute('d'))).size"));
    }

    private async Task<IPage> OpenAsync(TestTables tables, DateOnly? week = null, int width = 1280, ColorScheme scheme = ColorScheme.Light) =>
        await browser.OpenAsync(tables == sample.Tables && week is null ? await sample.PageAsync() : await WriteAsync(tables, week), width, scheme);

    private static async Task<string> WriteAsync(TestTables tables, DateOnly? week)
    {
        var archive = new ReportArchive(tables.Data, tables.Reader);
        return week is { } day ? await archive.WriteAsync(day, Cancelled) : (await archive.UpdateAsync(null, 10, Cancelled)).Page;
    }

    private const string TooWide = """
        width => [...document.querySelectorAll('body *')]
          .filter(e => e.getClientRects().length && e.getBoundingClientRect().right > width + 1)
          .filter(e => { for (e = e.parentElement; e; e = e.parentElement) if (e !== document.documentElement && getComputedStyle(e).overflow === 'hidden') return false; return true; })
          .map(e => e.tagName + ': ' + e.textContent.slice(0, 40))
        """;

    private const string IsDark = """
        () => { const [r, g, b] = getComputedStyle(document.documentElement).backgroundColor.match(/\d+/g).map(Number); return r + g + b < 200; }
        """;

    /// <summary>Texts whose contrast with the page is under 4.5, as WCAG counts it.</summary>
    private const string Unreadable = """
        () => {
          const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
          const lights = {};
          const light = color => lights[color] ??= measure(color);
          const measure = color => {
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

    /// <summary>The least distance in CIELAB between two of the three colours, for protanopia, deuteranopia and tritanopia.</summary>
    private const string LeastDistance = """
        () => {
          const kinds = [
            [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
            [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
            [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
          ];
          const linear = color => color.match(/\d+/g).slice(0, 3).map(Number).map(c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
          const times = (matrix, vector) => matrix.map(row => row.reduce((sum, factor, i) => sum + factor * vector[i], 0));
          const lab = rgb => {
            const [x, y, z] = times([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]], rgb.map(c => Math.min(1, Math.max(0, c))))
              .map((value, i) => value / [0.9505, 1, 1.089][i]).map(value => value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116);
            return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
          };
          const colors = [1, 2, 3].map(i => linear(getComputedStyle(document.querySelector(`#list-1 .first-${i} path`)).stroke));
          return Math.min(...kinds.flatMap(kind => {
            const [a, b, c] = colors.map(color => lab(times(kind, color)));
            return [[a, b], [b, c], [a, c]].map(([one, other]) => Math.hypot(...one.map((value, i) => value - other[i])));
          }));
        }
        """;
}
