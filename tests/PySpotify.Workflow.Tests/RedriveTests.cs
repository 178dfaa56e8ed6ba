using System.Text.Json;
using PySpotify.Functions;
using PySpotify.Functions.Ports;
using PySpotify.Functions.Rows;
using PySpotify.Tests;
using PySpotify.Workflow.Local;
using PySpotify.Workflow.StatesLanguage;

namespace PySpotify.Workflow.Tests;

/// <summary>A redrive goes on where an execution stopped, whatever it stopped at, and repeats nothing.</summary>
public sealed class RedriveTests
{
    private const string Before = "2026-11-13", Day = "2026-11-20", Name = "execution";

    private static readonly string[] Rest = ["StartRawCrawler", "PollRawCrawler", "RefineToParquet", "StartRefinedCrawler", "PollRefinedCrawler"];

    /// <summary>What an undisturbed run leaves.</summary>
    private static readonly Lazy<Task<Kept>> Undisturbed = new(async () =>
    {
        await using var workflow = await LocalWorkflow.CreateAsync();
        return await workflow.KeepAsync(Day);
    });

    /// <summary>Each Task of the definition.</summary>
    public static TheoryData<string> Tasks => [.. TasksIn(Definition())];

    [Theory]
    [MemberData(nameof(Tasks))]
    public async Task Only_what_failed_runs_again(string state)
    {
        await using var workflow = await LocalWorkflow.CreateAsync();
        await FailAsync(workflow, state, afterItsEffect: false, redrive: false);
        var calls = workflow.Spotify.Requests.Count;

        Assert.Equal(ExecutionStatus.Succeeded, (await workflow.ExecuteAsync(Name, null)).Status);

        Assert.Equal(From(state).Order(), CallsOfLastRedrive(workflow));
        if (!state.StartsWith("Fetch", StringComparison.Ordinal) && !state.StartsWith("Renew", StringComparison.Ordinal) && state != "Authenticate")
        {
            Assert.Equal(calls, workflow.Spotify.Requests.Count);
        }

        (await Undisturbed.Value).AssertSame(workflow.Look());
        workflow.AssertNothingHalf();
    }

    [Theory]
    [MemberData(nameof(Tasks))]
    public async Task So_it_does_eight_days_later_and_when_a_first_redrive_failed_too_and_when_the_work_was_done_but_not_told(string state)
    {
        await using var workflow = await LocalWorkflow.CreateAsync();
        await FailAsync(workflow, state, afterItsEffect: true, redrive: false);
        workflow.Clock.Skip(TimeSpan.FromDays(8));
        await FailAsync(workflow, state, afterItsEffect: true, redrive: true);

        Assert.Equal(ExecutionStatus.Succeeded, (await workflow.ExecuteAsync(Name, null)).Status);

        // A fetch finds its token expired, eight days later.
        string[] renewal = state.StartsWith("Fetch", StringComparison.Ordinal) ? [state, $"Renew{state[5..]}Token"] : [];
        Assert.Equal(From(state).Concat(renewal).Order(), CallsOfLastRedrive(workflow));
        (await Undisturbed.Value).AssertSame(workflow.Look());
        workflow.AssertNothingHalf();
    }

    [Theory]
    [InlineData("TopPlayed")]
    [InlineData("Popular")]
    public async Task A_fetch_eight_days_later_renews_its_token_first(string branch)
    {
        await using var workflow = await LocalWorkflow.CreateAsync();
        await FailAsync(workflow, $"Fetch{branch}", afterItsEffect: false, redrive: false);
        workflow.Clock.Skip(TimeSpan.FromDays(8));

        await workflow.ExecuteAsync(Name, null);

        string[] expected = [$"Fetch{branch}", $"Renew{branch}Token", $"Fetch{branch}", $"Write{branch}Csv", .. Rest];
        Assert.Equal(expected.Order(), CallsOfLastRedrive(workflow));
        Assert.Equal(2, workflow.Spotify.Calls(Endpoint.Token));
        (await Undisturbed.Value).AssertSame(workflow.Look());
    }

