using System.Globalization;
using System.Text;
using System.Text.Json;
using CsvHelper;
using CsvHelper.Configuration;
using Microsoft.Data.Sqlite;
using PySpotify.Functions;
using PySpotify.Functions.Ports;
using PySpotify.Functions.Rows;
using SQLitePCL;

namespace PySpotify.Workflow.Local;

/// <summary>
/// SQLite in place of Glue and Athena: crawls find the snapshots in the raw folder, the refine job gives their rows
/// types, and SQL reads them.
/// </summary>
/// <param name="path">The database; made when first written to.</param>
/// <param name="rawFolder">What stands in for the raw bucket.</param>
/// <param name="clock">Tells when a crawl was.</param>
public sealed class Warehouse(string path, string rawFolder, TimeProvider clock) : ICrawler
{
    /// <summary>The crawler of the raw folder.</summary>
    public const string RawCrawler = "spotify-raw";

    /// <summary>The crawler of the refined tables.</summary>
    public const string RefinedCrawler = "spotify-refined";

    private static readonly string[] RawTables = [Tables.TopPlayed, Tables.Popular];

    private static readonly CsvConfiguration Csv = new(CultureInfo.InvariantCulture) { BufferSize = 1 << 16 };

    static Warehouse()
    {
        // Nobody asks SQLite how much memory it has; counting costs it a lock at each allocation.
        Batteries_V2.Init();
        _ = raw.sqlite3_config(raw.SQLITE_CONFIG_MEMSTATUS, 0);
    }

    /// <summary>The refined tables' columns and their types.</summary>
    public static IReadOnlyList<(string Name, string Type)> Columns { get; } =
        [.. Functions.Columns.Songs.Select(column => (column.Name, column.SqliteType))];

    /// <summary>A raw table's refined counterpart.</summary>
    public static string Refined(string table) => $"{table}_refined";

    /// <inheritdoc/>
    /// <exception cref="WarehouseException">The database cannot be read or written.</exception>
    public Task<CrawlerStatus> GetAsync(string crawler, CancellationToken cancellationToken) => OpenAsync(
        connection => Task.FromResult(new CrawlerStatus(Ready: true, ReadLastCrawl(connection, crawler))), cancellationToken);

    /// <inheritdoc/>
    /// <remarks>The crawl is over when this returns. What is wrong with the data is the crawl's failure, not this call's.</remarks>
    /// <exception cref="WarehouseException">The database cannot be read or written.</exception>
    public Task<bool> StartAsync(string crawler, CancellationToken cancellationToken) =>
        OpenAsync(connection => CrawlAsync(connection, crawler, cancellationToken), cancellationToken);

