using System.Globalization;
using System.Text;
using System.Text.Json;

namespace PySpotify.Workflow.StatesLanguage;

/// <summary>The intrinsic functions, as in https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html:
/// Format, JsonMerge, StringToJson, JsonToString, Array, ArrayGetItem, ArrayLength, StringSplit, MathAdd.</summary>
internal static class Intrinsic
{
    private const int MaxDepth = 10;

    private delegate JsonElement Function(JsonElement[] arguments);

    // Value is null for what only the payload tells. Pieces are the texts around each {} of a string literal.
    private readonly record struct Argument(Expression Expression, JsonElement? Value = null, string[]? Pieces = null);

    /// <summary>Compiles a call, its nested calls included.</summary>
    /// <exception cref="FormatException">It is no call, or one of a function that is not supported.</exception>
    public static Expression Parse(string text, string field)
    {
        var at = 0;
        var call = ParseCall(text, field, ref at, 1);
        return at == text.Length ? call : throw Malformed(text, at);
    }

    private static Expression ParseCall(string text, string field, ref int at, int depth)
    {
        var open = text.IndexOf('(', at);
        if (open < 0 || !text.AsSpan(at).StartsWith("States."))
        {
            throw new FormatException($"'{text}' is neither a path nor an intrinsic function");
        }

        if (depth > MaxDepth)
        {
            throw new FormatException($"'{text}' nests more than {MaxDepth} intrinsic functions");
        }

        var name = text[at..open];
        at = open + 1;
        List<Argument> arguments = [];
        SkipSpace(text, ref at);
        if (at < text.Length && text[at] == ')')
        {
            at++;
        }
        else
        {
            while (true)
            {
                arguments.Add(ParseArgument(text, field, ref at, depth));
                SkipSpace(text, ref at);
                if (at == text.Length || text[at] is not (',' or ')'))
                {
                    throw Malformed(text, at);
                }

                if (text[at++] == ')')
                {
                    break;
                }
            }
        }

        return Compile(name, arguments);
    }

