using Microsoft.Extensions.Configuration;
using PySpotify.Functions;
using PySpotify.Functions.Spotify;

namespace PySpotify.Workflow.Local;

/// <summary>Who calls Spotify, and where it is.</summary>
/// <param name="Credentials">Null where there are none: then the sample stands in.</param>
/// <param name="Options">Addresses and limits.</param>
/// <param name="IsSignedIn">Whether a person has signed in.</param>
internal sealed record SpotifySettings(SpotifyCredentials? Credentials, SpotifyOptions Options, bool IsSignedIn = false)
{
    /// <summary>Whether the sample stands in for Spotify.</summary>
    public bool IsSample => Credentials is null;

    /// <summary>
    /// Reads <c>Spotify:*</c>, and <c>SPOTIPY_CLIENT_ID</c> and <c>SPOTIPY_CLIENT_SECRET</c> where there is neither an id nor a
    /// secret.
    /// </summary>
    /// <param name="secrets">The data folder's settings.</param>
    /// <param name="addSources">Adds the sources that override them.</param>
    /// <exception cref="SettingsException">A setting is wrong or has no counterpart.</exception>
    public static SpotifySettings Read(SecretsFile secrets, Action<IConfigurationBuilder> addSources)
    {
        var configuration = Build(secrets, addSources);
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
            _ => SignedIn(new(id, secret, Setting(SettingNames.RefreshToken))),
        };

        SpotifySettings SignedIn(SpotifyCredentials credentials) => new(
            credentials, options, AccessToken.Newest(credentials, Secrets.ReadToken(secrets.Get(SecretNames.Token))).RefreshToken is not null);

        static IConfiguration Build(SecretsFile secrets, Action<IConfigurationBuilder> addSources)
        {
            var builder = new ConfigurationBuilder().AddInMemoryCollection(secrets.ReadSettings());
            try
            {
                addSources(builder);
                return builder.Build();
            }
            catch (InvalidDataException e)
            {
                throw new SettingsException(e.Message);
            }
        }
    }
}
