namespace PySpotify.Functions.Spotify;

/// <summary>
/// The three calls of Spotify's that the pipeline makes, one HTTP request each. What to ask for, in which order and
/// what to keep is decided by the callers, so that it holds for every client alike.
/// </summary>
/// <remarks>
/// All three throw <see cref="SpotifyRateLimitedException"/>, <see cref="SpotifyQuotaExceededException"/>,
/// <see cref="SpotifyUnavailableException"/> and <see cref="SpotifyResponseException"/>.
/// </remarks>
public interface ISpotifyApi
{
    /// <summary>
    /// <c>POST /api/token</c>: the refresh token grant where <paramref name="credentials"/> have a refresh token, else
    /// the client credentials grant.
    /// </summary>
    /// <exception cref="SpotifyCredentialsException">The client id or secret is wrong.</exception>
    /// <exception cref="SpotifySignInExpiredException">The refresh token has expired or was revoked.</exception>
    Task<IssuedToken> RequestTokenAsync(SpotifyCredentials credentials, CancellationToken cancellationToken);

    /// <summary><c>GET /v1/playlists/{id}/items</c>: one page of a playlist, in its order.</summary>
    /// <param name="accessToken">The bearer token.</param>
    /// <param name="playlistId">The playlist's base-62 id.</param>
    /// <param name="offset">Rows before the page, from 0.</param>
    /// <param name="limit">Rows in the page, 1–50.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="SpotifyInvalidLimitException">This app may ask for fewer rows at once only.</exception>
    /// <exception cref="SpotifyPlaylistNotFoundException">404.</exception>
    /// <exception cref="SpotifyPlaylistForbiddenException">403.</exception>
    /// <exception cref="SpotifyUnauthorizedException">401: the token was refused.</exception>
    Task<TrackPage> GetPlaylistItemsAsync(
        string accessToken, string playlistId, int offset, int limit, CancellationToken cancellationToken);

    /// <summary><c>GET /v1/search?type=track</c>: one page of what a search finds, best match first.</summary>
    /// <param name="accessToken">The bearer token.</param>
    /// <param name="query">A search in Spotify's syntax, such as <c>year:2025-2026</c>.</param>
    /// <param name="offset">Rows before the page, from 0; offset + limit is at most 1,000.</param>
    /// <param name="limit">Rows in the page: 1–50, in Development Mode 1–10.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="SpotifyInvalidLimitException">This app may ask for fewer rows at once only.</exception>
    /// <exception cref="SpotifyUnauthorizedException">401: the token was refused.</exception>
    Task<TrackPage> SearchTracksAsync(
        string accessToken, string query, int offset, int limit, CancellationToken cancellationToken);
}

/// <summary>What a Spotify app is known by, and the person's refresh token where one signed in.</summary>
public sealed record SpotifyCredentials(string ClientId, string ClientSecret, string? RefreshToken = null)
{
    /// <summary>Names no secret.</summary>
    public override string ToString() => $"Spotify app {ClientId}";
}

/// <summary>A token as the accounts service issues it.</summary>
/// <param name="AccessToken">The bearer token.</param>
/// <param name="ExpiresIn">Seconds it lives, 3,600 as a rule.</param>
/// <param name="RefreshToken">A new refresh token that replaces the old one; null keeps the old one.</param>
public sealed record IssuedToken(string AccessToken, int ExpiresIn, string? RefreshToken = null)
{
    /// <summary>Names no secret.</summary>
    public override string ToString() => $"token for {ExpiresIn} s";
}

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
/// <param name="Name">Title.</param>
/// <param name="Type"><c>track</c>, <c>episode</c> or something newer; null where not sent.</param>
/// <param name="IsLocal">A file from somebody's own disk.</param>
/// <param name="Popularity">0–100; null where Spotify gave none, as it does in Development Mode.</param>
/// <param name="DurationMs">Milliseconds.</param>
/// <param name="Artists">In order of billing.</param>
/// <param name="Album">The album it is on.</param>
public sealed record Track(
    string? Id = null,
    string? Name = null,
    string? Type = null,
    bool? IsLocal = null,
    int? Popularity = null,
    long? DurationMs = null,
    IReadOnlyList<Artist?>? Artists = null,
    Album? Album = null);

/// <summary>An artist on a track.</summary>
public sealed record Artist(string? Name = null);

/// <summary>The album a track is on.</summary>
/// <param name="Name">Title; may be empty.</param>
/// <param name="ReleaseDate"><c>1981</c>, <c>1981-12</c>, <c>1981-12-15</c>, <c>0000</c> or null.</param>
public sealed record Album(string? Name = null, string? ReleaseDate = null);
