using System.CommandLine;
using System.CommandLine.Parsing;
using PySpotify.Workflow.Local;
using Spectre.Console;

namespace PySpotify.Workflow.Cli;

/// <summary>The options that several commands have.</summary>
internal static class Options
{
    /// <summary>What <see cref="Format"/> is without it.</summary>
    public const string Table = "table";

    public static Option<string> Data()
    {
        var data = new Option<string>("--data")
        {
            Description = "The data folder. Without it, the sample goes to data/sample.",
            HelpName = "folder",
            DefaultValueFactory = _ => "data",
            Recursive = true,
        };
        data.Validators.Add(ExpectText);
        return data;
    }

    public static Option<bool> Verbose() => new("--verbose")
    {
        Description = "Show everything that is logged, and where an error happened.",
        Recursive = true,
    };

    public static Option<string?> Input()
    {
        var input = new Option<string?>("--input")
        {
            Description = "A JSON file that says what to read; without it, data/input.json, which `setup` writes.",
            HelpName = "file",
        };
        input.Validators.Add(ExpectText);
        return input;
    }

    /// <summary>A snapshot, by its day. Whoever thinks in weeks may call it <c>--week</c>.</summary>
    /// <param name="without">What happens without it.</param>
    public static Option<DateOnly?> SnapshotDate(string without) => new("--snapshot-date", "--week")
    {
        Description = $"The snapshot's date (default: {without}).",
        HelpName = "YYYY-MM-DD",
        CustomParser = ReadDate,
    };

    /// <summary>The folder that <see cref="Data"/> names, where settings and input are.</summary>
    public static DataFolder DataFolder(ParseResult arguments) => new(arguments.GetRequiredValue<string>("--data"));

    /// <summary>The folder to look into: where there is a sample only, the sample's.</summary>
    public static DataFolder FilledDataFolder(ParseResult arguments)
    {
        var data = DataFolder(arguments);
        return data.IsUsed || !data.Sample.IsUsed ? data : data.Sample;
    }

    /// <summary>The folder that was named, as it was written; null where none was.</summary>
    public static string? NamedDataFolder(ParseResult arguments) =>
        arguments.GetResult("--data") is OptionResult { Implicit: false, Tokens: [.., var folder] } ? folder.Value : null;

    /// <summary>How rows are written.</summary>
    public static Option<string> Format() =>
        new Option<string>("--format") { Description = "How to write the rows.", DefaultValueFactory = _ => Table }.AcceptOnlyFromAmong(Table, "csv", "json");

    /// <summary>Whether to print only errors.</summary>
    public static Option<bool> Quiet() => new("--quiet") { Description = "Print only errors." };

    /// <summary>The host of a command, quiet if that was asked for.</summary>
    public static Host Quieten(Host host, bool isQuiet) =>
        isQuiet ? host with { IsQuiet = true, Output = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(TextWriter.Null) }) } : host;

    /// <summary>Whether <see cref="Verbose"/> is set.</summary>
    public static bool IsVerbose(ParseResult arguments) => arguments.GetValue<bool>("--verbose");

    private static DateOnly? ReadDate(ArgumentResult argument)
    {
        var text = argument.Tokens.Single().Value;
        if (Days.TryParse(text, out var date))
        {
            return date;
        }

        argument.AddError($"'{text}' is not a date of the form YYYY-MM-DD, such as 2026-11-22.");
        return null;
    }

    /// <summary>Refuses an empty value.</summary>
    public static void ExpectText(OptionResult option)
    {
        if (option.Tokens is [{ Value: "" }])
        {
            option.AddError($"{option.Option.Name} is empty. Name a {option.Option.HelpName}.");
        }
    }
}
