using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using PySpotify.Functions;

namespace PySpotify.Workflow.Cli;

/// <summary>The usual help, with an example below it, and the environment's variables where settings are used.</summary>
internal sealed class Help(HelpAction usual) : SynchronousCommandLineAction
{
    private static readonly Dictionary<string, string> Examples = new()
    {
        ["run"] = "pyspotify run --input my-lists.json",
        ["redrive"] = "pyspotify redrive",
        ["executions"] = "pyspotify executions",
        ["setup"] = "pyspotify setup",
        ["check"] = "pyspotify check",
        ["login"] = "pyspotify login --port 8888",
        ["logout"] = "pyspotify logout",
        ["query"] = "pyspotify query movers --format csv",
        ["sql"] = "pyspotify sql \"SELECT track FROM charts WHERE rank = 1\"",
        ["tables"] = "pyspotify tables",
        ["pull"] = "pyspotify pull s3://my-raw-bucket --region eu-central-1",
        ["report"] = "pyspotify report",
        ["refine"] = "pyspotify refine",
        ["popularity"] = "pyspotify query popularity --track https://open.spotify.com/track/PasteYourSongsLinkHere",
    };

    private static readonly string[] Settings =
        [SettingNames.ClientId, SettingNames.ClientSecret, SettingNames.RefreshToken, SettingNames.Concurrency, SettingNames.ApiUrl, SettingNames.AccountsUrl];

    /// <summary>Adds the examples to a command line's help.</summary>
    public static void AddTo(RootCommand root)
    {
        var option = root.Options.OfType<HelpOption>().Single();
        option.Action = new Help((HelpAction)option.Action!);
    }

    public override int Invoke(ParseResult parseResult)
    {
        var exitCode = usual.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        var command = parseResult.CommandResult.Command;
        output.WriteLine("Example:");
        output.WriteLine($"  {Examples.GetValueOrDefault(command.Name) ?? (command is RootCommand ? "pyspotify setup" : $"pyspotify query {command.Name}")}");
        if (command is RootCommand || command.Name is "run" or "redrive" or "setup" or "check" or "login" or "logout")
        {
            output.WriteLine();
            output.WriteLine("Environment variables:");
            output.WriteLine($"  {string.Join(", ", Settings.Take(3).Select(SettingNames.InEnvironment))},");
            output.WriteLine($"  {string.Join(", ", Settings.Skip(3).Select(SettingNames.InEnvironment))}");
        }

        if (command.Name is "pull")
        {
            output.WriteLine();
            output.WriteLine("Environment variables:");
            output.WriteLine("  AWS_PROFILE, AWS_REGION, and AWS's other usual ones");
        }

        return exitCode;
    }
}
