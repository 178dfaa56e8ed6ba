using System.Text.Json;

namespace PySpotify.Workflow.StatesLanguage.States;

/// <summary>An entry of Catch.</summary>
internal sealed record Catcher(string[] ErrorEquals, string Next, JsonPath? ResultPath)
{
    public static Catcher[] ReadAll(DefinitionReader state)
    {
        var catchers = state.Objects("Catch");
        return [.. catchers.Select(catcher => Read(catcher, isLast: catcher == catchers[^1]))];
    }

    /// <summary>What the next state gets: the input, with the error where ResultPath says.</summary>
    /// <exception cref="StateFailure">ResultPath does not fit the input.</exception>
    public JsonElement Output(JsonElement input, StateFailure failure) => ResultPath is null ? input : ResultPath.Set(input, Json.Element(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("Error", failure.Error);
        writer.WriteString("Cause", failure.Message);
        writer.WriteEndObject();
    }));

    private static Catcher Read(DefinitionReader fields, bool isLast)
    {
        var next = fields.Required(fields.Text("Next"), "Next");
        var catcher = new Catcher(Retrier.ReadErrorEquals(fields, isLast), next, fields.ResultPath());
        fields.Close();
        return catcher;
    }
}
