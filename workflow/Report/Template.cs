using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using PySpotify.Workflow.Cli;

namespace PySpotify.Workflow.Report;

/// <summary>
/// A page with places for its data, in the part of Mustache that the pages need: <c>{{name}}</c>, <c>{{{markup}}}</c>,
/// <c>{{#each}}…{{/each}}</c> for a list, an object or where something is true, <c>{{^none}}…{{/none}}</c> where not.
/// </summary>
internal sealed partial class Template
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private readonly string _name;
    private readonly List<Part> _parts;

    /// <param name="name">What errors call it.</param>
    /// <param name="text">Its text; lines lose their indentation.</param>
    public Template(string name, string text)
    {
        _name = name;
        var dense = Indentation().Replace(text.ReplaceLineEndings("\n"), "\n");
        var tags = new Queue<Match>(Tag().Matches(dense));
        var start = 0;
        _parts = Parse(null);

        List<Part> Parse(string? section)
        {
            List<Part> parts = [];
            while (tags.TryDequeue(out var tag))
            {
                parts.Add(new('t', dense[start..tag.Index], []));
                start = tag.Index + tag.Length;
                var (kind, name) = (tag.Groups["kind"].Value, tag.Groups["name"].Value);
                if (kind == "/")
                {
                    return name == section ? parts : throw new FormatException($"{_name}: '{name}' ends where '{section}' is open.");
                }

                parts.Add(kind is "#" or "^" ? new(kind[0], name, Parse(name)) : new(tag.Value.StartsWith("{{{", StringComparison.Ordinal) ? 'm' : 'v', name, []));
            }

            parts.Add(new('t', dense[start..], []));
            return section is null ? parts : throw new FormatException($"{_name}: '{section}' does not end.");
        }
    }

    /// <summary>Puts the data in.</summary>
    /// <param name="data">The page's data.</param>
    /// <param name="common">What all pages share.</param>
    /// <exception cref="FormatException">Neither has a name that the template has.</exception>
    public string Render(JsonElement data, JsonElement common)
    {
        var page = new StringBuilder();
        Write(_parts, new([common, data]), page);
        return page.ToString();
    }

    private void Write(List<Part> parts, Stack<JsonElement> scopes, StringBuilder page)
    {
        foreach (var part in parts)
        {
            switch (part.Kind)
            {
                case 't':
                    page.Append(part.Text);
                    break;
                case 'v':
                    page.Append(Encoder.Encode(DisplayText.Clean(TextOf(Find(part.Text, scopes)))));
                    break;
                case 'm':
                    page.Append(TextOf(Find(part.Text, scopes)));
                    break;
                case '^':
                    Write(IsThere(Find(part.Text, scopes)) ? [] : part.Parts, scopes, page);
                    break;
                default:
                    foreach (var item in ItemsOf(Find(part.Text, scopes)))
                    {
                        scopes.Push(item);
                        Write(part.Parts, scopes, page);
                        scopes.Pop();
                    }

                    break;
            }
        }
    }

    private JsonElement Find(string name, Stack<JsonElement> scopes)
    {
        if (name == ".")
        {
            return scopes.Peek();
        }

        foreach (var scope in scopes)
        {
            if (scope.ValueKind == JsonValueKind.Object && scope.TryGetProperty(name, out var value))
            {
                return value;
            }
        }

        throw new FormatException($"{_name}: the data has no '{name}'.");
    }

    private static List<JsonElement> ItemsOf(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : IsThere(value) ? [value] : [];

    private static bool IsThere(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.False => false,
        JsonValueKind.Array => value.GetArrayLength() > 0,
        _ => true,
    };

    private static string TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => "",
        JsonValueKind.Number => value.GetInt64().ToString("N0", CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };

    /// <summary>A piece of a template.</summary>
    /// <param name="Kind">t: text; v: a value; m: markup; # and ^: a section.</param>
    /// <param name="Text">The text, or the name.</param>
    /// <param name="Parts">What is in the section.</param>
    private sealed record Part(char Kind, string Text, List<Part> Parts);

    [GeneratedRegex(@"\n\s+")]
    private static partial Regex Indentation();

    [GeneratedRegex(@"\{\{\{(?<name>\w+)\}\}\}|\{\{(?<kind>[#^/]?)(?<name>\w+|\.)\}\}")]
    private static partial Regex Tag();
}
