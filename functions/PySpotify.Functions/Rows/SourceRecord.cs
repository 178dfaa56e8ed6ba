namespace PySpotify.Functions.Rows;

/// <summary>What became of a source in a snapshot, as its JSON file under <c>sources/</c> tells.</summary>
/// <param name="List"><see cref="Lists"/>.</param>
/// <param name="Source">What was asked for: a playlist's id, a query, a time range.</param>
/// <param name="Kind"><c>playlist</c>, <c>top tracks</c> or <c>search</c>.</param>
/// <param name="Name">What people call it; null where it is not known.</param>
/// <param name="Status"><see cref="Read"/> or <see cref="NotRead"/>.</param>
/// <param name="Reason">Why it was not read, and what to do.</param>
/// <param name="Rows">Rows in its CSV file.</param>
/// <param name="Skipped">Rows that were left out, by reason.</param>
/// <param name="Quarantined">Rows that were refused.</param>
public sealed record SourceRecord(
    string List,
    string Source,
    string Kind,
    string? Name,
    string Status,
    string? Reason,
    int Rows,
    IReadOnlyDictionary<string, int> Skipped,
    int Quarantined)
{
    /// <summary>Its songs are in the snapshot.</summary>
    public const string Read = "read";

    /// <summary>It could not be read; the rows of an earlier run on the same date stay.</summary>
    public const string NotRead = "not read";
}
