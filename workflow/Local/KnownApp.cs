using Microsoft.Extensions.Configuration;
using PySpotify.Functions;
using PySpotify.Functions.Spotify;

namespace PySpotify.Workflow.Local;

/// <summary>What is known of an app so far, whole or in part.</summary>
/// <param name="ClientId">Its id.</param>
/// <param name="ClientSecret">Its secret.</param>
/// <param name="RefreshToken">A person's sign-in to it.</param>
/// <param name="Options">Where Spotify is.</param>
/// <param name="IsSetElsewhere">Whether id and secret come from the environment or the user secrets, which go before the data folder.</param>
internal sealed record KnownApp(string? ClientId, string? ClientSecret, string? RefreshToken, SpotifyOptions Options, bool IsSetElsewhere)
{
    /// <summary>Reads it.</summary>
    /// <param name="secrets">The data folder's settings.</param>
    /// <param name="addSources">Adds the sources that override them.</param>
    public static KnownApp Read(SecretsFile secrets, Action<IConfigurationBuilder> addSources)
    {
        var all = SpotifySettings.Build(secrets, addSources);
        var elsewhere = SpotifySettings.Build(null, addSources);
        var (id, secret) = SpotifySettings.App(all);
        return new(
            id,
            secret,
            SpotifySettings.Setting(all, SettingNames.RefreshToken),
            SpotifyOptions.Read(key => SpotifySettings.Setting(all, key)),
            SpotifySettings.App(elsewhere) is (not null, not null));
    }
}
