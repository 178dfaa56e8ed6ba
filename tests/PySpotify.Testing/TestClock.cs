using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;

namespace PySpotify.Tests;

/// <summary>
/// The clock of the tests. It moves on where a test moves it, and where code waits (<see cref="Task.Delay(TimeSpan, TimeProvider)"/>):
/// no wait takes real time. A deadline (a <see cref="CancellationTokenSource"/>) comes only where a test advances the clock to it,
/// however long a real server takes to answer.
/// </summary>
internal sealed class TestClock(DateTimeOffset start) : FakeTimeProvider(start)
{
    private static readonly TimeSpan LongestRun = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly SortedSet<DateTimeOffset> _due = [];
    private bool _isRunning;

    public TestClock()
        : this(new(2026, 11, 22, 6, 0, 0, TimeSpan.Zero))
    {
    }

    /// <summary>How far the clock has come.</summary>
    public TimeSpan Elapsed => GetUtcNow() - Start;

    /// <summary>Moves the clock, back too; deadlines stay as far off as they were.</summary>
    public void Skip(TimeSpan time)
    {
        lock (_lock)
        {
            AdjustTime(GetUtcNow() + time);
        }
    }

    /// <summary>
    /// Runs code on this thread. Whenever all of it is waiting, the clock jumps to the timer that is due next, deadlines included.
    /// Anything but this clock that the code waits for (a socket, another thread) counts as idleness.
    /// </summary>
    /// <exception cref="InvalidOperationException">The code waits for something that no timer brings.</exception>
    public T Run<T>(Func<Task<T>> code)
    {
        var before = SynchronizationContext.Current;
        var work = new WorkQueue();
        SynchronizationContext.SetSynchronizationContext(work);
        _isRunning = true;
        try
        {
            var task = code();
            var watch = Stopwatch.StartNew();
            while (!task.IsCompleted)
            {
                if (watch.Elapsed > LongestRun)
                {
                    throw new InvalidOperationException($"The code did not end in {LongestRun}.");
                }

                if (!work.RunNext() && !JumpToNextTimer())
                {
                    throw new InvalidOperationException("The code waits for something that no timer brings.");
                }
            }

            return task.GetAwaiter().GetResult();
        }
        finally
        {
            _isRunning = false;
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime > TimeSpan.Zero && !_isRunning && state is not CancellationTokenSource)
        {
            Skip(dueTime);
            dueTime = TimeSpan.Zero;
        }
        else if (dueTime > TimeSpan.Zero)
        {
            lock (_lock)
            {
                _due.Add(GetUtcNow() + dueTime);
            }
        }

        return base.CreateTimer(callback, state, dueTime, period);
    }

    private bool JumpToNextTimer()
    {
        if (_due.Count == 0)
        {
            return false;
        }

        var next = _due.Min;
        _due.Remove(next);
        if (next > GetUtcNow())
        {
            SetUtcNow(next);
        }

        return true;
    }

    private sealed class WorkQueue : SynchronizationContext
    {
        private readonly ConcurrentQueue<(SendOrPostCallback Callback, object? State)> _work = [];

        public override void Post(SendOrPostCallback d, object? state) => _work.Enqueue((d, state));

        public bool RunNext()
        {
            if (!_work.TryDequeue(out var work))
            {
                return false;
            }

            work.Callback(work.State);
            return true;
        }
    }
}
