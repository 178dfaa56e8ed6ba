using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Web;
using PySpotify.Functions;
using PySpotify.Functions.Spotify;

namespace PySpotify.Workflow.Local;

/// <summary>
/// A person's sign-in by the authorization code flow: Spotify's page in the browser, which redirects to a listener on
/// this machine. https://developer.spotify.com/documentation/web-api/tutorials/code-flow
/// </summary>
internal static class AuthorizationCodeFlow
{
    private const string Scopes = "playlist-read-private playlist-read-collaborative user-top-read";
    private static readonly TimeSpan SignInTimeout = TimeSpan.FromMinutes(5);

    /// <summary>Has a person sign in.</summary>
    /// <param name="api">Redeems the code.</param>
    /// <param name="credentials">The app.</param>
    /// <param name="accountsUrl">Spotify's accounts service.</param>
    /// <param name="port">The port of the redirect address, as the app's page on Spotify names it; 0 takes a free one.</param>
    /// <param name="showPage">Shows the page to a person.</param>
    /// <param name="clock">Ends the wait after five minutes.</param>
    /// <param name="cancellationToken">Cancels it before.</param>
    /// <returns>A token, and the refresh token with it.</returns>
    /// <exception cref="LoginException">The port is in use, the person declined, or nobody signed in in time.</exception>
    public static async Task<IssuedToken> SignInAsync(
        HttpSpotifyApi api, SpotifyCredentials credentials, Uri accountsUrl, int port, Action<Uri> showPage, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
        }
        catch (SocketException e)
        {
            throw new LoginException($"Port {port} on 127.0.0.1 is in use. Choose another with --port, and add its address to the app's redirect URIs.", e);
        }

        var redirect = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/callback";
        var state = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        showPage(new Uri(accountsUrl, $"authorize?response_type=code&client_id={Uri.EscapeDataString(credentials.ClientId)}"
            + $"&scope={Uri.EscapeDataString(Scopes)}&redirect_uri={Uri.EscapeDataString(redirect)}&state={state}"));

        using var timeout = new CancellationTokenSource(SignInTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var code = await WaitForCodeAsync(listener, state, either.Token);
            var issued = await api.RedeemCodeAsync(credentials, code, redirect, either.Token);
            return issued.RefreshToken is null ? throw new LoginException("Spotify issued no refresh token. Try again.") : issued;
        }
        catch (OperationCanceledException e) when (timeout.IsCancellationRequested)
        {
            throw new LoginException($"Nobody signed in within {SignInTimeout.TotalMinutes} minutes.", e);
        }
    }

    private static async Task<string> WaitForCodeAsync(TcpListener listener, string state, CancellationToken cancellationToken)
    {
        while (true)
        {
            using var client = await listener.AcceptTcpClientAsync(cancellationToken);
            await using var stream = client.GetStream();
            using var reader = new StreamReader(stream, Encoding.ASCII, false, 1024, leaveOpen: true);
            string? line;
            try
            {
                using var soon = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                soon.CancelAfter(TimeSpan.FromSeconds(10));
                line = await reader.ReadLineAsync(soon.Token);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                continue;
            }

            var query = line?.Split(' ') is ["GET", var target, ..] && target.StartsWith("/callback?", StringComparison.Ordinal)
                ? HttpUtility.ParseQueryString(target["/callback".Length..])
                : [];

            // What does not bring our state back was not asked for by us: a page elsewhere may have sent it.
            var isOurs = CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(query["state"] ?? ""), Encoding.ASCII.GetBytes(state));
            var (status, text) = (isOurs, query["code"]) switch
            {
                (false, _) => ("400 Bad Request", "This is not the sign-in that PySpotify asked for."),
                (true, null) => ("200 OK", "You did not grant access. You can close this page."),
                _ => ("200 OK", "You are signed in. You can close this page and go back to PySpotify."),
            };
            try
            {
                await stream.WriteAsync(
                    Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {text.Length}\r\nConnection: close\r\n\r\n{text}"),
                    cancellationToken);
            }
            catch (IOException)
            {
                // The caller has gone without its answer; what it brought still counts.
            }

            if (isOurs)
            {
                return query["code"] ?? throw new LoginException($"Access was not granted ({query["error"] ?? "no reason given"}). Run `pyspotify login` again and agree.");
            }
        }
    }
}

/// <summary>The sign-in failed.</summary>
internal sealed class LoginException(string message, Exception? inner = null) : PySpotifyException(message, inner);
