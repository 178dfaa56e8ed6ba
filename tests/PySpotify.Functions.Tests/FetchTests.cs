using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using PySpotify.Functions;
using PySpotify.Functions.Rows;
using PySpotify.Functions.Spotify;

namespace PySpotify.Tests;

/// <summary>What fetching a playlist and fetching a search have in common.</summary>
public abstract class FetchTests : IAsyncLifetime
{
    private protected Pipeline Pipeline { get; private set; } = null!;

    private protected FakeSpotify Spotify => Pipeline.Spotify;

    private protected abstract Endpoint Endpoint { get; }

    public async ValueTask InitializeAsync() => Pipeline = await Pipeline.StartAsync();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return Pipeline.DisposeAsync();
    }

    private protected abstract void Add(IEnumerable<string?> rows);

    private protected abstract Task<StagedTracks> FetchAsync(Pipeline pipeline, TokenReference token);

    private protected async Task<StagedTracks> FetchAsync() => await FetchAsync(Pipeline, await Pipeline.SignInAsync());

    [Fact]
    public async Task Every_row_that_breaks_parsers_is_staged_or_counted()
    {
        Add(FakeSpotify.TrapRows.Values);

        var staged = await FetchAsync();

        Assert.Equal(
            new SortedDictionary<string, int>
            {
                ["no track"] = 2,
                ["local file"] = 1,
                ["episode"] = 1,
                ["unknown type"] = 1,
                ["duplicate"] = 1,
            },
            staged.Skipped);
        var songs = Pipeline.Staged(staged);
        Assert.Equal(FakeSpotify.TrapRows.Count, songs.Length + staged.Skipped.Values.Sum());
        Assert.Equal(staged.Rows, songs.Length);

        Song Row(string name) => songs.Single(song => song.TrackId == (string?)JsonNode.Parse(FakeSpotify.TrapRows[name]!)!["id"]);
        Assert.Null(Row("no artists").Artist);
        Assert.Null(Row("album without a name").AlbumNm);
        Assert.Null(Row("release date null").AlbumDt);
        foreach (var date in new[] { "1981", "1981-12", "0000" })
        {
            Assert.Equal(date, Row($"release date {date}").AlbumDt);
        }

        Assert.Equal(0, Row("popularity 0").TrackPop);
        Assert.Null(Row("popularity absent").TrackPop);
        Assert.Equal("Say \"Cheese\" 'Twice'", Row("quotes").Track);
        Assert.Equal("One, Two, Three", Row("commas").Track);
        Assert.Equal("First\r\nSecond\nThird\u2028Fourth", Row("line breaks").Track);
        Assert.Equal("Left\tRight", Row("tabs").Track);
        Assert.Equal("Headphones 🎧 on 👩‍🎤", Row("emoji").Track);
        Assert.Equal("=1+1", Row("leading =").Track);
        Assert.Equal("Backslash\\", Row("backslash at the end").Track);
        Assert.Equal("<script>alert(\"PySpotify\")</script>", Row("script").Track);
        Assert.Equal(100_000, Row("100 kB name").Track!.Length);
        Spotify.AssertNothingUnexpected();
    }

    [Fact]
    public async Task A_row_is_the_track_that_Spotify_sent()
    {
        Add(
        [
            FakeSpotify.Track(7, track => track["artists"] = new JsonArray(
                new JsonObject { ["name"] = "First" }, new JsonObject { ["name"] = "Second" })),
            FakeSpotify.Track(8, track => track["artists"] = new JsonArray(null, new JsonObject { ["name"] = "Second" })),
            FakeSpotify.Track(9, track => track["artists"] = new JsonArray(new JsonObject { ["name"] = "  " })),
        ]);

        var songs = Pipeline.Staged(await FetchAsync()).OrderBy(song => song.TrackId).ToList();

        Assert.Equal(new Song("First", "Track 7", 7 * 37 % 101, 180_007, "Album 7", "2025-01-08", FakeSpotify.TrackId(7), """["First","Second"]""", "XXFK10000007"), songs[0]);
        Assert.Equal((null, """["Second"]"""), (songs[1].Artist, songs[1].Artists));
        Assert.Equal((null, null), (songs[2].Artist, songs[2].Artists));
    }

    [Fact]
    public async Task What_is_staged_is_named_by_execution_table_and_source()
    {
        Add(FakeSpotify.Tracks(3));

        var staged = await FetchAsync();

        Assert.Equal([staged.Key], Pipeline.Files);
        Assert.StartsWith($"_staging/{Pipeline.Execution}/spotify", staged.Key, StringComparison.Ordinal);
        Assert.EndsWith($"/{Keys.Source(staged.Source.Id)}.jsonl", staged.Key, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_are_asked_for_a_few_at_a_time()
    {
        Add(FakeSpotify.Tracks(1000));
        Spotify.Latency = TimeSpan.FromMilliseconds(20);
        Spotify.Gather(4, request => request.Offset > 0); // The first page tells how many there are.

        await FetchAsync();

        Assert.Equal(4, Spotify.MaxConcurrentCalls);
    }

    [Fact]
    public async Task A_slow_page_holds_up_no_other()
    {
        Add(FakeSpotify.Tracks(1000));
        var others = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = 0;
        Spotify.Before = request =>
        {
            // Four calls are open at once, of which one is the slow page: all others are asked for over the other three.
            if (request.Offset > 50 && Interlocked.Increment(ref asked) == 7)
            {
                others.SetResult();
            }

            return request.Offset == 50 ? others.Task : Task.CompletedTask;
        };

        var staged = await FetchAsync().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.Equal(1000, staged.Rows);
    }

    [Fact]
    public async Task One_call_at_a_time_is_one_call_at_a_time()
    {
        await using var pipeline = await Pipeline.StartAsync(concurrency: 1);
        pipeline.Spotify.AddPlaylist(Pipeline.PlaylistId, FakeSpotify.Tracks(250));
        pipeline.Spotify.AddSearch(FakeSpotify.Tracks(250));

        var staged = await FetchAsync(pipeline, await pipeline.SignInAsync());

        Assert.Equal(250, staged.Rows);
        Assert.Equal(1, pipeline.Spotify.MaxConcurrentCalls);
    }

    [Fact]
    public async Task After_a_429_no_call_is_sent_before_its_time()
    {
        await using var pipeline = await Pipeline.StartAsync(concurrency: 1);
        pipeline.Spotify.AddPlaylist(Pipeline.PlaylistId, FakeSpotify.Tracks(250));
        pipeline.Spotify.AddSearch(FakeSpotify.Tracks(250));
        pipeline.Spotify.Fail(Fault.Status(429, retryAfter: "7"), request => request.Offset == 50);
        var sent = new ConcurrentQueue<double>();
        pipeline.Spotify.Before = request =>
        {
            if (request.Offset > 0)
            {
                sent.Enqueue(pipeline.Clock.Elapsed.TotalSeconds);
            }

            return Task.CompletedTask;
        };

        await FetchAsync(pipeline, await pipeline.SignInAsync());

        Assert.Equal([0, .. Enumerable.Repeat(7.0, sent.Count - 1)], sent);
    }

    [Theory]
    [InlineData(120)]
    [InlineData(0)]
    [InlineData(-7)]
    [InlineData(1000)]
    [InlineData(null)]
    public async Task All_rows_come_whatever_the_total_says_at_first(int? total)
    {
        Add(FakeSpotify.Tracks(430));
        Spotify.OnPage = (request, page) =>
        {
            if (request.Offset == 0)
            {
                page["total"] = total;
            }
        };

        Assert.Equal(430, (await FetchAsync()).Rows);
    }

    [Fact]
    public async Task All_rows_come_when_the_total_grows_on_the_way()
    {
        Add(FakeSpotify.Tracks(430));
        Spotify.OnPage = (request, page) =>
        {
            page["total"] = Math.Min(430, request.Offset + request.Limit!.Value + 10);
            page["next"] = request.Offset < 200 ? page["next"]?.DeepClone() : null;
        };

        Assert.Equal(430, (await FetchAsync()).Rows);
    }

    [Fact]
    public async Task All_rows_come_when_the_total_shrinks_on_the_way()
    {
        Add(FakeSpotify.Tracks(430));
        Spotify.OnPage = (request, page) => page["total"] = 430 - request.Offset;

        Assert.Equal(430, (await FetchAsync()).Rows);

        // A playlist is then read again, by a hundred rows from the second page on.
        Assert.Equal(Endpoint == Endpoint.Playlist ? 10 : 9, Spotify.Calls(Endpoint));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0)]
    public async Task A_full_page_that_names_no_next_one_is_not_the_end_where_no_total_says_so(int? total)
    {
        Add(FakeSpotify.Tracks(150));
        Spotify.OnPage = (_, page) => (page["total"], page["next"]) = (total, null);

        Assert.Equal(150, (await FetchAsync()).Rows);
    }

    [Fact]
    public async Task Next_without_an_end_costs_one_call()
    {
        Add(FakeSpotify.Tracks(120));
        Spotify.OnPage = (_, page) => page["next"] = "https://api.spotify.com/v1/more";

        Assert.Equal(120, (await FetchAsync()).Rows);
        Assert.Equal(Endpoint == Endpoint.Playlist ? 3 : 4, Spotify.Calls(Endpoint));
        Spotify.AssertNothingUnexpected();
    }

    [Fact]
    public async Task Pages_that_overlap_give_each_track_once()
    {
        Add(FakeSpotify.Tracks(150));
        Spotify.OnPage = (request, page) =>
        {
            if (request.Offset > 0)
            {
                Replace(page, FakeSpotify.Tracks(request.Limit!.Value, first: request.Offset - 10));
            }
        };

        var staged = await FetchAsync();

        Assert.Equal(140, staged.Rows);
        Assert.Equal(140, Pipeline.Staged(staged).DistinctBy(song => song.TrackId).Count());
        Assert.Equal(10, staged.Skipped["duplicate"]);
    }

    [Fact]
    public async Task A_page_of_a_thousand_rows_where_fifty_were_asked_for_gives_each_track_once()
    {
        Add(FakeSpotify.Tracks(120));
        Spotify.OnPage = (_, page) => Replace(page, FakeSpotify.Tracks(1000));

        var staged = await FetchAsync();

        Assert.Equal(1000, staged.Rows);
        Assert.Equal(Endpoint == Endpoint.Playlist ? 2 : 3, Spotify.Calls(Endpoint));
        Assert.Equal((Spotify.Calls(Endpoint) - 1) * 1000, staged.Skipped["duplicate"]);
    }

    [Fact]
    public async Task A_source_without_a_song_is_told_with_what_to_do()
    {
        Add([]);

        var staged = await FetchAsync();

        Assert.Null(staged.Key);
        Assert.NotEqual("", staged.Problem!.Advice);
        Assert.Equal(1, Spotify.Calls(Endpoint));
    }

    [Fact]
    public async Task A_token_that_has_run_out_is_told_before_the_first_call()
    {
        Add(FakeSpotify.Tracks(10));
        var token = await Pipeline.SignInAsync();
        Pipeline.Clock.Skip(TimeSpan.FromHours(1));

        var error = await Assert.ThrowsAsync<SpotifyTokenExpiredException>(() => FetchAsync(Pipeline, token));

        Assert.Equal("The access token expired at 2026-11-22 07:00:00Z.", error.Message);
        Assert.Equal(0, Spotify.Calls(Endpoint));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("no JSON")]
    public async Task A_token_that_is_gone_counts_as_run_out(string? stored)
    {
        var token = await Pipeline.SignInAsync();
        Pipeline.Secrets[SecretNames.Token] = stored;

        await Assert.ThrowsAsync<SpotifyTokenExpiredException>(() => FetchAsync(Pipeline, token));
    }

    [Fact]
    public async Task A_token_that_runs_out_midway_is_told_and_the_fetch_can_be_done_again()
    {
        Add(FakeSpotify.Tracks(930));
        Spotify.OnPage = (request, _) =>
        {
            if (request.Offset is 100 or 150)
            {
                Pipeline.Clock.Skip(TimeSpan.FromHours(1));
            }
        };

        await Assert.ThrowsAsync<SpotifyTokenExpiredException>(FetchAsync);
        Assert.Empty(Pipeline.Files);

        Spotify.OnPage = null;
        Assert.Equal(930, (await FetchAsync()).Rows);
    }

    [Fact]
    public async Task A_token_refused_before_its_time_is_named_without_being_told()
    {
        Add(FakeSpotify.Tracks(10));
        var token = await Pipeline.SignInAsync();
        Spotify.ExpireTokens();

        var error = await Assert.ThrowsAsync<SpotifyTokenRefusedException>(() => FetchAsync(Pipeline, token));

        var stored = JsonSerializer.Deserialize(Pipeline.Secrets[SecretNames.Token]!, PayloadJson.Default.AccessToken)!;
        Assert.Contains($"the access token {stored.Id}", error.Message, StringComparison.Ordinal);
        Assert.Equal(3, Spotify.Calls(Endpoint));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(250)]
    [InlineData(350)]
    public async Task Nothing_is_staged_when_a_page_fails_and_what_was_stays(int offset)
    {
        Add(FakeSpotify.Tracks(430));
        Spotify.Fail(Fault.Status(500), request => request.Endpoint == Endpoint && request.Offset == offset, times: 4);

        var error = await Assert.ThrowsAsync<SpotifyUnavailableException>(FetchAsync);
        Assert.Contains("500", error.Message, StringComparison.Ordinal);
        Assert.Empty(Pipeline.Files);

        var staged = await FetchAsync();
        var before = await File.ReadAllBytesAsync(Pipeline.Store.PathOf(staged.Key!), TestContext.Current.CancellationToken);
        Spotify.Fail(Fault.NotJson, request => request.Endpoint == Endpoint && request.Offset == offset);
        await Assert.ThrowsAsync<SpotifyResponseException>(FetchAsync);

        Assert.Equal([staged.Key], Pipeline.Files);
        Assert.Equal(before, await File.ReadAllBytesAsync(Pipeline.Store.PathOf(staged.Key!), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Fetching_twice_stages_the_same_bytes()
    {
        Add(FakeSpotify.Tracks(430));
        var staged = await FetchAsync();
        var first = await File.ReadAllBytesAsync(Pipeline.Store.PathOf(staged.Key!), TestContext.Current.CancellationToken);

        var again = await FetchAsync();

        Assert.Equal((staged.Key, staged.Rows), (again.Key, again.Rows));
        Assert.Equal(first, await File.ReadAllBytesAsync(Pipeline.Store.PathOf(staged.Key!), TestContext.Current.CancellationToken));
    }

    private protected abstract void Replace(JsonObject page, IEnumerable<string> tracks);
}
