using Amazon.Glue;
using Amazon.SecretsManager;
using PySpotify.Tests;

[assembly: AssemblyFixture(typeof(MotoServer))]

namespace PySpotify.Tests;

/// <summary>What only the deployment uses of moto.</summary>
internal static class Moto
{
    public static AmazonSecretsManagerClient SecretsManager(this MotoServer moto) => new(
        MotoServer.Credentials,
        new AmazonSecretsManagerConfig { ServiceURL = moto.Address.AbsoluteUri, AuthenticationRegion = "us-east-1" });

    public static AmazonGlueClient Glue(this MotoServer moto) => new(
        MotoServer.Credentials, new AmazonGlueConfig { ServiceURL = moto.Address.AbsoluteUri, AuthenticationRegion = "us-east-1" });

    /// <summary>Whether crawls end when next looked at, or go on.</summary>
    public static async Task LetCrawlsEndAsync(this MotoServer moto, bool end, CancellationToken cancellationToken)
    {
        var transition = end ? """{"progression":"immediate"}""" : """{"progression":"manual","times":1000000}""";
        using var http = new HttpClient();
        using var body = new StringContent($$"""{"model_name":"glue::crawl","transition":{{transition}}}""");
        using var response = await http.PostAsync(
            new Uri(moto.Address, "moto-api/state-manager/set-transition"), body, cancellationToken);
        response.EnsureSuccessStatusCode();
    }
}
