using System.Text;
using Amazon.Glue.Model;
using Amazon.SecretsManager.Model;
using PySpotify.Functions;
using PySpotify.Functions.Aws;
using PySpotify.Functions.Ports;
using PySpotify.Lambda;
using Crawl = PySpotify.Functions.Crawl;

namespace PySpotify.Tests;

[Collection(nameof(Moto))]
public sealed class AwsTests(MotoServer moto)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_secret_is_read_and_replaced()
    {
        using var client = moto.SecretsManager();
        var secrets = new SecretsManagerStore(client);
        var name = $"test/{Guid.NewGuid():N}";

        Assert.Null(await secrets.GetAsync(name, Cancelled));
        await Assert.ThrowsAsync<Amazon.SecretsManager.Model.ResourceNotFoundException>(() => secrets.PutAsync(name, "one", Cancelled));

        await client.CreateSecretAsync(new CreateSecretRequest { Name = name }, Cancelled);
        Assert.Null(await secrets.GetAsync(name, Cancelled));
        await secrets.PutAsync(name, """{"a":"ü"}""", Cancelled);
        Assert.Equal("""{"a":"ü"}""", await secrets.GetAsync(name, Cancelled));
        await secrets.PutAsync(name, "two", Cancelled);
        Assert.Equal("two", await secrets.GetAsync(name, Cancelled));
    }

    [Fact]
    public async Task An_object_is_written_whole_or_not_at_all()
    {
        using var client = moto.S3();
        var bucket = $"test-{Guid.NewGuid():N}";
        await client.PutBucketAsync(bucket, Cancelled);
        var store = new S3ObjectStore(client, bucket);
        const string key = "spotifytopplayed/snapshot_date=2026-11-22/a.csv";

        await Assert.ThrowsAsync<ObjectNotFoundException>(() => store.OpenReadAsync(key, Cancelled));
        await store.WriteAsync(key, WriteAsync("first"), Cancelled);
        await Assert.ThrowsAsync<TimeoutException>(() => store.WriteAsync(
            key,
            async (stream, cancellationToken) =>
            {
                await WriteAsync("half")(stream, cancellationToken);
                throw new TimeoutException();
            },
            Cancelled));
        Assert.Equal("first", await ReadAsync(store, key));
        await store.WriteAsync(key, WriteAsync("second"), Cancelled);
        Assert.Equal("second", await ReadAsync(store, key));
        await store.DeleteAsync(key, Cancelled);
        await store.DeleteAsync(key, Cancelled);
        await Assert.ThrowsAsync<ObjectNotFoundException>(() => store.OpenReadAsync(key, Cancelled));

        static Func<Stream, CancellationToken, Task> WriteAsync(string text) =>
            (stream, cancellationToken) => stream.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken).AsTask();
    }

    [Fact]
    public async Task A_crawl_is_started_followed_and_told_from_the_one_before()
    {
        await using var glue = await MotoGlue.StartAsync(moto);
        using var client = glue.Client();
        var name = $"test-{Guid.NewGuid():N}";
        await client.CreateCrawlerAsync(
            new CreateCrawlerRequest
            {
                Name = name,
                Role = "arn:aws:iam::123456789012:role/crawler",
                Targets = new CrawlerTargets { S3Targets = [new S3Target { Path = "s3://raw/spotifytopplayed/" }] },
            },
            Cancelled);
        var crawler = new GlueCrawler(client);
        var (start, poll) = (new StartCrawler(crawler), new PollCrawler(crawler));
        Assert.Equal(new CrawlerStatus(Ready: true, LastCrawl: null), await crawler.GetAsync(name, Cancelled));

        await moto.LetCrawlsEndAsync(false, Cancelled);
        var crawl = await start.InvokeAsync(new(name, new(Crawl.NotStarted), RedriveCount: 0), Cancelled);
        Assert.Equal(new Crawl(Crawl.Running), crawl);
        Assert.False(await crawler.StartAsync(name, Cancelled));
        Assert.False((await crawler.GetAsync(name, Cancelled)).Ready);
        Assert.Equal(crawl, await poll.InvokeAsync(new(name, crawl, [], default), Cancelled));

        await moto.LetCrawlsEndAsync(true, Cancelled);
        Assert.Equal(Crawl.Succeeded, (await poll.InvokeAsync(new(name, crawl, [], default), Cancelled)).Status);
        var first = (await crawler.GetAsync(name, Cancelled)).LastCrawl!;
        Assert.True(first.Succeeded);
        Assert.InRange(first.StartTime, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddSeconds(1));

        await moto.LetCrawlsEndAsync(false, Cancelled);
        var next = await start.InvokeAsync(new(name, new(Crawl.NotStarted), RedriveCount: 0), Cancelled);
        Assert.Equal(first.StartTime, next.Before);
        await client.StopCrawlerAsync(new StopCrawlerRequest { Name = name }, Cancelled);
        await moto.LetCrawlsEndAsync(true, Cancelled);
        Assert.Equal(Crawl.Failed, (await poll.InvokeAsync(new(name, next, [], default), Cancelled)).Status);
    }

    [Fact]
    public async Task A_partition_is_found_in_the_crawlers_database()
    {
        await using var glue = await MotoGlue.StartAsync(moto);
        using var client = glue.Client();
        var name = $"test_{Guid.NewGuid():N}";
        var day = new DateOnly(2026, 11, 22);
        await client.CreateDatabaseAsync(new CreateDatabaseRequest { DatabaseInput = new() { Name = name } }, Cancelled);
        await client.CreateCrawlerAsync(
            new CreateCrawlerRequest { Name = name, DatabaseName = name, Role = "arn:aws:iam::123456789012:role/crawler", Targets = new() }, Cancelled);
        var crawler = new GlueCrawler(client);
        Assert.False(await crawler.HasPartitionAsync(name, Tables.Charts, day, Cancelled));

        await client.CreateTableAsync(
            new CreateTableRequest { DatabaseName = name, TableInput = new() { Name = Tables.Charts, PartitionKeys = [new() { Name = Columns.SnapshotDate, Type = "string" }] } },
            Cancelled);
        Assert.False(await crawler.HasPartitionAsync(name, Tables.Charts, day, Cancelled));

        await client.CreatePartitionAsync(
            new CreatePartitionRequest { DatabaseName = name, TableName = Tables.Charts, PartitionInput = new() { Values = ["2026-11-22"] } }, Cancelled);
        Assert.True(await crawler.HasPartitionAsync(name, Tables.Charts, day, Cancelled));
        Assert.False(await crawler.HasPartitionAsync(name, Tables.Charts, day.AddDays(7), Cancelled));
    }

    [Fact]
    public async Task A_crawler_that_does_not_exist_is_an_error()
    {
        await using var glue = await MotoGlue.StartAsync(moto);
        using var client = glue.Client();
        var crawler = new GlueCrawler(client);

        await Assert.ThrowsAsync<EntityNotFoundException>(() => crawler.GetAsync("nobodys", Cancelled));
        await Assert.ThrowsAsync<EntityNotFoundException>(() => crawler.StartAsync("nobodys", Cancelled));
    }

    private static async Task<string> ReadAsync(S3ObjectStore store, string key)
    {
        using var reader = new StreamReader(await store.OpenReadAsync(key, Cancelled));
        return await reader.ReadToEndAsync(Cancelled);
    }
}
