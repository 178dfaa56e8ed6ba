using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using PySpotify.Functions;
using SQLitePCL;

namespace PySpotify.Workflow.Local.Warehouse;

/// <summary>Reads the tables with SQL, in place of Athena.</summary>
/// <param name="path">The database.</param>
internal sealed partial class TableReader(string path)
{
    /// <summary>Runs one read-only statement.</summary>
    /// <param name="sql">The statement. It can read the tables and nothing else.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>The columns' names, and the rows' values: null, long, double, string or byte[].</returns>
    /// <exception cref="QueryException">There are no tables yet, or the SQL is wrong or would do more than read.</exception>
    public Task<(IReadOnlyList<string> Columns, IReadOnlyList<object?[]> Rows)> QueryAsync(string sql, CancellationToken cancellationToken) =>
        QueryAsync(sql, (_, _) => true, cancellationToken);

    /// <summary>Runs one read-only statement, of whose rows not all are wanted.</summary>
    /// <param name="sql">The statement. It can read the tables and nothing else.</param>
    /// <param name="keep">Sees the columns and each row in turn, and says which are to be returned; others are not held.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <inheritdoc cref="QueryAsync(string, CancellationToken)"/>
    public async Task<(IReadOnlyList<string> Columns, IReadOnlyList<object?[]> Rows)> QueryAsync(
        string sql, Func<IReadOnlyList<string>, object?[], bool> keep, CancellationToken cancellationToken)
    {
        if (!AnyPath.Exists(path))
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
            if (!Database.IsCurrent(connection))
            {
                throw new QueryException($"The tables in {path} are an earlier version's; `pyspotify refine` fills them again.");
            }

            raw.sqlite3_set_authorizer(connection.Handle, Authorize, null);
            await using var interrupt = cancellationToken.Register(() => raw.sqlite3_interrupt(connection.Handle));
            await using var command = connection.Command(sql);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            if (reader.FieldCount == 0)
            {
                throw new QueryException("The query is empty.");
            }

            List<string> columns = [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)];
            var rows = new List<object?[]>();
            while (await reader.ReadAsync(cancellationToken))
            {
                var row = ReadRow(reader);
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
        catch (Exception e) when (e is SqliteException or InvalidOperationException)
        {
            throw Explain(e);
        }
    }

    private PySpotifyException Explain(Exception e) => e switch
    {
        SqliteException { SqliteErrorCode: raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB } damaged => WarehouseException.From(path, damaged),
        SqliteException { SqliteErrorCode: raw.SQLITE_AUTH } => new QueryException("A query may read the tables and do nothing else.", e),
        SqliteException when MissingTable().Match(e.Message) is { Success: true } missing => new QueryException(
            $"There is no table '{missing.Groups[1].Value}'. The tables: {string.Join(", ", Tables.Refined.Select(table => table.Name).Order(StringComparer.Ordinal))}.", e),
        _ => new QueryException($"The query did not run: {e.Message}", e),
    };

    private static object?[] ReadRow(SqliteDataReader reader)
    {
        var row = new object?[reader.FieldCount];
        reader.GetValues(row!);
        for (var i = 0; i < row.Length; i++)
        {
            row[i] = row[i] is DBNull ? null : row[i];
        }

        return row;
    }

    private static int Authorize(object? user, int action, utf8z first, utf8z second, utf8z database, utf8z trigger) =>
        action switch
        {
            raw.SQLITE_SELECT or raw.SQLITE_READ or raw.SQLITE_RECURSIVE => raw.SQLITE_OK,
            raw.SQLITE_FUNCTION when second.utf8_to_string() is not "load_extension" => raw.SQLITE_OK,
            _ => raw.SQLITE_DENY,
        };

    [GeneratedRegex("no such table: (.+?)'?\\.?$")]
    private static partial Regex MissingTable();
}

/// <summary>A query did not run.</summary>
internal class QueryException(string message, Exception? inner = null) : PySpotifyException(message, inner);
