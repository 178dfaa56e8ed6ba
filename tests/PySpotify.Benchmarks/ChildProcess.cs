using System.Diagnostics;

namespace PySpotify.Benchmarks;

/// <summary>How a process ended.</summary>
/// <param name="Seconds">From its start to its exit.</param>
/// <param name="PeakMegabytes">The most memory that was resident, as far as a look every 10 ms saw it.</param>
/// <param name="Output">What it wrote.</param>
internal sealed record Ended(double Seconds, double PeakMegabytes, string Output);

/// <summary>Whole processes: the built <c>pyspotify</c>, and this program in another role.</summary>
internal static class ChildProcess
{
    private static readonly Dictionary<string, Func<string[], Task>> Roles = new()
    {
        [FakeSpotifyServer.Role] = FakeSpotifyServer.ServeAsync,
        [CsvWriting.Role] = CsvWriting.WriteAsync,
    };

    /// <summary>The built <c>pyspotify</c>.</summary>
    public static string PySpotify { get; } = Path.Combine(
        Repository(), "workflow", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", Executable("pyspotify"));

    /// <summary>Plays the role that another process of this program asks for.</summary>
    /// <returns>False if <paramref name="args"/> name none.</returns>
    public static async Task<bool> TryServeAsync(string[] args)
    {
        if (args is not [var name, .. var rest] || !Roles.TryGetValue(name, out var role))
        {
            return false;
        }

        await role(rest);
        return true;
    }

    /// <summary>How this program is started in a role.</summary>
    public static ProcessStartInfo Self(string role, params IEnumerable<string> arguments) => new(Environment.ProcessPath!, [role, .. arguments])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
    };

    /// <summary>Runs a program to its end.</summary>
    /// <exception cref="InvalidOperationException">It did not succeed.</exception>
    public static async Task<Ended> RunAsync(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        var peak = 0L;
        while (!process.HasExited)
        {
            process.Refresh();
            peak = Math.Max(peak, Peak(process));
            await Task.WhenAny(process.WaitForExitAsync(), Task.Delay(10));
        }

        var seconds = watch.Elapsed.TotalSeconds;
        return process.ExitCode == 0
            ? new(seconds, peak / 1e6, await output)
            : throw new InvalidOperationException($"{start.FileName} {string.Join(' ', start.ArgumentList)} ended with {process.ExitCode}: {await output}{await errors}");
    }

    /// <summary>The repository's root.</summary>
    public static string Repository()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "PySpotify.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("Run the benchmarks where they were built, inside the repository.");
        }

        return folder;
    }

    /// <summary>A program's file name on this system.</summary>
    public static string Executable(string name) => OperatingSystem.IsWindows() ? name + ".exe" : name;

    private static long Peak(Process process)
    {
        try
        {
            return process.PeakWorkingSet64;
        }
        catch (InvalidOperationException)
        {
            // It has just ended.
            return 0;
        }
    }
}
