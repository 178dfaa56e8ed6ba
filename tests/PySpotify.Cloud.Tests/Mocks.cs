extern alias infra;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using infra::PySpotify.Infra;
using Microsoft.Extensions.DependencyInjection;
using Pulumi;
using Pulumi.Testing;

namespace PySpotify.Tests;

/// <summary>A resource as the stack asks for it.</summary>
/// <param name="Type">Its type, such as <c>s3/bucket</c>.</param>
/// <param name="Name">Its name in the stack.</param>
/// <param name="Inputs">What it was given.</param>
/// <param name="Options">How Pulumi is to treat it.</param>
public sealed record Asked(string Type, string Name, JsonElement Inputs, CustomResourceOptions Options)
{
    /// <summary>The ARN that it has in the tests.</summary>
    public string Arn => ArnOf("aws", Type, Name);

    /// <summary>An input; undefined where it was not given.</summary>
    public JsonElement this[string input] => Inputs.TryGetProperty(input, out var value) ? value : default;

    internal static string ArnOf(string partition, string type, string name) => $"arn:{partition}:{type.Replace('/', ':')}:{name}";
}

/// <summary>
/// Stands in for Pulumi's engine and AWS: notes what is asked for and answers with ARNs and ids, or, as in a preview, with
/// nothing that only AWS could know.
/// </summary>
/// <param name="partition">The partition of AWS that the stack is in.</param>
/// <param name="isPreview">Whether it is a preview.</param>
public sealed class Mocks(string partition, bool isPreview) : IMocks
{
    private readonly ConcurrentQueue<Asked> _asked = [];

    private readonly ConcurrentDictionary<string, CustomResourceOptions> _options = [];

    /// <summary>Builds the stack.</summary>
    /// <param name="config">The configuration under <c>pyspotify:</c>; client id and secret need not be in it.</param>
    /// <returns>What it asks for, and the stack itself.</returns>
    public static Task<(IReadOnlyList<Asked> Resources, Pipeline Pipeline)> RunAsync(params (string Key, string Value)[] config) =>
        RunAsync("test", "aws", isPreview: false, config);

    /// <summary>Builds a stack of another name, in another partition of AWS, or only to see what it would be.</summary>
    public static async Task<(IReadOnlyList<Asked> Resources, Pipeline Pipeline)> RunAsync(
        string stack, string partition, bool isPreview, params (string Key, string Value)[] config)
    {
        var all = new Dictionary<string, string> { ["clientId"] = "id", ["clientSecret"] = "hush" };
        foreach (var (key, value) in config)
        {
            all[key] = value;
        }

        Environment.SetEnvironmentVariable(
            "PULUMI_CONFIG", JsonSerializer.Serialize(all.ToDictionary(setting => $"pyspotify:{setting.Key}", setting => setting.Value)));
        var mocks = new Mocks(partition, isPreview);
        using var services = new ServiceCollection().AddSingleton(_ => new Pipeline([mocks.Note])).BuildServiceProvider();
        var built = await Deployment.TestWithServiceProviderAsync<Pipeline>(
            mocks, services, new TestOptions { IsPreview = isPreview, ProjectName = "pyspotify", StackName = stack });
        return ([.. mocks._asked], built.OfType<Pipeline>().Single());
    }

    /// <inheritdoc/>
    public Task<(string? id, object state)> NewResourceAsync(MockResourceArgs args)
    {
        // aws:s3/bucket:Bucket; the stack and its components have other types, and are nothing of AWS's.
        var type = args.Type!.Split(':') is ["aws", var module, _] ? module : args.Type;
        var inputs = args.Inputs.ToDictionary(input => input.Key, input => Plain(input.Value));
        if (type == args.Type)
        {
            return Task.FromResult<(string?, object)>((null, args.Inputs));
        }

        _asked.Enqueue(new(type, args.Name!, JsonSerializer.SerializeToElement(inputs), _options[$"{args.Type} {args.Name}"]));
        if (isPreview)
        {
            return Task.FromResult<(string?, object)>((null, args.Inputs));
        }

        var state = args.Inputs.ToBuilder();
        state["arn"] = Asked.ArnOf(partition, type, args.Name!);
        state.TryAdd("name", args.Name!);
        state.TryAdd("bucket", args.Name!);
        return Task.FromResult<(string?, object)>(($"{args.Name}-id", state.ToImmutable()));
    }

    /// <inheritdoc/>
    public Task<object> CallAsync(MockCallArgs args) => Task.FromResult<object>(args.Token switch
    {
        "aws:index/getCallerIdentity:getCallerIdentity" => new Dictionary<string, object> { ["accountId"] = "123456789012" },
        "aws:index/getRegion:getRegion" => new Dictionary<string, object> { ["region"] = "eu-central-1" },
        "aws:index/getPartition:getPartition" => new Dictionary<string, object> { ["partition"] = partition },
        _ => throw new NotSupportedException(args.Token),
    });

    private ResourceTransformationResult? Note(ResourceTransformationArgs resource)
    {
        if (resource.Options is CustomResourceOptions options)
        {
            _options[$"{resource.Resource.GetResourceType()} {resource.Resource.GetResourceName()}"] = options;
        }

        return null;
    }

    private static object? Plain(object? value) => value switch
    {
        IReadOnlyDictionary<string, object> map => map.ToDictionary(item => item.Key, item => Plain(item.Value)),
        ImmutableArray<object> list => list.Select(Plain).ToList(),
        AssetOrArchive asset => asset.GetType().Name,
        _ => value,
    };
}
