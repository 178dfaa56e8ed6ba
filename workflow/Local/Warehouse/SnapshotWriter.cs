using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using PySpotify.Functions;
using PySpotify.Functions.Rows;

namespace PySpotify.Workflow.Local.Warehouse;

/// <summary>Writes snapshots into the refined tables, each from its own raw files alone.</summary>
internal sealed class SnapshotWriter : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, InsertStatement> _inserts;
    private readonly Dictionary<string, long> _rows = Tables.Refined.ToDictionary(table => table.Name, _ => 0L);

    public SnapshotWriter(SqliteConnection connection)
    {
        _connection = connection;
        _connection.Execute("CREATE TEMP TABLE repeats (row INTEGER PRIMARY KEY, sources INTEGER)");
        _inserts = Tables.Refined.ToDictionary(table => table.Name, table => new InsertStatement(connection, table.Name, table.Columns.Count));
    }

    /// <summary>How many rows were written, by table.</summary>
    public IReadOnlyDictionary<string, long> Rows => _rows;

    /// <summary>Takes a snapshot out of the tables; null is all of them.</summary>
    public void Remove(DateOnly? date)
    {
        foreach (var (table, _) in Tables.Refined)
        {
            if (date is null)
            {
                // Without a condition, SQLite need not look at the rows.
                _connection.Execute($"DELETE FROM {table}");
                continue;
            }

            // The index of charts begins with the list.
            var lists = table == Tables.Charts ? $"list IN ('{Lists.TopPlayed}', '{Lists.Popular}') AND " : "";
            _connection.Execute($"DELETE FROM {table} WHERE {lists}snapshot_date = $date", ("$date", date));
        }
    }

    /// <summary>Writes a snapshot that the tables do not have.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="problems">Gets what is wrong with each file that cannot be read.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public void Write(RawSnapshot snapshot, List<string> problems, CancellationToken cancellationToken)
    {
        var files = new Dictionary<(string Table, string Source), SongFile>();
        foreach (var (table, paths) in snapshot.Songs)
        {
            var charts = new BestRows(_connection.QueryOne<long>($"SELECT coalesce(max(rowid), 0) + 1 FROM {Tables.RefinedOf(table)}"));
            foreach (var path in paths)
            {
                Try(problems, () => files.Add(
                    (table, Path.GetFileNameWithoutExtension(path)), WriteSongs(path, table, snapshot.Date, charts, cancellationToken)));
            }

            WriteCharts(table, charts);
        }

        var records = new Dictionary<(string Table, string Source), SourceRecord>();
        foreach (var file in snapshot.Records)
        {
            Try(problems, () => records.Add((file.Table, file.Source), RawRecords.ReadSource(file.Path)));
        }

        var quarantined = new Dictionary<(string Table, string Source), long>();
        foreach (var file in snapshot.Quarantine.Concat(snapshot.OldQuarantine))
        {
            var source = records.GetValueOrDefault((file.Table, file.Source))?.Source ?? file.Source;
            Try(problems, () => quarantined[(file.Table, file.Source)] = WriteQuarantine(file, source, snapshot.Date));
        }

        foreach (var key in records.Keys.Union(files.Keys))
        {
            // Until November 2026 there were no records: then only what the files tell is known.
            var (file, record) = (files.GetValueOrDefault(key), records.GetValueOrDefault(key));
            Write(
                Tables.Sources, Lists.Of(key.Table), record?.Source ?? key.Source, record?.Kind, record?.Name,
                record?.Status ?? SourceRecord.Read, record?.Reason, file.Rows, record?.Skipped.Values.Sum(rows => (long)rows),
                record is null ? null : JsonSerializer.Serialize(record.Skipped, PayloadJson.Default.IReadOnlyDictionaryStringInt32),
                record?.Quarantined ?? quarantined.GetValueOrDefault(key), file.Fingerprint, snapshot.Date);
        }
    }

    public void Dispose()
    {
        foreach (var insert in _inserts.Values)
        {
            insert.Dispose();
        }
    }

    private SongFile WriteSongs(string path, string table, DateOnly date, BestRows charts, CancellationToken cancellationToken)
    {
        using var csv = new RawCsv(path);
        using var fingerprint = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var insert = _inserts[Tables.RefinedOf(table)];
        insert.Clear();
        Set(insert, Columns.Raw.Count, date);
        charts.BeginFile();
        var rows = 0L;
        while (csv.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var i = 0; i < csv.ColumnCount; i++)
            {
                if (csv.IsUnknown(i))
                {
                    insert.SetNull(i);
                }
                else if (RawCsv.IsText(i))
                {
                    insert.Set(i, csv.Text(i));
                }
                else
                {
                    insert.Set(i, csv.Number(i));
                }
            }

            insert.Run();
            charts.Add(Encoding.UTF8.GetString(csv.Text(TrackId)), csv.Number(Rank));
            fingerprint.AppendData(csv.Text(TrackId));
            fingerprint.AppendData("\n"u8);
            rows++;
        }

        _rows[Tables.RefinedOf(table)] += rows;
        return rows > 0
            ? new(rows, Convert.ToHexStringLower(fingerprint.GetCurrentHash()))
            : throw new RawFileException($"{path} has a header and no rows");
    }

    /// <summary>A song once, by its best row, which is that of the first file where several have its rank.</summary>
    private void WriteCharts(string table, BestRows best)
    {
        _connection.Execute("DELETE FROM repeats");
        foreach (var (row, sources) in best.Repeats())
        {
            _connection.Execute("INSERT INTO repeats VALUES ($row, $sources)", ("$row", row), ("$sources", sources));
        }

        using var insert = _connection.Command(
            $"""
            INSERT INTO {Tables.Charts} (list, sources, {SharedColumns})
            SELECT $list, coalesce(repeats.sources, 1), {SharedColumns}
            FROM {Tables.RefinedOf(table)} AS songs
            LEFT JOIN repeats ON repeats.row = songs.rowid
            WHERE songs.rowid >= $first AND coalesce(repeats.sources, 1) > 0
            """,
            ("$list", Lists.Of(table)),
            ("$first", best.FirstRow));
        _rows[Tables.Charts] += insert.ExecuteNonQuery();
    }

    private long WriteQuarantine(RawFile file, string source, DateOnly date)
    {
        var rows = 0L;
        foreach (var refused in RawRecords.ReadQuarantine(file.Path))
        {
            Write(Tables.Quarantine, refused.Reason, Lists.Of(file.Table), source, refused.Song, date);
            rows++;
        }

        return rows;
    }

    private void Write(string table, params ReadOnlySpan<object?> values)
    {
        var insert = _inserts[table];
        for (var i = 0; i < values.Length; i++)
        {
            Set(insert, i, values[i]);
        }

        insert.Run();
        _rows[table]++;
    }

    private static void Set(InsertStatement insert, int column, object? value)
    {
        switch (value)
        {
            case null:
                insert.SetNull(column);
                break;
            case long number:
                insert.Set(column, number);
                break;
            case DateOnly date:
                insert.Set(column, date.Iso());
                break;
            default:
                insert.Set(column, (string)value);
                break;
        }
    }

    private static void Try(List<string> problems, Action read)
    {
        try
        {
            read();
        }
        catch (RawFileException e)
        {
            problems.Add(e.Message);
        }
    }

    private static string SharedColumns { get; } = string.Join(", ", Columns.Charts.Select(column => column.Name).Except(["list", "sources"]));

    private static int TrackId { get; } = IndexOf("track_id");

    private static int Rank { get; } = IndexOf("rank");

    private static int IndexOf(string column) => Columns.Raw.Select(raw => raw.Name).ToList().IndexOf(column);

    /// <summary>What was read of a raw file.</summary>
    /// <param name="Rows">Its rows.</param>
    /// <param name="Fingerprint">Tells whether another snapshot of the source has the same songs in the same order.</param>
    private readonly record struct SongFile(long Rows, string? Fingerprint);
}
