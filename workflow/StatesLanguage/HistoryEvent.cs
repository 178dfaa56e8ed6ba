using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace PySpotify.Workflow.StatesLanguage;

/// <summary>What a <see cref="HistoryEvent"/> announces.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<HistoryEventType>))]
internal enum HistoryEventType
{
    /// <summary>Name, Input, Definition (its hash); Time is the execution's start time.</summary>
    ExecutionStarted,
    /// <summary>RedriveCount; Time is the redrive's time.</summary>
    ExecutionRedriven,
    /// <summary>State; Input where it is not the text that led here (see <see cref="HistoryEvent.Input"/>).</summary>
    StateEntered,
    /// <summary>State, Resource, Attempt; Payload where it is not the state's input.</summary>
    TaskScheduled,
    /// <summary>State, Error, Cause, Attempt (the one that failed), WaitSeconds until the next.</summary>
    StateRetried,
    /// <summary>State, Output, Next; Error and Cause where a Catch led out.</summary>
    StateExited,
    /// <summary>State, Error, Cause, Attempt: nothing retries or catches it in this state.</summary>
    StateFailed,
    /// <summary>State: cancelled midway, since a sibling failed or the execution ended.</summary>
    StateAborted,
    /// <summary>Nothing more; the output is that of the last StateExited.</summary>
    ExecutionSucceeded,
    /// <summary>State (the innermost that failed), Error, Cause.</summary>
    ExecutionFailed,
    /// <summary>Nothing more: the definition's TimeoutSeconds have passed.</summary>
    ExecutionTimedOut,
    /// <summary>Nothing more: the caller cancelled.</summary>
    ExecutionAborted,
}

/// <summary>One line of an execution's history. It is recorded before the effect that it announces, so a history that
/// ends anywhere tells all that was done but, at most, for the tasks scheduled last.</summary>
/// <param name="Id">Rises by one from 1, over redrives too.</param>
/// <param name="Time">By the interpreter's clock, in UTC.</param>
/// <param name="Type">Tells which of the members below are set.</param>
[method: JsonConstructor]
internal sealed record HistoryEvent(long Id, DateTimeOffset Time, HistoryEventType Type)
{
    /// <summary>An event that is not recorded yet.</summary>
    public HistoryEvent(HistoryEventType type)
        : this(0, default, type)
    {
    }

    /// <summary>Null at the top; else where in a Parallel or Map: the id of the event that began it (its StateEntered,
    /// or its last StateRetried), a dot, the index of the branch or iteration. <c>17.0</c>.</summary>
    public string? Scope { get; init; }

    /// <summary>The state's name.</summary>
    public string? State { get; init; }

    /// <summary>The execution's name.</summary>
    public string? Name { get; init; }

    /// <summary>SHA-256 of the definition, in hexadecimal.</summary>
    public string? Definition { get; init; }

    /// <summary>JSON text. Null on a StateEntered whose input is the output of the StateExited before it in its scope,
    /// or, for the first in its scope, the input of the execution or of the Parallel around it: a text is kept once.</summary>
    public string? Input { get; init; }

    /// <summary>JSON text.</summary>
    public string? Output { get; init; }

    /// <summary>The state to enter next; null at the end of a scope.</summary>
    public string? Next { get; init; }

    /// <summary>The ARN that a task calls.</summary>
    public string? Resource { get; init; }

    /// <summary>JSON text; null where it is the state's input as it is, and after the first attempt, when it is the same again.</summary>
    public string? Payload { get; init; }

    /// <summary>From 1; a redrive starts again at 1.</summary>
    public int? Attempt { get; init; }

    /// <summary>The error's name.</summary>
    public string? Error { get; init; }

    /// <summary>The error in words.</summary>
    public string? Cause { get; init; }

    /// <summary>The wait before the next attempt, jitter included.</summary>
    public double? WaitSeconds { get; init; }

    /// <summary>From 1.</summary>
    public int? RedriveCount { get; init; }

    /// <summary>The event as one line of JSON without its line break.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, HistoryJson.Relaxed.HistoryEvent);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="JsonException">It is not an event.</exception>
    public static HistoryEvent FromJson(string line) =>
        JsonSerializer.Deserialize(line, HistoryJson.Relaxed.HistoryEvent) ?? throw new JsonException("It is null.");
}

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(HistoryEvent))]
internal sealed partial class HistoryJson : JsonSerializerContext
{
    public static HistoryJson Relaxed { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectRequiredConstructorParameters = true,
        // Payloads are JSON within JSON; a quote escaped as six characters would swell the file.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
