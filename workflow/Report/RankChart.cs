using System.Globalization;
using System.Text;
using System.Xml.Linq;

namespace PySpotify.Workflow.Report;

/// <summary>
/// A bump chart: the ranks of the first songs over the weeks. The first ten ranks have even places, those below lie ever closer.
/// What goes across is in percent, so that one picture fits every width; names stand beside it, in the page.
/// </summary>
internal sealed class RankChart(RankHistory history)
{
    /// <summary>How many songs it shows.</summary>
    public const int Songs = 10;

    // The page's rows of names are as high as a rank's place.
    private const double Place = 26, Tail = 64, Lead = 4, DatesHeight = 22;

    private static readonly string[] Marks = ["M0-4.5A4.5 4.5 0 1 1 0 4.5A4.5 4.5 0 1 1 0-4.5Z", "M-4-4H4V4H-4Z", "M0-5.5L5 3.5H-5Z"];

    private readonly IReadOnlyList<IReadOnlyList<long?>> _songs = [.. history.Songs.Take(Songs)];

    private readonly long _lowest = history.Songs.Take(Songs).Max(ranks => ranks.Max() ?? 0);

    private double Height => Place * Songs + (_lowest > Songs ? Tail : 0) + DatesHeight;

    public static string Draw(RankHistory history) => new RankChart(history).Draw();

    private string Draw() => new XElement(
        "svg",
        new XAttribute("class", "ranks"),
        new XAttribute("width", "100%"),
        new XAttribute("height", Height),
        new XAttribute("role", "img"),
        new XAttribute("aria-label", "Ranks over the weeks of the songs listed beside: "
            + string.Join("; ", _songs.Select((_, i) => $"{i + 1}: {history.Tell(i, 6)}"))),
        Grid(),
        Gaps(),
        Dates(),
        // The first songs come last, on top of the others.
        _songs.Select(Line).Reverse()).ToString(SaveOptions.DisableFormatting);

    private double Y(long rank) => rank <= Songs
        ? Place * (rank - 0.5)
        : Place * Songs + Tail * Math.Log(rank / (double)Songs) / Math.Log(Math.Max(_lowest, Songs + 1) / (double)Songs);

    private double X(int snapshot) => (100 - Lead) * history.X(snapshot);

    private IEnumerable<XElement> Grid() => new long[] { 1, 5, 10, 20, 50, 100, 200, 500, 1000 }.Where(rank => rank <= Math.Max(_lowest, Songs)).SelectMany(rank => (XElement[])
    [
        new("line", new XAttribute("class", "grid"), new XAttribute("x2", "100%"), new XAttribute("y1", Number(Y(rank))), new XAttribute("y2", Number(Y(rank)))),
        new("text", new XAttribute("x", -8), new XAttribute("y", Number(Y(rank) + 4)), new XAttribute("text-anchor", "end"), rank),
    ]);

    private IEnumerable<XElement> Gaps() => Enumerable.Range(1, history.Snapshots.Count - 1).Where(i => history.Snapshots[i].WeeksMissing > 0).Select(i => new XElement(
        "rect",
        new XAttribute("class", "gap"),
        new XAttribute("x", Percent(X(i - 1) + 1)),
        new XAttribute("width", Percent(Math.Max(0.5, X(i) - X(i - 1) - 2))),
        new XAttribute("height", Number(Height - DatesHeight)),
        new XElement("title", $"{Words.Count(history.Snapshots[i].WeeksMissing, "week")} without a snapshot")));

    // The first and the last day, and where the page is wide as many between as have room.
    private IEnumerable<XElement> Dates()
    {
        var left = 100.0;
        for (var i = history.Snapshots.Count - 1; i >= 0; i--)
        {
            var isEnd = i == 0 || i == history.Snapshots.Count - 1;
            if (isEnd || (X(i) < left - 12 && X(i) > 12))
            {
                left = X(i);
                yield return new(
                    "text",
                    isEnd ? null : new XAttribute("class", "between"),
                    new XAttribute("x", Percent(X(i))),
                    new XAttribute("y", Number(Height - 4)),
                    new XAttribute("text-anchor", i == 0 ? "start" : "middle"),
                    Words.ShortDay(history.Snapshots[i].Date));
            }
        }
    }

    private XElement Line(IReadOnlyList<long?> ranks, int song)
    {
        var known = Enumerable.Range(0, ranks.Count).Where(i => ranks[i] is not null).ToList();
        var (line, unknown) = Curves(ranks, song, known);
        var marked = song < Marks.Length ? known : known.TakeLast(1);
        return new(
            "g",
            new XAttribute("class", song < Marks.Length ? $"song first-{song + 1}" : "song"),
            new XAttribute("data-song", song + 1),
            new XElement(
                "svg",
                new XAttribute("viewBox", FormattableString.Invariant($"0 0 100 {Height}")),
                new XAttribute("preserveAspectRatio", "none"),
                new XElement("path", new XAttribute("d", line)),
                unknown is "" ? null : new XElement("path", new XAttribute("class", "unknown"), new XAttribute("d", unknown))),
            marked.Select(i => new XElement(
                "svg",
                new XAttribute("x", Percent(X(i))),
                new XAttribute("y", Number(Y(ranks[i]!.Value))),
                new XElement("path", new XAttribute("d", Marks[song < Marks.Length ? song : 0])))));
    }

    /// <summary>A song's ranks as a path, and as another where weeks between have no snapshot.</summary>
    private (string Line, string Unknown) Curves(IReadOnlyList<long?> ranks, int song, List<int> known)
    {
        StringBuilder line = new(), unknown = new();
        foreach (var i in known.Where(i => i > 0 && ranks[i - 1] is not null))
        {
            var (from, to, middle) = (X(i - 1), X(i), (X(i - 1) + X(i)) / 2);
            (history.Snapshots[i].WeeksMissing > 0 ? unknown : line).Append(
                string.Create(CultureInfo.InvariantCulture, $"M{from:0.##} {Y(ranks[i - 1]!.Value):0.#}C{middle:0.##} {Y(ranks[i - 1]!.Value):0.#} {middle:0.##} {Y(ranks[i]!.Value):0.#} {to:0.##} {Y(ranks[i]!.Value):0.#}"));
        }

        // Songs of several playlists may share a rank; their names cannot.
        if (ranks[^1] is { } now)
        {
            line.Append(string.Create(CultureInfo.InvariantCulture, $"M{X(ranks.Count - 1):0.##} {Y(now):0.#}L100 {Place * (song + 0.5):0.#}"));
        }

        return (line.ToString(), unknown.ToString());
    }

    private static string Percent(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:0.##}%");

    private static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
