using System.Text.Json;

namespace PySpotify.Workflow.StatesLanguage.States;

/// <summary>Fails with an error of the definition's own.</summary>
internal sealed class FailState : State
{
    private readonly string _error;
    private readonly string? _cause;
    private readonly JsonPath? _causePath;

    public FailState(DefinitionReader fields)
        : base(fields)
    {
        _error = fields.Required(fields.Text("Error"), "Error");
        _cause = fields.Text("Cause");
        _causePath = fields.ReferencePath("CausePath");
        if (_cause is null == _causePath is null)
        {
            throw fields.Refuse("Cause", "either Cause or CausePath must be set");
        }
    }

    protected override bool IsEnd => false;

    protected override Task<Exit> StepAsync(Attempt attempt, CancellationToken cancellationToken) =>
        throw new StateFailure(_error, _cause ?? Text(_causePath!.Get(attempt.Data, "CausePath")));

    private static string Text(JsonElement cause) => cause.ValueKind == JsonValueKind.String
        ? cause.GetString()!
        : throw new StateFailure(ErrorNames.Runtime, "What CausePath leads to must be a string.");
}
