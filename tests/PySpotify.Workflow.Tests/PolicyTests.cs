using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using PySpotify.Functions;
using PySpotify.Functions.Rows;

namespace PySpotify.Tests;

/// <summary>The policies in infra/policies grant what their owners call, and nothing else.</summary>
public sealed partial class PolicyTests
{
    private const string Folder = "infra/policies";

    private static readonly string[] Logs = ["logs:CreateLogStream ${LogGroup}:*", "logs:PutLogEvents ${LogGroup}:*"];

    private static readonly string[] Traces = ["xray:PutTelemetryRecords *", "xray:PutTraceSegments *"];

    private static readonly string[] Csv = ["${RawBucket}/spotifytopplayed/*", "${RawBucket}/spotifypopularsongs/*"];

    private static readonly string[] RawCatalog =
        ["${Catalog}", "${RawDatabase}", "${RawTables}/spotifytopplayed", "${RawTables}/spotifypopularsongs"];

    private static readonly string[] Refined = ["spotifytopplayed_refined", "spotifypopularsongs_refined", "charts", "sources", "quarantine"];

    /// <summary>What each policy's owner calls, and on what.</summary>
    private static readonly Dictionary<string, string[]> Calls = new()
    {
        ["authenticate"] =
        [
            "secretsmanager:GetSecretValue ${CredentialsSecret}",
            .. On(["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"], "${TokenSecret}"),
            .. Logs, .. Traces,
        ],
        ["fetch-top-played"] = ["secretsmanager:GetSecretValue ${TokenSecret}", "s3:PutObject ${RawBucket}/_staging/*", .. Logs, .. Traces],
        ["fetch-popular"] = ["secretsmanager:GetSecretValue ${TokenSecret}", "s3:PutObject ${RawBucket}/_staging/*", .. Logs, .. Traces],
        ["write-csv"] =
        [
            .. On(["s3:GetObject"], "${RawBucket}/_staging/*", "${RawBucket}/sources/*"), .. On(["s3:PutObject"], [.. Csv, "${RawBucket}/sources/*"]),
            .. On(["s3:DeleteObject", "s3:PutObject"], "${RawBucket}/quarantine/*"), .. Logs, .. Traces,
        ],
        ["start-crawler"] = [.. On(["glue:GetCrawler", "glue:StartCrawler"], "${RawCrawler}", "${RefinedCrawler}"), .. Logs, .. Traces],
        ["poll-crawler"] =
        [
            .. On(["glue:GetCrawler"], "${RawCrawler}", "${RefinedCrawler}"),
            .. On(["glue:GetPartition"], [.. RawCatalog, "${RefinedDatabase}", "${RefinedTables}/charts", "${RefinedTables}/sources"]), .. Logs, .. Traces,
        ],
        ["state-machine"] =
        [
            .. On(
                ["lambda:InvokeFunction"],
                "${Authenticate}", "${FetchTopPlayed}", "${FetchPopular}", "${WriteCsv}", "${StartCrawler}", "${PollCrawler}"),
            .. On(["glue:StartJobRun", "glue:GetJobRun", "glue:GetJobRuns", "glue:BatchStopJobRun"], "${RefineJob}"),
            .. On(
                [
                    "logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery", "logs:DeleteLogDelivery",
                    "logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:DescribeResourcePolicies", "logs:DescribeLogGroups",
                    "xray:GetSamplingRules", "xray:GetSamplingTargets",
                ],
                "*"),
            .. Traces,
        ],
        ["scheduler"] = ["states:StartExecution ${StateMachine}", "sqs:SendMessage ${DeadLetters}"],
        ["reminder"] = ["sns:Publish ${Topic}"],
        ["watch"] = ["states:ListExecutions ${Watch}", .. On(["glue:GetPartitions"], "${Catalog}", "${RefinedDatabase}", "${RefinedTables}/charts"), "sns:Publish ${Topic}"],
        ["start-watch"] = ["states:StartExecution ${Watch}"],
        ["start-refresh"] = ["states:StartExecution ${Refresh}"],
        ["quicksight"] =
        [
            .. On(
                [
                    "athena:GetWorkGroup", "athena:StartQueryExecution", "athena:StopQueryExecution", "athena:GetQueryExecution",
                    "athena:BatchGetQueryExecution", "athena:GetQueryResults", "athena:GetQueryResultsStream",
                ],
                "${Workgroup}"),
            "athena:GetDataCatalog ${DataCatalog}",
            .. On(
                ["glue:GetDatabase", "glue:GetTable", "glue:GetTables", "glue:GetPartition", "glue:GetPartitions", "glue:BatchGetPartition"],
                "${Catalog}", "${RefinedDatabase}", "${RefinedTables}/charts", "${RefinedTables}/sources"),
            .. On(["s3:GetBucketLocation", "s3:ListBucket"], "${RefinedBucket}", "${ResultsBucket}"),
            "s3:ListBucketMultipartUploads ${ResultsBucket}",
            .. On(["s3:GetObject"], "${RefinedBucket}/charts/*", "${RefinedBucket}/sources/*"),
            .. On(
                ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"], "${ResultsBucket}/queries/*"),
        ],
        ["refresh"] = On(
            ["quicksight:CreateIngestion"],
            "${ArtistsDataSet}/ingestion/*", "${ChartsDataSet}/ingestion/*", "${SourcesDataSet}/ingestion/*", "${HealthDataSet}/ingestion/*", "${MoversDataSet}/ingestion/*", "${NewAndGoneDataSet}/ingestion/*",
            "${OverlapDataSet}/ingestion/*", "${PopularityDataSet}/ingestion/*", "${TopDataSet}/ingestion/*", "${YearsDataSet}/ingestion/*").ToArray(),
        ["crawler"] =
        [
            .. On(["s3:GetBucketLocation", "s3:ListBucket"], "${RawBucket}", "${RefinedBucket}"),
            .. On(["s3:GetObject"], [.. Csv, .. Refined.Select(table => $"${{RefinedBucket}}/{table}/*")]),
            .. On(
                [
                    "glue:GetDatabase", "glue:GetTable", "glue:GetTables", "glue:UpdateTable", "glue:GetPartition", "glue:GetPartitions",
                    "glue:BatchGetPartition", "glue:CreatePartition", "glue:BatchCreatePartition", "glue:UpdatePartition", "glue:BatchUpdatePartition",
                ],
                [.. RawCatalog, "${RefinedDatabase}", .. Refined.Select(table => $"${{RefinedTables}}/{table}")]),
            .. On(["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"], "${LogGroup}", "${LogGroup}:*"),
        ],
        ["job"] =
        [
            "s3:GetObject ${Script}", .. On(["s3:GetObject"], ["${RawBucket}/_quarantine/*", "${RawBucket}/quarantine/*", "${RawBucket}/sources/*", .. Csv]),
            .. On(["s3:GetBucketLocation", "s3:ListBucket"], "${RawBucket}", "${RefinedBucket}"),

            // Without a slash: Hadoop marks a folder with an object beside it, charts_$folder$.
            .. On(
                ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
                [.. Refined.Select(table => $"${{RefinedBucket}}/{table}*")]),
            .. On(
                ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
                "${LogGroup}/output", "${LogGroup}/output:*", "${LogGroup}/error", "${LogGroup}/error:*"),
        ],
        ["topic"] = ["sns:Publish ${Topic}"],
        ["trust-events"] = ["sts:AssumeRole"],
        ["trust-glue"] = ["sts:AssumeRole"],
        ["trust-quicksight"] = ["sts:AssumeRole"],
        ["trust-lambda"] = ["sts:AssumeRole"],
        ["trust-scheduler"] = ["sts:AssumeRole"],
        ["trust-states"] = ["sts:AssumeRole"],
        ["bucket"] = [],
    };

    public static TheoryData<string> Policies => [.. Repository.JsonFiles(Folder)];

    /// <summary>Each policy, with each of its statements made wider in each way that fits it.</summary>
    public static TheoryData<string, string, string> Widenings
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            foreach (var policy in Repository.JsonFiles(Folder))
            {
                foreach (var statement in Statements(policy).Where(statement => statement.GetProperty("Effect").GetString() == "Allow"))
                {
                    var sid = statement.GetProperty("Sid").GetString()!;
                    foreach (var (way, widen) in Ways)
                    {
                        if (widen(JsonObject.Create(statement)!.DeepClone().AsObject()))
                        {
                            data.Add(policy, sid, way);
                        }
                    }
                }
            }

            return data;
        }
    }

    /// <summary>Ways to widen a statement; each tells whether it did.</summary>
    private static Dictionary<string, Func<JsonObject, bool>> Ways { get; } = new()
    {
        ["every action"] = statement => Set(statement, "Action", "*"),
        ["every action of the service"] = statement =>
            Set(statement, "Action", PolicyLint.Texts(Element(statement), "Action")[0].Split(':')[0] + ":*"),
        ["every action but one"] = statement => Rename(statement, "Action", "NotAction"),
        ["every resource"] = statement => Resources(statement) is not ([] or ["*"]) && Set(statement, "Resource", "*"),
        ["every resource but one"] = statement => Rename(statement, "Resource", "NotResource"),
        ["every object of the bucket"] = statement =>
            Resources(statement) is [var first, ..] && BucketObjects().IsMatch(first)
            && Set(statement, "Resource", BucketObjects().Replace(first, "$1/*")),
        ["any name that begins alike"] = statement =>
            Resources(statement) is [var first, ..] && OneThing().IsMatch(first) && Set(statement, "Resource", first + "*"),
        ["no condition"] = statement => statement.Remove("Condition"),
        ["every principal"] = statement => statement.ContainsKey("Principal") && Set(statement, "Principal", "*"),
        ["every principal but one"] = statement => Rename(statement, "Principal", "NotPrincipal"),
    };

    [Theory]
    [MemberData(nameof(Policies))]
    public void A_policy_grants_what_its_owner_calls(string policy)
    {
        var granted = Statements(policy)
            .Where(statement => statement.GetProperty("Effect").GetString() == "Allow")
            .SelectMany(statement => On(PolicyLint.Texts(statement, "Action"), [.. PolicyLint.Texts(statement, "Resource")]))
            .Distinct();
        Assert.Equal(Calls[policy].Order(StringComparer.Ordinal), granted.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void A_policy_is_as_narrow_as_it_can_be(string policy) => Assert.Empty(PolicyLint.Check(Policy(policy)));

    [Theory]
    [MemberData(nameof(Widenings))]
    public void A_wider_policy_is_refused(string policy, string sid, string way)
    {
        var wider = JsonObject.Create(Policy(policy))!;
        Ways[way](wider["Statement"]!.AsArray().Select(statement => statement!.AsObject()).Single(statement => (string?)statement["Sid"] == sid));
        Assert.Contains(PolicyLint.Check(Element(wider)), finding => finding.StartsWith(sid, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void A_policy_names_no_partition(string policy) =>
        Assert.DoesNotContain("arn:", Repository.Read($"{Folder}/{policy}.json"), StringComparison.Ordinal);

    [Fact]
    public void Only_Authenticate_reads_the_client_credentials() => Assert.Equal(
        ["authenticate"],
        Repository.JsonFiles(Folder).Where(policy => Repository.Read($"{Folder}/{policy}.json").Contains("${CredentialsSecret}", StringComparison.Ordinal)));

    [Fact]
    public void A_bucket_refuses_whoever_comes_over_plain_http()
    {
        var statement = Assert.Single(Statements("bucket"));
        Assert.Equal("Deny", statement.GetProperty("Effect").GetString());
        Assert.Equal(["*"], PolicyLint.Texts(statement, "Principal"));
        Assert.Equal(["s3:* ${Bucket}", "s3:* ${Bucket}/*"], On(PolicyLint.Texts(statement, "Action"), [.. PolicyLint.Texts(statement, "Resource")]));
        Assert.Equal("false", statement.GetProperty("Condition").GetProperty("Bool").GetProperty("aws:SecureTransport").GetString());
    }

    [Fact]
    public void Prefixes_are_those_that_the_code_writes()
    {
        var date = new DateOnly(2026, 11, 22);
        Assert.StartsWith("_staging/", Keys.Staged("run", Tables.Popular, "x"), StringComparison.Ordinal);
        Assert.StartsWith("quarantine/", Keys.Quarantined(Tables.Popular, date, "x"), StringComparison.Ordinal);
        Assert.StartsWith("sources/", Keys.SourceRecord(Tables.Popular, date, "x"), StringComparison.Ordinal);
        Assert.Equal([$"${{RawBucket}}/{Tables.TopPlayed}/*", $"${{RawBucket}}/{Tables.Popular}/*"], Csv);
        Assert.Equal(Tables.Refined.Select(table => table.Name).Order(), Refined.Order());
        Assert.StartsWith($"{Tables.Popular}/", Keys.Csv(Tables.Popular, date, "x"), StringComparison.Ordinal);
    }

    private static IEnumerable<string> On(IEnumerable<string> actions, params string[] resources) =>
        actions.SelectMany(action => resources is [] ? [action] : resources.Select(resource => $"{action} {resource}"));

    private static JsonElement Policy(string name) => JsonDocument.Parse(Repository.Read($"{Folder}/{name}.json")).RootElement;

    private static JsonElement[] Statements(string policy) => [.. Policy(policy).GetProperty("Statement").EnumerateArray()];

    private static JsonElement Element(JsonNode node) => JsonSerializer.SerializeToElement(node);

    private static IReadOnlyList<string> Resources(JsonObject statement) => PolicyLint.Texts(Element(statement), "Resource");

    private static bool Set(JsonObject statement, string member, string value)
    {
        statement[member] = value;
        return true;
    }

    private static bool Rename(JsonObject statement, string from, string to)
    {
        var value = statement[from]?.DeepClone();
        return statement.Remove(from) && statement.TryAdd(to, value);
    }

    [GeneratedRegex(@"\A(\$\{\w+Bucket\})/.+")]
    private static partial Regex BucketObjects();

    [GeneratedRegex(@"\A\$\{\w+\}\z")]
    private static partial Regex OneThing();
}
