using System.Text.Json;

namespace PySpotify.Workflow.StatesLanguage;

/// <summary>Does what a Task asks for.</summary>
/// <param name="call">The task's resource and payload.</param>
/// <param name="cancellationToken">Cancelled when the task has timed out, a sibling has failed or the execution ends. A task that does
/// not come back within five seconds of it is left behind.</param>
/// <returns>The result, at most 262,144 bytes of JSON.</returns>
/// <remarks>Branches and iterations run at once only where this waits; work without waiting belongs in Task.Run.</remarks>
internal delegate Task<JsonElement> TaskInvoker(TaskCall call, CancellationToken cancellationToken);

/// <summary>One attempt at a task.</summary>
/// <param name="Resource">The ARN that the definition names.</param>
/// <param name="Payload">At most 262,144 bytes of JSON.</param>
/// <param name="State">The state's name.</param>
/// <param name="Scope">As in <see cref="HistoryEvent.Scope"/>.</param>
/// <param name="Attempt">From 1; a redrive starts again at 1.</param>
internal sealed record TaskCall(string Resource, JsonElement Payload, string State, string? Scope, int Attempt);

/// <summary>How an execution ended.</summary>
internal enum ExecutionStatus
{
    /// <summary>With an output.</summary>
    Succeeded,
    /// <summary>With an error that nothing caught.</summary>
    Failed,
    /// <summary>The definition's TimeoutSeconds had passed.</summary>
    TimedOut,
    /// <summary>The caller cancelled.</summary>
    Aborted,
}

/// <summary>How an execution ended.</summary>
/// <param name="Status">Tells which of the others are set.</param>
/// <param name="Output">If it succeeded.</param>
/// <param name="Error">The error's name, if it failed.</param>
/// <param name="Cause">The error in words, if it failed.</param>
/// <param name="State">The innermost state that failed, if it failed.</param>
/// <param name="Exception">The exception that this state's task threw, if it failed with one.</param>
internal sealed record ExecutionResult(
    ExecutionStatus Status, JsonElement? Output = null, string? Error = null, string? Cause = null, string? State = null, Exception? Exception = null);

/// <summary>Runs executions of a state machine as AWS Step Functions does, Standard workflows.</summary>
/// <param name="machine">What to run.</param>
/// <param name="invoke">Does what the Tasks ask for.</param>
/// <param name="clock">Tells the time of events and waits for Wait, Retry and every timeout.</param>
/// <param name="record">Gets each event before its effect, one at a time, ids rising. If it throws, the execution stops
/// where it is and the exception comes out of the call; what was recorded until then can be redriven.</param>
/// <param name="random">For jitter: from 0 up to 1.</param>
internal sealed class Interpreter(StateMachine machine, TaskInvoker invoke, TimeProvider clock, Action<HistoryEvent> record, Func<double>? random = null)
{
    /// <summary>Runs a new execution to its end, whatever that end is.</summary>
    /// <param name="name">The execution's name.</param>
    /// <param name="input">At most 262,144 bytes of JSON.</param>
    /// <param name="cancellationToken">Ends the execution as <see cref="ExecutionStatus.Aborted"/>.</param>
    /// <exception cref="ArgumentException">The input is too large; nothing was recorded.</exception>
    public Task<ExecutionResult> RunAsync(string name, JsonElement input, CancellationToken cancellationToken = default) => Json.IsTooLarge(input)
        ? throw new ArgumentException($"The input has more than {Json.MaxPayloadBytes} bytes.", nameof(input))
        : Execution(new() { Name = name, Input = input, StartTime = clock.GetUtcNow() }).RunAsync(cancellationToken);

    /// <summary>Goes on with an execution that failed, timed out, was aborted, or whose process died: same name, input
    /// and start time. What had exited is not run again; what had not begins again with the input it had, its retries
    /// counted from 0. In a Parallel or Map only the branches and iterations that had not ended go on.</summary>
    /// <param name="history">All the events that were recorded, those of earlier redrives too, in order.</param>
    /// <param name="cancellationToken">Ends the execution as <see cref="ExecutionStatus.Aborted"/>.</param>
    /// <exception cref="StateMachineException">The execution has succeeded, the definition has changed since, or the
    /// history is damaged; nothing was recorded.</exception>
    public Task<ExecutionResult> RedriveAsync(IEnumerable<HistoryEvent> history, CancellationToken cancellationToken = default) =>
        Execution(Replay.Read(history, machine.Definition)).RunAsync(cancellationToken);

    private Execution Execution(Replay replay) => new(machine, replay, invoke, clock, record, random ?? Random.Shared.NextDouble);
}
