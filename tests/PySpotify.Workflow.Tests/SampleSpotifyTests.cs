using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using PySpotify.Workflow.Local;

namespace PySpotify.Tests;

public sealed class SampleSpotifyTests
{
    private const string TopPlayed = "playlists/anyPlaylist/items?", Popular = "search?type=track&q=year%3A2025-2026&";

    private static readonly DateOnly Sunday = new(2026, 11, 22);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Names that must come through as they are, in both charts.</summary>
    public static TheoryData<string> OddNames => [
        "<script>alert(\"PySpotify\")</script>", "Said \"Hello, Again\", Twice", "First Line\r\nSecond Line\u2028Third Line",
        "Tab\tStop", "Moonlight 🌙 Picnic 🧺", "=SUM(Hearts,2)", "Escape Route\\",
    ];

    [Theory]
    [InlineData(TopPlayed, 546)]
    [InlineData(Popular, 1000)]
    public async Task A_week_has_as_many_rows_as_Spotify_would_give(string list, int expected)
    {
        var tracks = await ReadAsync(Sunday, list);

        Assert.Equal(expected, tracks.Count);
        var playable = Playable(tracks);
        Assert.Equal(expected - 6, playable.Count);
        Assert.Equal(playable.Count, playable.DistinctBy(Id).Count());
        Assert.All(playable, track => Assert.Matches("^[0-9A-Za-z]{22}$", Id(track)));
        Assert.All(playable, track => Assert.InRange((int)track["duration_ms"]!, 60_000, 600_000));
        Assert.InRange(playable.DistinctBy(Artist).Count(), 300, 500);
        var rated = playable.Where(track => track["popularity"] is not null).Select(track => (int)track["popularity"]!).ToList();
        Assert.InRange(rated.Count, (int)(0.9 * playable.Count), playable.Count - 10);
        Assert.InRange(rated.Max(), 85, 100);
        Assert.InRange(rated.Average(), 50, 75);
    }

    [Fact]
    public async Task The_same_date_gives_the_same_bytes_on_every_machine()
    {
        using var http = Client(Sunday);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (list, rows) in new[] { (TopPlayed, 546), (Popular, 1000) })
        {
            for (var offset = 0; offset < rows; offset += 50)
            {
                hash.AppendData(await http.GetByteArrayAsync($"{list}limit=50&offset={offset}", Cancelled));
            }
        }

