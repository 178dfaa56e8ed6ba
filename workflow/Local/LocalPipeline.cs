using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using PySpotify.Functions;
using PySpotify.Functions.Ports;
using PySpotify.Functions.Rows;
using PySpotify.Functions.Spotify;
using PySpotify.Workflow.Local.Warehouse;
using PySpotify.Workflow.StatesLanguage;

namespace PySpotify.Workflow.Local;

/// <summary>The six functions and the refine job over the local stand-ins, as the definition's Tasks call them.</summary>
internal sealed class LocalPipeline : IDisposable
{
    private const string LambdaInvoke = "arn:aws:states:::lambda:invoke";
    private const string GlueStartJobRun = "arn:aws:states:::glue:startJobRun.sync";
    private const string JobName = "csv-to-parquet";

    private readonly ServiceProvider _services;
    private readonly RefineJob _refine;
    private readonly Dictionary<string, Func<JsonElement, CancellationToken, Task<JsonElement>>> _functions;

    public LocalPipeline(
        DataFolder data, SecretsFile secrets, SpotifyOptions options, HttpMessageHandler? spotify, TimeProvider clock, RunProgress? progress = null)
    {
        var (database, rawFolder) = (new Database(data.Warehouse), new RawFolder(data.Raw));
        _refine = new RefineJob(database, rawFolder);
        var store = new LocalObjectStore(data.Raw);
        var services = new ServiceCollection()
            .AddSingleton(clock)
            .AddSingleton(typeof(ILogger<>), progress is null ? typeof(NullLogger<>) : typeof(Logger<>))
            .AddSingleton<IObjectStore>(store)
            .AddSingleton<ISecretStore>(secrets)
            .AddSingleton<ICrawler>(new Crawler(database, rawFolder, clock))
            .AddPySpotifyFunctions(() => options);
        if (progress is not null)
        {
            services.AddSingleton(progress)
                .AddSingleton<ISpotifyApi>(provider => new ObservedSpotifyApi(provider.GetRequiredService<HttpSpotifyApi>(), progress));
        }

        if (spotify is not null)
        {
            services.AddSingleton(spotify);
        }

        _services = services.BuildServiceProvider();
        var json = PayloadJson.Default;
        _functions = new()
        {
            [nameof(Authenticate)] = Function<AuthenticateInput, AuthenticateOutput>(
                json.AuthenticateInput, json.AuthenticateOutput, Get<Authenticate>().InvokeAsync),
            [nameof(FetchTopPlayed)] = Function<FetchTopPlayedInput, StagedTracks>(
                json.FetchTopPlayedInput, json.StagedTracks, Get<FetchTopPlayed>().InvokeAsync),
            [nameof(FetchPopular)] = Function<FetchPopularInput, StagedTracks>(
                json.FetchPopularInput, json.StagedTracks, Get<FetchPopular>().InvokeAsync),
            [nameof(WriteCsv)] = Function<WriteCsvInput, WriteCsvOutput>(
                json.WriteCsvInput, json.WriteCsvOutput, Get<WriteCsv>().InvokeAsync),
            [nameof(StartCrawler)] = Function<StartCrawlerInput, Crawl>(
                json.StartCrawlerInput, json.Crawl, Get<StartCrawler>().InvokeAsync),
            [nameof(PollCrawler)] = Function<PollCrawlerInput, Crawl>(
                json.PollCrawlerInput, json.Crawl, Get<PollCrawler>().InvokeAsync),
        };

        T Get<T>()
            where T : notnull => _services.GetRequiredService<T>();
    }

    /// <summary>The definition that AWS runs, with the local names filled in.</summary>
    public static StateMachine LoadDefinition() => StateMachine.Load(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "pyspotify.asl.json")),
        new Dictionary<string, string>
        {
            [nameof(Authenticate)] = nameof(Authenticate),
            [nameof(FetchTopPlayed)] = nameof(FetchTopPlayed),
            [nameof(FetchPopular)] = nameof(FetchPopular),
            [nameof(WriteCsv)] = nameof(WriteCsv),
            [nameof(StartCrawler)] = nameof(StartCrawler),
            [nameof(PollCrawler)] = nameof(PollCrawler),
            ["RawCrawler"] = Crawler.Raw,
            ["RefinedCrawler"] = Crawler.Refined,
            [nameof(RefineJob)] = JobName,
        });

    /// <summary>Does what a Task asks for, on a thread of its own: branches are to run side by side.</summary>
    public Task<JsonElement> InvokeAsync(TaskCall call, CancellationToken cancellationToken) => Task.Run(
        () => call.Resource switch
        {
            LambdaInvoke => InvokeLambdaAsync(call.Payload, cancellationToken),
            GlueStartJobRun => RunJobAsync(call.Payload, cancellationToken),
            _ => throw new NotSupportedException($"{call.Resource} has no local stand-in."),
        },
        cancellationToken);

    public void Dispose() => _services.Dispose();

    private async Task<JsonElement> InvokeLambdaAsync(JsonElement call, CancellationToken cancellationToken)
    {
        var function = _functions[call.GetProperty("FunctionName").GetString()!];
        return Json.Object("Payload", await function(call.GetProperty("Payload"), cancellationToken));
    }

    private async Task<JsonElement> RunJobAsync(JsonElement call, CancellationToken cancellationToken)
    {
        if (call.GetProperty("JobName").GetString() is var name && name != JobName)
        {
            throw new NotSupportedException($"There is no job {name}.");
        }

        var date = call.GetProperty("Arguments").GetProperty("--snapshot_date").GetString()!;
        await _refine.RunAsync(Days.Parse(date), cancellationToken);
        return Json.Object("JobRunState", Json.String("SUCCEEDED"));
    }

    private static Func<JsonElement, CancellationToken, Task<JsonElement>> Function<TInput, TOutput>(
        JsonTypeInfo<TInput> input, JsonTypeInfo<TOutput> output, Func<TInput, CancellationToken, Task<TOutput>> invoke) =>
        async (payload, cancellationToken) =>
            JsonSerializer.SerializeToElement(await invoke(payload.Deserialize(input)!, cancellationToken), output);

    private sealed class Logger<T>(RunProgress progress) : ILogger<T>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
            {
                return;
            }

            var wait = eventId.Name == SpotifyHandler.WaitingEvent ? Seconds(state) : null;
            progress.Log(formatter(state, exception), isWarning: wait is null && logLevel >= LogLevel.Warning);
            if (wait is { } time)
            {
                progress.ShowWait(time);
            }
        }

        private static TimeSpan? Seconds(object? state) =>
            state is IReadOnlyList<KeyValuePair<string, object?>> values && values.FirstOrDefault(value => value.Key == "Seconds").Value is double seconds
                ? TimeSpan.FromSeconds(seconds)
                : null;
    }
}