    private async Task<bool> CrawlAsync(SqliteConnection connection, string crawler, CancellationToken cancellationToken)
    {
        await using var transaction = connection.BeginTransaction();
        string? error = null;
        try
        {
            Func<string, IEnumerable<string>> partitions = crawler switch
            {
                RawCrawler => RawPartitions,
                RefinedCrawler => table => Query(connection, $"SELECT DISTINCT snapshot_date FROM {table}"),
                _ => throw new ArgumentException($"There is no crawler {crawler}.", nameof(crawler)),
            };
            foreach (var table in crawler == RawCrawler ? RawTables : RawTables.Select(Refined))
            {
                var found = partitions(table).ToList();
                Execute(connection, "DELETE FROM catalog WHERE table_name = $table", ("$table", table));
                foreach (var partition in found)
                {
                    Execute(connection, "INSERT INTO catalog VALUES ($table, $date)", ("$table", table), ("$date", partition));
                }
            }
        }
        catch (CrawledFileException e)
        {
            error = e.Message;
        }

        // A crawl is told from the one before by its start, also where the clock was put back in between.
        var now = clock.GetUtcNow();
        var startedAt = ReadLastCrawl(connection, crawler) is { } last && last.StartTime >= now ? last.StartTime.AddTicks(1) : now;
        Execute(
            connection,
            "INSERT OR REPLACE INTO crawls VALUES ($crawler, $at, $error)",
            ("$crawler", crawler),
            ("$at", startedAt.ToString("O", CultureInfo.InvariantCulture)),
            ("$error", error));
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>
    /// The job between the crawls: reads the snapshot's CSV files and puts their rows, typed, in place of those that the
    /// refined tables have of it. A table that has no such snapshot is passed over.
    /// </summary>
    /// <returns>Rows by refined table.</returns>
    /// <exception cref="RefineException">A cell is not of its column's type, or rows went missing.</exception>
    /// <exception cref="WarehouseException">The database cannot be read or written.</exception>
    public Task<IReadOnlyDictionary<string, int>> RefineAsync(DateOnly snapshotDate, CancellationToken cancellationToken) =>
        OpenAsync(connection => RefineAsync(connection, snapshotDate, cancellationToken), cancellationToken);

    private async Task<IReadOnlyDictionary<string, int>> RefineAsync(SqliteConnection connection, DateOnly snapshotDate, CancellationToken cancellationToken)
    {
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var date = snapshotDate.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        await using var transaction = connection.BeginTransaction();
        foreach (var table in RawTables)
        {
            if (Query(connection, "SELECT snapshot_date FROM catalog WHERE table_name = $table AND snapshot_date = $date", ("$table", table), ("$date", date)) is [])
            {
                continue;
            }

            Execute(connection, $"DELETE FROM {Refined(table)} WHERE snapshot_date = $date", ("$date", date));
            var rows = 0;
            await using var insert = Command(
                connection, $"INSERT INTO {Refined(table)} VALUES ({string.Join(", ", Columns.Select(column => $"${column.Name}"))})");
            foreach (var (name, _) in Columns)
            {
                insert.Parameters.Add(new SqliteParameter { ParameterName = $"${name}" });
            }

            insert.Parameters["$snapshot_date"].Value = date;
            foreach (var file in CsvFiles(Path.Combine(rawFolder, Keys.Partition(table, snapshotDate))))
            {
                rows += await RefineAsync(file, insert, cancellationToken);
            }

            CountQuarantined(connection, table, snapshotDate, date);

            var stored = long.Parse(Query(connection, $"SELECT count(*) FROM {Refined(table)} WHERE snapshot_date = $date", ("$date", date)).Single(), CultureInfo.InvariantCulture);
            if (stored != rows)
            {
                throw new RefineException($"{Refined(table)} has {stored} rows of {date} where its files have {rows}");
            }

            counts[Refined(table)] = rows;
        }

        await transaction.CommitAsync(cancellationToken);
        return counts;
    }

    /// <summary>Crawls the raw folder, refines what is there and crawls that: what a run does, for snapshots of any age.</summary>
    /// <param name="snapshotDate">One snapshot; null is all of them.</param>
    /// <param name="cancellationToken">Ends it; what it has of a snapshot by then is undone.</param>
    /// <returns>Rows by refined table.</returns>
    /// <exception cref="CrawlFailedException">A file has other columns, or a folder is named after no date.</exception>
    /// <exception cref="RefineException">There is no such snapshot, or a cell is not of its column's type.</exception>
    public async Task<IReadOnlyDictionary<string, int>> RefineAllAsync(DateOnly? snapshotDate, CancellationToken cancellationToken)
    {
        await CrawlAsync(RawCrawler);
        var found = await OpenAsync(
            connection => Task.FromResult(Query(connection, $"SELECT DISTINCT snapshot_date FROM catalog WHERE table_name IN ('{string.Join("', '", RawTables)}') ORDER BY 1")
                .ConvertAll(date => DateOnly.ParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture))),
            cancellationToken);
        var chosen = found.Where(date => snapshotDate is null || date == snapshotDate).ToList();
        if (chosen is [])
        {
            throw new RefineException($"{rawFolder} has no snapshot{(snapshotDate is { } date ? $" of {date:yyyy-MM-dd}" : "")}");
        }

        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var date in chosen)
        {
            foreach (var (table, rows) in await RefineAsync(date, cancellationToken))
            {
                counts[table] = counts.GetValueOrDefault(table) + rows;
            }
        }

        await CrawlAsync(RefinedCrawler);
        return counts;

