using PySpotify.Workflow.Local.Warehouse;

namespace PySpotify.Workflow.Report;

/// <summary>What health.sql says: this week's sources, and how many snapshots each list has.</summary>
internal sealed class HealthSummary(DateOnly week)
{
    private readonly string _week = week.Iso();
    private readonly Dictionary<string, List> _lists = [];

    /// <summary>Takes note of a row, the newest first.</summary>
    /// <returns>Whether it is this week's.</returns>
    public bool Add(Answer.Row row)
    {
        // A list has a row for each source.
        if (row.Number("songs") is { } songs)
        {
            var date = row.Text("snapshot_date")!;
            if (!_lists.TryGetValue(row.Text("list")!, out var list))
            {
                _lists[row.Text("list")!] = list = new(songs, row.Number("unknown_popularity")!.Value, row.Number("unknown_year")!.Value, row.Number("weeks_missing") ?? 0);
            }

            if (list.First != date)
            {
                (list.First, list.Snapshots, list.AllMissing) = (date, list.Snapshots + 1, list.AllMissing + (row.Number("weeks_missing") ?? 0));
            }
        }

        return row.Text("snapshot_date") == _week;
    }

    /// <summary>Weeks without a snapshot before this one.</summary>
    public long WeeksMissing(string list) => _lists[list].Missing;

    /// <summary>What the list holds, and since when it has snapshots.</summary>
    public string Tell(ListTitle title)
    {
        var list = _lists[title.List];
        return $"{title.Title}: {Words.Count(list.Songs, "song")}, {Unknown(list.WithoutPopularity, "popularity")}, {Unknown(list.WithoutYear, "release year")}; "
            + (list.Snapshots == 1 ? "its first snapshot." : $"{Words.Count(list.Snapshots, "snapshot")} since {Words.Day(Days.Parse(list.First))}"
                + (list.AllMissing == 0 ? "." : $", and {Words.Count(list.AllMissing, "week")} without one."));

        string Unknown(long songs, string what) => songs == 0 ? $"each with a {what}" : songs == list.Songs ? $"none with a {what}" : $"{songs:N0} without a {what}";
    }

    /// <summary>Why a source is missing; null where it was read.</summary>
    public static string? NotRead(Answer.Row row) =>
        Warnings(row) is ["not read", .. var reason] ? $"{row.Text("name")} was not read. {string.Join("; ", reason)}".TrimEnd() : null;

    /// <summary>This week's sources.</summary>
    public static IReadOnlyList<SourceRow> Sources(Answer health) =>
    [
        .. health.Select(row => new SourceRow(
            row.Text("name")!, row.Number("row_count"), row.Number("rows_before"), string.Join("; ", Warnings(row)))),
    ];

    /// <summary>What is to be said of a source. That it has no popularity is said of the list.</summary>
    public static string[] Warnings(Answer.Row row) =>
        [.. (row.Text("warnings") ?? "").Split("; ").Where(warning => warning != "" && !warning.StartsWith("no popularity", StringComparison.Ordinal))];

    private sealed class List(long songs, long withoutPopularity, long withoutYear, long missing)
    {
        public long Songs => songs;

        public long WithoutPopularity => withoutPopularity;

        public long WithoutYear => withoutYear;

        public long Missing => missing;

        public string First { get; set; } = "";

        public int Snapshots { get; set; }

        public long AllMissing { get; set; }
    }
}
