using System.Globalization;

namespace PySpotify.Functions.Spotify;

/// <summary>The waits that Spotify asks for with a 429. They are every call's, whichever was refused.</summary>
internal sealed class RateLimit(SpotifyOptions options, TimeProvider clock)
{
    private static readonly TimeSpan PauseWindow = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private readonly Queue<(DateTimeOffset At, TimeSpan Time)> _pauses = [];
    private DateTimeOffset _quietUntil;

    /// <summary>Waits until a call may be sent.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        for (var wait = Remaining(); wait > TimeSpan.Zero; wait = Remaining())
        {
            await Task.Delay(wait, clock, cancellationToken);
        }
    }

    /// <summary>Takes the wait from a 429.</summary>
    /// <param name="response">The 429.</param>
    /// <param name="earlier">How many the same call had before.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>The wait; null if calls wait as long already.</returns>
    /// <exception cref="SpotifyQuotaExceededException">The app's quota is used up.</exception>
    /// <exception cref="SpotifyRateLimitedException">The wait is too long, or the waits of ten minutes are together.</exception>
    public async Task<TimeSpan?> ReadAsync(HttpResponseMessage response, int earlier, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var named = RetryAfter(response, now);

        // A time that is nearer is past before anybody reads of it.
        var until = named > options.LongestWait ? now + named : null;
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        if (body.Contains("QUOTA_EXCEEDED", StringComparison.Ordinal))
        {
            throw new SpotifyQuotaExceededException(until);
        }

        if (until is not null)
        {
            throw new SpotifyRateLimitedException(until);
        }

        // Spotify may say 0 or 1 again and again, or nothing.
        var growing = TimeSpan.FromSeconds(1 << Math.Min(earlier, 6));
        var wait = named > growing ? named.Value : growing < options.LongestWait ? growing : options.LongestWait;
        lock (_lock)
        {
            if (now + wait <= _quietUntil)
            {
                return null;
            }

            while (_pauses.TryPeek(out var pause) && pause.At < now - PauseWindow)
            {
                _pauses.Dequeue();
            }

            _pauses.Enqueue((now, now + wait - (now > _quietUntil ? now : _quietUntil)));
            if (_pauses.Sum(pause => pause.Time.TotalSeconds) > options.LongestWaitInAll.TotalSeconds)
            {
                throw new SpotifyRateLimitedException(until: null);
            }

            _quietUntil = now + wait;
        }

        return wait;
    }

    private TimeSpan Remaining()
    {
        lock (_lock)
        {
            return _quietUntil - clock.GetUtcNow();
        }
    }

    /// <returns>A year or less; null where the header is missing or means nothing.</returns>
    private static TimeSpan? RetryAfter(HttpResponseMessage response, DateTimeOffset now)
    {
        if (!response.Headers.TryGetValues("Retry-After", out var values))
        {
            return null;
        }

        var value = values.First();
        var seconds = double.TryParse(value, CultureInfo.InvariantCulture, out var number) ? number
            : DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, out var date) ? (date - now).TotalSeconds
            : -1;
        return seconds >= 0 ? TimeSpan.FromSeconds(Math.Min(seconds, 365 * 86_400)) : null;
    }
}
