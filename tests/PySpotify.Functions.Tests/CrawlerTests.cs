using PySpotify.Functions;
using PySpotify.Functions.Ports;

namespace PySpotify.Tests;

public sealed class CrawlerTests
{
    private readonly ScriptedCrawler _crawler = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_crawl_is_done_when_ours_has_ended()
    {
        _crawler.Run(succeeds: true);

        var crawl = await StartAsync();
        Assert.Equal(Crawl.Running, crawl.Status);
        crawl = await PollAsync(crawl);
        Assert.Equal(Crawl.Running, crawl.Status);

        _crawler.End();
        Assert.Equal(Crawl.Succeeded, (await PollAsync(crawl)).Status);
    }

    [Fact]
    public async Task The_first_crawl_of_all_is_known_as_ours()
    {
        var crawl = await PollAsync(await StartAsync());
        Assert.Equal((Crawl.Running, null), (crawl.Status, crawl.Before));

        _crawler.End();
        Assert.Equal(Crawl.Succeeded, (await PollAsync(crawl)).Status);
    }

    [Fact]
    public async Task Ready_with_the_old_crawl_is_not_yet_ours()
    {
        _crawler.Run(succeeds: true);
        _crawler.ShowsStarts = false;

        var crawl = await PollAsync(await StartAsync());
        Assert.Equal(Crawl.Running, crawl.Status);

        _crawler.ShowsStarts = true;
        Assert.Equal(Crawl.Running, (await PollAsync(crawl)).Status);
        _crawler.End();
        Assert.Equal(Crawl.Succeeded, (await PollAsync(crawl)).Status);
    }

    [Fact]
    public async Task A_crawl_that_was_running_before_is_waited_for_and_ours_started_after_it()
    {
        await _crawler.StartAsync("raw", Cancelled);

        var crawl = await StartAsync();
        Assert.Equal(Crawl.Waiting, crawl.Status);
        crawl = await PollAsync(crawl);
        Assert.Equal(Crawl.Waiting, crawl.Status);

        _crawler.End();
        crawl = await PollAsync(crawl);
        Assert.Equal(Crawl.NotStarted, crawl.Status);
        crawl = await StartAsync(crawl);
        Assert.Equal(Crawl.Running, crawl.Status);
        _crawler.End();
        Assert.Equal(Crawl.Succeeded, (await PollAsync(crawl)).Status);
        Assert.Equal(2, _crawler.Crawls);
    }

    [Fact]
    public async Task A_crawl_that_ends_while_ours_is_asked_for_is_not_taken_for_ours()
    {
        _crawler.Run(succeeds: true);
        await _crawler.StartAsync("raw", Cancelled);
        _crawler.AfterGet = _crawler.End;
        var crawl = await StartAsync();
        _crawler.AfterGet = null;
        _crawler.ShowsStarts = false;

        while (crawl.Status != Crawl.Running)
        {
            crawl = crawl.Status == Crawl.NotStarted ? await StartAsync(crawl) : await PollAsync(crawl);
        }

        Assert.Equal(Crawl.Running, (await PollAsync(crawl)).Status);
        _crawler.ShowsStarts = true;
        _crawler.End();
        Assert.Equal(Crawl.Succeeded, (await PollAsync(crawl)).Status);
        Assert.Equal(3, _crawler.Crawls);
    }

    [Fact]
    public async Task A_crawl_that_another_beats_to_the_start_waits()
    {
        _crawler.AfterGet = () => _crawler.StartAsync("raw", Cancelled).Wait(Cancelled);

        Assert.Equal(Crawl.Waiting, (await StartAsync()).Status);
    }

    [Theory]
    [InlineData("Insufficient Lake Formation permission(s)")]
    [InlineData(null)]
    public async Task A_failed_crawl_is_the_start_states_error_until_a_redrive_starts_it_again(string? reason)
    {
        var crawl = await StartAsync();
        _crawler.End(succeeds: false, reason);
        crawl = await PollAsync(crawl);
        Assert.Equal((Crawl.Failed, reason), (crawl.Status, crawl.Error));

        var error = await Assert.ThrowsAsync<CrawlFailedException>(() => StartAsync(crawl));
        Assert.Equal(
            $"The crawler raw failed: {reason ?? "it gave no reason"}. Fix the cause, then redrive the execution; that starts the crawl again.",
            error.Message);
        Assert.Equal(1, _crawler.Crawls);

        var again = await StartAsync(crawl, redriveCount: 1);
        Assert.Equal((Crawl.Running, null, 1), (again.Status, again.Error, again.RedriveCount));
        Assert.Equal(Crawl.Running, (await PollAsync(again)).Status);
        _crawler.End();
        Assert.Equal(Crawl.Succeeded, (await PollAsync(again)).Status);
    }

