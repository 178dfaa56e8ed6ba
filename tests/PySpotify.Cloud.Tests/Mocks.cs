extern alias infra;

using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using Pulumi;
using Pulumi.Testing;
using infra::PySpotify.Infra;

namespace PySpotify.Tests;

/// <summary>A resource as the stack asks for it.</summary>
/// <param name="Type">Its type, such as <c>s3/bucket</c>.</param>
/// <param name="Name">Its name in the stack.</param>
/// <param name="Inputs">What it was given.</param>
public sealed record Asked(string Type, string Name, JsonElement Inputs)
{
    /// <summary>The ARN that it has in the tests.</summary>
    public string Arn => ArnOf(Type, Name);

    /// <summary>An input; undefined where it was not given.</summary>
    public JsonElement this[string input] => Inputs.TryGetProperty(input, out var value) ? value : default;

    internal static string ArnOf(string type, string name) => $"arn:aws:{type.Replace('/', ':')}:{name}";
}

/// <summary>Stands in for Pulumi's engine and AWS: notes what is asked for and answers with ARNs and ids.</summary>
public sealed class Mocks : IMocks
{
    private readonly ConcurrentQueue<Asked> _asked = [];

    /// <summary>Builds the stack.</summary>
    /// <param name="config">The configuration under <c>pyspotify:</c>; client id and secret need not be in it.</param>
    /// <returns>What it asks for, and the stack itself.</returns>
    public static async Task<(IReadOnlyList<Asked> Resources, Pipeline Pipeline)> RunAsync(params (string Key, string Value)[] config)
    {
        var all = new Dictionary<string, string> { ["clientId"] = "id", ["clientSecret"] = "hush" };
        foreach (var (key, value) in config)
        {
            all[key] = value;
        }

        Environment.SetEnvironmentVariable(
            "PULUMI_CONFIG", JsonSerializer.Serialize(all.ToDictionary(setting => $"pyspotify:{setting.Key}", setting => setting.Value)));
        var mocks = new Mocks();
        var built = await Deployment.TestAsync<Pipeline>(
            mocks, new TestOptions { IsPreview = false, ProjectName = "pyspotify", StackName = "test" });
        return ([.. mocks._asked], built.OfType<Pipeline>().Single());
    }

    /// <inheritdoc/>
    public Task<(string? id, object state)> NewResourceAsync(MockResourceArgs args)
    {
        // aws:s3/bucket:Bucket; the stack and its components have other types, and are nothing of AWS's.
        var type = args.Type!.Split(':') is ["aws", var module, _] ? module : args.Type;
        var inputs = args.Inputs.ToDictionary(input => input.Key, input => Plain(input.Value));
        var asked = new Asked(type, args.Name!, JsonSerializer.SerializeToElement(inputs));
        if (type != args.Type)
        {
            _asked.Enqueue(asked);
        }

        var state = args.Inputs.ToBuilder();
        state["arn"] = asked.Arn;
        state.TryAdd("name", args.Name!);
        state.TryAdd("bucket", args.Name!);
        return Task.FromResult<(string?, object)>(($"{args.Name}-id", state.ToImmutable()));
    }

    /// <inheritdoc/>
    public Task<object> CallAsync(MockCallArgs args) => Task.FromResult<object>(args.Token switch
    {
        "aws:index/getCallerIdentity:getCallerIdentity" => new Dictionary<string, object> { ["accountId"] = "123456789012" },
        "aws:index/getRegion:getRegion" => new Dictionary<string, object> { ["region"] = "eu-central-1" },
        "aws:index/getPartition:getPartition" => new Dictionary<string, object> { ["partition"] = "aws" },
        _ => throw new NotSupportedException(args.Token),
    });

    private static object? Plain(object? value) => value switch
    {
        IReadOnlyDictionary<string, object> map => map.ToDictionary(item => item.Key, item => Plain(item.Value)),
        ImmutableArray<object> list => list.Select(Plain).ToList(),
        AssetOrArchive asset => asset.GetType().Name,
        _ => value,
    };
}
