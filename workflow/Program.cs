using System.CommandLine;
using System.CommandLine.Invocation;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Configuration;
using Microsoft.Win32.SafeHandles;
using PySpotify.Functions;
using PySpotify.Functions.Spotify;
using PySpotify.Workflow.Cli;
using PySpotify.Workflow.Local;
using Spectre.Console;

namespace PySpotify.Workflow;

internal static class Program
{
    private const int Failed = 1, WrongUsage = 2;

    private static readonly List<SafeFileHandle> OpenedStreams = [];

    private static async Task<int> Main(string[] args)
    {
        OpenClosedStreams();

        // A signal ends an execution as ABORTED, which takes a moment to write down; a second one does not wait for that.
        // System.CommandLine's own handling now and then exits first, without a word.
        using var stop = new CancellationTokenSource();
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        var host = new Host(
            AnsiConsole.Create(new()
            {
                Out = new AnsiConsoleOutput(Console.Out),
                Interactive = Console.IsInputRedirected || Console.IsOutputRedirected ? InteractionSupport.No : InteractionSupport.Yes,
            }),
            AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(Console.Error) }),
            settings => settings.AddUserSecrets("pyspotify").AddEnvironmentVariables(),
            TimeProvider.System)
        {
            Program = Advice.StartOf(Environment.ProcessPath, Environment.CurrentDirectory, Environment.GetEnvironmentVariable("PATH")),
        };
        return await RunAsync(args, host, stop.Token);

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        }
    }

    /// <summary>
    /// Opens the null device where a standard stream is closed, for reading alone: what is opened next would otherwise get the stream's
    /// number, and what is written to the stream. The native executable comes first here; the .NET runtime of the other has opened pipes
    /// before.
    /// </summary>
    private static void OpenClosedStreams()
    {
        const int standardError = 2;
        while (!OperatingSystem.IsWindows() && OpenedStreams.LastOrDefault()?.DangerousGetHandle() is null or <= standardError)
        {
            OpenedStreams.Add(File.OpenHandle("/dev/null", share: FileShare.ReadWrite));
        }
    }

    /// <summary>Runs one command.</summary>
    /// <returns>The exit code: 0, 1 where the command failed, 2 where the arguments, the input or a setting is wrong.</returns>
    public static async Task<int> RunAsync(string[] args, Host host, CancellationToken cancellationToken)
    {
        var arguments = Commands.Create(host).Parse(args);
        host.NamedDataFolder = Options.NamedDataFolder(arguments);
        if (arguments.Action is ParseErrorAction wrongUsage)
        {
            wrongUsage.ShowHelp = false;
            using var words = new StringWriter();
            await arguments.InvokeAsync(new() { Output = words, Error = words }, cancellationToken);
            host.WriteError(words + "`pyspotify --help` shows the commands and options.");
            return WrongUsage;
        }

        try
        {
            return await arguments.InvokeAsync(
                new() { Output = host.Output.Profile.Out.Writer, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null },
                cancellationToken);
        }
        catch (Exception e)
        {
            host.ShowError(e, Options.IsVerbose(arguments));
            return e is InvalidInputException or SettingsException ? WrongUsage : Failed;
        }
    }
}
