using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using PySpotify.Functions.Ports;
using PySpotify.Functions.Rows;
using PySpotify.Functions.Spotify;

namespace PySpotify.Functions;

/// <summary>How the six functions are put together: the same for Lambda, the command line, tests and benchmarks.</summary>
public static class Services
{
    /// <summary>
    /// Registers the six functions and the way to Spotify. The caller adds logging, <see cref="IObjectStore"/>,
    /// <see cref="ISecretStore"/> and <see cref="ICrawler"/>. A <see cref="TimeProvider"/>, an <see cref="ISpotifyApi"/>
    /// or an <see cref="HttpMessageHandler"/> that it added before is taken in place of the usual one. Nothing is built
    /// before it is asked for.
    /// </summary>
    /// <param name="services">Where to register.</param>
    /// <param name="options">Reads where Spotify is and how hard it may be asked.</param>
    public static IServiceCollection AddPySpotifyFunctions(this IServiceCollection services, Func<SpotifyOptions> options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ISpotifyApi>(provider => provider.GetRequiredService<HttpSpotifyApi>());
        return services
            .AddSingleton(_ => options())
            .AddSingleton(provider => SpotifyHandler.CreateClient(
                provider.GetRequiredService<SpotifyOptions>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<SpotifyHandler>>(),
                provider.GetService<HttpMessageHandler>()))
            .AddSingleton<HttpSpotifyApi>()
            .AddSingleton<TrackStaging>()
            .AddSingleton<Authenticate>()
            .AddSingleton<FetchTopPlayed>()
            .AddSingleton<FetchPopular>()
            .AddSingleton<WriteCsv>()
            .AddSingleton<StartCrawler>()
            .AddSingleton<PollCrawler>();
    }
}
