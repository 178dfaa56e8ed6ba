using PySpotify.Functions;
using PySpotify.Functions.Rows;
using PySpotify.Tests;
using PySpotify.Workflow.Local;

namespace PySpotify.Workflow.Tests;

/// <summary>A data folder that is in use, full, closed or damaged: told in a sentence, and nothing is lost.</summary>
public sealed class DataFolderTests
{
    private const string Before = "2026-11-13", Day = "2026-11-20";
    private const string AsNobody = "exec setpriv --reuid 65534 --regid 65534 --clear-groups \"$@\"";

    [Fact]
    public async Task Of_two_runs_at_once_the_second_is_refused_and_reading_goes_on()
    {
        await using var spotify = await CommandTests.NewSpotifyAsync();
        await using var pyspotify = new Pyspotify().With(spotify);
        (await pyspotify.RunAsync("--snapshot-date", Before)).Succeeded();
        var gate = new TaskCompletionSource();
        var isWaiting = new TaskCompletionSource();
        spotify.Before = request =>
        {
            if (request.Endpoint == Endpoint.Token)
            {
                return Task.CompletedTask;
            }

            isWaiting.TrySetResult();
            return gate.Task;
        };
        var first = pyspotify.Start("--snapshot-date", Day);
        await isWaiting.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        foreach (var arguments in (string[][])[["--snapshot-date", "2026-11-27"], ["redrive"], ["login", "--no-browser"]])
        {
            Assert.Contains("Another run is using", (await pyspotify.RunAsync(arguments)).Failed(), StringComparison.Ordinal);
        }

        var listed = await CommandTests.ExecutionsAsync(pyspotify);
        Assert.Equal(["RUNNING", "SUCCEEDED"], listed.Select(row => row[1]));
        Assert.Equal(["", ""], listed.Select(row => row[2]));
        if (OperatingSystem.IsLinux() && (!Environment.IsPrivilegedProcess || File.Exists("/usr/bin/setpriv")))
        {
            // So does who may only read.
            foreach (var entry in Directory.EnumerateFileSystemEntries(pyspotify.Data, "*", SearchOption.AllDirectories).Append(pyspotify.Data).Append(Path.GetDirectoryName(pyspotify.Data)!))
            {
                Pyspotify.ChangeMode(entry, (UnixFileMode)0b101_101_101);
            }

            SkipUnlessEveryoneMayRun();
            File.Delete(pyspotify.Secrets);
            var reader = await pyspotify.EndAsync(Environment.IsPrivilegedProcess ? pyspotify.StartInShell(AsNobody, "executions") : pyspotify.Start("executions"));
            Assert.Contains("\tRUNNING\t", reader.Succeeded().Output, StringComparison.Ordinal);
        }

        Assert.Equal("60", CommandTests.Cells(await pyspotify.RunAsync("sql", "SELECT count(*) FROM spotifytopplayed_refined")));

        gate.SetResult();
        (await pyspotify.EndAsync(first)).Succeeded();
        Assert.Equal([Before, Day], Directory.GetDirectories(Path.Combine(pyspotify.Raw, Tables.Popular)).Select(path => path[^10..]).Order());
    }

    /// <param name="blocks">Blocks of 1,024 bytes after which a file takes no more: a full disk, file by file.</param>
    [Theory]
    [InlineData(110)]
    [InlineData(0, Explicit = true, Traits = ["Category", "Soak"])]
    [InlineData(9, Explicit = true, Traits = ["Category", "Soak"])]
    [InlineData(250, Explicit = true, Traits = ["Category", "Soak"])]
    [InlineData(400, Explicit = true, Traits = ["Category", "Soak"])]
    public async Task A_full_disk_is_told_and_what_was_there_stays_and_with_room_again_the_run_ends_well(int blocks)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no limit on the size of files.");
        await using var pyspotify = new Pyspotify();
        (await pyspotify.RunAsync("--snapshot-date", Before)).Succeeded();
        var kept = KillTests.Look(pyspotify);
        pyspotify.Environment["DOTNET_EnableWriteXorExecute"] = "0"; // It would need a large file in memory.

