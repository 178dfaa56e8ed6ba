namespace PySpotify.Lambda;

/// <summary>What the stack must know of the Lambdas. It depends on nothing, so that infra/ compiles this same file.</summary>
internal static class Handlers
{
    /// <summary>The functions, by the names that the definition's placeholders have.</summary>
    public static IReadOnlyList<string> Functions { get; } =
        ["Authenticate", "FetchTopPlayed", "FetchPopular", "WriteCsv", "StartCrawler", "PollCrawler"];

    /// <summary>A function's handler: the class that Annotations generates, for the method as written knows no injection.</summary>
    public static string Of(string function) =>
        $"PySpotify.Lambda::PySpotify.Lambda.{function}Lambda_InvokeAsync_Generated::InvokeAsync";
}
