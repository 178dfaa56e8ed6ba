using System.Text.Json.Nodes;
using PySpotify.Functions;
using PySpotify.Functions.Rows;
using PySpotify.Functions.Spotify;

namespace PySpotify.Tests;

public sealed class FetchPopularTests : FetchTests
{
    private protected override Endpoint Endpoint => Endpoint.Search;

    [Fact]
    public async Task The_most_popular_come_first_the_unknown_last_and_equals_as_the_search_had_them()
    {
        int?[] popularity = [0, null, 50, 100, 50, null, 0, 7];
        Add(popularity.Select((value, n) => FakeSpotify.Track(n, track =>
        {
            if (value is null)
            {
                track.Remove("popularity");
            }
            else
            {
                track["popularity"] = value;
            }
        })));

        var songs = Pipeline.Staged(await FetchAsync());

        Assert.Equal(
            [(100, 3), (50, 2), (50, 4), (7, 7), (0, 0), (0, 6), (null, 1), (null, 5)],
            songs.Select(song => (song.TrackPop, (int)(song.DurationMs! - 180_000))));
    }

    [Fact]
    public async Task A_thousand_rows_are_twenty_calls_and_no_more_are_asked_for()
    {
        Add(FakeSpotify.Tracks(2500));

        var staged = await FetchAsync();

        Assert.Equal(1000, staged.Rows);
        Assert.Equal(20, Spotify.Calls(Endpoint));
        Assert.All(Spotify.Requests, request => Assert.InRange(request.Offset + (request.Limit ?? 0), 0, 1000));
        var songs = Pipeline.Staged(staged);
        Assert.Equal(songs.OrderByDescending(song => song.TrackPop).Select(song => song.TrackId), songs.Select(song => song.TrackId));
    }

    [Fact]
    public async Task Development_Mode_has_pages_of_ten_and_keeps_the_searchs_order()
    {
        Spotify.DevelopmentMode = true;
        Add(FakeSpotify.Tracks(1000));

        var staged = await FetchAsync();

        Assert.Equal(Enumerable.Range(0, 1000).Select(FakeSpotify.TrackId), Pipeline.Staged(staged).Select(song => song.TrackId));
        Assert.Equal(101, Spotify.Calls(Endpoint));
        Assert.Equal([50, 10, 10], Spotify.Requests.Where(request => request.Endpoint == Endpoint).Take(3).Select(request => request.Limit));
    }

    [Theory]
    [InlineData("artist:\"Tyler, The Creator\" & more")]
    [InlineData("../../etc/passwd")]
    public async Task Any_query_finds_its_rows_and_stages_them_in_its_place(string query)
    {
        Spotify.AddSearch(FakeSpotify.Tracks(2), query);

        var staged = await Pipeline.FetchPopularAsync(query);

        Assert.Equal(2, staged.Rows);
        Assert.Equal([$"_staging/{Pipeline.Execution}/spotifypopularsongs/{Keys.Source(staged.Source.Id)}.jsonl"], Pipeline.Files);
    }

    private protected override void Add(IEnumerable<string?> rows) => Spotify.AddSearch(rows);

    private protected override Task<StagedTracks> FetchAsync(Pipeline pipeline, TokenReference token) =>
        pipeline.FetchPopular.InvokeAsync(
            new(new(Source.Search, Pipeline.Query), token, Pipeline.Execution), TestContext.Current.CancellationToken);

    private protected override void Replace(JsonObject page, IEnumerable<string> tracks) =>
        page["items"] = new JsonArray([.. tracks.Select(track => JsonNode.Parse(track))]);
}
