using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Configuration;
using PySpotify.Functions.Rows;
using PySpotify.Tests;
using PySpotify.Workflow.Cli;
using PySpotify.Workflow.Local;
using PySpotify.Workflow.Pull;
using Spectre.Console;
using Spectre.Console.Testing;

namespace PySpotify.Workflow.Tests;

/// <summary>
/// The <c>pyspotify</c> command with a data folder of its own and nobody's settings but the test's: in this process, or as the
/// built program where a test is about signals, pipes, exit codes or the end of a process.
/// </summary>
internal sealed class Pyspotify : IAsyncDisposable
{
    public const int SigInt = 2, SigKill = 9, SigTerm = 15;

    private readonly TempFolder _folder = new();

    /// <summary>
    /// The command: the one that PYSPOTIFY_COMMAND names, such as the native one, or <c>workflow/bin/Release/net10.0/pyspotify</c>, as this
    /// assembly is built.
    /// </summary>
    public static string Command { get; } = System.Environment.GetEnvironmentVariable("PYSPOTIFY_COMMAND") ?? Path.Combine(
        AppContext.BaseDirectory.Replace(Path.Combine("tests", "PySpotify.Workflow.Tests"), "workflow", StringComparison.Ordinal),
        OperatingSystem.IsWindows() ? "pyspotify.exe" : "pyspotify");

    /// <summary>The environment besides what every process needs.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    public string Home => Directory.CreateDirectory(_folder["home"]).FullName;

    public string Data { get => field ?? _folder["data"]; set; }

    public string Raw => Path.Combine(Data, "raw");

    public string Secrets => Path.Combine(Data, "secrets.json");

    /// <summary>All that processes wrote to the screen.</summary>
    public List<Ended> Screens { get; } = [];

    public string File(string name, string text)
    {
        var path = _folder[name];
        System.IO.File.WriteAllText(path, text);
        return path;
    }

    /// <summary>With the fake Spotify's addresses and credentials, and an input that names its playlist and the year's search.</summary>
    public Pyspotify With(FakeSpotify spotify)
    {
        WithApp(spotify);
        System.IO.File.WriteAllText(
            Path.Combine(Directory.CreateDirectory(Data).FullName, "input.json"),
            $$$"""{ "topPlayed": { "playlists": ["{{{LocalWorkflow.Playlist}}}"] }, "popular": { "queries": ["year:{lastYear}-{thisYear}"] } }""");
        return this;
    }

    /// <summary>With the fake Spotify's addresses and credentials.</summary>
    public Pyspotify WithApp(FakeSpotify spotify)
    {
        Environment["Spotify__ApiUrl"] = spotify.ApiUrl.AbsoluteUri;
        Environment["Spotify__AccountsUrl"] = spotify.AccountsUrl.AbsoluteUri;
        Environment["Spotify__ClientId"] = spotify.ClientId;
        Environment["Spotify__ClientSecret"] = spotify.ClientSecret;
        return this;
    }

    /// <summary>Whether processes are told no data folder, so that it is <see cref="Data"/> or the sample's in it.</summary>
    public bool HasDefaultFolder { get; set; }

    /// <summary>Whether commands in this process write to a terminal.</summary>
    public bool HasTerminal { get; set; }

    /// <summary>The time for commands in this process.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>How commands in this process reach S3.</summary>
    public OpenS3 OpenS3 { get; set; } = S3Connection.OpenAsync;

    /// <summary>The mode of the secrets file, for commands in this process.</summary>
    public Func<string, UnixFileMode> ModeOf { get; set; } = SecretsFile.FileMode;

    /// <summary>Gets each line that a command in this process writes.</summary>
    public Action<string> OnLine { get; set; } = _ => { };

    /// <summary>What a person types into a command in this process.</summary>
    public Action<TestConsoleInput>? Type { get; set; }

    /// <summary>Runs a command in this process.</summary>
    public Task<Ended> RunAsync(params IReadOnlyList<string> arguments) => RunUntilAsync(TestContext.Current.CancellationToken, arguments);

