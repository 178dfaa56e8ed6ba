using PySpotify.Functions;
using PySpotify.Workflow.Local.Warehouse;

namespace PySpotify.Workflow.Report;

/// <summary>A list's rows of the queries, as its section of the page.</summary>
/// <param name="title">What it is called.</param>
/// <param name="top">Its rows of top.sql.</param>
/// <param name="movers">The biggest climb and the biggest fall of movers.sql that touch the top.</param>
/// <param name="weeks">The rows of weeks.sql of the same songs.</param>
/// <param name="artists">The first rows of artists.sql.</param>
internal sealed class ListRows(
    ListTitle title, IReadOnlyList<Answer.Row> top, IReadOnlyList<Answer.Row> movers, IReadOnlyList<Answer.Row> weeks, IReadOnlyList<Answer.Row> artists)
{
    private const int OutsideTheTop = 51;

    private readonly DateOnly? _before = top[0].Text("compared_with") is null ? null : top[0].Date("compared_with");
    private readonly DateOnly _week = top[0].Date("snapshot_date");

    private bool IsWeekBefore => _before?.Monday().AddDays(7) == _week.Monday();

    public ListSection ToSection(string id, RankHistory history, long weeksMissing)
    {
        List<ChartRow> rows =
        [
            .. top.Select((row, i) => new ChartRow(
                i + 1,
                row.Number("rank")!.Value,
                Move.Of(row.Text("change"), row.Number("move")),
                WeekReader.SongOf(row),
                row.Number("rank_before"),
                row.Number("peak")!.Value,
                row.Number("weeks")!.Value,
                row.Text("album_nm"),
                row.Text("album_dt"),
                _before is null ? null : Sparkline.Draw(history, i))),
        ];
        return new(
            id,
            title.List,
            title.Title,
            Note(weeksMissing),
            _before is not { } before ? null : IsWeekBefore ? "Last week" : Words.ShortDay(before),
            [.. Cards()],
            rows,
            _before is null ? null : RankChart.Draw(history),
            [.. rows.Take(RankChart.Songs)]);
    }

    private string Note(long weeksMissing) => string.Join(" ", new[]
    {
        title.Order is { } order ? $"{char.ToUpperInvariant(order[0])}{order[1..]}." : null,
        _before is not { } before || IsWeekBefore ? null
            : $"Compared with {Words.Day(before)}, {Words.Count(_week.DayNumber - before.DayNumber, "day")} before"
                + (weeksMissing == 0 ? "." : $"; {Words.Count(weeksMissing, "week")} in between {(weeksMissing == 1 ? "has" : "have")} no snapshot."),
    }.OfType<string>());

    private IEnumerable<Card> Cards()
    {
        var first = top[0];
        yield return Card("Number one", first, NumberOne(first), first.Text("change"));
        if (_before is null)
        {
            yield return new("Most songs", new(artists[0].Text("artist")!, null, null), Words.Count(artists[0].Number("songs")!.Value, "song"), "");
            yield break;
        }

        var entry = top.Cast<Answer.Row?>().FirstOrDefault(row => row!.Value.Text("change") is "new" or "back");
        var climb = movers.Cast<Answer.Row?>().FirstOrDefault(row => row!.Value.Number("move") > 0);
        // To enter at a rank is to climb to it from outside, at least.
        if (entry is { } entered && OutsideTheTop - entered.Number("rank") > (climb?.Number("move") ?? 0))
        {
            yield return Card("Highest new entry", entered, $"{entered.Text("change")} at {entered.Number("rank")}", "new");
        }
        else if (climb is { } up)
        {
            yield return Card("Biggest climb", up, $"▲ {up.Number("rank_before")} to {up.Number("rank")}", "up");
        }

        if (movers.Cast<Answer.Row?>().FirstOrDefault(row => row!.Value.Number("move") < 0) is { } down)
        {
            yield return Card("Biggest fall", down, $"▼ {down.Number("rank_before")} to {down.Number("rank")}", "down");
        }

        if (LongestStreak() is { } streak)
        {
            yield return streak;
        }
    }

    private static string NumberOne(Answer.Row row)
    {
        var weeks = $"{Words.Count(row.Number("weeks")!.Value, "week")} on the list";
        return row.Text("change") switch
        {
            null => "",
            "new" => "new this week",
            "back" => $"back · {weeks}",
            "up" => $"▲ {row.Number("move")} · was {row.Number("rank_before")} · {weeks}",
            _ => $"stays first · {weeks}",
        };
    }

    /// <summary>The song of the top that is on the list for most weeks in a row; of several, the first that is not number one.</summary>
    private Card? LongestStreak()
    {
        var streaks = weeks.ToDictionary(row => row.Text("track_id")!, row => row.Number("current_streak")!.Value);
        var longest = top.Max(row => streaks[row.Text("track_id")!]);
        var with = top.Where(row => streaks[row.Text("track_id")!] == longest).ToList();
        var song = with.Count > 1 && with[0] == top[0] ? with[1] : with[0];
        return longest < 2 ? null : Card(
            "Longest streak",
            song,
            $"{Words.Count(longest, "week")} in a row" + (with.Count > 1 ? $", like {Words.Count(with.Count - 1, "other")}" : ""),
            "");
    }

    private static Card Card(string label, Answer.Row row, string fact, string? tone) => new(label, WeekReader.SongOf(row), fact, tone ?? "");
}
