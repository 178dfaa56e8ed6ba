using System.Text.Json.Serialization;

namespace PySpotify.Functions.Spotify;

/// <summary>What a Spotify app is known by, and the person's refresh token where one signed in.</summary>
/// <remarks>People may add a note of their own to the secret.</remarks>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
public sealed record SpotifyCredentials(string ClientId, string ClientSecret, string? RefreshToken = null)
{
    /// <summary>Contains no secret.</summary>
    public override string ToString() => $"Spotify app {ClientId}";
}

/// <summary>A token as the accounts service issues it.</summary>
/// <param name="AccessToken">The bearer token.</param>
/// <param name="ExpiresIn">Seconds it lives, 3,600 as a rule.</param>
/// <param name="RefreshToken">A new refresh token that replaces the old one; null keeps the old one.</param>
public sealed record IssuedToken(string AccessToken, int ExpiresIn, string? RefreshToken = null)
{
    /// <summary>Contains no secret.</summary>
    public override string ToString() => $"token for {ExpiresIn} s";
}
