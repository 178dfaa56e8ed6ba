using System.Text.Json;
using Pulumi;
using Pulumi.Aws.Glue;
using Pulumi.Aws.Glue.Inputs;
using PySpotify.Functions;

namespace PySpotify.Infra;

/// <summary>The crawlers. The tables are theirs to read and not to change: all they do is add partitions.</summary>
public sealed class Crawlers : ComponentResource
{
    /// <summary>A partition has its table's columns, so that one week cannot disagree with another.</summary>
    private static readonly string Configuration = JsonSerializer.Serialize(new
    {
        Version = 1.0,
        CrawlerOutput = new { Partitions = new { AddOrUpdateBehavior = "InheritFromTable" } },
        Grouping = new { TableGroupingPolicy = "CombineCompatibleSchemas" },
    });

    /// <summary>Makes the crawlers.</summary>
    public Crawlers(StackLocation location, Storage storage, Catalog catalog)
        : base("pyspotify:infra:Crawlers", "crawlers")
    {
        // Glue's own classifier leaves quotes in the data and splits at the comma in 'Tyler, The Creator'.
        var csv = new Classifier(
            "pyspotify-csv",
            new ClassifierArgs
            {
                CsvClassifier = new ClassifierCsvClassifierArgs
                {
                    Serde = "OpenCSVSerDe",
                    ContainsHeader = "PRESENT",
                    Headers = [.. Columns.Raw.Select(column => column.Name)],
                    Delimiter = ",",
                    QuoteSymbol = "\"",
                    DisableValueTrimming = true,
                },
            },
            new CustomResourceOptions { Parent = this });
        var role = Policies.Role(this, "crawler", "glue", new Dictionary<string, Input<string>>(catalog.Names)
        {
            ["Account"] = location.Account,
            ["RawBucket"] = storage.Raw.Arn,
            ["RefinedBucket"] = storage.Refined.Arn,

            // Glue's own, for all crawlers of the account.
            ["LogGroup"] = location.Arn("logs", "log-group:/aws-glue/crawlers"),
        });
        Raw = Make("raw", catalog.Raw, catalog.RawTables, role, csv.Name);
        Refined = Make("refined", catalog.Refined, catalog.RefinedTables, role);
        RegisterOutputs();
    }

    /// <summary>Finds the partitions of the raw tables.</summary>
    public Crawler Raw { get; }

    /// <summary>Finds the partitions of the refined tables.</summary>
    public Crawler Refined { get; }

    private Crawler Make(
        string name, CatalogDatabase database, IEnumerable<Output<string>> tables, Output<string> role, params Output<string>[] classifiers) => new(
        $"pyspotify-{name}",
        new CrawlerArgs
        {
            DatabaseName = database.Name,
            Role = role,
            CatalogTargets = { new CrawlerCatalogTargetArgs { DatabaseName = database.Name, Tables = [.. tables] } },
            Classifiers = classifiers is [] ? null! : [.. classifiers],
            Configuration = Configuration,
            SchemaChangePolicy = new CrawlerSchemaChangePolicyArgs { UpdateBehavior = "LOG", DeleteBehavior = "LOG" },
        },
        new CustomResourceOptions { Parent = this });
}
