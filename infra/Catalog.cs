using System.Text.Json;
using Pulumi;
using Pulumi.Aws.CloudWatch;
using Pulumi.Aws.Glue;
using Pulumi.Aws.Glue.Inputs;

namespace PySpotify.Infra;

/// <summary>The Data Catalog's two databases, the crawlers that fill them, and the job between.</summary>
public sealed class Catalog : ComponentResource
{
    private static readonly string[] Tables = ["spotifytopplayed", "spotifypopularsongs"];

    /// <summary>
    /// A partition has its table's columns, so that one week cannot disagree with another; a target is one table, so
    /// that a table is named after its folder.
    /// </summary>
    private static readonly string Configuration = JsonSerializer.Serialize(new
    {
        Version = 1.0,
        CrawlerOutput = new { Partitions = new { AddOrUpdateBehavior = "InheritFromTable" } },
        Grouping = new { TableGroupingPolicy = "CombineCompatibleSchemas" },
    });

    /// <summary>Makes the databases, the crawlers and the job.</summary>
    public Catalog(Settings settings, Place place, Storage storage)
        : base("pyspotify:infra:Catalog", "catalog")
    {
        var options = new CustomResourceOptions { Parent = this };
        var raw = new CatalogDatabase("raw", new CatalogDatabaseArgs { Name = "spotify_data" }, options);
        var refined = Refined = new CatalogDatabase("refined", new CatalogDatabaseArgs { Name = "spotify_data_refined" }, options);
        Quarantine(storage, refined);

        // Glue's own classifier leaves quotes in the data and splits at the comma in 'Tyler, The Creator'.
        var csv = new Classifier(
            "pyspotify-csv",
            new ClassifierArgs
            {
                CsvClassifier = new ClassifierCsvClassifierArgs
                {
                    Serde = "OpenCSVSerDe",
                    ContainsHeader = "PRESENT",
                    Delimiter = ",",
                    QuoteSymbol = "\"",
                    DisableValueTrimming = true,
                },
            },
            options);

        var names = new Dictionary<string, Input<string>>
        {
            ["RawBucket"] = storage.Raw.Arn,
            ["RefinedBucket"] = storage.Refined.Arn,
            ["Script"] = Output.Format($"{storage.Assets.Arn}/{storage.Script.Key}"),
            ["Catalog"] = place.Arn("glue", "catalog"),
            ["RawDatabase"] = raw.Arn,
            ["RawTables"] = place.Arn("glue", Output.Format($"table/{raw.Name}")),
            ["RefinedDatabase"] = refined.Arn,
            ["RefinedTables"] = place.Arn("glue", Output.Format($"table/{refined.Name}")),
        };
        var crawlerRole = Policies.Role(this, "crawler", "glue", new Dictionary<string, Input<string>>(names)
        {
            // Glue's own, for all crawlers of the account.
            ["LogGroup"] = place.Arn("logs", "log-group:/aws-glue/crawlers"),
        });
        RawCrawler = Crawler(
            "raw", raw, crawlerRole, [.. Tables.Select(table => Output.Format($"s3://{storage.Raw.BucketName}/{table}/"))], csv.Name);
        RefinedCrawler = Crawler(
            "refined", refined, crawlerRole, [.. Tables.Select(table => Output.Format($"s3://{storage.Refined.BucketName}/{table}_refined/"))]);

        var log = $"/aws-glue/pyspotify-{Deployment.Instance.StackName}";
        foreach (var stream in (string[])["output", "error"])
        {
            _ = new LogGroup($"job-{stream}", new LogGroupArgs { Name = $"{log}/{stream}", RetentionInDays = settings.LogDays }, options);
        }

        RefineJob = new Job(
            "pyspotify-refine",
            new JobArgs
            {
                GlueVersion = "5.0",
                WorkerType = "G.1X",
                NumberOfWorkers = 2,
                Timeout = 50,
                MaxRetries = 0,
                ExecutionProperty = new JobExecutionPropertyArgs { MaxConcurrentRuns = 1 },
                RoleArn = Policies.Role(this, "job", "glue", new Dictionary<string, Input<string>>(names)
                {
                    ["LogGroup"] = place.Arn("logs", $"log-group:{log}"),
                }),
                Command = new JobCommandArgs
                {
                    Name = "glueetl",
                    PythonVersion = "3",
                    ScriptLocation = Output.Format($"s3://{storage.Assets.BucketName}/{storage.Script.Key}"),
                },
                DefaultArguments =
                {
                    ["--database"] = raw.Name,
                    ["--refined"] = Output.Format($"s3://{storage.Refined.BucketName}"),
                    ["--job-language"] = "python",
                    ["--custom-logGroup-prefix"] = log,
                },
            },
            options);
        RegisterOutputs();
    }

