using System.Globalization;
using System.Text;
using PySpotify.Functions;
using PySpotify.Functions.Ports;
using PySpotify.Functions.Spotify;
using SpotifyAPI.Web;
using SpotifyAPI.Web.Http;

namespace PySpotify.Lambda;

/// <summary>
/// The client over SpotifyAPI.Web. Its connector asks, into our own records: its own would lose an absent popularity,
/// and a page with a type of row that it does not know.
/// </summary>
/// <param name="http">Over a <see cref="SpotifyHandler"/>.</param>
/// <param name="options">Where Spotify is.</param>
public sealed class SpotifyWebApi(HttpClient http, SpotifyOptions options) : ISpotifyApi
{
    /// <inheritdoc/>
    public async Task<IssuedToken> RequestTokenAsync(SpotifyCredentials credentials, CancellationToken cancellationToken)
    {
        Dictionary<string, string> form = credentials.RefreshToken is { } refreshToken
            ? new() { ["grant_type"] = "refresh_token", ["refresh_token"] = refreshToken }
            : new() { ["grant_type"] = "client_credentials" };
        var app = $"{credentials.ClientId}:{credentials.ClientSecret}";
        using var content = new FormUrlEncodedContent(form);

        // As OAuthClient does it, whose address is fixed.
        var answer = await Connector(authenticator: null, SpotifyAnswers.TokenError).Post<TokenAnswer>(
            new Uri(options.AccountsUrl, "api/token"),
            parameters: null,
            content,
            new() { ["Authorization"] = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(app)) },
            cancellationToken);
        return answer.ToIssuedToken();
    }

    /// <inheritdoc/>
    public async Task<TrackPage> GetPlaylistItemsAsync(
        string accessToken, string playlistId, int offset, int limit, CancellationToken cancellationToken)
    {
        var page = await Connector(
            new TokenAuthenticator(accessToken, "Bearer"),
            (status, body) => SpotifyAnswers.Error(status, body, limit, new(Source.Playlist, playlistId))).Get<PlaylistPage>(
            new Uri($"playlists/{playlistId}/{TrackPages.PlaylistAddress(limit)}", UriKind.Relative),
            new Dictionary<string, string>
            {
                ["limit"] = limit.ToString(CultureInfo.InvariantCulture),
                ["offset"] = offset.ToString(CultureInfo.InvariantCulture),
                ["additional_types"] = "track,episode",
            },
            cancellationToken);
        return page.ToTrackPage();
    }

    /// <inheritdoc/>
    public async Task<TrackPage> SearchTracksAsync(
        string accessToken, string query, int offset, int limit, CancellationToken cancellationToken)
    {
        var answer = await Connector(
            new TokenAuthenticator(accessToken, "Bearer"),
            (status, body) => SpotifyAnswers.Error(status, body, limit, new(Source.Search, query))).Get<SearchAnswer>(
            SpotifyUrls.Search(),
            new Dictionary<string, string>
            {
                ["type"] = "track",
                ["q"] = query,
                ["limit"] = limit.ToString(CultureInfo.InvariantCulture),
                ["offset"] = offset.ToString(CultureInfo.InvariantCulture),
            },
            cancellationToken);
        return answer.ToTrackPage();
    }

    /// <inheritdoc/>
    public async Task<TrackPage> GetTopTracksAsync(
        string accessToken, string timeRange, int offset, int limit, CancellationToken cancellationToken)
    {
        var page = await Connector(
            new TokenAuthenticator(accessToken, "Bearer"),
            (status, body) => SpotifyAnswers.Error(status, body, limit, new(Source.TopTracks, timeRange))).Get<TracksPage>(
            new Uri("me/top/tracks", UriKind.Relative),
            new Dictionary<string, string>
            {
                ["time_range"] = timeRange,
                ["limit"] = limit.ToString(CultureInfo.InvariantCulture),
                ["offset"] = offset.ToString(CultureInfo.InvariantCulture),
            },
            cancellationToken);
        return page.ToTrackPage();
    }

    /// <inheritdoc/>
    public async Task<string?> GetPlaylistNameAsync(string accessToken, string playlistId, CancellationToken cancellationToken)
    {
        var playlist = await Connector(
            new TokenAuthenticator(accessToken, "Bearer"),
            (status, body) => SpotifyAnswers.Error(status, body, source: new(Source.Playlist, playlistId))).Get<PlaylistAnswer>(
            SpotifyUrls.Playlist(playlistId), new Dictionary<string, string> { ["fields"] = "name" }, cancellationToken);
        return playlist.Name;
    }

    private APIConnector Connector(IAuthenticator? authenticator, Func<int, string?, PySpotifyException> error)
    {
        var call = new Call(new NetHttpClient(http), error);
        return new(options.ApiUrl, authenticator, call, call, retryHandler: null, httpLogger: null);
    }

    /// <summary>
    /// One call: sent by the library, read by us. Refusals go no further, because APIException's own reading of their
    /// bodies fails on those that are not as expected.
    /// </summary>
    private sealed class Call(NetHttpClient client, Func<int, string?, PySpotifyException> error) : IHTTPClient, IJSONSerializer
    {
        private string _path = "";

        public async Task<IResponse> DoRequest(IRequest request, CancellationToken cancel)
        {
            _path = new Uri(request.BaseAddress, request.Endpoint).AbsolutePath;
            var response = await client.DoRequest(request, cancel);
            return (int)response.StatusCode is >= 200 and < 300
                ? response
                : throw error((int)response.StatusCode, response.Body as string);
        }

        public IAPIResponse<T> DeserializeResponse<T>(IResponse response) =>
            new APIResponse<T>(response, SpotifyAnswers.Read<T>(response.Body as string, _path));

        public void SerializeRequest(IRequest request)
        {
            // A form is sent as it is.
        }

        public void SetRequestTimeout(TimeSpan timeout) => throw new NotSupportedException("Time is the handler's to keep.");

        public void Dispose()
        {
            // The HttpClient outlives the call.
        }
    }
}
