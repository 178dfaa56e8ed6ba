using System.Text.RegularExpressions;
using Pulumi;
using Pulumi.Aws.Iam;
using Pulumi.Aws.Sfn;

namespace PySpotify.Infra;

/// <summary>The texts that the stack is built with, and what is made of them: roles, and the small state machines.</summary>
internal static partial class Policies
{
    /// <summary>A policy of infra/policies with its placeholders filled in.</summary>
    /// <param name="policy">The file's name without its ending.</param>
    /// <param name="names">What replaces each placeholder.</param>
    public static Output<string> Fill(string policy, IReadOnlyDictionary<string, Input<string>> names) =>
        FillIn(Text($"policies/{policy}.json"), names);

    /// <summary>Replaces each placeholder, <c>${Like}</c> this.</summary>
    /// <exception cref="KeyNotFoundException">A placeholder has no name.</exception>
    public static Output<string> FillIn(string text, IReadOnlyDictionary<string, Input<string>> names)
    {
        // The names are ARNs and names that AWS made: nothing in them needs escaping in JSON.
        var used = Placeholder().Matches(text).Select(match => match.Groups[1].Value).Distinct().ToList();
        return Output.All(used.Select(name => names[name])).Apply(values =>
        {
            var known = used.Zip(values).ToDictionary(pair => pair.First, pair => pair.Second);
            return Placeholder().Replace(text, match => known[match.Groups[1].Value]);
        });
    }

    /// <summary>A file that is part of this assembly.</summary>
    public static string Text(string path)
    {
        using var reader = new StreamReader(typeof(Policies).Assembly.GetManifestResourceStream(path)!);
        return reader.ReadToEnd();
    }

    /// <summary>The files of a folder that are part of this assembly.</summary>
    public static IEnumerable<string> Files(string folder) => typeof(Policies).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith($"{folder}/", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    /// <summary>A role that a service assumes, with what it may do.</summary>
    /// <param name="parent">What the role belongs to.</param>
    /// <param name="policy">The policy, by whose name the role goes.</param>
    /// <param name="service">lambda, glue, states, scheduler, events or quicksight.</param>
    /// <param name="names">What replaces each placeholder of the policies.</param>
    /// <returns>The role's ARN, known once the policies are attached: who uses it can do what it must from the first moment.</returns>
    public static Output<string> Role(
        Resource parent, string policy, string service, IReadOnlyDictionary<string, Input<string>> names)
    {
        var options = new CustomResourceOptions { Parent = parent };
        var role = new Role(
            $"pyspotify-{policy}", new RoleArgs { AssumeRolePolicy = Fill($"trust-{service}", names) }, options);
        var attached = new RolePolicy($"pyspotify-{policy}", new RolePolicyArgs { Role = role.Id, Policy = Fill(policy, names) }, options);
        return Output.Tuple(role.Arn, attached.Id).Apply(ready => ready.Item1);
    }

    /// <summary>A definition with its names filled in, and the partition in the ARNs of the services that it calls.</summary>
    public static Output<string> Definition(string file, StackLocation location, IReadOnlyDictionary<string, Input<string>> names) => Output
        .Tuple(FillIn(Text(file), names), location.Partition)
        .Apply(known => known.Item1.Replace("arn:aws:states:::", $"arn:{known.Item2}:states:::", StringComparison.Ordinal));

    /// <summary>A state machine beside the pipeline's, with a role of its own. Its history is its log.</summary>
    /// <param name="parent">What the machine belongs to.</param>
    /// <param name="name">The name of its definition, NAME.asl.json, and of its policy.</param>
    /// <param name="location">The stack's account, region and partition.</param>
    /// <param name="machine">The machine's own name; null leaves it to Pulumi, which makes it unique.</param>
    /// <param name="names">What replaces each placeholder of both.</param>
    public static StateMachine Machine(Resource parent, string name, StackLocation location, string? machine, IReadOnlyDictionary<string, Input<string>> names) => new(
        $"pyspotify-{name}",
        new StateMachineArgs { Name = machine!, RoleArn = Role(parent, name, "states", names), Definition = Definition($"{name}.asl.json", location, names) },
        new CustomResourceOptions { Parent = parent });

    /// <summary>
    /// Options of what AWS refuses while its new role is not known everywhere yet, and where the provider does not try again:
    /// it is made half a minute later.
    /// </summary>
    /// <param name="parent">What it belongs to.</param>
    /// <param name="name">Its role's name.</param>
    public static CustomResourceOptions OnceKnown(Resource parent, string name) => new()
    {
        Parent = parent,
        Hooks = { BeforeCreate = { new ResourceHook($"wait-for-role-{name}", (_, cancellationToken) => Task.Delay(TimeSpan.FromSeconds(30), cancellationToken)) } },
    };

    [GeneratedRegex(@"\$\{(\w+)\}")]
    private static partial Regex Placeholder();
}
