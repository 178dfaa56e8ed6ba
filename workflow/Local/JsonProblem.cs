using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace PySpotify.Workflow.Local;

/// <summary>What is wrong with a text that people wrote as JSON, in words for people.</summary>
internal static partial class JsonProblem
{
    /// <summary>Names the line and what is wrong there.</summary>
    /// <param name="text">The text.</param>
    /// <param name="e">What the parser found.</param>
    public static string In(string text, JsonException e)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return "it is empty";
        }

        var lines = text.TrimEnd().Split('\n');
        var number = (int)Math.Min(e.LineNumber ?? 0, lines.Length - 1);
        var bytes = Encoding.UTF8.GetBytes(lines[number]);
        var position = (int)Math.Min(e.BytePositionInLine ?? 0, bytes.Length);
        var start = Encoding.UTF8.GetString(bytes.AsSpan(0, position));
        var rest = Encoding.UTF8.GetString(bytes.AsSpan(position)).TrimEnd('\r');
        var (isInText, depth, isEmpty) = Scan(string.Join('\n', lines[..number].Append(start)));
        return $"line {number + 1}: "
            + (isInText ? InText(start, rest, isLastLine: number == lines.Length - 1) : Outside(start, rest.Trim(), isAtEnd: depth == 0 && !isEmpty));
    }

    private static string InText(string start, string rest, bool isLastLine) => rest switch
    {
        _ when Hexadecimal().IsMatch(start + (rest is ['u', ..] ? "u" : "")) => "\\u is not followed by four hexadecimal digits",
        [var c, ..] when start.EndsWith('\\') => $"\\{c} is not an escape; write \\\\ for a backslash",
        ['\t', ..] => "a tab is not allowed in a text; write \\t",
        [var c, ..] when char.IsControl(c) => "a control character is not allowed in a text",
        _ => isLastLine ? End : "a quotation mark is missing at the end of the line",
    };

    private static string Outside(string start, string rest, bool isAtEnd) => rest switch
    {
        "" when !LastWord().IsMatch(start) => End,
        ['\'', ..] or ['\u2018' or '\u2019' or '\u201c' or '\u201d' or '\u201e', ..] => $"write \" in place of {rest[0]}",
        ['/' or '#', ..] => "comments are not allowed",
        _ when LastWord().Match(start) is { Success: true } word => $"{word.Value}{Word().Match(rest).Value} is not expected here; text needs quotation marks",
        _ when isAtEnd => $"{First(rest)} is not expected here, since the input ends before it; remove it",
        [',', ..] => "a comma is not expected here; remove it",
        _ when start is [.., '.' or '-' or '+'] => "a number ends too early",
        [>= '0' and <= '9', ..] when start.EndsWith('0') => "a number does not begin with 0",
        [']' or '}', ..] => $"{rest[0]} is not expected here; is there a comma too many before it, or another bracket to close first?",
        _ when start.TrimEnd() is [.., '"' or ']' or '}' or (>= '0' and <= '9')] => $"{First(rest)} is not expected here; is a comma or a colon missing before it?",
        ['"', ..] => "\" is not expected here; is a comma or a colon missing before it?",
        _ => $"{First(rest)} is not expected here; text needs quotation marks",
    };

    private const string End = "it ends before a bracket, brace or quotation mark is closed";

    /// <summary>Where a text ends: in a text of its own, so many brackets deep, and whether there was something in it.</summary>
    private static (bool IsInText, int Depth, bool IsEmpty) Scan(string text)
    {
        var (isInText, depth) = (false, 0);
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\\' when isInText:
                    i++;
                    break;
                case '"':
                    isInText = !isInText;
                    break;
                case '[' or '{' when !isInText:
                    depth++;
                    break;
                case ']' or '}' when !isInText:
                    depth--;
                    break;
            }
        }

        return (isInText, depth, string.IsNullOrWhiteSpace(text));
    }

    /// <summary>The first word, or else the first character.</summary>
    private static string First(string rest) => Word().Match(rest) is { Success: true } word ? word.Value
        : char.IsSurrogate(rest[0]) ? rest[..2]
        : rest[..1];

    [GeneratedRegex(@"\\u[0-9A-Fa-f]{0,3}$")]
    private static partial Regex Hexadecimal();

    [GeneratedRegex(@"[A-Za-z]{1,30}$")]
    private static partial Regex LastWord();

    [GeneratedRegex(@"^\w{1,30}")]
    private static partial Regex Word();
}
