using System.Text.Json.Nodes;
using PySpotify.Functions;
using PySpotify.Functions.Rows;
using PySpotify.Functions.Spotify;
using PySpotify.Tests;

namespace PySpotify.Workflow.Tests;

/// <summary>Every fault of Spotify's, through the whole local workflow.</summary>
public sealed class FaultTests
{
    private const string Before = "2026-11-13", Day = "2026-11-20";
    private const int ForEver = 10_000;

    /// <summary>Faults that end a run: what sets them up, and the error and the words that a person sees.</summary>
    private static readonly Dictionary<string, (Action<LocalWorkflow> Arrange, string[] Seen)> Fatal = new()
    {
        ["429 with a long Retry-After"] = (Always(Fault.Status(429, "3600")), ["SpotifyRateLimitedException", "limiting this app's requests", "Redrive the execution after 20"]),
        ["429 with an absurd Retry-After"] = (Always(Fault.Status(429, "99999999999999999999")), ["SpotifyRateLimitedException", "Redrive the execution after 20"]),
        ["429 without end and without Retry-After"] = (Always(Fault.Status(429)), ["SpotifyRateLimitedException", "edrive the execution"]),
        ["QUOTA_EXCEEDED midway"] = (workflow => workflow.Spotify.Fail(Fault.Status(429, "80000", "QUOTA_EXCEEDED"), after: 2, times: ForEver), ["SpotifyQuotaExceededException", "quota is used up", "Redrive the execution after 20"]),
        ["500 without end"] = (Always(Fault.Status(500)), ["SpotifyUnavailableException", "500", "https://status.spotify.dev", "redrive"]),
        ["502 without end"] = (Always(Fault.Status(502)), ["SpotifyUnavailableException", "502"]),
        ["503 without end"] = (Always(Fault.Status(503)), ["SpotifyUnavailableException", "503"]),
        ["504 without end"] = (Always(Fault.Status(504)), ["SpotifyUnavailableException", "504"]),
        ["connections cut without end"] = (Always(Fault.CutConnection), ["SpotifyUnavailableException", "could not be reached"]),
        ["bodies cut off without end"] = (Always(Fault.CutBody), ["SpotifyUnavailableException", "could not be reached"]),
        ["no answer, without end"] = (Silent(Fault.Hang, ForEver), ["SpotifyUnavailableException", "no answer within"]),
        ["responses that never end"] = (Silent(Fault.NeverEnds, ForEver), ["SpotifyUnavailableException", "no answer within"]),
        ["a flood"] = (workflow =>
        {
            workflow.Options = workflow.Options with { LargestBody = 1_000_000 };
            Always(Fault.Floods)(workflow);
        }, ["SpotifyResponseException", "more than 1,000,000 bytes"]),
        ["half of the JSON"] = (Always(Fault.HalfJson), ["SpotifyUnavailableException", "is empty or cut off"]),
        ["no JSON"] = (Always(Fault.NotJson), ["SpotifyResponseException", "is not the JSON expected"]),
        ["an HTML page"] = (Always(Fault.Html), ["SpotifyResponseException", "is not the JSON expected"]),
        ["an empty body"] = (Always(Fault.Empty), ["SpotifyUnavailableException", "is empty or cut off"]),
        ["other JSON"] = (Always(Fault.Body(200, "application/json", """{"hello":"world"}""")), ["SpotifyResponseException", "has no"]),
        ["401 without end for a good token"] = (Always(Fault.Unauthorized), ["Token failed: ", "SpotifyUnauthorizedException", "had just issued", "redrive"]),
        ["an unknown client"] = (workflow => workflow.Credentials = new("nobody", "nothing"), ["Authenticate failed: ", "SpotifyCredentialsException", "Spotify:ClientId", "dashboard"]),
        ["a revoked refresh token"] = (workflow => workflow.Credentials = new(workflow.Spotify.ClientId, workflow.Spotify.ClientSecret, "revoked"), ["Authenticate failed: ", "SpotifySignInExpiredException", "pyspotify login"]),
        ["an accounts service that is down"] = (workflow =>
        {
            workflow.Clock.Skip(TimeSpan.FromHours(2));
            workflow.Spotify.Fail(Fault.Status(503), request => request.Endpoint == Endpoint.Token, ForEver);
        }, ["Authenticate failed: ", "SpotifyUnavailableException", "/api/token"]),
        ["no Premium"] = (workflow => workflow.Spotify.Fail(Fault.Body(403, "text/plain", "Active premium subscription required for the owner of the app."), Playlist, ForEver), ["FetchTopPlayed failed: ", "SpotifyPremiumRequiredException", "Active premium subscription"]),
        ["a person who is not one of the app's users"] = (workflow => workflow.Spotify.Fail(Fault.Body(403, "text/plain", "User not registered in the Developer Dashboard"), Playlist, ForEver), ["FetchTopPlayed failed: ", "SpotifyUserNotRegisteredException", "User Management"]),
        ["an app that Spotify has blocked"] = (workflow => workflow.Spotify.Fail(Fault.Body(403, "text/plain", "App blocked for violating the Developer Terms."), Playlist, ForEver), ["FetchTopPlayed failed: ", "SpotifyForbiddenException", "violating the Developer Terms'"]),
        ["nothing to read at all"] = (workflow =>
        {
            workflow.Spotify.Fail(Fault.Status(400, message: "Invalid query"), request => request.Endpoint == Endpoint.Search, ForEver);
            workflow.Spotify.Fail(Fault.Status(404), Playlist, ForEver);
        }, ["No source could be read", $"playlist {LocalWorkflow.Playlist}: not found (404)", $"search {LocalWorkflow.Query}: refused (400: 'Invalid query')", "Correct the input"]),
    };

