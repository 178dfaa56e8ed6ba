namespace PySpotify.Functions.Ports;

/// <summary>What finds the tables and partitions that lie in a bucket: Glue's crawlers, or SQLite in their place.</summary>
public interface ICrawler
{
    /// <summary>What a crawler is doing, and how its last crawl went.</summary>
    /// <param name="crawler">The crawler's name.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    Task<CrawlerStatus> GetAsync(string crawler, CancellationToken cancellationToken);

    /// <summary>Starts a crawl; false when one is running already.</summary>
    /// <param name="crawler">The crawler's name.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    Task<bool> StartAsync(string crawler, CancellationToken cancellationToken);

    /// <summary>Whether the catalog knows a table's partition.</summary>
    /// <param name="crawler">The crawler that must find it.</param>
    /// <param name="table">One of its tables.</param>
    /// <param name="snapshotDate">The partition's day.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    Task<bool> HasPartitionAsync(string crawler, string table, DateOnly snapshotDate, CancellationToken cancellationToken);
}

/// <summary>What a crawler is doing.</summary>
/// <param name="Ready">Whether it is at rest; false while it runs or stops.</param>
/// <param name="LastCrawl">The newest crawl that has ended; null before the first.</param>
public sealed record CrawlerStatus(bool Ready, LastCrawl? LastCrawl);

/// <summary>A crawl that has ended.</summary>
/// <param name="StartTime">When it began, by the crawler's own clock.</param>
/// <param name="Succeeded">False when it failed or was cancelled.</param>
/// <param name="Error">What the crawler said of its failure.</param>
public sealed record LastCrawl(DateTimeOffset StartTime, bool Succeeded, string? Error);
