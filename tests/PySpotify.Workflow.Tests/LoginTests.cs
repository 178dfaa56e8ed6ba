using System.Net;
using System.Net.Sockets;
using PySpotify.Tests;

namespace PySpotify.Workflow.Tests;

/// <summary>The sign-in, with a browser's part played by an HTTP client.</summary>
public sealed class LoginTests
{
    private const string Prompt = "Sign in here: ";

    private static readonly HttpClient Browser = new() { Timeout = TimeSpan.FromSeconds(30) };

    [Fact]
    public async Task A_sign_in_leaves_a_refresh_token_that_the_next_run_uses()
    {
        await using var spotify = await CommandTests.NewSpotifyAsync();
        await using var pyspotify = new Pyspotify().With(spotify);
        var (page, login) = await StartAsync(pyspotify);

        var text = await Browser.GetStringAsync(page, TestContext.Current.CancellationToken);
        var ended = (await login).Succeeded();

        Assert.Contains("You are signed in", text, StringComparison.Ordinal);
        Assert.Contains("playlist-read-private playlist-read-collaborative", Uri.UnescapeDataString(page.Query), StringComparison.Ordinal);
        Assert.Contains("Signed in", ended.Output, StringComparison.Ordinal);
        Assert.Contains(spotify.RefreshToken, await File.ReadAllTextAsync(pyspotify.Secrets, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(pyspotify.Secrets));
        }

        Assert.DoesNotContain(spotify.RefreshToken, ended.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(spotify.ClientSecret, page.AbsoluteUri, StringComparison.Ordinal);

        (await pyspotify.RunAsync("--snapshot-date", "2026-11-20")).Succeeded();
        File.Delete(Path.Combine(pyspotify.Data, "input.json"));
        spotify.AddTopTracks("short_term", FakeSpotify.Tracks(3));
        (await pyspotify.RunAsync("--snapshot-date", "2026-11-20")).Succeeded();
        Assert.NotEqual(0, spotify.Calls(Endpoint.TopTracks));
        Assert.Equal(["authorization_code"], spotify.Requests.Where(r => r.Endpoint == Endpoint.Token).Select(r => r.GrantType));
    }

    /// <summary>Where an expired refresh token may be set: each comes before what is in the data folder.</summary>
    [Theory]
    [InlineData("the data folder")]
    [InlineData("the environment")]
    [InlineData("user secrets")]
    public async Task A_sign_in_is_used_in_place_of_one_that_has_expired(string place)
    {
        await using var spotify = await CommandTests.NewSpotifyAsync();
        spotify.DevelopmentMode = true;
        await using var pyspotify = new Pyspotify().With(spotify);
        var isProcess = place == "user secrets"; // Those are in the home folder, of which each process has one.
        SetRefreshToken(pyspotify, place, "of last year");
        Assert.Contains($" login --data {pyspotify.Data}`", (await RunAsync("--snapshot-date", "2026-11-20")).Failed(), StringComparison.Ordinal);

        string told;
        if (isProcess)
        {
            var login = pyspotify.Start("login", "--no-browser", "--port", "0");
            var page = await login.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
            await Browser.GetStringAsync(new Uri(page![Prompt.Length..]), TestContext.Current.CancellationToken);
            told = (await pyspotify.EndAsync(login)).Succeeded().Output;
        }
        else
        {
            var (page, login) = await StartAsync(pyspotify);
            await Browser.GetStringAsync(page, TestContext.Current.CancellationToken);
            told = (await login).Succeeded().Output;
        }

        Assert.Equal(place != "the data folder", told.Contains("An older Spotify:RefreshToken is set outside of this folder", StringComparison.Ordinal));
        spotify.ExpireTokens();
        (await RunAsync("--snapshot-date", "2026-11-20")).Succeeded();
        Assert.Equal("refresh_token", spotify.Requests.Last(r => r.Endpoint == Endpoint.Token).GrantType);

        // As it says to.
        SetRefreshToken(pyspotify, place, null);
        Assert.Contains("✓ Sign-in", (await RunAsync("check")).Succeeded().Output, StringComparison.Ordinal);
        spotify.ExpireTokens();
        (await RunAsync("--snapshot-date", "2026-11-20")).Succeeded();
        Assert.Equal("refresh_token", spotify.Requests.Last(r => r.Endpoint == Endpoint.Token).GrantType);
        Assert.DoesNotContain("of last year", await File.ReadAllTextAsync(pyspotify.Secrets, TestContext.Current.CancellationToken), StringComparison.Ordinal);

        Task<Ended> RunAsync(params IReadOnlyList<string> arguments) =>
            isProcess ? pyspotify.RunProcessAsync(arguments) : pyspotify.RunAsync(arguments);
    }

    [Fact]
    public async Task A_sign_in_helps_a_run_that_has_an_expired_one_which_the_sign_in_did_not_see()
    {
        await using var spotify = await CommandTests.NewSpotifyAsync();
        await using var pyspotify = new Pyspotify().With(spotify);
        var (page, login) = await StartAsync(pyspotify);
        await Browser.GetStringAsync(page, TestContext.Current.CancellationToken);
        (await login).Succeeded();

        pyspotify.Environment["Spotify__RefreshToken"] = "of last year";
        (await pyspotify.RunAsync("--snapshot-date", "2026-11-20")).Succeeded();
        spotify.ExpireTokens();
        (await pyspotify.RunAsync("--snapshot-date", "2026-11-20")).Succeeded();

        Assert.Equal(
            ["authorization_code", "refresh_token", "refresh_token", "refresh_token"],
            spotify.Requests.Where(r => r.Endpoint == Endpoint.Token).Select(r => r.GrantType));
    }

    /// <summary>Sets it; null removes it, but from the data folder, where a sign-in does so itself.</summary>
    private static void SetRefreshToken(Pyspotify pyspotify, string place, string? refreshToken)
    {
        switch (place)
        {
            case "the data folder" when refreshToken is null:
                break;
            case "the environment" when refreshToken is null:
                pyspotify.Environment.Remove("Spotify__RefreshToken");
                break;
            case "the data folder":
                SecretsTests.WriteSecrets(pyspotify, $$"""{ "Spotify": { "refreshtoken": "{{refreshToken}}" } }""");
                break;
            case "the environment":
                pyspotify.Environment["Spotify__RefreshToken"] = refreshToken!;
                break;
            default:
                var folder = Directory.CreateDirectory(Path.Combine(pyspotify.Home, "Microsoft", "UserSecrets", "pyspotify"));
                var home = OperatingSystem.IsWindows() ? folder : Directory.CreateDirectory(Path.Combine(pyspotify.Home, ".microsoft", "usersecrets", "pyspotify"));
                foreach (var secrets in (DirectoryInfo[])[folder, home])
                {
                    File.WriteAllText(
                        Path.Combine(secrets.FullName, "secrets.json"), refreshToken is null ? "{}" : $$"""{ "Spotify:RefreshToken": "{{refreshToken}}" }""");
                }

                break;
        }
    }

    [Fact]
    public async Task What_brings_another_state_is_refused_and_waited_past()
    {
        await using var spotify = await CommandTests.NewSpotifyAsync();
        await using var pyspotify = new Pyspotify().With(spotify);
        var (page, login) = await StartAsync(pyspotify);
        var redirect = System.Web.HttpUtility.ParseQueryString(page.Query)["redirect_uri"];

        for (var n = 0; n < 5; n++)
        {
            using var gone = new TcpClient { LingerState = new(true, 0) };
            await gone.ConnectAsync(IPAddress.Loopback, new Uri(redirect!).Port, TestContext.Current.CancellationToken);
            await gone.GetStream().WriteAsync("GET /favicon.ico HTTP/1.1\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        }

        foreach (var forged in (string[])["?code=forged", "?code=forged&state=forged", "?error=access_denied&state=", ""])
        {
            using var answer = await Browser.GetAsync(new Uri(redirect + forged), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }

        Assert.Equal(0, spotify.Calls(Endpoint.Token));
        await Browser.GetStringAsync(page, TestContext.Current.CancellationToken);
        (await login).Succeeded();
    }

    [Fact]
    public async Task A_person_who_declines_is_told_what_that_means()
    {
        await using var spotify = await CommandTests.NewSpotifyAsync();
        spotify.DeniesSignIn = true;
        await using var pyspotify = new Pyspotify().With(spotify);
        var (page, login) = await StartAsync(pyspotify);
        Assert.Contains("You did not grant access", await Browser.GetStringAsync(page, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains("access_denied", (await login).Failed(), StringComparison.Ordinal);
        Assert.False(File.Exists(pyspotify.Secrets));
    }

    [Fact]
    public async Task A_port_that_is_in_use_is_named()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        await using var spotify = await CommandTests.NewSpotifyAsync();
        await using var pyspotify = new Pyspotify().With(spotify);
        var error = (await pyspotify.RunAsync("login", "--no-browser", "--port", $"{port}")).Failed();
        Assert.Contains($"Port {port} on 127.0.0.1 is in use. Choose another with --port", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("99999")]
    [InlineData("-1")]
    public async Task A_port_that_is_none_is_wrong_usage(string port)
    {
        await using var pyspotify = new Pyspotify();
        Assert.Contains("a number from 0 to 65535", (await pyspotify.RunAsync("login", "--port", port)).Failed(exitCode: 2), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_an_app_there_is_nothing_to_sign_in_to()
    {
        await using var pyspotify = new Pyspotify();
        Assert.Contains("Spotify:ClientId", (await pyspotify.RunAsync("login", "--no-browser")).Failed(exitCode: 2), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signal_ends_the_waiting_in_one_line()
    {
        Pyspotify.SkipUnlessHeard(Pyspotify.SigInt);
        await using var spotify = await CommandTests.NewSpotifyAsync();
        await using var pyspotify = new Pyspotify().With(spotify);
        var login = pyspotify.Start("login", "--no-browser", "--port", "0");
        Assert.StartsWith(Prompt, await login.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Pyspotify.Signal(login, Pyspotify.SigInt);
        Assert.Equal("Stopped.", (await pyspotify.EndAsync(login)).Failed());
    }

    /// <summary>Starts a sign-in, and waits for the page that it shows.</summary>
    private static async Task<(Uri Page, Task<Ended> Login)> StartAsync(Pyspotify pyspotify)
    {
        var page = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        pyspotify.OnLine = line =>
        {
            if (line.StartsWith(Prompt, StringComparison.Ordinal))
            {
                page.TrySetResult(new(line[Prompt.Length..]));
            }
        };
        var login = pyspotify.RunAsync("login", "--no-browser", "--port", "0");
        return (await page.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken), login);
    }
}
