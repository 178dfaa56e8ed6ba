using Pulumi;
using Pulumi.Aws.Glue;
using Pulumi.Aws.Glue.Inputs;
using PySpotify.Functions;

namespace PySpotify.Infra;

/// <summary>
/// The Data Catalog's two databases and all their tables. They are declared, and not left to the crawlers: so each query
/// works before the first run and with an empty list of sources, and no file can add a column or a table.
/// </summary>
public sealed class Catalog : ComponentResource
{
    private static readonly Format Csv = new(
        "csv",
        "org.apache.hadoop.mapred.TextInputFormat",
        "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
        "org.apache.hadoop.hive.serde2.OpenCSVSerde",
        new() { ["separatorChar"] = ",", ["quoteChar"] = "\"" },
        new() { ["skip.header.line.count"] = "1", ["delimiter"] = "," });

    private static readonly Format Parquet = new(
        "parquet",
        "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
        "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
        "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
        new() { ["serialization.format"] = "1" },
        []);

    /// <summary>Makes the databases and the tables.</summary>
    public Catalog(Settings settings, StackLocation location, Storage storage)
        : base("pyspotify:infra:Catalog", "catalog")
    {
        var options = new CustomResourceOptions { Parent = this };
        Raw = new CatalogDatabase("raw", new CatalogDatabaseArgs { Name = $"{settings.DatabasePrefix}spotify_data" }, options);
        Refined = new CatalogDatabase("refined", new CatalogDatabaseArgs { Name = $"{settings.DatabasePrefix}spotify_data_refined" }, options);

        // OpenCSVSerde knows text only.
        RawTables = [.. Tables.Raw.Select(table => Table(table, Columns.Raw.Select(column => column with { Type = "string" }), Raw, storage.Raw, Csv))];
        RefinedTables =
        [
            .. Tables.Refined.Select(table =>
                Table(table.Name, table.Columns.Where(column => column.Name != Columns.SnapshotDate), Refined, storage.Refined, Parquet)),
        ];
        Names = new Dictionary<string, Input<string>>
        {
            ["Catalog"] = location.Arn("glue", "catalog"),
            ["RawDatabase"] = Raw.Arn,
            ["RawTables"] = location.Arn("glue", Output.Format($"table/{Raw.Name}")),
            ["RefinedDatabase"] = Refined.Arn,
            ["RefinedTables"] = location.Arn("glue", Output.Format($"table/{Refined.Name}")),
        };
        RegisterOutputs();
    }

    /// <summary>The database of the raw tables.</summary>
    public CatalogDatabase Raw { get; }

    /// <summary>The database of the refined tables, which the queries ask.</summary>
    public CatalogDatabase Refined { get; }

    /// <summary>The names of the raw tables.</summary>
    public IReadOnlyList<Output<string>> RawTables { get; }

    /// <summary>The names of the refined tables.</summary>
    public IReadOnlyList<Output<string>> RefinedTables { get; }

    /// <summary>What replaces the catalog's placeholders in policies.</summary>
    public IReadOnlyDictionary<string, Input<string>> Names { get; }

    private Output<string> Table(string name, IEnumerable<Column> columns, CatalogDatabase database, Pulumi.Aws.S3.Bucket bucket, Format format) => new CatalogTable(
        name,
        new CatalogTableArgs
        {
            DatabaseName = database.Name,
            Name = name,
            TableType = "EXTERNAL_TABLE",
            PartitionKeys = { new CatalogTablePartitionKeyArgs { Name = Columns.SnapshotDate, Type = "string" } },

            // A crawler adds no partition to a table that says something else than it finds, and still ends well.
            Parameters = new Dictionary<string, string>(format.Parameters)
            {
                ["classification"] = format.Classification,
                ["compressionType"] = "none",
                ["typeOfData"] = "file",
            },
            StorageDescriptor = new CatalogTableStorageDescriptorArgs
            {
                Location = Output.Format($"s3://{bucket.BucketName}/{name}/"),
                InputFormat = format.Input,
                OutputFormat = format.Output,
                SerDeInfo = new CatalogTableStorageDescriptorSerDeInfoArgs { SerializationLibrary = format.SerDe, Parameters = format.SerDeParameters },
                Columns = [.. columns.Select(column => new CatalogTableStorageDescriptorColumnArgs { Name = column.Name, Type = column.Type })],
            },
        },

        // The crawler writes these.
        new CustomResourceOptions { Parent = this, IgnoreChanges = { "parameters", "storageDescriptor.parameters" } }).Name;

    /// <summary>How a table's files are read.</summary>
    private sealed record Format(
        string Classification,
        string Input,
        string Output,
        string SerDe,
        Dictionary<string, string> SerDeParameters,
        Dictionary<string, string> Parameters);
}
