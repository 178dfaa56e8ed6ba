using System.Globalization;
using Amazon.Glue;
using Amazon.Glue.Model;
using PySpotify.Functions.Aws;
using PySpotify.Functions.Ports;

namespace PySpotify.Lambda;

/// <summary>Glue's crawlers.</summary>
public sealed class GlueCrawler(IAmazonGlue glue) : ICrawler
{
    /// <inheritdoc/>
    public async Task<CrawlerStatus> GetAsync(string crawler, CancellationToken cancellationToken)
    {
        var answer = await AwsUnavailableException.NameAsync(
            () => glue.GetCrawlerAsync(new GetCrawlerRequest { Name = crawler }, cancellationToken));
        return new(
            Ready: answer.Crawler.State == CrawlerState.READY,
            answer.Crawler.LastCrawl is { StartTime: { } start } last
                ? new(start, Succeeded: last.Status == LastCrawlStatus.SUCCEEDED, last.ErrorMessage)
                : null);
    }

    /// <inheritdoc/>
    public async Task<bool> StartAsync(string crawler, CancellationToken cancellationToken)
    {
        try
        {
            await AwsUnavailableException.NameAsync(
                () => glue.StartCrawlerAsync(new StartCrawlerRequest { Name = crawler }, cancellationToken));
            return true;
        }
        catch (CrawlerRunningException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public async Task<bool> HasPartitionAsync(string crawler, string table, DateOnly snapshotDate, CancellationToken cancellationToken)
    {
        var answer = await AwsUnavailableException.NameAsync(
            () => glue.GetCrawlerAsync(new GetCrawlerRequest { Name = crawler }, cancellationToken));
        var partition = new GetPartitionRequest
        {
            DatabaseName = answer.Crawler.DatabaseName,
            TableName = table,
            PartitionValues = [snapshotDate.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)],
        };
        try
        {
            await AwsUnavailableException.NameAsync(() => glue.GetPartitionAsync(partition, cancellationToken));
            return true;
        }
        catch (EntityNotFoundException)
        {
            return false;
        }
    }
}
