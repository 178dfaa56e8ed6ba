using System.Globalization;
using PySpotify.Workflow.Local.Warehouse;
using Spectre.Console;

namespace PySpotify.Workflow.Cli;

/// <summary>Draws a named query's rows on a terminal: a titled block a list.</summary>
internal static class QueryBlocks
{
    private const int Top = 50;

    private const string List = "list", SnapshotDate = "snapshot_date", ComparedWith = "compared_with", DaysBetween = "days_between";

    /// <summary>Which song or source a row is about: these columns stay, however narrow the terminal is.</summary>
    private static readonly string[] Kept = ["track", "artist", "name"];

    /// <summary>Columns that are left out where Spotify gave no popularity.</summary>
    private static readonly string[] Popularity = ["track_pop", "popularity", "place_by_popularity"];

    /// <summary>What people look for first, where the query has another order. The columns behind them give way before them.</summary>
    private static readonly Dictionary<string, string[]> FirstColumns = new()
    {
        ["top"] = ["rank", "move", "track", "artist", "rank_before", "peak", "weeks"],
        ["new-and-gone"] = ["change", "rank", "rank_before", "track", "artist"],
        ["weeks"] = ["weeks", "current_streak", "longest_streak", "peak", "track", "artist"],
        ["popularity"] = ["track", "artist", SnapshotDate, "rank", "track_pop"],
        ["health"] = [SnapshotDate, "name", "row_count", "rows_before", "quarantined", "warnings"],
    };

    private static readonly Dictionary<string, string> Headings = new()
    {
        ["rank_before"] = "last",
        ["track_pop"] = "popularity",
        ["current_streak"] = "streak",
        ["longest_streak"] = "longest",
        ["row_count"] = "rows",
        ["album_nm"] = "album",
        ["album_dt"] = "released",
        [SnapshotDate] = "snapshot",
    };

    /// <summary>Draws the blocks, the first rows of each.</summary>
    /// <param name="console">A terminal.</param>
    /// <param name="query">The query.</param>
    /// <param name="answer">Its rows.</param>
    /// <param name="titles">What the lists that were asked for are called.</param>
    /// <param name="hasEmpty">Whether a list without rows has a block, too.</param>
    /// <param name="limit">Rows a block; null is as many as people look at.</param>
    public static void Draw(IAnsiConsole console, NamedQuery query, Answer answer, IReadOnlyList<ListTitle> titles, bool hasEmpty, int? limit)
    {
        var blocks = answer.ToLookup(row => query.HasLists ? row.Text(List)! : "");
        var lists = (query.HasLists ? hasEmpty ? titles.Select(title => title.List) : [] : [""]).Union(blocks.Select(block => block.Key)).ToList();
        HashSet<string> leftOut = [];
        var isCut = false;
        foreach (var list in lists)
        {
            var title = titles.FirstOrDefault(title => title.List == list);
            List<Answer.Row> rows = [.. blocks[list]];
            console.WriteText();
            console.WriteText(DisplayText.Clean(title?.Title ?? (list is "" ? query.Question : list)));
            if ((rows is [] ? title?.Snapshot : Dates(answer.Columns, rows)) is { } dates)
            {
                console.WriteText(query.Name == "top" && title?.Order is { } order ? $"{dates}; {order}" : dates);
            }

            var most = limit ?? Usual(query, rows);
            if (rows is [])
            {
                console.WriteText("0 rows.");
            }
            else if (most == 0)
            {
                console.WriteText($"None in the top {Top}.");
            }
            else
            {
                leftOut.UnionWith(Draw(console, query, answer.Columns, rows, most));
            }

            isCut |= most < rows.Count;
        }

        if (leftOut.Count > 0)
        {
            console.WriteLine($"Columns that did not fit: {string.Join(", ", leftOut)}. --format csv writes them all.");
        }

        if (lists is [])
        {
            console.WriteText("0 rows.");
        }

        if (isCut)
        {
            console.WriteText(string.Create(CultureInfo.InvariantCulture, $"--limit {blocks.Max(block => block.Count())} shows all rows."));
        }
    }

    /// <summary>Of moves, entries and exits, those that touch the top, which come first; of other rows, a screen's worth.</summary>
    private static int Usual(NamedQuery query, List<Answer.Row> rows) => query.Name is "movers" or "new-and-gone"
        ? rows.Count(row => row.Number("rank") <= Top || row.Number("rank_before") <= Top)
        : SqlCommand.MaxRows;

    private static IReadOnlyList<string> Draw(IAnsiConsole console, NamedQuery query, IReadOnlyList<string> columns, List<Answer.Row> rows, int limit)
    {
        var first = FirstColumns.GetValueOrDefault(query.Name) ?? [];
        var duplicateColumn = columns.Contains("move") && columns.Contains("change") ? "change" : null;
        List<string> shown =
        [
            .. first.Concat(columns.Except(first)).Except([List, ComparedWith, DaysBetween])
                .Where(column => column != duplicateColumn && (column != SnapshotDate || !IsOne(rows)))
                .Where(column => !Popularity.Contains(column) || rows.Any(row => row[column] is not null)),
        ];
        return ResultTable.Draw(
            console,
            [.. shown.Select(column => Headings.GetValueOrDefault(column) ?? column.Replace('_', ' '))],
            [.. rows.Select(row => shown.Select(column => column is "move" or "change" ? MoveCell.Of(row, console) : row[column]).ToArray())],
            limit,
            kept: [.. shown.Select(column => Kept.Contains(column))]);
    }

    /// <summary>A block's snapshot and what it is compared with, where its rows are all of one.</summary>
    private static string? Dates(IReadOnlyList<string> columns, List<Answer.Row> rows)
    {
        if (!columns.Contains(SnapshotDate) || !IsOne(rows))
        {
            return null;
        }

        var date = rows[0].Text(SnapshotDate);
        return !columns.Contains(ComparedWith) ? date
            : rows[0].Text(ComparedWith) is not { } before ? $"{date}, the first snapshot"
            : columns.Contains(DaysBetween) && rows[0].Number(DaysBetween) is not 7 and var days ? $"{date}, compared with {before}, {Words.Count(days ?? 0, "day")} before"
            : $"{date}, compared with {before}";
    }

    private static bool IsOne(List<Answer.Row> rows) => rows.All(row => row.Text(SnapshotDate) == rows[0].Text(SnapshotDate));
}
