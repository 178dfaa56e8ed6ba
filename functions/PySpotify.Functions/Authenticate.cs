using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;
using PySpotify.Functions.Ports;
using PySpotify.Functions.Spotify;

namespace PySpotify.Functions;

/// <summary>What <see cref="Authenticate"/> reads.</summary>
/// <param name="Input">The execution's input, as it was given.</param>
/// <param name="StartTime">The execution's start.</param>
/// <param name="Execution">The execution's name, for the log.</param>
/// <param name="State">The state's name, for the log.</param>
/// <param name="Token">What the fetch that failed was given; null at an execution's start.</param>
/// <param name="Failure">What the fetch failed with.</param>
/// <param name="RedriveCount">How often the execution has been redriven.</param>
public sealed record AuthenticateInput(
    JsonElement Input,
    DateTimeOffset StartTime,
    string? Execution = null,
    string? State = null,
    TokenReference? Token = null,
    TaskFailure? Failure = null,
    int RedriveCount = 0);

/// <summary>An error that the definition caught.</summary>
/// <param name="Error">Its name.</param>
/// <param name="Cause">What it says: its message, or JSON that has it.</param>
public sealed record TaskFailure(
    [property: JsonPropertyName(nameof(TaskFailure.Error))] string Error,
    [property: JsonPropertyName(nameof(TaskFailure.Cause))] string Cause);

/// <summary>Where the access token is kept. States pass this on, never the token.</summary>
/// <param name="Secret">The secret's name.</param>
/// <param name="ExpiresAt">When the token runs out.</param>
/// <param name="Renewed">
/// How often the execution had been redriven when Spotify refused the token before this one; null where it did not.
/// </param>
public sealed record TokenReference(string Secret, DateTimeOffset ExpiresAt, int? Renewed = null);

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
public sealed partial class Authenticate(ISpotifyApi spotify, ISecretStore secrets, TimeProvider clock, ILogger<Authenticate> logger) : IDisposable
{
    // A fetch should not outlive its token.
    private static readonly TimeSpan ShortestLifetime = TimeSpan.FromMinutes(10);

    // The branches of a local run ask at once; the first has the token renewed for all of them.
    private readonly SemaphoreSlim _turn = new(1);

    /// <exception cref="InvalidInputException">The execution's input is wrong.</exception>
    /// <exception cref="SpotifyCredentialsException">There are no credentials, or Spotify does not accept them.</exception>
    /// <exception cref="SpotifySignInExpiredException">The refresh token has expired.</exception>
    /// <exception cref="SpotifyUnauthorizedException">Spotify refuses a token that replaced a refused one, too.</exception>
    public async Task<AuthenticateOutput> InvokeAsync(AuthenticateInput input, CancellationToken cancellationToken)
    {
        var plan = ExecutionInput.Read(input.Input, input.StartTime);
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var token = await GetTokenAsync(input, cancellationToken);
            return new(plan.SnapshotDate, plan.TopPlayed, plan.Popular, token, new Crawl(Crawl.NotStarted));
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private async Task<TokenReference> GetTokenAsync(AuthenticateInput input, CancellationToken cancellationToken)
    {
        var configured = await Secrets.ReadCredentialsAsync(secrets, cancellationToken);
        var stored = await Secrets.ReadTokenAsync(secrets, SecretNames.Token, cancellationToken);

        // Another branch may have had the refused token replaced by now.
        var wasRefused = input.Failure?.Error == nameof(SpotifyTokenRefusedException);
        var isStored = wasRefused && stored is not null && input.Failure!.Cause.Contains(stored.Id, StringComparison.Ordinal);
        if (isStored && input.Token?.Renewed == input.RedriveCount)
        {
            // As for a crawl, the state that fails is the one that can mend it: a redrive asks for another token.
            throw new SpotifyUnauthorizedException();
        }

        var token = !isStored && stored?.IsGoodFor(AccessToken.Newest(configured, stored), ShortestLifetime, clock.GetUtcNow()) == true
            ? stored
            : await RenewAsync(configured, stored, cancellationToken);
        return new(SecretNames.Token, token.ExpiresAt, wasRefused ? input.RedriveCount : null);
    }

    private async Task<AccessToken> RenewAsync(SpotifyCredentials configured, AccessToken? stored, CancellationToken cancellationToken)
    {
        var credentials = AccessToken.Newest(configured, stored);
        try
        {
            return await RequestTokenAsync(credentials, configured, stored, cancellationToken);
        }
        catch (SpotifySignInExpiredException)
        {
            // Where Spotify hands out a new refresh token each time, all branches but the first come with one that has just
            // been replaced. Or somebody signed in where another refresh token was configured than here.
            var newer = await Secrets.ReadTokenAsync(secrets, SecretNames.Token, cancellationToken);
            if (newer?.RefreshToken is null || newer.RefreshToken == credentials.RefreshToken)
            {
                throw;
            }

            return await RequestTokenAsync(configured with { RefreshToken = newer.RefreshToken }, configured, newer, cancellationToken);
        }
    }

    private async Task<AccessToken> RequestTokenAsync(
        SpotifyCredentials credentials, SpotifyCredentials configured, AccessToken? stored, CancellationToken cancellationToken)
    {
        var issued = await spotify.RequestTokenAsync(credentials, cancellationToken);

        // A token that is due at once would send the definition's renewal round in circles.
        if (TimeSpan.FromSeconds(issued.ExpiresIn) <= ShortestLifetime)
        {
            throw new SpotifyResponseException($"the accounts service issued a token for {issued.ExpiresIn} s only");
        }

        var token = AccessToken.From(issued, credentials, configured, stored, clock.GetUtcNow());
        await Secrets.WriteTokenAsync(secrets, token, cancellationToken);
        Log.Issued(logger, credentials.RefreshToken is null ? "client credentials" : "refresh token", token.ExpiresAt);
        return token;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Access token issued by {Grant}, until {ExpiresAt:u}.")]
        public static partial void Issued(ILogger logger, string grant, DateTimeOffset expiresAt);
    }
}
