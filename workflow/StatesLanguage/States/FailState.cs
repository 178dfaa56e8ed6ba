using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace PySpotify.Workflow.StatesLanguage.States;

/// <summary>Fails with an error of the definition's own, and a list of the input's in its cause.</summary>
internal sealed partial class FailState : State
{
    private readonly string _error;
    private readonly string _before, _after;
    private readonly JsonPath _list;

    public FailState(DefinitionReader fields)
        : base(fields)
    {
        _error = fields.Required(fields.Text("Error"), "Error");
        if (Sentence().Match(fields.Required(fields.Text("CausePath"), "CausePath")) is not { Success: true } sentence)
        {
            throw fields.Refuse("CausePath", "it must be a list in a sentence: States.Format('… {} …', States.JsonToString($.list))");
        }

        (_before, _after) = (sentence.Groups["before"].Value, sentence.Groups["after"].Value);
        _list = fields.Parsed(sentence.Groups["path"].Value, "CausePath", JsonPath.ParseReference);
    }

    protected override bool IsEnd => false;

    protected override Task<Exit> StepAsync(Attempt attempt, CancellationToken cancellationToken) =>
        throw new StateFailure(_error, _before + Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(_list.Get(attempt.Data, "CausePath"))) + _after);

    [GeneratedRegex(@"\AStates\.Format\('(?<before>[^'\\{}]*)\{\}(?<after>[^'\\{}]*)', States\.JsonToString\((?<path>\$[^()]*)\)\)\z")]
    private static partial Regex Sentence();
}
