using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using PySpotify.Workflow.Cli;
using PySpotify.Workflow.Local;
using PySpotify.Workflow.Local.Warehouse;

namespace PySpotify.Workflow;

/// <summary>
/// A week's charts as one HTML file that needs nothing else: no script, no network. Each table and picture shows the rows of
/// the query that its <c>data-query</c> names.
/// </summary>
internal sealed class Report
{
    private const int Shown = 10, Movers = 6, Entries = 8, Leavers = 4, Artists = 6, Snapshots = 6;

    /// <summary>Ranks over weeks go back half a year, on a phone a quarter.</summary>
    private const int MostDays = 182;

    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private static readonly (string Name, string Title)[] Lists = [("top played", "Most played"), ("popular", "Most popular")];

    private readonly Dictionary<string, Answer> _answers;
    private readonly Excerpt _excerpt;
    private readonly string _week;
    private readonly List<(string Name, string Title)> _lists;

    private Report(Dictionary<string, Answer> answers, Excerpt excerpt)
    {
        (_answers, _excerpt) = (answers, excerpt);
        _week = _answers["health"].Select(row => row.Text("snapshot_date")).FirstOrDefault()
            ?? throw new QueryException("There is no snapshot yet; `pyspotify run` makes one.");
        _lists = [.. Lists.Where(list => Rows("health", list.Name).Any())];
    }

