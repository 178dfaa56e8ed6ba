using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using PySpotify.Functions.Ports;

namespace PySpotify.Functions.Spotify;

/// <summary>The built-in client, for the local run and wherever SpotifyAPI.Web is not available.</summary>
/// <param name="http">Over a <see cref="SpotifyHandler"/>.</param>
/// <param name="options">Where Spotify is.</param>
public sealed class HttpSpotifyApi(HttpClient http, SpotifyOptions options) : ISpotifyApi
{
    /// <inheritdoc/>
    public async Task<IssuedToken> RequestTokenAsync(SpotifyCredentials credentials, CancellationToken cancellationToken)
    {
        Dictionary<string, string> form = credentials.RefreshToken is { } refreshToken
            ? new() { ["grant_type"] = "refresh_token", ["refresh_token"] = refreshToken }
            : new() { ["grant_type"] = "client_credentials" };
        return await RequestTokenAsync(credentials, form, isSignIn: false, cancellationToken);
    }

    /// <summary>The authorization code grant, which ends a sign-in.</summary>
    /// <param name="credentials">The app.</param>
    /// <param name="code">The code that the redirect brought.</param>
    /// <param name="redirectUri">The redirect's address, as it was asked for.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public Task<IssuedToken> RedeemCodeAsync(
        SpotifyCredentials credentials, string code, string redirectUri, CancellationToken cancellationToken) =>
        RequestTokenAsync(
            credentials,
            new() { ["grant_type"] = "authorization_code", ["code"] = code, ["redirect_uri"] = redirectUri },
            isSignIn: true,
            cancellationToken);

    /// <summary><c>GET /v1/me</c>: who signed in.</summary>
    public Task<UserAnswer> GetUserAsync(string accessToken, CancellationToken cancellationToken) =>
        GetAsync("me", accessToken, SpotifyJson.Default.UserAnswer, limit: 0, source: null, cancellationToken);

    /// <summary><c>GET /v1/me/playlists</c>: all playlists that the person who signed in has made or saved.</summary>
    public async Task<IReadOnlyList<PlaylistSummary>> GetPlaylistsAsync(string accessToken, CancellationToken cancellationToken)
    {
        const int limit = 50, most = 1000;
        var playlists = new List<PlaylistSummary>();
        for (var offset = 0; offset < most; offset += limit)
        {
            var page = await GetAsync(
                $"me/playlists?limit={limit}&offset={offset}",
                accessToken,
                SpotifyJson.Default.PlaylistsPage,
                limit,
                source: null,
                cancellationToken);
            playlists.AddRange((page.Items ?? []).OfType<PlaylistSummary>());
            if (!TrackJson.HasText(page.Next))
            {
                break;
            }
        }

        return playlists;
    }

    /// <inheritdoc/>
    public async Task<TrackPage> GetPlaylistItemsAsync(
        string accessToken, string playlistId, int offset, int limit, CancellationToken cancellationToken)
    {
        var page = await GetAsync(
            $"playlists/{Uri.EscapeDataString(playlistId)}/{TrackPages.PlaylistAddress(limit)}?limit={limit}&offset={offset}&additional_types=track,episode",
            accessToken,
            SpotifyJson.Default.PlaylistPage,
            limit,
            new(Source.Playlist, playlistId),
            cancellationToken);
        return page.ToTrackPage();
    }

    /// <inheritdoc/>
    public async Task<TrackPage> SearchTracksAsync(
        string accessToken, string query, int offset, int limit, CancellationToken cancellationToken)
    {
        var answer = await GetAsync(
            $"search?type=track&q={Uri.EscapeDataString(query)}&limit={limit}&offset={offset}",
            accessToken,
            SpotifyJson.Default.SearchAnswer,
            limit,
            new(Source.Search, query),
            cancellationToken);
        return answer.ToTrackPage();
    }

    /// <inheritdoc/>
    public async Task<TrackPage> GetTopTracksAsync(
        string accessToken, string timeRange, int offset, int limit, CancellationToken cancellationToken)
    {
        var page = await GetAsync(
            $"me/top/tracks?time_range={Uri.EscapeDataString(timeRange)}&limit={limit}&offset={offset}",
            accessToken,
            SpotifyJson.Default.TracksPage,
            limit,
            new(Source.TopTracks, timeRange),
            cancellationToken);
        return page.ToTrackPage();
    }

    /// <inheritdoc/>
    public async Task<string?> GetPlaylistNameAsync(string accessToken, string playlistId, CancellationToken cancellationToken)
    {
        var playlist = await GetAsync(
            $"playlists/{Uri.EscapeDataString(playlistId)}?fields=name",
            accessToken,
            SpotifyJson.Default.PlaylistAnswer,
            limit: 0,
            new(Source.Playlist, playlistId),
            cancellationToken);
        return playlist.Name;
    }

    private async Task<IssuedToken> RequestTokenAsync(
        SpotifyCredentials credentials, Dictionary<string, string> form, bool isSignIn, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(options.AccountsUrl, "api/token"));
        request.Content = new FormUrlEncodedContent(form);
        var app = $"{credentials.ClientId}:{credentials.ClientSecret}";
        request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(app)));
        var answer = await SendAsync(
            request,
            SpotifyJson.Default.TokenAnswer,
            answer => SpotifyAnswers.TokenError(answer.Status, answer.Body, isSignIn),
            cancellationToken);
        return answer.ToIssuedToken();
    }

    private async Task<T> GetAsync<T>(
        string path, string accessToken, JsonTypeInfo<T> type, int limit, Source? source, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(options.ApiUrl, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        return await SendAsync(
            request, type, answer => SpotifyAnswers.Error(answer.Status, answer.Body, limit, source), cancellationToken);
    }

    private async Task<T> SendAsync<T>(
        HttpRequestMessage request,
        JsonTypeInfo<T> type,
        Func<(int Status, string Body), PySpotifyException> error,
        CancellationToken cancellationToken)
    {
        using var response = await http.SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw error(((int)response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken)));
        }

        // SpotifyHandler has the whole body already.
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return SpotifyAnswers.Read(request.RequestUri!.AbsolutePath, () => JsonSerializer.Deserialize(body, type));
    }
}
