using System.Text.Json;
using PySpotify.Functions;
using PySpotify.Functions.Rows;
using PySpotify.Tests;
using PySpotify.Workflow.Local;
using PySpotify.Workflow.StatesLanguage;

namespace PySpotify.Workflow.Tests;

/// <summary>
/// The definition on AWS's terms: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
/// </summary>
public sealed class LimitTests
{
    private const int MaxEvents = 25_000, MaxPayload = 128 * 1024, MaxCause = 32_768;

    // What the Lambda integration puts around a function's answer (versions, HTTP headers).
    private const int Envelope = 2 * 1024;

    // A token has more than this left when Authenticate hands it out.
    private const int TokenSeconds = 600;

    private static readonly JsonElement Definition = JsonElement.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "pyspotify.asl.json")));

    private static IEnumerable<(string Name, JsonElement State)> EveryState => Walk(Definition);

    /// <summary>
    /// Every source fails as often as it may be retried, tokens expire as fast as they can, in every slot, and each crawl
    /// is polled until the execution times out, every single poll being retried to the last.
    /// </summary>
    [Fact]
    public void The_worst_run_stays_under_the_events_that_a_history_may_have()
    {
        var seconds = Definition.GetProperty("TimeoutSeconds").GetInt32();
        var maps = EveryState.Where(state => Type(state.State) == "Map").ToList();

        // All sources are in the Map whose iterations have the most events.
        var iteration = maps.Max(map => 2 + Walk(map.State.GetProperty("ItemProcessor"))
            .Where(state => !state.Name.StartsWith("Renew", StringComparison.Ordinal)).Sum(state => Events(state.State)));
        var sources = ExecutionInput.MaxSources * iteration;

        var renewals = maps.Sum(map => map.State.GetProperty("MaxConcurrency").GetInt32()) * ((seconds / TokenSeconds) + 1);
        var renewal = maps.Max(map => Walk(map.State.GetProperty("ItemProcessor"))
            .Where(state => !state.Name.StartsWith("Write", StringComparison.Ordinal)).Sum(state => Events(state.State)));

        var polls = (seconds / EveryState.Where(state => Type(state.State) == "Wait").Min(state => state.State.GetProperty("Seconds").GetInt32())) + 4;
        var poll = EveryState.Where(state => state.Name.Contains("RawCrawl", StringComparison.Ordinal)).Sum(state => Events(state.State));

        var rest = 2 + EveryState.Sum(state => Events(state.State));
        var worst = sources + (renewals * renewal) + (polls * poll) + rest;
        Assert.InRange(worst, 10_000, MaxEvents - 1);
    }

    [Theory]
    [InlineData('"')]
    [InlineData('é')]
    [InlineData('\u4e2d')]
    public void The_largest_input_takes_half_of_what_a_payload_may_have(char letter)
    {
        // Told apart by their first characters, and else of what JSON escapes the longest.
        string[] playlists = [.. Enumerable.Range(0, ExecutionInput.MaxSources).Select(n => $"{n:D22}")];
        string[] queries = [.. Enumerable.Range(0, ExecutionInput.MaxSources).Select(n => $"{n:D3}{new string(letter, ExecutionInput.MaxQueryLength - 3)}")];
        while (LocalWorkflow.Input("2026-11-20", [], queries).ToJsonString().Length > ExecutionInput.MaxBytes)
        {
            queries = queries[..^1];
        }

        foreach (var input in new[] { LocalWorkflow.Input("2026-11-20", [], queries), LocalWorkflow.Input("2026-11-20", playlists, []) })
        {
            var largest = LargestPayload(input.ToJsonString());
            Assert.InRange(largest, 10_000, MaxPayload - Envelope);
        }
    }

    [Fact]
    public void The_declared_limits_are_the_ones_that_hold()
    {
        var queries = Enumerable.Range(0, ExecutionInput.MaxSources + 1).Select(n => $"{n}").ToArray();
        Assert.Throws<InvalidInputException>(() => ExecutionInput.Read(JsonSerializer.SerializeToElement(LocalWorkflow.Input("2026-11-20", [], queries)), default));
        Assert.Throws<InvalidInputException>(() => ExecutionInput.Read(JsonSerializer.SerializeToElement(LocalWorkflow.Input("2026-11-20", [], [.. queries[1..].Select(query => query.PadRight(ExecutionInput.MaxQueryLength))])), default));
        ExecutionInput.Read(JsonSerializer.SerializeToElement(LocalWorkflow.Input("2026-11-20", [], queries[1..])), default);
    }

    /// <summary>Runs the definition with the largest answers that the functions can give.</summary>
    private static int LargestPayload(string input)
    {
        var clock = new TestClock();
        var events = new List<HistoryEvent>();
        var error = new string('"', 2048);
        var skipped = new[] { "duplicate", "episode", "local file", "no track", "unknown type" }.ToDictionary(reason => reason, _ => int.MaxValue);
        var name = new string('n', 80);
        var polls = 0;
        var interpreter = new Interpreter(
            LocalPipeline.LoadDefinition(),
            (task, _) => Task.FromResult(JsonElement.Parse($$"""{"Payload":{{task.State switch
            {
                "Authenticate" => Plan(),
                ['F', ..] => JsonSerializer.Serialize(Staged(task.Payload), PayloadJson.Default.StagedTracks),
                ['W', ..] => JsonSerializer.Serialize(Written(task.Payload), PayloadJson.Default.WriteCsvOutput),
                _ => JsonSerializer.Serialize(
                    new Crawl(polls++ % 2 == 0 ? Crawl.Running : Crawl.Succeeded, DateTimeOffset.MaxValue, error, int.MaxValue), PayloadJson.Default.Crawl),
            }}}}""")),
            clock,
            events.Add);
        var result = interpreter.RunAsync(name, JsonElement.Parse(input), TestContext.Current.CancellationToken).GetAwaiter().GetResult();
        Assert.Equal((ExecutionStatus.Failed, "SourcesNotRead"), (result.Status, result.Error));
        Assert.InRange(result.Cause!.Length, 1, MaxCause);
        return events.SelectMany(e => new[] { e.Input, e.Output, e.Payload }).Max(text => System.Text.Encoding.UTF8.GetByteCount(text ?? ""));

        StagedTracks Staged(JsonElement call) => new(
            new(Source.Search, call.GetProperty("Payload").GetProperty("source").GetProperty("id").GetString()!),
            new string('n', 100),
            Keys.Staged(name, Tables.Popular, "x"),
            int.MaxValue,
            skipped,
            new("2147483647 of 2147483647 rows could not be read", error[..400]),
            error[..200]);

        // Both lists, though a source has one of them.
        static WriteCsvOutput Written(JsonElement call)
        {
            var source = call.GetProperty("Payload").GetProperty("staged").GetProperty("source").GetProperty("id").GetString()!;
            return new(
                source, int.MaxValue, int.MaxValue, [Tables.Popular],
                [$"playlist {(source.Length > 40 ? source[..40] + "…" : source)}: 2147483647 of 2147483647 rows could not be read"]);
        }

        string Plan()
        {
            var plan = ExecutionInput.Read(JsonElement.Parse(input), DateTimeOffset.UnixEpoch);
            return JsonSerializer.Serialize(
                new AuthenticateOutput(plan.SnapshotDate, plan.TopPlayed, plan.Popular, new(SecretNames.Token, DateTimeOffset.MaxValue), new(Crawl.NotStarted)), PayloadJson.Default.AuthenticateOutput);
        }
    }

    /// <summary>Events of one visit to a state, its retries used up: https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html</summary>
    private static int Events(JsonElement state)
    {
        var attempts = 1 + (state.TryGetProperty("Retry", out var retry) ? retry.EnumerateArray().Sum(r => r.GetProperty("MaxAttempts").GetInt32()) : 0);
        return 2 + Type(state) switch
        {
            "Task" => attempts * (state.GetProperty("Resource").GetString()!.EndsWith(".sync", StringComparison.Ordinal) ? 4 : 3), // scheduled, started, (submitted,) ended
            "Map" or "Parallel" => 2, // started, succeeded
            _ => 0,
        };
    }

    private static IEnumerable<(string Name, JsonElement State)> Walk(JsonElement block) => block.GetProperty("States").EnumerateObject()
        .SelectMany(state => new[] { (state.Name, state.Value) }
            .Concat(state.Value.TryGetProperty("ItemProcessor", out var processor) ? Walk(processor) : [])
            .Concat(state.Value.TryGetProperty("Branches", out var branches) ? branches.EnumerateArray().SelectMany(Walk) : []));

    private static string Type(JsonElement state) => state.GetProperty("Type").GetString()!;
}
