using System.Globalization;
using Spectre.Console;

namespace PySpotify.Workflow.Cli;

/// <summary>Text as consoles and files show it.</summary>
internal static class DisplayText
{
    /// <summary>Replaces characters with which a name could control a terminal, break a line or turn the direction of writing.</summary>
    public static string Clean(string text) =>
        text.Any(IsUnsafe) ? new string([.. text.Select(c => IsUnsafe(c) ? ' ' : c)]) : text;

    /// <summary>A table's value as text.</summary>
    public static string Cell(object? value) =>
        value is byte[] bytes ? Convert.ToHexString(bytes) : Clean(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");

    /// <summary>Names in a sentence, the first few of many.</summary>
    public static string Shorten(IReadOnlyList<string> names, int most) =>
        Clean(string.Join(", ", names.Take(most)) + (names.Count > most ? $" and {names.Count - most} more" : ""));

    /// <summary>How long ago something was, as people say it.</summary>
    public static string Ago(TimeSpan time) => time switch
    {
        { TotalMinutes: < 1 } => "just now",
        { TotalHours: < 1 } => $"{Count((int)time.TotalMinutes, "minute")} ago",
        { TotalDays: < 1 } => $"{Count((int)time.TotalHours, "hour")} ago",
        _ => $"{Count((int)time.TotalDays, "day")} ago",
    };

    /// <summary>Whether somebody looks at the output, in place of a file or another program that reads it.</summary>
    public static bool IsTerminal(this IAnsiConsole console) => console.Profile.Out.IsTerminal;

    /// <summary>Writes a line as it is. Spectre.Console would break it where its width ends, which tears paths and addresses apart.</summary>
    public static void WriteText(this IAnsiConsole console, string line = "") => console.Profile.Out.Writer.WriteLine(line);

    /// <summary>A file's path, on a terminal that knows links as one (OSC 8).</summary>
    public static string Link(this IAnsiConsole console, string path) => console.IsTerminal() && console.Profile.Capabilities.Links
        ? $"\e]8;;{new Uri(path).AbsoluteUri}\e\\{path}\e]8;;\e\\"
        : path;

    private static string Count(int number, string unit)
    {
        string[] words = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
        var shown = number < words.Length ? words[number] : number.ToString(CultureInfo.InvariantCulture);
        return $"{shown} {unit}{(number == 1 ? "" : "s")}";
    }

    private static bool IsUnsafe(char c) =>
        char.IsControl(c) || c is '\u2028' or '\u2029' or '\u200e' or '\u200f' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');
}
