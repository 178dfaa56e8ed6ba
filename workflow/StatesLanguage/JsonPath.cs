using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace PySpotify.Workflow.StatesLanguage;

/// <summary>
/// A path into a payload, or with <c>$$</c> into the context object: members (<c>.name</c>),
/// elements (<c>[0]</c>) and wildcards (<c>[*]</c>).
/// </summary>
internal sealed partial class JsonPath
{
    private static readonly string[] ContextPaths =
        ["$$.Execution.Input", "$$.Execution.Name", "$$.Execution.RedriveCount", "$$.Execution.StartTime", "$$.State.Name", "$$.Map.Item.Value"];

    private readonly string _text;

    // Names of members, indexes as [0]; null for a wildcard.
    private readonly string?[] _steps;
    private readonly bool _isContext;
    private readonly bool _hasWildcard;

    private JsonPath(string text, string?[] steps, bool isContext)
    {
        (_text, _steps, _isContext) = (text, steps, isContext);
        _hasWildcard = steps.Contains(null);
    }

    /// <summary>The payload itself.</summary>
    public static JsonPath Root { get; } = new("$", [], false);

    /// <summary>Parses a path.</summary>
    /// <exception cref="FormatException">The text is not a path, or has more than members, elements and wildcards.</exception>
    public static JsonPath Parse(string text)
    {
        if (!text.StartsWith('$'))
        {
            throw new FormatException($"'{text}' is not a path; it must start with $");
        }

        if (text == "$")
        {
            return Root;
        }

        var isContext = text.StartsWith("$$", StringComparison.Ordinal);
        List<string?> steps = [];
        for (var at = isContext ? 2 : 1; at < text.Length;)
        {
            steps.Add(ParseStep(text, ref at));
        }

        return !isContext || Array.Exists(ContextPaths, known =>
                text.StartsWith(known, StringComparison.Ordinal) && (text.Length == known.Length || text[known.Length] is '.' or '['))
            ? new(text, [.. steps], isContext)
            : throw new FormatException($"'{text}' of the context object is not supported");
    }

    /// <summary>Parses a path that leads to one node.</summary>
    /// <exception cref="FormatException">The text is not a path, or has more than members.</exception>
    public static JsonPath ParseReference(string text)
    {
        var path = Parse(text);
        return path._hasWildcard ? throw new FormatException($"'{text}' may lead to several nodes; a wildcard is not supported here") : path;
    }

    /// <summary>Parses a path to one node of a payload.</summary>
    /// <exception cref="FormatException">The text is not a path, has more than members, or leads into the context object.</exception>
    public static JsonPath ParseResultPath(string text)
    {
        var path = ParseReference(text);
        return path._isContext ? throw new FormatException("it cannot lead into the context object")
            : Array.Exists(path._steps, step => step!.StartsWith('[')) ? throw new FormatException("it cannot lead into an array")
            : path;
    }

    /// <summary>The node that the path leads to; an array of all nodes where it has a wildcard.</summary>
    /// <exception cref="StateFailure">It leads to nothing and has no wildcard; States.Runtime.</exception>
    public JsonElement Get(Data data, string field)
    {
        var found = Find(data);
        return found.ValueKind != JsonValueKind.Undefined
            ? found
            : throw new StateFailure(ErrorNames.Runtime, $"The path '{_text}' of the field '{field}' leads to nothing in the input.");
    }

    /// <summary>As <see cref="Get"/>; of kind Undefined where it leads to nothing.</summary>
    public JsonElement Find(Data data)
    {
        var root = _isContext ? data.Context[_steps[0]!] : data.Input;
        IEnumerable<JsonElement> nodes = [root];
        foreach (var step in _steps.Skip(_isContext ? 1 : 0))
        {
            nodes = nodes.SelectMany(node => Follow(node, step));
        }

        return _hasWildcard ? Json.Array(nodes) : nodes.FirstOrDefault();
    }

    /// <summary>What <paramref name="root"/> is with <paramref name="value"/> where the path leads. Members that
    /// are missing on the way are created.</summary>
    /// <exception cref="StateFailure">The path leads through something that is not an object; States.ResultPathMatchFailure.</exception>
    public JsonElement Set(JsonElement root, JsonElement value) =>
        _steps.Length == 0 ? value : Json.Element(writer => Write(writer, root, _steps, value));

    public override string ToString() => _text;

    private static IEnumerable<JsonElement> Follow(JsonElement node, string? step) => (node.ValueKind, step) switch
    {
        (JsonValueKind.Object, null) => node.EnumerateObject().Select(member => member.Value),
        (JsonValueKind.Array, null) => node.EnumerateArray(),
        (JsonValueKind.Array, ['[', .. var index, ']']) => node.EnumerateArray().Skip(int.Parse(index, CultureInfo.InvariantCulture)).Take(1),
        (JsonValueKind.Object, { } name) when node.TryGetProperty(name, out var member) => [member],
        _ => [],
    };

    private void Write(Utf8JsonWriter writer, JsonElement node, ReadOnlySpan<string?> steps, JsonElement value)
    {
        if (steps.IsEmpty)
        {
            value.WriteTo(writer);
            return;
        }

        if (node.ValueKind is not (JsonValueKind.Object or JsonValueKind.Undefined))
        {
            throw new StateFailure(ErrorNames.ResultPathMatchFailure, $"The ResultPath '{_text}' cannot be applied to the state's input.");
        }

        IEnumerable<JsonProperty> members = node.ValueKind == JsonValueKind.Object ? node.EnumerateObject() : [];
        var isWritten = false;
        writer.WriteStartObject();
        foreach (var member in members)
        {
            if (!member.NameEquals(steps[0]))
            {
                member.WriteTo(writer);
                continue;
            }

            writer.WritePropertyName(steps[0]!);
            Write(writer, member.Value, steps[1..], value);
            isWritten = true;
        }

        if (!isWritten)
        {
            writer.WritePropertyName(steps[0]!);
            Write(writer, default, steps[1..], value);
        }

        writer.WriteEndObject();
    }

    private static string? ParseStep(string text, ref int at)
    {
        var start = at;
        if (text.AsSpan(at).StartsWith("[*]"))
        {
            at += 3;
            return null;
        }

        if (Index().Match(text, at) is { Success: true } index)
        {
            at += index.Length;
            return index.Value;
        }

        if (text[at++] == '.')
        {
            while (at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] is '_' or '-'))
            {
                at++;
            }
        }

        return at > start + 1
            ? text[(start + 1)..at]
            : throw new FormatException($"the path '{text}' has something at character {start} that is not supported; members (.name), elements ([0]) and wildcards ([*]) are");
    }

    [GeneratedRegex(@"\G\[[0-9]{1,4}\]")]
    private static partial Regex Index();
}
