using System.Globalization;
using System.Text;
using System.Text.Json;
using PySpotify.Functions;
using PySpotify.Functions.Rows;
using PySpotify.Workflow.Local;
using PySpotify.Workflow.Local.Warehouse;
using PySpotify.Workflow.Report;
using PySpotify.Workflow.StatesLanguage;

namespace PySpotify.Workflow.Tests;

/// <summary>A data folder of its own, filled by the crawler and the refine job or by whole runs.</summary>
public sealed class TestTables : IDisposable
{
    internal DataFolder Data { get; } = new(Directory.CreateTempSubdirectory("pyspotify-").FullName);

    internal TableReader Reader => new(Data.Warehouse);

    public void Dispose() => Directory.Delete(Data.Root, recursive: true);

    /// <summary>Makes a snapshot. A song is a letter, its popularity if known, and its year if known: <c>A90 B C70/1981</c>.</summary>
    public async Task AddAsync(string table, string date, string songs, string source = "source", string[]? refused = null)
    {
        var day = DateOnly.ParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture);
        var lines = songs.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select((song, i) =>
        {
            var (known, year) = song.Split('/') is [var first, var second] ? (first, second) : (song, "2026-05-01");
            return $"Artist {"XYZ"[(known[0] - 'A') % 3]},Song {known[0]},{known[1..]},180000,Album,{year.TrimStart('?')},{IdOf(known[0])},{i + 1},,,{source}";
        });
        Write($"{Keys.Partition(table, day)}/{source}.csv", lines.Prepend(Columns.RawHeader));
        if (refused is not null)
        {
            Write($"{Keys.Partition(Prefixes.Quarantine, day)}/{table}-{source}.jsonl", refused.Select(reason => $$"""{"reason":"{{reason}}","song":null}"""));
        }

        await RefineAsync(day);
    }

    /// <summary>Fills the tables from the CSV files.</summary>
    internal Task<RefineResult> RefineAsync(DateOnly? day) =>
        new RefineJob(new Database(Data.Warehouse), new RawFolder(Data.Raw)).RunAsync(day, TestContext.Current.CancellationToken);

    /// <summary>Runs the workflow over the made-up Spotify, a snapshot a week.</summary>
    public async Task AddSampleAsync(params DateOnly[] weeks)
    {
        Data.Claim(isSample: true);
        var secrets = new SecretsFile(Data.Secrets, SampleSpotify.Credentials);
        foreach (var week in weeks)
        {
            using var pipeline = new LocalPipeline(Data, secrets, new(), new SampleSpotify(week), TimeProvider.System);
            var result = await new Interpreter(LocalPipeline.LoadDefinition(), pipeline.InvokeAsync, TimeProvider.System, _ => { }).RunAsync(
                $"week-{week:yyyyMMdd}",
                JsonElement.Parse($$"""{"topPlayed":{"playlistIds":["37i9dQZEVXbMDoHDwVN2tF"]},"popular":{"queries":["year:2025-2026"]},"snapshotDate":"{{week:yyyy-MM-dd}}"}"""),
                TestContext.Current.CancellationToken);
            Assert.Equal(ExecutionStatus.Succeeded, result.Status);
        }
    }

    /// <summary>A query's rows as text, of the columns named.</summary>
    public async Task<string[]> AskAsync(string query, string columns, string? week = null, char? track = null)
    {
        var answer = await NamedQuery.Get(query).AskAsync(
            Reader,
            week is null ? null : DateOnly.ParseExact(week, "yyyy-MM-dd", CultureInfo.InvariantCulture),
            track is { } letter ? IdOf(letter) : null,
            TestContext.Current.CancellationToken);
        return [.. answer.Select(row => string.Join(' ', columns.Split(' ').Select(column => row[column] ?? "-")))];
    }

    public static string IdOf(char song) => new(song, 22);

    /// <summary>Puts a file into the raw folder.</summary>
    /// <returns>Its path.</returns>
    public string Write(string key, ReadOnlySpan<byte> bytes)
    {
        var path = Path.Combine([Data.Raw, .. key.Split('/')]);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private void Write(string key, IEnumerable<string> lines) => Write(key, Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"));
}

/// <summary>Three weeks of the sample.</summary>
public sealed class SampleTables : IAsyncLifetime
{
    private string? _page;

    public TestTables Tables { get; } = new();

    public async ValueTask InitializeAsync() => await Tables.AddSampleAsync(new(2026, 11, 8), new(2026, 11, 15), new(2026, 11, 22));

    /// <summary>The newest week's page.</summary>
    public async Task<string> PageAsync() =>
        _page ??= (await new ReportArchive(Tables.Data, Tables.Reader).UpdateAsync(null, 10, TestContext.Current.CancellationToken)).Page;

    public ValueTask DisposeAsync()
    {
        Tables.Dispose();
        return ValueTask.CompletedTask;
    }
}
