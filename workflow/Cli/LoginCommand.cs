using System.CommandLine;
using System.CommandLine.Parsing;
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
        var port = Port();
        var noBrowser = NoBrowser();
        var login = new Command("login", "Sign in to Spotify, for playlists of your own and your top tracks.") { port, noBrowser };
        login.SetAction(async (arguments, cancellationToken) =>
        {
            var data = Options.DataFolder(arguments);
            using var folderLock = data.Lock(host.Clock);
            var secrets = host.OpenSecrets(data);
            var settings = SpotifySettings.Read(secrets, host.AddSettings);
            var app = settings.Credentials ?? throw new SettingsException("Signing in needs an app. Run `pyspotify setup`, or set Spotify:ClientId and Spotify:ClientSecret.");
            using var http = SpotifyHandler.CreateClient(settings.Options, host.Clock, NullLogger.Instance);
            var spotify = new HttpSpotifyApi(http, settings.Options);
            var issued = await SignIn.AskAsync(
                host, spotify, app, settings.Options.AccountsUrl, arguments.GetValue(port), opensBrowser: !arguments.GetValue(noBrowser), cancellationToken);
            var name = await new AppAccess(spotify, issued.AccessToken, isSignedIn: true).NameAsync(cancellationToken);
            await SignIn.KeepAsync(host, secrets, issued, cancellationToken);
            host.WriteText(DisplayText.Clean($"Signed in as {name} until {SpotifySettings.EndOfSignIn(Days.Utc(host.Clock.GetUtcNow())).Iso()}. The sign-in is saved in {data.Secrets}, which only you can read."));
        });
        return login;
    }

    /// <summary>The port of the redirect address.</summary>
    public static Option<int> Port()
    {
        var port = new Option<int>("--port")
        {
            Description = "The port of the redirect address http://127.0.0.1:PORT/callback, which the app's page on Spotify must list.",
            DefaultValueFactory = _ => SignIn.UsualPort,
        };
        port.Validators.Add(ExpectPort);
        return port;
    }

    /// <summary>Whether the page to sign in on is only printed.</summary>
    public static Option<bool> NoBrowser() => new("--no-browser") { Description = "Print the sign-in address instead of opening it." };

    private static void ExpectPort(OptionResult option)
    {
        if (int.TryParse(option.Tokens.SingleOrDefault()?.Value, CultureInfo.InvariantCulture, out var number) && number is < 0 or > 65535)
        {
            option.AddError("--port: a port is a number from 0 to 65535.");
        }
    }
}
