using Pulumi;
using Pulumi.Aws.Athena;
using Pulumi.Aws.Athena.Inputs;

namespace PySpotify.Infra;

/// <summary>Where the tables are queried.</summary>
public sealed class Analytics : ComponentResource
{
    /// <summary>
    /// Bytes that one query may read. A year of snapshots has about ten million; this is room for whoever fetches more,
    /// and at $5 a terabyte half a cent.
    /// </summary>
    private const int ScanLimit = 1 << 30;

    /// <summary>Makes the workgroup.</summary>
    public Analytics(Storage storage)
        : base("pyspotify:infra:Analytics", "analytics")
    {
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
                        OutputLocation = Output.Format($"s3://{storage.Results.BucketName}/"),
                        EncryptionConfiguration = new WorkgroupConfigurationResultConfigurationEncryptionConfigurationArgs { EncryptionOption = "SSE_S3" },
                    },
                },
            },
            new CustomResourceOptions { Parent = this });
        RegisterOutputs();
    }

    /// <summary>The workgroup; its settings hold for every query in it.</summary>
    public Workgroup Workgroup { get; }
}
