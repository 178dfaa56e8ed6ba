using System.ComponentModel;
using System.Diagnostics;
using PySpotify.Functions;

namespace PySpotify.Workflow.Local;

/// <summary>The Glue job on this machine: <c>csv_to_parquet.py</c> under a plain pyspark, where one is installed.</summary>
internal static class SparkJob
{
    private static readonly string Python = OperatingSystem.IsWindows() ? "python" : "python3";

    /// <summary>Turns the raw folder's CSV files into Parquet; the job writes what it does to the screen.</summary>
    /// <param name="data">The data folder.</param>
    /// <param name="snapshotDate">One snapshot; null is all of them.</param>
    /// <param name="cancellationToken">Cancels the job.</param>
    /// <exception cref="SparkException">There is no Python or no pyspark, or the job failed.</exception>
    public static async Task RunAsync(DataFolder data, DateOnly? snapshotDate, CancellationToken cancellationToken)
    {
        if (await RunAsync(["-c", "import pyspark"], isQuiet: true, cancellationToken) != 0)
        {
            throw new SparkException($"{Python} has no pyspark. Install it with `{Python} -m pip install pyspark==3.5.*`; it needs Java 17.");
        }

        string[] which = snapshotDate is { } date
            ? ["--snapshot-date", date.Iso()]
            : ["--full"];
        var job = Path.Combine(AppContext.BaseDirectory, "csv_to_parquet.py");
        if (await RunAsync([job, "--raw", data.Raw, "--refined", data.Refined, .. which], isQuiet: false, cancellationToken) != 0)
        {
            throw new SparkException("The Spark job failed; the last line above says why.");
        }
    }

    private static async Task<int> RunAsync(string[] arguments, bool isQuiet, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Python, arguments) { RedirectStandardOutput = isQuiet, RedirectStandardError = isQuiet };
        try
        {
            using var process = Process.Start(start)!;
            try
            {
                if (isQuiet)
                {
                    await Task.WhenAll(process.StandardOutput.ReadToEndAsync(cancellationToken), process.StandardError.ReadToEndAsync(cancellationToken));
                }

                await process.WaitForExitAsync(cancellationToken);
                return process.ExitCode;
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw;
            }
        }
        catch (Win32Exception e)
        {
            throw new SparkException($"There is no {Python} on this machine. Install Python 3.11 or later, then pyspark.", e);
        }
    }
}

/// <summary>The Spark job could not run, or failed.</summary>
internal sealed class SparkException(string message, Exception? inner = null) : PySpotifyException(message, inner);
