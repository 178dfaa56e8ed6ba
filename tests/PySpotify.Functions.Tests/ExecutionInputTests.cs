using System.Text.Json;
using PySpotify.Functions;

namespace PySpotify.Tests;

public sealed class ExecutionInputTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 6, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_whole_input_is_read()
    {
        var input = Read("""
            {
              "topPlayed": {
                "playlistIds": ["37i9dQZEVXbMDoHDwVN2tF"], "playlists": ["0000000000000000000000"], "topTracks": ["short_term", "long_term"]
              },
              "popular": {"queries": ["year:{lastYear}-{thisYear}", "genre:\"k-pop\" {thisYear} {thisYear}", "{nextYear}"]},
              "snapshotDate": "2024-01-05"
            }
            """);

        Assert.Equal(new DateOnly(2024, 1, 5), input.SnapshotDate);
        Assert.Equal(
            [
                new(Source.Playlist, "0000000000000000000000"), new(Source.Playlist, "37i9dQZEVXbMDoHDwVN2tF"),
                new(Source.TopTracks, "short_term"), new(Source.TopTracks, "long_term"),
            ],
            input.TopPlayed.Sources);
        Assert.Equal(
            [new(Source.Search, "year:2023-2024"), new(Source.Search, "genre:\"k-pop\" 2024 2024"), new(Source.Search, "{nextYear}")],
            input.Popular.Sources);
    }

    [Theory]
    [InlineData("2026-11-22T23:59:59.9Z", "2026-11-22")]
    [InlineData("2026-11-22T23:30:00-05:00", "2026-11-23")]
    [InlineData("2027-01-01T08:00:00+09:00", "2026-12-31")]
    public void The_date_is_the_UTC_day_of_the_start(string start, string date)
    {
        foreach (var given in new[] { "", ""","snapshotDate":null""" })
        {
            var input = Read($$"""{"popular":{"queries":["{thisYear}"]}{{given}}}""", DateTimeOffset.Parse(start, null));

            Assert.Equal(DateOnly.Parse(date, null), input.SnapshotDate);
            Assert.Equal([date[..4]], input.Popular.Sources.Select(source => source.Id));
        }
    }

    [Theory]
    [InlineData("""{"popular":{"queries":["a"]}}""", 0, 1)]
    [InlineData("""{"popular":{"queries":["a"]},"topPlayed":{}}""", 0, 1)]
    [InlineData("""{"popular":{"queries":[]},"topPlayed":{"playlistIds":["0000000000000000000000"]}}""", 1, 0)]
    public void A_table_may_be_left_out(string json, int playlists, int queries)
    {
        var input = Read(json);

        Assert.Equal((playlists, queries), (input.TopPlayed.Sources.Count, input.Popular.Sources.Count));
    }

    [Theory]
    [InlineData("null", "the input must be a JSON object")]
    [InlineData("[]", "the input must be a JSON object")]
    [InlineData("\"run\"", "the input must be a JSON object")]
    [InlineData("{}", "The input has nothing to read. Add a playlist, top tracks or a query.")]
    [InlineData("""{"topPlayed":{"playlistIds":[]},"popular":{"queries":[]}}""", "The input has nothing to read. Add a playlist, top tracks or a query.")]
    [InlineData("""{"topPlayd":{}}""", "'topPlayd' in the input is not a known field. Use topPlayed, popular or snapshotDate")]
    [InlineData("""{"TopPlayed":{}}""", "'TopPlayed' in the input is not a known field")]
    [InlineData("""{"\ud83c":1}""", "'' in the input is not a known field")]
    [InlineData("""{"topPlayed":null}""", "topPlayed must be a JSON object")]
    [InlineData("""{"topPlayed":["37i9dQZEVXbMDoHDwVN2tF"]}""", "topPlayed must be a JSON object")]
    [InlineData("""{"topPlayed":{"ids":[]}}""", "'ids' in topPlayed is not a known field. Use playlists, playlistIds or topTracks")]
    [InlineData("""{"popular":{"query":"a"}}""", "'query' in popular is not a known field. Use queries.")]
    [InlineData("""{"topPlayed":{"playlistIds":null}}""", "topPlayed.playlistIds must be a list of strings")]
    [InlineData("""{"topPlayed":{"playlistIds":"37i9dQZEVXbMDoHDwVN2tF"}}""", "topPlayed.playlistIds must be a list of strings")]
    [InlineData("""{"topPlayed":{"playlistIds":[7]}}""", "topPlayed.playlistIds[0] is not text")]
    [InlineData("""{"popular":{"queries":["a",null]}}""", "popular.queries[1] is not text")]
    [InlineData("""{"topPlayed":{"playlistIds":["0000000000000000000000","short"]}}""", "topPlayed.playlistIds[1] is not a playlist; paste its link")]
    [InlineData("""{"topPlayed":{"playlistIds":["../../../../../etc/pass"]}}""", "topPlayed.playlistIds[0] is not a playlist; paste its link")]
    [InlineData("""{"topPlayed":{"playlistIds":["37i9dQZEVXbMDoHDwVN2t\u0661"]}}""", "topPlayed.playlistIds[0] is not a playlist; paste its link")]
    [InlineData("""{"topPlayed":{"playlists":["https://open.spotify.com/track/37i9dQZEVXbMDoHDwVN2tF"]}}""", "topPlayed.playlists[0] is not a playlist; paste its link")]
    [InlineData("""{"topPlayed":{"playlists":["https://example.com/playlist/37i9dQZEVXbMDoHDwVN2tF"]}}""", "topPlayed.playlists[0] is not a playlist")]
    [InlineData("""{"topPlayed":{"playlists":["37i9dQZEVXbMDoHDwVN2tF"],"playlistIds":["spotify:playlist:37i9dQZEVXbMDoHDwVN2tF"]}}""", "topPlayed names 37i9dQZEVXbMDoHDwVN2tF twice")]
    [InlineData("""{"topPlayed":{"topTracks":["last_week"]}}""", "topPlayed.topTracks[0] must be short_term, medium_term or long_term")]
    [InlineData("""{"topPlayed":{"playlistIds":["0000000000000000000000","0000000000000000000000"]}}""", "topPlayed names 0000000000000000000000 twice")]
    [InlineData("""{"popular":{"queries":["a","b","a"]}}""", "popular names a twice")]
    [InlineData("""{"popular":{"queries":["year:2026","year:{thisYear}"]},"snapshotDate":"2026-11-22"}""", "popular names year:2026 twice")]
    [InlineData("""{"popular":{"queries":["a",""]}}""", "popular.queries[1] must be a line of 1 to 200 characters")]
    [InlineData("""{"popular":{"queries":[" \t"]}}""", "popular.queries[0] must be a line of 1 to 200 characters")]
    [InlineData("""{"popular":{"queries":["a\nb"]}}""", "popular.queries[0] must be a line of 1 to 200 characters")]
    [InlineData("""{"popular":{"queries":["a\u0000"]}}""", "popular.queries[0] must be a line of 1 to 200 characters")]
    [InlineData("""{"popular":{"queries":["a","\ud83c"]}}""", "popular.queries[1] is not text")]
    [InlineData("""{"topPlayed":{"playlistIds":["\udfa7"]}}""", "topPlayed.playlistIds[0] is not text")]
    [InlineData("""{"snapshotDate":"\ud83c"}""", "snapshotDate is not a date")]
    [InlineData("""{"snapshotDate":"22.11.2026"}""", "snapshotDate is not a date; write it as 2026-11-22")]
    [InlineData("""{"snapshotDate":"2026-02-30"}""", "snapshotDate is not a date")]
    [InlineData("""{"snapshotDate":"2026-11-22T00:00:00Z"}""", "snapshotDate is not a date")]
    [InlineData("""{"snapshotDate":" 2026-11-22"}""", "snapshotDate is not a date")]
    [InlineData("""{"snapshotDate":"2026-11-22/../.."}""", "snapshotDate is not a date")]
    [InlineData("""{"snapshotDate":""}""", "snapshotDate is not a date")]
    [InlineData("""{"snapshotDate":20261122}""", "snapshotDate is not a date")]
    public void A_bad_field_is_named(string json, string problem)
    {
        var error = Assert.Throws<InvalidInputException>(() => Read(json));

        Assert.StartsWith((problem.StartsWith("The ", StringComparison.Ordinal) ? "" : "Cannot read the input: ") + problem, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("37i9dQZEVXbMDoHDwVN2tF")]
    [InlineData(" 37i9dQZEVXbMDoHDwVN2tF\n")]
    [InlineData("spotify:playlist:37i9dQZEVXbMDoHDwVN2tF")]
    [InlineData("https://open.spotify.com/playlist/37i9dQZEVXbMDoHDwVN2tF")]
    [InlineData("https://open.spotify.com/playlist/37i9dQZEVXbMDoHDwVN2tF?si=4f1bd2a0cafe")]
    [InlineData("https://open.spotify.com/intl-pt/playlist/37i9dQZEVXbMDoHDwVN2tF?si=x&pt=y")]
    [InlineData("https://open.spotify.com/playlist/37i9dQZEVXbMDoHDwVN2tF/")]
    [InlineData("open.spotify.com/playlist/37i9dQZEVXbMDoHDwVN2tF#top")]
    [InlineData("spotify:user:some.body:playlist:37i9dQZEVXbMDoHDwVN2tF")]
    [InlineData("https://open.spotify.com/user/some%20body/playlist/37i9dQZEVXbMDoHDwVN2tF?si=x")]
    [InlineData("HTTPS://Open.Spotify.com/playlist/37i9dQZEVXbMDoHDwVN2tF")]
    public void A_playlist_is_known_by_its_id_however_it_was_pasted(string pasted)
    {
        Assert.Equal("37i9dQZEVXbMDoHDwVN2tF", ExecutionInput.IdIn(pasted, "playlist"));
    }

    [Theory]
    [InlineData("https://open.spotify.com/user/somebody")]
    [InlineData("https://open.spotify.com/user/a/b/playlist/37i9dQZEVXbMDoHDwVN2tF")]
    [InlineData("https://open.spotify.com.example.org/playlist/37i9dQZEVXbMDoHDwVN2tF")]
    [InlineData("https://open.spotify.com/track/37i9dQZEVXbMDoHDwVN2tF")]
    public void What_is_not_a_playlist_has_no_id(string pasted)
    {
        Assert.Null(ExecutionInput.IdIn(pasted, "playlist"));
    }

    [Fact]
    public void No_input_at_all_is_refused()
    {
        Assert.Throws<InvalidInputException>(() => ExecutionInput.Read(default, Start));
    }

    [Theory]
    [InlineData(150, 150, null)]
    [InlineData(150, 151, "The input names 301 sources; the limit is 300.")]
    [InlineData(10_000, 0, "names 10000 sources")]
    [InlineData(0, 10_000, "names 10000 sources")]
    public void So_many_sources_and_no_more(int playlists, int queries, string? problem)
    {
        var json = JsonSerializer.Serialize(new
        {
            topPlayed = new { playlistIds = Enumerable.Range(0, playlists).Select(n => $"{n:D22}") },
            popular = new { queries = Enumerable.Range(0, queries).Select(n => $"query {n}") },
        });

        if (problem is null)
        {
            Assert.Equal(playlists, Read(json).TopPlayed.Sources.Count);
        }
        else
        {
            Assert.Contains(problem, Assert.Throws<InvalidInputException>(() => Read(json)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_query_has_so_many_characters_and_no_more()
    {
        Assert.Single(Read($$"""{"popular":{"queries":["{{new string('x', 200)}}"]} }""").Popular.Sources);
        Assert.Throws<InvalidInputException>(() => Read($$"""{"popular":{"queries":["{{new string('x', 201)}}"]} }"""));
    }

    private static ExecutionInput Read(string json, DateTimeOffset? start = null) =>
        ExecutionInput.Read(JsonElement.Parse(json), start ?? Start);
}
