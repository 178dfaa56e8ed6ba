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
    /// <param name="place">Where the stack stands.</param>
    /// <param name="functions">What it calls.</param>
    /// <param name="catalog">Crawlers and the job.</param>
    /// <param name="quickSight">What is to be refreshed after a run; null where nothing is.</param>
    public Workflow(Settings settings, Place place, Functions functions, Catalog catalog, QuickSight? quickSight)
        : base("pyspotify:infra:Workflow", "workflow")
    {
        var options = new CustomResourceOptions { Parent = this };
        var names = functions.Arns.ToDictionary(function => function.Key, function => (Input<string>)function.Value);
        names["Account"] = place.Account;

        var definition = Policies.Text("workflow/pyspotify.asl.json");
        string[] more = [];
        if (quickSight is not null)
        {
            definition = BeforeDone(definition, Policies.Text("refresh.asl.json"));
            more = ["refresh"];
            foreach (var (name, value) in quickSight.Names)
            {
                names.Add(name, value);
            }
        }

        // The definition knows crawlers and the job by name, the policy by ARN.
        var role = Policies.Role(this, "state-machine", "states", new Dictionary<string, Input<string>>(names) { ["RefineJob"] = catalog.RefineJob.Arn }, more);
        var log = new LogGroup(
            "state-machine",
            new LogGroupArgs
            {
                Name = $"/aws/vendedlogs/states/pyspotify-{Deployment.Instance.StackName}",
                RetentionInDays = settings.LogDays,
            },
            options);
        StateMachine = new StateMachine(
            "pyspotify",
            new StateMachineArgs
            {
                RoleArn = role,
                Definition = Policies.FillIn(definition, new Dictionary<string, Input<string>>(names)
                {
                    ["RawCrawler"] = catalog.RawCrawler.Name,
                    ["RefinedCrawler"] = catalog.RefinedCrawler.Name,
                    ["RefineJob"] = catalog.RefineJob.Name,
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

        DeadLetters = new Queue(
            "pyspotify-dead-letters",
            new QueueArgs { SqsManagedSseEnabled = true, MessageRetentionSeconds = (int)TimeSpan.FromDays(14).TotalSeconds },
            options);
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
                        ["Account"] = place.Account,
                        ["StateMachine"] = StateMachine.Arn,
                        ["DeadLetters"] = DeadLetters.Arn,
                    }),
                    Input = JsonNode.Parse(Policies.Text("workflow/input.json"))!.ToJsonString(),
                    RetryPolicy = new ScheduleTargetRetryPolicyArgs { MaximumRetryAttempts = 5, MaximumEventAgeInSeconds = 3600 },
                    DeadLetterConfig = new ScheduleTargetDeadLetterConfigArgs { Arn = DeadLetters.Arn },
                },
            },
            options);
        RegisterOutputs();
    }

    /// <summary>The state machine.</summary>
    public StateMachine StateMachine { get; }

    /// <summary>Starts that the schedule could not deliver.</summary>
    public Queue DeadLetters { get; }

    /// <summary>
    /// Puts a state machine's states into another, so that what led to Done leads to them, and they lead to Done. The file of
    /// the definition stays one that runs anywhere.
    /// </summary>
    /// <param name="definition">A state machine with a state Done at its top.</param>
    /// <param name="inserted">A state machine with other states.</param>
    /// <exception cref="InvalidOperationException">Nothing leads to Done, or the second has no end.</exception>
    public static string BeforeDone(string definition, string inserted)
    {
        const string done = "Done";
        var (machine, other) = (JsonNode.Parse(definition)!, JsonNode.Parse(inserted)!);
        var states = machine["States"]!.AsObject();
        if (Redirect(states, done, (string)other["StartAt"]!) == 0)
        {
            throw new InvalidOperationException($"Nothing leads to {done}.");
        }

        var ends = 0;
        foreach (var (name, state) in other["States"]!.AsObject())
        {
            var copy = state!.DeepClone().AsObject();
            if (copy.Remove("End"))
            {
                copy["Next"] = done;
                ends++;
            }

            states.Insert(states.IndexOf(done), name, copy);
        }

        return ends > 0 ? machine.ToJsonString(new() { WriteIndented = true }) : throw new InvalidOperationException("What was put in has no end.");
    }

    /// <summary>Leads what led to one state to another, and says how many did.</summary>
    private static int Redirect(JsonNode? node, string from, string to)
    {
        switch (node)
        {
            case JsonObject state:
                var redirected = 0;
                foreach (var exit in (string[])["Next", "Default"])
                {
                    if (state[exit] is JsonValue next && (string?)next == from)
                    {
                        state[exit] = to;
                        redirected++;
                    }
                }

                return redirected + state.Sum(member => Redirect(member.Value, from, to));
            case JsonArray list:
                return list.Sum(item => Redirect(item, from, to));
            default:
                return 0;
        }
    }
}
