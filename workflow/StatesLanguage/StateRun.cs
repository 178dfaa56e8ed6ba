using System.Text.Json;

namespace PySpotify.Workflow.StatesLanguage;

/// <summary>A state's run, from its entry to its exit.</summary>
/// <param name="Id">The event that began it, or its last retry; names the scopes inside.</param>
/// <param name="State">The state's name.</param>
/// <param name="Input">Its input.</param>
internal sealed record StateRun(long Id, string State, JsonElement Input)
{
    /// <summary>Null while it is not over.</summary>
    public Exit? Exit { get; init; }

    /// <summary>For a Parallel or Map that a redrive goes on with: its branches or iterations by index, those that have begun.</summary>
    public Dictionary<int, StateRun> Inner { get; init; } = [];
}

/// <summary>How a state's run ended.</summary>
/// <param name="Output">The state's output.</param>
/// <param name="Next">The state to enter next; null at the end of the block.</param>
/// <param name="Caught">What a Catch handled.</param>
internal readonly record struct Exit(JsonElement Output, string? Next, StateFailure? Caught = null);

/// <summary>One attempt at a state.</summary>
/// <param name="Run">The state's run.</param>
/// <param name="Scope">Where it runs.</param>
/// <param name="Data">What the state's paths and templates read.</param>
/// <param name="Number">From 1.</param>
internal sealed record Attempt(StateRun Run, Scope Scope, Data Data, int Number)
{
    public JsonElement Input => Run.Input;
}
