using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using PySpotify.Tests;

namespace PySpotify.Workflow.Tests.Engines;

/// <summary>The engines behind AWS, where this machine has them. Whoever takes one takes turns.</summary>
[CollectionDefinition("Engines")]
public sealed class SharedEngines : ICollectionFixture<Spark>, ICollectionFixture<Trino>;

/// <summary>What a job did.</summary>
/// <param name="Error">Its error; null where it succeeded.</param>
/// <param name="Output">What it wrote to the screen.</param>
/// <param name="Tables">The refined tables, where it succeeded.</param>
public sealed record SparkJobResult(string? Error, string Output, IReadOnlyDictionary<string, SparkTable> Tables);

/// <summary>A table of Parquet, as Spark reads it.</summary>
/// <param name="Columns">Names and types.</param>
/// <param name="Rows">Null, text and numbers.</param>
public sealed record SparkTable(IReadOnlyList<string[]> Columns, IReadOnlyList<JsonElement[]> Rows);

/// <summary>
/// csv_to_parquet.py under Spark, where python3 has pyspark: one process runs all jobs, because Spark takes seconds to start.
/// </summary>
public sealed class Spark : IAsyncLifetime
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly StringBuilder _log = new();
    private Process? _python;
    private string? _missing;

    /// <summary>A process of python3 that is as quiet as Spark can be and talks to this machine alone.</summary>
    public static ProcessStartInfo Python(params IEnumerable<string> arguments) => new("python3", arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        Environment =
        {
            ["PYSPARK_SUBMIT_ARGS"] = "--master local[2] --conf spark.ui.enabled=false --conf spark.ui.showConsoleProgress=false pyspark-shell",
            ["PYTHONDONTWRITEBYTECODE"] = "1",
            ["SPARK_LOCAL_IP"] = "127.0.0.1",
        },
    };

    public async ValueTask InitializeAsync()
    {
        try
        {
            using var probe = Process.Start(Python("-c", "import pyspark"))!;
            await Task.WhenAll(probe.StandardOutput.ReadToEndAsync(), probe.StandardError.ReadToEndAsync());
            await probe.WaitForExitAsync();
            _missing = probe.ExitCode == 0 ? null : "python3 has no pyspark; `pip install pyspark==3.5.4` brings it, and it needs Java 17.";
        }
        catch (Win32Exception)
        {
            _missing = "There is no python3 on the PATH, and so no pyspark.";
        }
    }

    /// <summary>Skips the test where there is no Spark.</summary>
    public void SkipIfMissing() => Assert.SkipWhen(_missing is not null, _missing ?? "");

    /// <summary>Runs the job over a raw folder; skips the test where there is no Spark.</summary>
    public Task<SparkJobResult> RunAsync(string raw, string refined, params string[] arguments) => SendAsync(new { raw, refined, arguments });

    /// <summary>Runs it with a Spark that adds to the partitions of a table, in place of replacing them.</summary>
    public Task<SparkJobResult> RunAddingToAsync(string table, string raw, string refined) =>
        SendAsync(new { raw, refined, arguments = Array.Empty<string>(), addTo = table });

    private async Task<SparkJobResult> SendAsync(object request)
    {
        SkipIfMissing();
        _python ??= Start();
        await _python.StandardInput.WriteLineAsync(JsonSerializer.Serialize(request));
        await _python.StandardInput.FlushAsync();
        return await _python.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } answer
            ? JsonSerializer.Deserialize<SparkJobResult>(answer, Json)!
            : throw new InvalidOperationException($"The job failed as it should not: {_log}");
    }

    public ValueTask DisposeAsync()
    {
        _python?.Kill(entireProcessTree: true);
        _python?.Dispose();
        return ValueTask.CompletedTask;
    }

    private Process Start()
    {
        var python = Process.Start(Python(
            Path.Combine(Repository.Root, "tests", "PySpotify.Workflow.Tests", "Engines", "jobs.py"), AppContext.BaseDirectory))!;
        python.ErrorDataReceived += (_, line) => _log.AppendLine(line.Data);
        python.BeginErrorReadLine();
        return python;
    }
}
