using System.CommandLine;
using PySpotify.Functions.Spotify;
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
        run.SetAction((arguments, cancellationToken) => RunAsync(Options.Quieten(host, arguments.GetValue(quiet)), arguments, arguments.GetValue(quiet), cancellationToken));
        return run;

        async Task RunAsync(Host host, ParseResult arguments, bool isQuiet, CancellationToken cancellationToken)
        {
            var data = Options.DataFolder(arguments);
            var settings = SpotifySettings.Read(host.OpenSecrets(data), host.AddSettings);
            var file = InputFile.Choose(arguments.GetValue(inputFile), data, settings);
            var input = file.Read(arguments.GetValue(snapshotDate), host.Clock.GetUtcNow());
            var isDated = file.IsDated || arguments.GetValue(snapshotDate) is not null;
            if (settings.IsSample)
            {
                ExpectSampleIsWanted(data, arguments.GetValue(weekly), hasInput: arguments.GetValue(inputFile) is not null);
                data = Options.HasDataFolder(arguments) || data.IsUsed ? data : data.Sample;
            }
            else if (!isQuiet)
            {
                WarnOfEnd(host, settings);
            }

            using var folderLock = Lock(data, host, arguments.GetValue(weekly));
            if (folderLock is null)
            {
                return;
            }

            data.Claim(settings.IsSample);
            var display = new ExecutionDisplay(host, Options.IsVerbose(arguments), isBrief: settings.IsSample && !isDated);
            var runner = new ExecutionRunner(data, settings, host.Clock, (progress, execution) =>
            {
                // Whoever is told of errors only hears it where there is a run, not each hour.
                if (isQuiet)
                {
                    WarnOfEnd(host, settings);
                }

                return display.ShowAsync(progress, execution);
            });
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

            await RunResults.ShowAfterAsync(
                host,
                data,
                display,
                settings.IsSample && !isDated ? runner.StartSampleAsync(input, cancellationToken) : runner.StartAsync(input, cancellationToken),
                isDated ? input.SnapshotDate : null,
                cancellationToken);
        }
    }

    /// <exception cref="SettingsException">Somebody has said what to read, so that made-up data is not what they want.</exception>
    private static void ExpectSampleIsWanted(DataFolder data, bool isWeekly, bool hasInput)
    {
        // Over real snapshots the folder has an error of its own.
        if ((isWeekly || (!hasInput && AnyPath.Exists(data.Input))) && (data.IsSample || !data.IsUsed))
        {
            throw new SettingsException($"There are no Spotify credentials, neither in {data.Secrets} nor in the environment. Run `pyspotify setup`.");
        }
    }

    /// <summary>Says from a month before that the sign-in ends.</summary>
    private static void WarnOfEnd(Host host, SpotifySettings settings)
    {
        if (settings.IsSignedIn && settings.SignInEnds is { } end && end.AddMonths(-1) <= Days.Utc(host.Clock.GetUtcNow()))
        {
            host.WriteError($"The sign-in ends on {end.Iso()}. `pyspotify login` makes a new one.");
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
