using System.Collections.Concurrent;
using System.Diagnostics;

namespace PySpotify.Workflow.Tests;

/// <summary>A clock that waits for nobody. <see cref="Run{T}"/> runs asynchronous code on the calling thread and, when
/// all of it is waiting, jumps to the timer that is due next; <see cref="Advance"/> moves it by hand.</summary>
/// <remarks>Within Run a wait for anything but this clock (a socket, Task.Run) counts as idleness: advance by hand there.</remarks>
internal sealed class FakeClock : TimeProvider
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly PriorityQueue<FakeTimer, (DateTimeOffset Due, long Order)> _timers = new();
    private DateTimeOffset _now;
    private long _order;

    public FakeClock(DateTimeOffset? start = null) => _now = Start = start ?? new(2026, 1, 31, 9, 30, 0, TimeSpan.Zero);

    public DateTimeOffset Start { get; }

    /// <summary>How far the clock has come.</summary>
    public TimeSpan Elapsed => GetUtcNow() - Start;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            return _now;
        }
    }

    public override long GetTimestamp() => GetUtcNow().Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        FakeTimer timer = new(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock, firing what falls due on the way, each at its own time.</summary>
    public void Advance(TimeSpan by)
    {
        var end = GetUtcNow() + by;
        while (Fire(end))
        {
        }
        lock (_lock)
        {
            _now = end;
        }
    }

    /// <summary>Runs the code to its end, jumping over every wait.</summary>
    /// <exception cref="InvalidOperationException">The code waits for something that no timer brings.</exception>
    public T Run<T>(Func<Task<T>> code)
    {
        var before = SynchronizationContext.Current;
        using Loop loop = new();
        SynchronizationContext.SetSynchronizationContext(loop);
        try
        {
            var task = code();
            var watch = Stopwatch.StartNew();
            while (!task.IsCompleted)
            {
                if (watch.Elapsed > Patience)
                {
                    throw new InvalidOperationException($"The code did not end in {Patience}.");
                }

                if (!loop.RunOne() && !Fire(DateTimeOffset.MaxValue))
                {
                    throw new InvalidOperationException("The code waits for something that no timer brings.");
                }
            }
            return task.GetAwaiter().GetResult();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    private bool Fire(DateTimeOffset until)
    {
        FakeTimer? timer;
        lock (_lock)
        {
            while (_timers.TryPeek(out timer, out var at) && timer.Order != at.Order)
            {
                _timers.Dequeue();
            }

            if (timer is null || timer.Due > until)
            {
                return false;
            }

            _timers.Dequeue();
            _now = timer.Due > _now ? timer.Due : _now;
            timer.Order = 0;
            if (timer.Period > TimeSpan.Zero)
            {
                Schedule(timer, timer.Period);
            }
        }
        timer.Callback();
        return true;
    }

    private void Schedule(FakeTimer timer, TimeSpan dueTime)
    {
        timer.Due = _now + dueTime;
        timer.Order = ++_order;
        _timers.Enqueue(timer, (timer.Due, timer.Order));
    }

    /// <summary>A timer; Order is that of its entry in the queue, 0 when it is not due.</summary>
    private sealed class FakeTimer(FakeClock clock, Action callback) : ITimer
    {
        public Action Callback { get; } = callback;
        public DateTimeOffset Due { get; set; }
        public TimeSpan Period { get; private set; }
        public long Order { get; set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._lock)
            {
                (Order, Period) = (0, period);
                if (dueTime >= TimeSpan.Zero)
                {
                    clock.Schedule(this, dueTime);
                }
            }
            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Loop : SynchronizationContext, IDisposable
    {
        private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> _work = [];

        public override void Post(SendOrPostCallback d, object? state) => _work.Add((d, state));

        public bool RunOne()
        {
            if (!_work.TryTake(out var work))
            {
                return false;
            }

            work.Callback(work.State);
            return true;
        }

        public void Dispose() => _work.Dispose();
    }
}
