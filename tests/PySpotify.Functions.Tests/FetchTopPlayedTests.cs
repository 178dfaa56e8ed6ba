using System.Text.Json.Nodes;
using PySpotify.Functions;
using PySpotify.Functions.Rows;
using PySpotify.Functions.Spotify;

namespace PySpotify.Tests;

public sealed class FetchTopPlayedTests : FetchTests
{
    private protected override Endpoint Endpoint => Endpoint.Playlist;

    [Fact]
    public async Task Rows_come_in_the_playlists_order_each_where_it_stood_first()
    {
        int[] order = [5, 3, 9, 3, 1, 5, 2];
        Add(order.Select(n => FakeSpotify.Track(n)));

        var staged = await FetchAsync();

        Assert.Equal(
            [5, 3, 9, 1, 2], Pipeline.Staged(staged).Select(song => (int)(song.DurationMs! - 180_000)));
        Assert.Equal(2, staged.Skipped["duplicate"]);
    }

    [Fact]
    public async Task A_playlist_of_546_rows_is_six_calls_for_an_app_with_extended_quota()
    {
        Add(FakeSpotify.Tracks(546));

        var staged = await FetchAsync();

        Assert.Equal(Enumerable.Range(0, 546).Select(FakeSpotify.TrackId), Pipeline.Staged(staged).Select(song => song.TrackId));
        Assert.Equal(6, Spotify.Calls(Endpoint));
    }

    [Fact]
    public async Task A_playlist_of_more_than_a_thousand_rows_comes_whole()
    {
        Add(FakeSpotify.Tracks(1234));

        Assert.Equal(1234, (await FetchAsync()).Rows);
    }

    [Theory]
    [InlineData(50, 11)]
    [InlineData(10, 56)]
    public async Task Pages_are_as_large_as_Development_Mode_allows(int largest, int calls)
    {
        Spotify.DevelopmentMode = true;
        Spotify.MaxPlaylistLimit = largest;
        Add(FakeSpotify.Tracks(546));

        var staged = await FetchAsync();

        Assert.Equal(Enumerable.Range(0, 546).Select(FakeSpotify.TrackId), Pipeline.Staged(staged).Select(song => song.TrackId));
        Assert.All(Pipeline.Staged(staged), song => Assert.Null(song.TrackPop));
        Assert.Equal(calls, Spotify.Calls(Endpoint));
    }

    [Fact]
    public async Task A_playlist_whose_pages_never_end_is_given_up_on()
    {
        Add(FakeSpotify.Tracks(50));
        Spotify.OnPage = (request, page) =>
        {
            page["next"] = "https://api.spotify.com/v1/more";
            Replace(page, Enumerable.Repeat(FakeSpotify.Track(1), 1));
        };

        var staged = await FetchAsync();

        Assert.Equal(1, staged.Rows);
        Assert.InRange(Spotify.Calls(Endpoint), 2, 2000);
    }

    [Fact]
    public async Task Refused_playlists_stage_nothing_and_say_why()
    {
        Spotify.DevelopmentMode = true;
        Spotify.AddPlaylist(Pipeline.PlaylistId, FakeSpotify.Tracks(3), owned: false);

        var forbidden = await FetchAsync();
        var unknown = await Pipeline.FetchTopPlayedAsync("nobodysPlaylist0000001");

        Assert.Equal((null, "forbidden (403)"), (forbidden.Key, forbidden.Problem!.Cause));
        Assert.Equal((null, "not found (404)"), (unknown.Key, unknown.Problem!.Cause));

        Assert.Empty(Pipeline.Files);
        Assert.Equal(2, Spotify.Calls(Endpoint));
    }

    [Fact]
    public async Task A_playlist_that_is_edited_while_it_is_read_is_read_again_once()
    {
        Add(FakeSpotify.Tracks(120));
        var edits = 1;
        Spotify.OnPage = (request, _) =>
        {
            // The song at the top goes, so that the next page begins with what would have been its second row.
            if (request.Offset == 0 && edits-- > 0)
            {
                Add(FakeSpotify.Tracks(119, first: 1));
            }
        };

        var staged = await FetchAsync();

        Assert.Equal(Enumerable.Range(1, 119).Select(n => $"Track {n}"), Pipeline.Staged(staged).Select(song => song.Track));
        Assert.Null(staged.Note);
        Assert.Equal(4, Spotify.Calls(Endpoint));
    }