    /// <summary>Faults of one source: what sets them up, and what a person is told of it.</summary>
    private static readonly Dictionary<string, (Action<LocalWorkflow> Arrange, string Cause)> OfOneSource = new()
    {
        ["somebody else's playlist"] = (workflow => workflow.Spotify.Fail(Fault.Status(403), Playlist, ForEver), "forbidden (403)"),
        ["a playlist that is not there"] = (workflow => workflow.Spotify.Fail(Fault.Status(404), Playlist, ForEver), "not found (404)"),
        ["a playlist that was removed midway"] = (workflow => workflow.Spotify.Fail(Fault.Status(404), request => Playlist(request) && request.Offset == 50, ForEver), "not found (404)"),
        ["a playlist that Spotify refuses"] = (workflow => workflow.Spotify.Fail(Fault.Status(400, message: "Invalid base62 id"), Playlist, ForEver), "refused (400: 'Invalid base62 id')"),
        ["a playlist that is gone"] = (workflow => workflow.Spotify.Fail(Fault.Status(410, message: "Gone"), Playlist, ForEver), "refused (410: 'Gone')"),
        ["an empty playlist"] = (workflow => workflow.Spotify.AddPlaylist(LocalWorkflow.Playlist, []), "no songs"),
        ["a playlist of local files"] = (workflow => workflow.Spotify.AddPlaylist(LocalWorkflow.Playlist, [FakeSpotify.TrapRows["local file"]]), "no songs"),
        ["rows without artists"] = (workflow => workflow.Spotify.AddPlaylist(LocalWorkflow.Playlist, Enumerable.Range(0, 20).Select(n =>
            FakeSpotify.Track(n, track => track["artists"] = n < 11 ? new JsonArray() : track["artists"]!.DeepClone()))), "11 of 20 rows could not be read"),
    };

