using System.Diagnostics;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using PySpotify.Functions;
using PySpotify.Functions.Rows;
using PySpotify.Tests;
using PySpotify.Workflow.Cli;
using PySpotify.Workflow.Local;

namespace PySpotify.Workflow.Tests;

/// <summary><c>run --weekly</c>, called as often as a timer likes.</summary>
public sealed class WeeklyTests
{
    [Fact]
    public async Task A_week_gets_one_run_however_often_it_is_called()
    {
        await using var spotify = await CommandTests.NewSpotifyAsync();

        // A Monday, one second after Sunday.
        var clock = new TestClock(new(2026, 11, 23, 0, 0, 1, TimeSpan.Zero));
        await using var pyspotify = new Pyspotify { Clock = clock }.With(spotify);
        (await pyspotify.RunAsync("run", "--weekly")).Succeeded();
        var calls = spotify.Requests.Count;

        foreach (var days in (int[])[0, 1, 5])
        {
            clock.Skip(TimeSpan.FromDays(days));
            Assert.Equal("This week already has a snapshot: 2026-11-23.\n", (await pyspotify.RunAsync("run", "--weekly")).Succeeded().Output.ReplaceLineEndings("\n"));
        }

        Assert.Equal(DayOfWeek.Sunday, clock.GetUtcNow().DayOfWeek);
        Assert.Equal(calls, spotify.Requests.Count);

        clock.Skip(TimeSpan.FromDays(1));
        Assert.Contains("Snapshot 2026-11-30", (await pyspotify.RunAsync("run", "--weekly")).Succeeded().Output, StringComparison.Ordinal);
        Assert.Equal("2", CommandTests.Cells(await pyspotify.RunAsync("sql", "SELECT count(DISTINCT snapshot_date) FROM charts")));
    }

