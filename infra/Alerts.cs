using System.Globalization;
using System.Text.Json;
using Pulumi;
using Pulumi.Aws.CloudWatch;
using Pulumi.Aws.CloudWatch.Inputs;
using Pulumi.Aws.Scheduler;
using Pulumi.Aws.Scheduler.Inputs;
using Pulumi.Aws.Sfn;
using Pulumi.Aws.Sns;
using Pulumi.Aws.Sqs;

namespace PySpotify.Infra;

/// <summary>Tells a person what needs one: a failed run, a week without a new snapshot, a sign-in that is about to end.</summary>
public sealed class Alerts : ComponentResource
{
    private readonly Topic _topic;

    /// <summary>Makes the topic and all that publishes to it.</summary>
    /// <param name="settings">Who gets the mail.</param>
    /// <param name="location">The stack's account, region and partition.</param>
    /// <param name="catalog">Where new snapshots are looked for.</param>
    /// <param name="workflow">The pipeline's state machine and its schedule.</param>
    /// <param name="refresh">QuickSight's state machine; null where there is none.</param>
    /// <exception cref="RunException">There is a refresh token and no date of its sign-in.</exception>
    public Alerts(Settings settings, StackLocation location, Catalog catalog, Workflow workflow, StateMachine? refresh)
        : base("pyspotify:infra:Alerts", "alerts")
    {
        var options = new CustomResourceOptions { Parent = this };

        // Not encrypted by a key: with AWS's own, neither EventBridge nor CloudWatch could publish, and one of ours costs
        // more than the rest of the alerts. Messages name an execution and nothing of its data.
        _topic = new Topic("pyspotify-alerts", new TopicArgs { DisplayName = "PySpotify" }, options);
        if (settings.AlertEmail is { } email)
        {
            _ = new TopicSubscription("email", new TopicSubscriptionArgs { Topic = _topic.Arn, Protocol = "email", Endpoint = email }, options);
        }

        // Whoever turns the schedule off expects no new week.
        var watch = settings.ScheduleEnabled ? new Watch(location, catalog, _topic, location.Console("states", Output.Format($"statemachines/view/{workflow.StateMachine.Arn}"))) : null;
        TellOfFailures(location, [.. new[] { workflow.StateMachine, watch?.Machine, refresh }.OfType<StateMachine>().Select(machine => machine.Arn)]);
        var undelivered = TellOfUndelivered(workflow.DeadLetters);
        _ = new TopicPolicy(
            "alerts",
            new TopicPolicyArgs
            {
                Arn = _topic.Arn,
                Policy = Policies.Fill("topic", new Dictionary<string, Input<string>> { ["Topic"] = _topic.Arn, ["DeadLettersAlarm"] = undelivered.Arn }),
            },
            options);
        if (settings.RefreshToken is not null)
        {
            Remind(settings, location);
        }

        RegisterOutputs();
    }

    private void TellOfFailures(StackLocation location, IReadOnlyList<Output<string>> machines)
    {
        var options = new CustomResourceOptions { Parent = this };
        var failed = new EventRule(
            "pyspotify-failed",
            new EventRuleArgs
            {
                EventPattern = Output.All(machines).Apply(arns => JsonSerializer.Serialize(new Dictionary<string, object>
                {
                    ["source"] = (string[])["aws.states"],
                    ["detail-type"] = (string[])["Step Functions Execution Status Change"],
                    ["detail"] = new { stateMachineArn = arns, status = (string[])["FAILED", "TIMED_OUT", "ABORTED"] },
                })),
            },
            options);
        _ = new EventTarget(
            "failed",
            new EventTargetArgs
            {
                Rule = failed.Name,
                Arn = _topic.Arn,
                InputTransformer = new EventTargetInputTransformerArgs
                {
                    InputPaths = { ["run"] = "$.detail.executionArn", ["status"] = "$.detail.status" },
                    InputTemplate = Output.Format(
                        $"\"A run of PySpotify ended <status>. See why, and redrive it once the cause is gone: {location.Console("states", "v2/executions/details/<run>")}\""),
                },
            },
            options);
    }

    /// <summary>
    /// An alarm that goes off with each message that comes, and not for as long as there is one: the queue keeps it for two weeks.
    /// </summary>
    private MetricAlarm TellOfUndelivered(Queue deadLetters) => new(
        "pyspotify-not-started",
        new MetricAlarmArgs
        {
            AlarmDescription = "The schedule could not start a run of PySpotify. The message in the queue says why.",
            Namespace = "AWS/SQS",
            MetricName = "NumberOfMessagesSent",
            Dimensions = { ["QueueName"] = deadLetters.Name },
            Statistic = "Sum",
            Period = 300,
            EvaluationPeriods = 1,
            ComparisonOperator = "GreaterThanOrEqualToThreshold",
            Threshold = 1,
            TreatMissingData = "notBreaching",
            AlarmActions = { _topic.Arn },
        },
        new CustomResourceOptions { Parent = this });

    /// <summary>A refresh token dies six months after the sign-in, however often it is used.</summary>
    private void Remind(Settings settings, StackLocation location)
    {
        var signedInOn = settings.SignedInOn ?? throw new RunException(
            "refreshToken is set but signedInOn is not. Run `pulumi config set signedInOn YYYY-MM-DD` with the day of the sign-in.");
        var day = signedInOn.AddMonths(5);
        var end = signedInOn.AddMonths(6).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var sentence = $"PySpotify's sign-in at Spotify ends on {end}. Sign in again, set refreshToken and signedInOn, and run pulumi up.";

        // Scheduler refuses a time that is over, in whichever zone.
        if (day <= DateOnly.FromDateTime(DateTime.UtcNow).AddDays(1))
        {
            Pulumi.Log.Warn(sentence);
            return;
        }

        _ = new Schedule(
            "pyspotify-reminder",
            new ScheduleArgs
            {
                Description = "Reminds of the sign-in at Spotify a month before it ends.",
                ScheduleExpression = string.Create(CultureInfo.InvariantCulture, $"at({day:yyyy-MM-dd}T09:00:00)"),
                ScheduleExpressionTimezone = settings.TimeZone,
                FlexibleTimeWindow = new ScheduleFlexibleTimeWindowArgs { Mode = "OFF" },
                Target = new ScheduleTargetArgs
                {
                    Arn = _topic.Arn,
                    RoleArn = Policies.Role(this, "reminder", "scheduler", new Dictionary<string, Input<string>>
                    {
                        ["Account"] = location.Account,
                        ["Topic"] = _topic.Arn,
                    }),
                    Input = sentence,
                },
            },
            new CustomResourceOptions { Parent = this });
    }
}