    [Fact]
    public async Task Staged_rows_are_kept_for_thirty_days_and_no_longer()
    {
        await using var workflow = await LocalWorkflow.CreateAsync();
        await FailAsync(workflow, "WritePopularCsv", afterItsEffect: false, redrive: false);
        workflow.Clock.Skip(TimeSpan.FromDays(29));
        await FailAsync(workflow, "WritePopularCsv", afterItsEffect: false, redrive: true);
        workflow.Clock.Skip(TimeSpan.FromDays(2));

        var result = await workflow.ExecuteAsync(Name, null);

        Assert.Equal("ObjectNotFoundException", result.Error);
        Assert.Contains("kept for 30 days; after that, start a new execution", result.Cause, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(Path.Combine(workflow.Data.Raw, Prefixes.Staging)));
    }

    [Fact]
    public async Task A_crawl_that_failed_is_started_again()
    {
        await using var workflow = await LocalWorkflow.CreateAsync();
        var kept = await workflow.KeepAsync(Before);

        var first = await workflow.ExecuteAsync(Name, LocalWorkflow.Input(Day), FailCrawl);
        var second = await workflow.ExecuteAsync(Name, null, FailCrawl);
        Assert.Equal(("StartRawCrawler", nameof(CrawlFailedException)), (first.State, first.Error));
        Assert.Contains("Access denied", first.Cause, StringComparison.Ordinal);
        Assert.Equal(first.Cause, second.Cause);
        kept.AssertIn(workflow.Look());
        Assert.Equal(kept.Rows, workflow.Rows());

        await workflow.RedriveAsync();
        Assert.Equal(Rest.Order(), CallsOfLastRedrive(workflow));
        (await Undisturbed.Value).AssertIn(workflow.Look());

        static async Task<JsonElement> FailCrawl(TaskCall task, Func<Task<JsonElement>> call)
        {
            var answer = await call();
            return task.State == "PollRawCrawler"
                ? Json.Parse(answer.GetRawText().Replace("SUCCEEDED", "FAILED", StringComparison.Ordinal).Replace("\"error\":null", "\"error\":\"Access denied\"", StringComparison.Ordinal))
                : answer;
        }
    }

    [Fact]
    public async Task A_crawl_that_did_not_find_what_was_written_is_started_again()
    {
        await using var workflow = await LocalWorkflow.CreateAsync();
        var (folder, away) = (Path.GetDirectoryName(workflow.CsvOf(Tables.Popular, Day))!, Path.Combine(workflow.Data.Root, "away"));

        var first = await workflow.ExecuteAsync(Name, LocalWorkflow.Input(Day), (task, call) =>
        {
            if (task.State == "StartRawCrawler" && Directory.Exists(folder))
            {
                Directory.Move(folder, away);
            }

            return call();
        });
        Assert.Equal(("StartRawCrawler", nameof(CrawlFailedException)), (first.State, first.Error));
        Assert.Contains($"it succeeded, but {Tables.Popular} has no partition of {Day}", first.Cause, StringComparison.Ordinal);
        Assert.Empty(workflow.Rows());

        Directory.Move(away, folder);
        await workflow.RedriveAsync();
        (await Undisturbed.Value).AssertIn(workflow.Look());
    }

    [Fact]
    public async Task A_crawl_is_found_to_be_over_even_where_the_clock_was_put_back()
    {
        await using var workflow = await LocalWorkflow.CreateAsync();
        await workflow.RunAsync(Day);
        workflow.Clock.Skip(TimeSpan.FromDays(-2));
        var start = workflow.Clock.GetUtcNow();
        await workflow.RunAsync(Day);
        Assert.InRange(workflow.Clock.GetUtcNow() - start, TimeSpan.Zero, TimeSpan.FromSeconds(2));
    }

