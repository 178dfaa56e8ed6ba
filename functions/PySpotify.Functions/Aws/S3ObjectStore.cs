using System.Net;
using Amazon.S3;
using Amazon.S3.Model;
using PySpotify.Functions.Ports;
using PySpotify.Functions.Rows;

namespace PySpotify.Functions.Aws;

/// <summary>An S3 bucket.</summary>
public sealed class S3ObjectStore(IAmazonS3 s3, string bucket) : IObjectStore
{
    /// <inheritdoc/>
    public async Task<Stream> OpenReadAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            return await AwsUnavailableException.NameAsync(async () =>
            {
                // Whole, so that a connection that breaks midway has the same name.
                using var response = await s3.GetObjectAsync(bucket, Keys.Checked(key), cancellationToken);
                var content = new MemoryStream();
                await response.ResponseStream.CopyToAsync(content, cancellationToken);
                content.Position = 0;
                return content;
            });
        }
        catch (AmazonS3Exception e) when (e.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Forbidden)
        {
            // To who may not list a bucket, S3 says of a missing object that it is forbidden.
            throw new ObjectNotFoundException($"s3://{bucket}/{key}", e);
        }
    }

    /// <inheritdoc/>
    /// <remarks>Written to a temporary file first: an upload cannot be taken back, and its length must be known.</remarks>
    public async Task WriteAsync(
        string key, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        Keys.Checked(key);
        await using var file = new FileStream(
            Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
        await write(file, cancellationToken);
        file.Position = 0;
        await AwsUnavailableException.NameAsync(() => s3.PutObjectAsync(
            new PutObjectRequest { BucketName = bucket, Key = key, InputStream = file, AutoCloseStream = false },
            cancellationToken));
    }

    /// <inheritdoc/>
    public async Task DeleteAsync(string key, CancellationToken cancellationToken) =>
        await AwsUnavailableException.NameAsync(() => s3.DeleteObjectAsync(bucket, Keys.Checked(key), cancellationToken));
}
