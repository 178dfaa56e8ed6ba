using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using PySpotify.Functions.Ports;
using PySpotify.Functions.Spotify;

namespace PySpotify.Functions;

/// <summary>What <see cref="Authenticate"/> reads.</summary>
/// <param name="Input">The execution's input, as it was given.</param>
/// <param name="StartTime">The execution's start.</param>
/// <param name="Execution">The execution's name, for the log.</param>
/// <param name="State">The state's name, for the log.</param>
public sealed record AuthenticateInput(
    JsonElement Input, DateTimeOffset StartTime, string? Execution = null, string? State = null);

/// <summary>Where the access token is kept. States pass this on, never the token.</summary>
/// <param name="Secret">The secret's name.</param>
/// <param name="ExpiresAt">When the token runs out.</param>
public sealed record TokenReference(string Secret, DateTimeOffset ExpiresAt);

/// <summary>The execution's input, checked, with its snapshot date and a token to fetch with.</summary>
/// <param name="SnapshotDate">The day (UTC) that the rows are filed under.</param>
/// <param name="TopPlayed">Playlists and top tracks; none, if the input names none.</param>
/// <param name="Popular">Searches, their years filled in; none, if the input names none.</param>
/// <param name="Token">Where the access token is, and until when.</param>
/// <param name="Crawl">A crawl that is yet to start, which the definition hands to StartCrawler.</param>
public sealed record AuthenticateOutput(DateOnly SnapshotDate, SourceList TopPlayed, SourceList Popular, TokenReference Token, Crawl Crawl);

/// <summary>
/// Checks the execution's input before the first call, and sees to it that the token's secret holds an access token.
/// </summary>
public sealed partial class Authenticate(ISpotifyApi spotify, ISecretStore secrets, TimeProvider clock, ILogger<Authenticate> logger)
{
    // Shorter than this, a fetch might outlive its token: renew it now.
    private static readonly TimeSpan LongEnough = TimeSpan.FromMinutes(10);

    /// <exception cref="InvalidInputException">The execution's input is wrong.</exception>
    /// <exception cref="SpotifyCredentialsException">There are no credentials, or Spotify does not accept them.</exception>
    /// <exception cref="SpotifySignInExpiredException">The refresh token has expired.</exception>
    public async Task<AuthenticateOutput> InvokeAsync(AuthenticateInput input, CancellationToken cancellationToken)
    {
        var plan = ExecutionInput.Read(input.Input, input.StartTime);
        var credentials = await Secrets.ReadCredentialsAsync(secrets, cancellationToken);
        AccessToken token;
        try
        {
            token = await GetTokenAsync(credentials, cancellationToken);
        }
        catch (SpotifySignInExpiredException)
        {
            // Several branches may renew the token at once. Where Spotify hands out a new refresh token each time, all
            // but the first come with one that has just been replaced.
            var newer = await Secrets.ReadCredentialsAsync(secrets, cancellationToken);
            if (newer == credentials)
            {
                throw;
            }

            token = await GetTokenAsync(newer, cancellationToken);
        }

        return new(plan.SnapshotDate, plan.TopPlayed, plan.Popular, new(SecretNames.Token, token.ExpiresAt), new Crawl(Crawl.NotStarted));
    }

    private async Task<AccessToken> GetTokenAsync(SpotifyCredentials credentials, CancellationToken cancellationToken)
    {
        var stored = await Secrets.ReadTokenAsync(secrets, SecretNames.Token, cancellationToken);
        return stored is not null && stored.IssuedFor == Fingerprint(credentials) && stored.ExpiresAt - clock.GetUtcNow() > LongEnough
            ? stored
            : await RequestTokenAsync(credentials, cancellationToken);
    }

    private async Task<AccessToken> RequestTokenAsync(SpotifyCredentials credentials, CancellationToken cancellationToken)
    {
        var issued = await spotify.RequestTokenAsync(credentials, cancellationToken);

        // A token that is due at once would send the definition's renewal round in circles.
        var lifetime = TimeSpan.FromSeconds(issued.ExpiresIn);
        if (lifetime <= LongEnough)
        {
            throw new SpotifyResponseException($"the accounts service issued a token for {issued.ExpiresIn} s only");
        }

        if (issued.RefreshToken is { } refreshToken && refreshToken != credentials.RefreshToken)
        {
            credentials = credentials with { RefreshToken = refreshToken };
            await Secrets.WriteCredentialsAsync(secrets, credentials, cancellationToken);
        }

        var token = new AccessToken(issued.AccessToken, clock.GetUtcNow() + lifetime, Fingerprint(credentials));
        await Secrets.WriteTokenAsync(secrets, token, cancellationToken);
        Log.Issued(logger, credentials.RefreshToken is null ? "client credentials" : "refresh token", token.ExpiresAt);
        return token;
    }

    /// <summary>Tells whether a stored token was issued for these credentials, without holding them.</summary>
    private static string Fingerprint(SpotifyCredentials credentials) => Convert.ToHexString(SHA256.HashData(
        Encoding.UTF8.GetBytes($"{credentials.ClientId}\n{credentials.ClientSecret}\n{credentials.RefreshToken}")));

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Access token issued by {Grant}, until {ExpiresAt:u}.")]
        public static partial void Issued(ILogger logger, string grant, DateTimeOffset expiresAt);
    }
}
