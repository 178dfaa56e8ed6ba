using System.Text.Json;
using PySpotify.Functions;
using PySpotify.Functions.Ports;
using PySpotify.Tests;
using PySpotify.Workflow.Local;
using PySpotify.Workflow.Local.Warehouse;
using PySpotify.Workflow.StatesLanguage;

namespace PySpotify.Workflow.Tests;

/// <summary>
/// Two executions at once, as they can be on AWS: over one bucket, one token, crawlers that crawl one at a time and a job that
/// runs one at a time. (A data folder lets only one run in.)
/// </summary>
public sealed class TwoExecutionsTests
{
    private const string Before = "2026-11-13", Day = "2026-11-20", NextDay = "2026-11-27";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_one_date_the_last_to_write_a_source_counts()
    {
        await using var workflow = await LocalWorkflow.CreateAsync();
        var kept = await workflow.KeepAsync(Before);
        var written = new TaskCompletionSource();
        var glue = new Glue(workflow);

        // The first has read 120 songs and waits with them until the second, which reads 50, has written its own.
        var read = new TaskCompletionSource();
        var first = glue.ExecuteAsync("first", Day, async (task, call) =>
        {
            if (task.State == "WriteTopPlayedCsv")
            {
                read.SetResult();
                await written.Task;
            }

            return await call();
        });
        await read.Task;
        workflow.Spotify.AddPlaylist(LocalWorkflow.Playlist, FakeSpotify.Tracks(50));
        var second = glue.ExecuteAsync("second", Day, async (task, call) =>
        {
            var answer = await call();
            if (task.State == "WriteTopPlayedCsv")
            {
                written.SetResult();
            }

            return answer;
        });

        Assert.All(await Task.WhenAll(first, second), result => Assert.Equal(ExecutionStatus.Succeeded, result.Status));
        Assert.Equal(121, File.ReadAllLines(workflow.CsvOf(Tables.TopPlayed, Day)).Length);
        Assert.Equal(120L, (await workflow.QueryAsync($"SELECT count(*) FROM charts WHERE list = '{Lists.TopPlayed}' AND snapshot_date = '{Day}'"))[0][0]);
        Assert.Equal(120L, (await workflow.QueryAsync($"SELECT rows FROM sources WHERE list = '{Lists.TopPlayed}' AND snapshot_date = '{Day}'"))[0][0]);
        kept.AssertIn(workflow.Look());
        workflow.AssertNothingHalf();
        glue.AssertContended();
    }

    [Fact]
    public async Task Of_two_dates_each_has_its_own_rows()
    {
        await using var workflow = await LocalWorkflow.CreateAsync();
        await using var oneByOne = await LocalWorkflow.CreateAsync();
        foreach (var date in (string[])[Before, Day, NextDay])
        {
            await oneByOne.RunAsync(date);
        }

        await workflow.RunAsync(Before);
        var crawling = new TaskCompletionSource();
        var glue = new Glue(workflow);

        // The second writes when the first one's crawl has begun, which may not find it any more.
        var first = glue.ExecuteAsync("first", Day, async (task, call) =>
        {
            var answer = await call();
            if (task.State == "StartRawCrawler")
            {
                crawling.SetResult();
            }

            return answer;
        });
        var second = glue.ExecuteAsync("second", NextDay, async (task, call) =>
        {
            if (task.State.StartsWith("Write", StringComparison.Ordinal))
            {
                await crawling.Task;
            }

            return await call();
        });

        Assert.All(await Task.WhenAll(first, second), result => Assert.Equal(ExecutionStatus.Succeeded, result.Status));
        oneByOne.Look().AssertSame(workflow.Look());
        const string partitions = "SELECT * FROM catalog ORDER BY table_name, snapshot_date";
        Assert.Equal(await oneByOne.QueryAsync(partitions), await workflow.QueryAsync(partitions));
        workflow.AssertNothingHalf();
        glue.AssertContended();
    }

    /// <summary>Glue's manners around the local run: whoever comes first waits until the other has met each crawl and the job.</summary>
    private sealed class Glue(LocalWorkflow workflow) : ICrawler
    {
        private readonly Crawler _crawler = new(new Database(workflow.Data.Warehouse), new RawFolder(workflow.Data.Raw), workflow.Clock);
        private readonly Dictionary<string, Turn> _turns = new() { [Crawler.Raw] = new(), [Crawler.Refined] = new(), ["job"] = new() };

        public async Task<CrawlerStatus> GetAsync(string crawler, CancellationToken cancellationToken)
        {
            var ready = !_turns[crawler].IsTaken();
            return await _crawler.GetAsync(crawler, cancellationToken) with { Ready = ready };
        }

