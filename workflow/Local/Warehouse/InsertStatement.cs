using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace PySpotify.Workflow.Local.Warehouse;

/// <summary>
/// An INSERT of whole rows, run again and again. It takes text as the UTF-8 that files and SQLite both have, where the parameters of
/// Microsoft.Data.Sqlite would make a string of it and bytes again (docs/performance.md). A value stays until the next one in its place.
/// </summary>
internal sealed class InsertStatement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    /// <exception cref="SqliteException">The table has other columns.</exception>
    public InsertStatement(SqliteConnection connection, string table, int columns)
    {
        _database = connection.Handle!;
        Check(raw.sqlite3_prepare_v2(_database, $"INSERT INTO {table} VALUES ({string.Join(", ", Enumerable.Repeat("?", columns))})", out _statement));
    }

    /// <summary>Sets a column, from 0, to text in UTF-8.</summary>
    public void Set(int column, ReadOnlySpan<byte> text) => Check(raw.sqlite3_bind_text(_statement, column + 1, text));

    /// <summary>Sets a column, from 0, to text.</summary>
    public void Set(int column, string text) => Check(raw.sqlite3_bind_text(_statement, column + 1, text));

    /// <summary>Sets a column, from 0, to a number.</summary>
    public void Set(int column, long number) => Check(raw.sqlite3_bind_int64(_statement, column + 1, number));

    /// <summary>Sets a column, from 0, to NULL.</summary>
    public void SetNull(int column) => Check(raw.sqlite3_bind_null(_statement, column + 1));

    /// <summary>Sets all columns to NULL.</summary>
    public void Clear() => Check(raw.sqlite3_clear_bindings(_statement));

    /// <summary>Inserts the row.</summary>
    /// <exception cref="SqliteException">It could not be inserted, because the disk is full, for example.</exception>
    public void Run()
    {
        var result = raw.sqlite3_step(_statement);
        raw.sqlite3_reset(_statement);
        Check(result);
    }

    public void Dispose() => _statement.Dispose();

    private void Check(int result) => SqliteException.ThrowExceptionForRC(result, _database);
}
