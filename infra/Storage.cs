using Pulumi;
using Pulumi.Aws.S3;
using Pulumi.Aws.S3.Inputs;

namespace PySpotify.Infra;

/// <summary>The buckets: encrypted, closed to the public, spoken to over TLS alone.</summary>
public sealed class Storage : ComponentResource
{
    private readonly Settings _settings;

    /// <summary>Makes the buckets.</summary>
    public Storage(Settings settings)
        : base("pyspotify:infra:Storage", "storage")
    {
        _settings = settings;

        // Longer than the 14 days in which an execution can be redriven, so that a redrive finds its staged rows.
        Raw = Make("raw", versioned: true, Expire("staging", "_staging/", days: 30));
        Refined = Make("refined", versioned: true);
        Assets = Make("assets", versioned: true);
        Results = Make("results", versioned: false, Expire("results", "", days: 30));
        Script = new BucketObjectv2(
            "csv-to-parquet",
            new BucketObjectv2Args
            {
                Bucket = Assets.Id,
                Key = "csv_to_parquet.py",
                Source = new FileAsset("../workflow/csv_to_parquet.py"),
            },
            new CustomResourceOptions { Parent = this });
        RegisterOutputs();
    }

    /// <summary>CSV files, staged and refused rows.</summary>
    public Bucket Raw { get; }

    /// <summary>Parquet files.</summary>
    public Bucket Refined { get; }

    /// <summary>The job's script.</summary>
    public Bucket Assets { get; }

    /// <summary>What Athena answers.</summary>
    public Bucket Results { get; }

    /// <summary>The job's script.</summary>
    public BucketObjectv2 Script { get; }

    private Bucket Make(string name, bool versioned, params BucketLifecycleConfigurationRuleArgs[] rules)
    {
        var bucket = new Bucket(
            $"pyspotify-{name}",
            new BucketArgs { BucketName = _settings.BucketName(name)!, ForceDestroy = _settings.ForceDestroy },
            new CustomResourceOptions { Parent = this, Protect = !_settings.ForceDestroy });
        Encrypt(name, bucket);
        Close(name, bucket);
        SetLifecycle(name, bucket, versioned, rules);
        return bucket;
    }

    private void Encrypt(string name, Bucket bucket)
    {
        _ = new BucketServerSideEncryptionConfiguration(
            name,
            new()
            {
                Bucket = bucket.Id,
                Rules =
                {
                    new BucketServerSideEncryptionConfigurationRuleArgs
                    {
                        ApplyServerSideEncryptionByDefault =
                            new BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs { SseAlgorithm = "AES256" },
                    },
                },
            },
            new CustomResourceOptions { Parent = this });
    }

    /// <summary>Closes it to the public, and to whoever does not use TLS.</summary>
    private void Close(string name, Bucket bucket)
    {
        var closed = new BucketPublicAccessBlock(
            name,
            new BucketPublicAccessBlockArgs
            {
                Bucket = bucket.Id,
                BlockPublicAcls = true,
                BlockPublicPolicy = true,
                IgnorePublicAcls = true,
                RestrictPublicBuckets = true,
            },
            new CustomResourceOptions { Parent = this });

        // One after the other: S3 refuses two settings of a bucket at the same moment.
        _ = new BucketPolicy(
            name,
            new BucketPolicyArgs { Bucket = bucket.Id, Policy = Policies.Fill("bucket", new Dictionary<string, Input<string>> { ["Bucket"] = bucket.Arn }) },
            new CustomResourceOptions { Parent = this, DependsOn = { closed } });
    }

    /// <summary>Says whether old versions are kept, and what is deleted after how many days.</summary>
    private void SetLifecycle(string name, Bucket bucket, bool versioned, BucketLifecycleConfigurationRuleArgs[] rules)
    {
        var history = new List<Resource>();
        if (versioned)
        {
            history.Add(new BucketVersioning(
                name,
                new()
                {
                    Bucket = bucket.Id,
                    VersioningConfiguration = new BucketVersioningVersioningConfigurationArgs { Status = "Enabled" },
                },
                new CustomResourceOptions { Parent = this }));
        }

        _ = new BucketLifecycleConfiguration(
            name,
            new BucketLifecycleConfigurationArgs { Bucket = bucket.Id, Rules = [.. rules, Forget(versioned)] },
            new CustomResourceOptions { Parent = this, DependsOn = history });
    }

    private static BucketLifecycleConfigurationRuleArgs Expire(string id, string prefix, int days) => new()
    {
        Id = id,
        Status = "Enabled",
        Filter = new BucketLifecycleConfigurationRuleFilterArgs { Prefix = prefix },
        Expiration = new BucketLifecycleConfigurationRuleExpirationArgs { Days = days },
    };

    /// <summary>Old versions undo a mistake for as long as somebody may notice it; half-sent uploads are of no use.</summary>
    private static BucketLifecycleConfigurationRuleArgs Forget(bool versioned) => new()
    {
        Id = "old-versions",
        Status = "Enabled",
        Filter = new BucketLifecycleConfigurationRuleFilterArgs { Prefix = "" },

        // What is left of a deleted object when its versions are gone.
        Expiration = versioned ? new BucketLifecycleConfigurationRuleExpirationArgs { ExpiredObjectDeleteMarker = true } : null!,
        NoncurrentVersionExpiration = new BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs { NoncurrentDays = 90 },
        AbortIncompleteMultipartUpload = new BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs { DaysAfterInitiation = 7 },
    };
}
