using System.Text.Json;
using System.Text.Json.Nodes;
using PySpotify.Functions;
using PySpotify.Functions.Spotify;

namespace PySpotify.Tests;

public sealed class AuthenticateTests : IAsyncLifetime
{
    private Pipeline _pipeline = null!;

    private FakeSpotify Spotify => _pipeline.Spotify;

    private JsonNode StoredToken => JsonNode.Parse(_pipeline.Secrets[SecretNames.Token]!)!;

    public async ValueTask InitializeAsync() => _pipeline = await Pipeline.StartAsync();

    public ValueTask DisposeAsync() => _pipeline.DisposeAsync();

    [Fact]
    public async Task An_app_without_a_sign_in_uses_its_own_credentials()
    {
        _pipeline.Register();

        var output = await _pipeline.AuthenticateAsync();

        Assert.Equal("client_credentials", Assert.Single(Spotify.Requests).GrantType);
        Assert.Equal(new TokenReference(SecretNames.Token, _pipeline.Clock.GetUtcNow().AddHours(1)), output.Token);
        Assert.Equal(output.Token.ExpiresAt, (DateTimeOffset)StoredToken["expiresAt"]!);
        Spotify.AddSearch(FakeSpotify.Tracks(1));
        var staged = await _pipeline.FetchPopular.InvokeAsync(
            new(new(Source.Search, "a"), output.Token, Pipeline.Execution), TestContext.Current.CancellationToken);
        Assert.Equal(1, staged.Rows);
    }

    [Fact]
    public async Task An_empty_refresh_token_is_none()
    {
        _pipeline.Secrets[SecretNames.Credentials] =
            $$"""{"clientId":"{{Spotify.ClientId}}","clientSecret":"{{Spotify.ClientSecret}}","refreshToken":""}""";

        await _pipeline.AuthenticateAsync();

        Assert.Equal("client_credentials", Assert.Single(Spotify.Requests).GrantType);
    }

    [Fact]
    public async Task A_sign_in_is_used_and_kept_where_Spotify_sends_no_new_one()
    {
        _pipeline.Register(person: true);
        var before = _pipeline.Secrets[SecretNames.Credentials];

        await _pipeline.AuthenticateAsync();

        Assert.Equal("refresh_token", Assert.Single(Spotify.Requests).GrantType);
        Assert.Equal(before, _pipeline.Secrets[SecretNames.Credentials]);
    }

    [Fact]
    public async Task A_new_refresh_token_replaces_the_old_one_and_the_token_stays_in_use()
    {
        _pipeline.Register(person: true);
        Spotify.RotatesRefreshTokens = true;

        await _pipeline.AuthenticateAsync();
        var stored = JsonNode.Parse(_pipeline.Secrets[SecretNames.Credentials]!)!;
        await _pipeline.AuthenticateAsync();

        Assert.Equal(Spotify.RefreshToken, (string?)stored["refreshToken"]);
        Assert.Equal((Spotify.ClientId, Spotify.ClientSecret), ((string?)stored["clientId"], (string?)stored["clientSecret"]));
        Assert.Equal(1, Spotify.Calls(Endpoint.Token));

        _pipeline.Clock.Skip(TimeSpan.FromHours(2));
        await _pipeline.AuthenticateAsync();
        Assert.Equal(2, Spotify.Calls(Endpoint.Token));
    }

    [Fact]
    public async Task A_refresh_token_that_another_branch_has_just_had_replaced_is_read_anew()
    {
        _pipeline.Register(person: true);
        var isFirst = true;
        Spotify.Fail(Fault.Status(500), when: _ =>
        {
            if (isFirst)
            {
                Spotify.RefreshToken = "newer";
                _pipeline.Register(person: true);
            }

            return isFirst = false;
        });

        await _pipeline.AuthenticateAsync();

        Assert.Equal(2, Spotify.Calls(Endpoint.Token));
    }

    [Theory]
    [InlineData(601, 1)]
    [InlineData(600, 2)]
    [InlineData(-1, 2)]
    public async Task A_stored_token_is_used_again_with_more_than_ten_minutes_left(int secondsLeft, int calls)
    {
        _pipeline.Register();
        var first = await _pipeline.AuthenticateAsync();
        _pipeline.Clock.Skip(first.Token.ExpiresAt.AddSeconds(-secondsLeft) - _pipeline.Clock.GetUtcNow());

        var second = await _pipeline.AuthenticateAsync();

        Assert.Equal(calls, Spotify.Calls(Endpoint.Token));
        Assert.Equal(calls == 1, first.Token == second.Token);
    }

