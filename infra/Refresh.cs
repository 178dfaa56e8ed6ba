using System.Globalization;
using System.Text.Json;
using Pulumi;
using Pulumi.Aws.CloudWatch;
using Pulumi.Aws.Sfn;

namespace PySpotify.Infra;

/// <summary>Makes QuickSight read the tables again each time the refined crawler has ended well.</summary>
public sealed class Refresh : ComponentResource
{
    /// <summary>Makes the state machine and the rule that starts it.</summary>
    public Refresh(StackLocation location, Crawlers crawlers, QuickSight quickSight)
        : base("pyspotify:infra:Refresh", "refresh")
    {
        var options = new CustomResourceOptions { Parent = this };
        var names = quickSight.DataSets.ToDictionary(set => Placeholder(set.Key), set => (Input<string>)set.Value.Arn);
        names["Account"] = location.Account;
        Machine = Policies.Machine(this, "refresh", location, machine: null, names);
        var crawled = new EventRule(
            "pyspotify-crawled",
            new EventRuleArgs
            {
                EventPattern = crawlers.Refined.Name.Apply(crawler => JsonSerializer.Serialize(new Dictionary<string, object>
                {
                    ["source"] = (string[])["aws.glue"],
                    ["detail-type"] = (string[])["Glue Crawler State Change"],
                    ["detail"] = new { crawlerName = (string[])[crawler], state = (string[])["Succeeded"] },
                })),
            },
            options);
        _ = new EventTarget(
            "crawled",
            new EventTargetArgs
            {
                Rule = crawled.Name,
                Arn = Machine.Arn,
                RoleArn = Policies.Role(this, "start-refresh", "events", new Dictionary<string, Input<string>>
                {
                    ["Account"] = location.Account,
                    ["Refresh"] = Machine.Arn,
                }),
                Input = Output.All(quickSight.DataSets.Values.Select(set => set.DataSetId)).Apply(ids => JsonSerializer.Serialize(new { dataSets = ids })),
            },
            options);
        RegisterOutputs();
    }

    /// <summary>The state machine.</summary>
    public StateMachine Machine { get; }

    /// <summary>new-and-gone is NewAndGoneDataSet.</summary>
    private static string Placeholder(string query) =>
        CultureInfo.InvariantCulture.TextInfo.ToTitleCase(query).Replace("-", "", StringComparison.Ordinal) + "DataSet";
}
