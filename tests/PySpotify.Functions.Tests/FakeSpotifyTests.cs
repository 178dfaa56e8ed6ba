using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using PySpotify.Functions.Rows;

namespace PySpotify.Tests;

public sealed class FakeSpotifyTests : IAsyncLifetime
{
    private const string Id = "fakePlaylist0000000001";

    private FakeSpotify _spotify = null!;
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _spotify = await FakeSpotify.StartAsync();

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _spotify.DisposeAsync();
    }

    [Fact]
    public async Task A_playlist_is_read_page_by_page()
    {
        await SignInAsync();
        _spotify.AddPlaylist(Id, FakeSpotify.Tracks(120));

        var names = new List<string>();
        for (var offset = 0; offset < 120; offset += 50)
        {
            var page = await GetAsync($"playlists/{Id}/items?limit=50&offset={offset}");
            Assert.Equal(120, (int)page["total"]!);
            Assert.Equal(offset + 50 < 120, page["next"] is not null);
            names.AddRange(page["items"]!.AsArray().Select(row => (string)row!["item"]!["name"]!));
        }

        Assert.Equal(Enumerable.Range(0, 120).Select(n => $"Track {n}"), names);
        Assert.Equal("Track 7", (string?)(await GetAsync($"playlists/{Id}/tracks?offset=7"))["items"]![0]!["track"]!["name"]);
        Assert.Equal(1, _spotify.Calls(Endpoint.Token));
        Assert.Equal([0, 50, 100, 7], _spotify.Requests.Skip(1).Select(request => request.Offset));
        Assert.InRange(FakeSpotify.Track(0).Length, 1500, 2500);
        _spotify.AssertNothingUnexpected();
    }

    [Theory]
    [InlineData("search?type=track&q=a&limit=51", 400, "Invalid limit")]
    [InlineData("search?type=track&q=a&limit=0", 400, "Invalid limit")]
    [InlineData("search?type=track&q=a&limit=50&offset=951", 400, "Invalid offset")]
    [InlineData("search?type=track&limit=5", 400, "No search query")]
    [InlineData("playlists/nobodys/items", 404, "Resource not found")]
    [InlineData($"playlists/{Id}/items?limit=51", 400, "Invalid limit")]
    [InlineData($"playlists/{Id}/tracks?limit=51", 200, null)]
    public async Task What_Spotify_refuses_is_refused(string path, int status, string? message)
    {
        await SignInAsync();
        _spotify.AddPlaylist(Id, FakeSpotify.Tracks(60));

        var (actual, body) = await SendAsync(path);

        Assert.Equal(status, actual);
        Assert.Equal(message, (string?)body["error"]?["message"]);
        Assert.Equal(message is null ? null : status, (int?)body["error"]?["status"]);
    }

    [Fact]
    public async Task A_search_has_a_window_of_1000_that_next_does_not_know()
    {
        await SignInAsync();
        _spotify.AddSearch(FakeSpotify.Tracks(1000));
        _spotify.AddSearch(FakeSpotify.Tracks(3, first: 5), "only these");

        var last = (await GetAsync("search?type=track&q=year%3A2026&limit=50&offset=950"))["tracks"]!;
        var other = (await GetAsync("search?type=track&q=only%20these"))["tracks"]!;

        Assert.Equal("Track 999", (string?)last["items"]![49]!["name"]);
        Assert.Contains("offset=1000&limit=50", (string?)last["next"], StringComparison.Ordinal);
        Assert.Equal(["Track 5", "Track 6", "Track 7"], other["items"]!.AsArray().Select(track => (string?)track!["name"]));
    }

    [Fact]
    public async Task Development_Mode_has_small_pages_no_popularity_and_own_playlists_only()
    {
        _spotify.DevelopmentMode = true;
        _spotify.AddSearch(FakeSpotify.Tracks(30));
        _spotify.AddPlaylist(Id, FakeSpotify.Tracks(3));
        _spotify.AddPlaylist("somebodyElses", FakeSpotify.Tracks(3), owned: false);

        await SignInAsync();
        Assert.Equal(403, (await SendAsync($"playlists/{Id}/items")).Status);
        await SignInAsync("refresh_token");
        Assert.Equal(403, (await SendAsync("playlists/somebodyElses/items")).Status);
        var rows = (await GetAsync($"playlists/{Id}/items?limit=50"))["items"]!.AsArray();
        Assert.All(rows, row => Assert.False(row!["item"]!.AsObject().ContainsKey("popularity")));
        Assert.Equal(400, (await SendAsync("search?type=track&q=a&limit=11")).Status);
        var found = (await GetAsync("search?type=track&q=a&limit=10"))["tracks"]!["items"]!.AsArray();
        Assert.Equal(10, found.Count);
        Assert.All(found, track => Assert.False(track!.AsObject().ContainsKey("popularity")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_person_and_their_playlists_are_known_by_name(bool developmentMode)
    {
        _spotify.DevelopmentMode = developmentMode;
        _spotify.AddPlaylist(Id, FakeSpotify.Tracks(3), name: "Sunday songs");
        _spotify.AddPlaylist("somebodyElses", FakeSpotify.Tracks(3), owned: false);

        await SignInAsync();
        Assert.Equal(401, (await SendAsync("me")).Status);
        await SignInAsync("refresh_token");
        var me = await GetAsync("me");
        var playlists = (await GetAsync("me/playlists?limit=50"))["items"]!.AsArray();

        Assert.Equal("Ada Listener", (string?)me["display_name"]);
        var mine = Assert.Single(playlists, playlist => (string?)playlist!["owner"]!["id"] == (string?)me["id"]);
        Assert.Equal("Sunday songs", (string?)mine!["name"]);
        Assert.Equal(2, playlists.Count);
    }

    [Theory]
    [InlineData(false, true, "Active premium subscription required for the owner of the app.")]
    [InlineData(true, false, "User not registered in the Developer Dashboard")]
    public async Task What_Development_Mode_demands_of_people_is_refused_in_plain_text(bool hasPremium, bool isRegistered, string text)
    {
        (_spotify.DevelopmentMode, _spotify.OwnerHasPremium, _spotify.UserIsRegistered) = (true, hasPremium, isRegistered);
        await SignInAsync("refresh_token");
        using var response = await _http.GetAsync(new Uri(_spotify.ApiUrl, "me"), Cancelled);
        Assert.Equal((HttpStatusCode.Forbidden, "text/plain"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.Equal(text, await response.Content.ReadAsStringAsync(Cancelled));
    }

    [Fact]
    public async Task Tokens_are_refused_when_unknown_absent_or_expired()
    {
        Assert.Equal("No token provided", (string?)(await SendAsync("search?type=track&q=a")).Body["error"]!["message"]);
        _http.DefaultRequestHeaders.Authorization = new("Bearer", "made-up");
        Assert.Equal(401, (await SendAsync("search?type=track&q=a")).Status);
        await SignInAsync();
        Assert.Equal(200, (await SendAsync("search?type=track&q=a")).Status);
        _spotify.ExpireTokens();
        var (status, body) = await SendAsync("search?type=track&q=a");
        Assert.Equal(401, status);
        Assert.Equal("The access token expired", (string?)body["error"]!["message"]);

        _spotify.ExpiresIn = 0;
        await SignInAsync();
        Assert.Equal(401, (await SendAsync("search?type=track&q=a")).Status);
    }

    [Fact]
    public async Task Grants_are_checked_and_refresh_tokens_rotate_when_asked_to()
    {
        var old = _spotify.RefreshToken;
        Assert.Null((await RequestTokenAsync("refresh_token", ("refresh_token", old))).Body["refresh_token"]);

        _spotify.RotatesRefreshTokens = true;
        var (_, issued) = await RequestTokenAsync("refresh_token", ("refresh_token", old));
        Assert.Equal(_spotify.RefreshToken, (string?)issued["refresh_token"]);
        var (status, body) = await RequestTokenAsync("refresh_token", ("refresh_token", old));
        Assert.Equal((400, "invalid_grant"), (status, (string?)body["error"]));

        _spotify.ClientSecret = "another";
        _spotify.InvalidClientStatus = 401;
        var (unknown, who) = await RequestTokenAsync("client_credentials", secret: "the old one");
        Assert.Equal((401, "invalid_client"), (unknown, (string?)who["error"]));
        Assert.DoesNotContain(_spotify.Requests, request => request.ToString().Contains(old, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Signing_in_needs_nobody()
    {
        const string redirect = "http://127.0.0.1:5000/callback";
        var query = $"response_type=code&client_id={_spotify.ClientId}&state=a%26b&redirect_uri={Uri.EscapeDataString(redirect)}";
        using var response = await _http.GetAsync(new Uri(_spotify.AccountsUrl, "authorize?" + query), Cancelled);
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        var to = response.Headers.Location!;
        Assert.StartsWith(redirect + "?code=", to.OriginalString, StringComparison.Ordinal);
        Assert.EndsWith("&state=a%26b", to.OriginalString, StringComparison.Ordinal);

        var code = to.Query.Split('=', '&')[1];
        var (status, body) = await RequestTokenAsync("authorization_code", ("code", code), ("redirect_uri", redirect));
        Assert.Equal((200, _spotify.RefreshToken), (status, (string?)body["refresh_token"]));
        Assert.Equal(400, (await RequestTokenAsync("authorization_code", ("code", code), ("redirect_uri", redirect))).Status);

        using var localhost = await _http.GetAsync(
            new Uri(_spotify.AccountsUrl, "authorize?" + query.Replace("127.0.0.1", "localhost", StringComparison.Ordinal)), Cancelled);
        Assert.Equal(HttpStatusCode.BadRequest, localhost.StatusCode);
    }

    [Fact]
    public async Task Faults_come_when_scripted_and_as_often()
    {
        await SignInAsync();
        _spotify.AddPlaylist(Id, FakeSpotify.Tracks(3));
        _spotify.Fail(
            Fault.Status(429, retryAfter: "7", reason: "QUOTA_EXCEEDED"), request => request.Endpoint == Endpoint.Search, times: 2, after: 1);

        var statuses = new List<int>();
        for (var i = 0; i < 4; i++)
        {
            statuses.Add((await SendAsync("search?type=track&q=a")).Status);
        }

        Assert.Equal([200, 429, 429, 200], statuses);
        Assert.Equal(200, (await SendAsync($"playlists/{Id}/items")).Status);

        _spotify.Fail(Fault.Status(429, retryAfter: "absurd"));
        using var limited = await _http.GetAsync(new Uri(_spotify.ApiUrl, "search?type=track&q=a"), Cancelled);
        Assert.Equal("absurd", limited.Headers.NonValidated["Retry-After"].ToString());
    }

    [Fact]
    public async Task Bodies_can_be_cut_trickle_or_be_something_else()
    {
        await SignInAsync();
        _spotify.AddPlaylist(Id, FakeSpotify.Tracks(50));
        var page = new Uri(_spotify.ApiUrl, $"playlists/{Id}/items?limit=50");

        _spotify.Fail(Fault.CutConnection);
        await Assert.ThrowsAsync<HttpRequestException>(() => _http.GetStringAsync(page, Cancelled));

        _spotify.Fail(Fault.CutBody);
        using (var response = await _http.GetAsync(page, HttpCompletionOption.ResponseHeadersRead, Cancelled))
        {
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            await Assert.ThrowsAnyAsync<Exception>(() => response.Content.ReadAsStringAsync(Cancelled));
        }

        _spotify.Fail(Fault.HalfJson);
        var half = await _http.GetStringAsync(page, Cancelled);
        Assert.ThrowsAny<JsonException>(() => JsonNode.Parse(half));

        _spotify.Fail(Fault.Html);
        Assert.StartsWith("<!DOCTYPE html>", await _http.GetStringAsync(page, Cancelled), StringComparison.Ordinal);

        foreach (var endless in new[] { Fault.Hang, Fault.NeverEnds, Fault.Floods })
        {
            _spotify.Fail(endless);
            using var cancellation = new CancellationTokenSource(200);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            {
                using var response = await _http.GetAsync(page, HttpCompletionOption.ResponseHeadersRead, cancellation.Token);
                await response.Content.CopyToAsync(Stream.Null, cancellation.Token);
            });
        }
    }

    [Fact]
    public async Task Disposing_ends_calls_that_hang()
    {
        var spotify = await FakeSpotify.StartAsync();
        spotify.Fail(Fault.Hang);
        var call = _http.GetAsync(new Uri(spotify.ApiUrl, "search"), Cancelled);
        while (spotify.Requests.Count == 0)
        {
            await Task.Delay(5, Cancelled);
        }

        // A host waits half a minute for its calls to end, unless it is told otherwise.
        await spotify.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20), Cancelled);

        await Assert.ThrowsAsync<HttpRequestException>(() => call);
    }

    [Fact]
    public async Task Pages_can_be_changed_on_their_way()
    {
        await SignInAsync();
        _spotify.AddSearch(FakeSpotify.Tracks(100));
        _spotify.OnPage = (request, page) =>
        {
            page["total"] = 100 + request.Offset;
            page["items"] = new JsonArray([.. FakeSpotify.Tracks(1000).Select(track => JsonNode.Parse(track))]);
        };

        var page = (await GetAsync("search?type=track&q=a&limit=50&offset=50"))["tracks"]!;

        Assert.Equal(150, (int)page["total"]!);
        Assert.Equal(1000, page["items"]!.AsArray().Count);
    }

    [Fact]
    public async Task Calls_take_their_time_and_the_most_at_once_are_counted()
    {
        await SignInAsync();
        _spotify.Latency = TimeSpan.FromMilliseconds(100);
        _spotify.Gather(3, request => request.Endpoint == Endpoint.Search);

        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => SendAsync("search?type=track&q=a")));

        Assert.True(watch.Elapsed >= TimeSpan.FromMilliseconds(95));
        Assert.Equal(3, _spotify.MaxConcurrentCalls);
    }

    [Fact]
    public async Task Trap_rows_come_as_they_are()
    {
        await SignInAsync();
        _spotify.AddPlaylist(Id, FakeSpotify.TrapRows.Values);
        _spotify.AddSearch(FakeSpotify.TrapRows.Values);

        var rows = (await GetAsync($"playlists/{Id}/items?limit=50"))["items"]!.AsArray();
        var found = (await GetAsync("search?type=track&q=a&limit=50"))["tracks"]!["items"]!.AsArray();

        Assert.Equal(FakeSpotify.TrapRows.Count, rows.Count);
        Assert.Null(rows[0]);
        Assert.Null(rows[1]!.AsObject()["item"]);
        var names = FakeSpotify.TrapRows.Keys.ToList();
        JsonNode Track(string name) => found[names.IndexOf(name)]!;
        Assert.Equal("episode", (string?)Track("episode")["type"]);
        Assert.True((bool)rows[names.IndexOf("local file")]!["is_local"]!);
        Assert.Equal((string?)Track("same track")["id"], (string?)Track("same track again")["id"]);
        Assert.Equal(0, (int)Track("popularity 0")["popularity"]!);
        Assert.False(Track("popularity absent").AsObject().ContainsKey("popularity"));
        Assert.Equal("First\r\nSecond\nThird\u2028Fourth", (string?)Track("line breaks")["name"]);
        Assert.Equal("Backslash\\", (string?)Track("backslash at the end")["name"]);
        Assert.Equal(100_000, ((string?)Track("100 kB name")["name"])!.Length);
    }

    [Theory]
    [InlineData("GET", "v1/artists/abc")]
    [InlineData("GET", "v1//search?type=track&q=a")]
    [InlineData("POST", "v1/search?type=track&q=a")]
    [InlineData("GET", "api/token")]
    public async Task A_call_that_no_route_expects_is_held_against_the_test(string method, string path)
    {
        await SignInAsync();
        _spotify.AssertNothingUnexpected();

        using var request = new HttpRequestMessage(new(method), new Uri(_spotify.AccountsUrl, path));
        using var response = await _http.SendAsync(request, Cancelled);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        var error = Assert.Throws<InvalidOperationException>(_spotify.AssertNothingUnexpected);
        Assert.Contains($"{method} /{path}", error.Message, StringComparison.Ordinal);
    }

    private async Task SignInAsync(string grant = "client_credentials")
    {
        var (_, body) = await RequestTokenAsync(grant, ("refresh_token", _spotify.RefreshToken));
        _http.DefaultRequestHeaders.Authorization = new("Bearer", (string?)body["access_token"]);
    }

    private async Task<(int Status, JsonNode Body)> RequestTokenAsync(string grant, params (string, string)[] fields) =>
        await RequestTokenAsync(grant, _spotify.ClientSecret, fields);

    private async Task<(int Status, JsonNode Body)> RequestTokenAsync(string grant, string secret, params (string, string)[] fields)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_spotify.AccountsUrl, "api/token"));
        var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{_spotify.ClientId}:{secret}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", basic);
        request.Content = new FormUrlEncodedContent(
            [new("grant_type", grant), .. fields.Select(field => KeyValuePair.Create(field.Item1, field.Item2))]);
        using var response = await _http.SendAsync(request, Cancelled);
        return ((int)response.StatusCode, (await response.Content.ReadFromJsonAsync<JsonNode>(Cancelled))!);
    }

    private async Task<JsonNode> GetAsync(string path)
    {
        var (status, body) = await SendAsync(path);
        Assert.Equal(200, status);
        return body;
    }

    private async Task<(int Status, JsonNode Body)> SendAsync(string path)
    {
        using var response = await _http.GetAsync(new Uri(_spotify.ApiUrl, path), Cancelled);
        return ((int)response.StatusCode, (await response.Content.ReadFromJsonAsync<JsonNode>(Cancelled))!);
    }
}