        async Task CrawlAsync(string crawler)
        {
            await StartAsync(crawler, cancellationToken);
            if (await GetAsync(crawler, cancellationToken) is { LastCrawl: { Succeeded: false } failed })
            {
                throw new CrawlFailedException(crawler, failed.Error);
            }
        }
    }

    /// <summary>Runs one read-only statement.</summary>
    /// <param name="sql">The statement. It can read the tables and nothing else.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The columns' names, and the rows' values: null, long, double, string or byte[].</returns>
    /// <exception cref="QueryException">There is no warehouse yet, or the SQL is wrong or would do more than read.</exception>
    public Task<(IReadOnlyList<string> Columns, IReadOnlyList<object?[]> Rows)> QueryAsync(string sql, CancellationToken cancellationToken) =>
        QueryAsync(sql, (_, _) => true, cancellationToken);

    /// <summary>Runs one read-only statement, of whose rows not all are wanted.</summary>
    /// <param name="sql">The statement. It can read the tables and nothing else.</param>
    /// <param name="keep">Sees the columns and each row in turn, and says which are to be returned; others are not held.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <inheritdoc cref="QueryAsync(string, CancellationToken)"/>
    public async Task<(IReadOnlyList<string> Columns, IReadOnlyList<object?[]> Rows)> QueryAsync(
        string sql, Func<IReadOnlyList<string>, object?[], bool> keep, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            throw new QueryException($"There is no {path} yet; `pyspotify run` makes it.");
        }

        try
        {
            // Not opened as read-only: what a killed run left half written could not be rolled back. The authorizer lets
            // nothing be written.
            await using var connection = new SqliteConnection(
                new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString());
            await connection.OpenAsync(cancellationToken);
            raw.sqlite3_set_authorizer(connection.Handle, Authorize, null);
            await using var interrupt = cancellationToken.Register(() => raw.sqlite3_interrupt(connection.Handle));
            await using var command = Command(connection, sql);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            if (reader.FieldCount == 0)
            {
                throw new QueryException("There is nothing to ask in that.");
            }

            List<string> columns = [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)];
            var rows = new List<object?[]>();
            while (await reader.ReadAsync(cancellationToken))
            {
                var row = new object?[reader.FieldCount];
                reader.GetValues(row!);
                for (var i = 0; i < row.Length; i++)
                {
                    row[i] = row[i] is DBNull ? null : row[i];
                }

                if (keep(columns, row))
                {
                    rows.Add(row);
                }
            }

            if (await reader.NextResultAsync(cancellationToken))
            {
                throw new QueryException("One statement at a time, please.");
            }

            return (columns, rows);
        }
        catch (SqliteException e) when (e.SqliteErrorCode == raw.SQLITE_INTERRUPT)
        {
            throw new OperationCanceledException(e.Message, e, cancellationToken);
        }
        catch (SqliteException e) when (e.SqliteErrorCode is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB)
        {
            throw new WarehouseException(path, e);
        }
        catch (SqliteException e) when (e.SqliteErrorCode == raw.SQLITE_AUTH)
        {
            throw new QueryException("A query may read the tables and do nothing else.", e);
        }
        catch (Exception e) when (e is SqliteException or InvalidOperationException)
        {
            throw new QueryException($"The query did not run: {e.Message}", e);
        }
    }

    private static LastCrawl? ReadLastCrawl(SqliteConnection connection, string crawler)
    {
        using var command = Command(
            connection, "SELECT started_at, error FROM crawls WHERE crawler = $crawler", ("$crawler", crawler));
        using var row = command.ExecuteReader();
        if (!row.Read())
        {
            return null;
        }

        var error = row.IsDBNull(1) ? null : row.GetString(1);
        return new(DateTimeOffset.Parse(row.GetString(0), CultureInfo.InvariantCulture), Succeeded: error is null, error);
    }

    private static int Authorize(object? user, int action, utf8z first, utf8z second, utf8z database, utf8z trigger) =>
        action switch
        {
            raw.SQLITE_SELECT or raw.SQLITE_READ or raw.SQLITE_RECURSIVE => raw.SQLITE_OK,
            raw.SQLITE_FUNCTION when second.utf8_to_string() is not "load_extension" => raw.SQLITE_OK,
            _ => raw.SQLITE_DENY,
        };

    /// <summary>Opens the database, which is made where there is none, for some work.</summary>
    private async Task<T> OpenAsync<T>(Func<SqliteConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            await using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
            await connection.OpenAsync(cancellationToken);
            Execute(connection, Schema);
            return await work(connection);
        }
        catch (SqliteException e)
        {
            throw new WarehouseException(path, e);
        }
    }

    // On AWS, the table lies over the same files.
    private void CountQuarantined(SqliteConnection connection, string table, DateOnly snapshotDate, string date)
    {
        Execute(connection, "DELETE FROM quarantine WHERE table_name = $table AND snapshot_date = $date", ("$table", table), ("$date", date));
        var folder = Path.Combine(rawFolder, Keys.Partition(Prefixes.Quarantine, snapshotDate));
        if (!Directory.Exists(folder))
        {
            return;
        }

        foreach (var (file, line) in Directory.GetFiles(folder, $"{table}-*.jsonl").SelectMany(file => File.ReadLines(file).Select(line => (file, line))))
        {
            Execute(connection, "INSERT INTO quarantine VALUES ($reason, $table, $date)", ("$reason", Reason(file, line)), ("$table", table), ("$date", date));
        }
    }

    private static string? Reason(string file, string line)
    {
        try
        {
            using var refused = JsonDocument.Parse(line);
            return refused.RootElement.GetProperty("reason").GetString();
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new RefineException($"{file} has a line that is no refused row: {e.Message}", e);
        }
    }

    // The size of a page counts when the database is made. SQLite's 4,096 bytes are for writing here and there; this one is
    // written and read by the thousand rows.
    private static string Schema { get; } = string.Join('\n', [
        "PRAGMA page_size = 16384;",
        "CREATE TABLE IF NOT EXISTS crawls (crawler TEXT PRIMARY KEY, started_at TEXT NOT NULL, error TEXT);",
        "CREATE TABLE IF NOT EXISTS catalog (table_name TEXT, snapshot_date TEXT, PRIMARY KEY (table_name, snapshot_date));",
        "CREATE TABLE IF NOT EXISTS quarantine (reason TEXT, table_name TEXT, snapshot_date TEXT);",
        .. RawTables.Select(Refined).Select(table =>
            $"CREATE TABLE IF NOT EXISTS {table} ({string.Join(", ", Columns.Select(column => $"{column.Name} {column.Type}"))});\n"
            + $"CREATE INDEX IF NOT EXISTS {table}_rank ON {table} (snapshot_date, rank);\n"
            + $"CREATE INDEX IF NOT EXISTS {table}_track ON {table} (track_id, snapshot_date, rank);"),
    ]);

    private IEnumerable<string> RawPartitions(string table)
    {
        var folder = Path.Combine(rawFolder, table);
        if (!Directory.Exists(folder))
        {
            yield break;
        }

        foreach (var partition in Directory.EnumerateDirectories(folder, "snapshot_date=*").Order(StringComparer.Ordinal))
        {
            var files = CsvFiles(partition);
            if (files is [])
            {
                continue;
            }

            var date = Path.GetFileName(partition)["snapshot_date=".Length..];
            if (!DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
            {
                throw new CrawledFileException($"{partition}: '{date}' is no date; name the folder as snapshot_date=2026-11-22, or move it away");
            }

            foreach (var file in files)
            {
                if (File.ReadLines(file).FirstOrDefault() != Functions.Columns.RawHeader)
                {
                    throw new CrawledFileException($"{file} has other columns than {Functions.Columns.RawHeader}");
                }
            }

            yield return date;
        }
    }

    private static string[] CsvFiles(string partition) =>
        Directory.Exists(partition) ? [.. Directory.GetFiles(partition, "*.csv").Order(StringComparer.Ordinal)] : [];

    private static async Task<int> RefineAsync(string file, SqliteCommand insert, CancellationToken cancellationToken)
    {
        using var csv = new CsvParser(new StreamReader(file, Encoding.UTF8, false, 1 << 16), Csv);
        var rows = 0;
        try
        {
            while (await csv.ReadAsync())
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (csv.Count != Functions.Columns.Raw.Count)
                {
                    throw new RefineException($"{file}, line {csv.RawRow}: {csv.Count} cells where {Functions.Columns.Raw.Count} belong");
                }

                // A row equal to the header is no data, wherever it stands.
                if (csv[0] == Columns[0].Name && Functions.Columns.Raw.Select((column, i) => csv[i] == column.Name).All(same => same))
                {
                    continue;
                }

                for (var i = 0; i < Functions.Columns.Raw.Count; i++)
                {
                    var cell = csv[i];
                    insert.Parameters[i].Value = cell.Length == 0 ? DBNull.Value
                        : Columns[i].Type == "TEXT" ? cell
                        : long.TryParse(cell, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
                        : throw new RefineException($"{file}, line {csv.RawRow}: {Columns[i].Name} '{cell}' is no whole number");
                }

                insert.ExecuteNonQuery();
                rows++;
            }
        }
        catch (BadDataException e)
        {
            throw new RefineException($"{file}, line {csv.RawRow}: a quote stands where none may", e);
        }

        return rows;
    }

    private static SqliteCommand Command(SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, string? Value)> parameters)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // Names come from the constants above, values go in as parameters; QueryAsync's SQL is the person's own.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, (object?)value ?? DBNull.Value);
        }

        return command;
    }

    private static void Execute(SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, string? Value)> parameters)
    {
        using var command = Command(connection, sql, parameters);
        command.ExecuteNonQuery();
    }

    private static List<string> Query(SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, string? Value)> parameters)
    {
        using var command = Command(connection, sql, parameters);
        using var reader = command.ExecuteReader();
        var values = new List<string>();
        while (reader.Read())
        {
            values.Add(reader.GetString(0));
        }

        return values;
    }

    private sealed class CrawledFileException(string message) : Exception(message);
}

/// <summary>The refine job failed; the snapshot's rows in the refined tables are as they were.</summary>
public sealed class RefineException(string message, Exception? inner = null)
    : PySpotifyException($"{message}. That snapshot's rows in the refined tables are as they were.", inner);

/// <summary>A query did not run.</summary>
public sealed class QueryException(string message, Exception? inner = null) : PySpotifyException(message, inner);


/// <summary>The warehouse cannot be read or written.</summary>
public sealed class WarehouseException(string path, SqliteException inner) : PySpotifyException(
    $"{path} cannot be used as a warehouse: {inner.Message}"
    + (inner.SqliteErrorCode is raw.SQLITE_ERROR or raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB
        ? " If it is damaged or another program's, move it away; `pyspotify refine` makes it anew from the CSV files."
        : " Nothing in it has changed."),
    inner);
