using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using PySpotify.Functions.Ports;
using PySpotify.Functions.Spotify;

namespace PySpotify.Functions;

/// <summary>An access token as its secret holds it.</summary>
/// <param name="Value">The bearer token.</param>
/// <param name="ExpiresAt">When it runs out.</param>
/// <param name="IssuedFor">A hash of the credentials that it was issued for.</param>
public sealed record AccessToken(string Value, DateTimeOffset ExpiresAt, string IssuedFor)
{
    /// <summary>Names no secret.</summary>
    public override string ToString() => $"access token until {ExpiresAt:u}";
}

/// <summary>What the two secrets hold, as JSON.</summary>
internal static class Secrets
{
    /// <exception cref="SpotifyCredentialsException">There are none, or they are not whole.</exception>
    internal static async Task<SpotifyCredentials> ReadCredentialsAsync(ISecretStore secrets, CancellationToken cancellationToken)
    {
        var credentials = Read(await secrets.GetAsync(SecretNames.Credentials, cancellationToken), PayloadJson.Default.SpotifyCredentials);
        return credentials is { ClientId: { Length: > 0 }, ClientSecret: { Length: > 0 } }
            ? credentials with { RefreshToken = credentials.RefreshToken is "" ? null : credentials.RefreshToken }
            : throw new SpotifyCredentialsException($"the secret {SecretNames.Credentials} holds no clientId and clientSecret");
    }

    internal static Task WriteCredentialsAsync(
        ISecretStore secrets, SpotifyCredentials credentials, CancellationToken cancellationToken) =>
        secrets.PutAsync(
            SecretNames.Credentials, JsonSerializer.Serialize(credentials, PayloadJson.Default.SpotifyCredentials), cancellationToken);

    internal static async Task<AccessToken?> ReadTokenAsync(
        ISecretStore secrets, string name, CancellationToken cancellationToken) =>
        Read(await secrets.GetAsync(name, cancellationToken), PayloadJson.Default.AccessToken);

    internal static Task WriteTokenAsync(ISecretStore secrets, AccessToken token, CancellationToken cancellationToken) =>
        secrets.PutAsync(SecretNames.Token, JsonSerializer.Serialize(token, PayloadJson.Default.AccessToken), cancellationToken);

    /// <summary>A secret that is not what it should be counts as none; its text goes into no error.</summary>
    private static T? Read<T>(string? text, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return string.IsNullOrEmpty(text) ? null : JsonSerializer.Deserialize(text, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
