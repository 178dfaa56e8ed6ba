using System.Text.RegularExpressions;
using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Amazon.Runtime.Credentials;
using Amazon.S3;
using PySpotify.Functions.Spotify;

namespace PySpotify.Workflow.Pull;

/// <summary>Opens S3.</summary>
/// <param name="profile">The AWS profile to use; null leaves the choice to the SDK.</param>
/// <param name="region">The bucket's region; null leaves the choice to the SDK, too.</param>
internal delegate Task<IAmazonS3> OpenS3(string? profile, string? region);

/// <summary>S3 with the AWS SDK's usual credentials: environment, profiles, the machine's role.</summary>
internal static partial class S3Connection
{
    /// <inheritdoc cref="OpenS3"/>
    /// <exception cref="SettingsException">There is no such profile, or that is not a region.</exception>
    /// <exception cref="PullException">There are no credentials, or they cannot be used.</exception>
    public static async Task<IAmazonS3> OpenAsync(string? profile, string? region)
    {
        if (region is not null && !Region().IsMatch(region))
        {
            throw new SettingsException($"'{region}' is not an AWS region. Write it like eu-central-1.");
        }

        var config = new AmazonS3Config();
        RegionEndpoint? usual = null;
        if (profile is not null)
        {
            usual = FindProfile(profile).Region;
            config.Profile = new Profile(profile);
        }

        // Asked in the wrong region, S3 names the right one.
        config.RegionEndpoint = region is not null ? RegionEndpoint.GetBySystemName(region) : config.RegionEndpoint ?? usual ?? RegionEndpoint.USEast1;
        return new AmazonS3Client(await FindCredentialsAsync(config, profile), config);
    }

    private static async Task<AWSCredentials> FindCredentialsAsync(AmazonS3Config config, string? profile)
    {
        try
        {
            var credentials = await DefaultAWSCredentialsIdentityResolver.GetCredentialsAsync(config);
            await credentials.GetCredentialsAsync();
            return credentials;
        }
        catch (Exception e) when (profile is null && Environment.GetEnvironmentVariable("AWS_PROFILE") is { Length: > 0 } named)
        {
            _ = FindProfile(named);
            throw NotUsable(named, e);
        }
        catch (Exception e) when (profile is null)
        {
            throw new PullException(
                "There are no AWS credentials. Run `aws configure`, or name a profile with --profile. If you sign in to AWS in a browser, "
                + "set those that `aws configure export-credentials --format env` prints.",
                e);
        }
        catch (Exception e)
        {
            throw NotUsable(profile!, e);
        }
    }

    // Browser sign-ins and assumed roles need packages of the SDK's that PySpotify does without.
    private static PullException NotUsable(string profile, Exception e) => new(
        $"PySpotify cannot use the AWS profile '{profile}' as it is: it has no access key, or the program it names fails. "
        + $"Set the credentials that `aws configure export-credentials --profile {profile} --format env` prints, then run pull without --profile.",
        e);

    private static CredentialProfile FindProfile(string profile)
    {
        var profiles = new CredentialProfileStoreChain().ListProfiles();
        return profiles.Find(known => known.Name == profile)
            ?? throw new SettingsException($"There is no AWS profile '{profile}' with credentials. " + (profiles is []
                ? $"`aws configure --profile {profile}` makes it."
                : $"Those that have some: {string.Join(", ", profiles.Select(known => known.Name).Distinct().Order(StringComparer.Ordinal))}."));
    }

    [GeneratedRegex(@"\A[a-z]{2,}(-[a-z]+)+-[0-9]+\z")]
    private static partial Regex Region();
}
