using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using PySpotify.Functions;
using PySpotify.Functions.Rows;
using PySpotify.Functions.Spotify;
using PySpotify.Tests;
using PySpotify.Workflow.Cli;
using PySpotify.Workflow.Local;
using PySpotify.Workflow.Local.Warehouse;
using PySpotify.Workflow.StatesLanguage;
using Spectre.Console;

namespace PySpotify.Workflow.Tests;

/// <summary>The whole local workflow in this process: the real run over a data folder, against a fake Spotify.</summary>
internal sealed class LocalWorkflow : IAsyncDisposable
{
    public const string Playlist = "37i9dQZEVXbMDoHDwVN2tF";
    public const string Query = "year:2025-2026";

    private readonly TempFolder _folder = new();

    public FakeSpotify Spotify { get; private init; } = null!;

    /// <summary>Starts now, since the files that the workflow writes have the real time.</summary>
    public TestClock Clock { get; } = new(TimeProvider.System.GetUtcNow());

    public DataFolder Data => new(_folder["data"]);

    public SpotifyOptions Options { get; set; } = null!;

    /// <summary>The person's credentials; null is those that the fake Spotify takes.</summary>
    public SpotifyCredentials? Credentials { get; set; }

    /// <summary>All lines that the runs wrote.</summary>
    public StringWriter Screen { get; } = new();

    public byte[] Csv(string table, string date) => File.ReadAllBytes(CsvOf(table, date));

    public string CsvOf(string table, string date) =>
        Path.Combine(Data.Raw, table, $"snapshot_date={date}", $"{Keys.Source(table == Tables.TopPlayed ? Playlist : Query)}.csv");

    /// <summary>A playlist of 120 rows and a search of 100.</summary>
    public static async Task<LocalWorkflow> CreateAsync()
    {
        var spotify = await FakeSpotify.StartAsync();
        spotify.AddPlaylist(Playlist, FakeSpotify.Tracks(120));
        spotify.AddSearch(FakeSpotify.Tracks(100, 500));
        var workflow = new LocalWorkflow { Spotify = spotify };
        spotify.Clock = workflow.Clock;
        spotify.OnSilence = () => workflow.Clock.Advance(workflow.Options.AttemptTimeout);
        workflow.Options = new SpotifyOptions { ApiUrl = spotify.ApiUrl, AccountsUrl = spotify.AccountsUrl, AttemptTimeout = TimeSpan.FromSeconds(5) };
        return workflow;
    }

    public static JsonObject Input(string date, string[]? playlists = null, string[]? queries = null) => new()
    {
        ["topPlayed"] = new JsonObject { ["playlistIds"] = new JsonArray([.. (playlists ?? [Playlist]).Select(id => JsonValue.Create(id))]) },
        ["popular"] = new JsonObject { ["queries"] = new JsonArray([.. (queries ?? [Query]).Select(query => JsonValue.Create(query))]) },
        ["snapshotDate"] = date,
    };

    public Task RunAsync(string date) => RunAsync(Input(date));

    public async Task RunAsync(JsonObject input)
    {
        using var folderLock = Data.Lock(Clock);

        // Executions are listed by their start.
        Clock.Skip(TimeSpan.FromSeconds(1));
        await NewRunner().StartAsync(ExecutionInput.Read(JsonSerializer.SerializeToElement(input), Clock.GetUtcNow()), TestContext.Current.CancellationToken);
    }

    public async Task RedriveAsync(string? name = null)
    {
        using var folderLock = Data.Lock(Clock);
        await NewRunner().RedriveAsync(name, TestContext.Current.CancellationToken);
    }

    /// <summary>Runs, and expects the run to fail with the failing task's own exception.</summary>
    /// <returns>What a person sees, and the name of the exception, which only --verbose shows.</returns>
    public static async Task<string> FailAsync(Func<Task> run)
    {
        var error = await Assert.ThrowsAsync<ExecutionFailedException>(run);
        Assert.DoesNotContain('\n', error.Message);
        if (error.InnerException is { } cause)
        {
            Assert.EndsWith($" failed: {cause.Message}", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(cause.GetType().Name, error.Message, StringComparison.Ordinal);
        }

        return $"{error.Message} {error.InnerException?.GetType().Name}";
    }

    /// <summary>Runs once a snapshot to have an earlier one, and gives all that must stay as it is.</summary>
    public async Task<Kept> KeepAsync(string date)
    {
        await RunAsync(date);
        return Look();
    }

    public Kept Look() => new(
        TempFolder.Snapshot(Data.Raw, name => !name.StartsWith('_') && !name.StartsWith("quarantine/2", StringComparison.Ordinal) && !name.StartsWith("sources/", StringComparison.Ordinal)), Rows());

    /// <summary>The refined tables' rows as JSON, in order.</summary>
    public List<string> Rows() => Rows(Data.Warehouse);

    public static List<string> Rows(string warehouse)
    {
        var rows = new List<string>();
        if (!File.Exists(warehouse))
        {
            return rows;
        }

        using var connection = new SqliteConnection($"Data Source={warehouse};Pooling=False");
        connection.Open();
        foreach (var table in (string[])[Tables.TopPlayed, Tables.Popular])
        {
            using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The table's name is a constant.
            command.CommandText = $"SELECT '{table}', * FROM {Tables.RefinedOf(table)} ORDER BY snapshot_date, rank, track_id";
#pragma warning restore CA2100
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                var values = new object[reader.FieldCount];
                reader.GetValues(values);
                rows.Add(JsonSerializer.Serialize(values.Select(value => value is DBNull ? null : value)));
            }
        }

        return rows;
    }

