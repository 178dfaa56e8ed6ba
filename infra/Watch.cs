using Pulumi;
using Pulumi.Aws.Scheduler;
using Pulumi.Aws.Scheduler.Inputs;
using Pulumi.Aws.Sfn;
using Pulumi.Aws.Sns;

namespace PySpotify.Infra;

/// <summary>
/// Looks each week whether charts has got a snapshot since the week before, and tells if it has none. It asks the catalog and
/// not the runs: a run that ended only because one source could not be read has stored its week all the same.
/// </summary>
public sealed class Watch : ComponentResource
{
    /// <summary>Characters that a state machine's name may have.</summary>
    private const int MaxName = 80;

    /// <summary>Makes the state machine and the schedule that starts it.</summary>
    public Watch(StackLocation location, Catalog catalog, Topic topic, Output<string> console)
        : base("pyspotify:infra:Watch", "watch")
    {
        var options = new CustomResourceOptions { Parent = this };

        // A name of ours, so that its role, which is there first, can let it find its own executions.
        var name = $"pyspotify-watch-{Deployment.Instance.StackName}";
        name = name[..Math.Min(MaxName, name.Length)];
        Machine = Policies.Machine(this, "watch", location, name, new Dictionary<string, Input<string>>(catalog.Names)
        {
            ["Account"] = location.Account,
            ["Watch"] = location.Arn("states", $"stateMachine:{name}"),
            ["Database"] = catalog.Refined.Name,
            ["Topic"] = topic.Arn,
            ["Console"] = console,
        });
        _ = new Schedule(
            "pyspotify-watch",
            new ScheduleArgs
            {
                Description = "Looks for a new week of PySpotify.",

                // Two checks a week apart cover every weekly run, so any weekday and hour will do.
                ScheduleExpression = "rate(7 days)",
                FlexibleTimeWindow = new ScheduleFlexibleTimeWindowArgs { Mode = "OFF" },
                Target = new ScheduleTargetArgs
                {
                    Arn = Machine.Arn,
                    RoleArn = Policies.Role(this, "start-watch", "scheduler", new Dictionary<string, Input<string>>
                    {
                        ["Account"] = location.Account,
                        ["Watch"] = Machine.Arn,
                    }),
                },
            },
            options);
        RegisterOutputs();
    }

    /// <summary>The state machine.</summary>
    public StateMachine Machine { get; }
}