    [Fact]
    public async Task A_crawl_that_fails_after_a_redrive_is_an_error_again_and_the_next_redrive_starts_it_again()
    {
        var crawl = await StartAsync(redriveCount: 1);
        _crawler.End(succeeds: false);
        crawl = await PollAsync(crawl);

        await Assert.ThrowsAsync<CrawlFailedException>(() => StartAsync(crawl, redriveCount: 1));
        Assert.Equal(Crawl.Running, (await StartAsync(crawl, redriveCount: 2)).Status);
    }

    [Fact]
    public async Task A_redrive_that_finds_another_crawl_running_waits_and_then_starts_ours()
    {
        var crawl = await StartAsync();
        _crawler.End(succeeds: false);
        crawl = await PollAsync(crawl);
        await _crawler.StartAsync("raw", Cancelled);

        crawl = await StartAsync(crawl, redriveCount: 1);
        Assert.Equal(Crawl.Waiting, crawl.Status);
        _crawler.End();
        crawl = await StartAsync(await PollAsync(crawl), redriveCount: 1);
        Assert.Equal(Crawl.Running, crawl.Status);
    }

    [Fact]
    public async Task An_older_failure_is_not_ours()
    {
        _crawler.Run(succeeds: false);

        var crawl = await StartAsync();
        _crawler.End();

        Assert.Equal(Crawl.Succeeded, (await PollAsync(crawl)).Status);
    }

    [Fact]
    public async Task A_crawl_that_ended_without_a_partition_of_what_was_written_has_failed()
    {
        var crawl = await StartAsync();
        _crawler.End();
        _crawler.Lacks = Tables.Popular;
        crawl = await PollAsync(crawl);

        var error = await Assert.ThrowsAsync<CrawlFailedException>(() => StartAsync(crawl));
        Assert.StartsWith($"The crawler raw failed: it succeeded, but {Tables.Popular} has no partition of 2026-11-22.", error.Message, StringComparison.Ordinal);

        crawl = await StartAsync(crawl, redriveCount: 1);
        _crawler.End();
        _crawler.Lacks = null;
        Assert.Equal((Crawl.Succeeded, null), ((await PollAsync(crawl)).Status, crawl.Error));
    }

    [Fact]
    public async Task Nobody_asks_for_partitions_before_the_crawl_has_ended()
    {
        _crawler.Lacks = Tables.Popular;

        Assert.Equal(Crawl.Running, (await PollAsync(await StartAsync())).Status);
    }

    private Task<Crawl> StartAsync(Crawl? crawl = null, int redriveCount = 0) =>
        new StartCrawler(_crawler).InvokeAsync(new("raw", crawl ?? new Crawl(Crawl.NotStarted), redriveCount), Cancelled);

    private Task<Crawl> PollAsync(Crawl crawl) => new PollCrawler(_crawler).InvokeAsync(
        new("raw", crawl, [Tables.TopPlayed, Tables.TopPlayed, Tables.Popular], new(2026, 11, 22)), Cancelled);

    /// <summary>A crawler as Glue's: one crawl at a time, each a minute after the one before.</summary>
    private sealed class ScriptedCrawler : ICrawler
    {
        private DateTimeOffset _now = new(2026, 11, 22, 6, 0, 0, TimeSpan.Zero);
        private DateTimeOffset? _running;
        private LastCrawl? _last;

        /// <summary>Crawls that were begun.</summary>
        public int Crawls { get; private set; }

        /// <summary>False where it says READY for a moment after a start, as Glue does.</summary>
        public bool ShowsStarts { get; set; } = true;

        /// <summary>The table of which the catalog has no partition.</summary>
        public string? Lacks { get; set; }

        /// <summary>What happens between a look at the crawler and the next call.</summary>
        public Action? AfterGet { get; set; }

        public void Run(bool succeeds)
        {
            StartAsync("raw", default).Wait(Cancelled);
            End(succeeds);
        }

        public void End() => End(succeeds: true);

        public void End(bool succeeds, string? error = null)
        {
            _last = new(_running!.Value, succeeds, error);
            _running = null;
        }

        public Task<CrawlerStatus> GetAsync(string crawler, CancellationToken cancellationToken)
        {
            var status = new CrawlerStatus(_running is null || !ShowsStarts, _last);
            AfterGet?.Invoke();
            return Task.FromResult(status);
        }

        public Task<bool> StartAsync(string crawler, CancellationToken cancellationToken)
        {
            if (_running is not null)
            {
                return Task.FromResult(false);
            }

            _now = _now.AddMinutes(1);
            _running = _now;
            Crawls++;
            return Task.FromResult(true);
        }

        public Task<bool> HasPartitionAsync(string crawler, string table, DateOnly snapshotDate, CancellationToken cancellationToken) =>
            Task.FromResult(table != Lacks);
    }
}
