using Microsoft.Data.Sqlite;
using PySpotify.Workflow.Local.Warehouse;

namespace PySpotify.Workflow.Tests;

/// <summary><c>query</c> reads the tables and does nothing else.</summary>
public sealed class ReadOnlyQueryTests
{
    public static TheoryData<string> Forbidden =>
    [
        "INSERT INTO spotifypopularsongs_refined (track) VALUES ('x')",
        "UPDATE spotifypopularsongs_refined SET track = 'x'",
        "DELETE FROM spotifypopularsongs_refined",
        "DROP TABLE spotifypopularsongs_refined",
        "CREATE TABLE mine (x)",
        "CREATE TEMP TABLE mine (x)",
        "CREATE VIEW mine AS SELECT 1",
        "ALTER TABLE spotifypopularsongs_refined RENAME TO mine",
        "ATTACH 'OTHER' AS other",
        "DETACH main",
        "VACUUM INTO 'OTHER'",
        "VACUUM",
        "REINDEX",
        "ANALYZE",
        "PRAGMA writable_schema = 1",
        "PRAGMA query_only = 0",
        "PRAGMA table_info(spotifypopularsongs_refined)",
        "BEGIN IMMEDIATE",
        "SAVEPOINT mine",
        "SELECT load_extension('OTHER')",
        "SELECT readfile('OTHER')",
        "SELECT writefile('OTHER', 'x')",
        "SELECT 1; DELETE FROM spotifypopularsongs_refined",
        "SELECT 1; SELECT 2",
        "WITH gone AS (SELECT 1) DELETE FROM spotifypopularsongs_refined",
        "INSERT INTO spotifypopularsongs_refined SELECT * FROM spotifytopplayed_refined RETURNING *",
        "SELECT $parameter",
        "SELECT nonsense",
        "",
        "-- nothing",
    ];

    [Theory]
    [MemberData(nameof(Forbidden))]
    public async Task What_would_do_more_than_read_is_refused_and_does_nothing(string sql)
    {
        using var folder = new TempFolder();
        var other = folder["other"];
        await MakeAsync(folder["warehouse.db"]);
        var before = File.ReadAllBytes(folder["warehouse.db"]);

        await Assert.ThrowsAsync<QueryException>(() => QueryAsync(folder["warehouse.db"], sql.Replace("OTHER", other, StringComparison.Ordinal)));

        Assert.Equal(before, File.ReadAllBytes(folder["warehouse.db"]));
        Assert.False(File.Exists(other));
    }

    [Fact]
    public async Task Reading_takes_all_of_SQL()
    {
        using var folder = new TempFolder();
        await MakeAsync(folder["warehouse.db"]);
        var rows = await QueryAsync(folder["warehouse.db"], """
            WITH RECURSIVE n(x) AS (VALUES (1) UNION ALL SELECT x + 1 FROM n WHERE x < 3)
            SELECT upper(track), row_number() OVER (ORDER BY track), (SELECT sum(x) FROM n), NULL FROM spotifypopularsongs_refined
            """);
        Assert.Equal([["ONE", 1L, 6L, null]], rows);
    }

    [Fact]
    public async Task A_query_that_would_never_end_can_be_stopped()
    {
        using var folder = new TempFolder();
        await MakeAsync(folder["warehouse.db"]);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var query = Task.Run(() => new TableReader(folder["warehouse.db"]).QueryAsync(
            "WITH RECURSIVE n(x) AS (VALUES (1) UNION ALL SELECT x + 1 FROM n) SELECT 0 UNION ALL SELECT count(*) FROM n",
            (_, _) =>
            {
                _ = Task.Run(stop.Cancel); // While the next row is being worked out.
                return true;
            },
            stop.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => query.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_warehouse_that_a_killed_run_left_in_the_middle_of_a_write_is_read_as_it_was_before()
    {
        using var folder = new TempFolder();
        await MakeAsync(folder["live.db"]);
        using (var connection = new SqliteConnection($"Data Source={folder["live.db"]};Pooling=False"))
        {
            connection.Open();
            // More than its cache holds, so that the database is written before the end of the transaction.
            Execute(connection, "PRAGMA cache_size = 2; BEGIN;");
            for (var n = 0; n < 200; n++)
            {
                Execute(connection, "INSERT INTO spotifypopularsongs_refined (track) VALUES (hex(randomblob(2000)));");
            }

            Execute(connection, "UPDATE spotifypopularsongs_refined SET track = 'half' WHERE track = 'one'; SELECT count(*) FROM spotifypopularsongs_refined;");
            File.Copy(folder["live.db"], folder["warehouse.db"]);
            File.Copy(folder["live.db-journal"], folder["warehouse.db-journal"]);
            Execute(connection, "ROLLBACK;");
        }

        Assert.Equal([["one"]], await QueryAsync(folder["warehouse.db"], "SELECT track FROM spotifypopularsongs_refined"));
    }

    [Fact]
    public async Task Without_a_warehouse_a_query_says_how_to_make_one_and_makes_none()
    {
        await using var pyspotify = new Pyspotify();
        var error = (await pyspotify.RunAsync("sql", "SELECT 1")).Failed();
        Assert.Contains($"`pyspotify run --data {pyspotify.Data}` makes it", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(pyspotify.Data));
    }

    [Fact]
    public async Task A_name_can_neither_steer_the_terminal_nor_break_the_line()
    {
        await using var pyspotify = new Pyspotify();
        Directory.CreateDirectory(pyspotify.Data);
        await MakeAsync(Path.Combine(pyspotify.Data, "warehouse.db"));
        Assert.Equal("a [31mb c", CommandTests.Cells(await pyspotify.RunAsync("sql", "SELECT 'a' || char(27) || '[31mb' || char(10) || 'c'")));
    }

    private static async Task MakeAsync(string path)
    {
        await new Database(path).UseAsync(_ => Task.FromResult(true), TestContext.Current.CancellationToken);
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        Execute(connection, "INSERT INTO spotifypopularsongs_refined (track) VALUES ('one')");
    }

    private static async Task<IReadOnlyList<object?[]>> QueryAsync(string path, string sql) =>
        (await new TableReader(path).QueryAsync(sql, TestContext.Current.CancellationToken)).Rows;

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
