using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using PySpotify.Functions.Spotify;

namespace PySpotify.Tests;

/// <summary>What is between here and Spotify: told at once, with its cause.</summary>
public sealed class ConnectionTests
{
    private static readonly SpotifyCredentials App = new("fake-client-id", "fake-client-secret");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_certificate_that_is_not_trusted_is_told_at_once()
    {
        using var certificate = SelfSigned();
        using var server = new Listener(async stream =>
        {
            await using var secure = new SslStream(stream);
            await secure.AuthenticateAsServerAsync(certificate);
        });

        var error = await FailAsync(new($"https://127.0.0.1:{server.Port}/"));

        Assert.StartsWith("Cannot connect securely to 127.0.0.1: The remote certificate is invalid", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task A_server_that_does_not_speak_TLS_is_told_at_once()
    {
        using var server = new Listener(stream => stream.WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray(), Cancelled).AsTask());

        var error = await FailAsync(new($"https://127.0.0.1:{server.Port}/"));

        Assert.StartsWith("Cannot connect securely to 127.0.0.1: ", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, server.Connections);
    }

    [Theory]
    [InlineData("407 Proxy Authentication Required", "requires a user name and a password (407)")]
    [InlineData("502 Bad Gateway", "refuses the connection to spotify.invalid (502)")]
    [InlineData("403 Forbidden", "refuses the connection to spotify.invalid (403)")]
    public async Task A_proxy_that_refuses_is_told_at_once_without_its_password(string status, string words)
    {
        using var server = new Listener(stream => stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n"), Cancelled).AsTask());
        var proxy = new WebProxy($"http://me:hush@127.0.0.1:{server.Port}/");

        var error = await FailAsync(new("https://spotify.invalid/"), proxy);

        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.Contains("HTTPS_PROXY", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, server.Connections);
    }

    [Theory]
    [InlineData(false, "unexpected EOF")]
    [InlineData(true, "reset by peer")]
    public async Task A_connection_that_breaks_in_the_handshake_is_tried_again_and_then_named(bool resets, string cause)
    {
        Assert.SkipWhen(resets && !OperatingSystem.IsLinux(), "Other systems say it in other words.");
        using var server = new Listener(_ => Task.CompletedTask) { Resets = resets };

        var error = await FailAsync(new($"https://127.0.0.1:{server.Port}/"));

        Assert.StartsWith("Cannot connect securely to 127.0.0.1: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(cause, error.Message, StringComparison.Ordinal);
        Assert.Equal(4, server.Connections);
    }

    private static async Task<SpotifyConnectionException> FailAsync(Uri accounts, IWebProxy? proxy = null) =>
        await Assert.ThrowsAsync<SpotifyConnectionException>(() => RequestTokenAsync(accounts, proxy));

    private static async Task<IssuedToken> RequestTokenAsync(Uri accounts, IWebProxy? proxy)
    {
        var options = new SpotifyOptions { AccountsUrl = accounts };
        using var network = new SocketsHttpHandler { Proxy = proxy, UseProxy = proxy is not null };
        using var http = SpotifyHandler.CreateClient(options, new TestClock(), NullLogger.Instance, network);
        return await new HttpSpotifyApi(http, options).RequestTokenAsync(App, Cancelled);
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }

    /// <summary>A server on loopback that reads something, answers and closes.</summary>
    private sealed class Listener : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private int _connections;

        public Listener(Func<NetworkStream, Task> answer)
        {
            _listener.Start();
            _ = ServeAsync(answer);
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public int Connections => _connections;

        /// <summary>Whether it ends a connection without a farewell.</summary>
        public bool Resets { get; init; }

        public void Dispose() => _listener.Dispose();

        private async Task ServeAsync(Func<NetworkStream, Task> answer)
        {
            while (true)
            {
                try
                {
                    using var client = await _listener.AcceptTcpClientAsync();
                    _connections++;
                    await using var stream = client.GetStream();
                    await answer(stream);
                    if (Resets)
                    {
                        await stream.ReadExactlyAsync(new byte[1]);
                        client.LingerState = new(true, 0);
                        client.Client.Close();
                        continue;
                    }

                    client.Client.Shutdown(SocketShutdown.Send);
                    while (await stream.ReadAsync(new byte[1024]) > 0)
                    {
                    }
                }
                catch (Exception e) when (e is IOException or AuthenticationException)
                {
                    // The caller does not go on.
                }
                catch (Exception e) when (e is SocketException or ObjectDisposedException)
                {
                    return;
                }
            }
        }
    }
}
