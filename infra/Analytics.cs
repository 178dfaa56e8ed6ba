using Pulumi;
using Pulumi.Aws.Athena;
using Pulumi.Aws.Athena.Inputs;

namespace PySpotify.Infra;

/// <summary>Where the tables are queried, and the questions of workflow/queries to begin with.</summary>
public sealed class Analytics : ComponentResource
{
    /// <summary>
    /// Bytes that one query may read. A year of snapshots has about ten million; this is room for whoever fetches more,
    /// and at $5 a terabyte half a cent.
    /// </summary>
    private const int ScanLimit = 1 << 30;

    /// <summary>Makes the workgroup and its named queries.</summary>
    public Analytics(Storage storage, Catalog catalog)
        : base("pyspotify:infra:Analytics", "analytics")
    {
        var options = new CustomResourceOptions { Parent = this };
        Workgroup = new Workgroup(
            "pyspotify",
            new WorkgroupArgs
            {
                Description = "Queries of PySpotify's tables.",
                ForceDestroy = true,
                Configuration = new WorkgroupConfigurationArgs
                {
                    EnforceWorkgroupConfiguration = true,
                    BytesScannedCutoffPerQuery = ScanLimit,
                    PublishCloudwatchMetricsEnabled = false,
                    ResultConfiguration = new WorkgroupConfigurationResultConfigurationArgs
                    {
                        OutputLocation = Output.Format($"s3://{storage.Results.BucketName}/queries/"),
                        EncryptionConfiguration = new WorkgroupConfigurationResultConfigurationEncryptionConfigurationArgs { EncryptionOption = "SSE_S3" },
                    },
                },
            },
            options);
        foreach (var name in Policies.Files("queries").Select(Path.GetFileNameWithoutExtension).Where(name => name != "beginning"))
        {
            var sql = Sql(name!);
            _ = new NamedQuery(
                name!,
                new NamedQueryArgs
                {
                    Name = name!,
                    Description = sql.Split('\n')[0].TrimStart('-', ' ').TrimEnd(),
                    Database = catalog.Refined.Name,
                    Workgroup = Workgroup.Name,
                    Query = sql,
                },
                options);
        }

        RegisterOutputs();
    }

    /// <summary>A query of workflow/queries as Athena is asked it, with what all of them begin with.</summary>
    public static string Sql(string query) => Policies.Text($"queries/{query}.sql")
        .Replace("-- beginning.sql\n", Policies.Text("queries/beginning.sql"), StringComparison.Ordinal);

    /// <summary>The workgroup; its settings hold for every query in it.</summary>
    public Workgroup Workgroup { get; }
}
