using Pulumi;
using Pulumi.Aws.CloudWatch;
using Pulumi.Aws.Lambda;
using Pulumi.Aws.Lambda.Inputs;
using PySpotify.Functions;
using PySpotify.Lambda;

namespace PySpotify.Infra;

/// <summary>The six Lambdas: one package, and a role, a size and a time limit for each.</summary>
public sealed class Functions : ComponentResource
{
    /// <summary>
    /// Megabytes and seconds by function. A Lambda has CPU by its memory, and starting .NET takes some. None outlives
    /// its state in the definition.
    /// </summary>
    private static readonly Dictionary<string, (string Policy, int Memory, int Timeout)> Sizes = new()
    {
        ["Authenticate"] = ("authenticate", 512, 290),
        ["FetchTopPlayed"] = ("fetch-top-played", 512, 840),
        ["FetchPopular"] = ("fetch-popular", 768, 840),
        ["WriteCsv"] = ("write-csv", 768, 300),
        ["StartCrawler"] = ("start-crawler", 512, 55),
        ["PollCrawler"] = ("poll-crawler", 256, 55),
    };

    /// <summary>Makes the Lambdas.</summary>
    public Functions(Settings settings, Secrets secrets, Storage storage, Catalog catalog, Crawlers crawlers)
        : base("pyspotify:infra:Functions", "functions")
    {
        var package = new FileArchive("bin/lambda");
        Arns = Handlers.Functions.ToDictionary(
            name => name, name => Make(name, package, settings, secrets, storage, catalog, crawlers));
        RegisterOutputs();
    }

    /// <summary>The Lambdas' ARNs by the names that the definition's placeholders have.</summary>
    public IReadOnlyDictionary<string, Output<string>> Arns { get; }

    private Output<string> Make(
        string name, FileArchive package, Settings settings, Secrets secrets, Storage storage, Catalog catalog, Crawlers crawlers)
    {
        var options = new CustomResourceOptions { Parent = this };
        var (policy, memory, timeout) = Sizes[name];
        var log = new LogGroup(
            policy,
            new LogGroupArgs { Name = $"/aws/lambda/pyspotify-{Deployment.Instance.StackName}-{policy}", RetentionInDays = settings.LogDays },
            options);
        var role = Policies.Role(this, policy, "lambda", new Dictionary<string, Input<string>>(catalog.Names)
        {
            ["LogGroup"] = log.Arn,
            ["CredentialsSecret"] = secrets.Credentials.Arn,
            ["TokenSecret"] = secrets.Token.Arn,
            ["RawBucket"] = storage.Raw.Arn,
            ["RawCrawler"] = crawlers.Raw.Arn,
            ["RefinedCrawler"] = crawlers.Refined.Arn,
        });
        (string, Input<string>?) bucket = (SettingNames.RawBucket, storage.Raw.BucketName);
        (string, Input<string>?) prefix = (SettingNames.SecretPrefix, settings.SecretPrefix is "" ? null : (Input<string>)settings.SecretPrefix);
        var environment = name switch
        {
            // Both branches fetch at once: with a source each, they keep to the four calls of a local run. With more, it
            // is twice this for each of the iterations that a Map runs at once.
            "FetchTopPlayed" or "FetchPopular" => Variables(bucket, prefix, (SettingNames.InEnvironment(SettingNames.Concurrency), "2")),
            "WriteCsv" => Variables(bucket),
            "Authenticate" => Variables(prefix),
            _ => null,
        };
        return new Function(
            $"pyspotify-{policy}",
            new FunctionArgs
            {
                Runtime = Runtime.Dotnet10,
                Architectures = { "arm64" },
                Code = package,
                Handler = Handlers.Of(name),
                Role = role,
                MemorySize = memory,
                Timeout = timeout,
                Environment = environment!,
                LoggingConfig = new FunctionLoggingConfigArgs
                {
                    LogFormat = "JSON",
                    ApplicationLogLevel = "INFO",
                    SystemLogLevel = "WARN",
                    LogGroup = log.Name,
                },
                TracingConfig = new FunctionTracingConfigArgs { Mode = "Active" },
            },
            options).Arn;
    }

    /// <summary>A function's variables: those that have a value; null where none has.</summary>
    private static FunctionEnvironmentArgs? Variables(params (string Name, Input<string>? Value)[] variables)
    {
        var known = new InputMap<string>();
        foreach (var (name, value) in variables)
        {
            if (value is not null)
            {
                known.Add(name, value);
            }
        }

        return variables.All(variable => variable.Value is null) ? null : new FunctionEnvironmentArgs { Variables = known };
    }
}
