using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using PySpotify.Functions.Spotify;

namespace PySpotify.Functions;

/// <summary>
/// An access token as its secret holds it, and the newest refresh token where that is not the configured one: Spotify handed
/// out another, or a person has signed in since.
/// </summary>
/// <param name="Value">The bearer token.</param>
/// <param name="ExpiresAt">When it runs out.</param>
/// <param name="IssuedFor">A hash of the credentials that it was issued for.</param>
/// <param name="RefreshToken">The newest refresh token; null where it is the configured one, or nobody signed in.</param>
/// <param name="Replaces">A hash of the configured refresh token that <paramref name="RefreshToken"/> replaces.</param>
/// <param name="SignedInTo">
/// The client id that a person signed in to with `login`. Then <paramref name="RefreshToken"/> is used where none is configured, too.
/// </param>
public sealed record AccessToken(
    string Value, DateTimeOffset ExpiresAt, string IssuedFor, string? RefreshToken = null, string? Replaces = null, string? SignedInTo = null)
{
    // https://developer.spotify.com/documentation/web-api/concepts/access-token
    private static readonly TimeSpan LongestLifetime = TimeSpan.FromHours(1);

    // Between the clocks of two machines.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(1);

    /// <summary>Identifies the token without revealing it.</summary>
    [JsonIgnore]
    public string Id => Hash(Value)[..12];

    /// <summary>A token that Spotify has just issued.</summary>
    /// <param name="issued">What it issued.</param>
    /// <param name="usedFor">The credentials that it was issued for.</param>
    /// <param name="configured">The credentials as they were set.</param>
    /// <param name="before">What the secret holds until now.</param>
    /// <param name="now">The time.</param>
    public static AccessToken From(
        IssuedToken issued, SpotifyCredentials usedFor, SpotifyCredentials configured, AccessToken? before, DateTimeOffset now)
    {
        var newest = configured with { RefreshToken = issued.RefreshToken ?? usedFor.RefreshToken };
        var lifetime = TimeSpan.FromSeconds(issued.ExpiresIn);
        var token = new AccessToken(issued.AccessToken, now + (lifetime < LongestLifetime ? lifetime : LongestLifetime), HashOf(newest));

        // A refresh token that was kept for other credentials stays for the time when they are used again.
        return issued.RefreshToken is null && newest == configured
            ? token with { RefreshToken = before?.RefreshToken, Replaces = before?.Replaces, SignedInTo = before?.SignedInTo }
            : token with
            {
                RefreshToken = newest.RefreshToken,
                Replaces = HashOfSignIn(configured),
                SignedInTo = usedFor.RefreshToken is not null && usedFor.RefreshToken == before?.RefreshToken ? before.SignedInTo : null,
            };
    }

    /// <summary>The credentials to use: those that were set, unless a newer refresh token has replaced theirs.</summary>
    /// <param name="configured">The credentials as they were set.</param>
    /// <param name="stored">What the token's secret holds.</param>
    public static SpotifyCredentials Newest(SpotifyCredentials configured, AccessToken? stored) =>
        stored?.RefreshToken is { } refreshToken
        && (stored.Replaces == HashOfSignIn(configured) || (configured.RefreshToken is null && stored.SignedInTo == configured.ClientId))
            ? configured with { RefreshToken = refreshToken }
            : configured;

    /// <summary>Whether it was issued for these credentials and stays valid that long.</summary>
    /// <remarks>An expiry that is further off than a token can live comes of a clock that was wrong.</remarks>
    public bool IsGoodFor(SpotifyCredentials credentials, TimeSpan time, DateTimeOffset now) =>
        IssuedFor == HashOf(credentials) && ExpiresAt - now > time && ExpiresAt - now <= LongestLifetime + ClockTolerance;

    /// <summary>Contains no secret.</summary>
    public override string ToString() => $"access token {Id} until {ExpiresAt:u}";

    private static string HashOf(SpotifyCredentials credentials) =>
        Hash($"{credentials.ClientId}\n{credentials.ClientSecret}\n{credentials.RefreshToken}");

    // Without the client secret: another one does not end a sign-in.
    private static string HashOfSignIn(SpotifyCredentials credentials) => Hash($"{credentials.ClientId}\n{credentials.RefreshToken}");

    private static string Hash(string text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
