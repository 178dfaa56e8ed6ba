using System.Security.Cryptography;
using System.Text.Json;
using PySpotify.Functions;
using PySpotify.Workflow.StatesLanguage;

namespace PySpotify.Workflow.Local;

/// <summary>Starts and redrives executions in a data folder that the caller has locked.</summary>
/// <param name="data">The data folder.</param>
/// <param name="settings">Who calls Spotify, and where it is.</param>
/// <param name="clock">The time.</param>
/// <param name="show">Shows an execution while it runs.</param>
internal sealed class ExecutionRunner(DataFolder data, SpotifySettings settings, TimeProvider clock, ShowExecution show)
{
    private const int SampleWeeks = 3;

    // The definition's two states that fail by themselves.
    internal const string NothingRead = "NothingRead", SourcesNotRead = "SourcesNotRead";

    private readonly StateMachine _machine = LocalPipeline.LoadDefinition();
    private readonly SecretsFile _secrets = new(data.Secrets, settings.Credentials ?? SampleSpotify.Credentials);

    /// <summary>Starts an execution.</summary>
    /// <exception cref="ExecutionFailedException">It did not succeed.</exception>
    public Task StartAsync(ExecutionInput input, CancellationToken cancellationToken) =>
        StartNamedAsync(NewName(), input, cancellationToken);

    /// <summary>Starts the executions of the sample: the snapshot that the input names, after those of the two weeks before.</summary>
    /// <exception cref="ExecutionFailedException">One of them did not succeed; those after it were not started.</exception>
    public Task StartSampleAsync(ExecutionInput input, CancellationToken cancellationToken) =>
        StartSampleWeeksAsync(1, input with { SnapshotDate = input.SnapshotDate.AddDays(-7 * (SampleWeeks - 1)) }, cancellationToken);

    /// <summary>Goes on with an execution that did not succeed, and with the weeks of the sample that follow it.</summary>
    /// <param name="name">Its name; null takes the newest.</param>
    /// <param name="cancellationToken">Aborts it.</param>
    /// <exception cref="ExecutionLogException">There is none, or its file is damaged.</exception>
    /// <exception cref="ExecutionFailedException">It did not succeed.</exception>
    public async Task RedriveAsync(string? name, CancellationToken cancellationToken)
    {
        var execution = name ?? FindUnfinished();
        var history = ExecutionLog.Read(data.Executions, execution);
        if (history is not [{ Input: { } text } first, ..])
        {
            throw new ExecutionLogException($"The execution '{execution}' never began. Start a new one.");
        }

        var hasSucceeded = history[^1].Type == HistoryEventType.ExecutionSucceeded;
        if (hasSucceeded && name is not null)
        {
            throw new ExecutionLogException($"The execution '{execution}' has succeeded; it needs no redrive.");
        }

        try
        {
            var input = ExecutionInput.Read(JsonElement.Parse(text), first.Time);
            if (!hasSucceeded)
            {
                using var log = ExecutionLog.Append(data.Executions, execution);
                await ExecuteAsync(execution, input, history, log, interpreter => interpreter.RedriveAsync(history, cancellationToken));
            }

            if (settings.IsSample && SampleWeek(execution) is { } week && ExecutionLog.List(data.Executions).Last().Name == execution)
            {
                await StartSampleWeeksAsync(week + 1, input with { SnapshotDate = input.SnapshotDate.AddDays(7) }, cancellationToken);
            }
        }
        catch (Exception e) when (e is StateMachineException or JsonException or InvalidInputException)
        {
            throw new ExecutionLogException($"The execution '{execution}' cannot be redriven; start a new one. {e.Message}", e);
        }
    }

    /// <summary>The newest execution, unless it succeeded and no weeks of the sample are to follow it.</summary>
    private string FindUnfinished()
    {
        var newest = ExecutionLog.List(data.Executions).LastOrDefault()
            ?? throw new ExecutionLogException($"No execution has begun in {data.Executions} yet, so there is none to redrive.");
        return newest.Status != "SUCCEEDED" || SampleWeek(newest.Name) < SampleWeeks
            ? newest.Name
            : throw new ExecutionLogException(
                $"The newest execution, {newest.Name}, succeeded, so there is nothing to redrive. To redrive another, give its name; `pyspotify executions` lists them.");
    }

