using System.Text.Json;

namespace PySpotify.Workflow.StatesLanguage;

/// <summary>Where states run: at the top (no name), or in a branch or iteration.</summary>
/// <param name="Execution">The execution.</param>
/// <param name="Name">As in <see cref="HistoryEvent.Scope"/>.</param>
/// <param name="Map"><c>$$.Map</c>; of kind Undefined outside a Map.</param>
internal sealed record Scope(Execution Execution, string? Name, JsonElement Map)
{
    public HistoryEvent Record(HistoryEvent e) => Execution.Record(e with { Scope = Name });
}
