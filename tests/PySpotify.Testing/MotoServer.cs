using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Amazon.Runtime;
using Amazon.S3;

namespace PySpotify.Tests;

/// <summary>AWS as moto has it, on a loopback port, where <c>moto_server</c> (Python's moto[server]) is installed.</summary>
public sealed class MotoServer : IAsyncLifetime
{
    private readonly HttpClient _http = new();
    private Process? _server;
    private Uri? _address;

    /// <summary>Any will do.</summary>
    public static AWSCredentials Credentials { get; } = new BasicAWSCredentials("test", "test");

    /// <summary>Where it is; skips the test where it is not.</summary>
    public Uri Address
    {
        get
        {
            Assert.SkipWhen(_address is null, "moto_server is not on the PATH; `pip install 'moto[server]'` brings it.");
            return _address;
        }
    }

    /// <summary>A loopback address where nothing listens yet.</summary>
    public static Uri FreeAddress()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        return new($"http://{free.LocalEndpoint}/");
    }

    public AmazonS3Client S3() => new(
        Credentials,
        new AmazonS3Config { ServiceURL = Address.AbsoluteUri, ForcePathStyle = true, AuthenticationRegion = "us-east-1" });

    public async ValueTask InitializeAsync()
    {
        var command = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .SelectMany(folder => new[] { Path.Combine(folder, "moto_server"), Path.Combine(folder, "moto_server.exe") })
            .FirstOrDefault(File.Exists);
        if (command is null)
        {
            return;
        }

        // Whoever takes the port before moto does is met by another try.
        for (var attempt = 1; !await StartAsync(command); attempt++)
        {
            if (attempt == 3)
            {
                throw new InvalidOperationException($"{command} does not answer on {_address}.");
            }
        }
    }

    private async Task<bool> StartAsync(string command)
    {
        _address = FreeAddress();
        _server = Process.Start(new ProcessStartInfo(command, ["-H", "127.0.0.1", "-p", $"{_address.Port}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _server.BeginOutputReadLine();
        _server.BeginErrorReadLine();
        for (var waited = Stopwatch.StartNew(); !await AnswersAsync();)
        {
            if (_server.HasExited || waited.Elapsed > TimeSpan.FromMinutes(1))
            {
                _server.Kill(entireProcessTree: true);
                return false;
            }

            await Task.Delay(50);
        }

        return true;
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        _server?.Kill(entireProcessTree: true);
        _server?.Dispose();
        return default;
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var response = await _http.GetAsync(new Uri(_address!, "moto-api/"));
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
