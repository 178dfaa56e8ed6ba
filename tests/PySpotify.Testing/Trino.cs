using System.Text;
using System.Text.Json;
using PySpotify.Functions;

namespace PySpotify.Tests;

/// <summary>What Trino answered.</summary>
/// <param name="Columns">Names and types.</param>
/// <param name="Rows">Null, text and numbers.</param>
/// <param name="Stages">How many stages the plan had; Athena refuses more than 150.</param>
public sealed record TrinoAnswer(IReadOnlyList<(string Name, string Type)> Columns, IReadOnlyList<JsonElement[]> Rows, int Stages);

/// <summary>A Trino with an empty catalog <c>memory</c>, at the address in the environment variable PYSPOTIFY_TRINO.</summary>
public sealed class Trino : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromMinutes(5) };

    private static string? Address => Environment.GetEnvironmentVariable("PYSPOTIFY_TRINO");

    /// <summary>Skips the test where there is no Trino.</summary>
    public static void SkipIfMissing() => Assert.SkipWhen(
        string.IsNullOrEmpty(Address), "PYSPOTIFY_TRINO is not set. `docker run -p 8080:8080 trinodb/trino:426` runs one at http://127.0.0.1:8080.");

    /// <summary>What QuickSight calls a type.</summary>
    public static string InQuickSight(string type) => type switch
    {
        "bigint" or "integer" => "INTEGER",
        "double" => "DECIMAL",
        _ when type.StartsWith("varchar", StringComparison.Ordinal) => "STRING",
        _ => type,
    };

    /// <summary>Makes a table of the catalog's columns and fills it.</summary>
    public async Task CreateAsync(string table, IEnumerable<Column> columns, IEnumerable<JsonElement[]> rows)
    {
        var types = string.Join(", ", columns.Select(column => $"{column.Name} {column.Type switch { "string" => "varchar", "int" => "integer", _ => column.Type }}"));
        await QueryAsync($"DROP TABLE IF EXISTS {table}");
        await QueryAsync($"CREATE TABLE {table} ({types})");

        // As JSON, because Trino takes its time over VALUES with thousands of cells, and takes no statement of a million characters.
        foreach (var some in rows.Chunk(1000))
        {
            var json = JsonSerializer.Serialize(some).Replace("'", "''", StringComparison.Ordinal);
            await QueryAsync($"INSERT INTO {table} SELECT * FROM UNNEST(CAST(json_parse('{json}') AS array(row({types}))))");
        }
    }

    /// <summary>Runs a statement to its end.</summary>
    public async Task<TrinoAnswer> QueryAsync(string sql)
    {
        List<(string, string)> columns = [];
        List<JsonElement[]> rows = [];
        var answer = await SendAsync(HttpMethod.Post, $"{Address!.TrimEnd('/')}/v1/statement", new StringContent(sql, Encoding.UTF8));
        while (true)
        {
            if (answer.TryGetProperty("error", out var error))
            {
                throw new InvalidOperationException($"{error.GetProperty("message").GetString()}\n{sql}");
            }

            if (columns is [] && answer.TryGetProperty("columns", out var described))
            {
                columns.AddRange(described.EnumerateArray().Select(column => (column.GetProperty("name").GetString()!, column.GetProperty("type").GetString()!)));
            }

            if (answer.TryGetProperty("data", out var data))
            {
                rows.AddRange(data.EnumerateArray().Select(row => row.EnumerateArray().ToArray()));
            }

            if (!answer.TryGetProperty("nextUri", out var next))
            {
                return new(columns, rows, answer.GetProperty("stats").TryGetProperty("rootStage", out var root) ? CountStages(root) : 0);
            }

            answer = await SendAsync(HttpMethod.Get, next.GetString()!);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<JsonElement> SendAsync(HttpMethod method, string address, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, address) { Content = content };
        request.Headers.Add("X-Trino-User", "test");
        request.Headers.Add("X-Trino-Catalog", "memory");
        request.Headers.Add("X-Trino-Schema", "default");
        using var response = (await _http.SendAsync(request, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
        return JsonElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static int CountStages(JsonElement stage) => 1 + stage.GetProperty("subStages").EnumerateArray().Sum(CountStages);
}
