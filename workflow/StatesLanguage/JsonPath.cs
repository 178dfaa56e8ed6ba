using System.Globalization;
using System.Text.Json;

namespace PySpotify.Workflow.StatesLanguage;

/// <summary>
/// A path that leads to one node: <c>$.a.b</c>, <c>$['a b']</c>, <c>$.a[0]</c>, or the same from the context object
/// with <c>$$</c>. Wildcards, filters, slices and descents are refused when the path is parsed.
/// </summary>
internal sealed class JsonPath
{
    // A member has a name; an element of an array has an index.
    private readonly record struct Step(string? Name, int Index);

    private readonly string _text;
    private readonly Step[] _steps;

    private JsonPath(string text, Step[] steps, bool isContext) => (_text, _steps, IsContext) = (text, steps, isContext);

    /// <summary>The whole input.</summary>
    public static JsonPath Root { get; } = new("$", [], false);

    /// <summary>Whether the path starts at the context object, <c>$$</c>.</summary>
    public bool IsContext { get; }

    /// <summary>Parses a path.</summary>
    /// <exception cref="FormatException">The text is no path, or one that may lead to several nodes.</exception>
    public static JsonPath Parse(string text)
    {
        if (!text.StartsWith('$'))
        {
            throw new FormatException($"'{text}' is not a path; it must start with $");
        }

        var isContext = text.StartsWith("$$", StringComparison.Ordinal);
        if (text == "$")
        {
            return Root;
        }

        List<Step> steps = [];
        var at = isContext ? 2 : 1;
        while (at < text.Length)
        {
            steps.Add(ParseStep(text, ref at));
        }

        if (isContext)
        {
            RefuseUnknownContext(text, steps);
        }

        return new(text, [.. steps], isContext);
    }

    /// <summary>The node that the path leads to, of kind Undefined where there is none.</summary>
    public JsonElement Find(Data data)
    {
        if (!IsContext)
        {
            return Walk(data.Input, _steps);
        }

        return _steps.Length == 0 ? data.Context.Whole() : Walk(data.Context.Section(_steps[0].Name!), _steps.AsSpan(1));
    }

    /// <summary>The node that the path leads to.</summary>
    /// <exception cref="StateFailure">There is none; States.Runtime.</exception>
    public JsonElement Get(Data data, string field)
    {
        var found = Find(data);
        return found.ValueKind != JsonValueKind.Undefined
            ? found
            : throw new StateFailure(ErrorNames.Runtime, $"The path '{_text}' of the field '{field}' leads to nothing in the input.");
    }

    /// <summary>The JSON text of <paramref name="root"/> with <paramref name="value"/> placed where the path leads.
    /// Members that are missing on the way are created; elements of arrays must be there.</summary>
    /// <exception cref="StateFailure">The path leads through something that is no container; States.ResultPathMatchFailure.</exception>
    public string Place(JsonElement root, JsonElement value) =>
        _steps.Length == 0 ? value.GetRawText() : Json.Write(writer => Place(writer, root, _steps, value));

    public override string ToString() => _text;

    private static JsonElement Walk(JsonElement node, ReadOnlySpan<Step> steps)
    {
        foreach (var step in steps)
        {
            if (step.Name is null)
            {
                if (node.ValueKind != JsonValueKind.Array || step.Index >= node.GetArrayLength())
                {
                    return default;
                }

                node = node[step.Index];
            }
            else if (node.ValueKind != JsonValueKind.Object || !node.TryGetProperty(step.Name, out node))
            {
                return default;
            }
        }
        return node;
    }

    private void Place(Utf8JsonWriter writer, JsonElement node, ReadOnlySpan<Step> steps, JsonElement value)
    {
        if (steps.IsEmpty)
        {
            value.WriteTo(writer);
            return;
        }
        var step = steps[0];
        if (step.Name is null)
        {
            if (node.ValueKind != JsonValueKind.Array || step.Index >= node.GetArrayLength())
            {
                throw Mismatch();
            }

            writer.WriteStartArray();
            var index = 0;
            foreach (var element in node.EnumerateArray())
            {
                if (index++ == step.Index)
                {
                    Place(writer, element, steps[1..], value);
                }
                else
                {
                    element.WriteTo(writer);
                }
            }

            writer.WriteEndArray();
            return;
        }
        if (node.ValueKind is not (JsonValueKind.Object or JsonValueKind.Undefined))
        {
            throw Mismatch();
        }

        writer.WriteStartObject();
        var placed = false;
        if (node.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in node.EnumerateObject())
            {
                if (member.NameEquals(step.Name))
                {
                    writer.WritePropertyName(step.Name);
                    Place(writer, member.Value, steps[1..], value);
                    placed = true;
                }
                else
                {
                    member.WriteTo(writer);
                }
            }
        }

        if (!placed)
        {
            writer.WritePropertyName(step.Name);
            Place(writer, default, steps[1..], value);
        }
        writer.WriteEndObject();
    }

    private StateFailure Mismatch() =>
        new(ErrorNames.ResultPathMatchFailure, $"The ResultPath '{_text}' cannot be applied to the state's input.");

    private static Step ParseStep(string text, ref int at)
    {
        if (text[at] == '.')
        {
            var start = ++at;
            while (at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] is '_' or '-'))
            {
                at++;
            }

            return at > start ? new(text[start..at], 0) : throw Unsupported(text, start);
        }
        if (text[at] != '[' || ++at == text.Length)
        {
            throw Unsupported(text, at);
        }

        Step step;
        if (text[at] is '\'' or '"')
        {
            var end = text.IndexOf(text[at], at + 1);
            if (end <= at + 1 || text.AsSpan(at, end - at).Contains('\\'))
            {
                throw Unsupported(text, at);
            }

            step = new(text[(at + 1)..end], 0);
            at = end + 1;
        }
        else
        {
            var start = at;
            while (at < text.Length && char.IsAsciiDigit(text[at]))
            {
                at++;
            }

            if (!int.TryParse(text.AsSpan(start, at - start), NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            {
                throw Unsupported(text, start);
            }

            step = new(null, index);
        }
        if (at == text.Length || text[at++] != ']')
        {
            throw Unsupported(text, at);
        }

        return step;
    }

    private static FormatException Unsupported(string text, int at) =>
        new($"the path '{text}' has something at character {at} that is not supported; members (.name, ['name']) and elements ([0]) are");

    private static void RefuseUnknownContext(string text, List<Step> steps)
    {
        if (steps.Count == 0)
        {
            return;
        }

        string[]? fields = steps[0].Name switch
        {
            "Execution" => ["Id", "Input", "Name", "RedriveCount", "RedriveTime", "RoleArn", "StartTime"],
            "State" => ["EnteredTime", "Name", "RetryCount"],
            "StateMachine" => ["Id", "Name"],
            "Map" => ["Item"],
            _ => null,
        };
        var known = fields is not null && (steps.Count == 1 || fields.Contains(steps[1].Name))
            && (steps[0].Name != "Map" || steps.Count < 3 || steps[2].Name is "Index" or "Value");
        if (!known)
        {
            throw new FormatException($"the context object has no '{text}', or none that is supported");
        }
    }
}
