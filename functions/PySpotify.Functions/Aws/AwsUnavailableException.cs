using System.Net;
using Amazon.Runtime;

namespace PySpotify.Functions.Aws;

/// <summary>AWS did not answer, or answered with a fault of its own, more often than its SDK tries again.</summary>
/// <remarks>The definition retries it by this name; the SDK's own exceptions have a name for each service.</remarks>
public sealed class AwsUnavailableException(Exception inner) : PySpotifyException(
    $"AWS could not be reached or is not working ({inner.Message}). Check https://health.aws.amazon.com, then redrive the execution.", inner)
{
    /// <summary>Whether an exception of the SDK's is one that passes by itself: no answer, throttling, a fault (5xx).</summary>
    public static bool PassesByItself(Exception e) => e switch
    {
        AmazonServiceException service => service.StatusCode is 0 or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError
            || service.ErrorCode is "SlowDown" or "Throttling" or "ThrottlingException" or "RequestTimeout" or "OperationTimeoutException",
        AmazonClientException or HttpRequestException or IOException => true,
        _ => false,
    };

    /// <summary>Does a call, and gives what passes by itself this name.</summary>
    /// <exception cref="AwsUnavailableException">AWS could not be reached or is not working.</exception>
    public static async Task<T> NameAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception e) when (PassesByItself(e))
        {
            throw new AwsUnavailableException(e);
        }
    }
}
