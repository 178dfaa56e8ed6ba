using PySpotify.Tests;

namespace PySpotify.Workflow.Tests;

/// <summary><c>check</c>, and what leads to it.</summary>
public sealed class CheckTests
{
    private const string Mine = "minePlaylist0000000001", Theirs = "theirPlaylist000000001";

    [Theory]
    [InlineData(false, "Extended quota")]
    [InlineData(true, "Development Mode")]
    public async Task All_is_well_where_all_can_be_read(bool developmentMode, string mode)
    {
        await using var spotify = await SetupTests.NewSpotifyAsync(developmentMode);
        await using var pyspotify = SetupTests.NewPyspotify(spotify);
        (await SetupTests.SetUpAsync(pyspotify, spotify, "--playlist", Mine, "--top-tracks", "short_term", "--search", "a")).Succeeded();
        var before = TempFolder.Snapshot(pyspotify.Data);

        var check = (await pyspotify.RunAsync("check")).Succeeded().Output;

        Assert.Contains(mode, check, StringComparison.Ordinal);
        Assert.Matches($@"✓ Sign-in +Ada Listener, until {DateTime.UtcNow.AddMonths(6):yyyy-MM-dd}", check);
        Assert.Matches("✓ Sunday songs +60 songs", check);
        Assert.Matches("✓ Your top tracks, last 4 weeks +50 songs", check);
        Assert.Matches("✓ Search: a +40 songs", check);
        Assert.Equal(before, TempFolder.Snapshot(pyspotify.Data));
        spotify.AssertNothingUnexpected();
    }

    [Fact]
    public async Task A_source_that_cannot_be_read_is_named_with_advice()
    {
        await using var spotify = await SetupTests.NewSpotifyAsync(developmentMode: true);
        await using var pyspotify = new Pyspotify().WithApp(spotify);
        pyspotify.Environment["Spotify__RefreshToken"] = spotify.RefreshToken;
        var input = pyspotify.File("input.json", $$"""{ "topPlayed": { "playlists": ["{{Theirs}}", "37i9dQZEVXbMDoHDwVN2tF", "refusedPlaylist0000001"], "topTracks": ["medium_term"] } }""");
        spotify.Fail(Fault.Status(400, message: "Invalid base62 id"), request => request.Path.Contains("refusedPlaylist", StringComparison.Ordinal), times: 10);

        var check = await pyspotify.RunAsync("check", "--input", input);

        Assert.Equal(1, check.ExitCode);
        Assert.Matches("✗ Somebody's songs +forbidden", check.Output);
        Assert.Contains("only playlists that the signed-in person owns", check.Output, StringComparison.Ordinal);
        Assert.Matches("✗ Playlist 37i9dQZEVXbMDoHDwVN2tF +not found", check.Output);
        Assert.Contains("Spotify's own playlists are closed to apps made after November 2024", check.Output, StringComparison.Ordinal);
        Assert.Matches("✗ Your top tracks, last 6 months +no songs", check.Output);
        Assert.Matches(@"✗ Playlist refusedPlaylist0000001 +refused \(400: 'Invalid base62 id'\)", check.Output);
        Assert.Contains("4 of 4 sources cannot be read.", check.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(pyspotify.Data));
    }

