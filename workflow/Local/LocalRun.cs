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
        {
            Say("Sample data: there are no Spotify credentials, so all that follows is made up.");
        }

        if (IsSample && input["snapshotDate"] is null)
        {
            await StartSampleAsync(input, 1, date.AddDays(7 * (1 - SampleWeeks)), cancellationToken);
        }
        else
        {
            await StartAsync(input, "", date, cancellationToken);
        }
    }

    private async Task StartAsync(JsonObject input, string suffix, DateOnly snapshotDate, CancellationToken cancellationToken)
    {
        var name = $"{clock.GetUtcNow():yyyyMMdd'T'HHmmss'Z'}-{RandomNumberGenerator.GetHexString(6, lowercase: true)}{suffix}";
        using var log = ExecutionLog.Create(data.Executions, name);
        await RunAsync(snapshotDate, name, log, interpreter => interpreter.RunAsync(name, input.ToJsonString(), cancellationToken));
    }

    /// <summary>The sample's weeks from one on; their executions are named so that a redrive finds where they broke off.</summary>
    private async Task StartSampleAsync(JsonObject input, int week, DateOnly snapshotDate, CancellationToken cancellationToken)
    {
        for (; week <= SampleWeeks; week++, snapshotDate = snapshotDate.AddDays(7))
        {
            input["snapshotDate"] = snapshotDate.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            await StartAsync(input, Suffix(week), snapshotDate, cancellationToken);
        }
    }

    /// <summary>Goes on with an execution that did not succeed, and with the sample's weeks that were to follow it.</summary>
    /// <param name="name">Its name; null takes the newest that did not succeed.</param>
    /// <param name="cancellationToken">Aborts it.</param>
    /// <exception cref="ExecutionLogException">There is none, or its file is damaged.</exception>
    /// <exception cref="ExecutionFailedException">It did not succeed.</exception>
    public async Task RedriveAsync(string? name, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(data.Root))
        {
            throw new ExecutionLogException($"There is no {data.Root} yet; there is nothing to redrive.");
        }

        using var hold = data.Hold();
        var isOver = false;
        if (name is null)
        {
            var executions = ExecutionLog.List(data.Executions).ToList();
            name = executions.LastOrDefault(execution => execution.Status is not ("SUCCEEDED" or "DAMAGED"))?.Name;
            if (name is null && executions is [.., { Status: "SUCCEEDED" } last] && SampleWeek(last.Name) < SampleWeeks)
            {
                (name, isOver) = (last.Name, true);
            }

            if (name is null)
            {
                throw new ExecutionLogException($"No execution in {data.Executions} failed; there is nothing to redrive.");
            }
        }

        var history = ExecutionLog.Read(data.Executions, name);
        if (history is not [{ Input: { } input } first, ..])
        {
            throw new ExecutionLogException($"The execution '{name}' never began. Start a new one.");
        }

        if (!isOver && history[^1].Type == HistoryEventType.ExecutionSucceeded)
        {
            throw new ExecutionLogException($"The execution '{name}' has succeeded; there is nothing to redrive.");
        }

        data.Claim(IsSample);
        try
        {
            var snapshotDate = ExecutionInput.Read(JsonElement.Parse(input), first.Time).SnapshotDate;
            if (!isOver)
            {
                using var log = ExecutionLog.Append(data.Executions, name);
                await RunAsync(snapshotDate, name, log, interpreter => interpreter.RedriveAsync(history, cancellationToken));
            }

            if (IsSample && SampleWeek(name) is { } week && ExecutionLog.List(data.Executions).Last().Name == name)
            {
                await StartSampleAsync(JsonNode.Parse(input)!.AsObject(), week + 1, snapshotDate.AddDays(7), cancellationToken);
            }
        }
        catch (Exception e) when (e is StateMachineException or JsonException or InvalidInputException)
        {
            throw new ExecutionLogException($"The execution '{name}' cannot be redriven; start a new one. {e.Message}", e);
        }
    }

    /// <returns>Which of the sample's weeks an execution is for; null if it was started by itself.</returns>
    private static int? SampleWeek(string name) =>
        Enumerable.Range(1, SampleWeeks).Cast<int?>().FirstOrDefault(week => name.EndsWith(Suffix(week!.Value), StringComparison.Ordinal));

    private static string Suffix(int week) => $"-{week}of{SampleWeeks}";

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
                {
                    progress.Say(message);
                }
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
        {
            throw new ExecutionFailedException(problem, result.Status == ExecutionStatus.Failed ? pipeline.LastException : null);
        }
    }
}

/// <summary>An execution did not succeed.</summary>
public sealed class ExecutionFailedException(string message, Exception? inner) : PySpotifyException(message, inner);
