using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using PySpotify.Functions;
using PySpotify.Functions.Rows;
using PySpotify.Workflow.Local.Warehouse;

namespace PySpotify.Tests;

/// <summary>The state machine's definition, as a text that the code must agree with.</summary>
public sealed partial class DefinitionTests
{
    private const string Invoke = "arn:aws:states:::lambda:invoke";

    private static readonly JsonElement Definition =
        JsonDocument.Parse(Repository.Read("workflow/pyspotify.asl.json")).RootElement;

    /// <summary>What has QuickSight read the tables anew.</summary>
    private static readonly JsonElement Refresh = JsonDocument.Parse(Repository.Read("infra/refresh.asl.json")).RootElement;

    /// <summary>What tells that there is no new snapshot.</summary>
    private static readonly JsonElement Watch = JsonDocument.Parse(Repository.Read("infra/watch.asl.json")).RootElement;

    private static readonly IReadOnlyDictionary<string, JsonElement> States =
        new[] { Definition, Refresh, Watch }.SelectMany(Flatten).ToDictionary(state => state.Name, state => state.Value);

    /// <summary>What the paths in payloads lead to, as Step Functions would have it.</summary>
    private static readonly JsonObject Sample = JsonNode.Parse($$"""
        {
          "$": {
            "snapshotDate": "2026-11-22", "source": { "kind": "playlist", "id": "37i9dQZEVXbMDoHDwVN2tF" },
            "token": { "secret": "PySpotify/token", "expiresAt": "2026-11-22T07:00:00+00:00", "renewed": null },
            "failure": { "Error": "SpotifyTokenRefusedException", "Cause": "refused" },
            "staged": {
              "source": { "kind": "playlist", "id": "37i9dQZEVXbMDoHDwVN2tF" }, "name": "x", "key": "_staging/run/spotifytopplayed/x.jsonl",
              "rows": 50, "skipped": {}, "problem": null, "note": null
            },
            "extract": { "tables": ["spotifytopplayed"], "notRead": [] },
            "crawl": { "status": "RUNNING", "before": null, "error": null, "redriveCount": 0 }
          },
          "$$": {
            "Execution": { "Name": "run", "StartTime": "2026-11-22T06:00:00.000Z", "RedriveCount": 0, "Input": {{Repository.Read("workflow/input.json")}} },
            "State": { "Name": "State" }
          }
        }
        """)!.AsObject();

    public static TheoryData<string> Tasks => [.. StatesOf("Task")];

    public static TheoryData<string> Functions => [.. States.Where(state => IsFunction(state.Value)).Select(state => state.Key)];

