using System.Runtime.ExceptionServices;
using System.Text.Json;

namespace PySpotify.Workflow.StatesLanguage;

/// <summary>One run of an execution, or one redrive of it, and what its states need: the clock, the history, the tasks.</summary>
internal sealed class Execution(
    StateMachine machine, Replay replay, TaskInvoker invoke, TimeProvider clock, Action<HistoryEvent> record, Func<double> random)
{
    // The longest that a timer takes is 2^32 - 2 milliseconds.
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(49);

    private readonly Lock _recording = new();
    private long _lastId = replay.LastId;
    private ExceptionDispatchInfo? _recordFailure;

    public string Name => replay.Name;

    /// <summary><c>$$.Execution</c>.</summary>
    public JsonElement Context { get; } = Json.Element(writer =>
    {
        writer.WriteStartObject();
        writer.WritePropertyName("Input");
        replay.Input.WriteTo(writer);
        writer.WriteString(nameof(Name), replay.Name);
        writer.WriteNumber("RedriveCount", replay.RedriveCount);
        writer.WriteString("StartTime", StatesLanguage.Context.Text(replay.StartTime));
        writer.WriteEndObject();
    });

    public Task<JsonElement> InvokeAsync(TaskCall call, CancellationToken cancellationToken) => invoke(call, cancellationToken);

    /// <summary>From 0 up to 1.</summary>
    public double Random() => random();

    public async Task<ExecutionResult> RunAsync(CancellationToken cancellationToken)
    {
        using var timeout = Deadline(machine.TimeoutSeconds);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        Record(replay.RedriveCount > 0
            ? new(HistoryEventType.ExecutionRedriven) { RedriveCount = replay.RedriveCount }
            : new(HistoryEventType.ExecutionStarted) { Name = Name, Input = replay.Input.GetRawText(), Definition = machine.Definition });
        try
        {
            var output = await machine.Block.RunAsync(new(this, null, default), replay.Input, isRecorded: true, replay.Top, stop.Token);
            Record(new(HistoryEventType.ExecutionSucceeded));
            return new(ExecutionStatus.Succeeded, output);
        }
        catch (StateFailure failure)
        {
            Record(new(HistoryEventType.ExecutionFailed) { State = failure.State, Error = failure.Error, Cause = failure.Message });
            return new(ExecutionStatus.Failed, null, failure.Error, failure.Message, failure.State, failure.InnerException);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Record(new(HistoryEventType.ExecutionAborted));
            return new(ExecutionStatus.Aborted);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            Record(new(HistoryEventType.ExecutionTimedOut));
            return new(ExecutionStatus.TimedOut);
        }
    }

    public async Task DelayAsync(TimeSpan span, CancellationToken cancellationToken)
    {
        var start = clock.GetTimestamp();
        for (var left = span; left > TimeSpan.Zero; left = span - clock.GetElapsedTime(start))
        {
            // Timers drop fractions of a millisecond; rounding down would spin.
            await Task.Delay(left < LongestTimer ? TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)) : LongestTimer, clock, cancellationToken);
        }
    }

    /// <summary>Cancelled after so many seconds; never, if there is no limit or it is beyond any process's life.</summary>
    public CancellationTokenSource Deadline(int? seconds) =>
        seconds is { } limit && TimeSpan.FromSeconds(limit) <= LongestTimer ? new(TimeSpan.FromSeconds(limit), clock) : new();

    /// <summary>Numbers and records an event.</summary>
    public HistoryEvent Record(HistoryEvent e)
    {
        lock (_recording)
        {
            // After an event that could not be kept, none may be: the history would have a gap.
            _recordFailure?.Throw();
            e = e with
            {
                Id = _lastId + 1,
                Time = e.Type == HistoryEventType.ExecutionStarted ? replay.StartTime : clock.GetUtcNow(),
            };
            try
            {
                record(e);
            }
            catch (Exception failure)
            {
                _recordFailure = ExceptionDispatchInfo.Capture(failure);
                throw;
            }

            _lastId++;
            return e;
        }
    }
}
