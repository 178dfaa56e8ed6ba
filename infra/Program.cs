using Pulumi;

namespace PySpotify.Infra;

internal static class Program
{
    private static Task<int> Main() => Deployment.RunAsync<Pipeline>();
}