    [Theory]
    [MemberData(nameof(Functions))]
    public void A_task_names_a_function_whose_input_reads_its_payload(string state)
    {
        var parameters = States[state].GetProperty("Parameters");
        var placeholder = Placeholder().Match(parameters.GetProperty("FunctionName").GetString()!).Groups[1].Value;
        var function = typeof(Authenticate).Assembly.GetType($"PySpotify.Functions.{placeholder}");
        Assert.NotNull(function);
        var input = function.GetMethod("InvokeAsync")!.GetParameters()[0].ParameterType;

        var payload = FillIn(JsonNode.Parse(parameters.GetProperty("Payload").GetRawText())!.AsObject());
        var read = JsonSerializer.Deserialize(payload, input, PayloadJson.Default);

        Assert.NotNull(read);
        payload["misspelt"] = 1;
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize(payload, input, PayloadJson.Default));
    }

    [Fact]
    public void A_crawl_that_nobody_asked_for_can_be_started() => Assert.Equal(
        Crawl.NotStarted,
        JsonSerializer.Deserialize(States["RefineToParquet"].GetProperty("ResultSelector"), PayloadJson.Default.Crawl)!.Status);

    [Theory]
    [MemberData(nameof(Tasks))]
    public void A_task_ends_in_time(string state)
    {
        var seconds = States[state].GetProperty("TimeoutSeconds").GetInt32();

        // A Lambda runs 15 minutes at most.
        Assert.InRange(seconds, 1, IsFunction(States[state]) ? 900 : Definition.GetProperty("TimeoutSeconds").GetInt32());
    }

    [Theory]
    [MemberData(nameof(Tasks))]
    public void A_retry_names_its_errors_and_is_capped_and_jittered(string state) => Assert.All(
        States[state].GetProperty("Retry").EnumerateArray().Where(retry => retry.GetProperty("MaxAttempts").GetInt32() > 0),
        retry =>
        {
            // What the watch does may be done again after any error.
            if (!Watch.GetProperty("States").TryGetProperty(state, out _))
            {
                Assert.All(retry.GetProperty("ErrorEquals").EnumerateArray(), Named);
                Assert.True(
                    state == "RefineToParquet" || retry.GetProperty("ErrorEquals").EnumerateArray().All(error => error.GetString() != "States.TaskFailed"),
                    "Only the job, whose errors have no names of ours, may be tried again whatever it failed with.");
            }

            Assert.InRange(retry.GetProperty("MaxAttempts").GetInt32(), 1, 5);
            Assert.InRange(retry.GetProperty("MaxDelaySeconds").GetInt32(), retry.GetProperty("IntervalSeconds").GetInt32(), 300);
            Assert.Equal("FULL", retry.GetProperty("JitterStrategy").GetString());
        });

    [Theory]
    [MemberData(nameof(Functions))]
    public void A_function_is_retried_after_lambdas_own_faults(string state) => Assert.Contains(
        States[state].GetProperty("Retry").EnumerateArray(),
        retry => retry.GetProperty("ErrorEquals").EnumerateArray().Select(error => error.GetString()).Order(StringComparer.Ordinal).SequenceEqual(
            ["Lambda.AWSLambdaException", "Lambda.ClientExecutionTimeoutException", "Lambda.SdkClientException", "Lambda.ServiceException", "Lambda.TooManyRequestsException"]));

    [Theory]
    [MemberData(nameof(Functions))]
    public void A_function_is_retried_once_after_an_unknown_fault(string state) => Assert.Equal(
        1, RetryOf(state, "Lambda.Unknown").GetProperty("MaxAttempts").GetInt32());

    /// <summary>Neither raw files nor a full disk get better by themselves; locally, the job says so by name.</summary>
    [Fact]
    public void What_the_job_cannot_read_or_write_is_told_at_once() => Assert.Equal(
        [nameof(RefineException), nameof(WarehouseException)],
        States["RefineToParquet"].GetProperty("Retry")[0].GetProperty("ErrorEquals").EnumerateArray().Select(error => error.GetString()));

    [Fact]
    public void The_job_is_retried_after_glues_own_faults()
    {
        Assert.All(
            (string[])["Glue.AWSGlueException", "Glue.SdkClientException", "Glue.InternalServiceException", "Glue.OperationTimeoutException", "Glue.ConcurrentRunsExceededException"],
            error => RetryOf("RefineToParquet", error));
        Assert.Equal(1, RetryOf("RefineToParquet", "States.TaskFailed").GetProperty("MaxAttempts").GetInt32());
    }

    private static JsonElement RetryOf(string state, string error) => Assert.Single(
        States[state].GetProperty("Retry").EnumerateArray(),
        retry => retry.GetProperty("ErrorEquals").EnumerateArray().Any(name => name.GetString() == error));

    /// <summary>A failure that was caught, and a Fail state, cannot be redriven: they are for what a redrive cannot mend.</summary>
    [Fact]
    public void Only_a_token_is_caught_and_only_unread_sources_fail_the_run()
    {
        Assert.Equal(["NothingRead", "SourcesNotRead"], StatesOf("Fail"));
        foreach (var (_, state) in Flatten(Definition))
        {
            if (!state.TryGetProperty("Catch", out var catches))
            {
                continue;
            }

            var caught = Assert.Single(catches.EnumerateArray());
            Assert.Equal(["SpotifyTokenExpiredException", "SpotifyTokenRefusedException"], caught.GetProperty("ErrorEquals").EnumerateArray().Select(error => error.GetString()));
            Assert.Equal("${Authenticate}", Parameter(caught.GetProperty("Next").GetString()!, "FunctionName"));
        }
    }

    /// <summary>What QuickSight refuses fails the refresh, which is told, and a redrive asks again.</summary>
    [Fact]
    public void Of_QuickSights_refusals_only_that_the_refresh_has_started_is_none()
    {
        var task = States["RefreshDataSet"];
        Assert.Equal("arn:aws:states:::aws-sdk:quicksight:createIngestion", task.GetProperty("Resource").GetString());
        Assert.Equal(["QuickSight.ResourceExistsException"], Errors(task, "Catch"));
        Assert.Equal("Succeed", States[task.GetProperty("Catch")[0].GetProperty("Next").GetString()!].GetProperty("Type").GetString());
        Assert.Equal(
            ["QuickSight.InternalFailureException", "QuickSight.SdkClientException", "QuickSight.ThrottlingException"],
            Errors(task, "Retry").Order(StringComparer.Ordinal));
        Assert.DoesNotContain(Flatten(Refresh), state => state.Name != "RefreshDataSet" && state.Value.TryGetProperty("Catch", out _));
    }

    /// <summary>A name may have characters that QuickSight's ids may not, and comes again after 90 days; a redrive changes neither.</summary>
    [Fact]
    public void A_refresh_has_the_executions_id()
    {
        var id = States["RefreshDataSet"].GetProperty("Parameters").GetProperty("IngestionId.$").GetString();
        Assert.Equal("States.Hash(States.Format('{} {}', $$.Execution.Name, $$.Execution.StartTime), 'SHA-256')", id);
    }

    [Fact]
    public void The_local_run_knows_nothing_of_QuickSight() =>
        Assert.DoesNotContain("QuickSight", Definition.GetRawText(), StringComparison.OrdinalIgnoreCase);

    [Fact]
    public void An_error_that_is_named_exists()
    {
        var named = Flatten(Definition)
            .SelectMany(state => Errors(state.Value, "Retry").Concat(Errors(state.Value, "Catch")))
            .Where(error => !error.Contains('.', StringComparison.Ordinal))
            .Distinct();
        var types = typeof(PySpotifyException).Assembly.GetTypes().Concat(typeof(RefineException).Assembly.GetTypes()).ToList();
        Assert.All(named, error => Assert.Contains(types, type => type.Name == error && type.IsSubclassOf(typeof(PySpotifyException))));
    }

    [Fact]
    public void A_state_leads_to_a_state()
    {
        var starts = new[] { Definition, Refresh, Watch }.Select(machine => machine.GetProperty("StartAt").GetString()!);
        var targets = States.Values.SelectMany(Targets).Concat(starts).ToList();
        Assert.All(targets, target => Assert.Contains(target, States.Keys));
        Assert.All(
            States.Where(state => state.Value.GetProperty("Type").GetString() is not ("Choice" or "Succeed" or "Fail")),
            state => Assert.True(
                state.Value.TryGetProperty("Next", out _) ^ state.Value.TryGetProperty("End", out _), $"{state.Key} needs Next or End"));
    }

    /// <summary>The queries find snapshots in sources and songs in charts.</summary>
    [Fact]
    public void The_refined_crawl_counts_with_what_the_queries_read() => Assert.Equal(
        [Tables.Charts, Tables.Sources],
        States["PollRefinedCrawler"].GetProperty("Parameters").GetProperty("Payload").GetProperty("tables").EnumerateArray().Select(table => table.GetString()));

    [Fact]
    public void The_job_gets_the_date_by_the_name_that_it_reads()
    {
        var arguments = States["RefineToParquet"].GetProperty("Parameters").GetProperty("Arguments");
        Assert.Equal("$.snapshotDate", arguments.GetProperty("--snapshot_date.$").GetString());
        Assert.Contains("\"--snapshot_date\"", Repository.Read("workflow/csv_to_parquet.py"), StringComparison.Ordinal);
    }

    [Fact]
    public void Names_filled_in_leave_no_placeholder()
    {
        string[] names =
        [
            "Authenticate", "FetchTopPlayed", "FetchPopular", "WriteCsv", "StartCrawler", "PollCrawler",
            "RawCrawler", "RefinedCrawler", "RefineJob",
        ];
        var text = Definition.GetRawText();
        Assert.Equal(
            names.Order(StringComparer.Ordinal),
            Placeholder().Matches(text).Select(match => match.Groups[1].Value).Distinct().Order(StringComparer.Ordinal));
        Assert.DoesNotContain("${", Placeholder().Replace(text, "name"), StringComparison.Ordinal);
    }

    private static IEnumerable<(string Name, JsonElement Value)> Flatten(JsonElement machine)
    {
        foreach (var state in machine.GetProperty("States").EnumerateObject())
        {
            yield return (state.Name, state.Value);
            var inner = state.Value.GetProperty("Type").GetString() switch
            {
                "Map" => [state.Value.GetProperty("ItemProcessor")],
                "Parallel" => state.Value.GetProperty("Branches").EnumerateArray().ToArray(),
                _ => [],
            };
            foreach (var nested in inner.SelectMany(Flatten))
            {
                yield return nested;
            }
        }
    }

    private static IEnumerable<string> StatesOf(string type) =>
        States.Where(state => state.Value.GetProperty("Type").GetString() == type).Select(state => state.Key);

    private static bool IsFunction(JsonElement state) =>
        state.TryGetProperty("Resource", out var resource) && resource.GetString() == Invoke;

    private static string? Parameter(string state, string name) =>
        States[state].GetProperty("Parameters").GetProperty(name).GetString();

    private static IEnumerable<string> Errors(JsonElement state, string field) => state.TryGetProperty(field, out var list)
        ? list.EnumerateArray().SelectMany(item => item.GetProperty("ErrorEquals").EnumerateArray()).Select(error => error.GetString()!)
        : [];

    private static IEnumerable<string> Targets(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject()
            .Where(property => property.Name is not ("States" or "Branches" or "ItemProcessor"))
            .SelectMany(property => property.Name is "Next" or "Default" ? [property.Value.GetString()!] : Targets(property.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Targets),
        _ => [],
    };

    private static void Named(JsonElement error)
    {
        Assert.NotEqual("States.ALL", error.GetString());
    }

    private static JsonObject FillIn(JsonObject template)
    {
        var payload = new JsonObject();
        foreach (var (name, value) in template)
        {
            if (name.EndsWith(".$", StringComparison.Ordinal))
            {
                payload[name[..^2]] = Lookup(value!.GetValue<string>())?.DeepClone();
            }
            else
            {
                payload[name] = value is JsonObject inner ? FillIn(inner) : value?.DeepClone();
            }
        }

        return payload;
    }

    private static JsonNode? Lookup(string path)
    {
        JsonNode? node = Sample;
        foreach (var step in path.Split('.'))
        {
            Assert.True(node!.AsObject().TryGetPropertyValue(step, out var next), $"nothing is known of {path}");
            node = next;
        }

        return node;
    }

    [GeneratedRegex(@"\$\{(\w+)\}")]
    private static partial Regex Placeholder();
}
