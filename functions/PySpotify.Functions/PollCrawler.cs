using System.Globalization;
using PySpotify.Functions.Ports;

namespace PySpotify.Functions;

/// <summary>What <see cref="PollCrawler"/> reads.</summary>
/// <param name="Crawler">The crawler's name.</param>
/// <param name="Crawl">What StartCrawler, or the poll before, answered.</param>
/// <param name="Tables">The tables that were written; one may come several times.</param>
/// <param name="SnapshotDate">The day of the partition that they were written to.</param>
/// <param name="Execution">The execution's name, for the log.</param>
/// <param name="State">The state's name, for the log.</param>
public sealed record PollCrawlerInput(
    string Crawler, Crawl Crawl, IReadOnlyList<string> Tables, DateOnly SnapshotDate, string? Execution = null, string? State = null);

/// <summary>
/// Looks whether a crawl has ended, and how. A crawl that ended without the partitions of what was written has failed, whatever
/// the crawler says: Glue's passes over what does not fit its table, and succeeds.
/// </summary>
public sealed class PollCrawler(ICrawler crawler)
{
    /// <returns>The crawl with its status as it is now.</returns>
    public async Task<Crawl> InvokeAsync(PollCrawlerInput input, CancellationToken cancellationToken)
    {
        var status = await crawler.GetAsync(input.Crawler, cancellationToken);
        return (input.Crawl.Status, status) switch
        {
            (_, { Ready: false }) => input.Crawl,
            (Crawl.Waiting, _) => input.Crawl with { Status = Crawl.NotStarted },
            (_, { LastCrawl: { } last }) when last.StartTime > (input.Crawl.Before ?? DateTimeOffset.MinValue) =>
                await EndAsync(input, last, cancellationToken),

            // Ready with the old crawl as its last: what Glue shows for a moment after a start.
            _ => input.Crawl,
        };
    }

    private async Task<Crawl> EndAsync(PollCrawlerInput input, LastCrawl last, CancellationToken cancellationToken)
    {
        if (!last.Succeeded)
        {
            return input.Crawl with { Status = Crawl.Failed, Error = last.Error };
        }

        foreach (var table in input.Tables.Distinct())
        {
            if (!await crawler.HasPartitionAsync(input.Crawler, table, input.SnapshotDate, cancellationToken))
            {
                return input.Crawl with
                {
                    Status = Crawl.Failed,
                    Error = string.Create(CultureInfo.InvariantCulture, $"it succeeded, but {table} has no partition of {input.SnapshotDate:yyyy-MM-dd}"),
                };
            }
        }

        return input.Crawl with { Status = Crawl.Succeeded, Error = last.Error };
    }
}