    [Theory]
    [InlineData("2026-11-22", "2026-11-23", false)]
    [InlineData("2026-11-23", "2026-11-29", true)]
    [InlineData("2026-12-31", "2027-01-01", true)]
    [InlineData("2027-01-03", "2027-01-04", false)]
    public async Task Weeks_run_from_Monday_to_Sunday_over_the_end_of_the_year(string first, string second, bool isSameWeek)
    {
        await using var spotify = await CommandTests.NewSpotifyAsync();
        await using var pyspotify = new Pyspotify().With(spotify);
        (await pyspotify.RunAsync("run", "--snapshot-date", first)).Succeeded();

        var weekly = (await pyspotify.RunAsync("run", "--weekly", "--snapshot-date", second)).Succeeded().Output;

        Assert.Equal(isSameWeek, weekly.StartsWith($"This week already has a snapshot: {first}.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_was_broken_off_is_gone_on_with_and_once_it_is_whole_left_alone()
    {
        await using var spotify = await CommandTests.NewSpotifyAsync();
        var clock = new TestClock(new(2026, 11, 23, 8, 0, 0, TimeSpan.Zero));
        await using var pyspotify = new Pyspotify { Clock = clock }.With(spotify);
        spotify.Fail(Fault.NotJson, request => request.Endpoint == Endpoint.Playlist, times: 2);
        Assert.NotEmpty((await pyspotify.RunAsync("run", "--weekly")).Failed());
        clock.Skip(TimeSpan.FromDays(2));
        Assert.NotEmpty((await pyspotify.RunAsync("run", "--weekly")).Failed());
        clock.Skip(TimeSpan.FromDays(1));

        Assert.Contains("Snapshot 2026-11-23", (await pyspotify.RunAsync("run", "--weekly")).Succeeded().Output, StringComparison.Ordinal);

        Assert.Equal(["SUCCEEDED"], (await CommandTests.ExecutionsAsync(pyspotify)).Select(row => row[1]));
        Assert.StartsWith("This week already has a snapshot", (await pyspotify.RunAsync("run", "--weekly")).Succeeded().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_broken_off_in_another_week_stays_as_it_is()
    {
        await using var spotify = await CommandTests.NewSpotifyAsync();
        var clock = new TestClock(new(2026, 11, 22, 8, 0, 0, TimeSpan.Zero));
        await using var pyspotify = new Pyspotify { Clock = clock }.With(spotify);
        spotify.Fail(Fault.NotJson, request => request.Endpoint == Endpoint.Playlist);
        Assert.NotEmpty((await pyspotify.RunAsync("run", "--weekly")).Failed());

        clock.Skip(TimeSpan.FromDays(1));
        Assert.Contains("Snapshot 2026-11-23", (await pyspotify.RunAsync("run", "--weekly")).Succeeded().Output, StringComparison.Ordinal);
        Assert.Equal(["SUCCEEDED", "FAILED"], (await CommandTests.ExecutionsAsync(pyspotify)).Select(row => row[1]));
    }

    [Fact]
    public async Task A_corrected_input_is_run_anew_in_place_of_the_broken_off_one()
    {
        await using var spotify = await CommandTests.NewSpotifyAsync();
        spotify.AddSearch(FakeSpotify.Tracks(7), "corrected");
        await using var pyspotify = new Pyspotify { Clock = new TestClock() }.With(spotify);
        // The playlist alone, so that nothing has been read when it fails: what has been stays.
        await File.WriteAllTextAsync(Path.Combine(pyspotify.Data, "input.json"), $$"""{ "topPlayed": { "playlists": ["{{LocalWorkflow.Playlist}}"] } }""", Cancelled);
        spotify.Fail(Fault.NotJson, request => request.Endpoint == Endpoint.Playlist, times: 100);
        Assert.NotEmpty((await pyspotify.RunAsync("run", "--weekly")).Failed());
        Assert.NotEmpty((await pyspotify.RunAsync("run", "--weekly")).Failed());
        Assert.Single(await CommandTests.ExecutionsAsync(pyspotify));

        await File.WriteAllTextAsync(Path.Combine(pyspotify.Data, "input.json"), """{ "popular": { "queries": ["corrected"] } }""", Cancelled);
        (await pyspotify.RunAsync("run", "--weekly")).Succeeded();

        Assert.Equal(["SUCCEEDED", "FAILED"], (await CommandTests.ExecutionsAsync(pyspotify)).Select(row => row[1]));
        Assert.Equal("7", CommandTests.Cells(await pyspotify.RunAsync("sql", "SELECT count(*) FROM charts")));
    }

    [Fact]
    public async Task What_cannot_be_gone_on_with_is_run_anew()
    {
        await using var spotify = await CommandTests.NewSpotifyAsync();
        await using var pyspotify = new Pyspotify().With(spotify);
        spotify.Fail(Fault.NotJson, request => request.Endpoint == Endpoint.Playlist);
        Assert.NotEmpty((await pyspotify.RunAsync("run", "--weekly")).Failed());
        var log = Directory.GetFiles(Path.Combine(pyspotify.Data, "executions")).Single();
        await File.WriteAllTextAsync(log, (await File.ReadAllTextAsync(log, Cancelled)).Replace("\"definition\":\"", "\"definition\":\"0", StringComparison.Ordinal), Cancelled);

        (await pyspotify.RunAsync("run", "--weekly")).Succeeded();

        Assert.Equal(["SUCCEEDED", "FAILED"], (await CommandTests.ExecutionsAsync(pyspotify)).Select(row => row[1]));
    }

    [Fact]
    public async Task A_source_that_could_not_be_read_fails_once_and_is_named_from_then_on()
    {
        await using var spotify = await CommandTests.NewSpotifyAsync();
        await using var pyspotify = new Pyspotify { Clock = new TestClock() }.With(spotify);
        var input = pyspotify.File("input.json", $$"""{ "topPlayed": { "playlists": ["{{LocalWorkflow.Playlist}}", "{{new string('x', 22)}}"] } }""");
        Assert.NotEmpty((await pyspotify.RunAsync("run", "--weekly", "--input", input)).Failed());
        var calls = spotify.Requests.Count;

        var again = (await pyspotify.RunAsync("run", "--weekly", "--input", input)).Succeeded().Output;

        Assert.Equal(
            $"This week already has a snapshot: 2026-11-22, without 1 source that could not be read. `pyspotify run --data {pyspotify.Data} --snapshot-date 2026-11-22` tries again.",
            again.TrimEnd());
        Assert.Equal(calls, spotify.Requests.Count);
    }

    [Fact]
    public async Task Where_nothing_could_be_read_the_next_call_reads_anew()
    {
        await using var spotify = await CommandTests.NewSpotifyAsync();
        await using var pyspotify = new Pyspotify { Clock = new TestClock() }.With(spotify);
        var input = pyspotify.File("input.json", $$"""{ "topPlayed": { "playlists": ["{{new string('x', 22)}}"] } }""");
        Assert.NotEmpty((await pyspotify.RunAsync("run", "--weekly", "--input", input)).Failed());
        input = pyspotify.File("input.json", $$"""{ "topPlayed": { "playlists": ["{{LocalWorkflow.Playlist}}"] } }""");

        (await pyspotify.RunAsync("run", "--weekly", "--input", input)).Succeeded();

        Assert.Equal("60", CommandTests.Cells(await pyspotify.RunAsync("sql", "SELECT count(*) FROM charts")));
    }

    [Fact]
    public async Task A_week_without_one_of_the_lists_ends_no_later_run()
    {
        await using var spotify = await CommandTests.NewSpotifyAsync();
        var clock = new TestClock(new(2026, 11, 9, 8, 0, 0, TimeSpan.Zero));
        spotify.Clock = clock;
        await using var pyspotify = new Pyspotify { Clock = clock }.With(spotify);
        (await pyspotify.RunAsync("run", "--weekly")).Succeeded();

        clock.Skip(TimeSpan.FromDays(7));
        var isGone = true;
        spotify.Fail(Fault.Status(404), request => isGone && request.Endpoint == Endpoint.Playlist, times: 100);
        var without = await pyspotify.RunAsync("run", "--weekly");
        Assert.Contains("not found (404)", without.Failed(), StringComparison.Ordinal);
        Assert.Contains("Top ten on 2026-11-16, most popular first", without.Output, StringComparison.Ordinal);
        (await pyspotify.RunAsync("report")).Succeeded();

        isGone = false;
        clock.Skip(TimeSpan.FromDays(7));
        (await pyspotify.RunAsync("run", "--weekly")).Succeeded();
        Assert.Equal(3 + 1, Directory.GetFiles(Path.Combine(pyspotify.Data, "reports")).Length);
    }

    [Fact]
    public async Task A_snapshot_that_came_otherwise_counts_and_one_that_was_removed_does_not()
    {
        await using var spotify = await CommandTests.NewSpotifyAsync();
        await using var pyspotify = new Pyspotify { Clock = new TestClock() }.With(spotify);
        (await pyspotify.RunAsync("run", "--weekly")).Succeeded();
        Directory.Delete(Path.Combine(pyspotify.Data, "executions"), recursive: true);
        Assert.StartsWith("This week already has a snapshot: 2026-11-22.", (await pyspotify.RunAsync("run", "--weekly")).Succeeded().Output, StringComparison.Ordinal);

        File.Delete(Path.Combine(pyspotify.Data, "warehouse.db"));
        Directory.Delete(pyspotify.Raw, recursive: true);
        Assert.Contains("Snapshot 2026-11-22", (await pyspotify.RunAsync("run", "--weekly")).Succeeded().Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "run", "--weekly")]
    [InlineData(false, "run", "--weekly", "--snapshot-date", "2026-11-22")]
    [InlineData(true, "run")]
    public async Task Without_credentials_a_folder_with_an_input_and_a_timer_get_no_sample(bool hasInput, params string[] arguments)
    {
        await using var spotify = await CommandTests.NewSpotifyAsync();
        await using var pyspotify = new Pyspotify();
        if (hasInput)
        {
            pyspotify.With(spotify).Environment.Clear();
        }

        Assert.Contains("There are no Spotify credentials", (await pyspotify.RunAsync(arguments)).Failed(exitCode: 2), StringComparison.Ordinal);

        Assert.False(Directory.Exists(pyspotify.Raw));
        Assert.False(File.Exists(Path.Combine(pyspotify.Data, "SAMPLE.txt")));
    }

    [Fact]
    public async Task Of_two_at_a_time_one_runs_and_the_other_ends_well_with_one_line()
    {
        await using var spotify = await CommandTests.NewSpotifyAsync();
        await using var pyspotify = new Pyspotify().With(spotify);
        using (new DataFolder(pyspotify.Data).Lock(TimeProvider.System))
        {
            var second = (await pyspotify.RunAsync("run", "--weekly")).Succeeded();
            Assert.Equal($"Another run is using {pyspotify.Data}. The next weekly run looks again.", second.Output.TrimEnd());
            Assert.Contains("Another run is using", (await pyspotify.RunAsync("run")).Failed(), StringComparison.Ordinal);
        }

        var both = await Task.WhenAll(pyspotify.RunProcessAsync("run", "--weekly"), pyspotify.RunProcessAsync("run", "--weekly"));

        Assert.All(both, run => run.Succeeded());
        Assert.Contains(both, run => run.Output.Count(c => c == '\n') == 1);
        Assert.Single(await CommandTests.ExecutionsAsync(pyspotify));
    }

    [Fact]
    public async Task Quiet_prints_errors_alone()
    {
        await using var spotify = await CommandTests.NewSpotifyAsync();
        await using var pyspotify = new Pyspotify().With(spotify);
        spotify.Fail(Fault.NotJson, request => request.Endpoint == Endpoint.Playlist);

        var failed = await pyspotify.RunAsync("run", "--weekly", "--quiet");
        Assert.Empty(failed.Output);
        Assert.Contains("FetchTopPlayed failed", failed.Failed(), StringComparison.Ordinal);
        for (var call = 0; call < 2; call++)
        {
            Assert.Empty((await pyspotify.RunAsync("run", "--weekly", "--quiet")).Succeeded().Output);
        }

        Assert.Equal(60, CommandTests.Cells(await pyspotify.RunAsync("sql", "SELECT rank FROM spotifytopplayed_refined")).Split('\n').Length);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("with space, 'quotes', \"more\" $HOME `x` \\ & 100%")]
    public async Task The_line_for_cron_calls_the_program_with_the_folder_as_it_is(string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no cron.");
        using var folder = new TempFolder();
        var (bin, program, data) = (Directory.CreateDirectory(folder["bin"]).FullName, Directory.CreateDirectory(folder[name]).FullName + "/pyspotify", folder[name, "data"]);

        // A crontab that keeps what it is given, and cron's own rule about percent signs.
        WriteScript(Path.Combine(bin, "crontab"), $"if [ \"$1\" = - ]; then cat > '{folder["tab"]}'; else echo '0 0 * * * earlier'; fi");
        WriteScript(program, "printf '%s\\n' \"$@\"");

        await ShellAsync(WeeklySchedule.Line([program], data, isWindows: false));
        var tab = await File.ReadAllLinesAsync(folder["tab"], Cancelled);

        Assert.Equal("0 0 * * * earlier", tab[0]);
        Assert.Matches(@"^17 \* \* \* \* ", tab[1]);
        Assert.Equal(["run", "--weekly", "--quiet", "--data", data], (await ShellAsync(tab[1]["17 * * * * ".Length..].Replace("\\%", "%", StringComparison.Ordinal))).TrimEnd().Split('\n'));

        async Task<string> ShellAsync(string line)
        {
            using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", line])
            {
                RedirectStandardOutput = true,
                Environment = { ["PATH"] = $"{bin}:{Environment.GetEnvironmentVariable("PATH")}" },
            })!;
            var output = await shell.StandardOutput.ReadToEndAsync(Cancelled);
            await shell.WaitForExitAsync(Cancelled);
            Assert.Equal(0, shell.ExitCode);
            return output;
        }

        static void WriteScript(string path, string text)
        {
            File.WriteAllText(path, $"#!/bin/sh\n{text}\n");
            Pyspotify.ChangeMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public void The_line_for_Windows_quotes_for_PowerShell_and_for_the_program() => Assert.StartsWith(
        """Register-ScheduledTask PySpotify -Force -Action (New-ScheduledTaskAction -Execute 'C:\Ann''s Music\pyspotify.exe' -Argument 'run --weekly --quiet --data "C:\Ann''s Music\data"') """,
        WeeklySchedule.Line([@"C:\Ann's Music\pyspotify.exe"], @"C:\Ann's Music\data", isWindows: true),
        StringComparison.Ordinal);

    [Fact]
    public void The_line_names_the_program_that_runs() =>
        Assert.Contains(Environment.ProcessPath!, WeeklySchedule.Line("/data"), StringComparison.Ordinal);

    /// <summary>What docs/weekly.md gives to paste: files that parse, each with the same whole command.</summary>
    [Fact]
    public void The_files_in_the_documentation_parse_and_call_the_same_command()
    {
        var blocks = Regex.Matches(Repository.Read("docs/weekly.md").ReplaceLineEndings("\n"), "```(\\w+)\n(.*?)```", RegexOptions.Singleline)
            .ToLookup(match => match.Groups[1].Value, match => match.Groups[2].Value);
        XNamespace task = "http://schemas.microsoft.com/windows/2004/02/mit/task";
        var (launchd, scheduler) = (Parse(blocks["xml"].First()), Parse(blocks["xml"].Last()));

        string[] commands =
        [
            Regex.Match(string.Concat(blocks["ini"]), "ExecStart=(.*)").Groups[1].Value,
            Regex.Match(blocks["cron"].Single(), @"^17 \* \* \* \* (.*)$", RegexOptions.Multiline).Groups[1].Value,
            string.Join(' ', launchd.Descendants("array").Single().Elements("string").Select(argument => argument.Value)),
            $"{scheduler.Descendants(task + "Command").Single().Value} {scheduler.Descendants(task + "Arguments").Single().Value}",
            Regex.Replace(blocks["powershell"].Single().Split('\n')[0], "^.*-Execute '(.*?)' -Argument '(.*?)'.*$", "$1 $2"),
        ];
        Assert.All(commands, command => Assert.Matches(@"^(/|C:\\).*pyspotify(\.exe)? run --weekly --quiet --data ""?(/|C:\\)\S+$", command));
        Assert.StartsWith(
            blocks["powershell"].Single().Split('\n')[0],
            WeeklySchedule.Line([@"C:\Users\you\pyspotify\pyspotify.exe"], @"C:\Users\you\charts", isWindows: true),
            StringComparison.Ordinal);

        static XDocument Parse(string xml)
        {
            using var reader = XmlReader.Create(new StringReader(xml), new() { DtdProcessing = DtdProcessing.Ignore });
            return XDocument.Load(reader);
        }
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;
}
