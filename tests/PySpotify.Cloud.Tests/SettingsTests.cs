extern alias infra;

using System.Text.Json;
using Pulumi;
using PySpotify.Functions;
using PySpotify.Lambda;

namespace PySpotify.Tests;

/// <summary>What <c>pulumi config set</c> changes, and where the stack is.</summary>
[Collection("Pulumi runs one stack at a time")]
public sealed class SettingsTests
{
    [Fact]
    public async Task With_forceDestroy_all_can_be_taken_away()
    {
        var (resources, _) = await Mocks.RunAsync(("forceDestroy", "true"), ("secretRecoveryDays", "0"));
        Assert.All(resources, resource => Assert.NotEqual(true, resource.Options.Protect));
        Assert.All(resources.Where(resource => resource.Type == "s3/bucket"), bucket => Assert.True(bucket["forceDestroy"].GetBoolean()));
        Assert.All(
            resources.Where(resource => resource.Type == "secretsmanager/secret"),
            secret => Assert.Equal(0, secret["recoveryWindowInDays"].GetInt32()));
        Assert.True(resources.Single(resource => resource.Type == "athena/workgroup")["forceDestroy"].GetBoolean());
    }

    [Fact]
    public async Task A_second_stack_has_databases_and_secrets_of_its_own()
    {
        var (resources, _) = await Mocks.RunAsync(("namePrefix", "dev"));
        Assert.Equal(
            ["dev_spotify_data", "dev_spotify_data_refined"],
            resources.Where(resource => resource.Type == "glue/catalogDatabase").Select(database => Text(database["name"])).Order());
        Assert.Equal(
            ["dev/PySpotify", "dev/PySpotify/token"],
            resources.Where(resource => resource.Type == "secretsmanager/secret").Select(secret => Text(secret["name"])).Order());
        Assert.Equal(
            new[] { "Authenticate", "FetchPopular", "FetchTopPlayed" }.Select(Handlers.Of),
            resources.Where(resource => resource.Type == "lambda/function" && resource["environment"].ValueKind == JsonValueKind.Object
                && resource["environment"].GetProperty("variables").TryGetProperty(SettingNames.SecretPrefix, out var prefix)
                && prefix.GetString() == "dev/").Select(lambda => Text(lambda["handler"])).Order());

        // All other names have the stack's name in them, or are made unique by Pulumi.
        var (others, _) = await Mocks.RunAsync("other", "aws", isPreview: false, ("namePrefix", "other"));
        Assert.Empty(GivenNames(resources).Intersect(GivenNames(others)));

        static IEnumerable<string> GivenNames(IEnumerable<Asked> resources) => resources
            .Where(resource => resource.Type is not ("glue/catalogTable" or "athena/namedQuery") && resource["name"].ValueKind == JsonValueKind.String)
            .Select(resource => $"{resource.Type} {Text(resource["name"])}");
    }

    [Theory]
    [InlineData("Dev")]
    [InlineData("dev_")]
    [InlineData("")]
    public async Task A_prefix_that_AWS_would_not_take_everywhere_is_refused(string prefix)
    {
        var error = await Assert.ThrowsAsync<RunException>(() => Mocks.RunAsync(("namePrefix", prefix)));
        Assert.Contains($"pyspotify:namePrefix is '{prefix}'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("aws-cn", "https://console.amazonaws.cn/")]
    [InlineData("aws-us-gov", "https://console.amazonaws-us-gov.com/")]
    public async Task In_another_partition_every_ARN_is_of_it(string partition, string console)
    {
        var (resources, _) = await Mocks.RunAsync("test", partition, isPreview: false, ("quickSightUser", "me"));
        Assert.All(resources, resource => Assert.DoesNotContain("arn:aws:", resource.Inputs.GetRawText(), StringComparison.Ordinal));
        Assert.Contains($"arn:{partition}:states:::lambda:invoke", Text(resources.Single(resource => resource is { Type: "sfn/stateMachine", Name: "pyspotify" })["definition"]), StringComparison.Ordinal);
        Assert.Contains(console, resources.Single(resource => resource is { Type: "cloudwatch/eventTarget", Name: "failed" }).Inputs.GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("refreshToken", "again")]
    [InlineData("quickSightUser", "me")]
    public async Task A_preview_shows_what_up_makes(string setting, string value)
    {
        (string, string)[] config = [(setting, value), ("signedInOn", $"{DateTime.UtcNow:yyyy-MM-dd}")];
        var (preview, _) = await Mocks.RunAsync("test", "aws", isPreview: true, config);
        var (made, _) = await Mocks.RunAsync("test", "aws", isPreview: false, config);
        Assert.Equal(made.Select(Key).Order(StringComparer.Ordinal), preview.Select(Key).Order(StringComparer.Ordinal));

        static string Key(Asked resource) => $"{resource.Type} {resource.Name}";
    }

    [Fact]
    public async Task Without_a_sign_in_nothing_reminds_of_it()
    {
        var (resources, _) = await Mocks.RunAsync();
        Assert.DoesNotContain(resources, resource => resource.Name == "pyspotify-reminder");
        Assert.DoesNotContain(resources, resource => resource.Type == "sns/topicSubscription");
        var version = Assert.Single(resources, resource => resource.Type == "secretsmanager/secretVersion");
        Assert.Equal("""{"clientId":"id","clientSecret":"hush","refreshToken":null}""", Text(version["secretString"]));
    }

    [Fact]
    public async Task A_sign_in_whose_reminder_would_be_over_has_none()
    {
        var (resources, _) = await Mocks.RunAsync(("refreshToken", "again"), ("signedInOn", "2026-01-31"));
        Assert.DoesNotContain(resources, resource => resource.Name == "pyspotify-reminder");
    }

    [Theory]
    [InlineData(null, "pulumi config set signedInOn")]
    [InlineData("22.11.2026", "signedInOn is '22.11.2026'")]
    public async Task A_sign_in_without_its_day_is_refused(string? day, string said)
    {
        var error = await Assert.ThrowsAsync<RunException>(() =>
            Mocks.RunAsync([("refreshToken", "again"), .. day is null ? Array.Empty<(string, string)>() : [("signedInOn", day)]]));
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_configuration_decides_names_times_and_what_stays()
    {
        var (resources, _) = await Mocks.RunAsync(
            ("rawBucket", "mine"), ("secretRecoveryDays", "30"), ("schedule", "cron(30 7 ? * SUN *)"),
            ("timeZone", "Europe/Berlin"), ("scheduleEnabled", "false"), ("logDays", "14"));
        var raw = resources.Single(resource => resource is { Type: "s3/bucket", Name: "pyspotify-raw" });
        Assert.Equal("mine", Text(raw["bucket"]));
        Assert.All(resources.Where(resource => resource.Type == "secretsmanager/secret"), secret => Assert.Equal(30, secret["recoveryWindowInDays"].GetInt32()));
        Assert.All(resources.Where(resource => resource.Type == "cloudwatch/logGroup"), log => Assert.Equal(14, log["retentionInDays"].GetInt32()));
        var schedule = Assert.Single(resources, resource => resource.Type == "scheduler/schedule");
        Assert.Equal(
            ("cron(30 7 ? * SUN *)", "Europe/Berlin", "DISABLED"),
            (Text(schedule["scheduleExpression"]), Text(schedule["scheduleExpressionTimezone"]), Text(schedule["state"])));

        // A schedule that is off on purpose is no cause for alarm.
        Assert.DoesNotContain(resources, resource => resource.Name.Contains("watch", StringComparison.Ordinal));
    }

    private static string Text(JsonElement element) => element.GetString()!;
}
