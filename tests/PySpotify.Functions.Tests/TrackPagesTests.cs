using System.Runtime.CompilerServices;
using PySpotify.Functions.Spotify;

namespace PySpotify.Tests;

public sealed class TrackPagesTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pages_are_asked_for_ahead_within_the_window_and_come_in_order()
    {
        var pages = new ScriptedPages(total: 500);
        await using var rows = TrackPages.ReadAllAsync(pages.GetAsync, 1000, 4, 0, Cancelled).GetAsyncEnumerator(Cancelled);

        var first = rows.MoveNextAsync().AsTask();
        Assert.Equal([0], pages.Asked);
        pages.Answer(0);
        Assert.True(await first);
        Assert.Equal([0, 50, 100, 150, 200], pages.Asked);
        await TakeAsync(rows, 49);

        var next = rows.MoveNextAsync().AsTask();
        Assert.Equal([0, 50, 100, 150, 200], pages.Asked);
        pages.Answer(200);
        pages.Answer(100);
        Assert.False(next.IsCompleted);
        pages.Answer(50);
        Assert.True(await next);
        Assert.Equal("50", rows.Current!.Id);
        Assert.Equal([0, 50, 100, 150, 200, 250], pages.Asked);
        await TakeAsync(rows, 49);

        next = rows.MoveNextAsync().AsTask();
        Assert.True(await next);
        Assert.Equal("100", rows.Current!.Id);
    }

    [Fact]
    public async Task Stopping_early_cancels_what_was_asked_for_ahead_and_waits_for_its_end()
    {
        var pages = new ScriptedPages(total: 500);
        pages.Answer(0);
        pages.Answer(50);
        await foreach (var track in TrackPages.ReadAllAsync(pages.GetAsync, 1000, 4, 0, Cancelled))
        {
            if (track!.Id == "50")
            {
                break;
            }
        }

        Assert.Equal([0, 50, 100, 150, 200, 250], pages.Asked);
        Assert.Equal([100, 150, 200, 250], pages.Ended);
    }

    [Fact]
    public async Task A_page_that_fails_cancels_the_rest()
    {
        var pages = new ScriptedPages(total: 500);
        pages.Answer(0);
        pages.Fail(50, new SpotifyQuotaExceededException(null));

        var read = 0;
        await Assert.ThrowsAsync<SpotifyQuotaExceededException>(async () =>
        {
            await foreach (var _ in TrackPages.ReadAllAsync(pages.GetAsync, 1000, 4, 0, Cancelled))
            {
                read++;
            }
        });

        Assert.Equal(50, read);
        Assert.Equal([100, 150, 200], pages.Ended);
    }

    [Fact]
    public async Task A_page_without_rows_ends_no_list_that_has_more()
    {
        List<string?> read = [];
        await foreach (var track in TrackPages.ReadAllAsync(
            (offset, limit, _) => Task.FromResult(new TrackPage(
                Total: 160, HasNext: offset < 150, offset == 50 ? [] : [.. Enumerable.Range(offset, Math.Min(limit, 160 - offset)).Select(n => new Track($"{n}"))])),
            1000, 4, 0, Cancelled))
        {
            read.Add(track!.Id);
        }

        Assert.Equal([.. Enumerable.Range(0, 50), .. Enumerable.Range(100, 60)], read.Select(id => int.Parse(id!, System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task Cancelling_ends_every_call()
    {
        var pages = new ScriptedPages(total: 500);
        pages.Answer(0);
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        await using var rows = TrackPages.ReadAllAsync(pages.GetAsync, 1000, 4, 0, cancellation.Token).GetAsyncEnumerator(Cancelled);
        await TakeAsync(rows, 50);

        var next = rows.MoveNextAsync().AsTask();
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
        Assert.Equal([50, 100, 150, 200], pages.Ended);
    }

    [Theory]
    [InlineData(75, "0 50, 50 25")]
    [InlineData(50, "0 50")]
    [InlineData(110, "0 50, 50 50, 100 10")]
    public async Task Offset_and_limit_stay_within_the_cap(int cap, string asked)
    {
        var calls = new List<string>();
        var rows = await CountAsync(TrackPages.ReadAllAsync(
            (offset, limit, _) =>
            {
                calls.Add($"{offset} {limit}");
                return Task.FromResult(Page(offset, limit, total: 10_000, hasNext: true));
            },
            cap,
            4,
            0,
            Cancelled));

        Assert.Equal((cap, asked), (rows, string.Join(", ", calls)));
    }

    [Fact]
    public async Task A_page_size_is_refused_once_and_the_smaller_one_kept()
    {
        var limits = new List<int>();
        var rows = await CountAsync(TrackPages.ReadAllAsync(
            (offset, limit, _) =>
            {
                limits.Add(limit);
                return limit > 10
                    ? Task.FromException<TrackPage>(new SpotifyInvalidLimitException(limit))
                    : Task.FromResult(Page(offset, Math.Min(limit, 25 - offset), total: 25, hasNext: offset < 20));
            },
            1000,
            4,
            0,
            Cancelled));

        Assert.Equal(25, rows);
        Assert.Equal([50, 10, 10, 10], limits);
    }

    [Theory]
    [InlineData(true, "0 50, 50 100, 150 100, 250 100")]
    [InlineData(false, "0 50, 50 50, 100 50, 150 50, 200 50, 250 50")]
    public async Task Pages_grow_where_the_first_ones_popularity_tells_extended_quota(bool isExtended, string asked)
    {
        var calls = new List<string>();
        var rows = await CountAsync(TrackPages.ReadAllAsync(
            (offset, limit, _) =>
            {
                calls.Add($"{offset} {limit}");
                var count = Math.Min(limit, 300 - offset);
                return Task.FromResult(new TrackPage(300, offset + count < 300, [.. Enumerable.Range(offset, count).Select(n => new Track($"{n}", Popularity: isExtended && n > 7 ? n % 101 : null))]));
            },
            1000,
            4,
            100,
            Cancelled));

        Assert.Equal((300, asked), (rows, string.Join(", ", calls)));
    }

    [Fact]
    public async Task Pages_that_cannot_grow_are_asked_for_as_before()
    {
        var limits = new List<int>();
        List<string?> read = [];
        await foreach (var track in TrackPages.ReadAllAsync(
            (offset, limit, _) =>
            {
                limits.Add(limit);
                return limit > 50
                    ? Task.FromException<TrackPage>(new SpotifyPlaylistNotFoundException())
                    : Task.FromResult(new TrackPage(240, offset < 200, [.. Enumerable.Range(offset, Math.Min(limit, 240 - offset)).Select(n => new Track($"{n}", Popularity: 1))]));
            },
            1000,
            2,
            100,
            Cancelled))
        {
            read.Add(track!.Id);
        }

        Assert.Equal(Enumerable.Range(0, 240).Select(n => $"{n}"), read);
        Assert.Equal([50, 100, 100, 50, 50, 50, 50], limits);
    }

    [Fact]
    public async Task A_page_size_refused_twice_is_an_error()
    {
        await Assert.ThrowsAsync<SpotifyInvalidLimitException>(() => CountAsync(TrackPages.ReadAllAsync(
            (_, limit, _) => Task.FromException<TrackPage>(new SpotifyInvalidLimitException(limit)), 1000, 4, 0, Cancelled)));
    }

    [Fact]
    public async Task A_hundred_thousand_rows_stream_and_few_pages_are_held()
    {
        const int Total = 100_000;
        var pages = new List<WeakReference>();
        int read = 0, most = 0;
        await foreach (var track in TrackPages.ReadAllAsync(
            (offset, limit, _) => Make(pages, offset, limit, Total), Total, 4, 0, Cancelled))
        {
            Assert.Equal(read.ToString(System.Globalization.CultureInfo.InvariantCulture), track!.Id);
            if (++read % 10_000 != 1)
            {
                continue;
            }

            GC.Collect();
            GC.WaitForPendingFinalizers();
            most = Math.Max(most, pages.Count(page => page.IsAlive));
        }

        Assert.Equal((Total, Total / 50), (read, pages.Count));
        Assert.InRange(most, 1, 8);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Task<TrackPage> Make(List<WeakReference> pages, int offset, int limit, int total)
    {
        var page = Page(offset, limit, total, hasNext: offset + limit < total);
        pages.Add(new WeakReference(page));
        return Task.FromResult(page);
    }

    private static TrackPage Page(int offset, int count, int total, bool hasNext) =>
        new(total, hasNext, [.. Enumerable.Range(offset, count).Select(n => new Track(Id: $"{n}"))]);

    private static async Task TakeAsync(IAsyncEnumerator<Track?> rows, int count)
    {
        for (var i = 0; i < count; i++)
        {
            Assert.True(await rows.MoveNextAsync());
        }
    }

    private static async Task<int> CountAsync(IAsyncEnumerable<Track?> rows)
    {
        var count = 0;
        await foreach (var _ in rows)
        {
            count++;
        }

        return count;
    }

    /// <summary>Pages that are answered when the test says so.</summary>
    private sealed class ScriptedPages(int total)
    {
        private readonly Dictionary<int, TaskCompletionSource<TrackPage>> _pages = [];

        public List<int> Asked { get; } = [];

        /// <summary>Calls that ended by being cancelled.</summary>
        public IEnumerable<int> Ended => _pages.Where(page => page.Value.Task.IsCanceled).Select(page => page.Key).Order();

        public async Task<TrackPage> GetAsync(int offset, int limit, CancellationToken cancellationToken)
        {
            Asked.Add(offset);
            var page = At(offset);
            await using var end = cancellationToken.Register(() => page.TrySetCanceled(cancellationToken));
            return await page.Task;
        }

        public void Answer(int offset) => At(offset).SetResult(Page(offset, 50, total, offset + 50 < total));

        public void Fail(int offset, Exception error) => At(offset).SetException(error);

        private TaskCompletionSource<TrackPage> At(int offset)
        {
            if (!_pages.TryGetValue(offset, out var page))
            {
                _pages[offset] = page = new();
            }

            return page;
        }
    }
}
