using System.Globalization;
using System.Text.Json;
using Pulumi;
using Pulumi.Aws.CloudWatch;
using Pulumi.Aws.CloudWatch.Inputs;
using Pulumi.Aws.Scheduler;
using Pulumi.Aws.Scheduler.Inputs;
using Pulumi.Aws.Sns;
using Pulumi.Aws.Sqs;

namespace PySpotify.Infra;

/// <summary>Tells a person what needs one: a failed run, a week without a good one, a sign-in that is about to end.</summary>
public sealed class Alerts : ComponentResource
{
    /// <summary>
    /// A week, and a day for the run to be late in. An alarm on a metric of runs looks back seven days at most, so that
    /// each week's run, never to the minute a week after the last, would begin with a false one.
    /// </summary>
    private static readonly TimeSpan Memory = TimeSpan.FromDays(8);

    private readonly Workflow _workflow;

    private readonly Topic _topic;

    /// <summary>Makes the topic and all that publishes to it.</summary>
    /// <exception cref="RunException">There is a refresh token and no date of its sign-in.</exception>
    public Alerts(Settings settings, Place place, Workflow workflow)
        : base("pyspotify:infra:Alerts", "alerts")
    {
        _workflow = workflow;
        var options = new CustomResourceOptions { Parent = this };

        // Not encrypted by a key: with AWS's own, neither EventBridge nor CloudWatch could publish, and one of ours costs
        // more than the rest of the alerts. Messages name an execution and nothing of its data.
        _topic = new Topic("pyspotify-alerts", new TopicArgs { DisplayName = "PySpotify" }, options);
        if (settings.AlertEmail is { } email)
        {
            _ = new TopicSubscription("email", new TopicSubscriptionArgs { Topic = _topic.Arn, Protocol = "email", Endpoint = email }, options);
        }

        var failed = RunsThat(["FAILED", "TIMED_OUT", "ABORTED"], "pyspotify-failed");
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
                        $"\"A run of PySpotify ended <status>. See why, and redrive it once the cause is gone: https://{place.Region}.console.aws.amazon.com/states/home?region={place.Region}#/v2/executions/details/<run>\""),
                },
            },
            options);

        var noRun = Alarm(
            "pyspotify-no-run",
            "No run of PySpotify has succeeded for a week.",
            Remember(RunsThat(["SUCCEEDED"], "pyspotify-succeeded")),
            "LessThanThreshold",

            // An empty queue stops reporting after some hours.
            missing: "breaching",
            settings.ScheduleEnabled);
        var undelivered = Alarm(
            "pyspotify-not-started",
            "The schedule could not start a run of PySpotify; the message in the queue says why.",
            workflow.DeadLetters,
            "GreaterThanOrEqualToThreshold",
            missing: "notBreaching",
            enabled: true);
        _ = new TopicPolicy(
            "alerts",
            new TopicPolicyArgs
            {
                Arn = _topic.Arn,
                Policy = Policies.Fill("topic", new Dictionary<string, Input<string>>
                {
                    ["Topic"] = _topic.Arn,
                    ["NoRunAlarm"] = noRun.Arn,
                    ["DeadLettersAlarm"] = undelivered.Arn,
                }),
            },
            options);

        if (settings.RefreshToken is not null)
        {
            Remind(settings, place);
        }

        RegisterOutputs();
    }

    private EventRule RunsThat(string[] statuses, string name) => new(
        name,
        new EventRuleArgs
        {
            EventPattern = _workflow.StateMachine.Arn.Apply(arn => JsonSerializer.Serialize(new Dictionary<string, object>
            {
                ["source"] = (string[])["aws.states"],
                ["detail-type"] = (string[])["Step Functions Execution Status Change"],
                ["detail"] = new { stateMachineArn = (string[])[arn], status = statuses },
            })),
        },
        new CustomResourceOptions { Parent = this });

    /// <summary>A queue that nobody reads: as many messages as runs succeeded within <see cref="Memory"/>.</summary>
    private Queue Remember(EventRule succeeded)
    {
        var options = new CustomResourceOptions { Parent = this };
        var queue = new Queue(
            "pyspotify-successes",
            new QueueArgs { SqsManagedSseEnabled = true, MessageRetentionSeconds = (int)Memory.TotalSeconds },
            options);
        _ = new QueuePolicy(
            "successes",
            new QueuePolicyArgs
            {
                QueueUrl = queue.Id,
                Policy = Policies.Fill("successes", new Dictionary<string, Input<string>> { ["Queue"] = queue.Arn, ["SucceededRuns"] = succeeded.Arn }),
            },
            options);
        _ = new EventTarget("succeeded", new EventTargetArgs { Rule = succeeded.Name, Arn = queue.Arn }, options);
        return queue;
    }

    /// <summary>An alarm that compares a queue's messages with one, hour by hour.</summary>
    private MetricAlarm Alarm(string name, string description, Queue queue, string comparison, string missing, bool enabled) => new(
        name,
        new MetricAlarmArgs
        {
            AlarmDescription = description,
            Namespace = "AWS/SQS",
            MetricName = "ApproximateNumberOfMessagesVisible",
            Dimensions = { ["QueueName"] = queue.Name },
            Statistic = "Maximum",
            Period = 3600,
            EvaluationPeriods = 1,
            ComparisonOperator = comparison,
            Threshold = 1,
            TreatMissingData = missing,
            ActionsEnabled = enabled,
            AlarmActions = { _topic.Arn },
            OkActions = { _topic.Arn },
        },
        new CustomResourceOptions { Parent = this });

    /// <summary>A refresh token dies six months after the sign-in, however often it is used.</summary>
    private void Remind(Settings settings, Place place)
    {
        var signedInOn = settings.SignedInOn ?? throw new RunException(
            "There is a refresh token, and nothing says when it will end: "
            + "pulumi config set signedInOn with the day of the sign-in, as 2026-11-22.");
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
                        ["Account"] = place.Account,
                        ["Topic"] = _topic.Arn,
                    }),
                    Input = sentence,
                },
            },
            new CustomResourceOptions { Parent = this });
    }
}
