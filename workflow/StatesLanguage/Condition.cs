using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace PySpotify.Workflow.StatesLanguage;

/// <summary>What a rule of a Choice asks.</summary>
internal delegate bool Condition(Data data);

/// <summary>The comparisons of Choice rules.</summary>
internal static partial class Comparison
{
    private static readonly string[] Types = ["String", "Numeric", "Boolean", "Timestamp"];

    /// <summary>Compiles one comparison of the node that <paramref name="variable"/> leads to.</summary>
    /// <returns>Null if there is no operator of that name.</returns>
    /// <exception cref="FormatException">The operand does not fit the operator.</exception>
    public static Condition? Parse(string name, JsonPath variable, JsonElement operand)
    {
        if (name.StartsWith("Is", StringComparison.Ordinal))
        {
            return ParseKind(name, variable, operand);
        }

        if (name == "StringMatches")
        {
            var pattern = Pattern(operand.ValueKind == JsonValueKind.String ? operand.GetString()! : throw Operand("string"));
            return data => variable.Get(data, "Variable") is { ValueKind: JsonValueKind.String } text && pattern.IsMatch(text.GetString()!);
        }
        var isPath = name.EndsWith("Path", StringComparison.Ordinal);
        var plain = isPath ? name[..^4] : name;
        var type = Array.Find(Types, type => plain.StartsWith(type, StringComparison.Ordinal));
        Func<int, bool>? holds = type is null ? null : plain[type.Length..] switch
        {
            "Equals" => order => order == 0,
            "LessThan" when type != "Boolean" => order => order < 0,
            "GreaterThan" when type != "Boolean" => order => order > 0,
            "LessThanEquals" when type != "Boolean" => order => order <= 0,
            "GreaterThanEquals" when type != "Boolean" => order => order >= 0,
            _ => null,
        };
        if (holds is null)
        {
            return null;
        }

        if (isPath)
        {
            var other = JsonPath.Parse(operand.ValueKind == JsonValueKind.String ? operand.GetString()! : throw Operand("path"));
            return data => Order(type!, variable.Get(data, "Variable"), other.Get(data, name)) is int order && holds(order);
        }
        if (Order(type!, operand, operand) is null)
        {
            throw Operand(type!.ToLowerInvariant());
        }

        return data => Order(type!, variable.Get(data, "Variable"), operand) is int order && holds(order);
    }

    /// <summary>A time as in RFC 3339, with an upper-case T.</summary>
    public static DateTimeOffset? Timestamp(string text) =>
        Rfc3339().IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out var time) ? time : null;

    /// <summary>Below, at or above 0 as left is to right; null where one of them is of another type.</summary>
    private static int? Order(string type, JsonElement left, JsonElement right) => (type, left.ValueKind, right.ValueKind) switch
    {
        ("String", JsonValueKind.String, JsonValueKind.String) => string.CompareOrdinal(left.GetString(), right.GetString()),
        ("Timestamp", JsonValueKind.String, JsonValueKind.String) =>
            Timestamp(left.GetString()!) is { } from && Timestamp(right.GetString()!) is { } to ? from.CompareTo(to) : null,
        ("Numeric", JsonValueKind.Number, JsonValueKind.Number) => left.TryGetDecimal(out var a) && right.TryGetDecimal(out var b)
            ? a.CompareTo(b)
            : left.GetDouble().CompareTo(right.GetDouble()),
        ("Boolean", JsonValueKind.True or JsonValueKind.False, JsonValueKind.True or JsonValueKind.False) =>
            left.GetBoolean().CompareTo(right.GetBoolean()),
        _ => null,
    };

    private static Condition? ParseKind(string name, JsonPath variable, JsonElement operand)
    {
        Func<JsonElement, bool>? isKind = name switch
        {
            "IsPresent" => node => node.ValueKind != JsonValueKind.Undefined,
            "IsNull" => node => node.ValueKind == JsonValueKind.Null,
            "IsString" => node => node.ValueKind == JsonValueKind.String,
            "IsNumeric" => node => node.ValueKind == JsonValueKind.Number,
            "IsBoolean" => node => node.ValueKind is JsonValueKind.True or JsonValueKind.False,
            "IsTimestamp" => node => node.ValueKind == JsonValueKind.String && Timestamp(node.GetString()!) is not null,
            _ => null,
        };
        if (isKind is null)
        {
            return null;
        }

        if (operand.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            throw Operand("boolean");
        }

        var expected = operand.GetBoolean();
        return name == "IsPresent"
            ? data => isKind(variable.Find(data)) == expected
            : data => isKind(variable.Get(data, "Variable")) == expected;
    }

    /// <summary>A star stands for any text; <c>\*</c> and <c>\\</c> for a star and a backslash.</summary>
    private static Regex Pattern(string pattern)
    {
        StringBuilder regex = new(@"\A");
        for (var at = 0; at < pattern.Length; at++)
        {
            if (pattern[at] == '*')
            {
                regex.Append(".*");
            }
            else if (pattern[at] != '\\')
            {
                regex.Append(Regex.Escape(pattern[at].ToString()));
            }
            else if (++at < pattern.Length && pattern[at] is '*' or '\\')
            {
                regex.Append(Regex.Escape(pattern[at].ToString()));
            }
            else
            {
                throw new FormatException(@"a backslash must stand before * or \");
            }
        }
        return new(regex.Append(@"\z").ToString(), RegexOptions.Singleline | RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
    }

    private static FormatException Operand(string expected) => new($"it must be a {expected}");

    [GeneratedRegex(@"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)\z", RegexOptions.ECMAScript)]
    private static partial Regex Rfc3339();
}
