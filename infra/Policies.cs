using System.Text.RegularExpressions;
using Pulumi;
using Pulumi.Aws.Iam;

namespace PySpotify.Infra;

/// <summary>The texts that the stack is built with, and roles made of them.</summary>
internal static partial class Policies
{
    /// <summary>A policy of infra/policies with its placeholders filled in.</summary>
    /// <param name="policy">The file's name without its ending.</param>
    /// <param name="names">What stands for each placeholder.</param>
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
    /// <param name="service">lambda, glue, states, scheduler or quicksight.</param>
    /// <param name="names">What stands for each placeholder of the policies.</param>
    /// <param name="more">Policies beside that one.</param>
    /// <returns>The role's ARN, known once the policies are attached: who uses it can do what it must from the first moment.</returns>
    public static Output<string> Role(
        Resource parent, string policy, string service, IReadOnlyDictionary<string, Input<string>> names, params string[] more)
    {
        var options = new CustomResourceOptions { Parent = parent };
        var role = new Role(
            $"pyspotify-{policy}", new RoleArgs { AssumeRolePolicy = Fill($"trust-{service}", names) }, options);
        var attached = more.Prepend(policy).Select(name => new RolePolicy(
            $"pyspotify-{name}", new RolePolicyArgs { Role = role.Id, Policy = Fill(name, names) }, options).Id);
        return Output.Tuple(role.Arn, Output.All(attached)).Apply(ready => ready.Item1);
    }

    [GeneratedRegex(@"\$\{(\w+)\}")]
    private static partial Regex Placeholder();
}
