using System.Globalization;
using System.Text.Json;
using PySpotify.Functions;
using PySpotify.Functions.Spotify;
using PySpotify.Workflow.StatesLanguage;

namespace PySpotify.Workflow.Local;

/// <summary>Turns events into what the screen shows.</summary>
/// <param name="input">What it reads.</param>
/// <param name="execution">Its name.</param>
/// <param name="clock">The time.</param>
internal sealed class RunProgress(ExecutionInput input, string execution, TimeProvider clock)
{
    private const string Fetch = "Fetch", Save = "Save", Load = "Load";

    /// <summary>How long a notice stays.</summary>
    private static readonly TimeSpan NoticeTime = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly List<StepProgress> _steps = [new("Sign in"), new(Fetch), new(Save), new(Load)];
    private readonly Dictionary<Source, SourceProgress> _sources =
        input.TopPlayed.Sources.Concat(input.Popular.Sources).Distinct().ToDictionary(source => source, source => new SourceProgress(source));
    private readonly Dictionary<string, SourceProgress> _sourcesByScope = [];
    private readonly HashSet<(string?, string)> _tasks = [];
    private readonly Dictionary<(string?, string), RetryView> _retries = [];
    private readonly List<(string Text, DateTimeOffset Time)> _notices = [];
    private readonly long _start = clock.GetTimestamp();
    private DateTimeOffset _waitUntil;
    private bool _isOver;

    /// <summary>Something was logged, or a state has ended: a line for those who want to see everything.</summary>
    public event Action<string>? Logged;

    /// <summary>The execution.</summary>
    public string Execution => execution;

    /// <summary>The snapshot's date.</summary>
    public DateOnly SnapshotDate => input.SnapshotDate;

    /// <summary>Since the start.</summary>
    public TimeSpan Elapsed => clock.GetElapsedTime(_start);

    /// <summary>An event of the execution's history.</summary>
    public void Follow(HistoryEvent e)
    {
        lock (_lock)
        {
            if (e.Type == HistoryEventType.TaskScheduled)
            {
                _tasks.Add((e.Scope, e.State!));
            }

            if (e.Type is HistoryEventType.ExecutionSucceeded or HistoryEventType.ExecutionFailed)
            {
                _isOver = true;
            }
            else if (e.State is { } state && _tasks.Contains((e.Scope, state)))
            {
                FollowTask(e, state);
            }
        }
    }

    /// <summary>A page of a source has been read.</summary>
    public void ShowPage(Source source, int limit, int? total, int rows)
    {
        lock (_lock)
        {
            _sources[source].Add(limit, total, rows);
        }
    }

    /// <summary>What people call a source has been found out.</summary>
    public void ShowName(Source source, string? name)
    {
        lock (_lock)
        {
            _sources[source].Name = name;
        }
    }

    /// <summary>Spotify has asked to wait.</summary>
    public void ShowWait(TimeSpan time)
    {
        lock (_lock)
        {
            _waitUntil = clock.GetUtcNow() + time;
        }
    }

    /// <summary>Something was logged.</summary>
    /// <param name="message">What.</param>
    /// <param name="isWarning">Whether it is for everyone.</param>
    public void Log(string message, bool isWarning)
    {
        lock (_lock)
        {
            if (isWarning)
            {
                _notices.Add((message, clock.GetUtcNow()));
            }
        }

        Logged?.Invoke(message);
    }

    /// <summary>What there is to show now.</summary>
    public RunView View()
    {
        lock (_lock)
        {
            var now = clock.GetUtcNow();
            var sources = _sources.Values.Select(source => source.View(now)).ToList();
            var isFetched = sources.All(source => source.State is not (ProgressState.Waiting or ProgressState.AtWork));
            return new(
                [.. _steps.Select(step => step.View(step.Name switch
                {
                    Fetch => isFetched,
                    Save => isFetched && step.AtWork == 0,
                    Load => _isOver,
                    _ => true,
                }))],
                sources,
                _waitUntil > now ? _waitUntil : null,
                [.. _retries.Values],
                [.. _notices.Where(notice => now - notice.Time < NoticeTime).Select(notice => notice.Text).TakeLast(3)]);
        }
    }

    private void FollowTask(HistoryEvent e, string state)
    {
        var step = _steps.Single(step => step.Name == StepOf(state));
        var source = SourceOf(e);
        step.Follow(e);
        _retries.Remove((e.Scope, state));
        switch (e.Type)
        {
            case HistoryEventType.TaskScheduled when step.Name == Fetch:
                source?.Begin(e.Time);
                return;
            case HistoryEventType.StateRetried:
                _retries[(e.Scope, state)] = new($"{step.Name}: {e.Cause}", e.Time.AddSeconds(e.WaitSeconds ?? 0));
                break;
            case HistoryEventType.StateFailed when step.Name == Fetch:
                source?.Fail(e.Time);
                break;
            case HistoryEventType.StateExited when step.Name is Fetch or Save && e.Error is null:
                source?.End(JsonElement.Parse(e.Output!), e.Time);
                break;
        }

        var detail = e.Type switch
        {
            HistoryEventType.StateRetried => string.Create(CultureInfo.InvariantCulture, $"{e.Error}; again in {e.WaitSeconds:0.0} s"),
            HistoryEventType.StateFailed => e.Error,
            HistoryEventType.StateAborted => "aborted",
            HistoryEventType.StateExited => e.Error ?? (step.Name is Fetch or Save ? source?.Detail : ""),
            _ => null,
        };
        if (detail is not null)
        {
            Logged?.Invoke($"{state,-20} {detail}".TrimEnd());
        }
    }

    /// <summary>The source that a task is about: its first payload names it, and the tasks after it share its scope.</summary>
    private SourceProgress? SourceOf(HistoryEvent e)
    {
        if (e.Scope is null)
        {
            return null;
        }

        if (e.Type == HistoryEventType.TaskScheduled && e.Payload is { } payload
            && JsonElement.Parse(payload).TryGetProperty("Payload", out var task) && task.TryGetProperty("source", out var source))
        {
            _sourcesByScope[e.Scope] = _sources[new(source.GetProperty("kind").GetString()!, source.GetProperty("id").GetString()!)];
        }

        return _sourcesByScope.GetValueOrDefault(e.Scope);
    }

    private static string StepOf(string state) => state switch
    {
        nameof(Authenticate) => "Sign in",
        _ when state.StartsWith("Fetch", StringComparison.Ordinal) || state.StartsWith("Renew", StringComparison.Ordinal) => Fetch,
        _ when state.StartsWith("Write", StringComparison.Ordinal) => Save,
        _ => Load,
    };

    private sealed class StepProgress(string name)
    {
        private bool _hasBegun, _hasFailed;
        private string? _state;

        public string Name => name;

        public int AtWork { get; private set; }

        public void Follow(HistoryEvent e)
        {
            switch (e.Type)
            {
                case HistoryEventType.TaskScheduled when e.Attempt == 1:
                    (_hasBegun, _hasFailed, _state) = (true, false, e.State);
                    AtWork++;
                    break;
                case HistoryEventType.StateExited:
                    AtWork--;
                    break;
                case HistoryEventType.StateFailed:
                    AtWork--;
                    _hasFailed = true;
                    break;
                case HistoryEventType.StateAborted:
                    AtWork--;
                    break;
            }
        }

        public StepView View(bool isComplete) => new(
            name,
            _hasFailed ? ProgressState.Failed : !_hasBegun ? ProgressState.Waiting : AtWork > 0 || !isComplete ? ProgressState.AtWork : ProgressState.Done,
            _state);
    }
}
