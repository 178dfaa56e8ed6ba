extern alias infra;
using System.Text.Json;
using System.Text.RegularExpressions;
using infra::PySpotify.Infra;
using Pulumi;
using Pulumi.Utilities;
using PySpotify.Functions;
using PySpotify.Functions.Rows;
using PySpotify.Lambda;

namespace PySpotify.Tests;

/// <summary>The stack that <c>pulumi up</c> lays out, as the engine sees it.</summary>
[Collection("Pulumi runs one stack at a time")]
public sealed partial class InfraTests(InfraTests.Layout layout) : IClassFixture<InfraTests.Layout>
{
    // What AWS gives no tags, or what its owner's tags cover.
    private static readonly string[] Untagged =
    [
        "athena/namedQuery", "cloudwatch/eventTarget", "glue/catalogTable", "glue/classifier", "iam/rolePolicy", "s3/bucketLifecycleConfiguration", "s3/bucketPolicy",
        "s3/bucketPublicAccessBlock", "s3/bucketServerSideEncryptionConfiguration", "s3/bucketVersioning", "scheduler/schedule",
        "secretsmanager/secretVersion", "sns/topicPolicy", "sns/topicSubscription", "sqs/queuePolicy",
    ];

    private static readonly string[] Buckets = ["raw", "refined", "assets", "results"];

    public static TheoryData<string> Functions => [.. Handlers.Functions];

