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
    public async Task A_playlist_of_546_rows_is_eleven_calls()
    {
        Add(FakeSpotify.Tracks(546));

        var staged = await FetchAsync();

        Assert.Equal(Enumerable.Range(0, 546).Select(FakeSpotify.TrackId), Pipeline.Staged(staged).Select(song => song.TrackId));
        Assert.Equal(11, Spotify.Calls(Endpoint));
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
    public async Task Refused_playlists_stage_nothing()
    {
        Spotify.DevelopmentMode = true;
        Spotify.AddPlaylist(Pipeline.PlaylistId, FakeSpotify.Tracks(3), owned: false);

        await Assert.ThrowsAsync<SpotifyPlaylistForbiddenException>(FetchAsync);
        await Assert.ThrowsAsync<SpotifyPlaylistNotFoundException>(() => Pipeline.FetchTopPlayedAsync("nobodysPlaylist0000001"));

        Assert.Empty(Pipeline.Files);
        Assert.Equal(2, Spotify.Calls(Endpoint));
    }

    [Fact]
    public async Task Half_the_rows_are_local_files_and_the_rest_is_kept()
    {
        Add(Enumerable.Range(0, 100).Select(n => n % 2 == 0 ? FakeSpotify.Track(n) : FakeSpotify.TrapRows["local file"]));

        var staged = await FetchAsync();

        Assert.Equal((50, 50), (staged.Rows, staged.Skipped["local file"]));
    }

    private protected override void Add(IEnumerable<string?> rows) => Spotify.AddPlaylist(Pipeline.PlaylistId, rows);

    private protected override Task<StagedTracks> FetchAsync(Pipeline pipeline, TokenReference token) =>
        pipeline.FetchTopPlayed.InvokeAsync(
            new(Pipeline.PlaylistId, token, Pipeline.Execution), TestContext.Current.CancellationToken);

    private protected override void Replace(JsonObject page, IEnumerable<string> tracks) =>
        page["items"] = new JsonArray([.. tracks.Select(track => new JsonObject { ["item"] = JsonNode.Parse(track) })]);
}
