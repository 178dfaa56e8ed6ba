using System.Net;
using Amazon.S3;
using Amazon.S3.Model;
using PySpotify.Functions;
using PySpotify.Functions.Rows;
using PySpotify.Workflow.Local;

namespace PySpotify.Workflow.Pull;

/// <summary>An object of the raw bucket.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="ETag">What S3 tells its content by, without quotes.</param>
internal sealed record RawObject(string Key, long Size, string ETag);

/// <summary>The raw bucket of a stack on AWS.</summary>
internal sealed class RawBucket(IAmazonS3 s3, string name, TimeProvider clock)
{
    private const int MaxDownloads = 8;

    private static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(60);

    /// <summary>The top folders that are brought, and what the files in them are called.</summary>
    private static readonly Dictionary<string, string> Extensions = new()
    {
        [Tables.TopPlayed] = ".csv",
        [Tables.Popular] = ".csv",
        [Prefixes.Sources] = ".json",
        [Prefixes.Quarantine] = ".jsonl",
        [Prefixes.OldQuarantine] = ".jsonl",
    };

    /// <summary>Lists the snapshots' files, their sources' records and the refused rows; nothing that is staged.</summary>
    /// <param name="passedOver">Gets the keys of what is not such a file, or cannot be one here.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="PullException">S3 does not list the bucket.</exception>
    public async Task<IReadOnlyList<RawObject>> ListAsync(List<string> passedOver, CancellationToken cancellationToken)
    {
        var objects = new List<RawObject>();

        // Encoded, since XML cannot hold every character that a key can.
        var request = new ListObjectsV2Request { BucketName = name, Encoding = EncodingType.Url };
        ListObjectsV2Response page;
        do
        {
            page = await NameAsync(() => s3.ListObjectsV2Async(request, cancellationToken), "list");
            request.ContinuationToken = page.NextContinuationToken;
            foreach (var found in page.S3Objects ?? [])
            {
                var key = WebUtility.UrlDecode(found.Key);
                if (Extensions.GetValueOrDefault(key.Split('/')[0]) is not { } extension || key.EndsWith('/'))
                {
                    continue;
                }

                if (key.EndsWith(extension, StringComparison.Ordinal) && Keys.IsFileName(key))
                {
                    objects.Add(new(key, found.Size ?? 0, Unquote(found.ETag)));
                }
                else
                {
                    passedOver.Add(key);
                }
            }
        }
        while (page.IsTruncated is true);

        return objects;
    }

    /// <summary>Brings objects here, a few at once. A file is whole or not there.</summary>
    /// <param name="objects">The objects.</param>
    /// <param name="folder">The folder that stands in for the bucket.</param>
    /// <param name="etags">Learns what came.</param>
    /// <param name="brought">Called for each that has come.</param>
    /// <param name="cancellationToken">Cancels it; what has come stays.</param>
    /// <exception cref="PullException">S3 does not give an object.</exception>
    public Task DownloadAsync(
        IReadOnlyList<RawObject> objects, LocalObjectStore folder, ETags etags, Action<RawObject> brought, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(
            objects,
            new ParallelOptions { MaxDegreeOfParallelism = MaxDownloads, CancellationToken = cancellationToken },
            async (found, cancellationToken) =>
            {
                var etag = await NameAsync(() => DownloadAsync(found.Key, folder, cancellationToken), "read");
                if (etag is not null)
                {
                    etags.Remember(found.Key, etag);
                }

                brought(found);
            });

    /// <returns>The ETag of what came; null where the object is gone by now.</returns>
    private async Task<string?> DownloadAsync(string key, LocalObjectStore folder, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await s3.GetObjectAsync(name, key, cancellationToken);
            await folder.WriteAsync(key, (file, cancellationToken) => CopyAsync(response.ResponseStream, file, cancellationToken), cancellationToken);
            return Unquote(response.ETag);
        }
        catch (AmazonS3Exception e) when (e.ErrorCode == "NoSuchKey")
        {
            return null;
        }
    }

    /// <summary>Copies a body. The SDK waits without end for one that does not go on.</summary>
    private async Task CopyAsync(Stream body, Stream file, CancellationToken cancellationToken)
    {
        using var idle = new CancellationTokenSource(IdleTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(idle.Token, cancellationToken);
        var buffer = new byte[1 << 16];
        try
        {
            int read;
            do
            {
                read = await body.ReadAsync(buffer, either.Token);
                await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                idle.CancelAfter(IdleTimeout);
            }
            while (read > 0);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"nothing came for {IdleTimeout.TotalSeconds} seconds");
        }
    }

    private async Task<T> NameAsync<T>(Func<Task<T>> call, string action)
    {
        try
        {
            return await call();
        }
        catch (Exception e) when (PullException.IsFromS3(e))
        {
            throw PullException.From(e, name, action);
        }
    }

    private static string Unquote(string etag) => etag.Trim('"');
}
