using System.Globalization;
using System.Text.Json;

namespace PySpotify.Workflow.StatesLanguage;

/// <summary>What a history tells about an execution: who it is, and which state each of its scopes is in. Its size is that
/// of the scopes that are not over, whatever the history's length.</summary>
internal sealed class Replay
{
    private readonly Dictionary<string, StateRun> _runs = [];
    private readonly Dictionary<long, string> _scopes = [];

    public required string Name { get; init; }
    public required JsonElement Input { get; init; }
    public required DateTimeOffset StartTime { get; init; }
    public long LastId { get; private set; }

    /// <summary>0 unless the history is read for a redrive, which counts.</summary>
    public int RedriveCount { get; private set; }

    /// <summary>Null before the first state.</summary>
    public StateRun? Top => _runs.GetValueOrDefault("");

    /// <summary>Reads the history of an execution to redrive.</summary>
    /// <exception cref="StateMachineException">It cannot be redriven.</exception>
    public static Replay Read(IEnumerable<HistoryEvent> history, string definition)
    {
        Replay? replay = null;
        var last = HistoryEventType.ExecutionStarted;
        try
        {
            foreach (var e in history)
            {
                replay ??= Begin(e, definition);
                replay.Follow(e);
                last = e.Type;
            }
        }
        catch (JsonException e)
        {
            throw new StateMachineException($"The history has a payload that is not JSON: {e.Message}", e);
        }

        if (replay is null)
        {
            throw new StateMachineException("The history is empty.");
        }

        replay.RedriveCount++;
        return last == HistoryEventType.ExecutionSucceeded
            ? throw new StateMachineException($"'{replay.Name}' has succeeded. A redrive is for executions that have not.")
            : replay;
    }

    private static Replay Begin(HistoryEvent e, string definition)
    {
        if (e is not { Id: 1, Type: HistoryEventType.ExecutionStarted, Name: { } name, Input: { } input })
        {
            throw new StateMachineException("The history does not begin with ExecutionStarted.");
        }

        return e.Definition == definition
            ? new() { Name = name, Input = Json.Parse(input), StartTime = e.Time }
            : throw new StateMachineException($"The definition has changed since '{name}' started; a redrive needs the same one.");
    }

    private void Follow(HistoryEvent e)
    {
        if (e.Id != LastId + 1)
        {
            throw new StateMachineException($"The history of '{Name}' has event {e.Id} after event {LastId}.");
        }

        LastId = e.Id;
        var scope = e.Scope ?? "";
        switch (e.Type)
        {
            case HistoryEventType.ExecutionRedriven:
                RedriveCount++;
                break;
            case HistoryEventType.StateEntered:
                var input = e.Input is { } text ? Json.Parse(text) : _runs.GetValueOrDefault(scope)?.Exit?.Output ?? Outer(e)?.Run.Input ?? Input;
                Set(scope, new(e.Id, e.State ?? throw Damaged(e), input), e);
                break;
            case HistoryEventType.StateRetried:
                Set(scope, Open(scope, e) with { Id = e.Id, Inner = [] }, e);
                break;
            case HistoryEventType.StateExited:
                var output = Json.Parse(e.Output ?? throw Damaged(e));
                Set(scope, Open(scope, e) with { Exit = new(output, e.Next), Inner = [] }, e);
                break;
        }
    }

    /// <summary>The run of the state that the event is about.</summary>
    private StateRun Open(string scope, HistoryEvent e) =>
        _runs.TryGetValue(scope, out var run) && run.State == e.State ? run : throw Damaged(e);

    private void Set(string scope, StateRun run, HistoryEvent e)
    {
        var outer = Outer(e);
        if (_runs.TryGetValue(scope, out var before))
        {
            Forget(before);
        }

        _runs[scope] = run;
        _scopes[run.Id] = scope;
        if (outer is { } around)
        {
            around.Run.Inner[around.Index] = run;
        }
    }

    private void Forget(StateRun run)
    {
        _scopes.Remove(run.Id);
        foreach (var (index, inner) in run.Inner)
        {
            _runs.Remove(string.Create(CultureInfo.InvariantCulture, $"{run.Id}.{index}"));
            Forget(inner);
        }
    }

    /// <summary>The Parallel or Map that the event's scope is in, and the index of the branch or iteration; null at the top.</summary>
    private (StateRun Run, int Index)? Outer(HistoryEvent e)
    {
        if (e.Scope is null)
        {
            return null;
        }

        var dot = e.Scope.IndexOf('.', StringComparison.Ordinal);
        return dot > 0
            && long.TryParse(e.Scope.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            && int.TryParse(e.Scope.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            && _scopes.TryGetValue(id, out var scope)
                ? (_runs[scope], index)
                : throw Damaged(e);
    }

    private StateMachineException Damaged(HistoryEvent e) =>
        new($"The history of '{Name}' is damaged: event {e.Id} ({e.Type}) does not follow from those before it.");
}