        public async Task<bool> StartAsync(string crawler, CancellationToken cancellationToken) =>
            _turns[crawler].Take() && await _crawler.StartAsync(crawler, cancellationToken);

        public Task<bool> HasPartitionAsync(string crawler, string table, DateOnly snapshotDate, CancellationToken cancellationToken) =>
            _crawler.HasPartitionAsync(crawler, table, snapshotDate, cancellationToken);

        public void AssertContended() => Assert.All(_turns.Values, turn => Assert.True(turn.Contended.IsCompleted));

        public async Task<ExecutionResult> ExecuteAsync(string name, string date, Func<TaskCall, Func<Task<JsonElement>>, Task<JsonElement>>? hook = null)
        {
            var secrets = new SecretsFile(workflow.Data.Secrets, new(workflow.Spotify.ClientId, workflow.Spotify.ClientSecret));
            using var pipeline = new LocalPipeline(workflow.Data, secrets, workflow.Options, null, workflow.Clock);
            var interpreter = new Interpreter(
                LocalPipeline.LoadDefinition(),
                (task, cancellationToken) => hook is null
                    ? InvokeAsync(pipeline, task, cancellationToken)
                    : hook(task, () => InvokeAsync(pipeline, task, cancellationToken)),
                workflow.Clock,
                _ => { });
            return await interpreter.RunAsync(name, JsonSerializer.SerializeToElement(LocalWorkflow.Input(date)), Cancelled);
        }

        private async Task<JsonElement> InvokeAsync(LocalPipeline pipeline, TaskCall task, CancellationToken cancellationToken)
        {
            var json = PayloadJson.Default;
            if (task.State == "RefineToParquet")
            {
                return await RunJobAsync(() => pipeline.InvokeAsync(task, cancellationToken));
            }

            if (!task.State.EndsWith("Crawler", StringComparison.Ordinal))
            {
                return await pipeline.InvokeAsync(task, cancellationToken);
            }

            var payload = task.Payload.GetProperty("Payload");
            var crawl = task.State.StartsWith("Start", StringComparison.Ordinal)
                ? await new StartCrawler(this).InvokeAsync(payload.Deserialize(json.StartCrawlerInput)!, cancellationToken)
                : await PollAsync(payload.Deserialize(json.PollCrawlerInput)!, cancellationToken);
            return Json.Object("Payload", JsonSerializer.SerializeToElement(crawl, json.Crawl));
        }

        private async Task<Crawl> PollAsync(PollCrawlerInput input, CancellationToken cancellationToken)
        {
            var turn = _turns[input.Crawler];
            if (input.Crawl.Status == Crawl.Running)
            {
                await turn.Contended;
                turn.End();
            }
            else
            {
                await turn.Ended;
            }

            return await new PollCrawler(this).InvokeAsync(input, cancellationToken);
        }

        private async Task<JsonElement> RunJobAsync(Func<Task<JsonElement>> run)
        {
            var turn = _turns["job"];
            if (!turn.Take())
            {
                // No wait takes any time here, so the retries would be used up before the other's run has ended.
                await turn.Ended;
                throw new StateFailure("Glue.ConcurrentRunsExceededException", "Concurrent runs exceeded for csv-to-parquet");
            }

            await turn.Contended;
            try
            {
                return await run();
            }
            finally
            {
                turn.End();
            }
        }
    }

    /// <summary>What one has at a time.</summary>
    private sealed class Turn
    {
        private readonly Lock _lock = new();
        private readonly TaskCompletionSource _contended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private bool _taken;

        /// <summary>Whether another has asked while one had it.</summary>
        public Task Contended => _contended.Task;

        /// <summary>When the one that has it is done.</summary>
        public Task Ended
        {
            get
            {
                lock (_lock)
                {
                    return _taken ? _ended.Task : Task.CompletedTask;
                }
            }
        }

        public bool IsTaken()
        {
            lock (_lock)
            {
                return NoteTaken();
            }
        }

        /// <returns>False where another has it.</returns>
        public bool Take()
        {
            lock (_lock)
            {
                if (NoteTaken())
                {
                    return false;
                }

                _taken = true;
                _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
                return true;
            }
        }

        public void End()
        {
            lock (_lock)
            {
                _taken = false;
                _ended.TrySetResult();
            }
        }

        private bool NoteTaken()
        {
            if (_taken)
            {
                _contended.TrySetResult();
            }

            return _taken;
        }
    }
}
