using Microsoft.Extensions.Configuration;
using PySpotify.Functions;
using PySpotify.Functions.Spotify;

namespace PySpotify.Workflow.Local;

/// <summary>Who calls Spotify, and where it is.</summary>
/// <param name="Credentials">Null where there are none: then the sample stands in.</param>
/// <param name="Options">Addresses and limits.</param>
public sealed record SpotifySettings(SpotifyCredentials? Credentials, SpotifyOptions Options)
{
    /// <summary>
    /// Reads <c>Spotify:*</c> from the data folder's secrets file, the user secrets (<c>pyspotify</c>) and the environment,
    /// each before the one named earlier, and <c>SPOTIPY_CLIENT_ID</c> and <c>SPOTIPY_CLIENT_SECRET</c> where those have
    /// no id and no secret.
    /// </summary>
    /// <exception cref="SettingsException">A setting is wrong or has no counterpart.</exception>
    public static SpotifySettings Read(SecretsFile secrets)
    {
        var configuration = Read(new ConfigurationBuilder()
            .AddInMemoryCollection(secrets.Settings())
            .AddUserSecrets("pyspotify")
            .AddEnvironmentVariables());
        string? Setting(string key) => configuration[key] is { Length: > 0 } value ? value.Trim() : null;

        var id = Setting(SettingNames.ClientId);
        var secret = Setting(SettingNames.ClientSecret);
        if (id is null && secret is null)
        {
            (id, secret) = (Setting("SPOTIPY_CLIENT_ID"), Setting("SPOTIPY_CLIENT_SECRET"));
        }

        var options = SpotifyOptions.Read(Setting);
        return (id, secret) switch
        {
            (null, null) when Setting(SettingNames.RefreshToken) is not null || Setting(SettingNames.ApiUrl) is not null =>
                throw new SettingsException("There are settings for Spotify, but no credentials: set Spotify:ClientId and Spotify:ClientSecret."),
            (null, null) => new(null, options),
            (null, _) => throw new SettingsException("Spotify:ClientSecret is set, Spotify:ClientId is not."),
            (_, null) => throw new SettingsException("Spotify:ClientId is set, Spotify:ClientSecret is not."),
            _ => new(new(id, secret, Setting(SettingNames.RefreshToken)), options),
        };

        static IConfigurationRoot Read(IConfigurationBuilder builder)
        {
            try
            {
                return builder.Build();
            }
            catch (InvalidDataException e)
            {
                throw new SettingsException(e.Message);
            }
        }
    }
}
