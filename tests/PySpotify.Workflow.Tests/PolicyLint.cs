using System.Text.Json;
using System.Text.RegularExpressions;

namespace PySpotify.Tests;

/// <summary>Finds what is wider than it need be in the policies of infra/policies.</summary>
internal static partial class PolicyLint
{
    /// <summary>
    /// The actions for which AWS knows no resource, by the service authorization reference
    /// (https://docs.aws.amazon.com/service-authorization/latest/reference/).
    /// </summary>
    private static readonly HashSet<string> WithoutResource =
    [
        "logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:DescribeLogGroups", "logs:DescribeResourcePolicies",
        "logs:GetLogDelivery", "logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:UpdateLogDelivery",
        "xray:GetSamplingRules", "xray:GetSamplingTargets", "xray:PutTelemetryRecords", "xray:PutTraceSegments",
    ];

    /// <summary>
    /// Services whose request names the account or the resource that it acts for; but a topic's policy that asks
    /// EventBridge for it lets nothing through (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html).
    /// </summary>
    private static readonly HashSet<string> AnswerForTheirSource =
        ["cloudwatch.amazonaws.com", "events.amazonaws.com", "glue.amazonaws.com", "scheduler.amazonaws.com", "states.amazonaws.com"];

    /// <summary>Says what is wrong with a policy; nothing, if it is as narrow as it can be.</summary>
    /// <param name="policy">The policy, with placeholders for ARNs.</param>
    public static IReadOnlyList<string> Check(JsonElement policy) =>
        [.. policy.GetProperty("Statement").EnumerateArray().SelectMany(CheckStatement)];

    /// <summary>A member's text or texts.</summary>
    public static IReadOnlyList<string> Texts(JsonElement statement, string member) =>
        !statement.TryGetProperty(member, out var value) ? []
        : value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(item => item.GetString()!)]
        : value.ValueKind == JsonValueKind.Object ? [.. value.EnumerateObject().Select(item => item.Value.GetString()!)]
        : [value.GetString()!];

    private static IEnumerable<string> CheckStatement(JsonElement statement)
    {
        var sid = statement.TryGetProperty("Sid", out var name) ? name.GetString() : "a statement without Sid";
        if (statement.GetProperty("Effect").GetString() == "Deny")
        {
            yield break;
        }

        foreach (var inverse in statement.EnumerateObject().Where(member => member.Name.StartsWith("Not", StringComparison.Ordinal)))
        {
            yield return $"{sid}: {inverse.Name} grants all but what it names";
        }

        var actions = Texts(statement, "Action");
        foreach (var action in actions.Where(action => !Action().IsMatch(action)))
        {
            yield return $"{sid}: {action} is not one action";
        }

        var resources = Texts(statement, "Resource");
        var principals = Texts(statement, "Principal");
        if (resources is [] && principals is [])
        {
            yield return $"{sid}: no resource";
        }

        foreach (var resource in resources)
        {
            if (resource == "*" ? !actions.All(WithoutResource.Contains) : !Resource().IsMatch(resource))
            {
                yield return $"{sid}: {resource} is wider than a resource or a prefix in one";
            }
        }

        if (resources.Contains("*") && !sid!.EndsWith("WhichKnowsNoResource", StringComparison.Ordinal))
        {
            yield return $"{sid}: does not say why its resource is *";
        }

        foreach (var principal in principals)
        {
            if (!Service().IsMatch(principal))
            {
                yield return $"{sid}: {principal} is not one service";
            }
            else if (AnswerForTheirSource.Contains(principal) && !Sources(statement).Any() && !(principal == "events.amazonaws.com" && actions is ["sns:Publish"]))
            {
                yield return $"{sid}: {principal} may act for anybody";
            }
        }
    }

    private static IEnumerable<string> Sources(JsonElement statement) =>
        Condition(statement, "aws:SourceArn").Concat(Condition(statement, "aws:SourceAccount")).Where(source => Placeholder().IsMatch(source));

    private static IEnumerable<string> Condition(JsonElement statement, string key) =>
        statement.TryGetProperty("Condition", out var condition)
            ? condition.EnumerateObject()
                .Where(test => test.Name is "StringEquals" or "StringLike" or "ArnEquals")
                .SelectMany(test => Texts(test.Value, key))
            : [];

    [GeneratedRegex(@"\A[a-z0-9-]+:[A-Za-z]+\z")]
    private static partial Regex Action();

    // A placeholder is an ARN. After it comes nothing, a path to one thing, a path that a prefix ends, or a log group's streams.
    [GeneratedRegex(@"\A\$\{\w+\}((/[\w=-]+)*|(/[\w=-]+)+/?\*|(/\w+)?:\*)\z")]
    private static partial Regex Resource();

    [GeneratedRegex(@"\A[a-z]+\.amazonaws\.com\z")]
    private static partial Regex Service();

    [GeneratedRegex(@"\A\$\{\w+\}\z")]
    private static partial Regex Placeholder();
}
