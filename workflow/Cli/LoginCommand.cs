using System.CommandLine;
using System.CommandLine.Parsing;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using PySpotify.Functions;
using PySpotify.Functions.Spotify;
using PySpotify.Workflow.Local;

namespace PySpotify.Workflow.Cli;

/// <summary><c>login</c>: a person signs in to Spotify.</summary>
internal static class LoginCommand
{
    public static Command Create(Host host)
    {
        var port = new Option<int>("--port")
        {
            Description = "The port of the redirect address http://127.0.0.1:PORT/callback, which the app's page on Spotify must list.",
            DefaultValueFactory = _ => 8888,
        };
        port.Validators.Add(ExpectPort);
        var noBrowser = new Option<bool>("--no-browser") { Description = "Print the address and do not open it." };
        var login = new Command("login", "Sign in to Spotify, for playlists that only their owner's apps may read.") { port, noBrowser };
        login.SetAction(async (arguments, cancellationToken) =>
        {
            var data = Options.DataFolder(arguments);
            using var folderLock = data.Lock(host.Clock);
            await SignInAsync(host, data, arguments.GetValue(port), opensBrowser: !arguments.GetValue(noBrowser), cancellationToken);
            host.Output.WriteText($"Signed in for six months. The sign-in is kept in {data.Secrets}, which only you can read.");
        });
        return login;
    }

    /// <summary>Has a person sign in, and keeps the sign-in in place of the one that was used before, wherever that was set.</summary>
    internal static async Task SignInAsync(Host host, DataFolder data, int port, bool opensBrowser, CancellationToken cancellationToken)
    {
        var secrets = host.OpenSecrets(data);
        var settings = SpotifySettings.Read(secrets, host.AddSettings);
        var credentials = settings.Credentials
            ?? throw new SettingsException("Signing in needs an app: set Spotify:ClientId and Spotify:ClientSecret.");
        using var http = SpotifyHandler.CreateClient(settings.Options, host.Clock, NullLogger.Instance);
        var issued = await AuthorizationCodeFlow.SignInAsync(
            new HttpSpotifyApi(http, settings.Options),
            credentials,
            settings.Options.AccountsUrl,
            port,
            page =>
            {
                host.Output.WriteText($"Sign in here: {page.AbsoluteUri}");
                if (opensBrowser)
                {
                    Open(page, host);
                }
            },
            host.Clock,
            cancellationToken);

        var before = await Secrets.ReadTokenAsync(secrets, SecretNames.Token, cancellationToken);
        secrets.Set(nameof(SpotifyCredentials.RefreshToken), null);
        var configured = SpotifySettings.Read(secrets, host.AddSettings).Credentials!;
        await Secrets.WriteTokenAsync(
            secrets, AccessToken.From(issued, configured, configured, before, host.Clock.GetUtcNow()), cancellationToken);
        if (configured.RefreshToken is not null)
        {
            host.Output.WriteText("An older Spotify:RefreshToken is set outside of this folder. This folder no longer uses it; other folders do. "
                + "Remove it: unset Spotify__RefreshToken, or run `dotnet user-secrets remove Spotify:RefreshToken --id pyspotify`.");
        }
    }

    private static void Open(Uri page, Host host)
    {
        try
        {
            Process.Start(new ProcessStartInfo(page.AbsoluteUri) { UseShellExecute = true })?.Dispose();
        }
        catch (Exception e) when (e is Win32Exception or PlatformNotSupportedException)
        {
            host.Error.WriteText("The browser did not open. Open the address above yourself.");
        }
    }

    private static void ExpectPort(OptionResult option)
    {
        if (int.TryParse(option.Tokens.SingleOrDefault()?.Value, CultureInfo.InvariantCulture, out var number) && number is < 0 or > 65535)
        {
            option.AddError("--port: a port is a number from 0 to 65535.");
        }
    }
}
