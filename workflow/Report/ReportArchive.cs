using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using PySpotify.Functions;
using PySpotify.Workflow.Local;
using PySpotify.Workflow.Local.Warehouse;

namespace PySpotify.Workflow.Report;

/// <summary>
/// The folder of reports: a page for each week and one that lists them, each a file that needs nothing else, linked by plain links.
/// </summary>
internal sealed class ReportArchive(DataFolder data, TableReader tables)
{
    private const string IndexFile = "index.html";

    private readonly Assets _assets = ReadAssets();

    /// <summary>
    /// Brings the folder up to date: writes a week's page, and those of other weeks that are missing or were made from other data, and
    /// removes those of snapshots that are gone.
    /// </summary>
    /// <param name="week">The week; null is the newest.</param>
    /// <param name="mostOthers">How many of the other weeks' pages are written, the newest first. Those beside the week's always are.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>The week's page, and how many pages are still missing or out of date.</returns>
    /// <exception cref="QueryException">There is no such snapshot.</exception>
    public async Task<(string Page, int Outdated)> UpdateAsync(DateOnly? week, int mostOthers, CancellationToken cancellationToken)
    {
        var marks = await ReadMarksAsync(cancellationToken);
        var shown = week?.Iso() ?? marks.Dates[^1];
        var at = marks.Dates.IndexOf(shown);
        if (at < 0)
        {
            return (await WriteAsync(week!.Value, cancellationToken), 0);
        }

        RemoveOthers(marks);
        List<string> missing = [.. marks.Dates.Where((date, i) => Math.Abs(i - at) > 1 && !IsThere(date))];
        List<string> pages = [.. marks.Dates.Except(missing.SkipLast(mostOthers))];
        List<string> outdated = [.. pages.Where(date => PageMarks.In(PathOf(date)) != marks.Of(date, pages))];
        HashSet<string> written =
        [
            shown,
            .. outdated.Where(date => !IsThere(date) || Math.Abs(pages.IndexOf(date) - pages.IndexOf(shown)) == 1),
            .. outdated.TakeLast(mostOthers),
        ];
        var template = ReadTemplate("report.html");
        foreach (var date in written)
        {
            await WritePageAsync(template, date, marks, pages, cancellationToken);
        }

        // Until November 2026 there was this one page, which nobody would renew.
        File.Delete(Path.Combine(data.Root, "report.html"));
        await WriteIndexAsync(pages, cancellationToken);
        return (PathOf(shown), missing.Union(outdated).Count(date => !written.Contains(date)));
    }

    /// <summary>Brings the folder up to date, where there is one, after the tables have changed.</summary>
    /// <param name="mostOthers">How many pages besides the newest's are written.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public async Task RenewAsync(int mostOthers, CancellationToken cancellationToken)
    {
        if (Directory.Exists(data.Reports) && (await PageMarks.ReadAsync(tables, cancellationToken)).Dates is not [])
        {
            await UpdateAsync(null, mostOthers, cancellationToken);
        }
    }

    /// <summary>Writes a week's page and no other.</summary>
    /// <param name="week">The week.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>The page.</returns>
    /// <exception cref="QueryException">There is no such snapshot.</exception>
    public async Task<string> WriteAsync(DateOnly week, CancellationToken cancellationToken)
    {
        var marks = await ReadMarksAsync(cancellationToken);
        var shown = week.Iso();
        List<string> pages = [.. marks.Dates.Where(date => date == shown || IsThere(date))];
        await WritePageAsync(ReadTemplate("report.html"), shown, marks, pages, cancellationToken);
        await WriteIndexAsync(pages, cancellationToken);
        return PathOf(shown);
    }

    private async Task WritePageAsync(
        Template template, string date, PageMarks marks, List<string> pages, CancellationToken cancellationToken)
    {
        var page = await new WeekReader(tables, Days.Parse(date), cancellationToken).ReadAsync();
        var at = pages.IndexOf(date);
        Write(date, template, JsonSerializer.SerializeToElement(
            page with
            {
                IsSample = data.IsSample,
                Mark = marks.Of(date, pages),
                Before = at > 0 ? Link(pages[at - 1]) : null,
                After = at + 1 < pages.Count ? Link(pages[at + 1]) : null,
            },
            PageJson.Default.WeekPage));

        static WeekLink Link(string other) => new(other, Words.ShortDay(Days.Parse(other)));
    }

    /// <summary>Lists the weeks that have a page, the newest first, with the songs that lead them.</summary>
    private async Task WriteIndexAsync(List<string> pages, CancellationToken cancellationToken)
    {
        var titles = await ListTitle.ReadAllAsync(tables, cancellationToken);
        var (columns, rows) = await tables.QueryAsync(
            "SELECT list, snapshot_date, track, artist, track_id FROM charts WHERE rank = 1 ORDER BY snapshot_date, track_id", cancellationToken);
        var leaders = new Answer(columns, rows).GroupBy(row => (row.Text("list"), row.Text("snapshot_date")))
            .ToDictionary(week => week.Key, week => WeekReader.SongOf(week.First()));
        Write(Path.GetFileNameWithoutExtension(IndexFile), ReadTemplate(IndexFile), JsonSerializer.SerializeToElement(
            new IndexPage(
                data.IsSample,
                [.. titles.Select(title => title.Title)],
                [
                    .. pages.AsEnumerable().Reverse().Select(date => new IndexRow(
                        date, Words.Day(Days.Parse(date)), [.. titles.Select(title => new Leader(leaders.GetValueOrDefault((title.List, date))))])),
                ]),
            PageJson.Default.IndexPage));
    }

    private void RemoveOthers(PageMarks marks)
    {
        foreach (var path in Directory.Exists(data.Reports) ? Directory.GetFiles(data.Reports, "*.html") : [])
        {
            var name = Path.GetFileNameWithoutExtension(path);
            if (Days.TryParse(name, out _) && !marks.Dates.Contains(name))
            {
                File.Delete(path);
            }
        }
    }

    private void Write(string name, Template template, JsonElement page) =>
        AtomicFile.Write(PathOf(name), Encoding.UTF8.GetBytes(template.Render(page, JsonSerializer.SerializeToElement(_assets, PageJson.Default.Assets))));

    private async Task<PageMarks> ReadMarksAsync(CancellationToken cancellationToken) =>
        await PageMarks.ReadAsync(tables, cancellationToken) is { Dates: not [] } marks
            ? marks
            : throw new QueryException("There is no snapshot yet; `pyspotify run` makes one.");

    private bool IsThere(string date) => File.Exists(PathOf(date));

    private string PathOf(string name) => Path.Combine(data.Reports, $"{name}.html");

    private static Template ReadTemplate(string name) => new(name, ReadFile(name));

    private static Assets ReadAssets()
    {
        var (style, script) = (ReadFile("report.css"), ReadFile("report.js"));
        return new(style, Hash(style), script, Hash(script));

        static string Hash(string text) => $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";
    }

    private static string ReadFile(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Report", name)).ReplaceLineEndings("\n");
}
