using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using PySpotify.Functions.Ports;
using PySpotify.Functions.Spotify;

namespace PySpotify.Functions;

/// <summary>
/// What the two secrets hold, as JSON. The credentials are the person's to set, and only read here; what Spotify issues for
/// them is kept in the other.
/// </summary>
public static class Secrets
{
    /// <summary>The credentials as they were set.</summary>
    /// <exception cref="SpotifyCredentialsException">There are none, or they are not whole.</exception>
    public static async Task<SpotifyCredentials> ReadCredentialsAsync(ISecretStore secrets, CancellationToken cancellationToken)
    {
        var credentials = Read(await secrets.GetAsync(SecretNames.Credentials, cancellationToken), PayloadJson.Default.SpotifyCredentials);
        return credentials is { ClientId: { Length: > 0 }, ClientSecret: { Length: > 0 } }
            ? credentials with { RefreshToken = credentials.RefreshToken is "" ? null : credentials.RefreshToken }
            : throw new SpotifyCredentialsException($"the secret {SecretNames.Credentials} holds no clientId and clientSecret");
    }

    /// <summary>The access token; null where there is none.</summary>
    public static async Task<AccessToken?> ReadTokenAsync(
        ISecretStore secrets, string name, CancellationToken cancellationToken) =>
        ReadToken(await secrets.GetAsync(name, cancellationToken));

    /// <summary>The access token in its secret's text; null where there is none.</summary>
    public static AccessToken? ReadToken(string? text) => Read(text, PayloadJson.Default.AccessToken);

    /// <summary>Replaces the access token.</summary>
    public static Task WriteTokenAsync(ISecretStore secrets, AccessToken token, CancellationToken cancellationToken) =>
        secrets.PutAsync(SecretNames.Token, JsonSerializer.Serialize(token, PayloadJson.Default.AccessToken), cancellationToken);

    /// <summary>A secret that is not what it should be counts as none; its text goes into no error.</summary>
    private static T? Read<T>(string? text, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            // What was pasted from a file may begin with a byte order mark.
            return string.IsNullOrEmpty(text) ? null : JsonSerializer.Deserialize(text.TrimStart('\ufeff'), type);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