    [Fact]
    public void Every_bucket_is_encrypted_closed_and_spoken_to_over_tls()
    {
        Assert.Equal(Buckets.Order(), All("s3/bucket").Select(bucket => bucket.Name["pyspotify-".Length..]).Order());
        foreach (var name in Buckets)
        {
            var bucket = One("s3/bucket", $"pyspotify-{name}");
            string[] sides = ["ServerSideEncryptionConfiguration", "PublicAccessBlock", "Policy"];
            Assert.All(sides, side => Assert.Equal($"{bucket.Name}-id", Text(One($"s3/bucket{side}", name)["bucket"])));
            var rule = One("s3/bucketServerSideEncryptionConfiguration", name)["rules"][0];
            Assert.Equal("AES256", Text(rule.GetProperty("applyServerSideEncryptionByDefault").GetProperty("sseAlgorithm")));
            string[] blocks = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];
            Assert.All(blocks, block => Assert.True(One("s3/bucketPublicAccessBlock", name)[block].GetBoolean()));
            var policy = Text(One("s3/bucketPolicy", name)["policy"]);
            Assert.Contains("aws:SecureTransport", policy, StringComparison.Ordinal);
            Assert.Contains($"\"{bucket.Arn}/*\"", policy, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Versions_are_kept_where_data_lives()
    {
        Assert.Equal(["assets", "raw", "refined"], All("s3/bucketVersioning").Select(versioning => versioning.Name).Order());
        Assert.All(All("s3/bucketVersioning"), versioning => Assert.Equal("Enabled", Text(versioning["versioningConfiguration"].GetProperty("status"))));
    }

    [Fact]
    public void Staged_rows_outlive_the_redrive_window_and_old_versions_go()
    {
        var rules = One("s3/bucketLifecycleConfiguration", "raw")["rules"].EnumerateArray().ToDictionary(rule => Text(rule.GetProperty("id")));
        Assert.Equal("_staging/", Text(rules["staging"].GetProperty("filter").GetProperty("prefix")));
        Assert.Equal(30, rules["staging"].GetProperty("expiration").GetProperty("days").GetInt32());
        Assert.All(Buckets, name => Assert.Contains(
            One("s3/bucketLifecycleConfiguration", name)["rules"].EnumerateArray(), rule => rule.TryGetProperty("noncurrentVersionExpiration", out _)));
        Assert.True(rules["old-versions"].GetProperty("expiration").GetProperty("expiredObjectDeleteMarker").GetBoolean());
        Assert.Contains(
            One("s3/bucketLifecycleConfiguration", "results")["rules"].EnumerateArray(), rule => rule.TryGetProperty("expiration", out _));
    }

    [Fact]
    public void Credentials_come_from_the_configuration_and_the_token_from_nowhere()
    {
        Assert.Equal(["PySpotify", "PySpotify/token"], All("secretsmanager/secret").Select(secret => Text(secret["name"])).Order());
        var version = Assert.Single(All("secretsmanager/secretVersion"));
        Assert.Equal("credentials-id", Text(version["secretId"]));
        Assert.Equal("""{"clientId":"id","clientSecret":"hush","refreshToken":"again"}""", Text(version["secretString"]));
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void A_Lambda_has_a_handler_that_exists_and_a_size_a_log_and_a_role_of_its_own(string function)
    {
        var lambda = Assert.Single(All("lambda/function"), lambda => Text(lambda["handler"]) == Handlers.Of(function));
        Assert.NotNull(typeof(Handlers).Assembly.GetType(Text(lambda["handler"]).Split("::")[1]));
        Assert.Equal("dotnet10", Text(lambda["runtime"]));
        Assert.Equal("arm64", Text(lambda["architectures"][0]));
        Assert.Equal(nameof(FileArchive), Text(lambda["code"]));
        Assert.Equal("Active", Text(lambda["tracingConfig"].GetProperty("mode")));
        Assert.InRange(lambda["memorySize"].GetInt32(), 256, 1024);
        Assert.All(Invocations(function), state => Assert.True(
            lambda["timeout"].GetInt32() <= state.GetProperty("TimeoutSeconds").GetInt32(), "the Lambda outlives its state"));

        var log = Assert.Single(All("cloudwatch/logGroup"), log => Text(log["name"]) == Text(lambda["loggingConfig"].GetProperty("logGroup")));
        Assert.Equal(30, log["retentionInDays"].GetInt32());
        Assert.Equal("JSON", Text(lambda["loggingConfig"].GetProperty("logFormat")));
        Assert.Single(All("lambda/function"), other => Text(other["role"]) == Text(lambda["role"]));
        Assert.Contains($"\"{log.Arn}:*\"", PolicyOf(Text(lambda["role"])), StringComparison.Ordinal);
    }

    [Fact]
    public void The_bucket_is_named_to_those_who_write_in_it() => Assert.Equal(
        new[] { "FetchPopular", "FetchTopPlayed", "WriteCsv" }.Select(Handlers.Of),
        All("lambda/function").Where(lambda => lambda["environment"].ValueKind == JsonValueKind.Object
            && Text(lambda["environment"].GetProperty("variables").GetProperty(SettingNames.RawBucket)) == "pyspotify-raw")
            .Select(lambda => Text(lambda["handler"])).Order());

    [Fact]
    public void There_is_a_role_for_each_who_acts()
    {
        string[] roles =
        [
            "authenticate", "crawler", "fetch-popular", "fetch-top-played", "job", "poll-crawler", "reminder", "scheduler",
            "start-crawler", "start-watch", "state-machine", "watch", "write-csv",
        ];
        Assert.Equal(roles.Select(role => $"pyspotify-{role}"), All("iam/role").Select(role => role.Name).Order());
        Assert.Equal(roles.Select(role => $"pyspotify-{role}"), All("iam/rolePolicy").Select(policy => policy.Name).Order());
        Assert.All(All("iam/role"), role => Assert.NotEmpty(PolicyOf(role.Arn)));
    }

    [Fact]
    public void Policies_name_resources_of_this_stack()
    {
        var policies = layout.Resources.SelectMany(resource => new[] { resource["policy"], resource["assumeRolePolicy"] })
            .Where(policy => policy.ValueKind == JsonValueKind.String).Select(Text).ToList();
        Assert.Equal((2 * 13) + Buckets.Length + 1, policies.Count);
        Assert.All(policies, policy => Assert.DoesNotContain("${", policy, StringComparison.Ordinal));
        var credentials = One("secretsmanager/secret", "credentials").Arn;
        Assert.Equal(
            ["pyspotify-authenticate"],
            All("iam/rolePolicy").Where(policy => Text(policy["policy"]).Contains($"\"{credentials}\"", StringComparison.Ordinal)).Select(policy => policy.Name));
        Assert.Contains("arn:aws:glue:eu-central-1:123456789012:table/spotify_data_refined/spotifytopplayed_refined", PolicyOf(One("iam/role", "pyspotify-crawler").Arn), StringComparison.Ordinal);
    }

    [Fact]
    public void The_definition_is_the_file_with_its_names_filled_in()
    {
        var text = Text(One("sfn/stateMachine", "pyspotify")["definition"]);
        var names = Handlers.Functions.ToDictionary(function => function, function => One("lambda/function", Function(function)).Arn);
        (names["RawCrawler"], names["RefinedCrawler"], names["RefineJob"]) = ("pyspotify-raw", "pyspotify-refined", "pyspotify-refine");
        using var reader = new StreamReader(typeof(Pipeline).Assembly.GetManifestResourceStream("workflow/pyspotify.asl.json")!);
        Assert.Equal(Placeholder().Replace(reader.ReadToEnd(), match => names[match.Groups[1].Value]), text);
    }

    [Fact]
    public void Runs_are_logged_without_their_data_and_traced()
    {
        var machine = One("sfn/stateMachine", "pyspotify");
        var log = One("cloudwatch/logGroup", "state-machine");
        Assert.StartsWith("/aws/vendedlogs/states/", Text(log["name"]), StringComparison.Ordinal);
        Assert.Equal("ERROR", Text(machine["loggingConfiguration"].GetProperty("level")));
        Assert.False(machine["loggingConfiguration"].GetProperty("includeExecutionData").GetBoolean());
        Assert.Equal($"{log.Arn}:*", Text(machine["loggingConfiguration"].GetProperty("logDestination")));
        Assert.True(machine["tracingConfiguration"].GetProperty("enabled").GetBoolean());
    }

    [Fact]
    public void The_schedule_starts_a_run_each_week()
    {
        var schedule = One("scheduler/schedule", "pyspotify-weekly");
        Assert.Equal("cron(0 6 ? * MON *)", Text(schedule["scheduleExpression"]));
        Assert.Equal("UTC", Text(schedule["scheduleExpressionTimezone"]));
        Assert.Equal("ENABLED", Text(schedule["state"]));
        Assert.Equal("FLEXIBLE", Text(schedule["flexibleTimeWindow"].GetProperty("mode")));
        var target = schedule["target"];
        Assert.Equal(One("sfn/stateMachine", "pyspotify").Arn, Text(target.GetProperty("arn")));
        Assert.Equal(One("iam/role", "pyspotify-scheduler").Arn, Text(target.GetProperty("roleArn")));
        Assert.Equal(One("sqs/queue", "pyspotify-dead-letters").Arn, Text(target.GetProperty("deadLetterConfig").GetProperty("arn")));
        Assert.InRange(target.GetProperty("retryPolicy").GetProperty("maximumRetryAttempts").GetInt32(), 1, 10);
        var input = JsonDocument.Parse(Text(target.GetProperty("input"))).RootElement;
        Assert.NotEmpty(input.GetProperty("topPlayed").GetProperty("playlists").EnumerateArray());
        Assert.NotEmpty(input.GetProperty("popular").GetProperty("queries").EnumerateArray());
    }

    [Fact]
    public void Every_table_is_declared_with_its_columns_and_its_partition()
    {
        Assert.Equal(
            Tables.Raw.Concat(Tables.Refined.Select(table => table.Name)).Order(StringComparer.Ordinal),
            All("glue/catalogTable").Select(table => Text(table["name"])).Order(StringComparer.Ordinal));
        Assert.All(All("glue/catalogTable"), table =>
        {
            var storage = table["storageDescriptor"];
            var raw = Tables.Raw.Contains(table.Name);
            var columns = raw ? Columns.Raw.Select(column => (column.Name, "string")) : Tables.Refined.Single(known => known.Name == table.Name).Columns
                .Where(column => column.Name != Columns.SnapshotDate).Select(column => (column.Name, column.Type));
            Assert.Equal(columns, storage.GetProperty("columns").EnumerateArray().Select(NameAndType));
            Assert.Equal([(Columns.SnapshotDate, "string")], table["partitionKeys"].EnumerateArray().Select(NameAndType));
            Assert.Equal(raw ? "spotify_data" : "spotify_data_refined", Text(table["databaseName"]));
            Assert.Equal($"s3://pyspotify-{(raw ? "raw" : "refined")}/{table.Name}/", Text(storage.GetProperty("location")));

            // What a crawler would write; where the table says otherwise, the crawler adds no partition.
            Assert.Equal(
                (raw ? "csv" : "parquet", "none"),
                (Text(table["parameters"].GetProperty("classification")), Text(table["parameters"].GetProperty("compressionType"))));
            Assert.Equal(["parameters", "storageDescriptor.parameters"], table.Options.IgnoreChanges);
        });
        Assert.Equal("1", Text(One("glue/catalogTable", Tables.Popular)["parameters"].GetProperty("skip.header.line.count")));

        static (string, string) NameAndType(JsonElement column) => (Text(column.GetProperty("name")), Text(column.GetProperty("type")));
    }

    [Fact]
    public void A_crawler_adds_partitions_to_these_tables_and_changes_nothing_else()
    {
        var (raw, refined) = (One("glue/crawler", "pyspotify-raw"), One("glue/crawler", "pyspotify-refined"));
        Assert.Equal(("spotify_data", "spotify_data_refined"), (Text(raw["databaseName"]), Text(refined["databaseName"])));
        Assert.Equal(Tables.Raw, Targets(raw));
        Assert.Equal(Tables.Refined.Select(table => table.Name), Targets(refined));
        Assert.All([raw, refined], crawler =>
        {
            Assert.Equal(Text(crawler["databaseName"]), Text(crawler["catalogTargets"][0].GetProperty("databaseName")));
            Assert.Equal(JsonValueKind.Undefined, crawler["s3Targets"].ValueKind);
            var policy = crawler["schemaChangePolicy"];
            Assert.Equal(("LOG", "LOG"), (Text(policy.GetProperty("updateBehavior")), Text(policy.GetProperty("deleteBehavior"))));
            Assert.Contains("\"InheritFromTable\"", Text(crawler["configuration"]), StringComparison.Ordinal);
        });
        Assert.Equal("pyspotify-csv", Text(raw["classifiers"][0]));
        var csv = One("glue/classifier", "pyspotify-csv")["csvClassifier"];
        Assert.Equal(
            ("OpenCSVSerDe", "PRESENT", "\"", ","),
            (Text(csv.GetProperty("serde")), Text(csv.GetProperty("containsHeader")), Text(csv.GetProperty("quoteSymbol")), Text(csv.GetProperty("delimiter"))));
        Assert.Equal(Columns.Raw.Select(column => column.Name), csv.GetProperty("headers").EnumerateArray().Select(Text));

        static IEnumerable<string> Targets(Asked crawler) => Assert.Single(crawler["catalogTargets"].EnumerateArray()).GetProperty("tables").EnumerateArray().Select(Text);
    }

    [Fact]
    public void The_job_runs_the_script_one_at_a_time_with_arguments_that_it_knows()
    {
        var job = One("glue/job", "pyspotify-refine");
        Assert.StartsWith("5.", Text(job["glueVersion"]), StringComparison.Ordinal);
        Assert.Equal(1, job["executionProperty"].GetProperty("maxConcurrentRuns").GetInt32());
        Assert.Equal("s3://pyspotify-assets/csv_to_parquet.py", Text(job["command"].GetProperty("scriptLocation")));
        Assert.Equal("s3://pyspotify-raw", Text(job["defaultArguments"].GetProperty("--raw")));
        Assert.Equal("s3://pyspotify-refined", Text(job["defaultArguments"].GetProperty("--refined")));
    }

    [Fact]
    public void Whoever_asked_hears_of_each_failed_execution()
    {
        var rule = One("cloudwatch/eventRule", "pyspotify-failed");
        var pattern = JsonDocument.Parse(Text(rule["eventPattern"])).RootElement.GetProperty("detail");
        Assert.Equal(["FAILED", "TIMED_OUT", "ABORTED"], pattern.GetProperty("status").EnumerateArray().Select(Text));
        Assert.Equal(All("sfn/stateMachine").Select(machine => machine.Arn).Order(), pattern.GetProperty("stateMachineArn").EnumerateArray().Select(Text).Order());
        Assert.Equal(One("sns/topic", "pyspotify-alerts").Arn, Text(One("cloudwatch/eventTarget", "failed")["arn"]));
        Assert.Contains("https://eu-central-1.console.aws.amazon.com/states/home?region=eu-central-1#/v2/executions/details/<run>", Text(One("cloudwatch/eventTarget", "failed")["inputTransformer"].GetProperty("inputTemplate")), StringComparison.Ordinal);
        Assert.Equal("me@example.com", Text(One("sns/topicSubscription", "email")["endpoint"]));
    }

    [Fact]
    public void A_start_that_was_not_delivered_rings_each_time()
    {
        var undelivered = One("cloudwatch/metricAlarm", "pyspotify-not-started");
        Assert.Equal(
            ("pyspotify-dead-letters", "NumberOfMessagesSent", "Sum", "GreaterThanOrEqualToThreshold", "notBreaching"),
            (Text(undelivered["dimensions"].GetProperty("QueueName")), Text(undelivered["metricName"]), Text(undelivered["statistic"]),
                Text(undelivered["comparisonOperator"]), Text(undelivered["treatMissingData"])));
        Assert.Equal(1, undelivered["threshold"].GetInt32());
        Assert.Equal(One("sns/topic", "pyspotify-alerts").Arn, Text(undelivered["alarmActions"][0]));
        Assert.Contains(undelivered.Arn, Text(One("sns/topicPolicy", "alerts")["policy"]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_week_without_a_new_snapshot_is_told_each_week()
    {
        var schedule = One("scheduler/schedule", "pyspotify-watch");
        Assert.Equal("rate(7 days)", Text(schedule["scheduleExpression"]));
        var machine = One("sfn/stateMachine", "pyspotify-watch");
        Assert.Equal(machine.Arn, Text(schedule["target"].GetProperty("arn")));
        var states = JsonDocument.Parse(Text(machine["definition"])).RootElement.GetProperty("States");

        // It finds its own executions, and may.
        Assert.Equal("$$.StateMachine.Id", Text(states.GetProperty("FindLastLook").GetProperty("Parameters").GetProperty("StateMachineArn.$")));
        Assert.Equal("pyspotify-watch-test", Text(machine["name"]));
        Assert.Contains("\"arn:aws:states:eu-central-1:123456789012:stateMachine:pyspotify-watch-test\"", PolicyOf(Text(machine["roleArn"])), StringComparison.Ordinal);

        // A machine is deleted once its executions have ended: none may wait.
        Assert.DoesNotContain(states.EnumerateObject(), state => state.Value.TryGetProperty("Seconds", out _));
        var asked = states.GetProperty("FindSnapshots").GetProperty("Parameters");
        Assert.Equal(("spotify_data_refined", Tables.Charts), (Text(asked.GetProperty("DatabaseName")), Text(asked.GetProperty("TableName"))));
        var told = states.GetProperty("Tell").GetProperty("Parameters");
        Assert.Equal(One("sns/topic", "pyspotify-alerts").Arn, Text(told.GetProperty("TopicArn")));
        Assert.Contains($"#/statemachines/view/{One("sfn/stateMachine", "pyspotify").Arn}'", Text(told.GetProperty("Message.$")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_month_before_the_sign_in_ends_somebody_is_told()
    {
        var reminder = One("scheduler/schedule", "pyspotify-reminder");
        Assert.Equal($"at({Layout.SignedInOn.AddMonths(5):yyyy-MM-dd}T09:00:00)", Text(reminder["scheduleExpression"]));
        Assert.Equal(One("sns/topic", "pyspotify-alerts").Arn, Text(reminder["target"].GetProperty("arn")));
        Assert.Contains($"{Layout.SignedInOn.AddMonths(6):yyyy-MM-dd}", Text(reminder["target"].GetProperty("input")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_query_reads_so_much_and_answers_into_our_bucket()
    {
        var configuration = One("athena/workgroup", "pyspotify")["configuration"];
        Assert.True(configuration.GetProperty("enforceWorkgroupConfiguration").GetBoolean());
        Assert.InRange(configuration.GetProperty("bytesScannedCutoffPerQuery").GetInt32(), 10_000_000, int.MaxValue);
        Assert.Equal("s3://pyspotify-results/queries/", Text(configuration.GetProperty("resultConfiguration").GetProperty("outputLocation")));
        Assert.Equal(
            "SSE_S3", Text(configuration.GetProperty("resultConfiguration").GetProperty("encryptionConfiguration").GetProperty("encryptionOption")));
    }

    [Fact]
    public void A_question_is_a_named_query()
    {
        Assert.Equal(
            ["artists", "health", "movers", "new-and-gone", "overlap", "popularity", "top", "weeks", "years"],
            All("athena/namedQuery").Select(query => Text(query["name"])).Order(StringComparer.Ordinal));
        Assert.All(All("athena/namedQuery"), query =>
        {
            Assert.Equal(("spotify_data_refined", "pyspotify"), (Text(query["database"]), Text(query["workgroup"])));
            Assert.StartsWith($"-- {Text(query["description"])}\n", Text(query["query"]), StringComparison.Ordinal);
            Assert.EndsWith("?", Text(query["description"]), StringComparison.Ordinal);

            // The week to ask for is in one place, near the top.
            var sql = Text(query["query"]);
            Assert.Single(sql.Split('\n'), line => line.Contains("'latest'", StringComparison.Ordinal) && !line.StartsWith("--", StringComparison.Ordinal));
            Assert.Contains("\nWITH\n-- 'latest' can be a day instead", sql, StringComparison.Ordinal);

            // Every table that is not part of the query itself is in its database.
            string[] parts = [.. Part().Matches(sql).Select(match => match.Groups[1].Value)];
            Assert.Subset(
                new HashSet<string>(["charts", "sources"]),
                new HashSet<string>(Table().Matches(sql).Select(match => match.Groups[1].Value).Except(parts)));
        });
    }

    [Fact]
    public void Everything_is_tagged() => Assert.All(
        layout.Resources.Where(resource => !Untagged.Contains(resource.Type)),
        resource =>
        {
            Assert.True(resource["tags"].ValueKind == JsonValueKind.Object, $"{resource.Type} {resource.Name} has no tags");
            Assert.Equal("PySpotify", Text(resource["tags"].GetProperty("Project")));
            Assert.Equal("test", Text(resource["tags"].GetProperty("Stack")));
        });

    [Fact]
    public void Queues_are_encrypted() =>
        Assert.All(All("sqs/queue"), queue => Assert.True(queue["sqsManagedSseEnabled"].GetBoolean()));

    [Fact]
    public async Task Outputs_say_where_everything_is()
    {
        var outputs = new Dictionary<string, string>();
        foreach (var output in typeof(Pipeline).GetProperties().Where(property => property.DeclaringType == typeof(Pipeline)))
        {
            outputs[output.Name] = await OutputUtilities.GetValueAsync((Output<string>)output.GetValue(layout.Pipeline)!);
        }

        Assert.Equal(
            ["AssetsBucket", "Console", "DeadLetters", "RawBucket", "RefinedBucket", "ResultsBucket", "StateMachine", "Workgroup"], outputs.Keys.Order());
        Assert.Equal(
            $"https://eu-central-1.console.aws.amazon.com/states/home?region=eu-central-1#/statemachines/view/{outputs["StateMachine"]}",
            outputs["Console"]);
    }

    [Fact]
    public void Buckets_and_secrets_are_protected()
    {
        Assert.All([.. All("s3/bucket"), .. All("secretsmanager/secret")], kept => Assert.True(kept.Options.Protect));
        Assert.All(All("s3/bucket"), bucket => Assert.False(bucket["forceDestroy"].GetBoolean()));
        Assert.All(All("secretsmanager/secret"), secret => Assert.Equal(7, secret["recoveryWindowInDays"].GetInt32()));
    }

    [Fact]
    public void The_job_waits_for_its_role_to_be_known() => Assert.Single(One("glue/job", "pyspotify-refine").Options.Hooks.BeforeCreate);

    private static string Text(JsonElement element) => element.GetString()!;

    /// <summary>The name that a function's Lambda has in the stack.</summary>
    private string Function(string function) => Assert.Single(All("lambda/function"), lambda => Text(lambda["handler"]) == Handlers.Of(function)).Name;

    private IEnumerable<Asked> All(string type) => layout.Resources.Where(resource => resource.Type == type);

    private Asked One(string type, string name) => Assert.Single(All(type), resource => resource.Name == name);

    private string PolicyOf(string role)
    {
        var name = Assert.Single(All("iam/role"), candidate => candidate.Arn == role).Name;
        return Text(Assert.Single(All("iam/rolePolicy"), policy => Text(policy["role"]) == $"{name}-id")["policy"]);
    }

    /// <summary>The states that invoke a function.</summary>
    private IEnumerable<JsonElement> Invocations(string function)
    {
        var arn = Assert.Single(All("lambda/function"), lambda => Text(lambda["handler"]) == Handlers.Of(function)).Arn;
        return Walk(JsonDocument.Parse(Text(One("sfn/stateMachine", "pyspotify")["definition"])).RootElement).Where(state =>
            state.TryGetProperty("Parameters", out var parameters)
            && parameters.TryGetProperty("FunctionName", out var name) && name.GetString() == arn);

        static IEnumerable<JsonElement> Walk(JsonElement element) => element.ValueKind switch
        {
            JsonValueKind.Object => element.EnumerateObject().SelectMany(member => Walk(member.Value)).Prepend(element),
            JsonValueKind.Array => element.EnumerateArray().SelectMany(Walk),
            _ => [],
        };
    }

    [GeneratedRegex(@"\$\{(\w+)\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"(\w+) AS \(\s*SELECT")]
    private static partial Regex Part();

    [GeneratedRegex(@"\b(?:FROM|JOIN) (\w+)")]
    private static partial Regex Table();

    /// <summary>The stack with a sign-in and somebody to tell.</summary>
    public sealed class Layout : IAsyncLifetime
    {
        public static DateOnly SignedInOn { get; } = DateOnly.FromDateTime(DateTime.UtcNow);

        public IReadOnlyList<Asked> Resources { get; private set; } = [];

        public Pipeline? Pipeline { get; private set; }

        public async ValueTask InitializeAsync() => (Resources, Pipeline) = await Mocks.RunAsync(
            ("refreshToken", "again"), ("signedInOn", $"{SignedInOn:yyyy-MM-dd}"), ("alertEmail", "me@example.com"));

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
