using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using PySpotify.Functions;
using PySpotify.Tests;
using PySpotify.Workflow.Local.Warehouse;

namespace PySpotify.Workflow.Tests.Engines;

/// <summary>
/// On a Trino, which is what Athena is, over what Spark wrote in tables of the catalog's types: each query gives the rows,
/// in the order, that it gives on SQLite, with few stages and the types that QuickSight is told.
/// </summary>
[Trait("Category", "Engines")]
[Collection("Engines")]
public sealed partial class QueryTests(FilledTrino filled, Spark spark, Trino trino) : IClassFixture<FilledTrino>
{
    /// <summary>Athena refuses more than 150.</summary>
    private const int MaxStages = 20;

    private static readonly Dictionary<string, Dictionary<string, string>> DataSets =
        JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, string>>>(Repository.Read("infra/data-sets.json"))!;

    public static TheoryData<string> Queries => [.. NamedQuery.All.Select(query => query.Name)];

    public static TheoryData<string> Statements =>
    [
        .. new[] { "README.md", "CONTRIBUTING.md", "workflow/README.md", "infra/README.md" }
            .Concat(Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md").Select(file => Path.GetRelativePath(Repository.Root, file)))
            .Where(file => File.Exists(Path.Combine(Repository.Root, file)))
            .SelectMany(file => Statement().Matches(Repository.Read(file)).Select(match => match.Groups["sql"].Value.Trim().TrimEnd(';'))).Distinct(),
    ];

    [Theory]
    [MemberData(nameof(Queries))]
    public async Task A_named_query_gives_the_rows_of_SQLite(string query)
    {
        var answer = await ExpectEqualAsync(NamedQuery.Get(query).Sql);
        Assert.NotEmpty(answer.Rows);
        Assert.InRange(answer.Stages, 1, MaxStages);
        Assert.Equal((await NamedQuery.Get(query).AskAsync(filled.Tables.Reader, null, null, TestContext.Current.CancellationToken)).Columns, answer.Columns.Select(column => column.Name));
        if (DataSets.TryGetValue(query, out var columns))
        {
            Assert.Equal(columns.Select(column => (column.Key, column.Value is "DATETIME" ? "STRING" : column.Value)), answer.Columns.Select(column => (column.Name, Trino.InQuickSight(column.Type))));
        }
    }

    [Theory]
    [InlineData("top", "2026-11-15")]
    [InlineData("weeks", "2026-11-15")]
    [InlineData("health", "2026-11-08")]
    public async Task A_week_of_before_can_be_asked_for(string query, string week) =>
        Assert.NotEmpty((await ExpectEqualAsync(NamedQuery.Get(query).Sql.Replace("'latest'", $"'{week}'", StringComparison.Ordinal))).Rows);

    [Fact]
    public async Task A_song_can_be_followed()
    {
        await filled.FillAsync(spark, trino);
        var song = (await filled.Tables.Reader.QueryAsync("SELECT track_id FROM charts WHERE rank = 40 ORDER BY 1", TestContext.Current.CancellationToken)).Rows[0][0];
        var answer = await ExpectEqualAsync(NamedQuery.Get("popularity").Sql.Replace("'strongest'", $"'{song}'", StringComparison.Ordinal));
        Assert.NotEmpty(answer.Rows);
        Assert.InRange(answer.Stages, 1, MaxStages);
    }

    /// <summary>The dashboard's data sets beside the queries are tables.</summary>
    [Theory]
    [InlineData(Tables.Charts)]
    [InlineData(Tables.Sources)]
    public async Task A_table_gives_the_rows_of_SQLite(string table) => Assert.NotEmpty(
        (await ExpectEqualAsync($"SELECT * FROM {table} ORDER BY list, snapshot_date, {(table == Tables.Charts ? "track_id" : "source")}")).Rows);

    [Theory]
    [MemberData(nameof(Statements))]
    public async Task A_statement_in_the_docs_gives_the_rows_of_SQLite(string sql) =>
        Assert.InRange((await ExpectEqualAsync(sql)).Stages, 1, MaxStages);

    private async Task<TrinoAnswer> ExpectEqualAsync(string sql)
    {
        await filled.FillAsync(spark, trino);
        var (_, rows) = await filled.Tables.Reader.QueryAsync(sql, TestContext.Current.CancellationToken);
        var answer = await trino.QueryAsync(sql);
        Assert.Equal(rows.Select(row => string.Join('|', row.Select(Text))), answer.Rows.Select(row => string.Join('|', row.Select(value => Text(value)))));
        return answer;

        static string Text(object? value) => value switch
        {
            null or JsonElement { ValueKind: JsonValueKind.Null } => "∅",
            JsonElement { ValueKind: JsonValueKind.Number } number => number.GetDouble().ToString(CultureInfo.InvariantCulture),
            long or double => Convert.ToDouble(value, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture),
            _ => value.ToString()!,
        };
    }

    [GeneratedRegex(@"(?:query|sql) ""(?<sql>SELECT[^""]+)""|^```sql\n(?<sql>.+?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Statement();
}

/// <summary>The sample's tables in SQLite, and on Trino as Spark wrote them.</summary>
public sealed class FilledTrino : IDisposable
{
    private bool _isFilled;

    public TestTables Tables { get; } = new();

    /// <summary>Fills Trino's tables, the first time; skips the test where there is no engine.</summary>
    public async Task FillAsync(Spark spark, Trino trino)
    {
        Trino.SkipIfMissing();
        spark.SkipIfMissing();
        if (_isFilled)
        {
            return;
        }

        await Tables.AddSampleAsync(new(2026, 11, 8), new(2026, 11, 15), new(2026, 11, 22));
        var job = await spark.RunAsync(Tables.Data.Raw, Tables.Data.Refined, "--full");
        Assert.Null(job.Error);
        foreach (var (table, columns) in Functions.Tables.Refined)
        {
            await trino.CreateAsync(table, columns, job.Tables[table].Rows);
        }

        _isFilled = true;
    }

    public void Dispose() => Tables.Dispose();
}
