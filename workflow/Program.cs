using System.Runtime.InteropServices;
using PySpotify.Functions;
using PySpotify.Functions.Spotify;
using PySpotify.Workflow;
using PySpotify.Workflow.Local;
using PySpotify.Workflow.StatesLanguage;

var command = Commands.Root().Parse(args);
if (command.Errors.Count > 0)
{
    foreach (var error in command.Errors)
    {
        await Console.Error.WriteLineAsync(error.Message);
    }

    await Console.Error.WriteLineAsync("`pyspotify --help` tells what there is.");
    return Commands.WrongUsage;
}

// A signal ends an execution as ABORTED, which takes a moment to write down; a second one does not wait for that.
// System.CommandLine's own handling now and then exits first, without a word.
using var stop = new CancellationTokenSource();
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
try
{
    return await command.InvokeAsync(new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, stop.Token);
}
catch (Exception e)
{
    await Console.Error.WriteLineAsync(e switch
    {
        _ when command.GetValue(Commands.Verbose) => e.ToString(),
        PySpotifyException or StateMachineException or IOException or UnauthorizedAccessException => ResultTable.Clean(e.Message),
        OperationCanceledException => "Stopped.",
        _ => $"This should not have happened: {e.Message} ({e.GetType().Name}; --verbose tells where).",
    });
    return e is InvalidInputException or SettingsException or QueryUsageException ? Commands.WrongUsage : Commands.Failed;
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = !stop.IsCancellationRequested;
    stop.Cancel();
}