    [Theory]
    [InlineData("no credentials", "✗ Credentials", "Run `pyspotify setup --data ")]
    [InlineData("wrong secret", "✗ Credentials", "did not accept")]
    [InlineData("expired sign-in", "✗ Sign-in", "Sign in again with `pyspotify login --data ")]
    [InlineData("not registered", "✗ Sign-in", "User not registered")]
    [InlineData("no Premium", "✗ Mode", "Active premium subscription required")]
    [InlineData("quota", "✗ Quota", "quota is used up")]
    public async Task What_concerns_the_whole_app_ends_it_with_the_cause(string fault, string row, string words)
    {
        await using var spotify = await SetupTests.NewSpotifyAsync(developmentMode: true);
        await using var pyspotify = new Pyspotify().WithApp(spotify);
        pyspotify.Environment["Spotify__RefreshToken"] = spotify.RefreshToken;
        switch (fault)
        {
            case "no credentials":
                pyspotify.Environment.Clear();
                break;
            case "wrong secret":
                spotify.ClientSecret = "another";
                break;
            case "expired sign-in":
                spotify.RefreshToken = "another";
                break;
            case "not registered":
                spotify.UserIsRegistered = false;
                break;
            case "no Premium":
                spotify.OwnerHasPremium = false;
                break;
            case "quota":
                spotify.Fail(Fault.Status(429, retryAfter: "36000", reason: "QUOTA_EXCEEDED"), request => request.Endpoint == Endpoint.Search);
                break;
        }

        var check = await pyspotify.RunAsync("check");

        Assert.Equal(1, check.ExitCode);
        Assert.Matches($"{row} .*{words}", check.Output);
        Assert.DoesNotContain("redrive", check.Output, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("scope", "Sign in again with `pyspotify login --data ")]
    [InlineData("unknown", "Spotify says 'Not today' (403).")]
    public async Task What_the_sign_in_may_not_read_is_that_sources_matter(string fault, string advice)
    {
        await using var spotify = await SetupTests.NewSpotifyAsync(developmentMode: true);
        await using var pyspotify = new Pyspotify().WithApp(spotify);
        pyspotify.Environment["Spotify__RefreshToken"] = spotify.RefreshToken;
        if (fault == "scope")
        {
            spotify.Scopes = "playlist-read-private playlist-read-collaborative";
        }
        else
        {
            spotify.Fail(Fault.Status(403, message: "Not today"), request => request.Endpoint == Endpoint.TopTracks);
        }

        var check = await pyspotify.RunAsync("check", "--input", pyspotify.File("input.json", """{ "topPlayed": { "topTracks": ["short_term"] }, "popular": { "queries": ["a"] } }"""));

        Assert.Equal(1, check.ExitCode);
        Assert.Contains("✓ Sign-in", check.Output, StringComparison.Ordinal);
        Assert.Matches("✗ Your top tracks, last 4 weeks +forbidden", check.Output);
        Assert.Contains(advice, check.Output, StringComparison.Ordinal);
        Assert.Matches("✓ Search: a +40 songs", check.Output);
        Assert.DoesNotContain("redrive", check.Output, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("wrong secret")]
    [InlineData("not my playlist")]
    public async Task Errors_of_credentials_and_sources_lead_to_it(string fault)
    {
        await using var spotify = await SetupTests.NewSpotifyAsync(developmentMode: true);
        await using var pyspotify = new Pyspotify().With(spotify);
        spotify.ClientSecret = fault is "wrong secret" ? "another" : spotify.ClientSecret;
        Assert.StartsWith($"First try `pyspotify check --data {pyspotify.Data}`", (await pyspotify.RunAsync("run")).Failed(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-160, true)]
    [InlineData(-100, false)]
    public async Task A_run_warns_in_the_last_month_of_a_sign_in(int days, bool warns)
    {
        await using var spotify = await SetupTests.NewSpotifyAsync(developmentMode: true);
        await using var pyspotify = new Pyspotify().WithApp(spotify);
        pyspotify.Environment["Spotify__RefreshToken"] = spotify.RefreshToken;
        pyspotify.Environment["Spotify__SignedInOn"] = $"{DateTime.UtcNow.AddDays(days):yyyy-MM-dd}";

        // A timer's calls warn where there is a run; a person's do each time.
        Assert.Equal([warns, false, warns], [await WarnsAsync("--quiet"), await WarnsAsync("--quiet"), await WarnsAsync()]);

        async Task<bool> WarnsAsync(params string[] quiet)
        {
            var run = await pyspotify.RunAsync(["run", "--weekly", .. quiet]);
            Assert.Equal(0, run.ExitCode);
            Assert.DoesNotContain("sign-in", run.Output, StringComparison.Ordinal);
            return run.Error.StartsWith("The sign-in ends on ", StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task After_a_logout_nobody_is_signed_in()
    {
        await using var spotify = await SetupTests.NewSpotifyAsync(developmentMode: true);
        await using var pyspotify = SetupTests.NewPyspotify(spotify);
        (await SetupTests.SetUpAsync(pyspotify, spotify, "--search", "a")).Succeeded();

        Assert.Contains("Signed out", (await pyspotify.RunAsync("logout")).Succeeded().Output, StringComparison.Ordinal);

        Assert.Contains("Nobody is signed in", (await pyspotify.RunAsync("check")).Succeeded().Output, StringComparison.Ordinal);
        Assert.DoesNotContain(spotify.RefreshToken, await File.ReadAllTextAsync(pyspotify.Secrets, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }
}
