using PySpotify.Functions.Ports;
using PySpotify.Functions.Rows;
using PySpotify.Functions.Spotify;

namespace PySpotify.Functions;

/// <summary>What <see cref="FetchPopular"/> reads.</summary>
/// <param name="Query">A search in Spotify's syntax, such as <c>year:2025-2026</c>.</param>
/// <param name="Token">Where the access token is kept.</param>
/// <param name="Execution">The execution's name.</param>
/// <param name="State">The state's name, for the log.</param>
public sealed record FetchPopularInput(string Query, TokenReference Token, string Execution, string? State = null);

/// <summary>
/// Stages the tracks that one search finds, each once, the most popular first, those of unknown popularity last, and
/// as the search had them where they are equally popular.
/// </summary>
public sealed class FetchPopular(ISpotifyApi spotify, TrackStaging staging)
{
    /// <summary>Rows that a search gives: https://developer.spotify.com/documentation/web-api/reference/search</summary>
    private const int SearchWindow = 1000;

    /// <exception cref="SpotifyTokenExpiredException">The token has run out; authenticate and come back.</exception>
    public Task<StagedTracks> InvokeAsync(FetchPopularInput input, CancellationToken cancellationToken)
    {
        var source = Keys.Source(input.Query);
        return staging.StageAsync(
            input.Token,
            source,
            Keys.Staged(input.Execution, Tables.Popular, source),
            token => (offset, limit, cancellationToken) => spotify.SearchTracksAsync(token, input.Query, offset, limit, cancellationToken),
            SearchWindow,
            songs => songs.OrderByDescending(song => song.TrackPop ?? -1),
            cancellationToken);
    }
}
