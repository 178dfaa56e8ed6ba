using PySpotify.Functions.Ports;
using PySpotify.Functions.Rows;
using PySpotify.Functions.Spotify;

namespace PySpotify.Functions;

/// <summary>What <see cref="FetchPopular"/> reads.</summary>
/// <param name="Source">A search.</param>
/// <param name="Token">Where the access token is kept.</param>
/// <param name="Execution">The execution's name.</param>
/// <param name="State">The state's name, for the log.</param>
public sealed record FetchPopularInput(Source Source, TokenReference Token, string Execution, string? State = null);

/// <summary>
/// Stages the tracks that one search finds, each once, the most popular first, those of unknown popularity last, and
/// as the search had them where they are equally popular.
/// </summary>
public sealed class FetchPopular(ISpotifyApi spotify, TrackStaging staging)
{
    /// <summary>The most rows that a search gives: https://developer.spotify.com/documentation/web-api/reference/search</summary>
    public const int SearchWindow = 1000;

    /// <exception cref="SpotifyTokenExpiredException">The token has run out; authenticate and come back.</exception>
    /// <exception cref="SpotifyTokenRefusedException">Spotify refused the token; authenticate and come back.</exception>
    public Task<StagedTracks> InvokeAsync(FetchPopularInput input, CancellationToken cancellationToken)
    {
        var source = input.Source;
        return staging.StageAsync(
            new(source, Keys.Staged(input.Execution, Tables.Popular, source.Id), SearchWindow)
            {
                GetPage = (token, offset, limit, cancellationToken) => spotify.SearchTracksAsync(token, source.Id, offset, limit, cancellationToken),
                GetName = (_, _) => Task.FromResult<string?>(source.Id),
                Arrange = songs => songs.OrderByDescending(song => song.TrackPop ?? -1),
            },
            input.Token,
            cancellationToken);
    }
}
