using System.Text;
using PySpotify.Tests;
using PySpotify.Workflow.Local;

namespace PySpotify.Workflow.Tests;

/// <summary>What is secret stands in one file that only its owner reads.</summary>
public sealed class SecretsTests
{
    private const string Day = "2026-11-20";
    private const string Secret = "DISTINCTIVE-secret-9f1c", Refresh = "DISTINCTIVE-refresh-77aa", AccessToken = "fake-access-token-";

    [Fact]
    public async Task A_token_or_secret_stands_in_no_file_but_the_secrets_and_on_no_screen()
    {
        await using var spotify = await CommandTests.NewSpotifyAsync();
        spotify.ClientSecret = Secret;
        spotify.RefreshToken = Refresh;
        await using var pyspotify = new Pyspotify().With(spotify);
        pyspotify.Environment["Spotify__RefreshToken"] = Refresh;

        (await pyspotify.RunAsync("--snapshot-date", Day, "--verbose")).Succeeded();
        foreach (var fault in (Fault[])[Fault.Status(404), Fault.Status(503), Fault.Unauthorized, Fault.CutConnection, Fault.Html])
        {
            spotify.Fail(fault, request => request.Endpoint == Endpoint.Playlist);
            await pyspotify.RunAsync("--snapshot-date", Day, "--verbose");
            await pyspotify.RunAsync("redrive", "--verbose");
        }

        pyspotify.Environment["Spotify__RefreshToken"] = "wrong" + Refresh;
        Assert.Equal(1, (await pyspotify.RunAsync("--snapshot-date", Day, "--verbose")).ExitCode);
        pyspotify.Environment["Spotify__ClientSecret"] = "wrong" + Secret;
        Assert.Equal(1, (await pyspotify.RunAsync("--snapshot-date", Day, "--verbose")).ExitCode);

        var files = TempFolder.Snapshot(pyspotify.Data);
        Assert.Contains(AccessToken, Encoding.UTF8.GetString(files["secrets.json"]), StringComparison.Ordinal);
        var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{spotify.ClientId}:{Secret}"));
        foreach (var secret in (string[])[Secret, Refresh, AccessToken, basic])
        {
            Assert.All(files.Where(file => file.Key != "secrets.json"), file => Assert.DoesNotContain(secret, Encoding.UTF8.GetString(file.Value), StringComparison.Ordinal));
            Assert.All(pyspotify.Screens, screen => Assert.DoesNotContain(secret, screen.Output + screen.Error, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task The_secrets_file_is_its_owners_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        await using var spotify = await CommandTests.NewSpotifyAsync();
        await using var pyspotify = new Pyspotify().With(spotify);
        (await pyspotify.RunAsync("--snapshot-date", Day)).Succeeded();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, new FileInfo(pyspotify.Secrets).UnixFileMode);
    }

    [Theory]
    [InlineData("""{"Spotify:ClientId":"a","Spotify:ClientSecret":"b"}""", "has 'Spotify:ClientId'; write settings as")]
    [InlineData("""{"spotify":{"ClientId":"a"}}""", "has 'spotify'; write settings as")]
    [InlineData("""{"Spotify":"a"}""", "has a 'Spotify' that is not a JSON object")]
    [InlineData("""{"Spotify":{"ClientId":"a","clientid":"b"}}""", "has 'clientid' twice")]
    public async Task Settings_that_would_not_be_seen_are_refused(string secrets, string words)
    {
        await using var pyspotify = new Pyspotify();
        Directory.CreateDirectory(pyspotify.Data);
        await File.WriteAllTextAsync(pyspotify.Secrets, secrets, TestContext.Current.CancellationToken);
        Pyspotify.ChangeMode(pyspotify.Secrets, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Contains(words, (await pyspotify.RunAsync()).Failed(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(pyspotify.Raw));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    public async Task A_secrets_file_that_others_can_use_is_refused(UnixFileMode others)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        await using var pyspotify = new Pyspotify();
        WriteSecrets(pyspotify, """{ "Spotify": { "ClientId": "id", "ClientSecret": "DISTINCTIVE" } }""");
        Pyspotify.ChangeMode(pyspotify.Secrets, UnixFileMode.UserRead | UnixFileMode.UserWrite | others);

        var error = (await pyspotify.RunAsync("--snapshot-date", Day)).Failed();

        Assert.Contains($"run `chmod 600 {pyspotify.Secrets}`", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(pyspotify.Raw));
    }

    [Theory]
    [InlineData("{ \"Spotify\": { \"ClientSecret\": \"DISTINCTIVE\" ")]
    [InlineData("{ \"Spotify\": { \"ClientSecret\": \"DISTINCTIVE\", \"ClientSecret\": \"DISTINCTIVE\" } }")]
    [InlineData("DISTINCTIVE")]
    [InlineData("[\"DISTINCTIVE\"]")]
    [InlineData("")]
    public async Task A_damaged_secrets_file_is_told_and_not_quoted_and_kept(string text)
    {
        await using var pyspotify = new Pyspotify();
        WriteSecrets(pyspotify, text);

        var run = await pyspotify.RunAsync("--snapshot-date", Day, "--verbose");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("is not a JSON object", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("DISTINCTIVE", run.Output + run.Error, StringComparison.Ordinal);
        Assert.Equal(text, await File.ReadAllTextAsync(pyspotify.Secrets, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_refresh_token_that_Spotify_replaces_is_kept_for_the_next_run()
    {
        await using var spotify = await CommandTests.NewSpotifyAsync();
        spotify.RotatesRefreshTokens = true;
        await using var pyspotify = new Pyspotify().With(spotify);
        pyspotify.Environment["Spotify__RefreshToken"] = spotify.RefreshToken;
        WriteSecrets(pyspotify, """{ "mine": { "kept": 1 } }""");
        for (var calls = 1; calls <= 3; calls++)
        {
            (await pyspotify.RunAsync("--snapshot-date", Day)).Succeeded();
            Assert.Equal(calls, spotify.Calls(Endpoint.Token));
            Assert.Contains(spotify.RefreshToken, File.ReadAllText(pyspotify.Secrets), StringComparison.Ordinal);
            spotify.ExpireTokens();
        }

        Assert.Contains("\"kept\": 1", File.ReadAllText(pyspotify.Secrets), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    public async Task A_secrets_file_may_begin_with_a_byte_order_mark(string encoding)
    {
        await using var spotify = await CommandTests.NewSpotifyAsync();
        await using var pyspotify = new Pyspotify();
        WriteSecrets(pyspotify, "");
        await File.WriteAllTextAsync(
            pyspotify.Secrets,
            $$"""{ "Spotify": { "ClientId": "{{spotify.ClientId}}", "ClientSecret": "{{spotify.ClientSecret}}", "ApiUrl": "{{spotify.ApiUrl}}", "AccountsUrl": "{{spotify.AccountsUrl}}" } }""",
            Encoding.GetEncoding(encoding),
            TestContext.Current.CancellationToken);

        (await pyspotify.RunAsync("--snapshot-date", Day)).Succeeded();

        Assert.Equal(1, spotify.Calls(Endpoint.Token));
    }

    [Fact]
    public async Task On_a_drive_without_file_permissions_the_secrets_are_read_and_that_is_told_once()
    {
        await using var pyspotify = new Pyspotify();
        WriteSecrets(pyspotify, """{ "Spotify": { "ClientId": "id", "ClientSecret": "secret" } }""");
        var told = new List<string>();
        var everybody = (UnixFileMode)0b111_111_111;
        var secrets = new SecretsFile(pyspotify.Secrets) { Warn = told.Add, ModeOf = _ => everybody };

        Assert.Equal("id", secrets.ReadSettings()["Spotify:ClientId"]);
        await secrets.PutAsync("PySpotify/token", """{ "a": 1 }""", TestContext.Current.CancellationToken);
        await secrets.GetAsync("PySpotify/token", TestContext.Current.CancellationToken);

        Assert.Contains("is on a drive that has no file permissions", Assert.Single(told), StringComparison.Ordinal);
        Assert.Equal(["secrets.json"], TempFolder.Snapshot(pyspotify.Data).Keys);
    }

    [Fact]
    public async Task On_a_drive_without_file_permissions_a_command_warns_once_and_a_quiet_one_not()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        await using var spotify = await CommandTests.NewSpotifyAsync();
        await using var pyspotify = new Pyspotify { ModeOf = _ => (UnixFileMode)0b111_111_111 }.With(spotify);
        WriteSecrets(pyspotify, """{ "Spotify": { "RefreshToken": "a" } }""");

        var logout = await pyspotify.RunAsync("logout");
        var quiet = await pyspotify.RunAsync("run", "--weekly", "--quiet");

        Assert.Equal((0, 1), (logout.ExitCode, logout.Error.Split("no file permissions").Length - 1));
        Assert.Equal((0, ""), (quiet.ExitCode, quiet.Error));
    }

    internal static void WriteSecrets(Pyspotify pyspotify, string text)
    {
        Directory.CreateDirectory(pyspotify.Data);
        File.WriteAllText(pyspotify.Secrets, text);
        Pyspotify.ChangeMode(pyspotify.Secrets, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
