using System.Text.RegularExpressions;
using PySpotify.Functions;

namespace PySpotify.Workflow.Local.Warehouse;

/// <summary>What a list of a snapshot is called: after what was read.</summary>
/// <param name="List">Its name in the tables: one of <see cref="Lists"/>.</param>
/// <param name="Title">Such as <c>Your top tracks, last 4 weeks</c> or <c>Search: year:2025-2026</c>.</param>
/// <param name="Snapshot">The snapshot's day.</param>
/// <param name="HasPopularity">Whether one of its songs has a popularity. Where none has, nothing may be called popular.</param>
internal sealed partial record ListTitle(string List, string Title, string Snapshot, bool HasPopularity)
{
    private const string Sql = """
        SELECT
            sources.list, kind, name, source, snapshot_date,
            (SELECT count(track_pop) FROM charts WHERE charts.list = sources.list AND charts.snapshot_date = sources.snapshot_date) AS rated
        FROM sources
        WHERE rows > 0 AND snapshot_date = (SELECT max(snapshot_date) FROM sources AS other WHERE rows > 0 AND {0})
        ORDER BY sources.list DESC, kind, coalesce(name, source)
        """;

    /// <summary>What the ranks go by, for a sentence or a heading; null where it goes without saying.</summary>
    public string? Order => (List, HasPopularity) switch
    {
        (Lists.Popular, true) => "most popular first",
        (Lists.Popular, false) => "in Spotify's own order, since it gave no popularity",
        _ => null,
    };

    /// <summary>What a source is called.</summary>
    /// <param name="source">The source.</param>
    /// <param name="name">A playlist's name; null where it is not known.</param>
    public static string Of(Source source, string? name) => source.Kind switch
    {
        Source.Search => $"Search: {source.Id}",
        Source.TopTracks => Source.TopTracksNames[source.Id],
        _ => name ?? $"Playlist {source.Id}",
    };

    /// <summary>The lists of a snapshot.</summary>
    /// <param name="tables">The tables.</param>
    /// <param name="week">The snapshot; null is the newest.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public static Task<IReadOnlyList<ListTitle>> ReadAsync(TableReader tables, DateOnly? week, CancellationToken cancellationToken) =>
        ReadWhereAsync(tables, $"snapshot_date <= '{week?.Iso() ?? "latest"}'", cancellationToken);

    /// <summary>All lists that ever were, as each was last called.</summary>
    public static Task<IReadOnlyList<ListTitle>> ReadAllAsync(TableReader tables, CancellationToken cancellationToken) =>
        ReadWhereAsync(tables, "other.list = sources.list", cancellationToken);

    private static async Task<IReadOnlyList<ListTitle>> ReadWhereAsync(TableReader tables, string snapshots, CancellationToken cancellationToken)
    {
        var (columns, rows) = await tables.QueryAsync(Sql.Replace("{0}", snapshots, StringComparison.Ordinal), cancellationToken);
        return
        [
            .. new Answer(columns, rows).GroupBy(row => row.Text("list")!)
                .Select(list => new ListTitle(list.Key, TitleOf(list.Key, [.. list]), list.First().Text("snapshot_date")!, list.First().Number("rated") > 0)),
        ];
    }

    private static string TitleOf(string list, IReadOnlyList<Answer.Row> sources)
    {
        var names = sources.Select(NameOf).ToList();
        var joined = names switch
        {
            [var one] => one,
            [var one, var other] => $"{one} and {other}",
            _ => $"{names[0]}, {names[1]} and {names.Count - 2} more",
        };
        return list != Lists.Popular ? joined : names.Count == 1 ? $"Search: {joined}" : $"Searches: {joined}";
    }

    // Snapshots from before November 2026 have their files' names alone, which for a search end in a hash.
    private static string NameOf(Answer.Row source) => source.Text("name")
        ?? (source.Text("list") == Lists.Popular ? Hash().Replace(source.Text("source")!, "") : $"Playlist {source.Text("source")}");

    [GeneratedRegex("-[0-9a-f]{12}$")]
    private static partial Regex Hash();
}
