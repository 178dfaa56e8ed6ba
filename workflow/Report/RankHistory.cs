using PySpotify.Workflow.Local.Warehouse;

namespace PySpotify.Workflow.Report;

/// <summary>A snapshot of a list.</summary>
/// <param name="Date">Its day.</param>
/// <param name="WeeksMissing">Weeks before it that have none.</param>
internal readonly record struct Snapshot(DateOnly Date, long WeeksMissing);

/// <summary>The ranks, over half a year, of the songs that lead a list now: the rows of popularity.sql.</summary>
/// <param name="Snapshots">The list's snapshots, the newest last.</param>
/// <param name="Songs">Each song's rank in each of them, in the order of this week's ranks; null where it was not listed.</param>
internal sealed record RankHistory(IReadOnlyList<Snapshot> Snapshots, IReadOnlyList<IReadOnlyList<long?>> Songs)
{
    private const int Days = 182;

    /// <summary>Whether a row is recent enough.</summary>
    public static bool Reaches(DateOnly week, Answer.Row row) => week.DayNumber - row.Date("snapshot_date").DayNumber < Days;

    /// <param name="rows">A list's rows.</param>
    public static RankHistory Of(IEnumerable<Answer.Row> rows)
    {
        var songs = rows.GroupBy(row => row.Number("place")).OrderBy(song => song.Key).Select(song => song.ToList()).ToList();
        return new(
            [.. songs[0].Select(row => new Snapshot(row.Date("snapshot_date"), row.Number("weeks_missing") ?? 0))],
            [.. songs.Select(song => song.Select(row => row.Number("rank")).ToList())]);
    }

    /// <summary>How far along a snapshot is, from 0 for the first to 1 for the newest.</summary>
    public double X(int snapshot)
    {
        var (first, last) = (Snapshots[0].Date.DayNumber, Snapshots[^1].Date.DayNumber);
        return first == last ? 1 : (Snapshots[snapshot].Date.DayNumber - first) / (double)(last - first);
    }

    /// <summary>A song's last ranks in words.</summary>
    public string Tell(int song, int most)
    {
        var from = Math.Max(0, Snapshots.Count - most);
        return string.Join(", ", Enumerable.Range(from, Snapshots.Count - from).SelectMany(i => (string[])
        [
            .. i > from && Snapshots[i].WeeksMissing is > 0 and var weeks ? [Words.Count(weeks, "week") + " without a snapshot"] : (string[])[],
            Songs[song][i]?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "not listed",
        ]));
    }
}
