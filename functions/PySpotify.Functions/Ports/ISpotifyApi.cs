using PySpotify.Functions.Spotify;

namespace PySpotify.Functions.Ports;

/// <summary>
/// The calls of Spotify's that the pipeline makes, one HTTP request each. What to ask for, in which order and
/// what to keep is decided by the callers, so that it holds for every client alike.
/// </summary>
/// <remarks>
/// All throw <see cref="SpotifyRateLimitedException"/>, <see cref="SpotifyQuotaExceededException"/>,
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

    /// <summary>
    /// One page of a playlist, in its order: <c>GET /v1/playlists/{id}/items</c>, or for more than 50 rows the older
    /// <c>GET /v1/playlists/{id}/tracks</c>, which apps with extended quota have.
    /// </summary>
    /// <param name="accessToken">The bearer token.</param>
    /// <param name="playlistId">The playlist's base-62 id.</param>
    /// <param name="offset">Rows before the page, from 0.</param>
    /// <param name="limit">Rows in the page, 1–100.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="SpotifyInvalidLimitException">This app may ask for fewer rows at once only.</exception>
    /// <exception cref="SpotifyPlaylistNotFoundException">404.</exception>
    /// <exception cref="SpotifyPlaylistForbiddenException">403 for this playlist alone.</exception>
    /// <exception cref="SpotifyUnauthorizedException">401: the token was refused.</exception>
    Task<TrackPage> GetPlaylistItemsAsync(
        string accessToken, string playlistId, int offset, int limit, CancellationToken cancellationToken);

    /// <summary><c>GET /v1/search?type=track</c>: one page of what a search finds, best match first.</summary>
    /// <param name="accessToken">The bearer token.</param>
    /// <param name="query">A search in Spotify's syntax, such as <c>year:2025-2026</c>.</param>
    /// <param name="offset">Rows before the page, from 0; offset + limit is at most 1,000.</param>
    /// <param name="limit">Rows in the page: 1–50, in Development Mode 1–10.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="SpotifyInvalidLimitException">This app may ask for fewer rows at once only.</exception>
    /// <exception cref="SpotifyUnauthorizedException">401: the token was refused.</exception>
    Task<TrackPage> SearchTracksAsync(
        string accessToken, string query, int offset, int limit, CancellationToken cancellationToken);

    /// <summary><c>GET /v1/me/top/tracks</c>: one page of the signed-in person's most played songs, in Spotify's estimate.</summary>
    /// <param name="accessToken">The bearer token.</param>
    /// <param name="timeRange"><c>short_term</c> (about 4 weeks), <c>medium_term</c> (6 months) or <c>long_term</c> (a year).</param>
    /// <param name="offset">Rows before the page, from 0.</param>
    /// <param name="limit">Rows in the page, 1–50.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="SpotifyScopeMissingException">The sign-in does not allow it, or nobody signed in.</exception>
    /// <exception cref="SpotifyUnauthorizedException">401: the token was refused.</exception>
    Task<TrackPage> GetTopTracksAsync(
        string accessToken, string timeRange, int offset, int limit, CancellationToken cancellationToken);

    /// <summary><c>GET /v1/playlists/{id}?fields=name</c>: what people call a playlist; null where Spotify does not say.</summary>
    /// <param name="accessToken">The bearer token.</param>
    /// <param name="playlistId">The playlist's base-62 id.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="SpotifyPlaylistNotFoundException">404.</exception>
    /// <exception cref="SpotifyPlaylistForbiddenException">403 for this playlist alone.</exception>
    Task<string?> GetPlaylistNameAsync(string accessToken, string playlistId, CancellationToken cancellationToken);
}