    [Theory]
    [InlineData("a,b,many,1,c,2026,id,1,,,", "track_pop 'many' is not an integer")]
    [InlineData("a,b,1,1,c,2026,id,1.5,,,", "rank '1.5' is not an integer")]
    [InlineData("a,b,1,1,c,2026,id,,,,", "rank is empty")]
    [InlineData("a,b,1", "3 cells, but the header has 11")]
    [InlineData("a\"b,c,1,1,d,2026,id,1,,,", "its quotes do not match")]
    public async Task A_cell_that_has_no_place_in_the_table_ends_the_refining_and_a_redrive_refines_what_was_mended(string line, string problem)
    {
        await using var workflow = await LocalWorkflow.CreateAsync();
        await workflow.RunAsync(Before);
        var kept = await workflow.KeepAsync(Day);
        var strange = Path.Combine(Path.GetDirectoryName(workflow.CsvOf(Tables.Popular, Day))!, "strange.csv");
        await File.WriteAllTextAsync(strange, $"{Columns.RawHeader}\n{line}\n", TestContext.Current.CancellationToken);

        var error = await LocalWorkflow.FailAsync(() => workflow.RunAsync(Day));

        Assert.StartsWith("RefineToParquet failed: ", error, StringComparison.Ordinal);
        Assert.Contains($"{strange}, line 2: {problem}", error, StringComparison.Ordinal);
        Assert.Equal(kept.Rows, workflow.Rows());
        File.Delete(strange);
        await workflow.RedriveAsync();
        Assert.Equal(["PollRefinedCrawler", "RefineToParquet", "StartRefinedCrawler"], CallsOfLastRedrive(workflow));
        kept.AssertSame(workflow.Look());
    }

    [Fact]
    public async Task One_bad_playlist_loses_none_of_the_others()
    {
        await using var workflow = await LocalWorkflow.CreateAsync();
        string[] playlists = [LocalWorkflow.Playlist, "0000000000000000000001", "0000000000000000000002"];
        workflow.Spotify.AddPlaylist(playlists[2], FakeSpotify.Tracks(30));
        var error = await LocalWorkflow.FailAsync(() => workflow.RunAsync(LocalWorkflow.Input(Day, playlists)));

        Assert.Contains($": playlist {playlists[1]}: not found (404). Correct the input", error, StringComparison.Ordinal);
        Assert.Equal([[120L + 30]], await workflow.QueryAsync("SELECT count(*) FROM spotifytopplayed_refined"));

        workflow.Spotify.AddPlaylist(playlists[1], FakeSpotify.Tracks(20));
        await workflow.RunAsync(LocalWorkflow.Input(Day, playlists));

        Assert.Equal([[120L + 20 + 30]], await workflow.QueryAsync("SELECT count(*) FROM spotifytopplayed_refined"));
    }

    [Fact]
    public async Task A_process_that_dies_at_any_event_is_gone_on_with()
    {
        var isOver = false;
        var n = 1;
        for (; !isOver; n++)
        {
            await using var workflow = await LocalWorkflow.CreateAsync();
            workflow.Spotify.OnPage = Expire(workflow, "TopPlayed");
            try
            {
                await workflow.ExecuteAsync(Name, LocalWorkflow.Input(Day), recorded: e =>
                {
                    isOver = e.Type == HistoryEventType.ExecutionSucceeded;
                    if (e.Id == n && !isOver)
                    {
                        throw new DeathException();
                    }
                });
                continue;
            }
            catch (DeathException)
            {
                // What a kill in the middle of a line leaves.
                if (n % 2 == 0)
                {
                    await File.AppendAllTextAsync(Path.Combine(workflow.Data.Executions, $"{Name}.jsonl"), "{\"id\":" + n, TestContext.Current.CancellationToken);
                }
            }

            Assert.Equal(n, ExecutionLog.Read(workflow.Data.Executions, Name).Count);
            Assert.Equal(ExecutionStatus.Succeeded, (await workflow.ExecuteAsync(Name, null)).Status);
            var ids = ExecutionLog.Read(workflow.Data.Executions, Name).Select(e => e.Id).ToList();
            Assert.Equal(Enumerable.Range(1, ids.Count).Select(id => (long)id), ids);
            (await Undisturbed.Value).AssertSame(workflow.Look());
            workflow.AssertNothingHalf();
        }

        Assert.InRange(n, 44, 100);
    }

