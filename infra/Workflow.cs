using System.Text.Json.Nodes;
using Pulumi;
using Pulumi.Aws.CloudWatch;
using Pulumi.Aws.Scheduler;
using Pulumi.Aws.Scheduler.Inputs;
using Pulumi.Aws.Sfn;
using Pulumi.Aws.Sfn.Inputs;
using Pulumi.Aws.Sqs;

namespace PySpotify.Infra;

/// <summary>The state machine, and the schedule that starts it.</summary>
public sealed class Workflow : ComponentResource
{
    /// <summary>Makes the state machine and its schedule.</summary>
    /// <param name="settings">When it runs.</param>
    /// <param name="location">The stack's account, region and partition.</param>
    /// <param name="functions">What it calls.</param>
    /// <param name="crawlers">Whose crawls it waits for.</param>
    /// <param name="job">What it runs between them.</param>
    public Workflow(Settings settings, StackLocation location, Functions functions, Crawlers crawlers, RefineJob job)
        : base("pyspotify:infra:Workflow", "workflow")
    {
        StateMachine = MakeStateMachine(settings, location, functions, crawlers, job);
        DeadLetters = new Queue(
            "pyspotify-dead-letters",
            new QueueArgs { SqsManagedSseEnabled = true, MessageRetentionSeconds = (int)TimeSpan.FromDays(14).TotalSeconds },
            new CustomResourceOptions { Parent = this });
        MakeSchedule(settings, location);
        RegisterOutputs();
    }

    /// <summary>The state machine.</summary>
    public StateMachine StateMachine { get; }

    /// <summary>Starts that the schedule could not deliver.</summary>
    public Queue DeadLetters { get; }

    private StateMachine MakeStateMachine(Settings settings, StackLocation location, Functions functions, Crawlers crawlers, RefineJob job)
    {
        var options = new CustomResourceOptions { Parent = this };
        var names = functions.Arns.ToDictionary(function => function.Key, function => (Input<string>)function.Value);
        names["Account"] = location.Account;

        // The definition knows crawlers and the job by name, the policy by ARN.
        var role = Policies.Role(this, "state-machine", "states", new Dictionary<string, Input<string>>(names) { ["RefineJob"] = job.Job.Arn });
        var log = new LogGroup(
            "state-machine",
            new LogGroupArgs
            {
                Name = $"/aws/vendedlogs/states/pyspotify-{Deployment.Instance.StackName}",
                RetentionInDays = settings.LogDays,
            },
            options);
        return new StateMachine(
            "pyspotify",
            new StateMachineArgs
            {
                RoleArn = role,
                Definition = Policies.Definition("workflow/pyspotify.asl.json", location, new Dictionary<string, Input<string>>(names)
                {
                    ["RawCrawler"] = crawlers.Raw.Name,
                    ["RefinedCrawler"] = crawlers.Refined.Name,
                    ["RefineJob"] = job.Job.Name,
                }),
                LoggingConfiguration = new StateMachineLoggingConfigurationArgs
                {
                    Level = "ERROR",
                    IncludeExecutionData = false,
                    LogDestination = Output.Format($"{log.Arn}:*"),
                },
                TracingConfiguration = new StateMachineTracingConfigurationArgs { Enabled = true },
            },
            options);
    }

    private void MakeSchedule(Settings settings, StackLocation location)
    {
        _ = new Schedule(
            "pyspotify-weekly",
            new ScheduleArgs
            {
                Description = "Starts a run of PySpotify.",
                ScheduleExpression = settings.Schedule,
                ScheduleExpressionTimezone = settings.TimeZone,
                State = settings.ScheduleEnabled ? "ENABLED" : "DISABLED",
                FlexibleTimeWindow = new ScheduleFlexibleTimeWindowArgs { Mode = "FLEXIBLE", MaximumWindowInMinutes = 15 },
                Target = new ScheduleTargetArgs
                {
                    Arn = StateMachine.Arn,
                    RoleArn = Policies.Role(this, "scheduler", "scheduler", new Dictionary<string, Input<string>>
                    {
                        ["Account"] = location.Account,
                        ["StateMachine"] = StateMachine.Arn,
                        ["DeadLetters"] = DeadLetters.Arn,
                    }),
                    Input = JsonNode.Parse(Policies.Text("workflow/input.json"))!.ToJsonString(),
                    RetryPolicy = new ScheduleTargetRetryPolicyArgs { MaximumRetryAttempts = 5, MaximumEventAgeInSeconds = 3600 },
                    DeadLetterConfig = new ScheduleTargetDeadLetterConfigArgs { Arn = DeadLetters.Arn },
                },
            },
            new CustomResourceOptions { Parent = this });
    }
}
