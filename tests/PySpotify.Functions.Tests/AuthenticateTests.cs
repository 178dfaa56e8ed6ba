using System.Text.Json;
using System.Text.Json.Nodes;
using PySpotify.Functions;
using PySpotify.Functions.Spotify;

namespace PySpotify.Tests;

public sealed class AuthenticateTests : IAsyncLifetime
{
    private Pipeline _pipeline = null!;

    private FakeSpotify Spotify => _pipeline.Spotify;

    private TaskFailure Refusal() => new(
        nameof(SpotifyTokenRefusedException), $$"""{"errorMessage":"{{new SpotifyTokenRefusedException(StoredId).Message}}"}""");

    private string StoredId => new AccessToken((string)StoredToken["value"]!, default, "").Id;

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
    public async Task A_new_refresh_token_is_kept_beside_the_token_and_the_credentials_stay()
    {
        _pipeline.Register(person: true);
        Spotify.RotatesRefreshTokens = true;
        var credentials = _pipeline.Secrets[SecretNames.Credentials];

        await _pipeline.AuthenticateAsync();
        Assert.Equal(Spotify.RefreshToken, (string?)StoredToken["refreshToken"]);
        await _pipeline.AuthenticateAsync();
        Assert.Equal(1, Spotify.Calls(Endpoint.Token));

        for (var hours = 2; hours <= 4; hours++)
        {
            _pipeline.Clock.Skip(TimeSpan.FromHours(2));
            await _pipeline.AuthenticateAsync();
            Assert.Equal((hours, Spotify.RefreshToken), (Spotify.Calls(Endpoint.Token), (string?)StoredToken["refreshToken"]));
        }

        Assert.Equal(credentials, _pipeline.Secrets[SecretNames.Credentials]);
    }

    [Fact]
    public async Task Setting_the_same_credentials_again_brings_no_old_sign_in_back()
    {
        _pipeline.Register(person: true);
        var credentials = _pipeline.Secrets[SecretNames.Credentials];
        Spotify.RotatesRefreshTokens = true;
        await _pipeline.AuthenticateAsync();
        Spotify.ClientSecret = "rotated";
        _pipeline.Secrets[SecretNames.Credentials] = credentials!.Replace("fake-client-secret", "rotated", StringComparison.Ordinal);
        _pipeline.Clock.Skip(TimeSpan.FromHours(2));

        await _pipeline.AuthenticateAsync();

        Assert.Equal(2, Spotify.Calls(Endpoint.Token));
    }

    [Fact]
    public async Task Another_sign_in_in_the_credentials_goes_before_the_one_that_was_kept()
    {
        _pipeline.Register(person: true);
        Spotify.RotatesRefreshTokens = true;
        await _pipeline.AuthenticateAsync();
        Spotify.RefreshToken = "configured anew";
        Spotify.RotatesRefreshTokens = false;
        _pipeline.Register(person: true);

        await _pipeline.AuthenticateAsync();
        _pipeline.Clock.Skip(TimeSpan.FromHours(2));
        await _pipeline.AuthenticateAsync();

        Assert.Equal(3, Spotify.Calls(Endpoint.Token));
    }

    [Fact]
    public async Task A_sign_in_that_has_ended_gives_way_to_one_that_is_kept()
    {
        _pipeline.Register(person: true);
        Spotify.RotatesRefreshTokens = true;
        await _pipeline.AuthenticateAsync();
        _pipeline.Secrets[SecretNames.Credentials] =
            $$"""{"clientId":"{{Spotify.ClientId}}","clientSecret":"{{Spotify.ClientSecret}}","refreshToken":"of last year"}""";
        _pipeline.Clock.Skip(TimeSpan.FromHours(2));

        await _pipeline.AuthenticateAsync();
        _pipeline.Clock.Skip(TimeSpan.FromHours(2));
        await _pipeline.AuthenticateAsync();

        Assert.Equal(4, Spotify.Calls(Endpoint.Token));
    }

    [Fact]
    public async Task A_run_without_the_person_leaves_their_sign_in()
    {
        _pipeline.Register(person: true);
        Spotify.RotatesRefreshTokens = true;
        await _pipeline.AuthenticateAsync();
        var (credentials, kept) = (_pipeline.Secrets[SecretNames.Credentials], (string?)StoredToken["refreshToken"]);

        _pipeline.Register();
        await _pipeline.AuthenticateAsync();
        Assert.Equal(kept, (string?)StoredToken["refreshToken"]);
        _pipeline.Secrets[SecretNames.Credentials] = credentials;
        await _pipeline.AuthenticateAsync();

        Assert.Equal(["refresh_token", "client_credentials", "refresh_token"], Spotify.Requests.Select(request => request.GrantType));
    }

    [Fact]
    public async Task A_refused_token_is_replaced_once_and_then_an_error_until_a_redrive()
    {
        _pipeline.Register();
        var first = await _pipeline.AuthenticateAsync();
        var refusal = Refusal();

        var second = await _pipeline.AuthenticateAsync(first.Token, refusal);
        Assert.Equal((2, 0), (Spotify.Calls(Endpoint.Token), second.Token.Renewed));

        // Another branch met the same refusal, and finds the token replaced.
        Assert.Equal(second.Token, (await _pipeline.AuthenticateAsync(first.Token, refusal)).Token);
        Assert.Equal(2, Spotify.Calls(Endpoint.Token));

        var error = await Assert.ThrowsAsync<SpotifyUnauthorizedException>(() => _pipeline.AuthenticateAsync(second.Token, Refusal()));
        Assert.Contains("had just issued", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, Spotify.Calls(Endpoint.Token));

        var third = await _pipeline.AuthenticateAsync(second.Token, Refusal(), redriveCount: 1);
        Assert.Equal((3, 1), (Spotify.Calls(Endpoint.Token), third.Token.Renewed));
    }

    [Fact]
    public async Task A_token_that_ran_out_is_renewed_as_often_as_it_does()
    {
        _pipeline.Register();
        var token = (await _pipeline.AuthenticateAsync()).Token;
        for (var calls = 2; calls <= 4; calls++)
        {
            _pipeline.Clock.Skip(TimeSpan.FromHours(1));
            token = (await _pipeline.AuthenticateAsync(token, new(nameof(SpotifyTokenExpiredException), "The access token expired."))).Token;
            Assert.Equal((calls, null), (Spotify.Calls(Endpoint.Token), token.Renewed));
        }
    }

    [Fact]
    public async Task An_expiry_further_off_than_a_token_can_live_is_not_believed()
    {
        _pipeline.Register();
        Spotify.ExpiresIn = 7 * 86_400;
        await _pipeline.AuthenticateAsync();
        Assert.Equal(_pipeline.Clock.GetUtcNow().AddHours(1), (DateTimeOffset)StoredToken["expiresAt"]!);

        _pipeline.Clock.Skip(TimeSpan.FromDays(-365));
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
                _pipeline.Secrets[SecretNames.Token] = """{"value":"a","expiresAt":"2026-11-22T06:00:00Z","issuedFor":"b","refreshToken":"newer","replaces":"c"}""";
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
            """{"snapshotDate":"2025-03-01","topPlayed":{"sources":[]},"popular":{"sources":[{"kind":"search","id":"year:2024-2025"}]},"token":{"secret":"PySpotify/token","expiresAt":"2026-11-22T07:00:00+00:00","renewed":null},"crawl":{"status":"NOT_STARTED","before":null,"error":null,"redriveCount":0}}""",
            JsonSerializer.Serialize(output, PayloadJson.Default.AuthenticateOutput));
    }
}
