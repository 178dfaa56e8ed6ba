using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using PySpotify.Functions;
using PySpotify.Functions.Ports;
using PySpotify.Functions.Rows;
using PySpotify.Functions.Spotify;
using PySpotify.Workflow.Local;

namespace PySpotify.Tests;

/// <summary>The functions over HTTP to a fake Spotify, a folder of their own and secrets in memory.</summary>
internal sealed class Pipeline : IAsyncDisposable
{
    public const string PlaylistId = "fakePlaylist0000000001";
    public const string Query = "year:2025-2026";
    public const string Execution = "run-1";

    private readonly HttpClient _http;

    private Pipeline(FakeSpotify spotify, int concurrency)
    {
        Spotify = spotify;
        spotify.Clock = Clock;
        Folder = Path.Combine(Path.GetTempPath(), $"pyspotify-tests-{Guid.NewGuid():N}");
        Store = new LocalObjectStore(Folder);
        Secrets = new MemorySecrets();
        var options = new SpotifyOptions { ApiUrl = spotify.ApiUrl, AccountsUrl = spotify.AccountsUrl, Concurrency = concurrency };
        spotify.OnSilence = () => Clock.Advance(options.AttemptTimeout);
        _http = SpotifyHandler.CreateClient(options, Clock, Log.For<SpotifyHandler>());
        var api = new HttpSpotifyApi(_http, options);
        var staging = new TrackStaging(Secrets, Store, Clock, options);
        Authenticate = new Authenticate(api, Secrets, Clock, Log.For<Authenticate>());
        FetchTopPlayed = new FetchTopPlayed(api, staging);
        FetchPopular = new FetchPopular(api, staging);
        WriteCsv = new WriteCsv(Store, Log.For<WriteCsv>());
    }

    public FakeSpotify Spotify { get; }

    /// <summary>The functions' clock and Spotify's.</summary>
    public TestClock Clock { get; } = new();

    public string Folder { get; }

    public LocalObjectStore Store { get; }

    public MemorySecrets Secrets { get; }

    public MemoryLog Log { get; } = new();

    public Authenticate Authenticate { get; }

    public FetchTopPlayed FetchTopPlayed { get; }

    public FetchPopular FetchPopular { get; }

    public WriteCsv WriteCsv { get; }

    /// <summary>Every file under <see cref="Folder"/>, with slashes, in order.</summary>
    public string[] Files => Directory.Exists(Folder)
        ? [.. Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Folder, file).Replace('\\', '/'))
            .Order(StringComparer.Ordinal)]
        : [];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <param name="concurrency">Calls under way at once, at most.</param>
    public static async Task<Pipeline> StartAsync(int concurrency = 4) => new(await FakeSpotify.StartAsync(), concurrency);

    public async ValueTask DisposeAsync()
    {
        Authenticate.Dispose();
        _http.Dispose();
        await Spotify.DisposeAsync();
        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }
    }

    /// <summary>Stores the app's credentials, and a person's sign-in where one is wanted.</summary>
    public void Register(bool person = false)
    {
        var credentials = new JsonObject { ["clientId"] = Spotify.ClientId, ["clientSecret"] = Spotify.ClientSecret };
        if (person)
        {
            credentials["refreshToken"] = Spotify.RefreshToken;
        }

        Secrets[SecretNames.Credentials] = credentials.ToJsonString();
    }

    private static string Input => $$"""
        {"topPlayed":{"playlistIds":["{{PlaylistId}}"]},"popular":{"queries":["{{Query}}"]} }
        """;

    /// <summary>Runs <see cref="Authenticate"/>, with an input of one playlist and one query unless there is another.</summary>
    public Task<AuthenticateOutput> AuthenticateAsync(string? input = null) =>
        Authenticate.InvokeAsync(new(JsonElement.Parse(input ?? Input), Clock.GetUtcNow(), Execution, "Authenticate"), Cancelled);

    /// <summary>Runs <see cref="Authenticate"/> after a fetch that failed.</summary>
    public Task<AuthenticateOutput> AuthenticateAsync(TokenReference token, TaskFailure failure, int redriveCount = 0) =>
        Authenticate.InvokeAsync(
            new(JsonElement.Parse(Input), Clock.GetUtcNow(), Execution, "RenewPopularToken", token, failure, redriveCount), Cancelled);

    /// <summary>Signs in and fetches <see cref="PlaylistId"/>.</summary>
    public async Task<StagedTracks> FetchTopPlayedAsync(string id = PlaylistId) =>
        await FetchTopPlayed.InvokeAsync(new(new(Source.Playlist, id), await SignInAsync(), Execution), Cancelled);

    /// <summary>Signs in and fetches <see cref="Query"/>.</summary>
    public async Task<StagedTracks> FetchPopularAsync(string query = Query) =>
        await FetchPopular.InvokeAsync(new(new(Source.Search, query), await SignInAsync(), Execution), Cancelled);

    public async Task<TokenReference> SignInAsync()
    {
        Register(person: true);
        return (await AuthenticateAsync()).Token;
    }

    /// <summary>The rows that stand staged.</summary>
    public Song[] Staged(StagedTracks staged) =>
        [.. File.ReadLines(Store.PathOf(staged.Key!)).Select(line => JsonSerializer.Deserialize<Song>(line, Rows)!)];

    /// <summary>Stages rows as a fetch does, one JSON object a line.</summary>
    public async Task<WriteCsvInput> StageAsync(params IReadOnlyList<Song> songs)
    {
        var key = Keys.Staged(Execution, Tables.TopPlayed, PlaylistId);
        var lines = string.Concat(songs.Select(song => JsonSerializer.Serialize(song, Rows) + "\n"));
        await Store.WriteAsync(key, (stream, cancellationToken) => stream.WriteAsync(Encoding.UTF8.GetBytes(lines), cancellationToken).AsTask(), Cancelled);
        return new(
            Tables.TopPlayed,
            new DateOnly(2026, 11, 22),
            new StagedTracks(new(Source.Playlist, PlaylistId), "Fake playlist", key, songs.Count, new Dictionary<string, int>()));
    }

    private static readonly JsonSerializerOptions Rows = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
}

/// <summary>Secrets that nobody else reads.</summary>
internal sealed class MemorySecrets : ISecretStore
{
    private readonly ConcurrentDictionary<string, string> _values = new();

    public string? this[string name]
    {
        get => _values.GetValueOrDefault(name);
        set => _values[name] = value!;
    }

    public Task<string?> GetAsync(string name, CancellationToken cancellationToken) => Task.FromResult(this[name]);

    public Task PutAsync(string name, string value, CancellationToken cancellationToken)
    {
        this[name] = value;
        return Task.CompletedTask;
    }
}

/// <summary>Every line that was logged, scopes and exceptions with it.</summary>
internal sealed class MemoryLog
{
    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyCollection<string> Lines => _lines;

    public ILogger<T> For<T>() => new Logger<T>(_lines);

    private sealed class Logger<T>(ConcurrentQueue<string> lines) : ILogger<T>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            lines.Enqueue($"scope {state}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var values = state is IEnumerable<KeyValuePair<string, object?>> pairs ? string.Join(' ', pairs) : "";
            lines.Enqueue($"{logLevel} {formatter(state, exception)} {values} {exception}");
        }
    }
}