    private async Task StartSampleWeeksAsync(int week, ExecutionInput input, CancellationToken cancellationToken)
    {
        for (; week <= SampleWeeks; week++, input = input with { SnapshotDate = input.SnapshotDate.AddDays(7) })
        {
            await StartNamedAsync(NewName() + Suffix(week), input, cancellationToken);
        }
    }

    private async Task StartNamedAsync(string name, ExecutionInput input, CancellationToken cancellationToken)
    {
        var payload = JsonElement.Parse(input.ToJson().ToJsonString());
        using var log = ExecutionLog.Create(data.Executions, name);
        await ExecuteAsync(name, input, [], log, interpreter => interpreter.RunAsync(name, payload, cancellationToken));
    }

    private async Task ExecuteAsync(
        string name, ExecutionInput input, IReadOnlyList<HistoryEvent> history, ExecutionLog log, Func<Interpreter, Task<ExecutionResult>> execute)
    {
        var progress = new RunProgress(input, name, clock);
        foreach (var e in history)
        {
            progress.Follow(e);
        }

        await show(progress, async () =>
        {
            using var pipeline = new LocalPipeline(
                data, _secrets, settings.Options, settings.IsSample ? new SampleSpotify(input.SnapshotDate) : null, clock, progress);
            var result = await execute(new Interpreter(_machine, pipeline.InvokeAsync, clock, e =>
            {
                log.Record(e);
                progress.Follow(e);
            }));
            var problem = result.Status switch
            {
                ExecutionStatus.Succeeded => null,
                ExecutionStatus.Failed when result.State is SourcesNotRead or NothingRead => InWords(result.Cause!),
                ExecutionStatus.Failed => $"{result.State} failed: {result.Cause}",
                ExecutionStatus.TimedOut => "The execution took longer than the definition allows. `pyspotify redrive` goes on from where it stopped.",
                _ => "The execution was aborted. `pyspotify redrive` goes on from where it stopped.",
            };
            if (problem is not null)
            {
                throw new ExecutionFailedException(problem, result.Exception)
                {
                    IsLoaded = result.State == SourcesNotRead,
                    IsAboutSources = result.State is SourcesNotRead or NothingRead,
                };
            }
        });
    }

    /// <summary>A cause with the list in it as words: the definition can put a list into a sentence as JSON alone.</summary>
    internal static string InWords(string cause)
    {
        var (start, end) = (cause.IndexOf("[\"", StringComparison.Ordinal), cause.LastIndexOf("\"]", StringComparison.Ordinal) + 2);
        try
        {
            return start < 0 || end < start ? cause
                : cause[..start] + string.Join("; ", JsonElement.Parse(cause[start..end]).EnumerateArray().Select(item => item.GetString())) + cause[end..];
        }
        catch (JsonException)
        {
            return cause;
        }
    }

    private string NewName() => $"{clock.GetUtcNow():yyyyMMdd'T'HHmmss'Z'}-{RandomNumberGenerator.GetHexString(6, lowercase: true)}";

    /// <returns>Which of the sample's weeks an execution is for; null if it was started by itself.</returns>
    private static int? SampleWeek(string name) =>
        Enumerable.Range(1, SampleWeeks).Cast<int?>().FirstOrDefault(week => name.EndsWith(Suffix(week!.Value), StringComparison.Ordinal));

    private static string Suffix(int week) => $"-{week}of{SampleWeeks}";
}

/// <summary>Runs an execution and shows it meanwhile.</summary>
/// <param name="progress">How far it has come.</param>
/// <param name="run">Runs it.</param>
internal delegate Task ShowExecution(RunProgress progress, Func<Task> run);

/// <summary>An execution did not succeed.</summary>
internal sealed class ExecutionFailedException(string message, Exception? inner) : PySpotifyException(message, inner)
{
    /// <summary>Whether everything that could be read is in the tables all the same.</summary>
    public bool IsLoaded { get; init; }

    /// <summary>Whether it ended because of sources that cannot be read.</summary>
    public bool IsAboutSources { get; init; }
}
