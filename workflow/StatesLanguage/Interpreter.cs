using System.Text.Json;

namespace PySpotify.Workflow.StatesLanguage;

/// <summary>Does what a Task asks for.</summary>
/// <param name="call">The task's resource and payload.</param>
/// <param name="cancellationToken">Cancelled when the task has timed out, a sibling has failed or the execution ends. A task that does
/// not come back within five seconds of it is left behind.</param>
/// <returns>The result, as JSON text of at most 262,144 bytes.</returns>
/// <remarks>Branches and iterations run at once only where this waits; work without waiting belongs in Task.Run.</remarks>
public delegate Task<string> TaskInvoker(TaskCall call, CancellationToken cancellationToken);

/// <summary>One attempt at a task.</summary>
/// <param name="Resource">The ARN that the definition names.</param>
/// <param name="Payload">JSON text of at most 262,144 bytes.</param>
/// <param name="State">The state's name.</param>
/// <param name="Scope">As in <see cref="HistoryEvent.Scope"/>.</param>
/// <param name="Attempt">From 1; a redrive starts again at 1.</param>
public sealed record TaskCall(string Resource, string Payload, string State, string? Scope, int Attempt);

/// <summary>How an execution ended.</summary>
public enum ExecutionStatus
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
/// <param name="Output">JSON text, if it succeeded.</param>
/// <param name="Error">The error's name, if it failed.</param>
/// <param name="Cause">The error in words, if it failed.</param>
/// <param name="State">The innermost state that failed, if it failed.</param>
public sealed record ExecutionResult(ExecutionStatus Status, string? Output = null, string? Error = null, string? Cause = null, string? State = null);

/// <summary>Runs executions of a state machine as AWS Step Functions does, Standard workflows.</summary>
/// <param name="machine">What to run.</param>
/// <param name="invoke">Does what the Tasks ask for.</param>
/// <param name="clock">Tells the time of events and waits for Wait, Retry and every timeout.</param>
/// <param name="record">Gets each event before its effect, one at a time, ids rising. If it throws, the execution stops
/// where it is and the exception comes out of the call; what was recorded until then can be redriven.</param>
/// <param name="random">For jitter: from 0 up to 1.</param>
public sealed class Interpreter(StateMachine machine, TaskInvoker invoke, TimeProvider clock, Action<HistoryEvent> record, Func<double>? random = null)
{
    /// <summary>Runs a new execution to its end, whatever that end is.</summary>
    /// <param name="name">The execution's name.</param>
    /// <param name="input">JSON text of at most 262,144 bytes.</param>
    /// <param name="cancellationToken">Ends the execution as <see cref="ExecutionStatus.Aborted"/>.</param>
    /// <exception cref="ArgumentException">The input is no JSON, or too large; nothing was recorded.</exception>
    public Task<ExecutionResult> RunAsync(string name, string input, CancellationToken cancellationToken = default)
    {
        if (Json.IsTooLarge(input))
        {
            throw new ArgumentException($"The input has more than {Json.MaxPayloadBytes} bytes.", nameof(input));
        }

        try
        {
            Json.Parse(input);
        }
        catch (JsonException e)
        {
            throw new ArgumentException($"The input is not JSON: {e.Message}", nameof(input), e);
        }
        return Execute(Past.Begin(name, input, clock.GetUtcNow()), isRedrive: false, cancellationToken);
    }

    /// <summary>Goes on with an execution that failed, timed out, was aborted, or whose process died: same name, input
    /// and start time. What had exited is not run again; what had not begins again with the input it had, its retries
    /// counted from 0. In a Parallel or Map only the branches and iterations that had not ended go on.</summary>
    /// <param name="history">All the events that were recorded, those of earlier redrives too, in order.</param>
    /// <param name="cancellationToken">Ends the execution as <see cref="ExecutionStatus.Aborted"/>.</param>
    /// <exception cref="StateMachineException">The execution has succeeded, the definition has changed since, or the
    /// history is damaged; nothing was recorded.</exception>
    public Task<ExecutionResult> RedriveAsync(IEnumerable<HistoryEvent> history, CancellationToken cancellationToken = default)
    {
        var past = Past.Read(history, machine.Definition);
        past.Redrive();
        return Execute(past, isRedrive: true, cancellationToken);
    }

    private Task<ExecutionResult> Execute(Past past, bool isRedrive, CancellationToken cancellationToken) =>
        new Execution(machine, past, invoke, clock, record, random ?? Random.Shared.NextDouble).RunAsync(isRedrive, cancellationToken);
}
