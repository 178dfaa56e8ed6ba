using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace PySpotify.Workflow.StatesLanguage.States;

/// <summary>Fails with an error of the definition's own.</summary>
internal sealed partial class FailState : State
{
    private readonly string _error;
    private readonly string? _cause;
    private readonly Func<Data, string>? _causePath;

    public FailState(DefinitionReader fields)
        : base(fields)
    {
        _error = fields.Required(fields.Text("Error"), "Error");
        _cause = fields.Text("Cause");
        _causePath = ReadCausePath(fields);
        if (_cause is null == _causePath is null)
        {
            throw fields.Refuse("Cause", "either Cause or CausePath must be set");
        }
    }

    protected override bool IsEnd => false;

    protected override Task<Exit> StepAsync(Attempt attempt, CancellationToken cancellationToken) =>
        throw new StateFailure(_error, _cause ?? _causePath!(attempt.Data));

    /// <summary>A path to a string, or the one call of intrinsic functions that puts a list into a sentence.</summary>
    private static Func<Data, string>? ReadCausePath(DefinitionReader fields)
    {
        if (fields.Has("CausePath") && Sentence().Match(fields.Text("CausePath")!) is { Success: true } sentence)
        {
            var (before, after) = (sentence.Groups["before"].Value, sentence.Groups["after"].Value);
            var list = fields.Parsed(sentence.Groups["path"].Value, "CausePath", JsonPath.ParseReference);
            return data => before + Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(list.Get(data, "CausePath"))) + after;
        }

        return fields.ReferencePath("CausePath") is { } path ? data => Text(path.Get(data, "CausePath")) : null;
    }

    [GeneratedRegex(@"\AStates\.Format\('(?<before>[^'\\{}]*)\{\}(?<after>[^'\\{}]*)', States\.JsonToString\((?<path>\$[^()]*)\)\)\z")]
    private static partial Regex Sentence();

    private static string Text(JsonElement cause) => cause.ValueKind == JsonValueKind.String
        ? cause.GetString()!
        : throw new StateFailure(ErrorNames.Runtime, "What CausePath leads to must be a string.");
}