    /// <summary>The database of the refined tables and of the quarantine, which the queries ask.</summary>
    public CatalogDatabase Refined { get; }

    /// <summary>Finds the raw tables and their partitions.</summary>
    public Crawler RawCrawler { get; }

    /// <summary>Finds the refined tables and their partitions.</summary>
    public Crawler RefinedCrawler { get; }

    /// <summary>Turns CSV into Parquet, one run at a time.</summary>
    public Job RefineJob { get; }

    /// <summary>
    /// The rows that were set aside, with their table and snapshot. Its partitions follow from their folders' names: no crawl
    /// is needed, and a day without a folder has no rows.
    /// </summary>
    private void Quarantine(Storage storage, CatalogDatabase database)
    {
        var location = Output.Format($"s3://{storage.Raw.BucketName}/_quarantine/");
        _ = new CatalogTable(
            "quarantine",
            new CatalogTableArgs
            {
                DatabaseName = database.Name,
                Name = "quarantine",
                TableType = "EXTERNAL_TABLE",
                PartitionKeys =
                {
                    new CatalogTablePartitionKeyArgs { Name = "table_name", Type = "string" },
                    new CatalogTablePartitionKeyArgs { Name = "snapshot_date", Type = "string" },
                },
                Parameters =
                {
                    ["projection.enabled"] = "true",
                    ["projection.table_name.type"] = "enum",
                    ["projection.table_name.values"] = string.Join(',', Tables),
                    ["projection.snapshot_date.type"] = "date",
                    ["projection.snapshot_date.format"] = "yyyy-MM-dd",
                    ["projection.snapshot_date.range"] = "2026-01-01,NOW",
                    ["storage.location.template"] = location.Apply(folder => folder + "${table_name}/snapshot_date=${snapshot_date}/"),
                },
                StorageDescriptor = new CatalogTableStorageDescriptorArgs
                {
                    Location = location,
                    InputFormat = "org.apache.hadoop.mapred.TextInputFormat",
                    OutputFormat = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
                    SerDeInfo = new CatalogTableStorageDescriptorSerDeInfoArgs { SerializationLibrary = "org.openx.data.jsonserde.JsonSerDe" },
                    Columns = { new CatalogTableStorageDescriptorColumnArgs { Name = "reason", Type = "string" } },
                },
            },
            new CustomResourceOptions { Parent = this });
    }

    private Crawler Crawler(
        string name, CatalogDatabase database, Output<string> role, IEnumerable<Output<string>> paths, params Output<string>[] classifiers) => new(
        $"pyspotify-{name}",
        new CrawlerArgs
        {
            DatabaseName = database.Name,
            Role = role,
            S3Targets = [.. paths.Select(path => new CrawlerS3TargetArgs { Path = path })],
            Classifiers = [.. classifiers],
            Configuration = Configuration,
            SchemaChangePolicy = new CrawlerSchemaChangePolicyArgs { UpdateBehavior = "UPDATE_IN_DATABASE", DeleteBehavior = "LOG" },
        },
        new CustomResourceOptions { Parent = this });
}
