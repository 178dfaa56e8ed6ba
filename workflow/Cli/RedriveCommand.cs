using System.CommandLine;
using PySpotify.Workflow.Local;

namespace PySpotify.Workflow.Cli;

/// <summary><c>redrive</c>: goes on with an execution that did not succeed.</summary>
internal static class RedriveCommand
{
    public static Command Create(Host host)
    {
        var name = new Argument<string?>("name")
        {
            Description = "The execution; without it, the newest.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var redrive = new Command("redrive", "Go on with an execution that did not succeed, from where it stopped.") { name };
        redrive.SetAction(async (arguments, cancellationToken) =>
        {
            var data = Options.FilledDataFolder(arguments);
            data.ExpectExists();
            var settings = SpotifySettings.Read(host.OpenSecrets(Options.DataFolder(arguments)), host.AddSettings);
            if (data.IsSample)
            {
                settings = settings with { Credentials = null };
            }

            using var folderLock = data.Lock(host.Clock);
            data.Claim(settings.IsSample);
            var display = new ExecutionDisplay(host, Options.IsVerbose(arguments));
            var execution = arguments.GetValue(name);
            var redriven = ExecutionLog.List(data.Executions).LastOrDefault(listed => execution is null || listed.Name == execution);
            var runner = new ExecutionRunner(data, settings, host.Clock, display.ShowAsync);
            await RunResults.ShowAfterAsync(
                host, data, display, runner.RedriveAsync(execution, cancellationToken), settings.IsSample ? null : redriven?.SnapshotDate, cancellationToken);
        });
        return redrive;
    }
}