    [Fact]
    public async Task A_token_of_other_credentials_is_not_used()
    {
        _pipeline.Register();
        await _pipeline.AuthenticateAsync();
        _pipeline.Register(person: true);
        await _pipeline.AuthenticateAsync();
        Spotify.ClientSecret = "rotated";
        _pipeline.Register(person: true);
        await _pipeline.AuthenticateAsync();

        Assert.Equal(3, Spotify.Calls(Endpoint.Token));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("no JSON")]
    [InlineData("""{"value":"x"}""")]
    [InlineData("""{"value":null,"expiresAt":"2030-01-01T00:00:00Z","issuedFor":""}""")]
    public async Task A_stored_token_that_is_none_is_renewed(string stored)
    {
        _pipeline.Register();
        _pipeline.Secrets[SecretNames.Token] = stored;

        await _pipeline.AuthenticateAsync();

        Assert.Equal(1, Spotify.Calls(Endpoint.Token));
        Assert.NotEqual(stored, _pipeline.Secrets[SecretNames.Token]);
    }

    [Fact]
    public async Task A_secret_with_a_note_in_it_is_read()
    {
        _pipeline.Secrets[SecretNames.Credentials] =
            $$"""{"clientId":"{{Spotify.ClientId}}","clientSecret":"{{Spotify.ClientSecret}}","note":"the one of the office"}""";

        await _pipeline.AuthenticateAsync();

        Assert.Equal(1, Spotify.Calls(Endpoint.Token));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("my-secret")]
    [InlineData("""{"clientId":"a"}""")]
    [InlineData("""{"clientId":"a","clientSecret":null}""")]
    [InlineData("""{"clientId":"","clientSecret":"my-secret"}""")]
    [InlineData("""["my-secret"]""")]
    public async Task Without_credentials_it_says_what_is_missing(string? secret)
    {
        if (secret is not null)
        {
            _pipeline.Secrets[SecretNames.Credentials] = secret;
        }

        var error = await Assert.ThrowsAsync<SpotifyCredentialsException>(() => _pipeline.AuthenticateAsync());

        Assert.Contains("the secret PySpotify holds no clientId and clientSecret", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("my-secret", error.ToString(), StringComparison.Ordinal);
        Assert.Empty(Spotify.Requests);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    public async Task Wrong_credentials_are_named_and_asked_for_once(int status)
    {
        _pipeline.Register();
        Spotify.ClientSecret = "another";
        Spotify.InvalidClientStatus = status;

        var error = await Assert.ThrowsAsync<SpotifyCredentialsException>(() => _pipeline.AuthenticateAsync());

        Assert.Contains("dashboard", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, Spotify.Calls(Endpoint.Token));
        Assert.Null(_pipeline.Secrets[SecretNames.Token]);
    }

    [Fact]
    public async Task A_sign_in_that_has_ended_asks_for_a_new_one_and_is_tried_once()
    {
        _pipeline.Register(person: true);
        Spotify.RefreshToken = "another";

        var error = await Assert.ThrowsAsync<SpotifySignInExpiredException>(() => _pipeline.AuthenticateAsync());

        Assert.Contains("pyspotify login", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, Spotify.Calls(Endpoint.Token));
    }

    [Theory]
    [InlineData(600)]
    [InlineData(0)]
    [InlineData(-3600)]
    public async Task A_token_too_short_to_work_with_is_an_error_and_not_stored(int seconds)
    {
        _pipeline.Register();
        Spotify.ExpiresIn = seconds;

        var error = await Assert.ThrowsAsync<SpotifyResponseException>(() => _pipeline.AuthenticateAsync());

        Assert.Contains($"for {seconds} s only", error.Message, StringComparison.Ordinal);
        Assert.Null(_pipeline.Secrets[SecretNames.Token]);
    }

    [Fact]
    public async Task A_wrong_input_is_told_before_the_first_call()
    {
        _pipeline.Register();

        await Assert.ThrowsAsync<InvalidInputException>(() => _pipeline.AuthenticateAsync("""{"topPlayd":{}}"""));

        Assert.Empty(Spotify.Requests);
    }

    [Fact]
    public async Task The_answer_is_the_checked_input_and_a_reference()
    {
        _pipeline.Register(person: true);

        var output = await _pipeline.AuthenticateAsync("""{"popular":{"queries":["year:{lastYear}-{thisYear}"]},"snapshotDate":"2025-03-01"}""");

        Assert.Equal(
            """{"snapshotDate":"2025-03-01","topPlayed":{"sources":[]},"popular":{"sources":[{"kind":"search","id":"year:2024-2025"}]},"token":{"secret":"PySpotify/token","expiresAt":"2026-11-22T07:00:00+00:00"},"crawl":{"status":"NOT_STARTED","before":null,"error":null,"redriveCount":0}}""",
            JsonSerializer.Serialize(output, PayloadJson.Default.AuthenticateOutput));
    }
}
