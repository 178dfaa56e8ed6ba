using PySpotify.Functions.Ports;

namespace PySpotify.Functions;

/// <summary>What <see cref="PollCrawler"/> reads.</summary>
/// <param name="Crawler">The crawler's name.</param>
/// <param name="Crawl">What StartCrawler, or the poll before, answered.</param>
/// <param name="Execution">The execution's name, for the log.</param>
/// <param name="State">The state's name, for the log.</param>
public sealed record PollCrawlerInput(string Crawler, Crawl Crawl, string? Execution = null, string? State = null);

/// <summary>Looks whether a crawl has ended, and how.</summary>
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
                input.Crawl with { Status = last.Succeeded ? Crawl.Succeeded : Crawl.Failed, Error = last.Error },

            // Ready with the old crawl as its last: what Glue shows for a moment after a start.
            _ => input.Crawl,
        };
    }
}
