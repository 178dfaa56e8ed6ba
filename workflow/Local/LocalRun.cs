using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using PySpotify.Functions;
using PySpotify.Workflow.StatesLanguage;
using Spectre.Console;

namespace PySpotify.Workflow.Local;

/// <summary>Runs and redrives executions in a data folder, and shows them.</summary>
/// <param name="data">The data folder.</param>
/// <param name="clock">The time.</param>
/// <param name="isVerbose">Whether to show all that the functions log.</param>
internal sealed class LocalRun(DataFolder data, TimeProvider clock, bool isVerbose)
{
    private const int SampleWeeks = 3;

    private readonly SecretsFile _secrets = new(data.Secrets);
    private readonly StateMachine _machine = LocalPipeline.LoadDefinition();

    /// <summary>
    /// Starts an execution, and with the sample one for each of the weeks before as well, unless they are there or a date
    /// is asked for.
    /// </summary>
    /// <param name="input">The execution's input, a JSON object.</param>
    /// <param name="cancellationToken">Aborts it.</param>
    /// <returns>Whether all succeeded.</returns>
    public async Task<bool> StartAsync(JsonObject input, CancellationToken cancellationToken)
    {
        using var hold = data.Hold();
        var settings = SpotifySettings.Read(_secrets);
        var isSample = settings.Credentials is null;
        var now = clock.GetUtcNow();
        var date = ExecutionInput.Read(JsonSerializer.SerializeToElement(input), now).SnapshotDate;
        data.Claim(isSample);
        if (isSample)
            Console.WriteLine("Sample data: there are no Spotify credentials, so all that follows is made up.");

        List<DateOnly> dates = isSample && input["snapshotDate"] is null
            ? [.. Enumerable.Range(1 - SampleWeeks, SampleWeeks).Select(week => date.AddDays(7 * week))]
            : [date];
        foreach (var snapshotDate in dates)
        {
            if (dates.Count > 1)
                input["snapshotDate"] = snapshotDate.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            var name = $"{clock.GetUtcNow():yyyyMMdd'T'HHmmss'Z'}-{RandomNumberGenerator.GetHexString(6, lowercase: true)}";
            using var log = ExecutionLog.Create(data.Executions, name);
            if (!await RunAsync(settings, snapshotDate, name, log, interpreter => interpreter.RunAsync(name, input.ToJsonString(), cancellationToken)))
                return false;
        }

        return true;
    }

    /// <summary>Goes on with an execution that did not succeed.</summary>
    /// <param name="name">Its name; null takes the newest that did not succeed.</param>
    /// <param name="cancellationToken">Aborts it.</param>
    /// <returns>Whether it succeeded.</returns>
    public async Task<bool> RedriveAsync(string? name, CancellationToken cancellationToken)
    {
        using var hold = data.Hold();
        name ??= ExecutionLog.List(data.Executions).LastOrDefault(execution => execution.Status is not ("SUCCEEDED" or "DAMAGED"))?.Name
            ?? throw new ExecutionLogException($"No execution in {data.Executions} failed; there is nothing to redrive.");
        var history = ExecutionLog.Read(data.Executions, name);
        var settings = SpotifySettings.Read(_secrets);
        data.Claim(isSample: settings.Credentials is null);
        if (history is not [{ Input: { } input } first, ..])
            throw new ExecutionLogException($"The execution '{name}' never began. Start a new one.");
        var snapshotDate = ExecutionInput.Read(JsonElement.Parse(input), first.Time).SnapshotDate;
        using var log = ExecutionLog.Append(data.Executions, name);
        return await RunAsync(settings, snapshotDate, name, log, interpreter => interpreter.RedriveAsync(history, cancellationToken));
    }

    private async Task<bool> RunAsync(
        SpotifySettings settings, DateOnly snapshotDate, string name, ExecutionLog log, Func<Interpreter, Task<ExecutionResult>> run)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Snapshot {snapshotDate:yyyy-MM-dd}, execution {name}"));
        if (Console.IsOutputRedirected)
            return await RunAsync(settings, snapshotDate, log, new PlainProgress(Console.Out, clock), run);
        return await AnsiConsole.Live(new Text(" ")).StartAsync(async display =>
        {
            var progress = new LiveProgress(display, clock);
            try
            {
                return await RunAsync(settings, snapshotDate, log, progress, run);
            }
            finally
            {
                progress.Draw();
            }
        });
    }

    private async Task<bool> RunAsync(
        SpotifySettings settings, DateOnly snapshotDate, ExecutionLog log, IProgress progress, Func<Interpreter, Task<ExecutionResult>> run)
    {
        _secrets.Credentials = settings.Credentials ?? new("sample", "sample");
        using var pipeline = new LocalPipeline(
            data,
            _secrets,
            settings.Options,
            settings.Credentials is null ? new SampleSpotify(snapshotDate) : null,
            clock,
            (level, message) =>
            {
                if (isVerbose || level >= LogLevel.Warning)
                    progress.Say(message);
            });
        var result = await run(new Interpreter(_machine, pipeline.InvokeAsync, clock, e =>
        {
            log.Record(e);
            progress.Show(e);
        }));
        return result.Status switch
        {
            ExecutionStatus.Succeeded => true,
            ExecutionStatus.Failed => throw new ExecutionFailedException($"{result.State} failed with {result.Error}: {result.Cause}", pipeline.LastException),
            ExecutionStatus.TimedOut => throw new ExecutionFailedException("The execution took longer than the definition allows. `pyspotify redrive` goes on from where it stopped.", null),
            _ => throw new ExecutionFailedException("The execution was aborted. `pyspotify redrive` goes on from where it stopped.", null),
        };
    }
}

/// <summary>An execution did not succeed.</summary>
public sealed class ExecutionFailedException(string message, Exception? inner) : PySpotifyException(message, inner);
