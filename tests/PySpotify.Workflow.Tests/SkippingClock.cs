namespace PySpotify.Workflow.Tests;

/// <summary>
/// A clock that passes every wait at once, by that much time, and keeps every deadline: real servers need real time to
/// answer, and nobody needs to wait for a retry.
/// </summary>
internal sealed class SkippingClock : TimeProvider
{
    private readonly Lock _lock = new();
    private TimeSpan _skipped;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Skipped;

    /// <summary>How much time was waited for, in all.</summary>
    public TimeSpan Skipped
    {
        get
        {
            lock (_lock)
            {
                return _skipped;
            }
        }
    }

    public void Advance(TimeSpan by)
    {
        lock (_lock)
        {
            _skipped += by;
        }
    }

    public override long GetTimestamp() => GetUtcNow().Ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        // Told by what a timer carries: Task.Delay's its promise; WaitAsync's and a token source's, which are deadlines, other
        // things.
        if (dueTime <= TimeSpan.Zero || state?.GetType().Name.StartsWith("DelayPromise", StringComparison.Ordinal) != true)
        {
            return System.CreateTimer(callback, state, dueTime, period);
        }

        Advance(dueTime);
        return System.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
