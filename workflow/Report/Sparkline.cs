using System.Text;
using System.Xml.Linq;

namespace PySpotify.Workflow.Report;

/// <summary>A song's ranks as a line in its row. It breaks off where the song was not listed and where no snapshot is.</summary>
internal static class Sparkline
{
    private const double Width = 110, Height = 20, Margin = 3;

    /// <summary>Ranks that a line spans at least, so that small moves look small.</summary>
    private const long LeastSpan = 12;

    public static string Draw(RankHistory history, int song)
    {
        var (best, worst) = (history.Songs[song].Min() ?? 1, history.Songs[song].Max() ?? 1);
        var span = Math.Max(LeastSpan, worst - best);
        best = Math.Max(1, best - (span - (worst - best)) / 2);
        var line = new StringBuilder();
        var isDown = false;
        for (var i = 0; i < history.Snapshots.Count; i++)
        {
            if (history.Songs[song][i] is not { } rank)
            {
                isDown = false;
                continue;
            }

            var continues = isDown && history.Snapshots[i].WeeksMissing == 0;
            // A line of no length is a dot where the ones beside are unknown.
            line.Append(FormattableString.Invariant($"{(continues ? 'L' : 'M')}{X(i):0.#} {Y(rank):0.#}{(continues ? "" : "h0")}"));
            isDown = true;
        }

        return new XElement(
            "svg",
            new XAttribute("class", "spark"),
            new XAttribute("viewBox", FormattableString.Invariant($"0 0 {Width} {Height}")),
            new XAttribute("role", "img"),
            new XAttribute("aria-label", $"Rank by week: {history.Tell(song, 8)}"),
            new XElement("path", new XAttribute("d", line.ToString())),
            history.Songs[song][^1] is { } now
                ? new XElement("circle", new XAttribute("cx", X(history.Snapshots.Count - 1)), new XAttribute("cy", Math.Round(Y(now), 1)), new XAttribute("r", 2.5))
                : null).ToString(SaveOptions.DisableFormatting);

        double X(int snapshot) => Margin + (Width - 2 * Margin) * history.X(snapshot);
        double Y(long rank) => Margin + (Height - 2 * Margin) * (rank - best) / span;
    }
}