    /// <summary>Runs, or redrives, an execution of which one state fails when the other branch is through.</summary>
    private static async Task FailAsync(LocalWorkflow workflow, string state, bool afterItsEffect, bool redrive)
    {
        var branch = Array.Find(["TopPlayed", "Popular"], branch => state.Contains(branch, StringComparison.Ordinal));
        if (!redrive && state.StartsWith("Renew", StringComparison.Ordinal))
        {
            workflow.Spotify.OnPage = Expire(workflow, branch!);
        }

        var siblingIsThrough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (redrive || branch is null)
        {
            siblingIsThrough.SetResult();
        }

        var result = await workflow.ExecuteAsync(
            Name,
            redrive ? null : LocalWorkflow.Input(Day),
            async (task, call) =>
            {
                if (task.State != state)
                {
                    return await call();
                }

                await siblingIsThrough.Task.WaitAsync(TimeSpan.FromSeconds(30));
                if (afterItsEffect)
                {
                    try
                    {
                        await call();
                    }
                    catch (Functions.Spotify.SpotifyTokenExpiredException)
                    {
                    }
                }

                throw new DeathException();
            },
            e =>
            {
                if (e.Type == HistoryEventType.StateExited && e.State == (branch == "TopPlayed" ? "EachQuery" : "EachPlaylist"))
                {
                    siblingIsThrough.TrySetResult();
                }
            });
        Assert.Equal((ExecutionStatus.Failed, state, nameof(DeathException)), (result.Status, result.State, result.Error));
        Assert.Equal("FAILED", ExecutionLog.List(workflow.Data.Executions).Single().Status);
    }

    /// <summary>The Tasks that a redrive calls when a state has failed and the other branch is through.</summary>
    private static string[] From(string state) => state switch
    {
        "Authenticate" => ["Authenticate", "FetchTopPlayed", "FetchPopular", "WriteTopPlayedCsv", "WritePopularCsv", .. Rest],
        "RenewTopPlayedToken" => ["RenewTopPlayedToken", "FetchTopPlayed", "WriteTopPlayedCsv", .. Rest],
        "RenewPopularToken" => ["RenewPopularToken", "FetchPopular", "WritePopularCsv", .. Rest],
        "FetchTopPlayed" => ["FetchTopPlayed", "WriteTopPlayedCsv", .. Rest],
        "FetchPopular" => ["FetchPopular", "WritePopularCsv", .. Rest],
        "WriteTopPlayedCsv" or "WritePopularCsv" => [state, .. Rest],
        _ => Rest[Array.IndexOf(Rest, state)..],
    };

    private static IEnumerable<string> CallsOfLastRedrive(LocalWorkflow workflow)
    {
        var history = workflow.History();
        var redriven = history.Last(e => e.Type == HistoryEventType.ExecutionRedriven).Id;
        return history.Where(e => e.Id > redriven && e.Type == HistoryEventType.TaskScheduled).Select(e => e.State!).Order();
    }

    /// <summary>Lets the token expire while a branch fetches its first page, once.</summary>
    private static Action<SpotifyRequest, System.Text.Json.Nodes.JsonObject> Expire(LocalWorkflow workflow, string branch)
    {
        var isOver = 0;
        return (request, _) =>
        {
            if (request.Endpoint == (branch == "Popular" ? Endpoint.Search : Endpoint.Playlist) && request.Offset == 0 && Interlocked.Exchange(ref isOver, 1) == 0)
            {
                workflow.Clock.Skip(TimeSpan.FromHours(2));
            }
        };
    }

    private static JsonElement Definition() => JsonElement.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "pyspotify.asl.json")));

    private static IEnumerable<string> TasksIn(JsonElement block) => block.GetProperty("States").EnumerateObject().SelectMany(state => state.Value switch
    {
        var task when task.GetProperty("Type").GetString() == "Task" => [state.Name],
        var map when map.TryGetProperty("ItemProcessor", out var processor) => TasksIn(processor),
        var parallel when parallel.TryGetProperty("Branches", out var branches) => branches.EnumerateArray().SelectMany(TasksIn),
        _ => Array.Empty<string>(),
    });

    private sealed class DeathException() : Exception("The function died.");
}
