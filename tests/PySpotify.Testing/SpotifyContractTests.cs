using Microsoft.Extensions.Logging.Abstractions;
using PySpotify.Functions;
using PySpotify.Functions.Ports;
using PySpotify.Functions.Rows;
using PySpotify.Functions.Spotify;

namespace PySpotify.Tests;

/// <summary>What every client of Spotify's does, whichever library it is made of.</summary>
public abstract class SpotifyContractTests : IAsyncLifetime
{
    private const string Id = "fakePlaylist0000000001";

    private readonly List<HttpClient> _clients = [];
    private FakeSpotify _spotify = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private SpotifyCredentials App => new(_spotify.ClientId, _spotify.ClientSecret);

    private SpotifyCredentials Person => App with { RefreshToken = _spotify.RefreshToken };

    public async ValueTask InitializeAsync() => _spotify = await FakeSpotify.StartAsync();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _clients.ForEach(client => client.Dispose());
        await _spotify.DisposeAsync();
    }

    protected abstract ISpotifyApi Create(HttpClient http, SpotifyOptions options);

    [Fact]
    public async Task Pages_of_a_playlist_come_in_its_order()
    {
        var (client, token) = await SignInAsync();
        _spotify.AddPlaylist(Id, FakeSpotify.Tracks(120));

        var pages = new List<TrackPage>();
        foreach (var offset in new[] { 0, 50, 100 })
        {
            pages.Add(await client.GetPlaylistItemsAsync(token, Id, offset, 50, Cancelled));
        }

        Assert.Equal(Enumerable.Range(0, 120).Select(n => $"Track {n}"), pages.SelectMany(page => page.Tracks).Select(track => track!.Name));
        Assert.Equal([true, true, false], pages.Select(page => page.HasNext));
        Assert.All(pages, page => Assert.Equal(120, page.Total));
        Assert.Equal(["0 50", "50 50", "100 50"], Asked(Endpoint.Playlist).Select(call => $"{call.Offset} {call.Limit}"));
        Assert.Equal("track,episode", Asked(Endpoint.Playlist)[0]["additional_types"]);
        _spotify.AssertNothingUnexpected();
    }

    [Fact]
    public async Task A_page_of_a_hundred_rows_comes_from_the_older_address()
    {
        var (client, token) = await SignInAsync();
        _spotify.AddPlaylist(Id, FakeSpotify.Tracks(120));

        var page = await client.GetPlaylistItemsAsync(token, Id, 5, 100, Cancelled);

        Assert.Equal(Enumerable.Range(5, 100).Select(n => $"Track {n}"), page.Tracks.Select(track => track!.Name));
        Assert.EndsWith("/tracks", Assert.Single(Asked(Endpoint.Playlist)).Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_of_a_search_come_best_match_first()
    {
        var (client, token) = await SignInAsync();
        _spotify.AddSearch(FakeSpotify.Tracks(70));

        var page = await client.SearchTracksAsync(token, "year:2025-2026", 50, 20, Cancelled);

        Assert.Equal(Enumerable.Range(50, 20).Select(FakeSpotify.TrackId), page.Tracks.Select(track => track!.Id));
        Assert.Equal((70, false), (page.Total, page.HasNext));
        var call = Assert.Single(Asked(Endpoint.Search));
        Assert.Equal(("track", "year:2025-2026", 50, 20), (call["type"], call["q"], call.Offset, call.Limit));
        _spotify.AssertNothingUnexpected();
    }

    [Theory]
    [InlineData("artist:\"Tyler, The Creator\" year:2025-2026")]
    [InlineData("a & b = c + d # e % f ? g / h")]
    [InlineData("Beyoncé 宇多田ヒカル 🎧")]
    [InlineData("{thisYear} \\ `<script>` %20 %2B")]
    public async Task A_query_arrives_as_it_was_written(string query)
    {
        var (client, token) = await SignInAsync();
        _spotify.AddSearch(FakeSpotify.Tracks(1), query);

        var page = await client.SearchTracksAsync(token, query, 0, 10, Cancelled);

        Assert.Single(page.Tracks);
        Assert.Equal(query, Asked(Endpoint.Search).Single()["q"]);
    }

    [Fact]
    public async Task A_track_is_read_whole()
    {
        var (client, token) = await SignInAsync();
        _spotify.AddPlaylist(Id, FakeSpotify.Tracks(1, first: 7));
        _spotify.AddSearch(FakeSpotify.Tracks(1, first: 7));

        var row = Assert.Single((await client.GetPlaylistItemsAsync(token, Id, 0, 50, Cancelled)).Tracks)!;
        var found = Assert.Single((await client.SearchTracksAsync(token, "a", 0, 50, Cancelled)).Tracks)!;

        foreach (var track in new[] { row, found })
        {
            Assert.Equal(
                new Track(FakeSpotify.TrackId(7), "Track 7", "track", false, 7 * 37 % 101, 180_007, null, new Album("Album 7", "2025-01-08"), "XXFK10000007"),
                track with { Artists = null });
            Assert.Equal(["Artist 7"], track.Artists);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_row_costs_the_page(bool search)
    {
        var (client, token) = await SignInAsync();
        _spotify.AddPlaylist(Id, FakeSpotify.TrapRows.Values);
        _spotify.AddSearch(FakeSpotify.TrapRows.Values);

        var page = search
            ? await client.SearchTracksAsync(token, "a", 0, 50, Cancelled)
            : await client.GetPlaylistItemsAsync(token, Id, 0, 50, Cancelled);

        var names = FakeSpotify.TrapRows.Keys.ToList();
        Assert.Equal(names.Count, page.Tracks.Count);
        Track? Row(string name) => page.Tracks[names.IndexOf(name)];
        Assert.Null(Row("null row"));
        Assert.Null(Row("row without a track"));
        Assert.Equal("episode", Row("episode")!.Type);
        Assert.Equal((null, true), (Row("local file")!.Id, Row("local file")!.IsLocal));
        Assert.Equal("hologram", Row("unknown type")!.Type);
        Assert.Empty(Row("no artists")!.Artists!);
        Assert.Equal("", Row("album without a name")!.Album!.Name);
        Assert.Null(Row("release date null")!.Album!.ReleaseDate);
        foreach (var date in new[] { "1981", "1981-12", "0000" })
        {
            Assert.Equal(date, Row($"release date {date}")!.Album!.ReleaseDate);
        }

        Assert.Equal(Row("same track")!.Id, Row("same track again")!.Id);
        Assert.Equal(0, Row("popularity 0")!.Popularity);
        Assert.Null(Row("popularity absent")!.Popularity);
        Assert.Equal("Say \"Cheese\" 'Twice'", Row("quotes")!.Name);
        Assert.Equal("One, Two, Three", Row("commas")!.Name);
        Assert.Equal("First\r\nSecond\nThird\u2028Fourth", Row("line breaks")!.Name);
        Assert.Equal("Left\tRight", Row("tabs")!.Name);
        Assert.Equal("Headphones 🎧 on 👩‍🎤", Row("emoji")!.Name);
        Assert.Equal("=1+1", Row("leading =")!.Name);
        Assert.Equal("Backslash\\", Row("backslash at the end")!.Name);
        Assert.Equal("<script>alert(\"PySpotify\")</script>", Row("script")!.Name);
        Assert.Equal(new string('x', 100_000), Row("100 kB name")!.Name);
    }

    [Fact]
    public async Task A_track_is_found_under_its_older_name_too()
    {
        var (client, token) = await SignInAsync();
        _spotify.AddPlaylist(Id, FakeSpotify.Tracks(2));
        _spotify.OnPage = (_, page) =>
        {
            foreach (var row in page["items"]!.AsArray())
            {
                var track = row!["item"]!.DeepClone();
                row.AsObject().Remove("item");
                row["track"] = track;
            }
        };

        var page = await client.GetPlaylistItemsAsync(token, Id, 0, 50, Cancelled);

        Assert.Equal(["Track 0", "Track 1"], page.Tracks.Select(track => track!.Name));
    }

    [Fact]
    public async Task What_Spotify_leaves_out_or_adds_harms_nothing()
    {
        var (client, token) = await SignInAsync();
        _spotify.AddSearch(FakeSpotify.Tracks(1));
        _spotify.OnPage = (_, page) =>
        {
            page.Remove("total");
            page.Remove("next");
            page["news"] = "of 2027";
        };

        var page = await client.SearchTracksAsync(token, "a", 0, 10, Cancelled);

        Assert.Equal((null, false), (page.Total, page.HasNext));
        Assert.Single(page.Tracks);
    }

    [Fact]
    public async Task Development_Mode_gives_no_popularity_and_refuses_large_pages()
    {
        _spotify.DevelopmentMode = true;
        var (client, token) = await SignInAsync(Person);
        _spotify.AddSearch(FakeSpotify.Tracks(12));
        _spotify.AddPlaylist(Id, FakeSpotify.Tracks(3));

        var error = await Assert.ThrowsAsync<SpotifyInvalidLimitException>(() => client.SearchTracksAsync(token, "a", 0, 50, Cancelled));
        Assert.Contains("50", error.Message, StringComparison.Ordinal);
        var found = await client.SearchTracksAsync(token, "a", 0, 10, Cancelled);
        var rows = await client.GetPlaylistItemsAsync(token, Id, 0, 50, Cancelled);

        Assert.Equal(10, found.Tracks.Count);
        Assert.All(found.Tracks.Concat(rows.Tracks), track => Assert.Null(track!.Popularity));
    }

    [Fact]
    public async Task Refused_playlists_say_which_and_why()
    {
        _spotify.DevelopmentMode = true;
        var (client, token) = await SignInAsync(Person);
        _spotify.AddPlaylist("somebodyElses", FakeSpotify.Tracks(3), owned: false);

        var unknown = await Assert.ThrowsAsync<SpotifyPlaylistNotFoundException>(
            () => client.GetPlaylistItemsAsync(token, "nobodys", 0, 50, Cancelled));
        var forbidden = await Assert.ThrowsAsync<SpotifyPlaylistForbiddenException>(
            () => client.GetPlaylistItemsAsync(token, "somebodyElses", 0, 50, Cancelled));

        Assert.Equal("not found (404)", unknown.Problem.Cause);
        Assert.Equal("forbidden (403)", forbidden.Problem.Cause);
        Assert.StartsWith("Spotify says 'Forbidden'.", forbidden.Problem.Advice, StringComparison.Ordinal);
        Assert.Equal(2, _spotify.Calls(Endpoint.Playlist));
    }

    [Theory]
    [InlineData("text/plain", "Active premium subscription required for the owner of the app.", typeof(SpotifyPremiumRequiredException))]
    [InlineData("text/plain", "User not registered in the Developer Dashboard", typeof(SpotifyUserNotRegisteredException))]
    [InlineData("application/json", """{"error":{"status":403,"message":"Insufficient client scope"}}""", typeof(SpotifyScopeMissingException))]
    [InlineData("application/json", """{"message":"User not registered in the Developer Dashboard"}""", typeof(SpotifyUserNotRegisteredException))]
    [InlineData("application/json", "\"Active premium subscription required for the owner of the app.\"", typeof(SpotifyPremiumRequiredException))]
    [InlineData("application/json", """{"error":{"status":403,"message":"Forbidden"}}""", typeof(SpotifyPlaylistForbiddenException))]
    [InlineData("application/json", """{"error":{"status":403,"message":""}}""", typeof(SpotifyPlaylistForbiddenException))]
    [InlineData("text/plain", "Forbidden.", typeof(SpotifyPlaylistForbiddenException))]
    [InlineData("text/plain", "", typeof(SpotifyPlaylistForbiddenException))]
    [InlineData("application/json", "null", typeof(SpotifyPlaylistForbiddenException))]
    [InlineData("text/html", "<html><head><title>No</title></head><body><h1>It&#39;s blocked\nby  a proxy</h1></body></html>", typeof(SpotifyForbiddenException), "It's blocked by a proxy")]
    [InlineData("text/plain", "App blocked for violating the Developer Terms.", typeof(SpotifyForbiddenException), "App blocked for violating the Developer Terms")]
    [InlineData("application/json", """{"detail":["odd"]}""", typeof(SpotifyForbiddenException), """{"detail":["odd"]}""")]
    public async Task A_refusal_has_its_cause_and_Spotifys_words(string type, string body, Type expected, string? words = null)
    {
        var (client, token) = await SignInAsync();
        _spotify.Fail(Fault.Body(403, type, body), call => call.Endpoint == Endpoint.Playlist);

        var error = await Assert.ThrowsAnyAsync<PySpotifyException>(() => client.GetPlaylistItemsAsync(token, Id, 0, 50, Cancelled));

        Assert.IsType(expected, error);
        words ??= ((string[])["Active premium subscription required for the owner of the app", "User not registered in the Developer Dashboard", "Insufficient client scope"])
            .FirstOrDefault(known => body.Contains(known, StringComparison.Ordinal)) ?? "Forbidden";
        Assert.Contains($"Spotify says '{words}'", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(".'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, """{"error":{"status":400,"message":"Invalid base62 id"}}""", "refused (400: 'Invalid base62 id')")]
    [InlineData(400, """{"error":{"status":400,"message":"Query exceeds maximum length of 250 characters"}}""", "refused (400: 'Query exceeds maximum length…')")]
    [InlineData(410, "Gone", "refused (410: 'Gone')")]
    [InlineData(404, "", null)]
    public async Task What_is_wrong_with_one_source_is_told_of_that_source(int status, string body, string? cause)
    {
        var (client, token) = await SignInAsync(Person);
        _spotify.Fail(Fault.Body(status, "application/json", body), call => call.Endpoint != Endpoint.Token, times: 3);

        var playlist = await Assert.ThrowsAnyAsync<SourceException>(() => client.GetPlaylistItemsAsync(token, Id, 0, 50, Cancelled));
        var search = await Assert.ThrowsAnyAsync<SourceException>(() => client.SearchTracksAsync(token, "a", 0, 50, Cancelled));
        var topTracks = await Assert.ThrowsAnyAsync<SourceException>(() => client.GetTopTracksAsync(token, "short_term", 0, 50, Cancelled));

        Assert.Equal(cause ?? "not found (404)", playlist.Problem.Cause);
        Assert.Equal([cause ?? "refused (404)", cause ?? "refused (404)"], [search.Problem.Cause, topTracks.Problem.Cause]);
        Assert.InRange(search.Problem.Cause.Length, 1, 48);
        Assert.Contains(body is "" ? "does not say why" : body.Contains("Query", StringComparison.Ordinal) ? "of 250 characters'. Correct it" : "Spotify says '", search.Problem.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Top_tracks_come_in_their_order_and_need_their_scope()
    {
        var (client, token) = await SignInAsync(Person);
        _spotify.AddTopTracks("short_term", FakeSpotify.Tracks(60));

        var page = await client.GetTopTracksAsync(token, "short_term", 50, 50, Cancelled);

        Assert.Equal(Enumerable.Range(50, 10).Select(n => $"Track {n}"), page.Tracks.Select(track => track!.Name));
        Assert.Equal((60, false), (page.Total, page.HasNext));
        var (_, withoutPerson) = await SignInAsync();
        await Assert.ThrowsAsync<SpotifyScopeMissingException>(() => client.GetTopTracksAsync(withoutPerson, "short_term", 0, 50, Cancelled));
        _spotify.AssertNothingUnexpected();
    }

    [Fact]
    public async Task A_playlist_has_a_name()
    {
        var (client, token) = await SignInAsync();
        _spotify.AddPlaylist(Id, [], name: "Tyler, The \"Creator\"");

        Assert.Equal("Tyler, The \"Creator\"", await client.GetPlaylistNameAsync(token, Id, Cancelled));
        await Assert.ThrowsAsync<SpotifyPlaylistNotFoundException>(() => client.GetPlaylistNameAsync(token, "nobodys", Cancelled));
        Assert.Equal("name", Asked(Endpoint.PlaylistName)[0]["fields"]);
    }

    [Theory]
    [InlineData("\"duration_ms\":180000.0", 180_000L, null)]
    [InlineData("\"duration_ms\":1.8e5", 180_000L, null)]
    [InlineData("\"duration_ms\":-5", -5L, null)]
    [InlineData("\"duration_ms\":3000000000", 3_000_000_000L, null)]
    [InlineData("\"duration_ms\":null", null, null)]
    [InlineData("\"duration_ms\":\"85\"", null, "duration_ms cannot be read: \"85\"")]
    [InlineData("\"duration_ms\":1.5", null, "duration_ms cannot be read: 1.5")]
    [InlineData("\"duration_ms\":1e99", -1L, null)]
    [InlineData("\"duration_ms\":1e19", -1L, null)]
    [InlineData("\"duration_ms\":{\"totalMilliseconds\":5}", null, "duration_ms cannot be read: {\"totalMilliseconds\":5}")]
    [InlineData("\"popularity\":[1]", null, "popularity cannot be read: [1]")]
    [InlineData("\"name\":7", null, "name cannot be read: 7")]
    [InlineData("\"name\":\"\\ud83c\"", null, "name cannot be read: \"\\ud83c\"")]
    [InlineData("\"artists\":{}", null, "artists cannot be read: {}")]
    [InlineData("\"artists\":[{\"name\":false}]", null, "name cannot be read: false")]
    [InlineData("\"artists\":[\"y\"]", null, "an artist cannot be read: \"y\"")]
    [InlineData("\"album\":{\"name\":[]}", null, "name cannot be read: []")]
    [InlineData("\"album\":\"x\"", null, "album cannot be read: \"x\"")]
    [InlineData("\"external_ids\":\"x\"", null, "external_ids cannot be read: \"x\"")]
    [InlineData("\"external_ids\":{\"isrc\":1}", null, "isrc cannot be read: 1")]
    public async Task A_member_in_another_form_costs_its_row_alone(string member, long? duration, string? fault)
    {
        var (client, token) = await SignInAsync();
        _spotify.AddPlaylist(Id, [FakeSpotify.Track(1), $"{{\"id\":\"odd\",{member}}}", "7", FakeSpotify.Track(2)]);

        var page = await client.GetPlaylistItemsAsync(token, Id, 0, 50, Cancelled);

        Assert.Equal(["Track 1", "Track 2"], new[] { page.Tracks[0]!.Name, page.Tracks[3]!.Name });
        Assert.Equal(("odd", duration, fault), (page.Tracks[1]!.Id, page.Tracks[1]!.DurationMs, page.Tracks[1]!.Fault));
        Assert.Equal("the row cannot be read: 7", page.Tracks[2]!.Fault);
    }

    [Fact]
    public async Task A_popularity_beyond_all_numbers_is_out_of_range()
    {
        var (client, token) = await SignInAsync();
        _spotify.AddSearch(["""{"id":"odd","popularity":1e30}"""]);

        var track = Assert.Single((await client.SearchTracksAsync(token, "a", 0, 50, Cancelled)).Tracks)!;

        Assert.Equal((-1L, null), (track.Popularity, track.Fault));
    }

    [Fact]
    public async Task A_row_that_is_very_deep_does_not_cost_the_page()
    {
        var (client, token) = await SignInAsync();
        var deep = new string('[', 1000) + new string(']', 1000);
        _spotify.AddSearch([FakeSpotify.Track(1), $"{{\"id\":\"odd\",\"name\":{deep}}}", FakeSpotify.Track(2)]);

        var page = await client.SearchTracksAsync(token, "a", 0, 50, Cancelled);

        Assert.Equal(["Track 1", null, "Track 2"], page.Tracks.Select(track => track!.Name));
        Assert.StartsWith("name cannot be read: [[[", page.Tracks[1]!.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_that_are_not_UTF8_cost_their_row_alone()
    {
        var (client, token) = await SignInAsync();
        _spotify.Fail(Fault.Bytes([.. """{"tracks":{"total":2,"items":[{"id":"odd","name":"caf"""u8, 0xE9, .. "\"},{\"id\":\"b\",\"name\":\"Beyoncé \\ufffd\"}]}}"u8]));

        var tracks = (await client.SearchTracksAsync(token, "a", 0, 50, Cancelled)).Tracks;

        Assert.Equal([null, "Beyoncé \ufffd"], tracks.Select(track => track!.Name));
        Assert.StartsWith("name cannot be read: ", tracks[0]!.Fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("30.0", 30)]
    [InlineData("\"30\"", null)]
    [InlineData("5000000000", null)]
    [InlineData("-1", null)]
    [InlineData("{}", null)]
    public async Task A_total_that_cannot_be_read_is_unknown(string total, int? expected)
    {
        var (client, token) = await SignInAsync();
        foreach (var next in (string[])["{}", "false", "null", "7", "\"\""])
        {
            var page = $$"""{"total":{{total}},"next":{{next}},"items":[]}""";
            _spotify.Fail(Fault.Body(200, "application/json", page));
            var playlist = await client.GetPlaylistItemsAsync(token, Id, 0, 50, Cancelled);
            _spotify.Fail(Fault.Body(200, "application/json", $$"""{"tracks":{{page}}}"""));
            var search = await client.SearchTracksAsync(token, "a", 0, 50, Cancelled);

            Assert.Equal([(expected, false), (expected, false)], [(playlist.Total, playlist.HasNext), (search.Total, search.HasNext)]);
        }
    }

    [Fact]
    public async Task Other_refusals_are_quoted()
    {
        var (client, token) = await SignInAsync();

        var error = await Assert.ThrowsAsync<SpotifyResponseException>(() => client.SearchTracksAsync(token, "a", 990, 20, Cancelled));

        Assert.Contains("400: 'Invalid offset'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"error":{"status":400,"message":{"text":["odd"]}}}""")]
    [InlineData("""{"error":null}""")]
    [InlineData("[]")]
    [InlineData("<html>")]
    [InlineData("")]
    public async Task A_refusal_may_have_any_body(string body)
    {
        var (client, token) = await SignInAsync();
        _spotify.Fail(Fault.Body(400, "application/json", body), times: 2);

        await Assert.ThrowsAsync<SpotifySourceRefusedException>(() => client.SearchTracksAsync(token, "a", 0, 10, Cancelled));
        await Assert.ThrowsAsync<SpotifyCredentialsException>(() => client.RequestTokenAsync(App, Cancelled));
    }

    [Fact]
    public async Task An_app_gets_a_token_by_its_credentials()
    {
        var token = await Connect().RequestTokenAsync(App, Cancelled);

        Assert.StartsWith("fake-access-token-", token.AccessToken, StringComparison.Ordinal);
        Assert.Equal((3600, null), (token.ExpiresIn, token.RefreshToken));
        Assert.Equal("client_credentials", Assert.Single(_spotify.Requests).GrantType);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_person_gets_a_token_by_their_sign_in(bool rotates)
    {
        _spotify.RotatesRefreshTokens = rotates;
        var old = Person;

        var token = await Connect().RequestTokenAsync(old, Cancelled);

        Assert.Equal("refresh_token", Assert.Single(_spotify.Requests).GrantType);
        Assert.Equal(rotates ? _spotify.RefreshToken : null, token.RefreshToken);
        Assert.Equal(rotates, old.RefreshToken != _spotify.RefreshToken);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    public async Task Wrong_credentials_are_not_tried_again(int status)
    {
        _spotify.InvalidClientStatus = status;
        var wrong = App with { ClientSecret = "s3cret-of-another-app" };

        var error = await Assert.ThrowsAsync<SpotifyCredentialsException>(() => Connect().RequestTokenAsync(wrong, Cancelled));

        Assert.Contains("invalid_client", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(wrong.ClientSecret, error.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, _spotify.Calls(Endpoint.Token));
    }

    [Fact]
    public async Task An_expired_sign_in_is_not_tried_again()
    {
        var expired = App with { RefreshToken = "refresh-token-of-last-year" };

        var error = await Assert.ThrowsAsync<SpotifySignInExpiredException>(() => Connect().RequestTokenAsync(expired, Cancelled));

        Assert.DoesNotContain(expired.RefreshToken!, error.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, _spotify.Calls(Endpoint.Token));
    }

    [Fact]
    public async Task The_life_of_a_token_may_be_written_with_a_point()
    {
        _spotify.Fail(Fault.Body(200, "application/json", """{"access_token":"a","expires_in":3600.0}"""));
        Assert.Equal(3600, (await Connect().RequestTokenAsync(App, Cancelled)).ExpiresIn);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"access_token":"","expires_in":3600}""")]
    [InlineData("""{"access_token":"fake-half-token","token_type":"Bearer"}""")]
    [InlineData("""{"access_token":"fake-half-token","expires_in":"soon"}""")]
    [InlineData("null")]
    public async Task Half_a_token_is_none(string body)
    {
        _spotify.Fail(Fault.Body(200, "application/json", body));

        var error = await Assert.ThrowsAsync<SpotifyResponseException>(() => Connect().RequestTokenAsync(App, Cancelled));

        Assert.DoesNotContain("fake-half-token", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_token_is_tried_again_and_then_named()
    {
        var (client, token) = await SignInAsync();
        _spotify.AddSearch(FakeSpotify.Tracks(1));
        _spotify.Fail(Fault.Unauthorized);
        Assert.Single((await client.SearchTracksAsync(token, "a", 0, 10, Cancelled)).Tracks);

        _spotify.ExpireTokens();
        var error = await Assert.ThrowsAsync<SpotifyUnauthorizedException>(() => client.SearchTracksAsync(token, "a", 0, 10, Cancelled));

        Assert.DoesNotContain(token, error.ToString(), StringComparison.Ordinal);
        Assert.InRange(_spotify.Calls(Endpoint.Search), 4, 6);
    }

    [Fact]
    public async Task A_short_limit_is_waited_out()
    {
        var clock = new TestClock();
        var (client, token) = await SignInAsync(clock: clock);
        _spotify.AddSearch(FakeSpotify.Tracks(1));
        _spotify.Fail(Fault.Status(429, retryAfter: "7"), times: 2);
        var start = clock.GetUtcNow();

        Assert.Single((await client.SearchTracksAsync(token, "a", 0, 10, Cancelled)).Tracks);

        Assert.Equal(3, _spotify.Calls(Endpoint.Search));
        Assert.InRange(clock.GetUtcNow() - start, TimeSpan.FromSeconds(14), TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("absurd")]
    [InlineData("-5")]
    public async Task A_limit_without_a_time_is_waited_out_a_few_times(string? retryAfter)
    {
        var (client, token) = await SignInAsync();
        _spotify.AddSearch(FakeSpotify.Tracks(1));
        _spotify.Fail(Fault.Status(429, retryAfter), times: 2);
        Assert.Single((await client.SearchTracksAsync(token, "a", 0, 10, Cancelled)).Tracks);

        _spotify.Fail(Fault.Status(429, retryAfter), times: 100);
        await Assert.ThrowsAsync<SpotifyRateLimitedException>(() => client.SearchTracksAsync(token, "a", 0, 10, Cancelled));

        Assert.InRange(_spotify.Calls(Endpoint.Search), 5, 12);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1")]
    public async Task A_limit_of_a_moment_is_waited_out_with_growing_pauses(string retryAfter)
    {
        var clock = new TestClock();
        var (client, token) = await SignInAsync(clock: clock);
        _spotify.AddSearch(FakeSpotify.Tracks(1));
        _spotify.Fail(Fault.Status(429, retryAfter), times: 7);
        Assert.Single((await client.SearchTracksAsync(token, "a", 0, 10, Cancelled)).Tracks);
        Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(100), TimeSpan.FromMinutes(4));

        _spotify.Fail(Fault.Status(429, retryAfter), times: 1000);
        var error = await Assert.ThrowsAsync<SpotifyRateLimitedException>(() => client.SearchTracksAsync(token, "a", 0, 10, Cancelled));

        Assert.Equal("Spotify is limiting this app's requests. Wait a while, then redrive the execution.", error.Message);
        Assert.InRange(clock.Elapsed, TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(4));
    }

    [Fact]
    public async Task Limits_of_many_calls_are_waited_out_no_longer_than_those_of_one()
    {
        var clock = new TestClock();
        var (client, token) = await SignInAsync(clock: clock);
        _spotify.AddSearch(FakeSpotify.Tracks(1));
        var calls = 0;
        _spotify.Fail(Fault.Status(429, "30"), _ => calls++ % 2 == 0, times: 1000);

        await Assert.ThrowsAsync<SpotifyRateLimitedException>(async () =>
        {
            while (true)
            {
                await client.SearchTracksAsync(token, "a", 0, 10, Cancelled);
            }
        });

        Assert.InRange(clock.Elapsed, TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(5));
        clock.Skip(TimeSpan.FromMinutes(11));
        Assert.Single((await client.SearchTracksAsync(token, "a", 0, 10, Cancelled)).Tracks);
    }

    [Fact]
    public async Task A_long_limit_is_told_at_once()
    {
        var (client, token) = await SignInAsync();
        _spotify.Fail(Fault.Status(429, retryAfter: "3600"), times: 100);

        var error = await Assert.ThrowsAsync<SpotifyRateLimitedException>(() => client.SearchTracksAsync(token, "a", 0, 10, Cancelled));

        Assert.Matches(@"after \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", error.Message);
        Assert.Equal(1, _spotify.Calls(Endpoint.Search));
    }

    [Fact]
    public async Task A_used_up_quota_is_told_at_once()
    {
        var (client, token) = await SignInAsync();
        _spotify.Fail(Fault.Status(429, retryAfter: "5", reason: "QUOTA_EXCEEDED"), times: 100);

        var error = await Assert.ThrowsAsync<SpotifyQuotaExceededException>(() => client.SearchTracksAsync(token, "a", 0, 10, Cancelled));

        Assert.Equal("This app's Spotify quota is used up. Wait a while, then redrive the execution.", error.Message);
        Assert.Equal(1, _spotify.Calls(Endpoint.Search));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task A_fault_of_Spotifys_is_tried_again_and_then_named(int status)
    {
        var (client, token) = await SignInAsync();
        _spotify.AddPlaylist(Id, FakeSpotify.Tracks(1));
        _spotify.Fail(Fault.Status(status), times: 2);
        Assert.Single((await client.GetPlaylistItemsAsync(token, Id, 0, 50, Cancelled)).Tracks);

        _spotify.Fail(Fault.Status(status), times: 100);
        await Assert.ThrowsAsync<SpotifyUnavailableException>(() => client.GetPlaylistItemsAsync(token, Id, 0, 50, Cancelled));
        await Assert.ThrowsAsync<SpotifyUnavailableException>(() => client.RequestTokenAsync(App, Cancelled));

        Assert.Equal(3 + 4, _spotify.Calls(Endpoint.Playlist));
    }

    [Theory]
    [InlineData(nameof(Fault.CutConnection))]
    [InlineData(nameof(Fault.CutBody))]
    public async Task A_cut_connection_is_tried_again_and_then_named(string name)
    {
        var fault = name == nameof(Fault.CutBody) ? Fault.CutBody : Fault.CutConnection;
        var (client, token) = await SignInAsync();
        _spotify.AddPlaylist(Id, FakeSpotify.Tracks(50));
        _spotify.Fail(fault, times: 2);
        Assert.Equal(50, (await client.GetPlaylistItemsAsync(token, Id, 0, 50, Cancelled)).Tracks.Count);

        _spotify.Fail(fault, times: 100);
        var error = await Assert.ThrowsAsync<SpotifyUnavailableException>(() => client.GetPlaylistItemsAsync(token, Id, 0, 50, Cancelled));

        Assert.DoesNotContain(token, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silence_ends_with_the_attempt()
    {
        var clock = new TestClock();
        var (client, token) = await SignInAsync(clock: clock);
        _spotify.OnSilence = () => clock.Advance(new SpotifyOptions().AttemptTimeout);
        _spotify.Fail(Fault.Hang, times: 2);
        _spotify.Fail(Fault.NeverEnds, times: 2);

        var error = await Assert.ThrowsAsync<SpotifyUnavailableException>(() => client.SearchTracksAsync(token, "a", 0, 10, Cancelled));

        Assert.Contains("no answer within 10 s", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/html", "<!DOCTYPE html><h1>Sign in to the Wi-Fi</h1>")]
    [InlineData("application/json", "upstream connect error")]
    [InlineData("application/json", "null")]
    [InlineData("application/json", "[]")]
    [InlineData("application/json", "{}")]
    [InlineData("application/json", """{"tracks":null,"items":null}""")]
    [InlineData("application/json", """{"tracks":{"items":{}},"items":7}""")]
    public async Task What_is_no_answer_says_so(string contentType, string body)
    {
        var (client, token) = await SignInAsync();
        _spotify.Fail(Fault.Body(200, contentType, body), times: 2);

        await Assert.ThrowsAsync<SpotifyResponseException>(() => client.SearchTracksAsync(token, "a", 0, 10, Cancelled));
        await Assert.ThrowsAsync<SpotifyResponseException>(() => client.GetPlaylistItemsAsync(token, Id, 0, 50, Cancelled));
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("{")]
    [InlineData("""{"tracks":{"total":1,"items":[{"na""")]
    public async Task An_answer_that_is_empty_or_cut_off_is_tried_again_and_then_named(string body)
    {
        var (client, token) = await SignInAsync();
        _spotify.AddPlaylist(Id, FakeSpotify.Tracks(50));
        _spotify.Fail(Fault.Body(200, "application/json", body), times: 2);
        Assert.Equal(50, (await client.GetPlaylistItemsAsync(token, Id, 0, 50, Cancelled)).Tracks.Count);
        _spotify.Fail(Fault.Body(200, "application/json", body), times: 2);
        Assert.NotEmpty((await client.RequestTokenAsync(App, Cancelled)).AccessToken);

        _spotify.Fail(Fault.Body(200, "application/json", body), times: 100);
        var error = await Assert.ThrowsAsync<SpotifyUnavailableException>(() => client.GetPlaylistItemsAsync(token, Id, 0, 50, Cancelled));

        Assert.Contains($"/v1/playlists/{Id}/items: the answer is empty or cut off", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(token, error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, "invalid_client", "Invalid client secret", typeof(SpotifyCredentialsException), "Check Spotify:ClientSecret against")]
    [InlineData(400, "invalid_client", "Invalid client", typeof(SpotifyCredentialsException), "Check Spotify:ClientId and Spotify:ClientSecret")]
    [InlineData(400, "unauthorized_client", "Client not known.", typeof(SpotifyCredentialsException), "dashboard")]
    [InlineData(400, "invalid_grant", "Refresh token expired", typeof(SpotifySignInExpiredException), "pyspotify login")]
    [InlineData(400, "invalid_scope", "Illegal scope", typeof(SpotifyScopeMissingException), "pyspotify login")]
    [InlineData(403, "access_denied", "Active premium subscription required for the owner of the app", typeof(SpotifyPremiumRequiredException), "Premium")]
    [InlineData(403, null, "<html><body>Blocked by the firewall</body></html>", typeof(SpotifyForbiddenException), "firewall")]
    [InlineData(403, null, "User not registered in the Developer Dashboard", typeof(SpotifyUserNotRegisteredException), "User Management")]
    [InlineData(418, null, "<html><body>Go <b>away</b></body></html>", typeof(SpotifyResponseException), "Go away")]
    public async Task A_refusal_of_the_accounts_service_has_its_cause_and_its_words(int status, string? code, string words, Type expected, string advice)
    {
        var body = code is null ? words : $$"""{"error":"{{code}}","error_description":"{{words}}"}""";
        _spotify.Fail(Fault.Body(status, code is null ? "text/plain" : "application/json", body));

        var error = await Assert.ThrowsAnyAsync<PySpotifyException>(() => Connect().RequestTokenAsync(Person, Cancelled));

        Assert.IsType(expected, error);
        Assert.Contains(
            words.Contains("firewall", StringComparison.Ordinal) ? "'Blocked by the firewall'" : words.StartsWith('<') ? "'Go away'" : $"'{words.TrimEnd('.')}'",
            error.Message,
            StringComparison.Ordinal);
        Assert.Contains(advice, error.Message, StringComparison.Ordinal);
        Assert.Equal(1, _spotify.Calls(Endpoint.Token));
    }

    [Fact]
    public async Task A_right_answer_of_another_type_is_read()
    {
        var (client, token) = await SignInAsync();
        _spotify.Fail(Fault.Body(200, "text/plain", """{"tracks":{"total":1,"items":[{"name":"a"}]}}"""));

        Assert.Equal("a", Assert.Single((await client.SearchTracksAsync(token, "a", 0, 10, Cancelled)).Tracks)!.Name);
    }

    [Fact]
    public async Task Who_cancels_waits_for_nothing()
    {
        var (client, token) = await SignInAsync();
        _spotify.Fail(Fault.Hang);
        using var cancellation = new CancellationTokenSource();

        var call = client.SearchTracksAsync(token, "a", 0, 10, cancellation.Token);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    private SpotifyRequest[] Asked(Endpoint endpoint) => [.. _spotify.Requests.Where(request => request.Endpoint == endpoint)];

    private async Task<(ISpotifyApi Client, string Token)> SignInAsync(SpotifyCredentials? credentials = null, TestClock? clock = null)
    {
        var client = Connect(clock);
        return (client, (await client.RequestTokenAsync(credentials ?? App, Cancelled)).AccessToken);
    }

    private ISpotifyApi Connect(TestClock? clock = null)
    {
        clock ??= new();
        var options = new SpotifyOptions { ApiUrl = _spotify.ApiUrl, AccountsUrl = _spotify.AccountsUrl };
        var http = SpotifyHandler.CreateClient(options, clock, NullLogger.Instance);
        _clients.Add(http);
        return Create(http, options);
    }
}
