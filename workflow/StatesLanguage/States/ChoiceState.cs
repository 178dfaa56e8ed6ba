using System.Text.Json;

namespace PySpotify.Workflow.StatesLanguage.States;

/// <summary>Leads on by the first rule that holds.</summary>
internal sealed class ChoiceState : State
{
    private readonly (Func<Data, bool> Holds, string Next)[] _choices;
    private readonly string? _default;

    public ChoiceState(DefinitionReader fields)
        : base(fields)
    {
        _choices = [.. fields.RequiredObjects("Choices").Select(rule =>
        {
            var next = rule.Required(rule.Text("Next"), "Next");
            return (ReadCondition(rule), next);
        })];
        _default = fields.Text("Default");
    }

    public override IEnumerable<(string Next, string Field)> Exits =>
    [
        .. _choices.Select((rule, index) => (rule.Next, $"Choices[{index}].Next")),
        .. _default is null ? Array.Empty<(string, string)>() : [(_default, "Default")],
    ];

    protected override bool IsEnd => false;

    protected override Task<Exit> StepAsync(Attempt attempt, CancellationToken cancellationToken)
    {
        var rule = Array.FindIndex(_choices, rule => rule.Holds(attempt.Data));
        var next = (rule >= 0 ? _choices[rule].Next : _default)
            ?? throw new StateFailure(ErrorNames.NoChoiceMatched, "No choice holds, and there is no Default.");
        return Task.FromResult(new Exit(attempt.Input, next));
    }

    private static Func<Data, bool> ReadCondition(DefinitionReader rule)
    {
        if (rule.Has("Or"))
        {
            Func<Data, bool>[] any = [.. rule.RequiredObjects("Or").Select(ReadCondition)];
            rule.Close();
            return data => Array.Exists(any, holds => holds(data));
        }

        var path = rule.ReferencePath("Variable");
        var holds = ReadComparison(rule);
        rule.Close();
        var variable = rule.Required(path, "Variable");
        return holds is null ? throw rule.Refuse("Variable", "it has no comparison")
            : rule.Has("IsPresent") ? data => holds(variable.Find(data))
            : data => holds(variable.Get(data, "Variable"));
    }

    private static Func<JsonElement, bool>? ReadComparison(DefinitionReader rule)
    {
        if (rule.Text("StringEquals") is { } text)
        {
            return node => node.ValueKind == JsonValueKind.String && node.ValueEquals(text);
        }

        return rule.Take("IsPresent") switch
        {
            null => null,
            { ValueKind: JsonValueKind.True } => node => node.ValueKind != JsonValueKind.Undefined,
            _ => throw rule.Refuse("IsPresent", "only true is supported"),
        };
    }
}
