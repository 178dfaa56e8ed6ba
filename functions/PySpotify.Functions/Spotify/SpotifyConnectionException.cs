using System.Net;
using System.Security.Authentication;

namespace PySpotify.Functions.Spotify;

/// <summary>Something between here and Spotify keeps the connection from being made, and that does not pass by itself.</summary>
public sealed class SpotifyConnectionException : PySpotifyException
{
    private const string CheckProxy = "Check the proxy's address in the environment variables HTTPS_PROXY and HTTP_PROXY, then redrive the execution.";

    private SpotifyConnectionException(string problem, string advice, Exception? inner = null)
        : base($"{problem}. {advice}", inner)
    {
    }

    /// <summary>A proxy requires a sign-in (407).</summary>
    /// <param name="address">What was asked for.</param>
    public static SpotifyConnectionException ProxyRequiresSignIn(Uri? address) => new(
        $"The proxy{NameOf(ProxyFor(address))} requires a user name and a password (407)", CheckProxy);

    /// <summary>What a failed attempt means where another would fail, too; else null.</summary>
    /// <param name="e">How it failed.</param>
    /// <param name="address">What was asked for.</param>
    public static SpotifyConnectionException? OfOneAttempt(HttpRequestException e, Uri address)
    {
        var cause = CauseOf(e);
        return e.HttpRequestError switch
        {
            HttpRequestError.SecureConnectionError when e.InnerException is AuthenticationException => NotSecure(address, cause, e),
            HttpRequestError.ProxyTunnelError when e.StatusCode == HttpStatusCode.ProxyAuthenticationRequired => ProxyRequiresSignIn(address),

            // Its own message would show the password that a proxy's address may have in it.
            HttpRequestError.ProxyTunnelError => new(
                $"The proxy{NameOf(ProxyFor(address))} refuses the connection to {address.Host}{(e.StatusCode is { } status ? $" ({(int)status})" : "")}",
                CheckProxy),
            HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError when ProxyFor(address) is { } proxy => new(
                $"The proxy{NameOf(proxy)} cannot be reached: {cause}", CheckProxy, e),
            _ => null,
        };
    }

    /// <summary>What several failed attempts mean where the connection is to blame; else null.</summary>
    /// <param name="e">How the last one failed.</param>
    /// <param name="address">What was asked for.</param>
    public static SpotifyConnectionException? OfAllAttempts(Exception e, Uri? address) => e switch
    {
        HttpRequestException when ProxyFor(address) is { } proxy => new(
            $"The proxy{NameOf(proxy)} breaks the connection to {address!.Host}: {CauseOf(e)}", CheckProxy, e),
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => NotSecure(address!, CauseOf(e), e),
        _ => null,
    };

    private static SpotifyConnectionException NotSecure(Uri address, string cause, Exception e) => new(
        $"Cannot connect securely to {address.Host}: {cause}",
        "Check this computer's date. If a proxy or virus scanner inspects the traffic, trust its certificate. Then redrive the execution.",
        e);

    private static string CauseOf(Exception e) => e.GetBaseException().Message.TrimEnd('.');

    private static Uri? ProxyFor(Uri? address) =>
        address is not null && !HttpClient.DefaultProxy.IsBypassed(address) ? HttpClient.DefaultProxy.GetProxy(address) : null;

    private static string NameOf(Uri? proxy) => proxy is null ? "" : $" {proxy.Host}:{proxy.Port}";
}
