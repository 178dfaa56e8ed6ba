namespace PySpotify.Functions.Spotify;

/// <summary>A page of tracks.</summary>
/// <param name="Total">Rows in all as Spotify counts them; may differ from page to page. Null where it gave none.</param>
/// <param name="HasNext">Whether Spotify names a next page, which it does past its own 1,000-row window too.</param>
/// <param name="Tracks">The page's rows in order; null where Spotify sent a null row.</param>
public sealed record TrackPage(int? Total, bool HasNext, IReadOnlyList<Track?> Tracks);

/// <summary>
/// A track as Spotify sends it: any member may be absent. An episode of a podcast comes in the same shape, told by its
/// <paramref name="Type"/>.
/// </summary>
/// <param name="Id">Base-62 id; null for a local file.</param>
/// <param name="Name">Title; empty for a song that is no longer available.</param>
/// <param name="Type"><c>track</c>, <c>episode</c> or something newer; null where not sent.</param>
/// <param name="IsLocal">A file from somebody's own disk.</param>
/// <param name="Popularity">0–100; null where Spotify gave none, as it does in Development Mode.</param>
/// <param name="DurationMs">Milliseconds.</param>
/// <param name="Artists">Names in order of billing; null for one without a name.</param>
/// <param name="Album">The album it is on.</param>
/// <param name="Isrc">The recording's international code, 12 characters.</param>
/// <param name="Fault">What in it could not be read; null where all could.</param>
public sealed record Track(
    string? Id = null,
    string? Name = null,
    string? Type = null,
    bool? IsLocal = null,
    long? Popularity = null,
    long? DurationMs = null,
    IReadOnlyList<string?>? Artists = null,
    Album? Album = null,
    string? Isrc = null,
    string? Fault = null);

/// <summary>The album a track is on.</summary>
/// <param name="Name">Title; may be empty.</param>
/// <param name="ReleaseDate"><c>1981</c>, <c>1981-12</c>, <c>1981-12-15</c>, <c>0000</c> or null.</param>
public sealed record Album(string? Name = null, string? ReleaseDate = null);
