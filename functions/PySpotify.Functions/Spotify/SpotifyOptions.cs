namespace PySpotify.Functions.Spotify;

/// <summary>Where Spotify is and how hard it may be asked.</summary>
/// <param name="ApiUrl">The Web API, ending in a slash.</param>
/// <param name="AccountsUrl">The accounts service, ending in a slash.</param>
/// <param name="Concurrency">Calls under way at once, at most.</param>
public sealed record SpotifyOptions(Uri ApiUrl, Uri AccountsUrl, int Concurrency = 4)
{
    /// <summary>Spotify itself.</summary>
    public SpotifyOptions()
        : this(new Uri("https://api.spotify.com/v1/"), new Uri("https://accounts.spotify.com/"))
    {
    }

    /// <summary>How long one attempt may take, its body included.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest Retry-After that is waited out.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Bytes in a body, at most. A page of fifty tracks has about a tenth of a megabyte.</summary>
    public int LargestBody { get; init; } = 32 * 1024 * 1024;
}