        // Worked out once on Linux x64; a change of the sample's data changes it.
        Assert.Equal("C406D71911CB2E90", Convert.ToHexString(hash.GetHashAndReset())[..16]);
    }

    [Theory]
    [InlineData(TopPlayed)]
    [InlineData(Popular)]
    public async Task Weeks_move_as_charts_do(string list)
    {
        var weeks = new List<List<string>>();
        for (var back = 11; back >= 0; back--)
        {
            weeks.Add([.. Playable(await ReadAsync(Sunday.AddDays(-7 * back), list)).Select(Id)]);
        }

        for (var i = 1; i < weeks.Count; i++)
        {
            List<string> before = weeks[i - 1], now = weeks[i];
            var entered = now.Except(before).Count();
            Assert.InRange(entered, 5, now.Count / 8);
            Assert.InRange(now.Where((id, rank) => before.IndexOf(id) is >= 0 and var was && was != rank).Count(), now.Count / 2, now.Count);
            Assert.InRange(now.Take(50).Intersect(before.Take(50)).Count(), 35, 49);
        }

        bool InWeek(string id, int week) => weeks[week].Contains(id);
        var seen = weeks.SelectMany(week => week).Distinct().ToList();
        Assert.InRange(seen.Count(id => weeks.All(week => week.Contains(id))), weeks[0].Count / 4, weeks[0].Count * 3 / 4);
        Assert.Contains(seen, id => Enumerable.Range(1, 10).Any(week =>
            !InWeek(id, week) && Enumerable.Range(0, week).Any(w => InWeek(id, w)) && Enumerable.Range(week + 1, 11 - week).Any(w => InWeek(id, w))));
    }

    [Fact]
    public async Task A_track_keeps_its_id_and_nature_while_its_popularity_changes()
    {
        var before = Playable(await ReadAsync(Sunday.AddDays(-28), Popular)).ToDictionary(Id);
        var both = Playable(await ReadAsync(Sunday, Popular)).Where(track => before.ContainsKey(Id(track))).ToList();

        Assert.NotEmpty(both);
        Assert.All(both, track => Assert.Equal(Nature(before[Id(track)]), Nature(track)));
        Assert.Contains(both, track => (int?)before[Id(track)]["popularity"] != (int?)track["popularity"]);

        static string Nature(JsonNode track)
        {
            var copy = track.DeepClone().AsObject();
            copy.Remove("popularity");
            return copy.ToJsonString();
        }
    }

    [Fact]
    public async Task Days_of_one_week_are_alike()
    {
        var monday = Sunday.AddDays(-6);
        Assert.Equal(
            (await ReadAsync(monday, TopPlayed)).Select(track => track?.ToJsonString()),
            (await ReadAsync(Sunday, TopPlayed)).Select(track => track?.ToJsonString()));
    }

    [Fact]
    public async Task The_charts_overlap_in_part_and_tell_of_different_times()
    {
        var popular = Playable(await ReadAsync(Sunday, Popular));
        var played = Playable(await ReadAsync(Sunday, TopPlayed));

        Assert.InRange(popular.Select(Id).Intersect(played.Select(Id)).Count(), 100, 400);
        Assert.True(popular.Count(track => Released(track) is ['2', '0', '2', '5' or '6', ..]) > 950);
        Assert.InRange(played.Select(track => Released(track) is { Length: >= 4 } date ? date[..3] : "").Distinct().Count(), 6, 10);
        Assert.DoesNotContain(popular.Concat(played), track => string.CompareOrdinal(Released(track), "2026-11-22") > 0);
    }

    [Theory]
    [InlineData(TopPlayed)]
    [InlineData(Popular)]
    public async Task Every_trap_row_comes_every_week(string list)
    {
        foreach (var date in new[] { Sunday, Sunday.AddDays(-7), new(2031, 3, 3) })
        {
            var tracks = await ReadAsync(date, list);
            var rows = tracks.OfType<JsonObject>().ToList();

            Assert.Single(tracks, track => track is null);
            Assert.Single(rows, track => (string?)track["type"] == "episode");
            Assert.Single(rows, track => (string?)track["type"] == "hologram");
            var local = Assert.Single(rows, track => track["is_local"] is { } isLocal && (bool)isLocal);
            Assert.Null((string?)local["id"]);
            Assert.Single(rows, track => Id(track) is not null && track["artists"]?.AsArray().Count == 0);
            Assert.Equal(2, rows.Where(track => Id(track) is not null).GroupBy(Id).Max(group => group.Count()));
            Assert.Contains(rows, track => (string?)track["album"]?["name"] == "" && Id(track) is not null);
            Assert.Contains(rows, track => Id(track) is not null && track["album"] is { } album && Released(track) is null && album["release_date_precision"] is null);
            Assert.Contains(rows, track => Released(track) == "1981" && (string?)track["album"]!["release_date_precision"] == "year");
            Assert.Contains(rows, track => Released(track) == "1981-12" && (string?)track["album"]!["release_date_precision"] == "month");
            Assert.Contains(rows, track => Released(track) == "0000");
            Assert.Contains(rows, track => Id(track) is not null && (int?)track["popularity"] == 0);
            Assert.Contains(rows, track => (string?)track["name"] == "Off the Scale" && !track.ContainsKey("popularity"));
            Assert.Contains(rows, track => Artist(track) == "Comma, The \"Quoted\" Maker");
        }
    }

    [Theory]
    [MemberData(nameof(OddNames))]
    public async Task Odd_names_come_through(string name)
    {
        Assert.Contains(await ReadAsync(Sunday, TopPlayed), track => (string?)track?["name"] == name);
        Assert.Contains(await ReadAsync(Sunday, Popular), track => (string?)track?["name"] == name);
    }

    [Theory]
    [InlineData("0001-01-01")]
    [InlineData("1970-01-01")]
    [InlineData("2026-01-01")]
    [InlineData("2028-02-29")]
    [InlineData("9999-12-31")]
    public async Task Any_date_has_charts(string date)
    {
        var day = DateOnly.ParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture);
        Assert.Equal(546, (await ReadAsync(day, TopPlayed)).Count);
        Assert.Equal(1000, (await ReadAsync(day, Popular)).Count);
    }

    [Theory]
    [InlineData(TopPlayed + "limit=51", "Invalid limit")]
    [InlineData(TopPlayed + "limit=0", "Invalid limit")]
    [InlineData(Popular + "limit=51", "Invalid limit")]
    [InlineData(Popular + "limit=some", "Invalid limit")]
    [InlineData(Popular + "limit=50&offset=951", "Invalid offset")]
    [InlineData(Popular + "limit=50&offset=-1", "Invalid offset")]
    public async Task Pages_that_Spotify_refuses_are_refused(string path, string message)
    {
        using var http = Client(Sunday);
        using var response = await http.GetAsync(path, Cancelled);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancelled))!["error"]!;
        Assert.Equal((400, message), ((int)error["status"]!, (string?)error["message"]));
    }

    [Fact]
    public async Task Next_ends_a_playlist_but_no_search()
    {
        using var http = Client(Sunday);
        async Task<JsonNode> PageAsync(string path) => JsonNode.Parse(await http.GetStringAsync(path, Cancelled))!;

        var last = await PageAsync(TopPlayed + "limit=50&offset=500");
        Assert.Null(last["next"]);
        Assert.Equal((546, 46), ((int)last["total"]!, last["items"]!.AsArray().Count));
        Assert.NotNull((await PageAsync(TopPlayed + "limit=50&offset=450"))["next"]);
        Assert.NotNull((await PageAsync(Popular + "limit=50&offset=950"))["tracks"]!["next"]);
        Assert.Empty((await PageAsync(TopPlayed + "offset=2147483647"))["items"]!.AsArray());
    }

    [Fact]
    public async Task Any_host_issues_a_token_and_the_rest_wants_it()
    {
        using var http = new HttpClient(new SampleSpotify(Sunday));
        using var form = new FormUrlEncodedContent([new("grant_type", "client_credentials")]);
        using var token = await http.PostAsync("https://accounts.example/api/token", form, Cancelled);
        var body = JsonNode.Parse(await token.Content.ReadAsStringAsync(Cancelled))!;
        Assert.Equal(("Bearer", 3600), ((string?)body["token_type"], (int)body["expires_in"]!));

        using var refused = await http.GetAsync("https://api.example/v1/" + Popular, Cancelled);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        http.DefaultRequestHeaders.Authorization = new("Bearer", (string?)body["access_token"]);
        using var found = await http.GetAsync("https://api.example/v1/" + Popular, Cancelled);
        Assert.Equal(HttpStatusCode.OK, found.StatusCode);
        using var unknown = await http.GetAsync("https://api.example/v1/me", Cancelled);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    private static HttpClient Client(DateOnly date)
    {
        var http = new HttpClient(new SampleSpotify(date)) { BaseAddress = new("https://api.spotify.com/v1/") };
        http.DefaultRequestHeaders.Authorization = new("Bearer", "sample");
        return http;
    }

    private static async Task<List<JsonNode?>> ReadAsync(DateOnly date, string list)
    {
        using var http = Client(date);
        var tracks = new List<JsonNode?>();
        for (var (offset, total) = (0, 1); offset < total; offset += 50)
        {
            var page = JsonNode.Parse(await http.GetStringAsync($"{list}limit=50&offset={offset}", Cancelled))!;
            var paging = list == Popular ? page["tracks"]! : page;
            total = (int)paging["total"]!;
            tracks.AddRange(paging["items"]!.AsArray().Select(row => list == Popular ? row : row!["item"]));
        }

        return tracks;
    }

    private static List<JsonNode> Playable(List<JsonNode?> tracks) => [.. tracks
        .OfType<JsonNode>()
        .Where(track => (string?)track["type"] == "track" && Id(track) is not null && track["artists"]!.AsArray().Count > 0)
        .DistinctBy(Id)];

    private static string Id(JsonNode track) => ((string?)track["id"])!;

    private static string? Artist(JsonNode track) => track["artists"]?.AsArray() is [{ } artist, ..] ? (string?)artist["name"] : null;

    private static string? Released(JsonNode track) => (string?)track["album"]?["release_date"];
}
