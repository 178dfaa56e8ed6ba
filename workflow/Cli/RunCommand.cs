using System.CommandLine;
using PySpotify.Workflow.Local;

namespace PySpotify.Workflow.Cli;

/// <summary><c>run</c>: the whole workflow.</summary>
internal static class RunCommand
{
    public static Command Create(Host host)
    {
        var snapshotDate = Options.SnapshotDate("today's (UTC)");
        var inputFile = Options.Input();
        var weekly = new Option<bool>("--weekly") { Description = "Run unless this week's snapshot is there, and go on with a run of this week that was broken off." };
        var quiet = Options.Quiet();
        var run = new Command("run", "Run the whole workflow.") { snapshotDate, inputFile, weekly, quiet };
        run.SetAction((arguments, cancellationToken) => RunAsync(Options.Quieten(host, arguments.GetValue(quiet)), arguments, cancellationToken));
        return run;

        async Task RunAsync(Host host, ParseResult arguments, CancellationToken cancellationToken)
        {
            var data = Options.DataFolder(arguments);
            var settings = SpotifySettings.Read(host.OpenSecrets(data), host.AddSettings);
            var file = InputFile.Choose(arguments.GetValue(inputFile), data, settings);
            var input = file.Read(arguments.GetValue(snapshotDate), host.Clock.GetUtcNow());
            var isDated = file.IsDated || arguments.GetValue(snapshotDate) is not null;
            if (settings.IsSample && !Options.HasDataFolder(arguments) && !data.IsUsed)
            {
                data = data.Sample;
            }

            using var folderLock = Lock(data, host, arguments.GetValue(weekly));
            if (folderLock is null)
            {
                return;
            }

            data.Claim(settings.IsSample);
            var display = new ExecutionDisplay(host, Options.IsVerbose(arguments), isBrief: settings.IsSample && !isDated);
            var runner = new ExecutionRunner(data, settings, host.Clock, display.ShowAsync);
            if (arguments.GetValue(weekly) && await WeeklyRun.HasSnapshotAsync(host, data, display, runner, input.SnapshotDate, cancellationToken))
            {
                return;
            }

            if (settings.IsSample)
            {
                host.Output.WriteText("Sample data: there are no Spotify credentials, so everything that follows is made up. `pyspotify setup` changes that.");
            }
            else if (file.IsUsual)
            {
                host.Output.WriteText("Reading what every app can read. `pyspotify setup` lets you choose.");
            }

            if (settings.IsSignedIn && settings.SignInEnds is { } end && end.AddMonths(-1) <= Days.Utc(host.Clock.GetUtcNow()))
            {
                host.Output.WriteText($"The sign-in ends on {end.Iso()}. `pyspotify login` makes a new one.");
            }

            await RunResults.ShowAfterAsync(
                host,
                data,
                display,
                settings.IsSample && !isDated ? runner.StartSampleAsync(input, cancellationToken) : runner.StartAsync(input, cancellationToken),
                isDated ? input.SnapshotDate : null,
                cancellationToken);
        }
    }

    /// <returns>Null where another process is at work in the folder, and a weekly run leaves it at that.</returns>
    private static IDisposable? Lock(DataFolder data, Host host, bool isWeekly)
    {
        try
        {
            return data.Lock(host.Clock);
        }
        catch (DataFolderException e) when (isWeekly && e.IsLocked)
        {
            host.Output.WriteText($"Another run is using {data.Root}. The next weekly run looks again.");
            return null;
        }
    }
}