        // Each way to go on: as long as the disk is full, neither loses what was there.
        foreach (var command in (string[])["run", "redrive"])
        {
            string[] arguments = command == "run" ? ["--snapshot-date", Day] : ["redrive"];
            var full = await pyspotify.EndAsync(pyspotify.StartInShell($"trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"", arguments));
            Assert.NotEmpty(full.Failed());
            kept.AssertIn(KillTests.Look(pyspotify));
            Assert.Equal(kept.Rows, KillTests.Look(pyspotify).Rows);
        }

        var redrive = await pyspotify.RunAsync("redrive");
        if (redrive.Error.Contains("To redrive another", StringComparison.Ordinal))
        {
            (await pyspotify.RunAsync("--snapshot-date", Day)).Succeeded();
        }
        else
        {
            redrive.Succeeded();
        }

        kept.AssertIn(KillTests.Look(pyspotify));
        Assert.Equal(2 * kept.Rows.Count, KillTests.Look(pyspotify).Rows.Count);
        Assert.Empty(TempFolder.Snapshot(Path.Combine(pyspotify.Raw, "_partial")));
    }

    [Fact]
    public async Task What_a_killed_process_left_half_written_is_gone_once_the_folder_is_locked()
    {
        await using var pyspotify = new Pyspotify();
        Directory.CreateDirectory(Path.Combine(pyspotify.Raw, "_partial"));
        Directory.CreateDirectory(Path.Combine(pyspotify.Data, "reports"));
        string[] files = ["secrets.json.partial", "reports/2026-11-22.html.partial", "raw/_partial/4be7"];
        foreach (var file in files)
        {
            await File.WriteAllTextAsync(Path.Combine(pyspotify.Data, file), "half", TestContext.Current.CancellationToken);
        }

        await pyspotify.RunAsync("refine");

        Assert.All(files, file => Assert.False(File.Exists(Path.Combine(pyspotify.Data, file)), file));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_named()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        Assert.SkipWhen(Environment.IsPrivilegedProcess && !File.Exists("/usr/bin/setpriv"), "root may write everywhere, and there is no setpriv to be somebody else.");
        const UnixFileMode readOnly = UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        await using var pyspotify = new Pyspotify();
        Directory.CreateDirectory(pyspotify.Data);
        Pyspotify.ChangeMode(Path.GetDirectoryName(pyspotify.Data)!, readOnly | UnixFileMode.UserWrite);
        Pyspotify.ChangeMode(pyspotify.Data, readOnly);
        for (var folder = Directory.GetParent(Pyspotify.Command); folder is not null && Environment.IsPrivilegedProcess; folder = folder.Parent)
        {
            Assert.SkipUnless(OperatingSystem.IsWindows() || folder.UnixFileMode.HasFlag(UnixFileMode.OtherExecute), $"Nobody but root may enter {folder}, where pyspotify is.");
        }

        var process = Environment.IsPrivilegedProcess
            ? pyspotify.StartInShell(AsNobody, "run")
            : pyspotify.Start("run");
        var error = (await pyspotify.EndAsync(process)).Failed();

        Assert.Contains($"Cannot write to {pyspotify.Data}", error, StringComparison.Ordinal);
        Pyspotify.ChangeMode(pyspotify.Data, readOnly | UnixFileMode.UserWrite);
    }

    [Theory]
    [InlineData("executions", "executions")]
    [InlineData("executions", "redrive")]
    [InlineData("executions/*.jsonl", "executions")]
    [InlineData("raw", "refine")]
    [InlineData("", "sql", "SELECT 1 FROM charts")]
    [InlineData("", "run")]
    public async Task A_folder_that_cannot_be_read_is_not_taken_for_an_empty_one(string folder, params string[] arguments)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        Assert.SkipWhen(Environment.IsPrivilegedProcess && !File.Exists("/usr/bin/setpriv"), "root may read everything, and there is no setpriv to be somebody else.");
        await using var pyspotify = new Pyspotify();
        (await pyspotify.RunAsync("--snapshot-date", Before)).Succeeded();
        SkipUnlessEveryoneMayRun();
        File.Delete(pyspotify.Secrets);
        foreach (var entry in Directory.EnumerateFileSystemEntries(pyspotify.Data, "*", SearchOption.AllDirectories).Append(pyspotify.Data).Append(Path.GetDirectoryName(pyspotify.Data)!))
        {
            Pyspotify.ChangeMode(entry, (UnixFileMode)0b111_111_111);
        }

        var closed = folder.EndsWith(".jsonl", StringComparison.Ordinal)
            ? Directory.GetFiles(Path.Combine(pyspotify.Data, "executions")).Single() : Path.Combine(pyspotify.Data, folder);
        Pyspotify.ChangeMode(closed, UnixFileMode.None);

        var process = Environment.IsPrivilegedProcess
            ? pyspotify.StartInShell(AsNobody, arguments)
            : pyspotify.Start(arguments);
        var error = (await pyspotify.EndAsync(process)).Failed();

        Pyspotify.ChangeMode(closed, (UnixFileMode)0b111_111_111);
        Assert.Contains("denied", error, StringComparison.Ordinal);
        Assert.Contains(closed, error, StringComparison.Ordinal);
        Assert.DoesNotContain("DAMAGED", error, StringComparison.Ordinal);
        Assert.Equal("1", CommandTests.Cells(await pyspotify.RunAsync("sql", "SELECT count(DISTINCT snapshot_date) FROM charts")));
    }

