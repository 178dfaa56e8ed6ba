using System.Net;
using System.Net.Sockets;
using System.Text;
using Amazon.Runtime;
using Amazon.S3;
using PySpotify.Functions.Aws;

namespace PySpotify.Tests;

/// <summary>Which faults of AWS pass by themselves, and so have the name that the definition retries.</summary>
public sealed class AwsFaultTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(HttpStatusCode.InternalServerError, "InternalError", true)]
    [InlineData(HttpStatusCode.ServiceUnavailable, "SlowDown", true)]
    [InlineData(HttpStatusCode.TooManyRequests, "TooManyRequests", true)]
    [InlineData((HttpStatusCode)0, null, true)]
    [InlineData(HttpStatusCode.BadRequest, "ThrottlingException", true)]
    [InlineData(HttpStatusCode.BadRequest, "Throttling", true)]
    [InlineData(HttpStatusCode.BadRequest, "RequestTimeout", true)]
    [InlineData(HttpStatusCode.BadRequest, "OperationTimeoutException", true)]
    [InlineData(HttpStatusCode.BadRequest, "InvalidInputException", false)]
    [InlineData(HttpStatusCode.Forbidden, "AccessDenied", false)]
    [InlineData(HttpStatusCode.NotFound, "NoSuchBucket", false)]
    public async Task A_fault_that_passes_by_itself_has_a_name_of_ours(HttpStatusCode status, string? code, bool passes)
    {
        var fault = new AmazonServiceException("It says so.") { StatusCode = status, ErrorCode = code };

        var error = await Assert.ThrowsAnyAsync<Exception>(() => AwsUnavailableException.NameAsync<int>(() => throw fault));

        Assert.Equal(passes, error is AwsUnavailableException && error.Message.Contains("(It says so.)", StringComparison.Ordinal));
        Assert.Equal(!passes, ReferenceEquals(fault, error));
    }

    [Fact]
    public async Task A_connection_that_cannot_be_made_or_breaks_passes_by_itself_and_a_mistake_of_ours_does_not()
    {
        foreach (var fault in (Exception[])[new AmazonClientException("a"), new HttpRequestException("a"), new IOException("a")])
        {
            await Assert.ThrowsAsync<AwsUnavailableException>(() => AwsUnavailableException.NameAsync<int>(() => throw fault));
        }

        await Assert.ThrowsAsync<InvalidOperationException>(() => AwsUnavailableException.NameAsync<int>(() => throw new InvalidOperationException()));
    }

    [Fact]
    public async Task An_object_that_breaks_off_while_it_is_read_has_that_name_too()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        using var s3 = new AmazonS3Client(
            new BasicAWSCredentials("a", "b"),
            new AmazonS3Config { ServiceURL = $"http://127.0.0.1:{((IPEndPoint)server.LocalEndpoint).Port}", ForcePathStyle = true, MaxErrorRetry = 0 });
        var store = new S3ObjectStore(s3, "bucket");
        var serving = Task.Run(
            async () =>
            {
                using var client = await server.AcceptTcpClientAsync(Cancelled);
                await client.GetStream().ReadAtLeastAsync(new byte[4096], 1, cancellationToken: Cancelled);
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf"), Cancelled);
            },
            Cancelled);

        await Assert.ThrowsAsync<AwsUnavailableException>(() => store.OpenReadAsync("spotifytopplayed/a.csv", Cancelled));
        await serving;
    }
}