    /// <summary>Writes <see cref="DataFolder.Report"/>.</summary>
    /// <param name="data">Where.</param>
    /// <param name="tables">What the queries ask.</param>
    /// <param name="week">The snapshot that is 'this week'; null is the newest.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="QueryException">There is no such snapshot.</exception>
    public static async Task WriteAsync(DataFolder data, TableReader tables, DateOnly? week, CancellationToken cancellationToken)
    {
        var answers = new Dictionary<string, Answer>();
        var excerpt = new Excerpt();
        foreach (var query in NamedQuery.All)
        {
            answers.Add(query.Name, await query.AskAsync(tables, week, null, row => excerpt.Holds(query.Name, row), cancellationToken));
        }

        var report = new Report(answers, excerpt);
        var template = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "report.html"), cancellationToken);
        AtomicFile.Write(data.Report, Encoding.UTF8.GetBytes(
            template.Replace("{{title}}", Day(report._week), StringComparison.Ordinal)
                .Replace("{{body}}", report.Body(data.IsSample), StringComparison.Ordinal)));
    }

    private string Body(bool isSample) => $"""
        {(isSample ? "<p class=\"sample\" role=\"note\"><b>Sample data.</b> All of this is made up: PySpotify had no Spotify credentials when it filled these tables.</p>" : "")}
        <header>
        <p class="eyebrow">PySpotify · the week’s charts</p>
        <h1>{Day(_week)}</h1>
        <p class="lede">{Lede()}</p>
        <p class="note">{string.Join(" ", _lists.Select(list => Comparison(list.Name)).Distinct())}</p>
        <nav aria-label="Sections"><a href="#strongest">Strongest</a><a href="#lists">Lists</a><a href="#movers">Movers</a><a href="#new-and-gone">New and gone</a><a href="#artists">Artists</a><a href="#years">Release years</a><a href="#overlap">On both lists</a><a href="#health">Health</a></nav>
        </header>
        <main>
        <section id="strongest"><h2>The ten strongest, week by week</h2>
        {Strongest()}
        </section>
        {Section("lists", "The lists", "Rank, the move since the snapshot before, weeks on the list so far, and popularity from 0 to 100.", TopFifty)}
        {Section("movers", "The biggest moves", "Over the whole list, not only its top.", BiggestMoves)}
        {Section("new-and-gone", "New and gone", "Songs that were not on the list in the snapshot before, by the rank they entered at, and songs that no longer are.", NewAndGone)}
        {Section("artists", "Artists", "Songs on the list, and the sum of their popularity; a song of unknown popularity adds nothing.", ArtistTables)}
        {Section("years", "Release years", "The year of the album, which for an old song may be a reissue’s.", Years)}
        <section id="overlap"><h2>On both lists</h2>
        {Overlap()}
        </section>
        {Section("health", "Health", "What the snapshots hold, and what they lack. Quarantined rows had no artist, name or id.", Health)}
        </main>
        <footer><p>Every figure is a query’s: <code>pyspotify query top --week {_week}</code>, and so on; <code>pyspotify query</code> lists them.</p></footer>
        """;

    private string Lede()
    {
        var leaders = _lists.SelectMany(list => Rows("top", list.Name).Take(1).Select(row =>
            $"{Song(row)} {Leads(row)} the {list.Title.ToLowerInvariant()}"));
        var entries = _lists.Where(list => Comparable(list.Name)).Select((list, i) =>
            $"{(_excerpt.Count("new-and-gone", list.Name, "Entered") is > 0 and var count ? i == 0 ? Count(count, "song") : Invariant($"{count:N0}") : "none")}{(i == 0 ? " entered" : "")} the {list.Title.ToLowerInvariant()}");
        var both = _excerpt.Count("overlap");
        var sentences = new[]
        {
            string.Join("; ", leaders),
            string.Join(", ", entries),
            Lists.All(list => Rows("top", list.Name).Any()) ? $"{Count(both, "song")} {(both == 1 ? "is" : "are")} on both lists" : "",
        };
        return string.Concat(sentences.Where(sentence => sentence.Length > 0).Select(sentence => char.ToUpperInvariant(sentence[0]) + sentence[1..] + ". "));

        static string Leads(Answer.Row row) => row.Text("change") switch
        {
            "same" => "still leads",
            "up" => $"rises {Count(row.Number("move")!.Value, "place")} to lead",
            "new" => "enters at the top of",
            "back" => "comes back to lead",
            _ => "leads",
        };
        static string Song(Answer.Row row) => $"<b><bdi>{Html(row.Text("track"))}</bdi></b> by <bdi>{Html(row.Text("artist"))}</bdi>";
    }

    private string Comparison(string list)
    {
        var name = $"the {Title(list).ToLowerInvariant()}";
        if (!Rows("top", list).Any())
        {
            return $"There is no snapshot of {name} on this day.";
        }

        if (!Comparable(list))
        {
            return "There is no snapshot before it to compare with; moves show from the next on.";
        }

        var health = Rows("health", list).First();
        var before = Rows("top", list).First().Text("compared_with")!;
        return health.Number("weeks_missing") is > 0 and var weeks
            ? $"Compared with {Day(before)}, {Count(health.Number("days_between")!.Value, "day")} before: {Count(weeks, "week")} in between {(weeks == 1 ? "has" : "have")} no snapshot, and nothing is known of {(weeks == 1 ? "it" : "them")}."
            : $"Compared with {Day(before)}, {Count(health.Number("days_between")!.Value, "day")} before.";
    }

    private string Section(string id, string title, string note, Func<string, string> column)
    {
        var columns = _lists.Select(list =>
            $"<div><h3>{list.Title}</h3>{(Rows("top", list.Name).Any() || id == "health" ? column(list.Name) : "<p class=\"note\">No snapshot on this day.</p>")}</div>");
        return $"""
            <section id="{id}"><h2>{title}</h2>
            <p class="note">{note}</p>
            <div class="cols">
            {string.Join('\n', columns)}
            </div></section>
            """;
    }

    private string TopFifty(string list)
    {
        var weeks = Rows("weeks", list).ToDictionary(row => row.Text("track_id")!);
        var rows = Rows("top", list).ToList();
        Column[] columns =
        [
            RankAndMove, SongColumn,
            new("weeks", "Weeks", "number", row => $"<span data-col=\"weeks\">{Value(weeks[row.Text("track_id")!]["weeks"])}</span>"),
            new("track_pop", "Popu­larity", "number"),
        ];
        var table = Table("top", list, $"{Title(list)}, the first ten", columns, rows.Take(Shown));
        return rows.Count <= Shown ? table : $"""
            {table}
            <details><summary>The other {rows.Count - Shown}</summary>{Table("top", list, $"{Title(list)}, the other {rows.Count - Shown}", columns, rows.Skip(Shown))}</details>
            """;
    }

    private string BiggestMoves(string list)
    {
        if (!Comparable(list))
        {
            return Nothing("There is nothing to compare with yet.");
        }

        Column[] columns =
        [
            Move, SongColumn,
            new("rank_before", "From", "number"), new("rank", "To", "number"),
        ];
        var rows = Rows("movers", list).ToList();
        return Titled("Up", "movers", list, columns, rows.Where(row => row.Number("move") > 0), Movers, "Up")
            + Titled("Down", "movers", list, columns, rows.Where(row => row.Number("move") < 0), Movers, "Down");
    }

    private string NewAndGone(string list)
    {
        if (!Comparable(list))
        {
            return Nothing("There is nothing to compare with yet.");
        }

        return Titled("Entered", "new-and-gone", list, [RankAndMove, SongColumn, new("track_pop", "Popu­larity", "number")], Rows("new-and-gone", list).Where(row => row.Text("change") != "gone"), Entries, "Entered")
            + Titled("Gone", "new-and-gone", list, [new("rank_before", "Was", "rank"), SongColumn], Rows("new-and-gone", list).Where(row => row.Text("change") == "gone"), Leavers, "Gone");
    }

    private string ArtistTables(string list)
    {
        Column[] columns =
        [
            new("artist", "Artist", "artist", row => $"<bdi data-col=\"artist\">{Html(row.Text("artist"))}</bdi>"),
            new("songs", "Songs", "number"), new("popularity", "Sum of popu­larity", "number wide"),
        ];
        var rows = Rows("artists", list).ToList();
        var byPopularity = rows.Where(row => row.Number("place_by_popularity") is not null).OrderBy(row => row.Number("place_by_popularity")).ToList();
        return Titled("By number of songs", "artists", list, columns, rows, Artists)
            + (byPopularity is [] ? "" : Titled("By summed popularity", "artists", list, columns, byPopularity, Artists));
    }

    private string Overlap()
    {
        var both = _excerpt.Count("overlap");
        var totals = _lists.SelectMany(list => Rows("health", list.Name).Take(1)).Select(row => row.Number("songs")).ToList();
        if (!Lists.All(list => Rows("top", list.Name).Any()))
        {
            return Nothing("One of the lists has no snapshot on this day.");
        }

        return $"""
            <p class="note">{Count(both, "song")} of the {totals[0]:N0} most played {(both == 1 ? "is" : "are")} among the {totals[1]:N0} most popular, too. Those that stand best on both:</p>
            {Table("overlap", null, "Songs on both lists", [SongColumn, new("rank_played", "Most played", "number wide"), new("rank_popular", "Most popular", "number wide")], _answers["overlap"])}
            """;
    }

    private string Health(string list)
    {
        Column[] columns =
        [
            new("snapshot_date", "Snapshot", "day", row => $"<time data-col=\"snapshot_date\" datetime=\"{row["snapshot_date"]}\">{Date(row.Text("snapshot_date")!).ToString("d MMM yyyy", CultureInfo.InvariantCulture)}</time>"),
            new("songs", "Songs", "number"), new("unknown_popularity", "No popu­larity", "number wide"), new("unknown_year", "No year", "number"), new("quarantined", "Quaran­tined", "number wide"),
        ];
        var rows = Rows("health", list).ToList();
        var count = _excerpt.Count("health", list);
        return count == 0 ? Nothing("There is no snapshot of this list.") : Table("health", list, $"Health of {Title(list).ToLowerInvariant()}", columns, rows, row =>
            row.Number("weeks_missing") is > 0 and var weeks
                ? $"<tr class=\"missing\"><td colspan=\"{columns.Length}\">{Count(weeks, "week")} without a snapshot</td></tr>" : "")
            + (count > Snapshots ? $"<p class=\"note\">{count} snapshots in all.</p>" : "");
    }

    /// <summary>Release years as bars, as far back as seventy years before the newest, and the decades in words.</summary>
    private string Years(string list)
    {
        const double width = 360, height = 150, top = 18, axis = height - 20;
        var rows = Rows("years", list).ToList();
        var known = rows.Where(row => int.TryParse(row.Text("year"), NumberStyles.None, null, out _))
            .Select(row => (Year: int.Parse(row.Text("year")!, CultureInfo.InvariantCulture), Row: row)).ToList();
        var unknown = rows.Sum(row => row.Number("songs")) - known.Sum(year => year.Row.Number("songs"));
        if (known.Count == 0)
        {
            return Nothing("No song has a known year.");
        }

        var last = known.Max(year => year.Year);
        var shown = known.Where(year => year.Year > last - 70).ToList();
        int first = Math.Min(shown.Min(year => year.Year), last - 9), span = last - first + 1;
        var most = shown.MaxBy(year => year.Row.Number("songs"));
        double step = width / span, bar = Math.Max(1.5, Math.Min(step - Math.Min(2, step / 4), 26));
        double X(int year) => (year - first + 0.5) * step;

        var svg = new StringBuilder();
        var decades = string.Join(", ", known.GroupBy(year => year.Year / 10).Select(decade => Invariant($"{decade.Key}0s: {decade.Sum(year => year.Row.Number("songs")):N0}")))
            + (unknown > 0 ? Invariant($"; unknown: {unknown:N0}") : "") + ".";
        svg.Append(Svg($"years-{list[..3]}", "years", width, height, $"Release years of the {Title(list).ToLowerInvariant()}", decades));
        svg.Append(Invariant($"<path class=\"grid\" d=\"M0 {axis + .5}H{width}\"/>"));
        for (var year = first; year <= last; year++)
        {
            if (span <= 15 ? (year - last) % 3 == 0 : year % 10 == 0)
            {
                svg.Append(Invariant($"<text class=\"quiet\" text-anchor=\"middle\" x=\"{Math.Clamp(X(year), 13, width - 13):0.#}\" y=\"{height - 4}\">{year}</text>"));
            }
        }

        foreach (var (year, row) in shown)
        {
            var high = Math.Max(1, (axis - top) * row.Number("songs")!.Value / most.Row.Number("songs")!.Value);
            svg.Append(Invariant($"<rect class=\"bars\" data-key=\"{year}\" data-songs=\"{row.Number("songs")}\" x=\"{X(year) - bar / 2:0.##}\" y=\"{axis - high:0.##}\" width=\"{bar:0.##}\" height=\"{high:0.##}\"><title>{year}: {Count(row.Number("songs")!.Value, "song")}, {row["share_pct"]} %</title></rect>"));
        }

        svg.Append(Invariant($"<text text-anchor=\"end\" x=\"{Math.Min(width, Math.Max(X(most.Year) + bar / 2, 90)):0.#}\" y=\"{top - 6}\">{most.Year}: {Count(most.Row.Number("songs")!.Value, "song")}</text></svg>"));
        return $"<figure data-query=\"years\" data-list=\"{list}\">{svg}<figcaption class=\"note\">{decades}</figcaption></figure>";
    }

    /// <summary>
    /// Ranks over weeks. The first ten ranks have even places, those below lie ever closer. A line ends where a song leaves the
    /// list, and is dotted over weeks without a snapshot.
    /// </summary>
    private string Strongest()
    {
        var list = _lists.First(list => Rows("top", list.Name).Any()).Name;
        var newest = DayNumber(_week);
        var songs = Rows("popularity", list).Where(row => newest - DayNumber(row.Text("snapshot_date")!) < MostDays)
            .GroupBy(row => row.Number("place")!.Value).OrderBy(song => song.Key).Select(song => song.ToList()).ToList();
        var snapshots = songs[0];
        var note = snapshots.Count == 1
            ? "The first snapshot: lines begin with the next."
            : (snapshots.Skip(1).Any(row => row.Number("weeks_missing") > 0) ? "Shaded are weeks without a snapshot; dotted lines cross them. " : "")
                + "From the eleventh rank down, ranks lie ever closer. A line that begins or ends within is a song that was off the list.";
        return $"""
            <p class="note">The songs that lead the {Title(list).ToLowerInvariant()} on {Day(_week)}, and where they stood before. {note}</p>
            <figure data-query="popularity" data-list="{list}">
            {Ranks("broad", 940, 34, songs, labelWidth: 290)}
            {Ranks("narrow", 340, 34, [.. songs.Select(song => song.Where(row => newest - DayNumber(row.Text("snapshot_date")!) < MostDays / 2).ToList())], labelWidth: 152)}
            </figure>
            """;
    }

    private static string Ranks(string name, double width, double slot, List<List<Answer.Row>> songs, double labelWidth)
    {
        const double left = 30, top = 14;
        var snapshots = songs[0];
        var lowest = Math.Max(20, songs.Max(song => song.Max(row => row.Number("rank") ?? 0)));
        double right = width - labelWidth, ten = top + 9 * slot, tail = 4 * slot, bottom = ten + slot * .6 + tail, height = bottom + 34;
        int first = DayNumber(snapshots[0].Text("snapshot_date")!), last = DayNumber(snapshots[^1].Text("snapshot_date")!);
        double X(Answer.Row row) => last == first ? right - 8 : left + 12 + (right - 20 - left) * (DayNumber(row.Text("snapshot_date")!) - first) / (last - first);
        double Y(long rank) => rank <= 10 ? top + (rank - 1) * slot : ten + slot * .6 + tail * Math.Log(rank / 10.0) / Math.Log(lowest / 10.0);

        var svg = new StringBuilder(Svg($"ranks-{name}", name, width, height, "Rank over weeks of the ten strongest songs",
            string.Join(" ", songs.Select(song => $"{song[0].Text("track")} by {song[0].Text("artist")}{(song.Count > 6 ? ", in the last six snapshots" : "")}: "
                + string.Join(", ", song.TakeLast(6).Select(row => (row != song[0] && row.Number("weeks_missing") is > 0 and var weeks ? $"{Count(weeks, "week")} without a snapshot, " : "")
                    + $"{ShortDay(row)} {(row.Number("rank") is { } rank ? $"rank {rank}" : "off the list")}")) + "."))));

        foreach (var rank in new long[] { 1, 5, 10, 20, 50, 100, 200, 500, 1000 }.Where(rank => rank <= lowest))
        {
            svg.Append(Invariant($"<path class=\"grid\" d=\"M{left} {Y(rank):0.#}H{right}\"/><text class=\"quiet\" text-anchor=\"end\" x=\"{left - 8}\" y=\"{Y(rank) + 4:0.#}\">{rank}</text>"));
        }

        for (var i = 0; i < snapshots.Count; i++)
        {
            if (snapshots[i].Number("weeks_missing") is > 0 and var weeks && i > 0)
            {
                double from = X(snapshots[i - 1]) + 8, to = X(snapshots[i]) - 8;
                svg.Append(Invariant($"<rect class=\"gap\" x=\"{from:0.#}\" y=\"0\" width=\"{Math.Max(2, to - from):0.#}\" height=\"{bottom + 8:0.#}\"><title>{Count(weeks, "week")} without a snapshot</title></rect>"));
                if (to - from > 130)
                {
                    svg.Append(Invariant($"<text class=\"quiet\" text-anchor=\"middle\" x=\"{(from + to) / 2:0.#}\" y=\"{height - 6:0.#}\">no snapshot</text>"));
                }
            }
        }

        // As many dates as there is room for, the last always.
        var free = double.MaxValue;
        foreach (var row in Enumerable.Reverse(snapshots).Where(row => X(row) < free))
        {
            svg.Append(Invariant($"<text class=\"quiet\" text-anchor=\"middle\" x=\"{Math.Max(X(row), 22):0.#}\" y=\"{height - 6:0.#}\">{ShortDay(row)}</text>"));
            free = Math.Max(X(row), 22) - 54;
        }

        for (var n = songs.Count - 1; n >= 0; n--)
        {
            svg.Append(Invariant($"<g class=\"s\" style=\"--h:{(148 + 108 * n) % 360}\" data-key=\"{songs[n][0].Text("track_id")}\">"));
            Answer.Row? before = null;
            foreach (var row in songs[n])
            {
                if (before is { } from && from.Number("rank") is { } rankBefore && row.Number("rank") is { } rank)
                {
                    var middle = (X(from) + X(row)) / 2;
                    svg.Append(Invariant($"<path{(row.Number("weeks_missing") > 0 ? " class=\"unknown\"" : "")} d=\"M{X(from):0.#} {Y(rankBefore):0.#}C{middle:0.#} {Y(rankBefore):0.#} {middle:0.#} {Y(rank):0.#} {X(row):0.#} {Y(rank):0.#}\"/>"));
                }

                before = row;
            }

            foreach (var row in songs[n].Where(row => row.Number("rank") is not null))
            {
                svg.Append(Invariant($"<circle data-day=\"{row.Text("snapshot_date")}\" data-rank=\"{row["rank"]}\" cx=\"{X(row):0.#}\" cy=\"{Y(row.Number("rank")!.Value):0.#}\" r=\"{(row == songs[n][^1] ? 4.5 : snapshots.Count > 12 ? 2.5 : 4)}\"><title>{Html(row.Text("track"))}, {ShortDay(row)}: rank {row["rank"]}, popularity {row["track_pop"] ?? "unknown"}</title></circle>"));
            }
            // Songs of several playlists may share a rank; their names need a place each.
            var y = top + n * slot;
            if (songs[n][^1].Number("rank") is { } now && Math.Abs(Y(now) - y) > 1)
            {
                svg.Append(Invariant($"<path class=\"lead\" d=\"M{X(songs[n][^1])} {Y(now):0.#}L{right + 11} {y:0.#}\"/>"));
            }

            svg.Append(Invariant($"<text x=\"{right + 14}\" y=\"{y - 1:0.#}\"><tspan class=\"name\">{Html(Short(songs[n][0].Text("track")!, labelWidth - 28))}</tspan><tspan class=\"quiet\" x=\"{right + 14}\" dy=\"1.25em\" font-size=\"11\">{Html(Short(songs[n][0].Text("artist")!, labelWidth - 20))}</tspan></text></g>"));
        }

        return svg.Append("</svg>").ToString();
    }

    private static string Svg(string id, string kind, double width, double height, string title, string description) => Invariant(
        $"<svg class=\"{kind}\" viewBox=\"0 0 {width} {height:0.#}\" role=\"img\" aria-labelledby=\"{id}-title {id}-desc\"><title id=\"{id}-title\">{Html(title)}</title><desc id=\"{id}-desc\">{Html(description)}</desc>");

    private string Titled(string title, string query, string list, Column[] columns, IEnumerable<Answer.Row> rows, int most, string part = "")
    {
        var all = _excerpt.Count(query, list, part);
        var count = all > most ? Invariant($", {most} of {all:N0}") : "";
        return $"<h4>{title}{count}</h4>" + (all == 0 ? Nothing("None.") : Table(query, list, $"{Title(list)}: {title.ToLowerInvariant()}", columns, rows.Take(most)));
    }

    private static string Table(
        string query, string? list, string caption, Column[] columns, IEnumerable<Answer.Row> rows, Func<Answer.Row, string>? after = null) => $"""
        <table data-query="{query}"{(list is null ? "" : $" data-list=\"{list}\"")}><caption>{caption}</caption>
        <thead><tr>{string.Concat(columns.Select(column => $"<th scope=\"col\" class=\"{column.Kind}\">{column.Head}</th>"))}</tr></thead>
        <tbody>
        {string.Join('\n', rows.Select(row => $"<tr>{string.Concat(columns.Select(column => column.Write(row)))}</tr>{after?.Invoke(row)}"))}
        </tbody></table>
        """;

    /// <summary>Tells which rows a report shows, and counts the others, of which a long list has very many.</summary>
    private sealed class Excerpt
    {
        private readonly Dictionary<(string Query, string? List, string Part), int> _counts = [];
        private readonly HashSet<(string?, string?)> _top = [];

        public int Count(string query, string? list = null, string part = "") => _counts.GetValueOrDefault((query, list, part));

        /// <summary>Whether to hold the row. A query's rows come in its order, and the queries by name.</summary>
        public bool Holds(string query, Answer.Row row)
        {
            switch (query)
            {
                case "overlap":
                    return Next("overlap", null) <= Shown;
                case "health":
                    return Next("health", row.Text("list")) <= Snapshots;
                case "movers":
                    return Next("movers", row.Text("list"), row.Number("move") > 0 ? "Up" : "Down") <= Movers;
                case "new-and-gone":
                    var gone = row.Text("change") == "gone";
                    return Next("new-and-gone", row.Text("list"), gone ? "Gone" : "Entered") <= (gone ? Leavers : Entries);
                case "artists":
                    // Any number of them can share a place.
                    return Next("artists", row.Text("list")) <= Artists
                        | (row.Number("place_by_popularity") is <= Artists and var place && Next("artists", row.Text("list"), Invariant($"{place}")) <= Artists);
                case "top":
                    return _top.Add((row.Text("list"), row.Text("track_id")));
                case "weeks":
                    return _top.Contains((row.Text("list"), row.Text("track_id")));
                default:
                    return true;
            }
        }

        private int Next(string query, string? list, string part = "") => _counts[(query, list, part)] = Count(query, list, part) + 1;
    }

    /// <summary>A column of a table.</summary>
    /// <param name="Name">The query's column.</param>
    /// <param name="Head">What stands above.</param>
    /// <param name="Kind">The cells' class.</param>
    /// <param name="Cell">A cell's inside, where it is more than the value.</param>
    private sealed record Column(string Name, string Head, string Kind, Func<Answer.Row, string>? Cell = null)
    {
        public string Write(Answer.Row row) => Kind is "song" or "artist" or "day" ? $"<th scope=\"row\" class=\"{Kind}\">{Cell!(row)}</th>"
            : Cell is not null ? $"<td class=\"{Kind}\">{Cell(row)}</td>"
            : $"<td class=\"{Kind}\" data-col=\"{Name}\">{Value(row[Name])}</td>";
    }

    private static readonly Column SongColumn = new("track", "Song", "song", row =>
        $"<bdi data-col=\"track\">{Html(row.Text("track"))}</bdi><bdi data-col=\"artist\">{Html(row.Text("artist"))}</bdi>");

    private static readonly Column RankAndMove = new("rank", "Rank", "rank both", row =>
        $"<span class=\"place\" data-col=\"rank\">{Value(row["rank"])}</span> {Movement(row, row.Text("change"))}");

    private static readonly Column Move = new("move", "Move", "move", row => Movement(row, row.Number("move") > 0 ? "up" : "down"));

    private static string Movement(Answer.Row row, string? change) => change switch
    {
        "same" => "<span class=\"move same\"><span aria-hidden=\"true\">=</span><span class=\"hidden\">same rank</span></span>",
        "new" or "back" => $"<span class=\"move {change}\" data-col=\"change\">{change}</span>",
        "up" => $"<span class=\"move up\"><span aria-hidden=\"true\">▲</span><span class=\"hidden\">up</span> <span data-col=\"move\">{row["move"]}</span></span>",
        "down" => $"<span class=\"move down\"><span aria-hidden=\"true\">▼</span><span class=\"hidden\">down</span> <span data-col=\"move\">{-row.Number("move")}</span></span>",
        _ => "",
    };

    private static string Value(object? value) => value switch
    {
        null => "<span title=\"unknown\"><span aria-hidden=\"true\">–</span><span class=\"hidden\">unknown</span></span>",
        long number => Invariant($"{number:N0}"),
        _ => Html(Convert.ToString(value, CultureInfo.InvariantCulture)),
    };

    private static string Nothing(string why) => $"<p class=\"note\">{why}</p>";

    private IEnumerable<Answer.Row> Rows(string query, string list) => _answers[query].Where(row => row.Text("list") == list);

    private bool Comparable(string list) => Rows("top", list).Any(row => row.Text("compared_with") is not null);

    private static string Title(string list) => Lists.Single(known => known.Name == list).Title;

    private static string Html(string? text) => Encoder.Encode(DisplayText.Clean(text ?? ""));

    /// <summary>What of a text fits so many pixels at 12 px, about: a picture cannot ask its reader's font.</summary>
    private static string Short(string text, double room)
    {
        var characters = StringInfo.GetTextElementEnumerator(text);
        var fitting = new StringBuilder();
        while (characters.MoveNext())
        {
            var character = characters.GetTextElement();
            room -= character[0] switch
            {
                > '\u2000' => 14,
                'm' or 'w' or 'M' or 'W' => 11,
                >= 'A' and <= 'Z' => 8.6,
                'f' or 'i' or 'j' or 'l' or 'r' or 't' or 'I' or < '0' => 4.6,
                _ => 7.2,
            };
            if (room < 0)
            {
                return fitting.ToString().TrimEnd() + "…";
            }

            fitting.Append(character);
        }

        return text;
    }

    private static string Count(long number, string what) => Invariant($"{number:N0} {what}{(number == 1 ? "" : "s")}");

    private static DateOnly Date(string date) => DateOnly.ParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static int DayNumber(string date) => Date(date).DayNumber;

    private static string Day(string date) => Date(date).ToString("d MMMM yyyy", CultureInfo.InvariantCulture);

    private static string ShortDay(Answer.Row row) => Date(row.Text("snapshot_date")!).ToString("d MMM", CultureInfo.InvariantCulture);

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
