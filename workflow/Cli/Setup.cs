using Microsoft.Extensions.Logging.Abstractions;
using PySpotify.Functions;
using PySpotify.Functions.Spotify;
using PySpotify.Workflow.Local;
using Spectre.Console;

namespace PySpotify.Workflow.Cli;

/// <summary>What <see cref="Setup"/> was told beforehand, so that it need not ask.</summary>
internal sealed record SetupAnswers(
    string? ClientId, string? ClientSecret, IReadOnlyList<Source> Sources, int Port, bool OpensBrowser, bool SignsIn);

/// <summary>Asks what is not known yet, tries it, and keeps it at the end: whatever ends it before leaves everything as it was.</summary>
internal sealed class Setup(Host host, DataFolder data, SetupAnswers answers)
{
    private const string Missing =
        "Setup can only ask in a terminal. Elsewhere, set Spotify__ClientId and Spotify__ClientSecret to the app's client id and secret, or give --client-id and --client-secret.";

    private readonly SecretsFile _secrets = host.OpenSecrets(data);

    private bool IsInteractive => host.Output.Profile.Capabilities.Interactive;

    /// <summary>Sets up the data folder.</summary>
    /// <exception cref="SettingsException">An answer is missing, and there is no terminal to ask for it.</exception>
    /// <exception cref="SetupException">None of the sources can be read.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var known = KnownApp.Read(_secrets, host.AddSettings);
        using var http = SpotifyHandler.CreateClient(known.Options, host.Clock, NullLogger.Instance);
        var spotify = new HttpSpotifyApi(http, known.Options);
        var app = await AskAppAsync(spotify, known, cancellationToken);
        var (access, signIn) = await SignInAsync(spotify, app, known, cancellationToken);
        var sources = await new SetupSources(host, data, access).ChooseAsync(answers.Sources, cancellationToken);
        await KeepAsync(app, known, signIn, access.IsSignedIn, sources, cancellationToken);
    }

    private async Task<SpotifyCredentials> AskAppAsync(HttpSpotifyApi spotify, KnownApp known, CancellationToken cancellationToken)
    {
        if (known.IsSetElsewhere && (answers.ClientId ?? known.ClientId) != known.ClientId)
        {
            throw new SettingsException("The environment or the user secrets name another app and take precedence. Remove Spotify:ClientId there, or leave out --client-id.");
        }

        while (true)
        {
            var app = known.IsSetElsewhere
                ? new SpotifyCredentials(known.ClientId!, known.ClientSecret!)
                : new(await AskIdAsync(known.ClientId, cancellationToken), await AskSecretAsync(known, cancellationToken));
            try
            {
                await spotify.RequestTokenAsync(app, cancellationToken);
                host.WriteText($"Spotify knows the app {app.ClientId}.");
                return app;
            }
            catch (SpotifyCredentialsException e) when (IsInteractive && !known.IsSetElsewhere && (answers.ClientId is null || answers.ClientSecret is null))
            {
                host.WriteText(Advice.WithoutRedrive(e.Message));
            }
        }
    }

    private async Task<string> AskIdAsync(string? known, CancellationToken cancellationToken)
    {
        if (answers.ClientId is not null || !IsInteractive)
        {
            return answers.ClientId ?? known ?? throw new SettingsException(Missing);
        }

        if (known is null)
        {
            host.WriteText("Make an app on https://developer.spotify.com/dashboard, with this redirect URI:");
            host.WriteText($"  http://127.0.0.1:{answers.Port}/callback");
            host.WriteText("Its page shows the client id and, behind 'View client secret', the secret.");
        }

        var prompt = new TextPrompt<string>("Client id:");
        return (await (known is null ? prompt : prompt.DefaultValue(known)).ShowAsync(host.Output, cancellationToken)).Trim();
    }

    private async Task<string> AskSecretAsync(KnownApp known, CancellationToken cancellationToken)
    {
        if (answers.ClientSecret is not null || !IsInteractive)
        {
            return answers.ClientSecret ?? known.ClientSecret ?? throw new SettingsException(Missing);
        }

        var prompt = new TextPrompt<string>(known.ClientSecret is null ? "Client secret (hidden):" : "Client secret (hidden; Enter keeps the one that is there):").Secret(null);
        prompt.AllowEmpty = known.ClientSecret is not null;
        return (await prompt.ShowAsync(host.Output, cancellationToken)).Trim() is { Length: > 0 } secret ? secret : known.ClientSecret!;
    }

    private async Task<(AppAccess Access, IssuedToken? SignIn)> SignInAsync(
        HttpSpotifyApi spotify, SpotifyCredentials app, KnownApp known, CancellationToken cancellationToken)
    {
        try
        {
            var access = await AppAccess.OpenAsync(
                spotify, app with { RefreshToken = app.ClientId == known.ClientId ? known.RefreshToken : null }, _secrets, host.Clock, cancellationToken);
            if (access.IsSignedIn || !answers.SignsIn)
            {
                await WriteNameAsync(access, cancellationToken);
                return (access, null);
            }
        }
        catch (SpotifySignInExpiredException)
        {
            host.WriteText("The sign-in has expired. Sign in again.");
        }

        if (known.ClientId is not null)
        {
            host.WriteText($"The app's page must list this redirect URI: http://127.0.0.1:{answers.Port}/callback");
        }

        var issued = await SignIn.AskAsync(
            host, spotify, app, known.Options.AccountsUrl, answers.Port, answers.OpensBrowser, cancellationToken);
        var signedIn = new AppAccess(spotify, issued.AccessToken, isSignedIn: true);
        await WriteNameAsync(signedIn, cancellationToken);
        return (signedIn, issued);
    }

    private async Task WriteNameAsync(AppAccess access, CancellationToken cancellationToken)
    {
        if (access.IsSignedIn)
        {
            host.WriteText(DisplayText.Clean($"Signed in as {await access.NameAsync(cancellationToken)}."));
        }
    }

    private async Task KeepAsync(
        SpotifyCredentials app, KnownApp known, IssuedToken? signIn, bool isSignedIn, IReadOnlyList<Source> sources, CancellationToken cancellationToken)
    {
        using var folderLock = data.Lock(host.Clock);

        // Also what the environment has: a timer does not see that.
        _secrets.Set(SettingNames.ClientId, app.ClientId);
        _secrets.Set(SettingNames.ClientSecret, app.ClientSecret);
        if (signIn is null && app.ClientId == known.ClientId && known.RefreshToken is not null)
        {
            _secrets.Set(SettingNames.RefreshToken, known.RefreshToken);
        }
        else if (signIn is not null)
        {
            await SignIn.KeepAsync(host, _secrets, signIn, cancellationToken);
        }

        InputFile.Write(data, sources);
        host.WriteText($"What to read is saved in {data.Input}, the app{(isSignedIn ? " and the sign-in" : "")} in {data.Secrets}, which only you can read.");
    }
}
