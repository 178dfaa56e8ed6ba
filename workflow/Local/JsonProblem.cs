using System.Text;
using System.Text.Json;

namespace PySpotify.Workflow.Local;

/// <summary>What is wrong with a text that people wrote as JSON, in words for people.</summary>
internal static class JsonProblem
{
    /// <summary>Names the line and what is wrong there.</summary>
    /// <param name="text">The text.</param>
    /// <param name="e">What the parser found.</param>
    public static string In(string text, JsonException e)
    {
        var lines = text.TrimEnd().Split('\n');
        var number = (int)Math.Min(e.LineNumber ?? 0, lines.Length - 1);
        var bytes = Encoding.UTF8.GetBytes(lines[number]);
        var rest = Encoding.UTF8.GetString(bytes.AsSpan((int)Math.Min(e.BytePositionInLine ?? 0, bytes.Length))).Trim();
        return text.Trim() is "" ? "it is empty" : $"line {number + 1}: {Describe(rest, isLastLine: number == lines.Length - 1)}";
    }

    private static string Describe(string rest, bool isLastLine) => rest switch
    {
        "" when isLastLine => "it ends before a bracket, brace or quotation mark is closed",
        "" => "a quotation mark is missing at the end of the line",
        ['\'', ..] or ['\u2018' or '\u2019' or '\u201c' or '\u201d' or '\u201e', ..] => $"write \" in place of {rest[0]}",
        ['/' or '#', ..] => "comments are not allowed",
        [']' or '}', ..] => $"{rest[0]} is not expected here; is there a comma too many before it, or another bracket to close first?",
        ['"', ..] => "\" is not expected here; is a comma or a colon missing before it?",
        _ => $"{(char.IsSurrogate(rest[0]) ? rest[..2] : rest[..1])} is not expected here; text needs quotation marks",
    };
}
