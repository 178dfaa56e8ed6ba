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
        foreach (var file in Policies.Files("queries"))
        {
            var (name, sql) = (Path.GetFileNameWithoutExtension(file), Policies.Text(file));
            _ = new NamedQuery(
                name,
                new NamedQueryArgs
                {
                    Name = name,
                    Description = sql.Split('\n')[0].TrimStart('-', ' ').TrimEnd(),
                    Database = catalog.Refined.Name,
                    Workgroup = Workgroup.Name,
                    Query = sql,
                },
                options);
        }

        RegisterOutputs();
    }

    /// <summary>The workgroup; its settings hold for every query in it.</summary>
    public Workgroup Workgroup { get; }
}