    private static Argument ParseArgument(string text, string field, ref int at, int depth)
    {
        SkipSpace(text, ref at);
        var start = at;
        if (at < text.Length && text[at] == '\'')
        {
            for (at++; at < text.Length && text[at] != '\''; at++)
            {
                if (text[at] == '\\')
                {
                    at++;
                }
            }

            if (at >= text.Length)
            {
                throw Malformed(text, start);
            }

            var pieces = SplitLiteral(text[(start + 1)..at++]);
            return Constant(Text(string.Join("{}", pieces)), pieces);
        }
        if (at < text.Length && text[at] == '$')
        {
            for (var quote = '\0'; at < text.Length && (quote != '\0' || !(text[at] is ',' or ')' || char.IsWhiteSpace(text[at]))); at++)
            {
                if (quote != '\0')
                {
                    quote = text[at] == quote ? '\0' : quote;
                }
                else if (text[at] is '\'' or '"')
                {
                    quote = text[at];
                }
            }

            var path = JsonPath.Parse(text[start..at]);
            return new(data => path.Get(data, field));
        }
        if (text.AsSpan(at).StartsWith("States."))
        {
            return new(ParseCall(text, field, ref at, depth + 1));
        }

        while (at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] is '-' or '+' or '.'))
        {
            at++;
        }

        try
        {
            return Constant(Json.Parse(text[start..at]));
        }
        catch (JsonException)
        {
            throw Malformed(text, start);
        }
    }

    private static Argument Constant(JsonElement value, string[]? pieces = null) => new(_ => value, value, pieces);

    private static Expression Compile(string name, List<Argument> arguments)
    {
        if (name == "States.Format")
        {
            return CompileFormat(arguments);
        }

        (var min, var max, var function) = name switch
        {
            "States.Array" => (0, int.MaxValue, MakeArray),
            "States.ArrayGetItem" => (2, 2, ArrayGetItem),
            "States.ArrayLength" => (1, 1, ArrayLength),
            "States.JsonMerge" => (3, 3, JsonMerge),
            "States.JsonToString" => (1, 1, JsonToString),
            "States.MathAdd" => (2, 2, MathAdd),
            "States.StringSplit" => (2, 2, StringSplit),
            "States.StringToJson" => (1, 1, (Function)StringToJson),
            _ => throw new FormatException($"the intrinsic function {name} is not supported"),
        };
        if (arguments.Count < min || arguments.Count > max)
        {
            throw new FormatException($"{name} takes {min} arguments, not {arguments.Count}");
        }

        if (name == "States.JsonMerge" && arguments[2].Value is { ValueKind: not JsonValueKind.False })
        {
            throw new FormatException("the third argument of States.JsonMerge must be false: AWS merges shallowly only");
        }

        Expression[] expressions = [.. arguments.Select(argument => argument.Expression)];
        return data => function(Array.ConvertAll(expressions, expression => expression(data)));
    }

    private static Expression CompileFormat(List<Argument> arguments)
    {
        if (arguments.Count == 0)
        {
            throw new FormatException("States.Format takes a template");
        }

        Expression[] values = [.. arguments.Skip(1).Select(argument => argument.Expression)];
        if (arguments[0].Value is { ValueKind: not JsonValueKind.String })
        {
            throw new FormatException("the template of States.Format must be a string");
        }

        if (arguments[0].Pieces is { } pieces)
        {
            return pieces.Length == values.Length + 1
                ? data => Format(pieces, values, data)
                : throw new FormatException($"the template of States.Format has {pieces.Length - 1} {{}} for {values.Length} values");
        }

        var template = arguments[0].Expression;
        return data =>
        {
            var text = String(template(data), "States.Format");
            // What AWS does with escapes that come from the payload is not documented.
            if (text.Contains('\\'))
            {
                throw Failure("States.Format: a template from the payload must have no backslash.");
            }

            var split = text.Split("{}");
            return split.Length == values.Length + 1
                ? Format(split, values, data)
                : throw Failure($"States.Format: the template has {split.Length - 1} {{}} for {values.Length} values.");
        };
    }

    private static JsonElement Format(string[] pieces, Expression[] values, Data data)
    {
        StringBuilder text = new(pieces[0]);
        for (var i = 0; i < values.Length; i++)
        {
            var value = values[i](data);
            text.Append(value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Array or JsonValueKind.Object =>
                    throw Failure("States.Format: a value must be a string, number, boolean or null; use States.JsonToString."),
                _ => value.GetRawText(),
            });
            text.Append(pieces[i + 1]);
        }
        return Text(text.ToString());
    }

    /// <summary>The texts around each <c>{}</c> of a literal. In them <c>\'</c>, <c>\{</c>, <c>\}</c> and <c>\\</c> stand
    /// for what follows the backslash.</summary>
    private static string[] SplitLiteral(string literal)
    {
        List<string> pieces = [];
        StringBuilder piece = new();
        for (var at = 0; at < literal.Length; at++)
        {
            var next = at + 1 < literal.Length ? literal[at + 1] : '\0';
            switch (literal[at])
            {
                case '\\' when next is '\'' or '{' or '}' or '\\':
                    piece.Append(next);
                    at++;
                    break;
                case '\\':
                    throw new FormatException($"in '{literal}' a backslash stands before something other than ' {{ }} \\");
                case '{' when next == '}':
                    pieces.Add(piece.ToString());
                    piece.Clear();
                    at++;
                    break;
                case '{' or '}':
                    throw new FormatException($"in '{literal}' a brace that is not {{}} must be escaped by a backslash");
                default:
                    piece.Append(literal[at]);
                    break;
            }
        }
        pieces.Add(piece.ToString());
        return [.. pieces];
    }

    private static JsonElement MakeArray(JsonElement[] items) => Json.Element(writer =>
    {
        writer.WriteStartArray();
        foreach (var item in items)
        {
            item.WriteTo(writer);
        }

        writer.WriteEndArray();
    });

    private static JsonElement ArrayGetItem(JsonElement[] arguments)
    {
        var array = OfKind(arguments[0], JsonValueKind.Array, "States.ArrayGetItem");
        return arguments[1].ValueKind == JsonValueKind.Number && arguments[1].TryGetInt32(out var index)
            && index >= 0 && index < array.GetArrayLength()
            ? array[index]
            : throw Failure($"States.ArrayGetItem: there is no item {arguments[1]} in an array of {array.GetArrayLength()}.");
    }

    private static JsonElement ArrayLength(JsonElement[] arguments) =>
        Number(OfKind(arguments[0], JsonValueKind.Array, "States.ArrayLength").GetArrayLength());

    private static JsonElement JsonMerge(JsonElement[] arguments)
    {
        if (arguments[2].ValueKind != JsonValueKind.False)
        {
            throw Failure("States.JsonMerge: the third argument must be false.");
        }

        var left = OfKind(arguments[0], JsonValueKind.Object, "States.JsonMerge");
        var right = OfKind(arguments[1], JsonValueKind.Object, "States.JsonMerge");
        return Json.Element(writer =>
        {
            writer.WriteStartObject();
            foreach (var member in left.EnumerateObject())
            {
                if (!right.TryGetProperty(member.Name, out _))
                {
                    member.WriteTo(writer);
                }
            }

            foreach (var member in right.EnumerateObject())
            {
                member.WriteTo(writer);
            }

            writer.WriteEndObject();
        });
    }

    private static JsonElement JsonToString(JsonElement[] arguments) => Text(Json.Write(arguments[0].WriteTo));

    private static JsonElement StringToJson(JsonElement[] arguments)
    {
        try
        {
            return Json.Parse(String(arguments[0], "States.StringToJson"));
        }
        catch (JsonException e)
        {
            throw Failure($"States.StringToJson: the string is not JSON. {e.Message}");
        }
    }

    private static JsonElement MathAdd(JsonElement[] arguments)
    {
        var sum = arguments.Sum(argument =>
            OfKind(argument, JsonValueKind.Number, "States.MathAdd").TryGetDouble(out var number)
            && number is >= int.MinValue and <= int.MaxValue
                ? (long)Math.Round(number, MidpointRounding.AwayFromZero)
                : throw Failure($"States.MathAdd: {argument} is not between {int.MinValue} and {int.MaxValue}."));
        return sum is >= int.MinValue and <= int.MaxValue
            ? Number(sum)
            : throw Failure($"States.MathAdd: the sum {sum} is not between {int.MinValue} and {int.MaxValue}.");
    }

    /// <summary>Every character of the second argument separates; separators side by side count as one.</summary>
    private static JsonElement StringSplit(JsonElement[] arguments)
    {
        string text = String(arguments[0], "States.StringSplit"), separators = String(arguments[1], "States.StringSplit");
        // Split without separators would split at white space.
        var parts = separators.Length == 0 ? [text] : text.Split(separators.ToCharArray(), StringSplitOptions.RemoveEmptyEntries);
        return MakeArray(Array.ConvertAll(parts, Text));
    }

    private static JsonElement OfKind(JsonElement value, JsonValueKind kind, string function) => value.ValueKind == kind
        ? value
        : throw Failure($"{function}: {value.ValueKind} where {kind} was expected.");

    private static string String(JsonElement value, string function) => OfKind(value, JsonValueKind.String, function).GetString()!;

    private static JsonElement Text(string text) => Json.Element(writer => writer.WriteStringValue(text));

    private static JsonElement Number(long number) => Json.Parse(number.ToString(CultureInfo.InvariantCulture));

    private static StateFailure Failure(string cause) => new(ErrorNames.IntrinsicFailure, cause);

    private static FormatException Malformed(string text, int at) => new($"the intrinsic function '{text}' is malformed at character {at}");

    private static void SkipSpace(string text, ref int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
        {
            at++;
        }
    }
}
