using System.Globalization;
using Spectre.Console;

namespace PySpotify.Workflow.Cli;

/// <summary>Draws a named query's rows on a terminal: a titled block a list.</summary>
internal static class QueryBlocks
{
    private const string List = "list", SnapshotDate = "snapshot_date", ComparedWith = "compared_with", DaysBetween = "days_between";

    /// <summary>Which song or source a row is about: these columns stay, however narrow the terminal is.</summary>
    private static readonly string[] Kept = ["track", "artist", "name"];

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
    /// <param name="titles">What the lists are called.</param>
    /// <param name="limit">Rows a block.</param>
    public static void Draw(IAnsiConsole console, NamedQuery query, Answer answer, IReadOnlyList<ListTitle> titles, int limit)
    {
        var blocks = answer.GroupBy(row => answer.Columns.Contains(List) ? row.Text(List)! : "").ToList();
        IReadOnlyList<string> leftOut = [];
        foreach (var block in blocks)
        {
            List<Answer.Row> rows = [.. block];
            console.WriteText();
            console.WriteText(DisplayText.Clean(titles.FirstOrDefault(title => title.List == block.Key)?.Title ?? (block.Key is "" ? query.Question : block.Key)));
            if (Dates(answer.Columns, rows) is { } dates)
            {
                console.WriteText(dates);
            }

            leftOut = Draw(console, query, answer.Columns, rows, limit);
        }

        if (blocks is [])
        {
            console.WriteText("0 rows.");
        }

        if (leftOut is not [])
        {
            console.WriteLine($"Columns that did not fit: {string.Join(", ", leftOut)}. --format csv writes them all.");
        }

        if (blocks.Select(block => block.Count()).DefaultIfEmpty().Max() is var most && most > limit)
        {
            console.WriteText(string.Create(CultureInfo.InvariantCulture, $"--limit {most} shows all rows."));
        }
    }

    private static IReadOnlyList<string> Draw(IAnsiConsole console, NamedQuery query, IReadOnlyList<string> columns, List<Answer.Row> rows, int limit)
    {
        var first = FirstColumns.GetValueOrDefault(query.Name) ?? [];
        var told = columns.Contains("move") && columns.Contains("change") ? "change" : null;
        List<string> shown =
        [
            .. first.Concat(columns.Except(first)).Except([List, ComparedWith, DaysBetween]).Where(column => column != told && (column != SnapshotDate || !IsOne(rows))),
        ];
        return ResultTable.Draw(
            console,
            [.. shown.Select(column => Headings.GetValueOrDefault(column) ?? column.Replace('_', ' '))],
            [.. rows.Select(row => shown.Select(column => column is "move" or "change" ? Move.Of(row, console) : row[column]).ToArray())],
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
            : columns.Contains(DaysBetween) && rows[0].Number(DaysBetween) is not 7 and var days ? $"{date}, compared with {before}, {days} {(days == 1 ? "day" : "days")} before"
            : $"{date}, compared with {before}";
    }

    private static bool IsOne(List<Answer.Row> rows) => rows.All(row => row.Text(SnapshotDate) == rows[0].Text(SnapshotDate));
}
