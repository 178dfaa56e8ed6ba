using System.CommandLine;
using System.CommandLine.Parsing;
using PySpotify.Functions;
using PySpotify.Functions.Spotify;
using PySpotify.Workflow.Local;
using Spectre.Console;

namespace PySpotify.Workflow.Cli;

/// <summary><c>setup</c>: leads from a Spotify app to the first run.</summary>
internal static class SetupCommand
{
    public static Command Create(Host host)
    {
        var clientId = Text("--client-id", "The client id on your app's page on Spotify.", "id");
        var clientSecret = Text("--client-secret", "The client secret on that page. Prefer Spotify__ClientSecret: others can see a command's options.", "secret");
        var playlists = Several("--playlist", "A playlist to read: its link, URI or id. Can be repeated.", "playlist", ExpectPlaylist);
        var topTracks = Several("--top-tracks", "Your own most played songs: short_term (4 weeks), medium_term (6 months) or long_term (a year).", "time", null);
        topTracks.AcceptOnlyFromAmong([.. Source.TopTracksNames.Keys]);
        var searches = Several("--search", "A search to read, such as year:2026. Can be repeated.", "query", null);
        var port = LoginCommand.Port();
        var noBrowser = LoginCommand.NoBrowser();
        var noLogin = new Option<bool>("--no-login") { Description = "Do not sign in. Most apps can then read only searches." };
        var run = new Option<bool?>("--run") { Description = "Whether to run afterwards, without being asked: true or false.", HelpName = "true|false" };
        var setup = new Command("setup", "Connect your Spotify app, choose what to read, and run.")
        {
            clientId, clientSecret, playlists, topTracks, searches, port, noBrowser, noLogin, run,
        };
        setup.SetAction((arguments, cancellationToken) => SetUpAsync(
            host,
            Options.DataFolder(arguments),
            new(
                arguments.GetValue(clientId),
                arguments.GetValue(clientSecret),
                [.. arguments.GetValue(playlists)!.Select(text => new Source(Source.Playlist, ExecutionInput.IdIn(text, "playlist")!)),
                    .. arguments.GetValue(topTracks)!.Select(time => new Source(Source.TopTracks, time)),
                    .. arguments.GetValue(searches)!.Select(query => new Source(Source.Search, query))],
                arguments.GetValue(port),
                !arguments.GetValue(noBrowser),
                !arguments.GetValue(noLogin)),
            arguments.GetValue(run),
            Options.IsVerbose(arguments),
            cancellationToken));
        return setup;
    }

    private static async Task<int> SetUpAsync(
        Host host, DataFolder data, SetupAnswers answers, bool? run, bool isVerbose, CancellationToken cancellationToken)
    {
        bool wantsRun;
        try
        {
            await new Setup(host, data, answers).RunAsync(cancellationToken);
            wantsRun = run ?? (host.Output.Profile.Capabilities.Interactive && await new ConfirmationPrompt("Run now?").ShowAsync(host.Output, cancellationToken));
        }
        catch (OperationCanceledException) when (host.Output.Profile.Capabilities.Interactive)
        {
            // Where a prompt ends so, the cursor is hidden and the line not ended.
            host.Output.Cursor.Show();
            host.Output.WriteLine();
            throw;
        }

        var exitCode = wantsRun ? await RunAsync(host, data, isVerbose, cancellationToken) : 0;
        host.WriteText(wantsRun ? "" : "Next: `pyspotify run`.");
        host.WriteText("To have this done every week by itself, paste this line into a terminal:");
        host.WriteText(WeeklySchedule.Line(data.Root));
        return exitCode;
    }

    /// <summary>Runs. Where that fails, what was set up stays, and the rest of what there is to say is said.</summary>
    private static async Task<int> RunAsync(Host host, DataFolder data, bool isVerbose, CancellationToken cancellationToken)
    {
        try
        {
            return await Commands.Create(host).Parse(["run", "--data", data.Root])
                .InvokeAsync(new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, cancellationToken);
        }
        catch (PySpotifyException e)
        {
            host.ShowError(e, isVerbose);
            return 1;
        }
    }

    private static Option<string?> Text(string name, string description, string helpName)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = helpName };
        option.Validators.Add(Options.ExpectText);
        return option;
    }

    private static Option<string[]> Several(string name, string description, string helpName, Action<OptionResult>? validate)
    {
        var option = new Option<string[]>(name) { Description = description, HelpName = helpName, DefaultValueFactory = _ => [] };
        if (validate is not null)
        {
            option.Validators.Add(validate);
        }

        return option;
    }

    private static void ExpectPlaylist(OptionResult option)
    {
        foreach (var token in option.Tokens.Where(token => ExecutionInput.IdIn(token.Value, "playlist") is null))
        {
            option.AddError($"'{token.Value}' is not a playlist. Paste its link, such as https://open.spotify.com/playlist/…");
        }
    }
}
