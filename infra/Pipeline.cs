using Pulumi;
using Pulumi.Aws;

namespace PySpotify.Infra;

/// <summary>The whole pipeline. A component comes after those that it builds on.</summary>
public sealed class Pipeline : Stack
{
    /// <summary>Lays the components out.</summary>
    public Pipeline()
        : this([])
    {
    }

    /// <summary>Lays the components out, each resource seen by more than its tags.</summary>
    public Pipeline(IEnumerable<ResourceTransformation> more)
        : base(new StackOptions { ResourceTransformations = [Tag, .. more] })
    {
        var settings = new Settings(new Pulumi.Config());
        var account = GetCallerIdentity.Invoke().Apply(identity => identity.AccountId);
        var region = GetRegion.Invoke().Apply(region => region.Region);
        var partition = GetPartition.Invoke().Apply(partition => partition.Partition);
        var location = new StackLocation(partition, region, account);

        var secrets = new Secrets(settings);
        var storage = new Storage(settings);
        var catalog = new Catalog(settings, location, storage);
        var crawlers = new Crawlers(location, storage, catalog);
        var job = new RefineJob(settings, location, storage);
        var functions = new Functions(settings, secrets, storage, catalog, crawlers);
        var analytics = new Analytics(storage, catalog);
        var workflow = new Workflow(settings, location, functions, crawlers, job);
        var quickSight = settings.QuickSightUser is { } user ? new QuickSight(user, location, storage, catalog, analytics) : null;
        var refresh = quickSight is not null ? new Refresh(location, crawlers, quickSight) : null;
        _ = new Alerts(settings, location, catalog, workflow, refresh?.Machine);

        StateMachine = workflow.StateMachine.Arn;
        RawBucket = storage.Raw.BucketName;
        RefinedBucket = storage.Refined.BucketName;
        AssetsBucket = storage.Assets.BucketName;
        ResultsBucket = storage.Results.BucketName;
        Workgroup = analytics.Workgroup.Name;
        DeadLetters = workflow.DeadLetters.Id;
        Console = location.Console("states", Output.Format($"statemachines/view/{StateMachine}"));
    }

    /// <summary>The state machine's ARN.</summary>
    [Output]
    public Output<string> StateMachine { get; private set; }

    /// <summary>The bucket of CSV files, staged and refused rows.</summary>
    [Output]
    public Output<string> RawBucket { get; private set; }

    /// <summary>The bucket of Parquet files.</summary>
    [Output]
    public Output<string> RefinedBucket { get; private set; }

    /// <summary>The bucket of the job's script.</summary>
    [Output]
    public Output<string> AssetsBucket { get; private set; }

    /// <summary>The bucket of Athena's results.</summary>
    [Output]
    public Output<string> ResultsBucket { get; private set; }

    /// <summary>The Athena workgroup to query in.</summary>
    [Output]
    public Output<string> Workgroup { get; private set; }

    /// <summary>The address of the queue with the starts that the schedule could not deliver.</summary>
    [Output]
    public Output<string> DeadLetters { get; private set; }

    /// <summary>Where runs are watched, and redriven, in a browser.</summary>
    [Output]
    public Output<string> Console { get; private set; }

    private static ResourceTransformationResult? Tag(ResourceTransformationArgs resource)
    {
        if (resource.Args.GetType().GetProperty("Tags")?.GetValue(resource.Args) is not InputMap<string> tags)
        {
            return null;
        }

        tags.Add("Project", "PySpotify");
        tags.Add("Stack", Deployment.Instance.StackName);
        return new ResourceTransformationResult(resource.Args, resource.Options);
    }
}

/// <summary>The stack's account, region and partition, for ARNs of what has no resource of its own.</summary>
/// <param name="Partition">aws, as a rule.</param>
/// <param name="Region">The region's name.</param>
/// <param name="Account">The account's id.</param>
public sealed record StackLocation(Output<string> Partition, Output<string> Region, Output<string> Account)
{
    /// <summary>An ARN in this account and region.</summary>
    public Output<string> Arn(string service, Input<string> resource) =>
        Output.Format($"arn:{Partition}:{service}:{Region}:{Account}:{resource}");

    /// <summary>An address in AWS's console.</summary>
    public Output<string> Console(string service, Input<string> page) => Output.Format(
        $"https://{Output.Tuple(Partition, Region).Apply(where => HostOf(where.Item1, where.Item2))}/{service}/home?region={Region}#/{page}");

    private static string HostOf(string partition, string region) => partition switch
    {
        "aws-cn" => "console.amazonaws.cn",
        "aws-us-gov" => "console.amazonaws-us-gov.com",
        _ => $"{region}.console.aws.amazon.com",
    };
}
