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

    /// <summary>A proxy wants to know who asks (407).</summary>
    /// <param name="address">What was asked for.</param>
    public static SpotifyConnectionException ProxyWantsSignIn(Uri? address) => new(
        $"The proxy{NameOf(ProxyFor(address))} wants a user name and a password (407)", CheckProxy);

    /// <summary>What a failed request means; null where it is a fault that may pass.</summary>
    /// <param name="e">How it failed.</param>
    /// <param name="address">What was asked for.</param>
    public static SpotifyConnectionException? From(HttpRequestException e, Uri address)
    {
        var cause = e.GetBaseException().Message.TrimEnd('.');
        return e.HttpRequestError switch
        {
            HttpRequestError.SecureConnectionError when e.InnerException is AuthenticationException => new(
                $"There is no secure connection to {address.Host}: {cause}",
                "Check this computer's date, and whether a proxy or virus scanner reads along, whose certificate would have to be trusted here; "
                + "then redrive the execution.",
                e),

            // Its own message would show the password that a proxy's address may have in it.
            HttpRequestError.ProxyTunnelError => new(
                $"The proxy{NameOf(ProxyFor(address))} refuses the connection to {address.Host}{(cause.Contains("407", StringComparison.Ordinal) ? ": it wants a user name and a password (407)" : "")}",
                CheckProxy),
            HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError when ProxyFor(address) is { } proxy => new(
                $"The proxy{NameOf(proxy)} cannot be reached: {cause}", CheckProxy, e),
            _ => null,
        };
    }

    private static Uri? ProxyFor(Uri? address) =>
        address is not null && !HttpClient.DefaultProxy.IsBypassed(address) ? HttpClient.DefaultProxy.GetProxy(address) : null;

    private static string NameOf(Uri? proxy) => proxy is null ? "" : $" {proxy.Host}:{proxy.Port}";
}
