using System.Text.Json;
using PySpotify.Functions;
using PySpotify.Functions.Rows;
using PySpotify.Workflow.Local.Warehouse;
using PySpotify.Workflow.Report;

namespace PySpotify.Workflow.Tests;

/// <summary>The folder of reports, and what goes into a page.</summary>
[Collection(nameof(Browser))]
public sealed class ReportArchiveTests(Browser browser)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_week_has_a_page_that_links_to_those_beside_it()
    {
        using var tables = await ThreeWeeksAsync();
        var archive = new ReportArchive(tables.Data, tables.Reader);

        var (newest, missing) = await archive.UpdateAsync(null, 1, Cancelled);

        Assert.Equal(0, missing);
        Assert.Equal("2026-11-22.html", Path.GetFileName(newest));
        Assert.Equal(["2026-11-08.html", "2026-11-15.html", "2026-11-22.html", "index.html"], Pages(tables));
        var page = await browser.OpenAsync(newest);
        await page.Locator("[rel=prev]").ClickAsync();
        Assert.Equal("Week of 15 November 2026", await page.Locator("h1").InnerTextAsync());
        await page.Locator("[rel=prev]").ClickAsync();
        Assert.Equal("Week of 8 November 2026", await page.Locator("h1").InnerTextAsync());
        Assert.Equal(0, await page.Locator("[rel=prev]").CountAsync());
        await page.Locator("[rel=next]").ClickAsync();
        await page.GetByText("All weeks").ClickAsync();
        Assert.Equal(["22 November 2026", "15 November 2026", "8 November 2026"], await page.Locator("tbody .day").AllInnerTextsAsync());
        Assert.Equal(["Song C Artist Z", "Song B Artist Y", "Song A Artist X"], await page.Locator("tbody td").AllInnerTextsAsync());
        await page.GetByText("22 November").ClickAsync();
        Assert.Equal("Week of 22 November 2026", await page.Locator("h1").InnerTextAsync());
    }

    [Fact]
    public async Task The_page_of_one_week_leaves_the_others_as_they_are()
    {
        using var tables = await ThreeWeeksAsync();
        var archive = new ReportArchive(tables.Data, tables.Reader);

        var alone = await archive.WriteAsync(new(2026, 11, 8), Cancelled);
        Assert.Equal(["2026-11-08.html", "index.html"], Pages(tables));
        Assert.DoesNotContain("rel=\"next\"", await File.ReadAllTextAsync(alone, Cancelled), StringComparison.Ordinal);

        await File.WriteAllTextAsync(Path.Combine(tables.Data.Reports, "2026-11-22.html"), "another's", Cancelled);
        await archive.WriteAsync(new(2026, 11, 15), Cancelled);
        Assert.Equal("another's", await File.ReadAllTextAsync(Path.Combine(tables.Data.Reports, "2026-11-22.html"), Cancelled));
        Assert.DoesNotContain("rel=\"next\"", await File.ReadAllTextAsync(alone, Cancelled), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_week_renews_the_page_before_it_and_no_older_one()
    {
        using var tables = await ThreeWeeksAsync();
        var archive = new ReportArchive(tables.Data, tables.Reader);
        await archive.UpdateAsync(null, 10, Cancelled);
        await MarkOldAsync(tables);

        await tables.AddAsync(Tables.TopPlayed, "2026-11-29", "D1");
        await archive.UpdateAsync(null, 10, Cancelled);

        Assert.Equal(["2026-11-08.html", "2026-11-15.html"], Old(tables));
        Assert.Contains("rel=\"next\" href=\"2026-11-29.html\"", await File.ReadAllTextAsync(Path.Combine(tables.Data.Reports, "2026-11-22.html"), Cancelled), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_week_that_is_filled_in_renews_all_pages_after_it_and_none_before()
    {
        using var tables = await ThreeWeeksAsync();
        await tables.AddAsync(Tables.TopPlayed, "2026-10-25", "A1 B1 C1");
        await tables.AddAsync(Tables.TopPlayed, "2026-10-18", "A1 B1 C1");
        var archive = new ReportArchive(tables.Data, tables.Reader);
        await archive.UpdateAsync(null, 10, Cancelled);
        await MarkOldAsync(tables);

        await tables.AddAsync(Tables.TopPlayed, "2026-11-01", "B1 A1");
        var (_, outdated) = await archive.UpdateAsync(new(2026, 11, 1), 1, Cancelled);
        Assert.Equal(1, outdated);
        Assert.Equal(["2026-10-18.html", "2026-11-15.html"], Old(tables));

        (_, outdated) = await archive.UpdateAsync(null, 10, Cancelled);
        Assert.Equal(0, outdated);
        Assert.Equal(["2026-10-18.html"], Old(tables));
        var page = await browser.OpenAsync(Path.Combine(tables.Data.Reports, "2026-11-15.html"));
        // B, which leads, has been there in each of the five weeks up to that day.
        Assert.Equal("5", await page.Locator("#list-1 tbody tr").First.Locator("td.weeks").InnerTextAsync());
    }

    [Fact]
    public async Task A_snapshot_with_other_songs_or_sources_renews_its_page_and_those_after_it()
    {
        using var tables = await ThreeWeeksAsync();
        var archive = new ReportArchive(tables.Data, tables.Reader);
        await archive.UpdateAsync(null, 10, Cancelled);
        await MarkOldAsync(tables);

        await archive.UpdateAsync(null, 10, Cancelled);
        Assert.Equal(["2026-11-08.html", "2026-11-15.html"], Old(tables));

        await tables.AddAsync(Tables.TopPlayed, "2026-11-15", "A1 B1 C1");
        await archive.UpdateAsync(null, 10, Cancelled);
        Assert.Equal(["2026-11-08.html"], Old(tables));

        await MarkOldAsync(tables);
        await tables.AddAsync(Tables.TopPlayed, "2026-11-15", "A1 B1 C1", refused: ["no artist"]);
        await archive.UpdateAsync(null, 10, Cancelled);
        Assert.Equal(["2026-11-08.html"], Old(tables));
    }

    [Fact]
    public async Task A_snapshot_that_is_gone_takes_its_page_and_every_link_to_it()
    {
        using var tables = await ThreeWeeksAsync();
        await new ReportArchive(tables.Data, tables.Reader).UpdateAsync(null, 10, Cancelled);
        await File.WriteAllTextAsync(Path.Combine(tables.Data.Reports, "my notes.html"), "mine", Cancelled);
        Directory.Delete(Path.Combine(tables.Data.Raw, Keys.Partition(Tables.TopPlayed, new(2026, 11, 15))), recursive: true);

        await using var pyspotify = new Pyspotify { Data = tables.Data.Root };
        (await pyspotify.RunAsync("refine")).Succeeded();

        Assert.Equal(["2026-11-08.html", "2026-11-22.html", "index.html", "my notes.html"], Pages(tables));
        Assert.All(Pages(tables), name => Assert.DoesNotContain("2026-11-15", File.ReadAllText(Path.Combine(tables.Data.Reports, name)), StringComparison.Ordinal));
    }

    /// <summary>An app's only playlist can be gone for a week, and every week after that has its report all the same.</summary>
    [Theory]
    [InlineData("2026-11-08")]
    [InlineData("2026-11-15")]
    [InlineData("2026-11-22")]
    public async Task A_list_that_a_week_lacks_leaves_its_place_empty(string lacking)
    {
        using var tables = new TestTables();
        foreach (var day in (string[])["2026-11-08", "2026-11-15", "2026-11-22"])
        {
            await tables.AddAsync(Tables.Popular, day, "A1 B1", source: "year");
            if (day != lacking)
            {
                await tables.AddAsync(Tables.TopPlayed, day, "C1 D1", source: "pl");
            }
        }

        await new ReportArchive(tables.Data, tables.Reader).UpdateAsync(null, 10, Cancelled);

        var index = await browser.OpenAsync(Path.Combine(tables.Data.Reports, "index.html"));
        Assert.Equal(["Week of", "Number one, Playlist pl", "Number one, Search: year"], await index.Locator("thead th").AllInnerTextsAsync());
        foreach (var row in await index.Locator("tbody tr").AllAsync())
        {
            var isLacking = await row.Locator("a").First.GetAttributeAsync("href") == $"{lacking}.html";
            Assert.Equal(isLacking ? ["not read", "Song A"] : ["Song C", "Song A"], await row.Locator("td .track, td .hidden").AllTextContentsAsync());
        }

        var page = await browser.OpenAsync(Path.Combine(tables.Data.Reports, $"{lacking}.html"));
        Assert.Equal("Search: year", await page.Locator(".tabs a").First.InnerTextAsync());
        Assert.Equal(1, await page.Locator("[data-query=top]").CountAsync());
        Assert.Equal(0, await page.Locator("[data-query=overlap]").CountAsync());
    }

    [Fact]
    public async Task Of_many_weeks_without_a_page_the_newest_get_one_and_the_rest_are_counted()
    {
        using var tables = await ThreeWeeksAsync();
        await tables.AddAsync(Tables.TopPlayed, "2026-11-01", "A1");
        await tables.AddAsync(Tables.TopPlayed, "2026-10-25", "A1");

        var (_, missing) = await new ReportArchive(tables.Data, tables.Reader).UpdateAsync(null, 1, Cancelled);

        Assert.Equal(2, missing);
        Assert.Equal(["2026-11-08.html", "2026-11-15.html", "2026-11-22.html", "index.html"], Pages(tables));
    }

    [Fact]
    public async Task The_one_report_of_before_goes_when_its_successor_is_there()
    {
        using var tables = await ThreeWeeksAsync();
        var old = Path.Combine(tables.Data.Root, "report.html");
        await File.WriteAllTextAsync(old, "last week's", Cancelled);

        await new ReportArchive(tables.Data, tables.Reader).UpdateAsync(null, 10, Cancelled);

        Assert.False(File.Exists(old));
    }

    [Fact]
    public async Task Without_a_snapshot_there_is_no_page()
    {
        using var tables = await ThreeWeeksAsync();
        var archive = new ReportArchive(tables.Data, tables.Reader);

        var error = await Assert.ThrowsAsync<QueryException>(() => archive.WriteAsync(new(2026, 11, 9), Cancelled));
        Assert.StartsWith("There is no snapshot of 2026-11-09. The nearest: 2026-11-08", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(tables.Data.Reports));

        using var empty = new TestTables();
        await Assert.ThrowsAsync<QueryException>(() => new ReportArchive(empty.Data, empty.Reader).UpdateAsync(null, 10, Cancelled));
        Assert.False(Directory.Exists(empty.Data.Reports));
    }

    [Fact]
    public async Task The_command_writes_one_week_or_the_newest_and_opens_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "xdg-open is Linux's.");
        await using var pyspotify = new Pyspotify();
        (await pyspotify.RunAsync()).Succeeded();
        var bin = Directory.CreateDirectory(Path.Combine(pyspotify.Home, "bin"));
        var opened = Path.Combine(pyspotify.Home, "opened");
        await File.WriteAllTextAsync(Path.Combine(bin.FullName, "xdg-open"), $"#!/bin/sh\necho \"$1\" > '{opened}.part'\nmv '{opened}.part' '{opened}'\n", Cancelled);
        Pyspotify.ChangeMode(Path.Combine(bin.FullName, "xdg-open"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        pyspotify.Environment["PATH"] = $"{bin.FullName}:{Environment.GetEnvironmentVariable("PATH")}";

        var pages = Directory.GetFiles(Path.Combine(pyspotify.Data, "reports"), "2*.html").Order(StringComparer.Ordinal).ToList();
        Assert.Equal(3, pages.Count);
        var report = await pyspotify.RunProcessAsync("report", "--week", Path.GetFileNameWithoutExtension(pages[0]), "--open");

        Assert.Equal(pages[0], report.Succeeded().Output.Trim());
        Assert.True(SpinWait.SpinUntil(() => File.Exists(opened), TimeSpan.FromSeconds(30)));
        Assert.Equal(new Uri(pages[0]).AbsoluteUri, (await File.ReadAllTextAsync(opened, Cancelled)).Trim());
    }

    [Theory]
    [InlineData("{{name}} {{{name}}}", "&lt;b&gt; <b>")]
    [InlineData("{{#items}}{{n}}{{^isLast}}, {{/isLast}}{{/items}}", "1,000, 2")]
    [InlineData("{{#words}}[{{.}}]{{/words}}{{#none}}x{{/none}}{{^none}}none{{/none}}{{^no}}!{{/no}}", "[a][b]none!")]
    [InlineData("{{#item}}{{name}} of {{common}}{{/item}}", "inner of all")]
    [InlineData("<p>\n    a\n  </p>", "<p>\na\n</p>")]
    public void A_template_takes_its_data(string template, string page) => Assert.Equal(page, Render(template));

    [Theory]
    [InlineData("{{nome}}", "the data has no 'nome'")]
    [InlineData("{{#items}}", "'items' does not end")]
    [InlineData("{{#items}}{{/words}}", "'words' ends where 'items' is open")]
    [InlineData("{{/words}}", "'words' ends where '' is open")]
    public void A_template_with_a_mistake_says_where(string template, string problem) =>
        Assert.Contains(problem, Assert.Throws<FormatException>(() => Render(template)).Message, StringComparison.Ordinal);

    private static async Task MarkOldAsync(TestTables tables)
    {
        foreach (var page in Directory.GetFiles(tables.Data.Reports))
        {
            await File.WriteAllTextAsync(page, (await File.ReadAllTextAsync(page, Cancelled)).Replace("</html>", "</html><!-- old -->", StringComparison.Ordinal), Cancelled);
        }
    }

    private static IEnumerable<string> Old(TestTables tables) =>
        Pages(tables).Where(page => File.ReadAllText(Path.Combine(tables.Data.Reports, page)).EndsWith("<!-- old -->\n", StringComparison.Ordinal));

    private static string Render(string template) => new Template("t.html", template).Render(
        JsonElement.Parse("""{"name":"<b>","items":[{"n":1000,"isLast":false},{"n":2,"isLast":true}],"words":["a","b"],"none":null,"no":false,"item":{"name":"inner"}}"""),
        JsonElement.Parse("""{"common":"all"}"""));

    private static async Task<TestTables> ThreeWeeksAsync()
    {
        var tables = new TestTables();
        await tables.AddAsync(Tables.TopPlayed, "2026-11-08", "A1 B1 C1");
        await tables.AddAsync(Tables.TopPlayed, "2026-11-15", "B1 A1 C1");
        await tables.AddAsync(Tables.TopPlayed, "2026-11-22", "C1 A1");
        return tables;
    }

    private static IEnumerable<string> Pages(TestTables tables) => Directory.GetFiles(tables.Data.Reports).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);
}
