using PySpotify.Functions;
using PySpotify.Functions.Spotify;
using PySpotify.Workflow.Local;

namespace PySpotify.Workflow.Cli;

/// <summary>A person's sign-in, for <c>login</c> and <c>setup</c>.</summary>
internal static class SignIn
{
    /// <summary>The port of the redirect address, unless another is named.</summary>
    public const int UsualPort = 8888;

    /// <summary>How to remove a refresh token that is set outside of the data folder.</summary>
    public const string RemoveElsewhere = "unset Spotify__RefreshToken, or run `dotnet user-secrets remove Spotify:RefreshToken --id pyspotify`.";

    /// <summary>Shows the page to sign in on, and waits until somebody has.</summary>
    /// <exception cref="LoginException">Nobody did, or the port is in use.</exception>
    public static Task<IssuedToken> AskAsync(
        Host host, HttpSpotifyApi spotify, SpotifyCredentials app, Uri accountsUrl, int port, bool opensBrowser, CancellationToken cancellationToken) =>
        AuthorizationCodeFlow.SignInAsync(
            spotify,
            app,
            accountsUrl,
            port,
            page =>
            {
                host.WriteText($"Sign in here: {page.AbsoluteUri}");
                if (opensBrowser)
                {
                    Browser.Open(page);
                }
            },
            host.Clock,
            cancellationToken);

    /// <summary>Keeps a sign-in in place of the one that was used before, wherever that was set.</summary>
    public static async Task KeepAsync(Host host, SecretsFile secrets, IssuedToken issued, CancellationToken cancellationToken)
    {
        var before = await Secrets.ReadTokenAsync(secrets, SecretNames.Token, cancellationToken);
        secrets.Set(SettingNames.RefreshToken, null);
        secrets.Set(SettingNames.SignedInOn, Days.Utc(host.Clock.GetUtcNow()).Iso());
        var configured = SpotifySettings.Read(secrets, host.AddSettings).Credentials!;
        await Secrets.WriteTokenAsync(
            secrets,
            AccessToken.From(issued, configured, configured, before, host.Clock.GetUtcNow()) with { SignedInTo = configured.ClientId },
            cancellationToken);
        if (configured.RefreshToken is not null)
        {
            host.WriteText("An older Spotify:RefreshToken is set outside of this folder. This folder no longer uses it; other folders do. "
                + $"Remove it: {RemoveElsewhere}");
        }
    }
}
