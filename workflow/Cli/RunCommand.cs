using System.CommandLine;
using PySpotify.Functions.Spotify;
using PySpotify.Workflow.Local;

namespace PySpotify.Workflow.Cli;

/// <summary><c>run</c>: the whole workflow.</summary>
internal static class RunCommand
{
    public static Command Create(Host host)
    {
        var snapshotDate = Options.SnapshotDate("today, in UTC");
        var inputFile = Options.Input();
        var weekly = new Option<bool>("--weekly") { Description = "Run once a week: resume an interrupted run, and do nothing if the week has its snapshot." };
        var quiet = Options.Quiet();
        var run = new Command("run", "Run the whole workflow.") { snapshotDate, inputFile, weekly, quiet };
        run.SetAction((arguments, cancellationToken) => RunAsync(
            Options.Quieten(host, arguments.GetValue(quiet)),
            new(
                Options.DataFolder(arguments),
                Options.NamedDataFolder(arguments) is not null,
                arguments.GetValue(snapshotDate),
                arguments.GetValue(inputFile),
                arguments.GetValue(weekly),
                arguments.GetValue(quiet),
                Options.IsVerbose(arguments)),
            cancellationToken));
        return run;
    }

    private static async Task RunAsync(Host host, Choices choices, CancellationToken cancellationToken)
    {
        var data = choices.Data;
        var settings = SpotifySettings.Read(host.OpenSecrets(data), host.AddSettings);
        var file = InputFile.Choose(choices.InputFile, data, settings);
        var input = file.Read(choices.SnapshotDate, host.Clock.GetUtcNow());
        var isDated = file.IsDated || choices.SnapshotDate is not null;
        if (settings.IsSample)
        {
            ExpectSampleIsWanted(choices);
            data = choices.IsDataNamed || data.IsUsed ? data : data.Sample;
        }
        else if (!choices.IsQuiet)
        {
            WarnOfEnd(host, settings);
        }

        using var folderLock = Lock(data, host, choices.IsWeekly);
        if (folderLock is null)
        {
            return;
        }

        data.Claim(settings.IsSample);
        var display = new ExecutionDisplay(host, choices.IsVerbose, isBrief: settings.IsSample && !isDated);
        var runner = new ExecutionRunner(data, settings, host.Clock, (progress, execution) =>
        {
            // A timer's calls warn where there is a run, not each hour.
            if (choices.IsQuiet)
            {
                WarnOfEnd(host, settings);
            }

            return display.ShowAsync(progress, execution);
        });
        if (choices.IsWeekly && await WeeklyRun.HasSnapshotAsync(host, data, display, runner, file, input.SnapshotDate, cancellationToken))
        {
            return;
        }

        if (settings.IsSample)
        {
            host.WriteText("Sample data: there are no Spotify credentials, so this is all made up. Run `pyspotify setup` to read your own.");
        }
        else if (file.IsUsual)
        {
            host.WriteText("You have not chosen what to read, so this reads what every app can. Run `pyspotify setup` to choose.");
        }

        await RunResults.ShowAfterAsync(
            host,
            data,
            display,
            settings.IsSample && !isDated ? runner.StartSampleAsync(input, cancellationToken) : runner.StartAsync(input, cancellationToken),
            input.SnapshotDate,
            cancellationToken);
    }

    /// <exception cref="SettingsException">Somebody has said what to read, so that made-up data is not what they want.</exception>
    private static void ExpectSampleIsWanted(Choices choices)
    {
        var data = choices.Data;

        // Over real snapshots the folder has an error of its own.
        if ((choices.IsWeekly || (choices.InputFile is null && AnyPath.Exists(data.Input))) && (data.IsSample || !data.IsUsed))
        {
            throw new SettingsException($"There are no Spotify credentials, neither in {data.Secrets} nor in the environment. Run `pyspotify setup`.");
        }
    }

    /// <summary>Says from a month before that the sign-in ends.</summary>
    private static void WarnOfEnd(Host host, SpotifySettings settings)
    {
        if (settings.IsSignedIn && settings.SignInEnds is { } end && end.AddMonths(-1) <= Days.Utc(host.Clock.GetUtcNow()))
        {
            host.WriteError($"The sign-in ends on {end.Iso()}. Run `pyspotify login` to sign in again.");
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
            host.WriteText($"Another run is using {data.Root}. The next weekly run looks again.");
            return null;
        }
    }

    /// <summary>What the command line says.</summary>
    private sealed record Choices(
        DataFolder Data, bool IsDataNamed, DateOnly? SnapshotDate, string? InputFile, bool IsWeekly, bool IsQuiet, bool IsVerbose);
}