    public async Task<IReadOnlyList<object?[]>> QueryAsync(string sql) =>
        (await new TableReader(Data.Warehouse).QueryAsync(sql, TestContext.Current.CancellationToken)).Rows;

    /// <summary>Throws where a file stands half written, or beside the place where it belongs.</summary>
    public void AssertNothingHalf()
    {
        Assert.Empty(TempFolder.Snapshot(Path.Combine(Data.Raw, "_partial")));
        Assert.DoesNotContain(
            TempFolder.Snapshot(Data.Root).Keys,
            file => file.EndsWith(".partial", StringComparison.Ordinal) || file.EndsWith("-journal", StringComparison.Ordinal));
    }

    /// <summary>Executes the definition as a run does, with a hand on each call and each event.</summary>
    /// <param name="name">The execution's name.</param>
    /// <param name="input">Its input; null redrives it.</param>
    /// <param name="call">Gets each task's call; the function makes it.</param>
    /// <param name="recorded">Gets each event that was recorded.</param>
    public async Task<ExecutionResult> ExecuteAsync(
        string name, JsonObject? input, Func<TaskCall, Func<Task<JsonElement>>, Task<JsonElement>>? call = null, Action<HistoryEvent>? recorded = null)
    {
        using var folderLock = Data.Lock(Clock);
        var secrets = new SecretsFile(Data.Secrets, new(Spotify.ClientId, Spotify.ClientSecret));
        using var pipeline = new LocalPipeline(Data, secrets, Options, null, Clock);
        var history = input is null ? ExecutionLog.Read(Data.Executions, name) : [];
        using var log = input is null ? ExecutionLog.Append(Data.Executions, name) : ExecutionLog.Create(Data.Executions, name);
        var interpreter = new Interpreter(
            LocalPipeline.LoadDefinition(),
            (task, cancellationToken) => call is null ? pipeline.InvokeAsync(task, cancellationToken) : call(task, () => pipeline.InvokeAsync(task, cancellationToken)),
            Clock,
            e =>
            {
                log.Record(e);
                recorded?.Invoke(e);
            });
        return input is null
            ? await interpreter.RedriveAsync(history, TestContext.Current.CancellationToken)
            : await interpreter.RunAsync(name, JsonSerializer.SerializeToElement(input), TestContext.Current.CancellationToken);
    }

    /// <summary>The history of the newest execution.</summary>
    public IReadOnlyList<HistoryEvent> History() => ExecutionLog.Read(Data.Executions, ExecutionLog.List(Data.Executions).Last().Name);

    /// <summary>How often each Task was called since an event of the newest execution.</summary>
    public Dictionary<string, int> Calls(long since = 0) => History()
        .Where(e => e.Id > since && e.Type == HistoryEventType.TaskScheduled)
        .CountBy(e => e.State!).ToDictionary();

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return Spotify.DisposeAsync();
    }

    private ExecutionRunner NewRunner()
    {
        var credentials = Credentials ?? new(Spotify.ClientId, Spotify.ClientSecret);
        var console = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(Screen) });
        return new(Data, new(credentials, Options), Clock, new ExecutionDisplay(new(console, console, _ => { }, Clock), isVerbose: true).ShowAsync);
    }
}

/// <summary>The CSV files of all snapshots, and the refined tables' rows.</summary>
internal sealed record Kept(SortedDictionary<string, byte[]> Files, List<string> Rows)
{
    /// <summary>Throws where a file or row of these is missing or another one now.</summary>
    public void AssertIn(Kept now)
    {
        foreach (var (name, bytes) in Files)
        {
            Assert.True(now.Files.TryGetValue(name, out var found) && bytes.AsSpan().SequenceEqual(found), $"{name} has changed.");
        }

        Assert.Subset(now.Rows.ToHashSet(StringComparer.Ordinal), Rows.ToHashSet(StringComparer.Ordinal));
    }

    /// <summary>Throws where anything differs.</summary>
    public void AssertSame(Kept now)
    {
        Assert.Equal(Files.Keys, now.Files.Keys);
        AssertIn(now);
        Assert.Equal(Rows, now.Rows);
    }
}
