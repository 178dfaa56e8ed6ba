using Microsoft.Data.Sqlite;
using PySpotify.Functions;

namespace PySpotify.Workflow.Local.Warehouse;

/// <summary>What a refine did.</summary>
/// <param name="Rows">Rows by refined table, of the snapshots that were refined.</param>
/// <param name="Removed">Snapshots that the tables had and the raw folder has no longer.</param>
/// <param name="Ignored">Files and folders of the raw folder that are not part of a snapshot.</param>
internal sealed record RefineResult(IReadOnlyDictionary<string, long> Rows, IReadOnlyList<DateOnly> Removed, IReadOnlyList<string> Ignored);

/// <summary>
/// The job between the crawls, csv_to_parquet.py on AWS: fills the refined tables from the raw files, in one transaction.
/// </summary>
internal sealed class RefineJob(Database database, RawFolder rawFolder)
{
    /// <summary>
    /// Makes the tables equal to the raw folder: every snapshot, or the one that is asked for. Tables that are empty or of an earlier
    /// shape are filled whole, whatever is asked for.
    /// </summary>
    /// <param name="snapshotDate">The only snapshot; null is all of them.</param>
    /// <param name="cancellationToken">Cancels it, and nothing has changed.</param>
    /// <exception cref="RefineException">A raw file cannot be read, or there is no such snapshot. Nothing has changed.</exception>
    /// <exception cref="WarehouseException">The database cannot be read or written.</exception>
    public async Task<RefineResult> RunAsync(DateOnly? snapshotDate, CancellationToken cancellationToken) =>
        // No database is made for nothing.
        database.Exists || rawFolder.Find(snapshotDate, []).Count > 0
            ? await database.UseAsync(connection => RunAsync(connection, snapshotDate, cancellationToken), cancellationToken)
            : throw NoSnapshot(snapshotDate);

    private async Task<RefineResult> RunAsync(SqliteConnection connection, DateOnly? snapshotDate, CancellationToken cancellationToken)
    {
        await using var transaction = connection.BeginTransaction();
        if (!Database.IsCurrent(connection))
        {
            Database.CreateTables(connection);
            snapshotDate = null;
        }
        else if (connection.QueryOne<long>($"SELECT count(*) FROM {Tables.Sources}") == 0 && snapshotDate is not null && rawFolder.Find(snapshotDate, []).Count > 0)
        {
            // The database is new: what was in the one before is missing, too.
            snapshotDate = null;
        }

        var ignored = new List<string>();
        var found = rawFolder.Find(snapshotDate, ignored);
        var gone = connection.Query<DateOnly>($"SELECT DISTINCT snapshot_date FROM {Tables.Sources}")
            .Where(date => snapshotDate is null || date == snapshotDate).Except(found.Select(snapshot => snapshot.Date)).Order().ToList();
        if (found.Count == 0 && (snapshotDate is null || gone is []))
        {
            throw NoSnapshot(snapshotDate);
        }

        using var tables = new SnapshotWriter(connection);
        tables.Remove(snapshotDate);
        var problems = new List<string>();
        foreach (var snapshot in found)
        {
            tables.Write(snapshot, problems, cancellationToken);
        }

        if (problems is not [])
        {
            throw new RefineException($"{string.Join("; ", problems)}.");
        }

        await transaction.CommitAsync(cancellationToken);
        return new RefineResult(tables.Rows, gone, ignored);
    }

    private RefineException NoSnapshot(DateOnly? snapshotDate) =>
        new($"{rawFolder.Root} has no snapshot{(snapshotDate is { } date ? $" of {date.Iso()}" : "")}.");
}

/// <summary>The raw files could not be refined.</summary>
internal sealed class RefineException(string problem) : PySpotifyException($"{problem} The tables are as they were.");
