using PySpotify.Functions.Ports;
using PySpotify.Functions.Rows;
using PySpotify.Functions.Spotify;

namespace PySpotify.Functions;

/// <summary>What <see cref="FetchTopPlayed"/> reads.</summary>
/// <param name="PlaylistId">The playlist's base-62 id.</param>
/// <param name="Token">Where the access token is kept.</param>
/// <param name="Execution">The execution's name.</param>
/// <param name="State">The state's name, for the log.</param>
public sealed record FetchTopPlayedInput(string PlaylistId, TokenReference Token, string Execution, string? State = null);

/// <summary>Stages the tracks of one playlist, in its order, each once.</summary>
public sealed class FetchTopPlayed(ISpotifyApi spotify, TrackStaging staging)
{
    // Ten times what Spotify lets a playlist hold; it ends a list whose pages always name a next one.
    private const int LongestPlaylist = 100_000;

    /// <exception cref="SpotifyTokenExpiredException">The token has run out; authenticate and come back.</exception>
    /// <exception cref="SpotifyPlaylistNotFoundException">Spotify knows no such playlist for this app.</exception>
    /// <exception cref="SpotifyPlaylistForbiddenException">The playlist is not the signed-in user's.</exception>
    public Task<StagedTracks> InvokeAsync(FetchTopPlayedInput input, CancellationToken cancellationToken)
    {
        var source = Keys.Source(input.PlaylistId);
        return staging.StageAsync(
            input.Token,
            source,
            Keys.Staged(input.Execution, Tables.TopPlayed, source),
            token => (offset, limit, cancellationToken) => spotify.GetPlaylistItemsAsync(token, input.PlaylistId, offset, limit, cancellationToken),
            LongestPlaylist,
            songs => songs,
            cancellationToken);
    }
}
