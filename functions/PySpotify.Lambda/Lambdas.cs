using Amazon.Lambda.Annotations;
using PySpotify.Functions;
using PySpotify.Functions.Rows;
using PySpotify.Functions.Spotify;

namespace PySpotify.Lambda;

/// <summary>Hands over to <see cref="Authenticate"/>.</summary>
public sealed class AuthenticateLambda(Lazy<Authenticate> function, LambdaLog log)
{
    /// <summary>The handler.</summary>
    [LambdaFunction]
    public Task<AuthenticateOutput> InvokeAsync(AuthenticateInput input) =>
        log.FollowAsync(input.Execution, input.State, () => function.Value.InvokeAsync(input, CancellationToken.None));
}

/// <summary>Hands over to <see cref="FetchTopPlayed"/>.</summary>
public sealed class FetchTopPlayedLambda(Lazy<FetchTopPlayed> function, LambdaLog log)
{
    /// <summary>The handler.</summary>
    [LambdaFunction]
    public Task<StagedTracks> InvokeAsync(FetchTopPlayedInput input) =>
        log.FollowAsync(input.Execution, input.State, () => function.Value.InvokeAsync(input, CancellationToken.None));
}

/// <summary>Hands over to <see cref="FetchPopular"/>.</summary>
public sealed class FetchPopularLambda(Lazy<FetchPopular> function, LambdaLog log)
{
    /// <summary>The handler.</summary>
    [LambdaFunction]
    public Task<StagedTracks> InvokeAsync(FetchPopularInput input) =>
        log.FollowAsync(input.Execution, input.State, () => function.Value.InvokeAsync(input, CancellationToken.None));
}

/// <summary>Hands over to <see cref="WriteCsv"/>.</summary>
public sealed class WriteCsvLambda(Lazy<WriteCsv> function, LambdaLog log)
{
    /// <summary>The handler.</summary>
    [LambdaFunction]
    public Task<WriteCsvOutput> InvokeAsync(WriteCsvInput input) =>
        log.FollowAsync(input.Execution, input.State, () => function.Value.InvokeAsync(input, CancellationToken.None));
}

/// <summary>Hands over to <see cref="StartCrawler"/>.</summary>
public sealed class StartCrawlerLambda(Lazy<StartCrawler> function, LambdaLog log)
{
    /// <summary>The handler.</summary>
    [LambdaFunction]
    public Task<Crawl> InvokeAsync(StartCrawlerInput input) =>
        log.FollowAsync(input.Execution, input.State, () => function.Value.InvokeAsync(input, CancellationToken.None));
}

/// <summary>Hands over to <see cref="PollCrawler"/>.</summary>
public sealed class PollCrawlerLambda(Lazy<PollCrawler> function, LambdaLog log)
{
    /// <summary>The handler.</summary>
    [LambdaFunction]
    public Task<Crawl> InvokeAsync(PollCrawlerInput input) =>
        log.FollowAsync(input.Execution, input.State, () => function.Value.InvokeAsync(input, CancellationToken.None));
}
