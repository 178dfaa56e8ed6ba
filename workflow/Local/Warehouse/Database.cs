using Microsoft.Data.Sqlite;
using PySpotify.Functions;
using SQLitePCL;

namespace PySpotify.Workflow.Local.Warehouse;

/// <summary>The SQLite file that stands in for the Glue Data Catalog and for the tables' Parquet.</summary>
/// <param name="path">The file; made when first written to.</param>
internal sealed class Database(string path)
{
    /// <summary>The shape of the tables, kept as SQLite's <c>user_version</c>. Until November 2026 it was 0.</summary>
    private const long Version = 1;

    private static readonly string[] Indexes =
    [
        $"CREATE INDEX {Tables.RefinedOf(Tables.TopPlayed)}_rank ON {Tables.RefinedOf(Tables.TopPlayed)} (snapshot_date, rank)",
        $"CREATE INDEX {Tables.RefinedOf(Tables.Popular)}_rank ON {Tables.RefinedOf(Tables.Popular)} (snapshot_date, rank)",
        // With them the queries find a snapshot's songs and a song's ranks without looking into the table.
        $"CREATE INDEX charts_rank ON {Tables.Charts} (list, snapshot_date, rank, track_id)",
        $"CREATE INDEX charts_song ON {Tables.Charts} (list, track_id, snapshot_date, rank)",
    ];

    /// <summary>Whether there is one.</summary>
    public bool Exists => File.Exists(path);

    /// <summary>Opens the database, which is made where there is none, for some work.</summary>
    /// <exception cref="WarehouseException">It cannot be read or written.</exception>
    public async Task<T> UseAsync<T>(Func<SqliteConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            await using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
            await connection.OpenAsync(cancellationToken);
            if (connection.QueryOne<long>("SELECT count(*) FROM sqlite_master") == 0)
            {
                // A week is written by the thousand rows, but its songs are all over the index by song: of 4, 8 and 16 KiB, this is the fastest.
                connection.Execute("PRAGMA page_size = 8192");
                await using var transaction = connection.BeginTransaction();
                connection.Execute("CREATE TABLE crawls (crawler TEXT PRIMARY KEY, started_at TEXT NOT NULL)");
                connection.Execute("CREATE TABLE catalog (table_name TEXT, snapshot_date TEXT, PRIMARY KEY (table_name, snapshot_date))");
                CreateTables(connection);
                await transaction.CommitAsync(cancellationToken);
            }
            else if (!IsCurrent(connection) && connection.QueryOne<long>($"SELECT count(*) FROM sqlite_master WHERE name = '{Tables.RefinedOf(Tables.TopPlayed)}'") == 0)
            {
                throw new WarehouseException(path, "it is another program's", isUsable: false);
            }

            return await work(connection);
        }
        catch (SqliteException e)
        {
            throw WarehouseException.From(path, e);
        }
    }

    /// <summary>Whether the tables have today's shape.</summary>
    public static bool IsCurrent(SqliteConnection connection) => connection.QueryOne<long>("PRAGMA user_version") == Version;

    /// <summary>Makes the tables, empty, in place of those of an earlier shape.</summary>
    public static void CreateTables(SqliteConnection connection)
    {
        foreach (var (table, columns) in Tables.Refined)
        {
            connection.Execute($"DROP TABLE IF EXISTS {table}");
            connection.Execute($"CREATE TABLE {table} ({string.Join(", ", columns.Select(column => $"{column.Name} {column.SqliteType}"))})");
        }

        foreach (var index in Indexes)
        {
            connection.Execute(index);
        }

        connection.Execute($"PRAGMA user_version = {Version}");
    }
}

/// <summary>The database cannot be read or written.</summary>
/// <param name="path">The file.</param>
/// <param name="problem">What is wrong with it.</param>
/// <param name="isUsable">Whether it can be used once something else has changed.</param>
/// <param name="inner">What SQLite said.</param>
internal sealed class WarehouseException(string path, string problem, bool isUsable, SqliteException? inner = null) : PySpotifyException(
    $"{path} cannot be used: {problem}."
    + (isUsable ? " Nothing in it has changed." : " Move it away; `pyspotify refine` makes a new one from the CSV files."),
    inner)
{
    internal static WarehouseException From(string path, SqliteException e) => new(
        path, e.Message.TrimEnd('.'), e.SqliteErrorCode is not (raw.SQLITE_ERROR or raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB), e);
}
