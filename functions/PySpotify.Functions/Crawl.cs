namespace PySpotify.Functions;

/// <summary>
/// What the definition knows of a crawl. It goes from StartCrawler to PollCrawler and, when the crawl has to be started
/// (again), back.
/// </summary>
/// <param name="Status">
/// <c>NOT_STARTED</c>; <c>WAITING</c> while another crawl, begun before ours was asked for, keeps ours from starting;
/// <c>RUNNING</c>; <c>SUCCEEDED</c>; <c>FAILED</c>.
/// </param>
/// <param name="Before">
/// Start of the crawl that was the last one when ours was started, by the crawler's own clock: a later start is ours.
/// </param>
/// <param name="Error">What the crawler said of a failure.</param>
/// <param name="RedriveCount">How often the execution had been redriven when the crawl was started.</param>
public sealed record Crawl(string Status, DateTimeOffset? Before = null, string? Error = null, int RedriveCount = 0)
{
    /// <summary>Nobody has asked for it yet, or it was kept from starting.</summary>
    public const string NotStarted = "NOT_STARTED";

    /// <summary>Another crawl is to end first.</summary>
    public const string Waiting = "WAITING";

    /// <summary>Ours was started and has not ended.</summary>
    public const string Running = "RUNNING";

    /// <summary>Ours has succeeded.</summary>
    public const string Succeeded = "SUCCEEDED";

    /// <summary>Ours has failed or was cancelled.</summary>
    public const string Failed = "FAILED";
}

/// <summary>A crawl failed or was cancelled.</summary>
public sealed class CrawlFailedException(string crawler, string? error) : PySpotifyException(
    $"The crawler {crawler} failed: {error ?? "it gave no reason"}. Fix the cause, then redrive the execution; "
    + "that starts the crawl again.");
