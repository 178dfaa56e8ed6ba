using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using PySpotify.Functions;
using PySpotify.Functions.Rows;
using PySpotify.Tests;

namespace PySpotify.Workflow.Tests;

/// <summary>The command against a fake Spotify: what it is told, what it says and what it leaves.</summary>
public sealed class CommandTests
{
    private const string Day = "2026-11-20";

    [Fact]
    public async Task A_run_leaves_tables_and_files_and_says_where()
    {
        await using var spotify = await NewSpotifyAsync();
        await using var pyspotify = new Pyspotify().With(spotify);

        var run = (await pyspotify.RunAsync("run", "--snapshot-date", Day)).Succeeded();

        Assert.Contains($"Snapshot {Day}", run.Output, StringComparison.Ordinal);
        Assert.Contains("Loaded 100 songs from 2 sources", run.Output, StringComparison.Ordinal);
        Assert.Contains($"Top ten on {Day}", run.Output, StringComparison.Ordinal);
        Assert.Contains(pyspotify.Raw, run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("made up", run.Output, StringComparison.Ordinal);
        var csv = await File.ReadAllLinesAsync(
            Path.Combine(pyspotify.Raw, Tables.TopPlayed, $"snapshot_date={Day}", $"{LocalWorkflow.Playlist}.csv"), TestContext.Current.CancellationToken);
        Assert.Equal(Columns.RawHeader, csv[0]);
        Assert.Equal(61, csv.Length);
        Assert.Equal("60\t2026-11-20", Cells(await pyspotify.RunAsync("sql", "SELECT count(*), min(snapshot_date) FROM spotifytopplayed_refined")));
        spotify.AssertNothingUnexpected();
    }

    [Fact]
    public async Task Without_credentials_three_weeks_of_sample_data_are_made_up_and_said_to_be()
    {
        await using var pyspotify = new Pyspotify();

        var run = (await pyspotify.RunAsync()).Succeeded();

        Assert.Contains("made up", run.Output, StringComparison.Ordinal);
        Assert.Contains("made up", await File.ReadAllTextAsync(Path.Combine(pyspotify.Data, "SAMPLE.txt"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        foreach (var (table, rows) in ((string, int)[])[(Tables.TopPlayed, 500), (Tables.Popular, 950)])
        {
            var dates = Directory.GetDirectories(Path.Combine(pyspotify.Raw, table)).Order(StringComparer.Ordinal)
                .Select(folder => DateOnly.ParseExact(Path.GetFileName(folder)["snapshot_date=".Length..], "yyyy-MM-dd", CultureInfo.InvariantCulture)).ToList();
            Assert.Equal([dates[2].AddDays(-14), dates[2].AddDays(-7), dates[2]], dates);
            Assert.InRange(int.Parse(Cells(await pyspotify.RunAsync("sql", $"SELECT count(*) FROM {table}_refined")), CultureInfo.InvariantCulture), 3 * rows, 3 * 1000);
        }
    }

    [Fact]
    public async Task The_sample_is_found_in_the_folder_that_holds_it()
    {
        await using var pyspotify = new Pyspotify();
        (await pyspotify.RunAsync("--snapshot-date", Day)).Succeeded();
        var asked = (await pyspotify.RunAsync("query", "top", "--limit", "1")).Succeeded().Output;

        var elsewhere = pyspotify.Data + "-moved";
        Directory.Move(pyspotify.Data, elsewhere);
        Directory.CreateDirectory(pyspotify.Data);
        Directory.Move(elsewhere, Path.Combine(pyspotify.Data, "sample"));

        Assert.Equal(asked, (await pyspotify.RunAsync("query", "top", "--limit", "1")).Succeeded().Output);
    }

    [Fact]
    public async Task Where_there_is_nothing_to_refine_nothing_is_made_that_a_run_would_trip_over()
    {
        await using var pyspotify = new Pyspotify();
        Directory.CreateDirectory(pyspotify.Data);

        Assert.StartsWith($"{pyspotify.Raw} has no snapshot.", (await pyspotify.RunAsync("refine")).Failed(), StringComparison.Ordinal);

        Assert.Equal(["lock"], Directory.EnumerateFileSystemEntries(pyspotify.Data).Select(Path.GetFileName));
        (await pyspotify.RunAsync("--snapshot-date", Day)).Succeeded();
    }

    [Fact]
    public async Task Stopped_when_everything_is_loaded_a_run_says_what_is_missing()
    {
        using var stop = new CancellationTokenSource();
        await using var pyspotify = new Pyspotify();
        pyspotify.OnLine = line =>
        {
            if (line.Contains("Top ten on", StringComparison.Ordinal))
            {
                stop.Cancel();
            }
        };

        var error = (await pyspotify.RunUntilAsync(stop.Token, "--snapshot-date", Day)).Failed();

        Assert.Equal($"Stopped, but everything is loaded. `pyspotify report --data {pyspotify.Data}` writes the report.", error);
        (await pyspotify.RunAsync("report")).Succeeded();
    }

    [Fact]
    public async Task On_a_terminal_steps_and_tables_are_drawn_and_long_tables_cut()
    {
        await using var spotify = await NewSpotifyAsync();
        await using var pyspotify = new Pyspotify { HasTerminal = true }.With(spotify);

        var run = (await pyspotify.RunAsync("run", "--snapshot-date", Day)).Succeeded();
        var query = (await pyspotify.RunAsync("sql", "SELECT rank, track FROM spotifytopplayed_refined")).Succeeded();

        Assert.Matches(@"✓ +Fetch +2 of 2 sources +100 songs", run.Output);
        Assert.Matches(@"✓ +Search: year:2025-2026 +1 of 1 page +40 songs +\d+\.\d s", run.Output);
        Assert.Contains("│ rank │ move │ track", run.Output, StringComparison.Ordinal);
        Assert.Contains("│ last │ peak │ weeks │", run.Output, StringComparison.Ordinal);
        var report = Path.Combine(pyspotify.Data, "reports", $"{Day}.html");
        Assert.Contains($"Report      \e]8;;{new Uri(report).AbsoluteUri}\e\\{report}\e]8;;\e\\", run.Output, StringComparison.Ordinal);
        Assert.Contains("Showing the first 50 of 60 rows.", query.Output, StringComparison.Ordinal);
        Assert.Contains("--format csv or json writes them all.", query.Output, StringComparison.Ordinal);
        Assert.Equal(61, (await pyspotify.RunAsync("sql", "SELECT rank FROM spotifytopplayed_refined", "--format", "csv")).Succeeded().Output.Count(c => c == '\n'));
    }

    [Fact]
    public async Task A_thousand_search_rows_and_546_playlist_rows_take_at_most_31_calls()
    {
        await using var spotify = await NewSpotifyAsync(546, 1000);
        await using var pyspotify = new Pyspotify().With(spotify);
        (await pyspotify.RunAsync("--snapshot-date", Day)).Succeeded();
        Assert.InRange(spotify.Calls(Endpoint.Search) + spotify.Calls(Endpoint.Playlist), 1, 31);
        Assert.Equal(1, spotify.Calls(Endpoint.Token));
        Assert.InRange(spotify.MaxConcurrentCalls, 1, 4);
    }

    [Fact]
    public async Task In_Development_Mode_they_take_at_most_155_calls()
    {
        await using var spotify = await NewSpotifyAsync(546, 1000);
        spotify.DevelopmentMode = true;
        await using var pyspotify = new Pyspotify().With(spotify);
        pyspotify.Environment["Spotify__RefreshToken"] = spotify.RefreshToken;
        (await pyspotify.RunAsync("--snapshot-date", Day)).Succeeded();
        Assert.InRange(spotify.Calls(Endpoint.Search) + spotify.Calls(Endpoint.Playlist), 1, 155);
        Assert.Equal("1000\t0", Cells(await pyspotify.RunAsync("sql", "SELECT count(*), count(track_pop) FROM spotifypopularsongs_refined")));
    }

    [Fact]
    public async Task Without_popularity_nothing_is_called_popular_and_the_order_is_told_once()
    {
        await using var spotify = await NewSpotifyAsync();
        spotify.DevelopmentMode = true;
        spotify.AddPlaylist(LocalWorkflow.Playlist, FakeSpotify.Tracks(60), name: "Sunday songs");
        await using var pyspotify = new Pyspotify().With(spotify);
        pyspotify.Environment["Spotify__RefreshToken"] = spotify.RefreshToken;

        var run = (await pyspotify.RunAsync("--snapshot-date", Day)).Succeeded().Output;

        Assert.Contains("\nSunday songs\n", run.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains("\nSearch: year:2025-2026\n", run.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Single(Regex.Matches(run, "Spotify's own"));
        Assert.DoesNotContain("popular", run.Replace("popularity", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 20)]
    public async Task Without_an_input_what_every_app_can_read_is_read(bool isSignedIn, int topTracks)
    {
        await using var spotify = await NewSpotifyAsync();
        spotify.DevelopmentMode = true;
        spotify.AddTopTracks("short_term", FakeSpotify.Tracks(20));
        await using var pyspotify = new Pyspotify().WithApp(spotify);
        if (isSignedIn)
        {
            pyspotify.Environment["Spotify__RefreshToken"] = spotify.RefreshToken;
        }

        var run = (await pyspotify.RunAsync("--snapshot-date", Day)).Succeeded().Output;

        Assert.Contains($"Run `pyspotify setup --data {pyspotify.Data}` to choose.", run, StringComparison.Ordinal);
        Assert.Equal(isSignedIn, run.Contains("\nYour top tracks, last 4 weeks", StringComparison.Ordinal));
        Assert.Equal($"{topTracks}\t40", Cells(await pyspotify.RunAsync("sql", "SELECT sum(list = 'top played'), sum(list = 'popular') FROM charts")));
        Assert.Equal(0, spotify.Calls(Endpoint.Playlist));
    }

    [Theory]
    [InlineData("https://open.spotify.com/intl-de/track/{0}?si=4f1bd2a0cafe")]
    [InlineData("spotify:track:{0}")]
    [InlineData("{0}")]
    public async Task A_song_may_be_followed_by_what_people_paste(string pasted)
    {
        await using var spotify = await NewSpotifyAsync();
        await using var pyspotify = new Pyspotify().With(spotify);
        (await pyspotify.RunAsync("--snapshot-date", Day)).Succeeded();
        var id = FakeSpotify.TrackId(7);
        var rows = Cells(await pyspotify.RunAsync("query", "popularity", "--track", string.Format(CultureInfo.InvariantCulture, pasted, id)));
        Assert.EndsWith(id, Assert.Single(rows.Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_input_file_says_what_to_fetch()
    {
        await using var spotify = await NewSpotifyAsync();
        spotify.AddSearch(FakeSpotify.Tracks(7), "genre:jazz year:2019-2020");
        await using var pyspotify = new Pyspotify().With(spotify);
        var input = pyspotify.File("input.json", """
            { "popular": { "queries": ["genre:jazz year:{lastYear}-{thisYear}"] }, "snapshotDate": "2020-02-29" }
            """);

        (await pyspotify.RunAsync("run", "--input", input)).Succeeded();

        Assert.Equal("7\t2020-02-29", Cells(await pyspotify.RunAsync("sql", "SELECT count(*), min(snapshot_date) FROM spotifypopularsongs_refined")));
        Assert.Equal("0", Cells(await pyspotify.RunAsync("sql", "SELECT count(*) FROM spotifytopplayed_refined")));
        Assert.Equal(0, spotify.Calls(Endpoint.Playlist));
    }

    [Theory]
    [InlineData("frobnicate")]
    [InlineData("run", "--frobnicate")]
    [InlineData("run", "--snapshot-date", "yesterday")]
    [InlineData("run", "--snapshot-date", "2026-02-30")]
    [InlineData("run", "--input", "no-such-file.json")]
    [InlineData("redrive", "one", "two")]
    [InlineData("login", "--port", "many")]
    [InlineData("run", "--data", "")]
    [InlineData("query", "mover")]
    [InlineData("query", "movers", "--track", "0000000000000000000000")]
    [InlineData("query", "top", "--format", "xml")]
    [InlineData("query", "popularity", "--track", "nobody")]
    [InlineData("query", "SELECT 1", "--week", "2026-11-15")]
    [InlineData("sql")]
    [InlineData("sql", "SELECT 1", "--week", "2026-11-15")]
    [InlineData("query", "top", "--list", "best")]
    [InlineData("query", "overlap", "--list", "popular")]
    [InlineData("query", "top", "--limit", "0")]
    [InlineData("query", "top", "--limit", "few")]
    [InlineData("query", "--limit", "3")]
    [InlineData("query", "--week", "2026-11-15")]
    public async Task Wrong_usage_ends_with_2_and_a_word_of_help(params string[] arguments)
    {
        await using var pyspotify = new Pyspotify();
        Assert.NotEmpty((await pyspotify.RunAsync(arguments)).Failed(exitCode: 2));
        Assert.False(Directory.Exists(pyspotify.Raw));
    }

    [Theory]
    [InlineData("refine")]
    [InlineData("redrive")]
    [InlineData("executions")]
    [InlineData("report")]
    [InlineData("query", "top")]
    public async Task A_folder_that_is_not_there_is_not_made_by_looking(params string[] arguments)
    {
        await using var pyspotify = new Pyspotify();
        await pyspotify.RunAsync(arguments);
        Assert.False(Directory.Exists(pyspotify.Data));
    }

    [Fact]
    public async Task A_failure_ends_with_1_and_one_paragraph_and_a_stack_trace_only_when_asked_for()
    {
        await using var spotify = await NewSpotifyAsync();
        await using var pyspotify = new Pyspotify().With(spotify);
        spotify.Fail(Fault.NotJson, request => request.Endpoint == Endpoint.Playlist, times: 100);

        var error = (await pyspotify.RunAsync("--snapshot-date", Day)).Failed();
        var verbose = await pyspotify.RunAsync("redrive", "--verbose");

        Assert.Contains("FetchTopPlayed failed: Spotify's answer could not be read", error, StringComparison.Ordinal);
        Assert.Equal(1, verbose.ExitCode);
        Assert.Contains("   at PySpotify.Functions.", verbose.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Executions_are_listed_with_their_state_and_error_and_redriven_by_name_or_the_newest_alone()
    {
        await using var spotify = await NewSpotifyAsync();
        var clock = new TestClock();
        spotify.Clock = clock;
        await using var pyspotify = new Pyspotify { Clock = clock }.With(spotify);
        for (var day = 1; day <= 3; day++)
        {
            clock.Skip(TimeSpan.FromMinutes(1));
            if (day < 3)
            {
                spotify.Fail(Fault.NotJson, request => request.Endpoint == Endpoint.Playlist);
            }

            Assert.Equal(day < 3 ? 1 : 0, (await pyspotify.RunAsync("--snapshot-date", $"2026-11-0{day}")).ExitCode);
        }

        var list = await ExecutionsAsync(pyspotify);
        Assert.Equal(["SUCCEEDED", "FAILED", "FAILED"], list.Select(row => row[1]));
        Assert.Equal("FetchTopPlayed", list[1][2]);
        Assert.StartsWith("Spotify's answer could not be read: ", list[1][3], StringComparison.Ordinal);

        Assert.Contains("Top ten on 2026-11-01", (await pyspotify.RunAsync("redrive", list[2][0])).Succeeded().Output, StringComparison.Ordinal);
        Assert.Equal(["SUCCEEDED", "FAILED", "SUCCEEDED"], (await ExecutionsAsync(pyspotify)).Select(row => row[1]));
        Assert.StartsWith($"The newest execution, {list[0][0]}, succeeded, so there is nothing to redrive. To redrive another, give its name;", (await pyspotify.RunAsync("redrive")).Failed(), StringComparison.Ordinal);
        Assert.Equal(["0", "0", "1"], (await ExecutionsAsync(pyspotify)).Select(row => row[6]));
        await File.WriteAllTextAsync(
            Path.Combine(pyspotify.Data, "executions", $"{list[0][0]}.jsonl"), "damaged\n", TestContext.Current.CancellationToken);
        Assert.Contains("is damaged at line 1", (await pyspotify.RunAsync("redrive")).Failed(), StringComparison.Ordinal);
        Assert.Equal("DAMAGED", (await ExecutionsAsync(pyspotify))[0][1]);
        list[0][0] = list[2][0];
        var succeeded = await pyspotify.RunAsync("redrive", list[0][0]);
        Assert.Equal($"The execution '{list[0][0]}' has succeeded; it needs no redrive.", succeeded.Failed());
        Assert.Empty(succeeded.Output);
        Assert.Contains("There is no execution", (await pyspotify.RunAsync("redrive", "nothing")).Failed(), StringComparison.Ordinal);
        Assert.Contains("is not the name of an execution", (await pyspotify.RunAsync("redrive", "../secrets")).Failed(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_beside_a_later_snapshot_ends_with_its_own_top_ten()
    {
        await using var spotify = await NewSpotifyAsync();
        await using var pyspotify = new Pyspotify().With(spotify);
        (await pyspotify.RunAsync("--snapshot-date", "2099-11-20")).Succeeded();

        Assert.Contains($"Top ten on {Day}", (await pyspotify.RunAsync("--snapshot-date", Day)).Succeeded().Output, StringComparison.Ordinal);
        Assert.Contains($"Top ten on {DateTime.UtcNow:yyyy-MM-dd}", (await pyspotify.RunAsync("run")).Succeeded().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_read_is_shown_and_rows_of_a_source_that_was_not_stay()
    {
        await using var spotify = await NewSpotifyAsync();
        await using var pyspotify = new Pyspotify().With(spotify);
        (await pyspotify.RunAsync("--snapshot-date", Day)).Succeeded();
        const string count = "SELECT count(*) FROM spotifytopplayed_refined";
        var rows = Cells(await pyspotify.RunAsync("sql", count));
        spotify.Fail(Fault.Status(404), request => request.Endpoint == Endpoint.Playlist, times: 100);
        spotify.Fail(Fault.Status(404), request => request.Endpoint == Endpoint.PlaylistName, times: 100);

        var run = await pyspotify.RunAsync("--snapshot-date", Day);

        Assert.Contains($"all others are loaded: playlist {LocalWorkflow.Playlist}: not found (404). Correct the input", run.Failed(), StringComparison.Ordinal);
        Assert.Contains($"Top ten on {Day}, most popular first", run.Output, StringComparison.Ordinal);
        Assert.Equal(rows, Cells(await pyspotify.RunAsync("sql", count)));
        Assert.Equal($"Playlist {LocalWorkflow.Playlist}\tnot read", Cells(await pyspotify.RunAsync("sql", "SELECT name, status FROM sources WHERE kind = 'playlist'")));
        var listed = (await ExecutionsAsync(pyspotify))[0];
        Assert.Equal(("SourcesNotRead", true), (listed[2], listed[3].Contains("not found (404)", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_redrive_calls_nothing_that_succeeded()
    {
        await using var spotify = await NewSpotifyAsync();
        await using var pyspotify = new Pyspotify().With(spotify);
        var damaged = Path.Combine(pyspotify.Raw, Tables.Popular, $"snapshot_date={Day}", "damaged.csv");
        Directory.CreateDirectory(Path.GetDirectoryName(damaged)!);
        await File.WriteAllTextAsync(damaged, "no header", TestContext.Current.CancellationToken);
        Assert.Contains(damaged, (await pyspotify.RunAsync("--snapshot-date", Day)).Failed(), StringComparison.Ordinal);
        var calls = spotify.Requests.Count;

        File.Delete(damaged);
        var redrive = (await pyspotify.RunAsync("redrive", "--verbose")).Succeeded();

        Assert.Equal(calls, spotify.Requests.Count);
        Assert.DoesNotContain("Fetch", redrive.Output, StringComparison.Ordinal);
        Assert.Contains("RefineToParquet", redrive.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_names_that_users_of_Spotipy_have_set_do_too()
    {
        await using var spotify = await NewSpotifyAsync();
        await using var pyspotify = new Pyspotify().With(spotify);
        pyspotify.Environment["SPOTIPY_CLIENT_ID"] = pyspotify.Environment["Spotify__ClientId"];
        pyspotify.Environment["SPOTIPY_CLIENT_SECRET"] = pyspotify.Environment["Spotify__ClientSecret"];
        pyspotify.Environment.Remove("Spotify__ClientId");
        pyspotify.Environment.Remove("Spotify__ClientSecret");
        (await pyspotify.RunAsync("--snapshot-date", Day)).Succeeded();
        Assert.Equal(1, spotify.Calls(Endpoint.Token));
    }

    [Fact]
    public async Task User_secrets_and_the_data_folder_may_hold_the_settings_and_the_environment_goes_before_both()
    {
        await using var spotify = await NewSpotifyAsync();
        await using var pyspotify = new Pyspotify();
        var userSecrets = Path.Combine(pyspotify.Home, "Microsoft", "UserSecrets", "pyspotify");
        Directory.CreateDirectory(userSecrets);
        await File.WriteAllTextAsync(
            Path.Combine(userSecrets, "secrets.json"),
            JsonSerializer.Serialize(new Dictionary<string, string> { ["Spotify:ClientId"] = spotify.ClientId, ["Spotify:ClientSecret"] = "wrong" }),
            TestContext.Current.CancellationToken);
        SecretsTests.WriteSecrets(pyspotify, $$"""
            { "Spotify": { "ClientId": "wrong", "ApiUrl": "{{spotify.ApiUrl}}", "AccountsUrl": "{{spotify.AccountsUrl}}" } }
            """);
        pyspotify.Environment["Spotify__ClientSecret"] = spotify.ClientSecret;
        (await pyspotify.RunProcessAsync("--snapshot-date", Day)).Succeeded();
    }

    [Theory]
    [InlineData("Spotify__ClientId", "Spotify:ClientSecret")]
    [InlineData("Spotify__ClientSecret", "Spotify:ClientId")]
    [InlineData("Spotify__RefreshToken", "Spotify:ClientId")]
    [InlineData("SPOTIPY_CLIENT_ID", "Spotify:ClientSecret")]
    public async Task Half_of_the_credentials_are_refused_and_the_other_half_named(string set, string missing)
    {
        await using var pyspotify = new Pyspotify();
        pyspotify.Environment[set] = "something";
        Assert.Contains(missing, (await pyspotify.RunAsync()).Failed(exitCode: 2), StringComparison.Ordinal);
        Assert.False(Directory.Exists(pyspotify.Raw));
    }

    [Fact]
    public async Task Sample_data_and_real_data_are_kept_apart()
    {
        await using var spotify = await NewSpotifyAsync();
        await using var pyspotify = new Pyspotify();
        (await pyspotify.RunAsync("--snapshot-date", Day)).Succeeded();

        // A warehouse that was moved away leaves the CSV files, which are made up as well.
        File.Delete(Path.Combine(pyspotify.Data, "warehouse.db"));
        pyspotify.With(spotify);
        Assert.Contains("sample data", (await pyspotify.RunAsync("--snapshot-date", Day)).Failed(), StringComparison.Ordinal);
        Assert.Equal(0, spotify.Calls(Endpoint.Token));

        Directory.Delete(pyspotify.Data, recursive: true);
        (await pyspotify.RunAsync("--snapshot-date", Day)).Succeeded();
        Assert.False(File.Exists(Path.Combine(pyspotify.Data, "SAMPLE.txt")));
        pyspotify.Environment.Clear();
        Assert.Contains("real snapshots", (await pyspotify.RunAsync("--snapshot-date", Day)).Failed(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Pyspotify.SigInt)]
    [InlineData(Pyspotify.SigTerm)]
    public async Task A_signal_ends_the_execution_as_aborted_and_a_redrive_ends_it_well(int signal)
    {
        Pyspotify.SkipUnlessHeard(signal);
        await using var spotify = await NewSpotifyAsync();
        await using var pyspotify = new Pyspotify().With(spotify);
        var hanging = new TaskCompletionSource();
        spotify.Fail(Fault.Hang, request => request.Endpoint == Endpoint.Search && hanging.TrySetResult());

        var process = pyspotify.Start("--snapshot-date", Day);
        await hanging.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Pyspotify.Signal(process, signal);
        var error = (await pyspotify.EndAsync(process)).Failed();

        Assert.Matches($"was aborted. `.* redrive --data {Regex.Escape(pyspotify.Data)}` goes on", error);
        Assert.Equal("ABORTED", (await ExecutionsAsync(pyspotify)).Single()[1]);
        (await pyspotify.RunAsync("redrive")).Succeeded();
        Assert.Equal("40", Cells(await pyspotify.RunAsync("sql", "SELECT count(*) FROM spotifypopularsongs_refined")));
    }

    internal static async Task<FakeSpotify> NewSpotifyAsync(int playlist = 60, int search = 40)
    {
        var spotify = await FakeSpotify.StartAsync();
        spotify.AddPlaylist(LocalWorkflow.Playlist, FakeSpotify.Tracks(playlist));
        spotify.AddSearch(FakeSpotify.Tracks(search, 1000));
        return spotify;
    }

    internal static string Cells(Ended query) => string.Join('\n', query.Succeeded().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..]).Trim();

    internal static async Task<List<string[]>> ExecutionsAsync(Pyspotify pyspotify) =>
        [.. Cells(await pyspotify.RunAsync("executions")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t'))];
}
