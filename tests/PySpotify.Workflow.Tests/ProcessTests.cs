using PySpotify.Tests;

namespace PySpotify.Workflow.Tests;

/// <summary>The built program, as shells and other programs meet it.</summary>
public sealed class ProcessTests
{
    [Theory]
    [InlineData(0, "executions")]
    [InlineData(1, "sql", "SELECT 1")]
    [InlineData(2, "frobnicate")]
    public async Task The_exit_code_says_how_the_command_ended(int exitCode, params string[] arguments)
    {
        await using var pyspotify = new Pyspotify();
        Assert.Equal(exitCode, (await pyspotify.RunProcessAsync(arguments)).ExitCode);
    }

    [Fact]
    public async Task After_the_sample_credentials_alone_make_the_next_run_real()
    {
        await using var spotify = await CommandTests.NewSpotifyAsync();
        await using var pyspotify = new Pyspotify { HasDefaultFolder = true };
        const string count = "SELECT count(*) FROM charts WHERE list = 'popular'";

        (await pyspotify.RunProcessAsync()).Succeeded();
        Assert.Equal(["sample"], Directory.EnumerateFileSystemEntries(pyspotify.Data).Select(Path.GetFileName));
        Assert.True(int.Parse(CommandTests.Cells(await pyspotify.RunProcessAsync("query", count)), System.Globalization.CultureInfo.InvariantCulture) > 1000);

        pyspotify.WithApp(spotify);
        (await pyspotify.RunProcessAsync()).Succeeded();
        Assert.Equal("40", CommandTests.Cells(await pyspotify.RunProcessAsync("query", count)));
        Assert.True(File.Exists(Path.Combine(pyspotify.Data, "sample", "SAMPLE.txt")));

        pyspotify.Environment.Clear();
        Assert.Contains("real snapshots", (await pyspotify.RunProcessAsync()).Failed(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipe_gets_plain_text_and_no_broken_lines()
    {
        await using var spotify = await CommandTests.NewSpotifyAsync();
        await using var pyspotify = new Pyspotify().With(spotify);
        var name = new string('x', 300);

        var run = (await pyspotify.RunProcessAsync("run", "--snapshot-date", "2026-11-20")).Succeeded();
        var query = (await pyspotify.RunProcessAsync("sql", $"SELECT '{name}' AS name, 1 AS number")).Succeeded();

        Assert.Contains("Loaded 100 songs from 2 sources", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', run.Output);
        Assert.Equal($"name\tnumber\n{name}\t1\n", query.Output.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task A_proxy_that_cannot_be_reached_is_named_without_its_password()
    {
        using var closed = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        closed.Start();
        var port = ((System.Net.IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();
        await using var spotify = await CommandTests.NewSpotifyAsync();
        await using var pyspotify = new Pyspotify().With(spotify);

        var run = await RunBehindAsync(pyspotify, $"127.0.0.1:{port}");

        Assert.Contains($"Authenticate failed: The proxy 127.0.0.1:{port} cannot be reached", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("retry", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proxy_that_breaks_the_connection_is_named_within_seconds()
    {
        using var proxy = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        proxy.Start();
        var rounds = 0;
        var serving = Task.Run(async () =>
        {
            while (true)
            {
                using var client = await proxy.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
                await client.GetStream().ReadAtLeastAsync(new byte[4096], 1, throwOnEndOfStream: false, TestContext.Current.CancellationToken);
                Interlocked.Increment(ref rounds);
            }
        }, TestContext.Current.CancellationToken);
        await using var spotify = await CommandTests.NewSpotifyAsync();
        await using var pyspotify = new Pyspotify().With(spotify);
        var address = $"127.0.0.1:{((System.Net.IPEndPoint)proxy.LocalEndpoint).Port}";

        var run = await RunBehindAsync(pyspotify, address);

        Assert.Contains($"Authenticate failed: The proxy {address} breaks the connection to accounts.invalid: The response ended prematurely", run.Error, StringComparison.Ordinal);

        // The four attempts of one call, each of which .NET makes sixteen of: no second round by the definition.
        Assert.InRange(rounds, 4, 64);
        Assert.False(serving.IsCompletedSuccessfully);
    }

    [Theory]
    [InlineData(0, "2>&-", "executions")]
    [InlineData(1, "2>&-", "sql", "SELECT 1")]
    [InlineData(1, "2>/dev/full", "sql", "SELECT 1")]
    [InlineData(2, "2>&-", "frobnicate")]
    [InlineData(2, "<&- >&- 2>&-", "frobnicate")]
    [InlineData(1, "<&- >&- 2>&-", "--help")]
    [InlineData(1, ">&-", "executions")]
    [InlineData(1, ">&- 2>&-", "executions")]
    [InlineData(1, ">&- 2>&-", "check")]
    [InlineData(1, ">&- 2>&-", "refine")]
    [InlineData(1, "<&- >&- 2>&-", "executions")]
    [InlineData(1, "<&- >&- 2>&-", "sql", "SELECT 1")]
    [InlineData(1, "<&- >&-", "run")]
    [InlineData(1, ">/dev/full", "executions")]
    public async Task A_closed_or_full_stream_changes_no_exit_code_but_that_of_lost_output(int exitCode, string closed, params string[] arguments)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has /dev/full.");
        Assert.SkipWhen(
            closed.StartsWith('<') && exitCode != 2 && File.Exists(Pyspotify.Command + ".dll"), "The .NET runtime opens pipes in place of closed streams before the program begins.");
        await using var pyspotify = new Pyspotify();
        var ended = await pyspotify.EndAsync(pyspotify.StartInShell($"\"$@\" {closed}", arguments));
        Assert.Equal(exitCode, ended.ExitCode);
        Assert.True(!closed.EndsWith(">&-", StringComparison.Ordinal) || closed.Contains('2') || ended.Error.Trim() is "Cannot write the output: standard output is closed.", ended.Error);
    }

    [Fact]
    public async Task A_reader_that_leaves_early_is_not_an_error()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no bash.");
        await using var pyspotify = new Pyspotify();
        (await pyspotify.RunAsync("--snapshot-date", "2026-11-20")).Succeeded();
        var process = pyspotify.StartInShell("\"$@\" | head -n 1; exit ${PIPESTATUS[0]}", "sql", "SELECT a.track FROM spotifypopularsongs_refined a, spotifytopplayed_refined LIMIT 100000");
        Assert.Equal("track\n", (await pyspotify.EndAsync(process)).Succeeded().Output);
    }

    /// <summary>Runs behind a proxy that wants a password, which nothing may tell. The run fails.</summary>
    private static async Task<Ended> RunBehindAsync(Pyspotify pyspotify, string proxy)
    {
        pyspotify.Environment["Spotify__AccountsUrl"] = "https://accounts.invalid/";
        pyspotify.Environment["HTTPS_PROXY"] = pyspotify.Environment["https_proxy"] = $"http://me:hush@{proxy}";
        pyspotify.Environment["NO_PROXY"] = pyspotify.Environment["no_proxy"] = "";
        var run = await pyspotify.RunProcessAsync("run", "--snapshot-date", "2026-11-20", "--verbose");
        Assert.Equal(1, run.ExitCode);
        Assert.DoesNotContain("hush", run.Output + run.Error, StringComparison.Ordinal);
        return run;
    }
}
