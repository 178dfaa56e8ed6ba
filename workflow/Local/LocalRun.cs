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
/// <param name="secrets">Its secrets.</param>
/// <param name="settings">Who calls Spotify, and where it is.</param>
/// <param name="clock">The time.</param>
/// <param name="lines">Where to write what happens, line by line; null draws it on the terminal.</param>
/// <param name="isVerbose">Whether to show all that the functions log.</param>
internal sealed class LocalRun(
    DataFolder data, SecretsFile secrets, SpotifySettings settings, TimeProvider clock, TextWriter? lines, bool isVerbose)
{
    private const int SampleWeeks = 3;

    private readonly StateMachine _machine = LocalPipeline.LoadDefinition();

    private bool IsSample => settings.Credentials is null;

    /// <summary>
    /// Starts an execution, and with the sample one for each of the two weeks before as well, unless a date is asked for.
    /// </summary>
    /// <param name="input">The execution's input, a JSON object.</param>
    /// <param name="cancellationToken">Aborts it.</param>
    /// <exception cref="ExecutionFailedException">It did not succeed.</exception>
    public async Task StartAsync(JsonObject input, CancellationToken cancellationToken)
    {
        using var hold = data.Hold();
        var date = ExecutionInput.Read(JsonSerializer.SerializeToElement(input), clock.GetUtcNow()).SnapshotDate;
        data.Claim(IsSample);
        if (IsSample)
            Say("Sample data: there are no Spotify credentials, so all that follows is made up.");

        List<DateOnly> dates = IsSample && input["snapshotDate"] is null
            ? [.. Enumerable.Range(1 - SampleWeeks, SampleWeeks).Select(week => date.AddDays(7 * week))]
            : [date];
        foreach (var snapshotDate in dates)
        {
            if (dates.Count > 1)
                input["snapshotDate"] = snapshotDate.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            var name = $"{clock.GetUtcNow():yyyyMMdd'T'HHmmss'Z'}-{RandomNumberGenerator.GetHexString(6, lowercase: true)}";
            using var log = ExecutionLog.Create(data.Executions, name);
            await RunAsync(snapshotDate, name, log, interpreter => interpreter.RunAsync(name, input.ToJsonString(), cancellationToken));
        }
    }

    /// <summary>Goes on with an execution that did not succeed.</summary>
    /// <param name="name">Its name; null takes the newest that did not succeed.</param>
    /// <param name="cancellationToken">Aborts it.</param>
    /// <exception cref="ExecutionLogException">There is none, or its file is damaged.</exception>
    /// <exception cref="ExecutionFailedException">It did not succeed.</exception>
    public async Task RedriveAsync(string? name, CancellationToken cancellationToken)
    {
        using var hold = data.Hold();
        name ??= ExecutionLog.List(data.Executions).LastOrDefault(execution => execution.Status is not ("SUCCEEDED" or "DAMAGED"))?.Name
            ?? throw new ExecutionLogException($"No execution in {data.Executions} failed; there is nothing to redrive.");
        var history = ExecutionLog.Read(data.Executions, name);
        if (history is not [{ Input: { } input } first, ..])
            throw new ExecutionLogException($"The execution '{name}' never began. Start a new one.");
        data.Claim(IsSample);
        try
        {
            var snapshotDate = ExecutionInput.Read(JsonElement.Parse(input), first.Time).SnapshotDate;
            using var log = ExecutionLog.Append(data.Executions, name);
            await RunAsync(snapshotDate, name, log, interpreter => interpreter.RedriveAsync(history, cancellationToken));
        }
        catch (Exception e) when (e is StateMachineException or JsonException or InvalidInputException)
        {
            throw new ExecutionLogException($"The execution '{name}' cannot be redriven; start a new one. {e.Message}", e);
        }
    }

    private void Say(string line) => (lines ?? Console.Out).WriteLine(line);

    private async Task RunAsync(DateOnly snapshotDate, string name, ExecutionLog log, Func<Interpreter, Task<ExecutionResult>> run)
    {
        var title = string.Create(CultureInfo.InvariantCulture, $"Snapshot {snapshotDate:yyyy-MM-dd}, execution {name}");
        if (lines is not null)
        {
            Say(title);
            await RunAsync(snapshotDate, log, new PlainProgress(lines, clock), run);
            return;
        }

        await AnsiConsole.Live(new Rows(new Text(title))).StartAsync(async display =>
        {
            var progress = new LiveProgress(title, display, clock);
            try
            {
                await RunAsync(snapshotDate, log, progress, run);
            }
            finally
            {
                progress.Draw();
            }
        });
    }

    private async Task RunAsync(DateOnly snapshotDate, ExecutionLog log, IProgress progress, Func<Interpreter, Task<ExecutionResult>> run)
    {
        secrets.Credentials = settings.Credentials ?? new("sample", "sample");
        using var pipeline = new LocalPipeline(
            data,
            secrets,
            settings.Options,
            IsSample ? new SampleSpotify(snapshotDate) : null,
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
        var problem = result.Status switch
        {
            ExecutionStatus.Succeeded => null,
            ExecutionStatus.Failed => $"{result.State} failed with {result.Error}: {result.Cause}",
            ExecutionStatus.TimedOut => "The execution took longer than the definition allows. `pyspotify redrive` goes on from where it stopped.",
            _ => "The execution was aborted. `pyspotify redrive` goes on from where it stopped.",
        };
        if (problem is not null)
            throw new ExecutionFailedException(problem, result.Status == ExecutionStatus.Failed ? pipeline.LastException : null);
    }
}

/// <summary>An execution did not succeed.</summary>
public sealed class ExecutionFailedException(string message, Exception? inner) : PySpotifyException(message, inner);
