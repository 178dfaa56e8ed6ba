using PySpotify.Functions;
using PySpotify.Workflow.Local;
using PySpotify.Workflow.Local.Warehouse;
using Spectre.Console;

namespace PySpotify.Workflow.Cli;

/// <summary>What <c>setup</c> offers to read, and finds readable.</summary>
internal sealed class SetupSources(Host host, DataFolder data, AppAccess access)
{
    // Spotify's own 'Top 50 – Global', for apps that may read it.
    private const string GlobalChart = "37i9dQZEVXbMDoHDwVN2tF";

    private static readonly Source AnotherSearch = new(Source.Search, "");

    /// <summary>Finds out what is to be read, and tries it.</summary>
    /// <param name="named">What the command line names, if anything.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="InvalidInputException">It cannot be an input.</exception>
    /// <exception cref="SetupException">None of it can be read.</exception>
    public async Task<IReadOnlyList<Source>> ChooseAsync(IReadOnlyList<Source> named, CancellationToken cancellationToken)
    {
        var isInDevelopmentMode = await access.IsInDevelopmentModeAsync(cancellationToken);
        host.WriteText(isInDevelopmentMode
            ? "The app is in Development Mode, like every new app: it can read only your own playlists, and no popularity."
            : "The app has an extended quota: it can read public playlists, and each song's popularity.");
        var before = InputFile.SourcesIn(data);
        var usual = before ?? InputFile.Usual(access.IsSignedIn);
        var chosen = named is not [] ? named.Distinct().ToList()
            : host.Output.Profile.Capabilities.Interactive ? await AskAsync(isInDevelopmentMode, usual, cancellationToken)
            : usual;
        InputFile.Check(chosen, host.Clock.GetUtcNow());
        return await TryAsync(chosen, before ?? [], cancellationToken);
    }

    private async Task<IReadOnlyList<Source>> AskAsync(bool isInDevelopmentMode, IReadOnlyList<Source> usual, CancellationToken cancellationToken)
    {
        var groups = await OffersAsync(isInDevelopmentMode, usual, cancellationToken);
        var prompt = new MultiSelectionPrompt<Offer>()
            .Title("What do you want to read each week?")
            .InstructionsText("[grey](Space to select, Enter to confirm)[/]")
            .PageSize(15)
            .UseConverter(offer => offer.Title.EscapeMarkup());
        foreach (var (group, offers) in groups.Where(group => group.Offers.Count > 0))
        {
            prompt.AddChoiceGroup(new Offer(group, null), offers);
        }

        foreach (var offer in groups.SelectMany(group => group.Offers).Where(offer => usual.Contains(offer.Source!)))
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
        .Validate(text => text.Trim().Length is > 0 and <= ExecutionInput.MaxQueryLength, $"A search has 1 to {ExecutionInput.MaxQueryLength} characters.")
        .ShowAsync(host.Output, cancellationToken)).Trim();

    private async Task<List<(string Name, List<Offer> Offers)>> OffersAsync(
        bool isInDevelopmentMode, IReadOnlyList<Source> before, CancellationToken cancellationToken)
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
            .Select(source => new Offer(InputFile.Resolve(source, host.Clock.GetUtcNow()).Id, source)).Append(new("Another search, which you type", AnotherSearch)).ToList();
        return [("Your most played songs", topTracks), ("Your playlists", playlists), ("Spotify's charts", charts), ("Searches", searches)];
    }

    private async Task<List<Source>> TryAsync(IReadOnlyList<Source> chosen, IReadOnlyList<Source> before, CancellationToken cancellationToken)
    {
        var kept = new List<Source>();
        var unread = 0;
        foreach (var (source, asked) in chosen.Select(source => (source, InputFile.Resolve(source, host.Clock.GetUtcNow()))))
        {
            var found = await access.TryAsync(asked, cancellationToken);
            CheckCommand.Write(host, found);
            unread += found.Problem is null ? 0 : 1;
            if (found.Problem is null || before.Contains(source))
            {
                kept.Add(source);
            }

            if (found.Problem is not null)
            {
                host.WriteText(before.Contains(source)
                    ? "        It was chosen before, so it stays chosen. To leave it out, run `pyspotify setup` again without it."
                    : "        It is left out.");
            }
        }

        return unread < chosen.Count ? kept : throw new SetupException("None of these can be read, so nothing was saved. Run `pyspotify setup` again and choose others.");
    }

    /// <param name="Title">What it is called; a group's heading where <paramref name="Source"/> is null.</param>
    /// <param name="Source">The source.</param>
    private sealed record Offer(string Title, Source? Source);
}

/// <summary>The setup has nothing to keep.</summary>
internal sealed class SetupException(string message) : PySpotifyException(message);
