using Pulumi;
using Pulumi.Aws.CloudWatch;
using Pulumi.Aws.Glue;
using Pulumi.Aws.Glue.Inputs;

namespace PySpotify.Infra;

/// <summary>The job that turns CSV into Parquet, one run at a time.</summary>
public sealed class RefineJob : ComponentResource
{
    /// <summary>Makes the job and its logs.</summary>
    public RefineJob(Settings settings, StackLocation location, Storage storage)
        : base("pyspotify:infra:RefineJob", "refine-job")
    {
        var log = $"/aws-glue/pyspotify-{Deployment.Instance.StackName}";
        foreach (var stream in (string[])["output", "error"])
        {
            _ = new LogGroup(
                $"job-{stream}",
                new LogGroupArgs { Name = $"{log}/{stream}", RetentionInDays = settings.LogDays },
                new CustomResourceOptions { Parent = this });
        }

        Job = new Job(
            "pyspotify-refine",
            new JobArgs
            {
                GlueVersion = "5.0",
                WorkerType = "G.1X",
                NumberOfWorkers = 2,
                Timeout = 50,
                MaxRetries = 0,
                ExecutionProperty = new JobExecutionPropertyArgs { MaxConcurrentRuns = 1 },
                RoleArn = Policies.Role(this, "job", "glue", new Dictionary<string, Input<string>>
                {
                    ["Account"] = location.Account,
                    ["RawBucket"] = storage.Raw.Arn,
                    ["RefinedBucket"] = storage.Refined.Arn,
                    ["Script"] = Output.Format($"{storage.Assets.Arn}/{storage.Script.Key}"),
                    ["LogGroup"] = location.Arn("logs", $"log-group:{log}"),
                }),
                Command = new JobCommandArgs
                {
                    Name = "glueetl",
                    PythonVersion = "3",
                    ScriptLocation = Output.Format($"s3://{storage.Assets.BucketName}/{storage.Script.Key}"),
                },
                DefaultArguments =
                {
                    ["--raw"] = Output.Format($"s3://{storage.Raw.BucketName}"),
                    ["--refined"] = Output.Format($"s3://{storage.Refined.BucketName}"),
                    ["--job-language"] = "python",
                    ["--custom-logGroup-prefix"] = log,
                },
            },
            Policies.OnceKnown(this, "job"));
        RegisterOutputs();
    }

    /// <summary>The job.</summary>
    public Job Job { get; }
}
