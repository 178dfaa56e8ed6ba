using System.Net;
using System.Net.Http.Headers;
using Amazon.Glue;
using Amazon.SecretsManager;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using PySpotify.Tests;

[assembly: AssemblyFixture(typeof(MotoServer))]

namespace PySpotify.Tests;

/// <summary>What only the deployment uses of moto.</summary>
internal static class Moto
{
    public static AmazonSecretsManagerClient SecretsManager(this MotoServer moto) => new(
        MotoServer.Credentials,
        new AmazonSecretsManagerConfig { ServiceURL = moto.Address.AbsoluteUri, AuthenticationRegion = "us-east-1" });

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

/// <summary>Moto's Glue in Glue's own words: of a crawl that ended well moto says COMPLETED, and Glue SUCCEEDED.</summary>
internal sealed class MotoGlue : IAsyncDisposable
{
    private readonly HttpClient _http = new();
    private readonly WebApplication _server;

    private MotoGlue(Uri moto)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _server = builder.Build();
        _server.Run(async context =>
        {
            using var body = new StreamReader(context.Request.Body);
            using var request = new HttpRequestMessage(HttpMethod.Post, moto) { Content = new StringContent(await body.ReadToEndAsync(context.RequestAborted)) };
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(context.Request.ContentType!);
            foreach (var header in (string[])["X-Amz-Target", "Authorization", "X-Amz-Date"])
            {
                request.Headers.TryAddWithoutValidation(header, (string?)context.Request.Headers[header]);
            }

            using var response = await _http.SendAsync(request, context.RequestAborted);
            var answer = await response.Content.ReadAsStringAsync(context.RequestAborted);
            context.Response.StatusCode = (int)response.StatusCode;
            context.Response.ContentType = context.Request.ContentType;
            await context.Response.WriteAsync(answer.Replace("\"COMPLETED\"", "\"SUCCEEDED\"", StringComparison.Ordinal), context.RequestAborted);
        });
    }

    public Uri Address => new(_server.Urls.Single());

    public static async Task<MotoGlue> StartAsync(MotoServer moto)
    {
        var glue = new MotoGlue(moto.Address);
        await glue._server.StartAsync();
        return glue;
    }

    public AmazonGlueClient Client() => new(
        MotoServer.Credentials, new AmazonGlueConfig { ServiceURL = Address.AbsoluteUri, AuthenticationRegion = "us-east-1" });

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _http.Dispose();
    }
}