    /// <summary>Runs a command in this process until it ends or is stopped as by Ctrl-C.</summary>
    public async Task<Ended> RunUntilAsync(CancellationToken stop, params IReadOnlyList<string> arguments)
    {
        using var output = new TestConsole();
        using var error = new TestConsole();
        var lines = new ObservedWriter(line => OnLine(line));
        output.Profile.Out = new ConsoleOutput(lines, HasTerminal);
        output.Profile.Capabilities.Interactive = Type is not null;
        Type?.Invoke(output.Input);
        output.Profile.Capabilities.Links = HasTerminal;
        var host = new Host(
            output,
            error,
            settings => settings.AddInMemoryCollection(
                Environment.ToDictionary(variable => variable.Key.Replace("__", ":", StringComparison.Ordinal), string? (variable) => variable.Value)),
            Clock)
        {
            OpenS3 = OpenS3,
            ModeOf = ModeOf,
        };
        var exitCode = await Program.RunAsync([.. arguments, "--data", Data], host, stop);
        return Keep(new(exitCode, lines.ToString(), error.Output));
    }

    /// <summary>Runs the built command.</summary>
    public Task<Ended> RunProcessAsync(params IReadOnlyList<string> arguments) => EndAsync(Start(arguments));

    public Process Start(params IReadOnlyList<string> arguments) => StartFile(Command, arguments);

    /// <summary>Starts a shell's command line in which <c>"$@"</c> is the command.</summary>
    public Process StartInShell(string line, params IReadOnlyList<string> arguments) =>
        StartFile("/bin/bash", ["-c", line, "bash", Command, .. arguments]);

    /// <summary>Waits for a process's end.</summary>
    public async Task<Ended> EndAsync(Process process)
    {
        using var started = process;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(1));
        return Keep(new(process.ExitCode, await output, await error));
    }

    /// <summary>Skips the test where a signal can end nothing: a shell's background job, say, has SIGINT ignored, and its children inherit that.</summary>
    public static void SkipUnlessHeard(int signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals.");
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var ignored = System.IO.File.ReadLines("/proc/self/status").Single(line => line.StartsWith("SigIgn:", StringComparison.Ordinal));
        Assert.SkipWhen((Convert.ToUInt64(ignored["SigIgn:".Length..].Trim(), 16) & (1UL << (signal - 1))) != 0, $"Signal {signal} is ignored where these tests run.");
    }

    public static void Signal(Process process, int signal) => Assert.True(Kill(process.Id, signal) == 0 || process.HasExited);

    /// <summary>As chmod does; nothing on Windows.</summary>
    public static void ChangeMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            System.IO.File.SetUnixFileMode(path, mode);
        }
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private Ended Keep(Ended ended)
    {
        lock (Screens)
        {
            Screens.Add(ended);
        }

        return ended;
    }

    /// <summary>Starts a program as the command would be started.</summary>
    public Process StartFile(string file, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(file, [.. arguments, .. HasDefaultFolder ? Array.Empty<string>() : ["--data", Data]])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder.Path,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("Spot", StringComparison.OrdinalIgnoreCase) || name.StartsWith("AWS_", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        // Where user secrets are.
        start.Environment["HOME"] = start.Environment["APPDATA"] = Home;
        return Process.Start(start)!;
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);

    private sealed class ObservedWriter(Action<string> onLine) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            onLine(value ?? "");
        }
    }
}

/// <summary>A console's output that is a terminal or not.</summary>
internal sealed record ConsoleOutput(TextWriter Writer, bool IsTerminal, int Width = 80) : IAnsiConsoleOutput
{
    public int Height => 24;

    public void SetEncoding(System.Text.Encoding encoding)
    {
    }
}

/// <summary>How a command ended.</summary>
internal sealed record Ended(int ExitCode, string Output, string Error)
{
    /// <summary>Throws unless it succeeded.</summary>
    public Ended Succeeded()
    {
        Assert.True(ExitCode == 0 && Error.Length == 0, $"Exit code {ExitCode}\n{Output}\n{Error}");
        return this;
    }

    /// <summary>Throws unless it ended with this code and told why in one paragraph.</summary>
    public string Failed(int exitCode = 1)
    {
        Assert.True(ExitCode == exitCode, $"Exit code {ExitCode}\n{Output}\n{Error}");
        Assert.NotEmpty(Error.Trim());
        Assert.DoesNotContain("   at ", Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled exception", Error, StringComparison.Ordinal);
        if (exitCode == 1)
        {
            Assert.DoesNotContain('\n', Error.Trim());
        }

        return Error.Trim();
    }
}
