namespace PySpotify.Functions.Rows;

/// <summary>A claim check: where a source's rows are staged, and what became of the others.</summary>
/// <param name="Source">What was asked for.</param>
/// <param name="Name">What people call it: the playlist's name, the query; null where Spotify did not say.</param>
/// <param name="Key">The staged rows: JSON, one row a line. Null where nothing could be read.</param>
/// <param name="Rows">Staged rows.</param>
/// <param name="Skipped">Rows that were left out, by reason.</param>
/// <param name="Problem">Why nothing could be read; null where it was.</param>
/// <param name="Note">A remark on what was read, in a sentence.</param>
public sealed record StagedTracks(
    Source Source,
    string? Name,
    string? Key,
    int Rows,
    IReadOnlyDictionary<string, int> Skipped,
    Problem? Problem = null,
    string? Note = null);

/// <summary>Why a source could not be read, while the others can.</summary>
/// <param name="Cause">A few words, such as <c>not found (404)</c>.</param>
/// <param name="Advice">What to do about it: a sentence or two.</param>
public sealed record Problem(string Cause, string Advice);
