using System.Runtime.CompilerServices;

namespace PySpotify.Functions.Spotify;

/// <summary>Asks for one page.</summary>
/// <param name="offset">Rows before the page.</param>
/// <param name="limit">Rows in the page.</param>
/// <param name="cancellationToken">Cancels it.</param>
public delegate Task<TrackPage> GetTrackPage(int offset, int limit, CancellationToken cancellationToken);

/// <summary>Reads a list of any length page by page, a few pages ahead, and hands on its rows in order.</summary>
public static class TrackPages
{
    // https://developer.spotify.com/documentation/web-api/reference/search
    private const int Limit = 50;

    /// <summary>The most rows that a page of a playlist has for an app with extended quota, at the older address.</summary>
    public const int ExtendedPlaylistLimit = 100;

    /// <summary>The most rows that a page of a search has in Development Mode.</summary>
    public const int DevelopmentModeLimit = 10;

    /// <summary>The last part of the address of a playlist's pages: <c>items</c>, or <c>tracks</c> for more rows than that gives.</summary>
    public static string PlaylistAddress(int limit) => limit > Limit ? "tracks" : "items";

    /// <summary>Reads all rows.</summary>
    /// <param name="getPage">Asks for a page.</param>
    /// <param name="cap">The most rows: offset + limit never exceeds it.</param>
    /// <param name="window">The most pages asked for before the first of them is read.</param>
    /// <param name="extendedLimit">
    /// The rows of a page from the second on for an app with extended quota, which is told by the first page's popularity.
    /// </param>
    /// <param name="cancellationToken">Cancels them.</param>
    /// <returns>The rows in order, null rows among them.</returns>
    /// <exception cref="SpotifyInvalidLimitException">Spotify refused every page size.</exception>
    public static async IAsyncEnumerable<Track?> ReadAllAsync(
        GetTrackPage getPage, int cap, int window, int extendedLimit, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (page, firstLimit) = await ReadFirstAsync(getPage, cancellationToken);
        var limit = firstLimit;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var ahead = new Queue<Task<TrackPage>>();
        try
        {
            // The total differs from page to page, and a page's word on a next one is not always true. The list ends behind the
            // largest total, where a page has no rows, or names no next one and is not full or where the total ends within it.
            var end = 0;
            for (var offset = limit; ; offset += limit)
            {
                end = Math.Max(end, Math.Min(page.Total ?? 0, cap));
                var namesNoMore = page.Tracks.Count == 0 || (!page.HasNext && (page.Tracks.Count < limit || page.Total > offset - limit));
                var isLast = offset >= cap || (offset >= end && namesNoMore);
                if (offset == firstLimit && page.Tracks.Any(track => track?.Popularity is not null))
                {
                    limit = Math.Max(firstLimit, extendedLimit);
                }

                // Before the rows are handed on, so that Spotify need not wait for whoever reads them.
                if (!isLast)
                {
                    AskAhead(offset, end);
                }

                foreach (var track in page.Tracks)
                {
                    yield return track;
                }

                if (isLast)
                {
                    yield break;
                }

                try
                {
                    page = await ahead.Dequeue();
                }
                catch (PySpotifyException e) when (limit > firstLimit && e is SourceException or SpotifyInvalidLimitException)
                {
                    // The older address is not there for this app, or for nobody any more.
                    await ((Task)Task.WhenAll(ahead)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    ahead.Clear();
                    limit = firstLimit;
                    AskAhead(offset, end);
                    page = await ahead.Dequeue();
                }
            }
        }
        finally
        {
            await stop.CancelAsync();
            await ((Task)Task.WhenAll(ahead)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        void AskAhead(int offset, int end)
        {
            var asked = offset + (ahead.Count * limit);
            for (; ahead.Count == 0 || (ahead.Count < window && asked < end); asked += limit)
            {
                ahead.Enqueue(getPage(asked, Math.Min(limit, cap - asked), stop.Token));
            }
        }
    }

    /// <summary>Reads the first page alone.</summary>
    /// <param name="getPage">Asks for a page.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>The page, and the rows that one may have: 10 of a search in Development Mode, else 50.</returns>
    /// <exception cref="SpotifyInvalidLimitException">Spotify refused every page size.</exception>
    public static async Task<(TrackPage Page, int Limit)> ReadFirstAsync(
        GetTrackPage getPage, CancellationToken cancellationToken)
    {
        try
        {
            return (await getPage(0, Limit, cancellationToken), Limit);
        }
        catch (SpotifyInvalidLimitException)
        {
            return (await getPage(0, DevelopmentModeLimit, cancellationToken), DevelopmentModeLimit);
        }
    }
}
