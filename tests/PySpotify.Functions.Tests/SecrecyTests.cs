using System.Text;
using System.Text.Json;
using PySpotify.Functions;
using PySpotify.Functions.Rows;
using PySpotify.Functions.Spotify;

namespace PySpotify.Tests;

public sealed class SecrecyTests : IAsyncLifetime
{
    private const string ClientSecret = "canary-client-secret";
    private const string RefreshToken = "canary-refresh-token";

    private readonly StringBuilder _seen = new();
    private Pipeline _pipeline = null!;

    private FakeSpotify Spotify => _pipeline.Spotify;

    public async ValueTask InitializeAsync() => await StartAsync();

    public ValueTask DisposeAsync() => _pipeline.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_run_shows_no_secret(bool rotates)
    {
        Spotify.RotatesRefreshTokens = rotates;

        await RunAsync();

        Assert.Contains("issued by refresh token", string.Concat(_pipeline.Log.Lines), StringComparison.Ordinal);
        Assert.Equal(2, _pipeline.Files.Count(file => file.EndsWith(".csv", StringComparison.Ordinal)));
        AssertNoSecret();
    }

    public static TheoryData<string> Faults =>
    [
        "401", "403", "404", "429", "429 soon", "429 late", "quota", "500", "503", "cut connection", "cut body", "half JSON", "HTML", "not JSON",
        "empty", "hang", "floods", "invalid limit",
    ];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_fault_of_the_accounts_service_shows_no_secret(string name)
    {
        Fail(name, request => request.Endpoint == Endpoint.Token);

        await RunAsync();

        Assert.Contains("Exception", _seen.ToString(), StringComparison.Ordinal);
        AssertNoSecret();
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_fault_of_the_Web_API_shows_no_secret(string name)
    {
        Fail(name, request => request.Endpoint != Endpoint.Token, after: 1);

        await RunAsync();

        Assert.Contains(name is "404" ? "refused (404" : "Exception", _seen.ToString(), StringComparison.Ordinal);
        AssertNoSecret();
    }

    [Fact]
    public async Task Refused_credentials_and_an_ended_sign_in_show_no_secret()
    {
        Spotify.RefreshToken = "another";
        await RunAsync();
        Spotify.ClientSecret = "another";
        await RunAsync();

        Assert.Contains("SpotifySignInExpiredException", _seen.ToString(), StringComparison.Ordinal);
        Assert.Contains("SpotifyCredentialsException", _seen.ToString(), StringComparison.Ordinal);
        AssertNoSecret();
    }

    [Fact]
    public async Task An_expired_and_a_refused_token_show_no_secret()
    {
        var token = (await _pipeline.AuthenticateAsync()).Token;
        Spotify.ExpireTokens();
        await FetchAsync(token);
        _pipeline.Clock.Skip(TimeSpan.FromHours(1));
        await FetchAsync(token);

        Assert.Contains("SpotifyTokenRefusedException", _seen.ToString(), StringComparison.Ordinal);
        Assert.Contains("SpotifyTokenExpiredException", _seen.ToString(), StringComparison.Ordinal);
        AssertNoSecret();
    }

    [Fact]
    public async Task A_damaged_secret_is_not_quoted()
    {
        _pipeline.Secrets[SecretNames.Credentials] = ClientSecret;
        await RunAsync();
        _pipeline.Secrets[SecretNames.Credentials] = $$"""{"clientId":{"a":"{{ClientSecret}}"}, "{{RefreshToken}}":1}""";
        await RunAsync();

        Assert.Contains("SpotifyCredentialsException", _seen.ToString(), StringComparison.Ordinal);
        AssertNoSecret();
    }

    [Fact]
    public void What_holds_a_secret_does_not_show_it_as_text()
    {
        _seen.Append(new SpotifyCredentials("id", ClientSecret, RefreshToken));
        _seen.Append(new IssuedToken("fake-access-token-0", 3600, RefreshToken));
        _seen.Append(new AccessToken("fake-access-token-0", default, "fingerprint", RefreshToken, "fingerprint"));
        _seen.Append(new TokenAnswer("fake-access-token-0", JsonElement.Parse("3600"), RefreshToken));

        AssertNoSecret();
    }

    private async Task StartAsync()
    {
        _pipeline = await Pipeline.StartAsync();
        Spotify.ClientSecret = ClientSecret;
        Spotify.RefreshToken = RefreshToken;
        Spotify.AddPlaylist(Pipeline.PlaylistId, [.. FakeSpotify.TrapRows.Values, .. FakeSpotify.Tracks(120)]);
        Spotify.AddSearch([.. FakeSpotify.TrapRows.Values, .. FakeSpotify.Tracks(120)]);
        _pipeline.Register(person: true);
    }

    private void Fail(string name, Func<SpotifyRequest, bool> when, int after = 0) => Spotify.Fail(Named(name), when, times: 1000, after);

    private static Fault Named(string name) => name switch
    {
        "429 soon" => Fault.Status(429, retryAfter: "3"),
        "429 late" => Fault.Status(429, retryAfter: "7200"),
        "quota" => Fault.Status(429, retryAfter: "7200", reason: "QUOTA_EXCEEDED"),
        "cut connection" => Fault.CutConnection,
        "cut body" => Fault.CutBody,
        "half JSON" => Fault.HalfJson,
        "HTML" => Fault.Html,
        "not JSON" => Fault.NotJson,
        "empty" => Fault.Empty,
        "hang" => Fault.Hang,
        "floods" => Fault.Floods,
        "invalid limit" => Fault.Status(400, message: "Invalid limit"),
        _ => Fault.Status(int.Parse(name, null)),
    };

    /// <summary>Authenticates, fetches and writes both tables; keeps every payload and error as it would be shown.</summary>
    private async Task RunAsync()
    {
        var authenticated = await SeeAsync(() => _pipeline.AuthenticateAsync());
        if (authenticated is not null)
        {
            await FetchAsync(authenticated.Token);
        }
    }

    private async Task FetchAsync(TokenReference token)
    {
        var ends = TestContext.Current.CancellationToken;
        var topPlayed = await SeeAsync(() => _pipeline.FetchTopPlayed.InvokeAsync(
            new(new(Source.Playlist, Pipeline.PlaylistId), token, Pipeline.Execution), ends));
        var popular = await SeeAsync(() => _pipeline.FetchPopular.InvokeAsync(new(new(Source.Search, Pipeline.Query), token, Pipeline.Execution), ends));
        foreach (var (table, staged) in new[] { (Tables.TopPlayed, topPlayed), (Tables.Popular, popular) })
        {
            if (staged is not null)
            {
                await SeeAsync(() => _pipeline.WriteCsv.InvokeAsync(
                    new(table, new DateOnly(2026, 11, 22), staged), ends));
            }
        }
    }

    private async Task<T?> SeeAsync<T>(Func<Task<T>> invoke)
        where T : class
    {
        try
        {
            var output = await invoke();
            _seen.AppendLine(output.ToString()).AppendLine(JsonSerializer.Serialize(output, typeof(T), PayloadJson.Default));
            return output;
        }
        catch (Exception e)
        {
            _seen.AppendLine(e.ToString());
            for (var inner = e; inner is not null; inner = inner.InnerException)
            {
                foreach (System.Collections.DictionaryEntry entry in inner.Data)
                {
                    _seen.AppendLine($"{entry.Key} {entry.Value}");
                }
            }

            return null;
        }
    }

    private void AssertNoSecret()
    {
        _seen.AppendJoin('\n', _pipeline.Log.Lines);
        foreach (var file in _pipeline.Files)
        {
            _seen.AppendLine(file).AppendLine(File.ReadAllText(Path.Combine(_pipeline.Folder, file)));
        }

        var text = _seen.ToString();
        string[] secrets =
        [
            ClientSecret, RefreshToken, "fake-access-token", "fake-refresh-token",
            Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Spotify.ClientId}:{ClientSecret}")), "Bearer ", "Basic ",
        ];
        foreach (var secret in secrets)
        {
            Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
        }
    }
}
