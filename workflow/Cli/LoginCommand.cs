using System.CommandLine;
using System.CommandLine.Parsing;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
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
            var secrets = new SecretsFile(data.Secrets);
            var settings = SpotifySettings.Read(secrets, host.AddSettings);
            var credentials = settings.Credentials
                ?? throw new SettingsException("Signing in needs an app: set Spotify:ClientId and Spotify:ClientSecret.");
            using var http = SpotifyHandler.CreateClient(settings.Options, host.Clock, NullLogger.Instance);
            var refreshToken = await AuthorizationCodeFlow.SignInAsync(
                new HttpSpotifyApi(http, settings.Options),
                credentials,
                settings.Options.AccountsUrl,
                arguments.GetValue(port),
                page =>
                {
                    host.Output.WriteText($"Sign in here: {page.AbsoluteUri}");
                    if (!arguments.GetValue(noBrowser))
                    {
                        Open(page, host);
                    }
                },
                host.Clock,
                cancellationToken);
            await secrets.PutAsync(
                SecretNames.Credentials,
                JsonSerializer.Serialize(credentials with { RefreshToken = refreshToken }, PayloadJson.Default.SpotifyCredentials),
                cancellationToken);
            host.Output.WriteText($"Signed in for six months. The sign-in is kept in {data.Secrets}, which only you can read.");
        });
        return login;
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
