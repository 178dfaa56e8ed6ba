using PySpotify.Workflow.Local.Warehouse;

namespace PySpotify.Workflow.Report;

/// <summary>
/// Asks the named queries what a week's report shows. Of answers with a row for each song it holds what is shown and counts
/// the others.
/// </summary>
internal sealed class WeekReader(TableReader tables, DateOnly week, CancellationToken cancellationToken)
{
    private const int Top = 50, MostArtists = 20, MostOverlap = 10;

    private readonly Dictionary<(string? List, string Part), int> _counts = [];

    /// <exception cref="QueryException">There is no such snapshot.</exception>
    public async Task<WeekPage> ReadAsync()
    {
        var top = await AskAsync("top");
        var titles = (await ListTitle.ReadAsync(tables, week, cancellationToken)).Where(title => Of(top, title).Any()).ToList();
        var shown = top.Select(row => (row.Text("list"), row.Text("track_id"))).ToHashSet();

        var movers = await AskAsync("movers", row => row.Number("move") > 0
            ? row.Number("rank") <= Top && Next(row, "up") == 1
            : row.Number("rank_before") <= Top && Next(row, "down") == 1);
        var weeks = await AskAsync("weeks", row => shown.Contains((row.Text("list"), row.Text("track_id"))));
        var ranks = await AskAsync(NamedQuery.Get("popularity").Following(Top), row => RankHistory.Reaches(week, row));
        var news = await AskAsync("new-and-gone", row => row.Text("change") == "gone"
            ? Next(row, "gone") > 0 & row.Number("rank_before") <= Top
            : Next(row, "entered") > 0 & row.Number("rank") <= Top);
        var artists = await AskAsync("artists", row => Next(row, "artists") <= MostArtists);
        var health = new HealthSummary(week);
        var sources = await AskAsync("health", health.Add);
        var years = await AskAsync("years");
        var overlap = await AskAsync("overlap", _ => Next(null, "overlap") <= MostOverlap);

        return new(
            week.Iso(),
            Words.Day(week),
            [.. sources.Select(HealthSummary.NotRead).OfType<string>()],
            [.. titles.Select((title, i) => new ListRows(title, [.. Of(top, title)], [.. Of(movers, title)], [.. Of(weeks, title)], [.. Of(artists, title)]).ToSection(
                $"list-{i + 1}", RankHistory.Of(Of(ranks, title)), health.WeeksMissing(title.List)))],
            [.. titles.Where(title => Of(top, title).First().Text("compared_with") is not null).Select(title => News(title, [.. Of(news, title)]))],
            [.. titles.Select(title => ArtistsOf(title, [.. Of(artists, title)]))],
            new(
                [.. titles.Select(title => health.Tell(title))],
                HealthSummary.Sources(sources),
                [.. titles.Select(title => title.Title)],
                Decades(years, titles),
                titles.Count < 2 ? null : $"{Words.Count(_counts.GetValueOrDefault((null, "overlap")), "song")} on both lists",
                [.. overlap.Select(row => new OverlapRow(SongOf(row), row.Number("rank_played")!.Value, row.Number("rank_popular")!.Value))]));
    }

    /// <summary>The song of a row, with its page on Spotify.</summary>
    public static SongTitle SongOf(Answer.Row row) =>
        new(row.Text("track")!, row.Text("artist"), $"https://open.spotify.com/track/{Uri.EscapeDataString(row.Text("track_id")!)}");

    private NewsSection News(ListTitle title, IReadOnlyList<Answer.Row> rows)
    {
        var all = rows.Select(row => new NewsRow(
            row.Number("rank") ?? row.Number("rank_before")!.Value, row.Text("change")!, SongOf(row))).ToList();
        List<NewsRow> entered = [.. all.Where(row => row.Change != "gone")], gone = [.. all.Where(row => row.Change == "gone")];
        return new(title.List, title.Title, News(entered, "entered"), entered, News(gone, "gone"), gone);

        string News(List<NewsRow> shown, string part) => shown.Count == 0 ? $"none in the top {Top}" : Shown(shown.Count, title, part);
    }

    private ArtistSection ArtistsOf(ListTitle title, IReadOnlyList<Answer.Row> rows) => new(
        title.List,
        title.Title,
        Shown(rows.Count, title, "artists"),
        title.HasPopularity,
        [.. rows.Select(row => new ArtistRow(row.Text("artist")!, row.Number("songs")!.Value, row.Number("best_rank")!.Value, row.Number("popularity")))]);

    private static List<Decade> Decades(Answer years, IReadOnlyList<ListTitle> titles) =>
    [
        .. years.GroupBy(row => row.Text("year") is { } year ? $"{year[..3]}0s" : "unknown")
            .OrderByDescending(decade => char.IsDigit(decade.Key[0])).ThenByDescending(decade => decade.Key, StringComparer.Ordinal)
            .Select(decade => new Decade(decade.Key, [.. titles.Select(title => decade.Where(row => row.Text("list") == title.List).Sum(row => row.Number("songs")!.Value))])),
    ];

    private string Shown(int shown, ListTitle title, string part)
    {
        var all = _counts.GetValueOrDefault((title.List, part));
        return all > shown ? $"{shown} of {all:N0}" : $"{all:N0}";
    }

    private Task<Answer> AskAsync(string query) => AskAsync(query, _ => true);

    private Task<Answer> AskAsync(string query, Func<Answer.Row, bool> keep) => AskAsync(NamedQuery.Get(query), keep);

    private Task<Answer> AskAsync(NamedQuery query, Func<Answer.Row, bool> keep) => query.AskAsync(tables, week, null, keep, cancellationToken);

    /// <summary>Counts a row.</summary>
    private int Next(Answer.Row? row, string part)
    {
        var key = (row?.Text("list"), part);
        return _counts[key] = _counts.GetValueOrDefault(key) + 1;
    }

    private static IEnumerable<Answer.Row> Of(Answer answer, ListTitle title) => answer.Where(row => row.Text("list") == title.List);
}
