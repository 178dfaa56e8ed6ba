using PySpotify.Functions.Spotify;

namespace PySpotify.Functions.Ports;

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
