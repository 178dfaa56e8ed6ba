using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace PySpotify.Functions.Spotify;

/// <summary>
/// The one way to Spotify, for whichever client: retries what passes by itself, waits when Spotify says so, keeps to
/// the number of calls at once, and turns what is left into errors with a name.
/// </summary>
/// <remarks>
/// An answer that it returns has its whole body and is neither a 429 nor a 5xx nor a refused token. A 200 with nothing or half
/// an answer in it is taken for a fault.
/// </remarks>
public sealed partial class SpotifyHandler : DelegatingHandler
{
    // Enough for a hiccup: what lasts longer is the state machine's to retry.
    private const int FaultRetries = 3;
    private const int RefusalRetries = 2;

    /// <summary>The name of the event that is logged before a wait that Spotify asks for, with its <c>Seconds</c>.</summary>
    public const string WaitingEvent = nameof(Log.Waiting);

    private readonly SpotifyOptions _options;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _gate;
    private readonly RateLimit _rateLimit;
    private readonly ResiliencePipeline<HttpResponseMessage> _retries;
    private readonly ResiliencePipeline _attempt;

    /// <param name="options">Limits.</param>
    /// <param name="inner">What sends: the network, or a stand-in.</param>
    /// <param name="clock">Passes the waiting time.</param>
    /// <param name="logger">Told of every wait and retry.</param>
    public SpotifyHandler(SpotifyOptions options, HttpMessageHandler inner, TimeProvider clock, ILogger logger)
        : base(inner)
    {
        _options = options;
        _logger = logger;
        _gate = new SemaphoreSlim(options.Concurrency);
        _rateLimit = new RateLimit(options, clock);
        _retries = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = clock }
            .AddRetry(Retry(int.MaxValue, TimeSpan.Zero, outcome => IsRateLimit(outcome.Result)))
            .AddRetry(Retry(RefusalRetries, TimeSpan.FromMilliseconds(200), outcome => IsRefusal(outcome.Result)))
            .AddRetry(Retry(
                FaultRetries, TimeSpan.FromMilliseconds(500), outcome => IsFault(outcome.Result) || IsFault(outcome.Exception)))
            .Build();
        _attempt = new ResiliencePipelineBuilder { TimeProvider = clock }.AddTimeout(options.AttemptTimeout).Build();
    }

    /// <summary>A client over this handler and the network.</summary>
    public static HttpClient CreateClient(
        SpotifyOptions options, TimeProvider clock, ILogger logger, HttpMessageHandler? inner = null)
    {
        inner ??= new SocketsHttpHandler
        {
            AutomaticDecompression = DecompressionMethods.All,
            AllowAutoRedirect = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };

        // Time is the handler's to keep: HttpClient's own timeout would count the waiting and the retries in.
        return new HttpClient(new SpotifyHandler(options, inner, clock, logger)) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var what = $"{request.Method} {request.RequestUri!.AbsolutePath}";
        var rateLimits = 0;
        HttpResponseMessage answer;
        try
        {
            answer = await _retries.ExecuteAsync(
                async cancellationToken =>
                {
                    var response = await SendOnceAsync(request, rateLimits, cancellationToken);
                    if (IsRateLimit(response))
                    {
                        rateLimits++;
                    }
                    else if (response.StatusCode == HttpStatusCode.OK)
                    {
                        // Outside the gate, and when the next call is on its way, so that it does not wait for this.
                        await Task.Yield();
                        await SpotifyBody.CheckAsync(response, cancellationToken);
                    }

                    return response;
                },
                cancellationToken);
        }
        catch (Exception e) when (IsFault(e))
        {
            throw (PySpotifyException?)SpotifyConnectionException.OfAllAttempts(e, request.RequestUri) ?? new SpotifyUnavailableException($"{what}: {Describe(e)}", e);
        }

        PySpotifyException? error =
            IsRefusal(answer) ? new SpotifyUnauthorizedException()
            : answer.StatusCode == HttpStatusCode.ProxyAuthenticationRequired ? SpotifyConnectionException.ProxyRequiresSignIn(request.RequestUri)
            : IsFault(answer) ? new SpotifyUnavailableException($"{what}: {Describe(answer)}")
            : null;
        if (error is null)
        {
            return answer;
        }

        answer.Dispose();
        throw error;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _gate.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task<HttpResponseMessage> SendOnceAsync(HttpRequestMessage request, int rateLimits, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            await _rateLimit.WaitAsync(cancellationToken);
            var answer = await _attempt.ExecuteAsync(
                async cancellationToken =>
                {
                    var response = await base.SendAsync(request, cancellationToken);
                    try
                    {
                        await response.Content.LoadIntoBufferAsync(_options.LargestBody, cancellationToken);
                        return response;
                    }
                    catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
                    {
                        response.Dispose();
                        throw new SpotifyResponseException($"it has more than {_options.LargestBody:N0} bytes", e);
                    }
                    catch (Exception e) when (e is InvalidDataException or InvalidOperationException)
                    {
                        response.Dispose();
                        throw new SpotifyResponseException("it cannot be decompressed", e);
                    }
                    catch
                    {
                        response.Dispose();
                        throw;
                    }
                },
                cancellationToken);

            // Before the next call has its turn.
            if (IsRateLimit(answer) && await _rateLimit.ReadAsync(answer, rateLimits, cancellationToken) is { } wait)
            {
                Log.Waiting(_logger, wait.TotalSeconds);
            }

            return answer;
        }
        catch (HttpRequestException e) when (SpotifyConnectionException.OfOneAttempt(e, request.RequestUri!) is { } lasting)
        {
            throw lasting;
        }
        finally
        {
            _gate.Release();
        }
    }

    private RetryStrategyOptions<HttpResponseMessage> Retry(
        int attempts, TimeSpan delay, Predicate<Outcome<HttpResponseMessage>> when) => new()
        {
            MaxRetryAttempts = attempts,
            Delay = delay,
            MaxDelay = TimeSpan.FromSeconds(10),
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            ShouldHandle = arguments => ValueTask.FromResult(when(arguments.Outcome)),
            OnRetry = arguments =>
            {
                // A 429 has its wait elsewhere, and is told there.
                var reason = arguments.Outcome is { Result: { } result } ? Describe(result) : Describe(arguments.Outcome.Exception!);
                if (!IsRateLimit(arguments.Outcome.Result))
                {
                    Log.Retrying(_logger, reason, arguments.AttemptNumber + 1, arguments.RetryDelay.TotalSeconds);
                }

                arguments.Outcome.Result?.Dispose();
                return default;
            },
        };

    private static bool IsRateLimit(HttpResponseMessage? answer) => answer?.StatusCode == HttpStatusCode.TooManyRequests;

    // On the accounts service a 401 is about the app's credentials, which a retry does not mend.
    private static bool IsRefusal(HttpResponseMessage? answer) =>
        answer is { StatusCode: HttpStatusCode.Unauthorized, RequestMessage.Headers.Authorization.Scheme: "Bearer" };

    private static bool IsFault(HttpResponseMessage? answer) =>
        answer is { StatusCode: >= HttpStatusCode.InternalServerError or HttpStatusCode.RequestTimeout };

    private static bool IsFault(Exception? e) => e is HttpRequestException or IOException or TimeoutRejectedException;

    private static string Describe(HttpResponseMessage answer) => $"{(int)answer.StatusCode} {answer.ReasonPhrase}";

    private static string Describe(Exception e) => e is TimeoutRejectedException timeout
        ? string.Create(CultureInfo.InvariantCulture, $"no answer within {timeout.Timeout.TotalSeconds:0.#} s")
        : e.GetBaseException().Message.TrimEnd('.');

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Spotify asks for fewer requests: waiting {Seconds:0.#} s.")]
        public static partial void Waiting(ILogger logger, double seconds);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Spotify: {Reason}; retry {Retry} in {Seconds:0.0} s.")]
        public static partial void Retrying(ILogger logger, string reason, int retry, double seconds);
    }
}
