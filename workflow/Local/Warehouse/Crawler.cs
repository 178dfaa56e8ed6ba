using Microsoft.Data.Sqlite;
using PySpotify.Functions;
using PySpotify.Functions.Ports;

namespace PySpotify.Workflow.Local.Warehouse;

/// <summary>In place of the two Glue crawlers: a crawl writes down which snapshots the raw folder, or the refined tables, have.</summary>
internal sealed class Crawler(Database database, RawFolder rawFolder, TimeProvider clock) : ICrawler
{
    /// <summary>The crawler of the raw folder.</summary>
    public const string Raw = "spotify-raw";

    /// <summary>The crawler of the refined tables.</summary>
    public const string Refined = "spotify-refined";

    /// <inheritdoc/>
    /// <exception cref="WarehouseException">The database cannot be read or written.</exception>
    public Task<CrawlerStatus> GetAsync(string crawler, CancellationToken cancellationToken) => database.UseAsync(
        connection => Task.FromResult(new CrawlerStatus(Ready: true, ReadLastCrawl(connection, crawler))), cancellationToken);

    /// <inheritdoc/>
    /// <remarks>The crawl is over when this returns.</remarks>
    /// <exception cref="WarehouseException">The database cannot be read or written.</exception>
    public Task<bool> StartAsync(string crawler, CancellationToken cancellationToken) => database.UseAsync(
        async connection =>
        {
            await using var transaction = connection.BeginTransaction();
            foreach (var (table, dates) in Find(connection, crawler))
            {
                connection.Execute("DELETE FROM catalog WHERE table_name = $table", ("$table", table));
                foreach (var date in dates)
                {
                    connection.Execute("INSERT INTO catalog VALUES ($table, $date)", ("$table", table), ("$date", date));
                }
            }

            // A crawl is told from the one before by its start, also where the clock was put back in between.
            var now = clock.GetUtcNow();
            var startedAt = ReadLastCrawl(connection, crawler) is { } last && last.StartTime >= now ? last.StartTime.AddTicks(1) : now;
            connection.Execute("INSERT OR REPLACE INTO crawls (crawler, started_at) VALUES ($crawler, $at)", ("$crawler", crawler), ("$at", startedAt));
            await transaction.CommitAsync(cancellationToken);
            return true;
        },
        cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="WarehouseException">The database cannot be read or written.</exception>
    public Task<bool> HasPartitionAsync(string crawler, string table, DateOnly snapshotDate, CancellationToken cancellationToken) => database.UseAsync(
        connection => Task.FromResult(connection.Query<DateOnly>(
            "SELECT snapshot_date FROM catalog WHERE table_name = $table AND snapshot_date = $date", ("$table", table), ("$date", snapshotDate)) is not []),
        cancellationToken);

    private IEnumerable<(string Table, List<DateOnly> Dates)> Find(SqliteConnection connection, string crawler) => crawler switch
    {
        Raw => Tables.Raw.Select(table => (table, rawFolder.FindDates(table))),
        Refined => Tables.Refined.Select(table => (
            table.Name, connection.Query<DateOnly>($"SELECT DISTINCT snapshot_date FROM {table.Name}"))),
        _ => throw new ArgumentException($"There is no crawler {crawler}.", nameof(crawler)),
    };

    private static LastCrawl? ReadLastCrawl(SqliteConnection connection, string crawler)
    {
        var startedAt = connection.Query<DateTimeOffset>("SELECT started_at FROM crawls WHERE crawler = $crawler", ("$crawler", crawler));
        return startedAt is [var start] ? new(start, Succeeded: true, null) : null;
    }
}
