using PySpotify.Functions.Ports;
using PySpotify.Functions.Rows;
using PySpotify.Functions.Spotify;

namespace PySpotify.Functions;

/// <summary>What <see cref="FetchTopPlayed"/> reads.</summary>
/// <param name="Source">A playlist, or top tracks.</param>
/// <param name="Token">Where the access token is kept.</param>
/// <param name="Execution">The execution's name.</param>
/// <param name="State">The state's name, for the log.</param>
public sealed record FetchTopPlayedInput(Source Source, TokenReference Token, string Execution, string? State = null);

/// <summary>Stages the tracks of one playlist, or a person's top tracks, in their order, each once.</summary>
public sealed class FetchTopPlayed(ISpotifyApi spotify, TrackStaging staging)
{
    // Ten times what Spotify lets a playlist hold; it ends a list whose pages always name a next one.
    private const int MaxRows = 100_000;

    /// <exception cref="SpotifyTokenExpiredException">The token has run out; authenticate and come back.</exception>
    /// <exception cref="SpotifyTokenRefusedException">Spotify refused the token; authenticate and come back.</exception>
    public Task<StagedTracks> InvokeAsync(FetchTopPlayedInput input, CancellationToken cancellationToken)
    {
        var source = input.Source;
        var key = Keys.Staged(input.Execution, Tables.TopPlayed, source.Id);
        return staging.StageAsync(
            source.Kind == Source.TopTracks
                ? new(source, key, MaxRows)
                {
                    GetPage = (token, offset, limit, cancellationToken) => spotify.GetTopTracksAsync(token, source.Id, offset, limit, cancellationToken),
                    GetName = (_, _) => Task.FromResult<string?>(Source.TopTracksNames[source.Id]),
                }
                : new(source, key, MaxRows)
                {
                    GetPage = (token, offset, limit, cancellationToken) => spotify.GetPlaylistItemsAsync(token, source.Id, offset, limit, cancellationToken),
                    GetName = (token, cancellationToken) => spotify.GetPlaylistNameAsync(token, source.Id, cancellationToken),
                    IsEditable = true,
                    ExtendedLimit = TrackPages.ExtendedPlaylistLimit,
                },
            input.Token,
            cancellationToken);
    }
}
