using System.Diagnostics.CodeAnalysis;
using Amazon.Glue;
using Amazon.Lambda.Annotations;
using Amazon.S3;
using Amazon.SecretsManager;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PySpotify.Functions;
using PySpotify.Functions.Aws;
using PySpotify.Functions.Ports;
using PySpotify.Functions.Rows;
using PySpotify.Functions.Spotify;

namespace PySpotify.Lambda;

/// <summary>
/// What the Lambdas are made of. Each builds only what it needs, so each needs only its own settings; and it builds it when it is
/// first called, since of an error before that Lambda tells only that a constructor failed.
/// </summary>
[LambdaStartup]
public sealed class Startup
{
    /// <summary>Registers the functions and, behind their ports, AWS and SpotifyAPI.Web.</summary>
    [SuppressMessage("Performance", "CA1822", Justification = "The generated handlers call it on an instance.")]
    public void ConfigureServices(IServiceCollection services) => services
        .AddSingleton<LambdaLog>()
        .AddSingleton<ILoggerFactory>(provider => provider.GetRequiredService<LambdaLog>())
        .AddSingleton(typeof(ILogger<>), typeof(Logger<>))
        .AddSingleton(typeof(Lazy<>), typeof(LazyService<>))
        .AddSingleton<IObjectStore>(_ => new S3ObjectStore(
            new AmazonS3Client(),
            Setting(SettingNames.RawBucket) ?? throw new SettingsException($"Set the environment variable {SettingNames.RawBucket} to the raw bucket's name.")))
        .AddSingleton<ISecretStore>(_ => new SecretsManagerStore(new AmazonSecretsManagerClient(), Setting(SettingNames.SecretPrefix) ?? ""))
        .AddSingleton<ICrawler>(_ => new GlueCrawler(new AmazonGlueClient()))
        .AddSingleton<ISpotifyApi, SpotifyWebApi>()
        .AddPySpotifyFunctions(() => SpotifyOptions.Read(Setting));

    private sealed class LazyService<T>(IServiceProvider services) : Lazy<T>(services.GetRequiredService<T>)
        where T : notnull;

    private static string? Setting(string name) => Environment.GetEnvironmentVariable(SettingNames.InEnvironment(name)) is { Length: > 0 } value ? value : null;
}
