using PySpotify.Functions;
using PySpotify.Tests;
using PySpotify.Workflow.Cli;
using Spectre.Console.Testing;

namespace PySpotify.Workflow.Tests;

/// <summary>What the command line says of itself: help, hints, lists.</summary>
public sealed class CommandLineTests
{
    private const string Day = "2026-11-20";

    [Theory]
    [InlineData("rnu", "run")]
    [InlineData("executoins", "executions")]
    [InlineData("reprot", "report")]
    public async Task A_mistyped_command_gets_a_suggestion(string typed, string meant)
    {
        await using var pyspotify = new Pyspotify();
        var error = (await pyspotify.RunAsync(typed)).Failed(exitCode: 2);
        Assert.Contains($"Did you mean one of the following?\n{meant}", error.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_commands_help_has_an_example_that_parses()
    {
        await using var pyspotify = new Pyspotify();
        var root = Commands.Create(new(null!, null!, _ => { }, TimeProvider.System));
        foreach (var command in root.Subcommands.Select(command => (string[])[command.Name]).Concat(root.Subcommands.Single(command => command.Name == "query").Subcommands.Select(query => (string[])["query", query.Name])))
        {
            var help = (await pyspotify.RunAsync([.. command, "--help"])).Succeeded().Output.ReplaceLineEndings("\n");
            var example = help[help.IndexOf("Example:\n  pyspotify ", StringComparison.Ordinal)..].Split('\n')[1].Trim();
            Assert.StartsWith($"pyspotify {string.Join(' ', command)}", example, StringComparison.Ordinal);
            Assert.Empty(root.Parse(example["pyspotify ".Length..]).Errors);
        }
    }

    [Theory]
    [InlineData("", "Spotify__ClientId, Spotify__ClientSecret")]
    [InlineData("run", "Spotify__ClientId, Spotify__ClientSecret")]
    [InlineData("pull", "AWS_PROFILE, AWS_REGION")]
    public async Task Help_names_the_environments_variables(string command, string variables)
    {
        await using var pyspotify = new Pyspotify();
        Assert.Contains(variables, (await pyspotify.RunAsync([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"])).Succeeded().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_named_querys_help_names_no_other_query()
    {
        await using var pyspotify = new Pyspotify();
        Assert.Contains("query top [options]", (await pyspotify.RunAsync("query", "top", "--help")).Succeeded().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_message_advises_can_be_pasted()
    {
        await using var pyspotify = new Pyspotify();
        var folder = Path.Combine(pyspotify.Data, "with a space");

        Assert.Equal($"{pyspotify.Data} does not exist yet; `pyspotify run --data {pyspotify.Data}` creates it.", (await pyspotify.RunAsync("redrive")).Failed().TrimEnd());
        Assert.Equal($"{folder} does not exist yet; `pyspotify run --data {(OperatingSystem.IsWindows() ? $"\"{folder}\"" : $"'{folder}'")}` creates it.", (await RunAsync("redrive", "--data", folder)).TrimEnd());
        Assert.EndsWith("`pyspotify --help` shows the commands and options.", (await RunAsync("redrvie")).TrimEnd(), StringComparison.Ordinal);

        static async Task<string> RunAsync(params string[] arguments)
        {
            using var output = new TestConsole();
            using var error = new TestConsole();
            await Program.RunAsync(arguments, new Host(output, error, _ => { }, TimeProvider.System), TestContext.Current.CancellationToken);
            return error.Output;
        }
    }

    [Fact]
    public void The_program_is_named_as_a_shell_finds_it()
    {
        using var clone = new TempFolder();
        Directory.CreateDirectory(clone["workflow"]);
        File.WriteAllText(clone["workflow", "PySpotify.Workflow.csproj"], "");

        Assert.Equal("dotnet run --project workflow --", StartOf("workflow/bin/Debug/net10.0", clone.Path));
        Assert.Equal("dotnet run --project . --", StartOf("workflow/bin/Debug/net10.0", clone["workflow"]));
        Assert.Equal(Path.Combine(".", "publish", "pyspotify"), StartOf("publish", clone.Path));
        Assert.Equal(Path.Combine(".", "pyspotify"), StartOf("publish", clone["publish"]));
        Assert.Equal(clone["publish", "pyspotify"], StartOf("publish", clone["workflow"]));
        Assert.Equal("pyspotify", StartOf("tools", clone.Path));
        Assert.Equal("pyspotify", Advice.StartOf("/usr/bin/dotnet", clone.Path, null));
        Assert.Equal("pyspotify", Advice.StartOf(null, clone.Path, null));

        string StartOf(string folder, string from) =>
            Advice.StartOf(clone[[.. folder.Split('/'), "pyspotify"]], from, $"/bin{Path.PathSeparator}{clone["tools"]}");
    }

    [Fact]
    public void A_redrive_is_a_command_here_and_nothing_where_there_is_no_execution()
    {
        Assert.Equal("Wait a while, then run `./pyspotify redrive --data d`.", Advice.ToPaste("Wait a while, then redrive the execution.", "./pyspotify", "d"));
        Assert.Equal("Run `pyspotify redrive` after noon.", Advice.ToPaste("Redrive the execution after noon.", "pyspotify", null));
        Assert.Equal("Sign in again.", Advice.WithoutRedrive("Sign in again. Then redrive the execution."));
        Assert.Equal("Wait a while.", Advice.WithoutRedrive("Wait a while, then redrive the execution."));
        Assert.Equal("Try again after noon.", Advice.WithoutRedrive("Redrive the execution after noon."));
    }

    [Fact]
    public async Task Where_nothing_has_run_executions_say_so()
    {
        await using var pyspotify = new Pyspotify { HasTerminal = true };
        Assert.Equal($"No executions yet. Run `pyspotify run --data {pyspotify.Data}`.", (await pyspotify.RunAsync("executions")).Succeeded().Output.TrimEnd());
    }

    [Fact]
    public async Task A_snapshots_day_may_be_given_by_either_name_everywhere()
    {
        await using var spotify = await CommandTests.NewSpotifyAsync();
        await using var pyspotify = new Pyspotify().With(spotify);
        (await pyspotify.RunAsync("run", "--week", Day)).Succeeded();
        foreach (var name in (string[])["--week", "--snapshot-date"])
        {
            (await pyspotify.RunAsync("refine", name, Day)).Succeeded();
            (await pyspotify.RunAsync("report", name, Day)).Succeeded();
            Assert.NotEmpty(CommandTests.Cells(await pyspotify.RunAsync("query", "top", name, Day)));
            Assert.Contains("There is no snapshot of 2026-11-21", (await pyspotify.RunAsync("query", "top", name, "2026-11-21")).Failed(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Tables_are_listed_with_their_columns_and_rows()
    {
        await using var spotify = await CommandTests.NewSpotifyAsync();
        await using var pyspotify = new Pyspotify().With(spotify);
        (await pyspotify.RunAsync("--snapshot-date", Day)).Succeeded();

        var rows = CommandTests.Cells(await pyspotify.RunAsync("tables")).Split('\n');
        Assert.Equal(Tables.Refined.Sum(table => table.Columns.Count), rows.Length);
        Assert.Contains("charts\t100\t1\ttrack_pop\tINTEGER", rows);

        pyspotify.HasTerminal = true;
        var shown = (await pyspotify.RunAsync("tables")).Succeeded().Output;
        Assert.Contains("charts  100 rows, 1 snapshot", shown, StringComparison.Ordinal);
        Assert.Contains("track_pop (number)", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Executions_fit_80_columns_and_say_how_long_ago_they_were()
    {
        await using var spotify = await CommandTests.NewSpotifyAsync();
        await using var pyspotify = new Pyspotify { HasTerminal = true }.With(spotify);
        spotify.Fail(Fault.NotJson, request => request.Endpoint == Endpoint.Playlist);
        (await pyspotify.RunAsync("--snapshot-date", Day)).Failed();

        var lines = (await pyspotify.RunAsync("executions")).Succeeded().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.All(lines, line => Assert.InRange(line.Length, 1, 80));
        Assert.Matches(@"FAILED    \d{4}-\d\d-\d\d \d\d:\d\d, just now", lines[0]);
        Assert.Contains("FetchTopPlayed: Spotify's answer could not be read", lines[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.5, "just now")]
    [InlineData(1, "one minute ago")]
    [InlineData(59.9, "59 minutes ago")]
    [InlineData(120, "two hours ago")]
    [InlineData(1440 * 12, "twelve days ago")]
    [InlineData(1440 * 31, "31 days ago")]
    public void How_long_ago_is_said_as_people_say_it(double minutes, string words)
    {
        Assert.Equal(words, DisplayText.Ago(TimeSpan.FromMinutes(minutes)));
    }
}
