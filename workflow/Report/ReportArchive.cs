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

    /// <summary>Writes a week's page, the pages beside it, which link to it, and those of weeks that have none yet.</summary>
    /// <param name="week">The week; null is the newest.</param>
    /// <param name="mostMissing">How many of the weeks without a page get one, the newest first.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The week's page, and how many weeks have none still.</returns>
    /// <exception cref="QueryException">There is no such snapshot.</exception>
    public async Task<(string Page, int Missing)> UpdateAsync(DateOnly? week, int mostMissing, CancellationToken cancellationToken)
    {
        var snapshots = await ReadSnapshotsAsync(cancellationToken);
        var at = week is { } day ? snapshots.IndexOf(day.Iso()) : snapshots.Count - 1;
        if (at < 0)
        {
            return (await WriteAsync(week!.Value, cancellationToken), 0);
        }

        var template = ReadTemplate("report.html");
        var missing = snapshots.Where((date, i) => Math.Abs(i - at) > 1 && !File.Exists(PathOf(date))).ToList();
        var pages = snapshots.Where((_, i) => Math.Abs(i - at) <= 1).Concat(missing.TakeLast(mostMissing)).ToHashSet();
        foreach (var date in pages)
        {
            await WritePageAsync(template, date, snapshots, pages, cancellationToken);
        }

        // Until November 2026 there was this one page, which nobody would renew.
        File.Delete(Path.Combine(data.Root, "report.html"));
        await WriteIndexAsync(snapshots, cancellationToken);
        return (PathOf(snapshots[at]), Math.Max(0, missing.Count - mostMissing));
    }

    /// <summary>Writes a week's page and no other.</summary>
    /// <param name="week">The week.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The page.</returns>
    /// <exception cref="QueryException">There is no such snapshot.</exception>
    public async Task<string> WriteAsync(DateOnly week, CancellationToken cancellationToken)
    {
        var snapshots = await ReadSnapshotsAsync(cancellationToken);
        await WritePageAsync(ReadTemplate("report.html"), week.Iso(), snapshots, [], cancellationToken);
        await WriteIndexAsync(snapshots, cancellationToken);
        return PathOf(week.Iso());
    }

    private async Task WritePageAsync(
        Template template, string date, List<string> snapshots, HashSet<string> beingWritten, CancellationToken cancellationToken)
    {
        var at = snapshots.IndexOf(date);
        var page = await new WeekReader(tables, Days.Parse(date), cancellationToken).ReadAsync();
        Write(date, template, JsonSerializer.SerializeToElement(
            page with
            {
                IsSample = data.IsSample,
                Before = snapshots.Take(at).Where(IsThere).Select(Link).LastOrDefault(),
                After = snapshots.Skip(at + 1).Where(IsThere).Select(Link).FirstOrDefault(),
            },
            PageJson.Default.WeekPage));

        bool IsThere(string other) => beingWritten.Contains(other) || File.Exists(PathOf(other));
        static WeekLink Link(string other) => new(other, Words.ShortDay(Days.Parse(other)));
    }

    /// <summary>Lists the weeks that have a page, the newest first, with the songs that lead them.</summary>
    private async Task WriteIndexAsync(List<string> snapshots, CancellationToken cancellationToken)
    {
        var titles = await ListTitle.ReadAsync(tables, null, cancellationToken);
        var (columns, rows) = await tables.QueryAsync(
            "SELECT list, snapshot_date, track, artist, track_id FROM charts WHERE rank = 1 ORDER BY snapshot_date, track_id", cancellationToken);
        var leaders = new Answer(columns, rows).GroupBy(row => (row.Text("list"), row.Text("snapshot_date")))
            .ToDictionary(week => week.Key, week => WeekReader.SongOf(week.First()));
        Write(Path.GetFileNameWithoutExtension(IndexFile), ReadTemplate(IndexFile), JsonSerializer.SerializeToElement(
            new IndexPage(
                data.IsSample,
                [.. titles.Select(title => title.Title)],
                [
                    .. snapshots.Where(date => File.Exists(PathOf(date))).Reverse().Select(date => new IndexRow(
                        date, Words.Day(Days.Parse(date)), [.. titles.Select(title => leaders.GetValueOrDefault((title.List, date)))])),
                ]),
            PageJson.Default.IndexPage));
    }

    private void Write(string name, Template template, JsonElement page) =>
        AtomicFile.Write(PathOf(name), Encoding.UTF8.GetBytes(template.Render(page, JsonSerializer.SerializeToElement(_assets, PageJson.Default.Assets))));

    private async Task<List<string>> ReadSnapshotsAsync(CancellationToken cancellationToken) =>
        await NamedQuery.ReadSnapshotsAsync(tables, cancellationToken) is { Count: > 0 } snapshots
            ? [.. snapshots]
            : throw new QueryException("There is no snapshot yet; `pyspotify run` makes one.");

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
