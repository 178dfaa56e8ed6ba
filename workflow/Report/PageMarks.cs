using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using PySpotify.Workflow.Local.Warehouse;

namespace PySpotify.Workflow.Report;

/// <summary>What tells whether a week's page is out of date: a hash of the sources up to its week, which the page keeps.</summary>
/// <param name="snapshots">The hash of each snapshot with all before it, by date, the first one first.</param>
internal sealed partial class PageMarks(IReadOnlyDictionary<string, string> snapshots)
{
    /// <summary>The mark is in the head, before the style.</summary>
    private const int LongestHead = 2048;

    /// <summary>The days that have a snapshot, the first one first.</summary>
    public List<string> Dates { get; } = [.. snapshots.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Reads the snapshots.</summary>
    public static async Task<PageMarks> ReadAsync(TableReader tables, CancellationToken cancellationToken)
    {
        var (columns, rows) = await tables.QueryAsync(
            """
            SELECT snapshot_date, list, source, name, status, reason, rows, quarantined, fingerprint
            FROM sources
            ORDER BY snapshot_date, list, source, name
            """,
            cancellationToken);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var snapshots = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var snapshot in new Answer(columns, rows).GroupBy(row => row.Text("snapshot_date")!))
        {
            foreach (var row in snapshot)
            {
                hash.AppendData(Encoding.UTF8.GetBytes(string.Join('\t', row.Values.Select(value => Convert.ToString(value, CultureInfo.InvariantCulture))) + "\n"));
            }

            if (snapshot.Any(row => row.Number("rows") > 0))
            {
                snapshots[snapshot.Key] = Convert.ToHexStringLower(hash.GetCurrentHash())[..16];
            }
        }

        return new(snapshots);
    }

    /// <summary>The mark that a page is to have. It has links to the pages beside it, which are part of what it is made from.</summary>
    /// <param name="date">Its snapshot.</param>
    /// <param name="pages">The snapshots that have a page, the first one first.</param>
    public string Of(string date, List<string> pages)
    {
        var at = pages.IndexOf(date);
        return $"{snapshots[date]}{(at > 0 ? $" after {pages[at - 1]}" : "")}{(at + 1 < pages.Count ? $" before {pages[at + 1]}" : "")}";
    }

    /// <summary>The mark that a page has; null where it has none, or is not there.</summary>
    public static string? In(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        var head = new char[LongestHead];
        using var page = new StreamReader(path);
        return Mark().Match(new string(head, 0, page.ReadBlock(head))) is { Success: true } mark ? mark.Groups[1].Value : null;
    }

    [GeneratedRegex("<meta name=\"made-from\" content=\"([^\"]*)\">")]
    private static partial Regex Mark();
}
