using System.Globalization;
using System.Text.RegularExpressions;
using Pulumi;

namespace PySpotify.Infra;

/// <summary>What <c>pulumi config set</c> decides, and what holds where it does not.</summary>
/// <param name="config">The configuration under <c>pyspotify:</c>.</param>
public sealed partial class Settings(Config config)
{
    /// <summary>The client id of the Spotify app.</summary>
    public Output<string> ClientId { get; } = config.RequireSecret("clientId");

    /// <summary>The client secret of the Spotify app.</summary>
    public Output<string> ClientSecret { get; } = config.RequireSecret("clientSecret");

    /// <summary>A signed-in user's refresh token; null without one.</summary>
    public Output<string>? RefreshToken { get; } = config.GetSecret("refreshToken");

    /// <summary>The day of the sign-in that the refresh token is from.</summary>
    /// <exception cref="RunException">It is not a date.</exception>
    public DateOnly? SignedInOn { get; } = config.Get("signedInOn") is not { } text ? null
        : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date
        : throw new RunException($"pyspotify:signedInOn is '{text}'; write the day as 2026-11-22.");

    /// <summary>When the workflow runs, in EventBridge Scheduler's terms.</summary>
    public string Schedule { get; } = config.Get("schedule") ?? "cron(0 6 ? * MON *)";

    /// <summary>The time zone of <see cref="Schedule"/>.</summary>
    public string TimeZone { get; } = config.Get("timeZone") ?? "UTC";

    /// <summary>Whether the schedule is on.</summary>
    public bool ScheduleEnabled { get; } = config.GetBoolean("scheduleEnabled") ?? true;

    /// <summary>Who gets mail about failures; null is nobody.</summary>
    public string? AlertEmail { get; } = config.Get("alertEmail");

    /// <summary>Whose the dashboard is: a QuickSight user's name or ARN. Without one, nothing of QuickSight is made.</summary>
    public string? QuickSightUser { get; } = config.Get("quickSightUser");

    /// <summary>Days that logs are kept.</summary>
    public int LogDays { get; } = config.GetInt32("logDays") ?? 30;

    /// <summary>Days in which a deleted secret can be restored, 0 or 7 to 30. Until they are over its name is taken.</summary>
    public int SecretRecoveryDays { get; } = config.GetInt32("secretRecoveryDays") ?? 7;

    /// <summary>
    /// Whether <c>pulumi destroy</c> may delete buckets with their contents, and secrets. Without it they are protected,
    /// and destroy refuses before it deletes anything.
    /// </summary>
    public bool ForceDestroy { get; } = config.GetBoolean("forceDestroy") ?? false;

    /// <summary>
    /// What the names of databases and secrets begin with, so that a second stack fits into the same account and region; empty without one.
    /// </summary>
    /// <exception cref="RunException">It has other characters than AWS takes in both.</exception>
    public string NamePrefix { get; } = config.Get("namePrefix") is not { } text ? ""
        : Prefix().IsMatch(text) ? text
        : throw new RunException($"pyspotify:namePrefix is '{text}'. Use lowercase letters and digits, at most 20, beginning with a letter.");

    /// <summary>What the secrets' names begin with.</summary>
    public string SecretPrefix => NamePrefix is "" ? "" : $"{NamePrefix}/";

    /// <summary>What the databases' names begin with.</summary>
    public string DatabasePrefix => NamePrefix is "" ? "" : $"{NamePrefix}_";

    /// <summary>A bucket's name; null leaves it to Pulumi, which makes it unique.</summary>
    /// <param name="bucket">raw, refined, assets or results.</param>
    public string? BucketName(string bucket) => config.Get($"{bucket}Bucket");

    [GeneratedRegex(@"\A[a-z][a-z0-9]{0,19}\z")]
    private static partial Regex Prefix();
}
