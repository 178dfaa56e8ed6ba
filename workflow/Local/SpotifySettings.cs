using Microsoft.Extensions.Configuration;
using PySpotify.Functions;
using PySpotify.Functions.Spotify;

namespace PySpotify.Workflow.Local;

/// <summary>Who calls Spotify, and where it is.</summary>
/// <param name="Credentials">Null where there are none: then the sample stands in.</param>
/// <param name="Options">Addresses and limits.</param>
/// <param name="IsSignedIn">Whether a person has signed in.</param>
/// <param name="SignedInOn">The day of the sign-in; null where it is not known.</param>
internal sealed record SpotifySettings(SpotifyCredentials? Credentials, SpotifyOptions Options, bool IsSignedIn = false, DateOnly? SignedInOn = null)
{
    /// <summary>The day on which the sign-in ends, six months after it was made; null where it is not known.</summary>
    public DateOnly? SignInEnds => SignedInOn is { } day ? EndOfSignIn(day) : null;

    /// <summary>The day on which a sign-in ends: https://developer.spotify.com/documentation/web-api/tutorials/refreshing-tokens</summary>
    public static DateOnly EndOfSignIn(DateOnly signedInOn) => signedInOn.AddMonths(6);

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
        string? Find(string key) => Setting(configuration, key);
        var options = SpotifyOptions.Read(Find);
        return App(configuration) switch
        {
            (null, null) when Find(SettingNames.RefreshToken) is not null || Find(SettingNames.ApiUrl) is not null =>
                throw new SettingsException("There are settings for Spotify, but no credentials. Run `pyspotify setup`, or set Spotify:ClientId and Spotify:ClientSecret."),
            (null, null) => new(null, options),
            (null, _) => throw new SettingsException("Spotify:ClientSecret is set, but not Spotify:ClientId (in the environment, Spotify__ClientId)."),
            (_, null) => throw new SettingsException("Spotify:ClientId is set, but not Spotify:ClientSecret (in the environment, Spotify__ClientSecret)."),
            (var id, var secret) => SignedIn(new(id, secret, Find(SettingNames.RefreshToken))),
        };

        SpotifySettings SignedIn(SpotifyCredentials credentials) => new(
            credentials,
            options,
            AccessToken.Newest(credentials, Secrets.ReadToken(secrets.Get(SecretNames.Token))).RefreshToken is not null,
            SignInDay(Find(SettingNames.SignedInOn)));
    }

    /// <summary>The data folder's settings, if any, and those that override them.</summary>
    internal static IConfiguration Build(SecretsFile? secrets, Action<IConfigurationBuilder> addSources)
    {
        var builder = new ConfigurationBuilder();
        if (secrets is not null)
        {
            builder.AddInMemoryCollection(secrets.ReadSettings());
        }

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

    /// <summary>A setting; null where it is not set or empty.</summary>
    internal static string? Setting(IConfiguration configuration, string key) => configuration[key] is { Length: > 0 } value ? value.Trim() : null;

    /// <summary>The app's id and secret.</summary>
    internal static (string? Id, string? Secret) App(IConfiguration configuration) =>
        (Setting(configuration, SettingNames.ClientId), Setting(configuration, SettingNames.ClientSecret)) is var app && app is (null, null)
            ? (Setting(configuration, "SPOTIPY_CLIENT_ID"), Setting(configuration, "SPOTIPY_CLIENT_SECRET"))
            : app;

    private static DateOnly? SignInDay(string? text) =>
        Days.TryParse(text, out var day) ? day : null;
}
