using System.Text.Json;
using System.Text.Json.Nodes;
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
    // Spotify's own 'Top 50 – Global', for apps that may read it.
    private const string GlobalChart = "37i9dQZEVXbMDoHDwVN2tF";

    private static readonly Source AnotherSearch = new(Source.Search, "");

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
        var chosen = await ChooseAsync(access, cancellationToken);
        InputFile.Check(chosen, host.Clock.GetUtcNow());
        var readable = await TryAsync(access, chosen, cancellationToken);
        await KeepAsync(app, known, signIn, access.IsSignedIn, readable, cancellationToken);
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
                host.Output.WriteText($"Spotify knows the app {app.ClientId}.");
                return app;
            }
            catch (SpotifyCredentialsException e) when (IsInteractive && !known.IsSetElsewhere && (answers.ClientId is null || answers.ClientSecret is null))
            {
                host.Output.WriteText(e.Message);
            }
        }
    }

    private async Task<string> AskIdAsync(string? known, CancellationToken cancellationToken)
    {
        if (answers.ClientId is not null || !IsInteractive)
        {
            return answers.ClientId ?? known ?? throw new SettingsException("The app's client id is missing: give it with --client-id, or set Spotify__ClientId.");
        }

        if (known is null)
        {
            host.Output.WriteText("Make an app on https://developer.spotify.com/dashboard, with this redirect URI:");
            host.Output.WriteText($"  http://127.0.0.1:{answers.Port}/callback");
            host.Output.WriteText("Its page shows the client id and, behind 'View client secret', the secret.");
        }

        var prompt = new TextPrompt<string>("Client id:");
        return (await (known is null ? prompt : prompt.DefaultValue(known)).ShowAsync(host.Output, cancellationToken)).Trim();
    }

    private async Task<string> AskSecretAsync(KnownApp known, CancellationToken cancellationToken)
    {
        if (answers.ClientSecret is not null || !IsInteractive)
        {
            return answers.ClientSecret ?? known.ClientSecret
                ?? throw new SettingsException("The app's client secret is missing: set Spotify__ClientSecret, or give it with --client-secret.");
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
            host.Output.WriteText("The sign-in has expired. Sign in again.");
        }

        if (known.ClientId is not null)
        {
            host.Output.WriteText($"The app's page must list this redirect URI: http://127.0.0.1:{answers.Port}/callback");
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
            host.Output.WriteText(DisplayText.Clean($"Signed in as {await access.NameAsync(cancellationToken)}."));
        }
    }

    private async Task<IReadOnlyList<Source>> ChooseAsync(AppAccess access, CancellationToken cancellationToken)
    {
        var isInDevelopmentMode = await access.IsInDevelopmentModeAsync(cancellationToken);
        host.Output.WriteText(isInDevelopmentMode
            ? "The app is in Development Mode, like every new app: it can read only your own playlists, and no popularity."
            : "The app has an extended quota: it can read public playlists, and each song's popularity.");
        var before = InputFile.SourcesIn(data);
        if (answers.Sources is not [])
        {
            return [.. answers.Sources.Distinct()];
        }

        var usual = InputFile.Usual(access.IsSignedIn);
        if (!IsInteractive)
        {
            return before ?? usual;
        }

        var groups = await OffersAsync(access, isInDevelopmentMode, before ?? [], host.Clock.GetUtcNow(), cancellationToken);
        var prompt = new MultiSelectionPrompt<Offer>()
            .Title("What do you want to read each week?")
            .InstructionsText("[grey](Space to select, Enter to confirm)[/]")
            .PageSize(15)
            .UseConverter(offer => offer.Title.EscapeMarkup());
        foreach (var (group, offers) in groups.Where(group => group.Offers.Count > 0))
        {
            prompt.AddChoiceGroup(new Offer(group, null), offers);
        }

        foreach (var offer in groups.SelectMany(group => group.Offers).Where(offer => (before ?? usual).Contains(offer.Source!)))
        {
            prompt.Select(offer);
        }

        var chosen = (await prompt.ShowAsync(host.Output, cancellationToken)).Select(offer => offer.Source!).ToList();
        if (chosen.Remove(AnotherSearch))
        {
            chosen.Add(new(Source.Search, await AskSearchAsync(cancellationToken)));
        }

        return [.. chosen.Distinct()];
    }

    private async Task<string> AskSearchAsync(CancellationToken cancellationToken) => (await new TextPrompt<string>("Search for, as in Spotify's own search (such as genre:jazz):")
        .Validate(text => text.Trim().Length <= ExecutionInput.MaxQueryLength, $"A search has {ExecutionInput.MaxQueryLength} characters at most.")
        .ShowAsync(host.Output, cancellationToken)).Trim();

    private static async Task<List<(string Name, List<Offer> Offers)>> OffersAsync(
        AppAccess access, bool isInDevelopmentMode, IReadOnlyList<Source> before, DateTimeOffset now, CancellationToken cancellationToken)
    {
        List<Offer> topTracks = [], playlists = [], charts = [];
        if (access.IsSignedIn)
        {
            topTracks.AddRange(Source.TopTracksNames.Select(time => new Offer(time.Value, new(Source.TopTracks, time.Key))));
            playlists.AddRange((await access.PlaylistsAsync(isInDevelopmentMode, cancellationToken)).Select(playlist => new Offer(playlist.Title, playlist.Source)));
        }

        var chart = await access.TryAsync(new(Source.Playlist, GlobalChart), cancellationToken);
        if (chart.Problem is null && playlists.TrueForAll(playlist => playlist.Source!.Id != GlobalChart))
        {
            charts.Add(new(chart.Title, chart.Source));
        }

        var offered = topTracks.Concat(playlists).Concat(charts).Select(offer => offer.Source).ToHashSet();
        playlists.AddRange(before.Where(source => source.Kind == Source.Playlist && !offered.Contains(source)).Select(source => new Offer(ListTitle.Of(source, null), source)));
        var searches = before.Where(source => source.Kind == Source.Search).Prepend(InputFile.Usual(isSignedIn: false).Single()).Distinct()
            .Select(source => new Offer(InputFile.Resolve(source, now).Id, source)).Append(new("Another search, which you type", AnotherSearch)).ToList();
        return [("Your most played songs", topTracks), ("Your playlists", playlists), ("Spotify's charts", charts), ("Searches", searches)];
    }

    private async Task<List<Source>> TryAsync(AppAccess access, IReadOnlyList<Source> chosen, CancellationToken cancellationToken)
    {
        var before = InputFile.SourcesIn(data) ?? [];
        List<Source> readable = [], kept = [];
        foreach (var (source, asked) in chosen.Select(source => (source, InputFile.Resolve(source, host.Clock.GetUtcNow()))))
        {
            var found = await access.TryAsync(asked, cancellationToken);
            CheckCommand.Write(host, found);
            if (found.Problem is null)
            {
                readable.Add(source);
            }
            else if (before.Contains(source))
            {
                kept.Add(source);
                host.Output.WriteText("        It was chosen before, so it stays chosen. To leave it out, run `pyspotify setup` again without it.");
            }
            else
            {
                host.Output.WriteText("        It is left out.");
            }
        }

        return readable is not [] ? [.. chosen.Where(source => readable.Contains(source) || kept.Contains(source))] : throw new SetupException("None of these can be read, so nothing was saved. Run `pyspotify setup` again and choose others.");
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
        host.Output.WriteText($"What to read is saved in {data.Input}, the app{(isSignedIn ? " and the sign-in" : "")} in {data.Secrets}, which only you can read.");
    }

    /// <param name="Title">What it is called; a group's heading where <paramref name="Source"/> is null.</param>
    /// <param name="Source">The source.</param>
    private sealed record Offer(string Title, Source? Source);
}

/// <summary>The setup has nothing to keep.</summary>
internal sealed class SetupException(string message) : PySpotifyException(message);
