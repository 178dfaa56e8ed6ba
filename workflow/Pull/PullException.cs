using System.Net;
using System.Net.Sockets;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.S3;
using PySpotify.Functions;
using PySpotify.Functions.Aws;

namespace PySpotify.Workflow.Pull;

/// <summary>The snapshots could not be brought here.</summary>
internal sealed class PullException(string message, Exception? inner = null) : PySpotifyException(message, inner)
{
    private const string RunAgain = "then run the command again; it goes on from where it stopped";

    /// <summary>Whether an exception comes from S3 or the way there.</summary>
    public static bool IsFromS3(Exception e) => e is AmazonServiceException or AmazonClientException or HttpRequestException or HttpIOException
        or IOException { InnerException: SocketException } or TimeoutException or OperationCanceledException { InnerException: TimeoutException };

    /// <summary>Says what S3 meant, and what to do about it.</summary>
    /// <param name="e">What the SDK threw.</param>
    /// <param name="bucket">The bucket's name.</param>
    /// <param name="action">What was refused: <c>list</c> or <c>read</c>.</param>
    public static PullException From(Exception e, string bucket, string action) => new(
        e switch
        {
            AmazonS3Exception s3 when RegionOf(s3) is { Length: > 0 } region => $"The bucket '{bucket}' is in the region {region}. Add --region {region}.",
            AmazonServiceException service => Explain(service, bucket, action),
            _ => $"Cannot reach S3: {Quote(e)}. Check the network and the region, {RunAgain}.",
        },
        e);

    private static string Explain(AmazonServiceException e, string bucket, string action) => e.ErrorCode switch
    {
        "NoSuchBucket" => $"There is no bucket '{bucket}'. `pulumi stack output RawBucket` prints the name of a stack's.",
        "ExpiredToken" or "ExpiredTokenException" or "TokenRefreshRequired" or "RequestExpired" =>
            $"The AWS credentials have expired. Sign in to AWS again, {RunAgain}.",
        "InvalidAccessKeyId" or "SignatureDoesNotMatch" or "InvalidToken" or "AuthFailure" =>
            $"AWS does not accept these credentials: {Quote(e)}. Check them with `aws sts get-caller-identity`, or name another profile with --profile.",
        "RequestTimeTooSkewed" => $"AWS does not accept this machine's time. Set its clock, {RunAgain}.",
        _ when e.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized =>
            $"These AWS credentials may not {action} the bucket '{bucket}': {Quote(e)}. They need s3:ListBucket on it and s3:GetObject on what is in it.",
        _ when AwsUnavailableException.PassesByItself(e) => $"S3 cannot answer at the moment: {Quote(e)}. Wait a while, {RunAgain}.",
        _ => $"S3 refused to {action} the bucket '{bucket}': {Quote(e)}.",
    };

    /// <returns>The region that S3 says the bucket is in; null where it says nothing of a region.</returns>
    private static string? RegionOf(AmazonS3Exception e) => e.ErrorCode is "PermanentRedirect" or "TemporaryRedirect" or "AuthorizationHeaderMalformed"
        || e.StatusCode == HttpStatusCode.MovedPermanently
            ? (e.InnerException as HttpErrorResponseException)?.Response.GetHeaderValue("x-amz-bucket-region")
            : null;

    private static string Quote(Exception e) => e.Message.ReplaceLineEndings(" ").Trim().TrimEnd('.');
}