    /// <summary>Faults that pass: what sets them up, and what a person sees of them.</summary>
    private static readonly Dictionary<string, (Action<LocalWorkflow> Arrange, string? Seen)> Passing = new()
    {
        ["429 with a short Retry-After"] = (Once(Fault.Status(429, "7")), "waiting 7 s"),
        ["429 without Retry-After"] = (Once(Fault.Status(429)), "waiting 1 s"),
        ["429 with a Retry-After that means nothing"] = (Once(Fault.Status(429, "a while")), "waiting 1 s"),
        ["429 with a negative Retry-After"] = (Once(Fault.Status(429, "-5")), "waiting 1 s"),
        ["500"] = (Once(Fault.Status(500)), "500"),
        ["502"] = (Once(Fault.Status(502)), "502"),
        ["503"] = (Once(Fault.Status(503)), "503"),
        ["504"] = (Once(Fault.Status(504)), "504"),
        ["503 for longer than a call is retried"] = (workflow => workflow.Spotify.Fail(Fault.Status(503), request => request is { Endpoint: Endpoint.Search, Offset: 0 }, times: 6), "SpotifyUnavailableException; again in"),
        ["a cut connection"] = (Once(Fault.CutConnection), "retry 1"),
        ["a body cut off"] = (Once(Fault.CutBody), "retry 1"),
        ["half of the JSON"] = (Once(Fault.HalfJson), "is empty or cut off; retry 1"),
        ["an empty body"] = (Once(Fault.Empty), "is empty or cut off; retry 1"),
        ["429 with a Retry-After of 0, again and again"] = (workflow => workflow.Spotify.Fail(Fault.Status(429, "0"), request => request is { Endpoint: Endpoint.Search, Offset: 50 }, times: 5), "waiting 16 s"),
        ["no answer"] = (Silent(Fault.Hang, 1), "no answer within"),
        ["a response that never ends"] = (Silent(Fault.NeverEnds, 1), "no answer within"),
        ["401 for a good token"] = (Once(Fault.Unauthorized), "401"),
        ["a token that is withdrawn midway"] = (workflow => workflow.Spotify.Fail(Fault.Unauthorized, request => request is { Endpoint: Endpoint.Search, Offset: 50 }, times: 3), "SpotifyTokenRefusedException"),
        ["a token that expires midway"] = (workflow => workflow.Spotify.OnPage = new ExpiringToken(workflow).OnPage, "RenewPopularToken"),
        ["a total that changes between pages"] = (workflow => workflow.Spotify.OnPage = (request, page) => page["total"] = request.Offset switch { 0 => 60, 50 => 3, _ => 7000 }, null),
        ["no total"] = (workflow => workflow.Spotify.OnPage = (_, page) => page.Remove("total"), null),
        ["pages that overlap"] = (workflow => workflow.Spotify.OnPage = Overlap, "left out: "),
        ["a page of a thousand rows where fifty were asked for"] = (workflow => workflow.Spotify.OnPage = Crowd, "left out: "),
    };

    public static TheoryData<string> FatalFaults => [.. Fatal.Keys];

    public static TheoryData<string> FaultsOfOneSource => [.. OfOneSource.Keys];

    public static TheoryData<string> PassingFaults => [.. Passing.Keys];

    [Theory]
    [MemberData(nameof(FatalFaults))]
    public async Task A_fault_that_ends_the_run_is_named_and_changes_nothing(string fault)
    {
        await using var workflow = await LocalWorkflow.CreateAsync();
        await workflow.RunAsync(Before);
        var kept = await workflow.KeepAsync(Day);

        var (arrange, seen) = Fatal[fault];
        arrange(workflow);
        var error = await LocalWorkflow.FailAsync(() => workflow.RunAsync(Day));

        Assert.All(seen, words => Assert.Contains(words, error, StringComparison.Ordinal));
        kept.AssertSame(workflow.Look());
        workflow.AssertNothingHalf();
        workflow.Spotify.AssertNothingUnexpected();
    }

    [Theory]
    [MemberData(nameof(FaultsOfOneSource))]
    public async Task A_fault_of_one_source_takes_no_other_with_it(string fault)
    {
        await using var workflow = await LocalWorkflow.CreateAsync();
        await workflow.RunAsync(Before);
        await workflow.RunAsync(Day);
        var played = workflow.Csv(Tables.TopPlayed, Day);
        workflow.Spotify.AddSearch(FakeSpotify.Tracks(30, first: 500));

        var (arrange, cause) = OfOneSource[fault];
        arrange(workflow);
        var error = await LocalWorkflow.FailAsync(() => workflow.RunAsync(Day));

        Assert.StartsWith("These sources could not be read, while all others are loaded", error, StringComparison.Ordinal);
        Assert.Contains($"playlist {LocalWorkflow.Playlist}: {cause}", error, StringComparison.Ordinal);
        Assert.Contains("run again with the same date", error, StringComparison.Ordinal);
        Assert.Equal(played, workflow.Csv(Tables.TopPlayed, Day));
        Assert.Equal(31, workflow.Csv(Tables.Popular, Day).Count(b => b == '\n'));
        Assert.Equal(error, await LocalWorkflow.FailAsync(() => workflow.RedriveAsync()));
        workflow.AssertNothingHalf();
    }

    [Theory]
    [MemberData(nameof(PassingFaults))]
    public async Task A_fault_that_passes_is_shown_and_leaves_no_trace(string fault)
    {
        await using var workflow = await LocalWorkflow.CreateAsync();
        var kept = await workflow.KeepAsync(Before);

        var (arrange, seen) = Passing[fault];
        arrange(workflow);
        await workflow.RunAsync(Day);

        Assert.Contains(seen ?? "", workflow.Screen.ToString(), StringComparison.Ordinal);
        var now = workflow.Look();
        kept.AssertIn(now);
        foreach (var table in (string[])[Tables.TopPlayed, Tables.Popular])
        {
            Assert.Equal(workflow.Csv(table, Before), workflow.Csv(table, Day));
        }

        Assert.Equal(kept.Rows.Order(), now.Rows.Except(kept.Rows).Select(row => row.Replace(Day, Before, StringComparison.Ordinal)).Order());
        workflow.AssertNothingHalf();
    }

