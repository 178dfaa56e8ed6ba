using PySpotify.Functions;
using PySpotify.Functions.Ports;
using PySpotify.Functions.Spotify;

namespace PySpotify.Workflow.Local;

/// <summary>Tells how the reading of each source comes on.</summary>
internal sealed class ObservedSpotifyApi(ISpotifyApi spotify, RunProgress progress) : ISpotifyApi
{
    public Task<IssuedToken> RequestTokenAsync(SpotifyCredentials credentials, CancellationToken cancellationToken) =>
        spotify.RequestTokenAsync(credentials, cancellationToken);

    public async Task<TrackPage> GetPlaylistItemsAsync(
        string accessToken, string playlistId, int offset, int limit, CancellationToken cancellationToken) =>
        Show(new(Source.Playlist, playlistId), limit, await spotify.GetPlaylistItemsAsync(accessToken, playlistId, offset, limit, cancellationToken));

    public async Task<TrackPage> SearchTracksAsync(string accessToken, string query, int offset, int limit, CancellationToken cancellationToken) =>
        Show(new(Source.Search, query), limit, await spotify.SearchTracksAsync(accessToken, query, offset, limit, cancellationToken), FetchPopular.SearchWindow);

    public async Task<TrackPage> GetTopTracksAsync(string accessToken, string timeRange, int offset, int limit, CancellationToken cancellationToken) =>
        Show(new(Source.TopTracks, timeRange), limit, await spotify.GetTopTracksAsync(accessToken, timeRange, offset, limit, cancellationToken));

    public async Task<string?> GetPlaylistNameAsync(string accessToken, string playlistId, CancellationToken cancellationToken)
    {
        var name = await spotify.GetPlaylistNameAsync(accessToken, playlistId, cancellationToken);
        progress.ShowName(new(Source.Playlist, playlistId), name);
        return name;
    }

    private TrackPage Show(Source source, int limit, TrackPage page, int most = int.MaxValue)
    {
        progress.ShowPage(source, limit, page.Total is { } total ? Math.Min(total, most) : null, page.Tracks.Count);
        return page;
    }
}
