using PySpotify.Functions.Ports;

namespace PySpotify.Functions;

/// <summary>What <see cref="StartCrawler"/> reads.</summary>
/// <param name="Crawler">The crawler's name.</param>
/// <param name="Crawl">How far the crawl has come; <c>NOT_STARTED</c> at first.</param>
/// <param name="RedriveCount">How often the execution has been redriven.</param>
/// <param name="Execution">The execution's name, for the log.</param>
/// <param name="State">The state's name, for the log.</param>
public sealed record StartCrawlerInput(
    string Crawler, Crawl Crawl, int RedriveCount, string? Execution = null, string? State = null);

/// <summary>
/// Starts a crawl, or notes that another is in its way. It is also where a failed crawl becomes the execution's error:
/// a redrive runs the failed state again with its old input, so the state that fails must be the one that can start
/// the crawl again.
/// </summary>
public sealed class StartCrawler(ICrawler crawler)
{
    /// <exception cref="CrawlFailedException">The crawl failed and no redrive has happened since.</exception>
    public async Task<Crawl> InvokeAsync(StartCrawlerInput input, CancellationToken cancellationToken)
    {
        if (input.Crawl.Status == Crawl.Failed && input.Crawl.RedriveCount == input.RedriveCount)
        {
            throw new CrawlFailedException(input.Crawler, input.Crawl.Error);
        }

        // Started only from rest: were another's crawl to end between these calls, the poll would take it for ours.
        var status = await crawler.GetAsync(input.Crawler, cancellationToken);
        var started = status.Ready && await crawler.StartAsync(input.Crawler, cancellationToken);
        return new Crawl(
            started ? Crawl.Running : Crawl.Waiting, status.LastCrawl?.StartTime, RedriveCount: input.RedriveCount);
    }
}
