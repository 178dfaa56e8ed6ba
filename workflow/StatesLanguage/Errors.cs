namespace PySpotify.Workflow.StatesLanguage;

/// <summary>A definition that is not valid or uses what is not supported, or a history that cannot be redriven. The
/// message names the state and the field.</summary>
internal sealed class StateMachineException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A state failed; its Retry and Catch decide what follows. A <see cref="TaskInvoker"/> may throw one to choose
/// the error's name; any other exception fails with the name of its type, as Lambda's .NET runtime reports it.</summary>
/// <param name="error">The name that Retry and Catch compare.</param>
/// <param name="cause">What a person reads.</param>
/// <param name="inner">The exception that the task threw.</param>
internal sealed class StateFailure(string error, string cause, Exception? inner = null) : Exception(cause, inner)
{
    /// <summary>The name that Retry and Catch compare.</summary>
    public string Error { get; } = error;

    /// <summary>The innermost state that failed, once it is known.</summary>
    public string? State { get; set; }

    /// <summary>Whether the name in an ErrorEquals matches: https://states-language.net/#errors and
    /// https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html#error-handling-error-names.</summary>
    public bool Matches(string name) => Error switch
    {
        ErrorNames.Runtime => false,
        ErrorNames.DataLimitExceeded => name == Error,
        ErrorNames.Timeout => name is ErrorNames.All || name == Error,
        _ => name is ErrorNames.All or ErrorNames.TaskFailed || name == Error,
    };
}

internal static class ErrorNames
{
    public const string All = "States.ALL";
    public const string DataLimitExceeded = "States.DataLimitExceeded";
    public const string NoChoiceMatched = "States.NoChoiceMatched";
    public const string ResultPathMatchFailure = "States.ResultPathMatchFailure";
    public const string Runtime = "States.Runtime";
    public const string TaskFailed = "States.TaskFailed";
    public const string Timeout = "States.Timeout";

    /// <summary>The reserved names that a Retry or Catch may list. States.Runtime is not among them: it always ends the
    /// execution, so naming it would only look like handling it.</summary>
    public static readonly string[] Reserved = [All, DataLimitExceeded, NoChoiceMatched, ResultPathMatchFailure, TaskFailed, Timeout];
}