    [Fact]
    public async Task A_playlist_that_is_edited_again_is_kept_as_it_was_read_and_that_is_told()
    {
        Add(FakeSpotify.Tracks(120));
        Spotify.OnPage = (request, page) => page["total"] = 120 - request.Offset / 50;

        var staged = await FetchAsync();

        Assert.Equal(120, staged.Rows);
        Assert.StartsWith("The playlist was edited while it was being read (Spotify counted 120, then 119 songs). Run again with the same date.", staged.Note, StringComparison.Ordinal);
        Assert.Equal(4, Spotify.Calls(Endpoint));
        Assert.Single(Pipeline.Files);
    }

    [Fact]
    public async Task Songs_that_Spotify_counts_and_does_not_send_are_told()
    {
        Add(FakeSpotify.Tracks(120));
        Spotify.OnPage = (request, page) =>
        {
            if (request.Offset == 50)
            {
                page["items"] = new JsonArray();
            }
        };

        var staged = await FetchAsync();

        Assert.Equal((50, "Spotify says it has 120 songs but sent 50."), (staged.Rows, staged.Note));
        Assert.Equal(2, Spotify.Calls(Endpoint));
    }

    [Fact]
    public async Task Half_the_rows_are_local_files_and_the_rest_is_kept()
    {
        Add(Enumerable.Range(0, 100).Select(n => n % 2 == 0 ? FakeSpotify.Track(n) : FakeSpotify.TrapRows["local file"]));

        var staged = await FetchAsync();

        Assert.Equal((50, 50), (staged.Rows, staged.Skipped["local file"]));
    }

    [Fact]
    public async Task Songs_no_longer_available_are_left_out_and_counted()
    {
        Add(Enumerable.Range(0, 100).Select(n => n % 10 == 0
            ? FakeSpotify.Track(n, track => (track["name"], track["artists"]![0]!["name"]) = ("", ""))
            : FakeSpotify.Track(n)));

        var staged = await FetchAsync();

        Assert.Equal((90, 10), (staged.Rows, staged.Skipped["unavailable"]));
    }

    [Fact]
    public async Task Values_out_of_range_are_unknown_and_counted()
    {
        Add(
        [
            FakeSpotify.Track(1, track => track["popularity"] = 101),
            FakeSpotify.Track(2, track => track["duration_ms"] = -5),
            FakeSpotify.Track(3, track => track["duration_ms"] = 3_000_000_000),
        ]);

        var staged = await FetchAsync();

        var songs = Pipeline.Staged(staged);
        Assert.Equal([null, 2 * 37 % 101, 3 * 37 % 101], songs.Select(song => song.TrackPop));
        Assert.Equal([180_001, null, 3_000_000_000], songs.Select(song => song.DurationMs));
        Assert.StartsWith("2 songs had a popularity or a duration out of range", staged.Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Top_tracks_are_staged_like_a_playlist_under_a_name_of_their_own()
    {
        Spotify.AddTopTracks("short_term", FakeSpotify.Tracks(60));

        var staged = await Pipeline.FetchTopPlayed.InvokeAsync(
            new(new(Source.TopTracks, "short_term"), await Pipeline.SignInAsync(), Pipeline.Execution), TestContext.Current.CancellationToken);

        Assert.Equal((60, "Your top tracks, last 4 weeks"), (staged.Rows, staged.Name));
        Assert.Equal(Enumerable.Range(0, 60).Select(n => $"Track {n}"), Pipeline.Staged(staged).Select(song => song.Track));
    }

    private protected override void Add(IEnumerable<string?> rows) => Spotify.AddPlaylist(Pipeline.PlaylistId, rows);

    private protected override Task<StagedTracks> FetchAsync(Pipeline pipeline, TokenReference token) =>
        pipeline.FetchTopPlayed.InvokeAsync(
            new(new(Source.Playlist, Pipeline.PlaylistId), token, Pipeline.Execution), TestContext.Current.CancellationToken);

    private protected override void Replace(JsonObject page, IEnumerable<string> tracks) =>
        page["items"] = new JsonArray([.. tracks.Select(track => new JsonObject { ["item"] = JsonNode.Parse(track) })]);
}