    [Fact]
    public async Task A_row_that_cannot_be_read_is_in_quarantine_with_its_reason()
    {
        await using var workflow = await LocalWorkflow.CreateAsync();
        workflow.Spotify.AddPlaylist(LocalWorkflow.Playlist, [FakeSpotify.Track(1), FakeSpotify.Track(2, track => track["album"] = "x"), FakeSpotify.Track(3)]);

        await workflow.RunAsync(Day);

        Assert.Equal(["Track 1", "Track 3"], (await workflow.QueryAsync($"SELECT track FROM {Tables.RefinedOf(Tables.TopPlayed)} ORDER BY rank")).Select(row => row[0]));
        var row = Assert.Single(await workflow.QueryAsync("SELECT reason, list, json_extract(song, '$.track') FROM quarantine"));
        Assert.Equal(["album cannot be read: \"x\"", Lists.TopPlayed, "Track 2"], row);
    }

    [Fact]
    public async Task A_short_Retry_After_is_waited_out_and_no_longer()
    {
        await using var workflow = await LocalWorkflow.CreateAsync();
        workflow.Spotify.Fail(Fault.Status(429, "60"));
        var start = workflow.Clock.GetUtcNow();
        await workflow.RunAsync(Day);
        Assert.InRange(workflow.Clock.GetUtcNow() - start, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(62));
    }

    [Fact]
    public async Task A_long_Retry_After_is_not_waited_for()
    {
        await using var workflow = await LocalWorkflow.CreateAsync();
        workflow.Spotify.Fail(Fault.Status(429, "61"), times: ForEver);
        var start = workflow.Clock.GetUtcNow();
        await LocalWorkflow.FailAsync(() => workflow.RunAsync(Day));
        Assert.InRange(workflow.Clock.GetUtcNow() - start, TimeSpan.Zero, TimeSpan.FromSeconds(2));
    }

    private static bool Playlist(SpotifyRequest request) => request.Endpoint == Endpoint.Playlist;

    private static bool Page(SpotifyRequest request) => request.Endpoint is Endpoint.Playlist or Endpoint.Search;

    private static Action<LocalWorkflow> Always(Fault fault) => workflow => workflow.Spotify.Fail(fault, Page, ForEver);

    private static Action<LocalWorkflow> Once(Fault fault) => workflow => workflow.Spotify.Fail(fault, request => request.Offset == 50);

    private static Action<LocalWorkflow> Silent(Fault fault, int times) => workflow =>
        workflow.Spotify.Fail(fault, request => request is { Endpoint: Endpoint.Search, Offset: 50 }, times);

    private static void Crowd(SpotifyRequest request, JsonObject page) =>
        page["items"] = new JsonArray([.. Enumerable.Range(0, 1000).Select(n => Row(request, n % (request.Endpoint == Endpoint.Search ? 100 : 120)))]);

    /// <summary>Puts the first page's last rows before every other's, too.</summary>
    private static void Overlap(SpotifyRequest request, JsonObject page)
    {
        for (var n = 49; n >= 40 && request.Offset > 0; n--)
        {
            page["items"]!.AsArray().Insert(0, Row(request, n));
        }
    }

    private static JsonNode? Row(SpotifyRequest request, int n) => request.Endpoint == Endpoint.Search
        ? JsonNode.Parse(FakeSpotify.Track(500 + n))
        : new JsonObject { ["is_local"] = false, ["item"] = JsonNode.Parse(FakeSpotify.Track(n)) };

    /// <summary>Lets two hours pass before the second page of the search is sent, the first time.</summary>
    private sealed class ExpiringToken(LocalWorkflow workflow)
    {
        private int _isOver;

        public void OnPage(SpotifyRequest request, JsonObject page)
        {
            if (request is { Endpoint: Endpoint.Search, Offset: 0 } && Interlocked.Exchange(ref _isOver, 1) == 0)
            {
                workflow.Clock.Skip(TimeSpan.FromHours(2));
            }
        }
    }

}
