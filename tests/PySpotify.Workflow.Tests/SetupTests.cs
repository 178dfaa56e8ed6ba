using System.Text.Json;
using PySpotify.Functions;
using PySpotify.Tests;
using Spectre.Console.Testing;

namespace PySpotify.Workflow.Tests;

/// <summary><c>setup</c>, from a client id in hand to the first report.</summary>
public sealed class SetupTests
{
    private const string Mine = "minePlaylist0000000001", Theirs = "theirPlaylist000000001";
    private const string Prompt = "Sign in here: ";

    private static readonly HttpClient Browser = new() { Timeout = TimeSpan.FromSeconds(30) };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Four_answers_lead_from_a_client_id_to_a_report(bool developmentMode)
    {
        await using var spotify = await NewSpotifyAsync(developmentMode);
        await using var pyspotify = NewPyspotify(spotify);
        pyspotify.HasTerminal = true;
        pyspotify.Type = input =>
        {
            input.PushTextWithEnter(spotify.ClientId);
            input.PushTextWithEnter(spotify.ClientSecret);
            input.PushKey(ConsoleKey.Enter);
            input.PushTextWithEnter("y");
        };

        var setup = (await pyspotify.RunAsync("setup", "--no-browser", "--port", "0")).Succeeded().Output;

        Assert.Contains("Signed in as Ada Listener.", setup, StringComparison.Ordinal);
        Assert.Contains(developmentMode ? "Development Mode" : "extended quota", setup, StringComparison.Ordinal);
        Assert.DoesNotContain(spotify.ClientSecret, setup, StringComparison.Ordinal);
        // Nor how long it is.
        Assert.DoesNotContain("***", setup, StringComparison.Ordinal);
        Assert.Contains("Top ten on ", setup, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(pyspotify.Data, "reports", "index.html")));
        Assert.Equal(["short_term", "year:{lastYear}-{thisYear}"], Names(pyspotify));
        spotify.AssertNothingUnexpected();
    }

    [Fact]
    public async Task Own_playlists_are_offered_by_name_and_others_not()
    {
        await using var spotify = await NewSpotifyAsync(developmentMode: true);
        await using var pyspotify = NewPyspotify(spotify);
        pyspotify.HasTerminal = true;
        pyspotify.Type = input =>
        {
            input.PushTextWithEnter(spotify.ClientId);
            input.PushTextWithEnter(spotify.ClientSecret);
            // Past the group's heading and its three times, and the heading of the playlists, to the first of them.
            for (var n = 0; n < 5; n++)
            {
                input.PushKey(ConsoleKey.DownArrow);
            }

            input.PushKey(ConsoleKey.Spacebar);
            input.PushKey(ConsoleKey.Enter);
            input.PushTextWithEnter("n");
        };

        var setup = (await pyspotify.RunAsync("setup", "--no-browser", "--port", "0")).Succeeded().Output;

        Assert.Contains("Sunday songs", setup, StringComparison.Ordinal);
        Assert.DoesNotContain("Somebody's songs", setup, StringComparison.Ordinal);
        Assert.Contains(Mine, Names(pyspotify));
        Assert.False(Directory.Exists(pyspotify.Raw));
    }

    [Fact]
    public async Task A_search_can_be_typed()
    {
        await using var spotify = await NewSpotifyAsync(developmentMode: true);
        await using var pyspotify = NewPyspotify(spotify);
        pyspotify.HasTerminal = true;
        pyspotify.Type = input =>
        {
            // To the last choice; a search that is too long is asked for again.
            for (var n = 0; n < 20; n++)
            {
                input.PushKey(ConsoleKey.DownArrow);
            }

            input.PushKey(ConsoleKey.Spacebar);
            input.PushKey(ConsoleKey.Enter);
            input.PushTextWithEnter(new string('x', ExecutionInput.MaxQueryLength + 1));
            input.PushTextWithEnter("genre:jazz year:{thisYear}");
            input.PushTextWithEnter("n");
        };

        (await SetUpAsync(pyspotify, spotify, "--no-login")).Succeeded();

        Assert.Equal(["year:{lastYear}-{thisYear}", "genre:jazz year:{thisYear}"], Names(pyspotify));
    }

    [Fact]
    public async Task A_source_that_is_named_twice_is_read_once()
    {
        await using var spotify = await NewSpotifyAsync(developmentMode: true);
        await using var pyspotify = NewPyspotify(spotify);

        (await SetUpAsync(pyspotify, spotify, "--playlist", Mine, "--playlist", $"spotify:playlist:{Mine}")).Succeeded();
        Assert.Equal([Mine], Names(pyspotify));

        // The same only once the year is filled in: refused before anything is saved.
        Directory.Delete(pyspotify.Data, recursive: true);
        var refused = await SetUpAsync(pyspotify, spotify, "--search", $"year:{DateTime.UtcNow.Year}", "--search", "year:{thisYear}");
        Assert.Contains("twice", refused.Failed(exitCode: 2), StringComparison.Ordinal);
        Assert.False(File.Exists(pyspotify.Secrets));
    }

    [Fact]
    public async Task What_was_chosen_before_stays_chosen_while_it_cannot_be_read()
    {
        await using var spotify = await NewSpotifyAsync(developmentMode: true);
        await using var pyspotify = NewPyspotify(spotify);
        (await SetUpAsync(pyspotify, spotify, "--playlist", Mine, "--search", "a")).Succeeded();
        spotify.Fail(Fault.Status(404), request => request.Endpoint == Endpoint.Playlist, times: 10);

        var again = (await SetUpAsync(pyspotify, spotify)).Succeeded().Output;

        Assert.Contains("so it stays chosen", again, StringComparison.Ordinal);
        Assert.Equal([Mine, "a"], Names(pyspotify));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Without_a_terminal_options_answer_everything(bool developmentMode)
    {
        await using var spotify = await NewSpotifyAsync(developmentMode);
        await using var pyspotify = NewPyspotify(spotify);

        var setup = (await SetUpAsync(
            pyspotify, spotify, "--playlist", $"https://open.spotify.com/intl-de/playlist/{Mine}?si=1", "--top-tracks", "long_term", "--search", "genre:jazz {thisYear}", "--run", "true")).Succeeded();

        Assert.Equal([Mine, "long_term", "genre:jazz {thisYear}"], Names(pyspotify));
        Assert.Contains("\nSunday songs and Your top tracks, last year\n", setup.Output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        (await pyspotify.RunAsync("run")).Succeeded();
    }

    [Fact]
    public async Task What_cannot_be_read_is_said_and_left_out()
    {
        await using var spotify = await NewSpotifyAsync(developmentMode: true);
        await using var pyspotify = NewPyspotify(spotify);

        var setup = (await SetUpAsync(pyspotify, spotify, "--playlist", Theirs, "--playlist", Mine)).Succeeded();

        Assert.Equal([Mine], Names(pyspotify));
        Assert.Matches("✗ Somebody's songs +forbidden", setup.Output);
        Assert.Contains("It is left out.", setup.Output, StringComparison.Ordinal);
        Assert.Contains("In Development Mode an app reads only playlists", setup.Output, StringComparison.Ordinal);
        Assert.Contains("None of these can be read", (await SetUpAsync(pyspotify, spotify, "--playlist", Theirs)).Failed(), StringComparison.Ordinal);
        Assert.Equal([Mine], Names(pyspotify));
    }

    [Fact]
    public async Task Run_again_it_begins_with_what_is_there()
    {
        await using var spotify = await NewSpotifyAsync(developmentMode: true);
        await using var pyspotify = NewPyspotify(spotify);
        (await SetUpAsync(pyspotify, spotify, "--playlist", Mine, "--search", "a")).Succeeded();
        var signIns = spotify.Calls(Endpoint.Authorize);

        pyspotify.HasTerminal = true;
        pyspotify.Type = input =>
        {
            input.PushKey(ConsoleKey.Enter);
            input.PushKey(ConsoleKey.Enter);
            input.PushKey(ConsoleKey.Enter);
            input.PushTextWithEnter("n");
        };
        (await pyspotify.RunAsync("setup")).Succeeded();

        Assert.Equal([Mine, "a"], Names(pyspotify));
        Assert.Equal(signIns, spotify.Calls(Endpoint.Authorize));
        (await pyspotify.RunAsync("check")).Succeeded();
    }

    /// <summary>What a timer runs sees no environment of the person who set it up.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_app_of_the_environment_is_saved_for_timers(bool isSignedIn)
    {
        await using var spotify = await NewSpotifyAsync(developmentMode: true);
        await using var pyspotify = NewPyspotify(spotify).WithApp(spotify);
        if (isSignedIn)
        {
            pyspotify.Environment["Spotify__RefreshToken"] = spotify.RefreshToken;
        }

        var setup = (await pyspotify.RunAsync(["setup", .. isSignedIn ? ["--playlist", Mine] : (string[])["--no-login"]])).Succeeded().Output;

        Assert.Contains($"the app{(isSignedIn ? " and the sign-in" : "")} in {pyspotify.Secrets}, which only you can read.", setup, StringComparison.Ordinal);
        foreach (var name in pyspotify.Environment.Keys.Where(name => !name.EndsWith("Url", StringComparison.Ordinal)).ToList())
        {
            pyspotify.Environment.Remove(name);
        }

        (await pyspotify.RunAsync("run", "--weekly", "--quiet")).Succeeded();
        Assert.Equal(isSignedIn ? "top played" : "popular", CommandTests.Cells(await pyspotify.RunAsync("sql", "SELECT DISTINCT list FROM charts")));
    }

    [Theory]
    [InlineData("n", "")]
    [InlineData("y", "")]
    [InlineData("y", "bad answer")]
    [InlineData("", "")]
    public async Task Setup_ends_with_the_line_for_every_week(string answer, string fault)
    {
        await using var spotify = await NewSpotifyAsync(developmentMode: true);
        await using var pyspotify = NewPyspotify(spotify);
        if (answer.Length > 0)
        {
            pyspotify.HasTerminal = true;
            pyspotify.Type = input => input.PushTextWithEnter(answer);
        }

        if (fault.Length > 0)
        {
            pyspotify.OnLine += line =>
            {
                if (line.StartsWith("What to read is saved", StringComparison.Ordinal))
                {
                    spotify.Fail(Fault.NotJson, request => request.Endpoint == Endpoint.Search, times: 100);
                }
            };
        }

        var setup = await SetUpAsync(pyspotify, spotify, "--search", "a");

        Assert.Equal(fault.Length > 0 ? 1 : 0, setup.ExitCode);
        Assert.Equal(fault.Length > 0, setup.Error.Contains("FetchPopular failed", StringComparison.Ordinal));
        Assert.Equal([Workflow.Cli.WeeklySchedule.Line(pyspotify.Data)], setup.Output.TrimEnd().Split('\n').TakeLast(1));
        Assert.Equal(answer == "y" && fault.Length == 0, File.Exists(Path.Combine(pyspotify.Data, "reports", "index.html")));
    }

    [Fact]
    public async Task A_wrong_secret_is_asked_for_again()
    {
        await using var spotify = await NewSpotifyAsync(developmentMode: false);
        await using var pyspotify = NewPyspotify(spotify);
        pyspotify.HasTerminal = true;
        pyspotify.Type = input =>
        {
            foreach (var secret in (string[])["wrong", spotify.ClientSecret])
            {
                input.PushTextWithEnter(spotify.ClientId);
                input.PushTextWithEnter(secret);
            }

            input.PushKey(ConsoleKey.Enter);
            input.PushTextWithEnter("n");
        };
        var setup = (await pyspotify.RunAsync("setup", "--no-login")).Succeeded().Output;
        Assert.Contains("did not accept the app's credentials", setup, StringComparison.Ordinal);
        Assert.Equal(["year:{lastYear}-{thisYear}"], Names(pyspotify));
    }

    [Fact]
    public async Task Ended_halfway_it_leaves_what_was_there()
    {
        await using var spotify = await NewSpotifyAsync(developmentMode: true);
        await using var pyspotify = NewPyspotify(spotify);
        (await SetUpAsync(pyspotify, spotify, "--playlist", Mine)).Succeeded();
        var before = TempFolder.Snapshot(pyspotify.Data);

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        pyspotify.OnLine = line =>
        {
            if (line.StartsWith("The app is in", StringComparison.Ordinal))
            {
                stop.Cancel();
            }
        };
        pyspotify.HasTerminal = true;
        pyspotify.Type = input =>
        {
            input.PushTextWithEnter(spotify.ClientId);
            input.PushKey(ConsoleKey.Enter);
        };
        Assert.Equal("Stopped.", (await pyspotify.RunUntilAsync(stop.Token, "setup", "--client-secret", spotify.ClientSecret)).Failed());

        Assert.Equal(before, TempFolder.Snapshot(pyspotify.Data));
    }

    [Theory]
    [InlineData("--client-secret", "x", "--client-id")]
    [InlineData("--client-id", "x", "--client-secret")]
    public async Task Without_a_terminal_a_missing_answer_is_named(string given, string value, string missing)
    {
        await using var pyspotify = new Pyspotify();
        Assert.Contains(missing, (await pyspotify.RunAsync("setup", given, value)).Failed(exitCode: 2), StringComparison.Ordinal);
        Assert.False(Directory.Exists(pyspotify.Data));
    }

    internal static async Task<FakeSpotify> NewSpotifyAsync(bool developmentMode)
    {
        var spotify = await FakeSpotify.StartAsync(developmentMode);
        spotify.AddPlaylist(Mine, FakeSpotify.Tracks(60), name: "Sunday songs");
        spotify.AddPlaylist(Theirs, FakeSpotify.Tracks(60), owned: false, name: "Somebody's songs");
        spotify.AddTopTracks("short_term", FakeSpotify.Tracks(50, 200));
        spotify.AddTopTracks("long_term", FakeSpotify.Tracks(50, 300));
        spotify.AddSearch(FakeSpotify.Tracks(40, 1000));
        return spotify;
    }

    /// <summary>Without credentials, and with a browser that signs in.</summary>
    internal static Pyspotify NewPyspotify(FakeSpotify spotify)
    {
        var pyspotify = new Pyspotify().WithApp(spotify);
        pyspotify.Environment.Remove("Spotify__ClientId");
        pyspotify.Environment.Remove("Spotify__ClientSecret");
        pyspotify.OnLine = line =>
        {
            if (line.StartsWith(Prompt, StringComparison.Ordinal))
            {
                _ = Browser.GetStringAsync(line[Prompt.Length..], Cancelled);
            }
        };
        return pyspotify;
    }

    internal static Task<Ended> SetUpAsync(Pyspotify pyspotify, FakeSpotify spotify, params string[] arguments) => pyspotify.RunAsync(
        ["setup", "--client-id", spotify.ClientId, "--client-secret", spotify.ClientSecret, "--no-browser", "--port", "0", .. arguments]);

    private static string[] Names(Pyspotify pyspotify)
    {
        using var input = JsonDocument.Parse(File.ReadAllText(Path.Combine(pyspotify.Data, "input.json")));
        return [.. input.RootElement.EnumerateObject().SelectMany(group => group.Value.EnumerateObject()).SelectMany(list => list.Value.EnumerateArray()).Select(name => name.GetString()!)];
    }
}