    private static void SkipUnlessEveryoneMayRun()
    {
        for (var folder = Directory.GetParent(Pyspotify.Command); folder is not null && Environment.IsPrivilegedProcess; folder = folder.Parent)
        {
            Assert.SkipUnless(OperatingSystem.IsWindows() || folder.UnixFileMode.HasFlag(UnixFileMode.OtherExecute), $"Nobody but root may enter {folder}, where pyspotify is.");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_path_too_long_for_the_database_is_told_before_anything_is_fetched(bool isLink)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has limits of its own.");
        await using var spotify = await CommandTests.NewSpotifyAsync();
        await using var pyspotify = new Pyspotify().With(spotify);
        var input = Path.Combine(pyspotify.Data, "input.json");
        var longest = 512 - "/warehouse.db-journal".Length;
        foreach (var length in (int[])[longest + 1, longest])
        {
            var data = Path.GetDirectoryName(input)!;
            while (data.Length < length)
            {
                // Neither a name of more than 200 characters, nor one of none at the end.
                var rest = length - data.Length - 1;
                data = Path.Combine(data, new string('x', rest > 200 ? Math.Min(200, rest - 2) : rest));
            }

            pyspotify.Data = data;
            if (isLink)
            {
                Directory.CreateDirectory(data);
                pyspotify.Data = Path.Combine(Path.GetDirectoryName(input)!, $"link-{length}");
                Directory.CreateSymbolicLink(pyspotify.Data, data);
            }

            var run = await pyspotify.RunAsync("run", "--snapshot-date", Day, "--input", input);
            if (length == longest)
            {
                run.Succeeded();
            }
            else
            {
                Assert.Contains("has a path that is 1 byte too long for the database", run.Failed(), StringComparison.Ordinal);
                Assert.Empty(spotify.Requests);
            }
        }
    }

    [Theory]
    [InlineData("", "Cannot write to")]
    [InlineData("executions", "executions")]
    [InlineData("raw", "raw")]
    public async Task A_file_where_a_folder_should_be_is_named_and_kept(string name, string words)
    {
        await using var pyspotify = new Pyspotify();
        var path = name.Length == 0 ? pyspotify.Data : Path.Combine(Directory.CreateDirectory(pyspotify.Data).FullName, name);
        await File.WriteAllTextAsync(path, "mine", TestContext.Current.CancellationToken);
        Assert.Contains(words, (await pyspotify.RunAsync()).Failed(), StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_warehouse_that_is_no_database_is_named_and_kept_and_once_moved_away_a_redrive_makes_a_new_one()
    {
        await using var spotify = await CommandTests.NewSpotifyAsync();
        await using var pyspotify = new Pyspotify().With(spotify);
        var warehouse = Path.Combine(pyspotify.Data, "warehouse.db");
        (await pyspotify.RunAsync("--snapshot-date", Before)).Succeeded();
        var text = new string('x', 5000);
        await File.WriteAllTextAsync(warehouse, text, TestContext.Current.CancellationToken);

        var error = (await pyspotify.RunAsync("--snapshot-date", Day)).Failed();
        Assert.Contains("StartRawCrawler failed: ", error, StringComparison.Ordinal);
        Assert.Contains($"{warehouse} cannot be used", error, StringComparison.Ordinal);
        foreach (var arguments in (string[][])[["sql", "SELECT 1 FROM spotifytopplayed_refined"], ["refine"]])
        {
            Assert.Contains($"{warehouse} cannot be used: SQLite Error 26", (await pyspotify.RunAsync(arguments)).Failed(), StringComparison.Ordinal);
        }

        Assert.Equal(text, await File.ReadAllTextAsync(warehouse, TestContext.Current.CancellationToken));

        File.Delete(warehouse);
        (await pyspotify.RunAsync("redrive")).Succeeded();
        Assert.Equal("2\t120", CommandTests.Cells(await pyspotify.RunAsync("sql", "SELECT count(DISTINCT snapshot_date), count(*) FROM spotifytopplayed_refined")));
    }

    [Fact]
    public async Task A_warehouse_that_is_damaged_inside_or_not_ours_is_named()
    {
        await using var pyspotify = new Pyspotify();
        (await pyspotify.RunAsync("--snapshot-date", Before)).Succeeded();
        var warehouse = Path.Combine(pyspotify.Data, "warehouse.db");
        var bytes = await File.ReadAllBytesAsync(warehouse, TestContext.Current.CancellationToken);
        Array.Fill<byte>(bytes, 0xFF, 16384, bytes.Length - 16384);
        await File.WriteAllBytesAsync(warehouse, bytes, TestContext.Current.CancellationToken);
        foreach (var arguments in (string[][])[["sql", "SELECT 1 FROM spotifytopplayed_refined"], ["refine"], ["run", "--snapshot-date", Day]])
        {
            Assert.Contains($"{warehouse} cannot be used: SQLite Error 11", (await pyspotify.RunAsync(arguments)).Failed(), StringComparison.Ordinal);
        }

        File.Delete(warehouse);
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={warehouse};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "CREATE TABLE crawls (x)";
            command.ExecuteNonQuery();
        }

        Assert.Contains($"Move it away; `pyspotify refine --data {pyspotify.Data}` makes a new one", (await pyspotify.RunAsync("refine")).Failed(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a line that is no event", "is damaged at line 4")]
    [InlineData("a missing line", "cannot be redriven; start a new one")]
    [InlineData("another state", "cannot be redriven; start a new one")]
    [InlineData("an output that is no JSON", "cannot be redriven; start a new one")]
    [InlineData("another definition", "definition has changed")]
    [InlineData("an input that is no input", "cannot be redriven; start a new one")]
    [InlineData("another order", "cannot be redriven; start a new one")]
    [InlineData("a state that leads nowhere", "leads from 'Authenticate' to")]
    [InlineData("a state within itself", "does not follow from those before it")]
    public async Task A_hand_edited_execution_is_told_and_harms_no_other(string edit, string words)
    {
        await using var workflow = await LocalWorkflow.CreateAsync();
        var kept = await workflow.KeepAsync(Before);
        workflow.Spotify.Fail(Fault.NotJson, request => request.Endpoint == Endpoint.Playlist);
        await LocalWorkflow.FailAsync(() => workflow.RunAsync(Day));
        var name = ExecutionLog.List(workflow.Data.Executions).Last().Name;
        var path = Path.Combine(workflow.Data.Executions, $"{name}.jsonl");
        var lines = File.ReadAllLines(path).ToList();
        switch (edit)
        {
            case "a line that is no event": lines[3] = "I changed this"; break;
            case "a missing line": lines.RemoveAt(2); break;
            case "another state": lines[1] = lines[1].Replace("Authenticate", "Authentic", StringComparison.Ordinal); break;
            case "an output that is no JSON": lines[3] = lines[3].Replace("\"output\":\"{", "\"output\":\"", StringComparison.Ordinal); break;
            case "another definition": lines[0] = lines[0].Replace("\"definition\":\"", "\"definition\":\"0", StringComparison.Ordinal); break;
            case "an input that is no input": lines[0] = lines[0].Replace("popular", "unpopular", StringComparison.Ordinal); break;
            case "a state that leads nowhere":
                lines = lines[..(lines.FindIndex(line => line.Contains("\"next\":", StringComparison.Ordinal)) + 1)];
                lines[^1] = System.Text.RegularExpressions.Regex.Replace(lines[^1], ",\"next\":\"\\w+\"", "");
                break;
            case "a state within itself": lines.Add($$"""{"id":{{lines.Count + 1}},"time":"2026-11-20T00:00:00Z","type":"StateEntered","scope":"{{lines.Count + 1}}.0","state":"X","input":"{}"}"""); break;
            case "another order": (lines[2], lines[3]) = (lines[3], lines[2]); break;
        }

        File.WriteAllText(path, string.Join('\n', lines) + "\n");
        var error = await Assert.ThrowsAsync<ExecutionLogException>(() => workflow.RedriveAsync(name));

        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.Equal(2, ExecutionLog.List(workflow.Data.Executions).Count());
        kept.AssertIn(workflow.Look());
        Assert.Equal(kept.Rows, workflow.Rows());
        await workflow.RunAsync(Day);
        kept.AssertIn(workflow.Look());
    }
}
