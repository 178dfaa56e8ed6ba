using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Amazon.Glue;
using Amazon.Lambda.Annotations;
using Amazon.S3;
using Amazon.SecretsManager;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PySpotify.Functions;
using PySpotify.Functions.Crawling;
using PySpotify.Functions.Spotify;
using PySpotify.Functions.Storage;

namespace PySpotify.Lambda;

/// <summary>What the Lambdas are made of. Each builds only what it needs, so each needs only its own settings.</summary>
[LambdaStartup]
public sealed class Startup
{
    /// <summary>Registers the functions and, behind their ports, AWS and SpotifyAPI.Web.</summary>
    [SuppressMessage("Performance", "CA1822", Justification = "The generated handlers call it on an instance.")]
    public void ConfigureServices(IServiceCollection services) => services
        .AddSingleton(TimeProvider.System)
        .AddSingleton<LambdaLog>()
        .AddSingleton<ILoggerFactory>(provider => provider.GetRequiredService<LambdaLog>())
        .AddSingleton(typeof(ILogger<>), typeof(Logger<>))
        .AddSingleton<IObjectStore>(_ => new S3ObjectStore(
            new AmazonS3Client(),
            Setting(Handlers.RawBucket) ?? throw new InvalidOperationException($"The environment lacks {Handlers.RawBucket}.")))
        .AddSingleton<ISecretStore>(_ => new SecretsManagerStore(new AmazonSecretsManagerClient()))
        .AddSingleton<ICrawler>(_ => new GlueCrawler(new AmazonGlueClient()))
        .AddSingleton(ReadSpotifyOptions())
        .AddSingleton(provider => SpotifyHandler.CreateClient(
            provider.GetRequiredService<SpotifyOptions>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<SpotifyHandler>>()))
        .AddSingleton<ISpotifyApi, SpotifyWebApi>()
        .AddSingleton<TrackStaging>()
        .AddSingleton<Authenticate>()
        .AddSingleton<FetchTopPlayed>()
        .AddSingleton<FetchPopular>()
        .AddSingleton<WriteCsv>()
        .AddSingleton<StartCrawler>()
        .AddSingleton<PollCrawler>();

    private static SpotifyOptions ReadSpotifyOptions()
    {
        var usual = new SpotifyOptions();
        return usual with
        {
            ApiUrl = Setting("Spotify__ApiUrl") is { } api ? new Uri(api) : usual.ApiUrl,
            AccountsUrl = Setting("Spotify__AccountsUrl") is { } accounts ? new Uri(accounts) : usual.AccountsUrl,
            Concurrency = Setting(Handlers.Concurrency) is { } calls
                ? int.Parse(calls, CultureInfo.InvariantCulture)
                : usual.Concurrency,
        };
    }

    private static string? Setting(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
