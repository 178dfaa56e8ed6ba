using System.Text.Json;

namespace PySpotify.Workflow.StatesLanguage;

/// <summary>Whether a rule of a Choice holds.</summary>
internal delegate bool Condition(Data data);

/// <summary>The comparisons of Choice rules.</summary>
internal static class Comparison
{
    /// <summary>Compiles one comparison of the node that <paramref name="variable"/> leads to.</summary>
    /// <returns>Null if there is no operator of that name.</returns>
    /// <exception cref="FormatException">The operand does not fit the operator.</exception>
    public static Condition? Parse(string name, JsonPath variable, JsonElement operand)
    {
        switch (name)
        {
            case "StringEquals":
                var text = operand.ValueKind == JsonValueKind.String ? operand.GetString()! : throw new FormatException("it must be a string");
                return data => variable.Get(data, "Variable") is { ValueKind: JsonValueKind.String } node && node.ValueEquals(text);
            case "NumericGreaterThan":
                var limit = operand.ValueKind == JsonValueKind.Number ? operand.GetDouble() : throw new FormatException("it must be a number");
                return data => variable.Get(data, "Variable") is { ValueKind: JsonValueKind.Number } node && node.GetDouble() > limit;
            default:
                return null;
        }
    }
}
