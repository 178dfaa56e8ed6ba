using System.Globalization;

namespace PySpotify.Workflow.StatesLanguage;

/// <summary>The state that a scope stands at, and how far it came.</summary>
/// <param name="Id">The event that began it, or its last retry; names the scopes inside.</param>
internal sealed record Visit(long Id, string State, string Input)
{
    public bool IsOver { get; init; }
    public string? Output { get; init; }
    public string? Next { get; init; }

    /// <summary>For a Parallel or Map that is not over: its branches or iterations by index, those that have begun.</summary>
    public Dictionary<int, Visit> Inner { get; init; } = [];
}

/// <summary>What a history tells about an execution: who it is, and where each of its scopes stands. Its size is that of
/// the scopes that are not over, whatever the history's length.</summary>
internal sealed class Past
{
    private readonly Dictionary<string, Visit> _scopes = [];
    private readonly Dictionary<long, string> _scopeOfVisit = [];

    public required string Name { get; init; }
    public required string Input { get; init; }
    public required DateTimeOffset StartTime { get; init; }
    public long LastId { get; private set; }
    public int RedriveCount { get; private set; }

    /// <summary>Null before the first state.</summary>
    public Visit? Top => _scopes.GetValueOrDefault("");

    public static Past Begin(string name, string input, DateTimeOffset startTime) => new() { Name = name, Input = input, StartTime = startTime };

    /// <summary>Reads the history of an execution that is to be redriven.</summary>
    /// <exception cref="StateMachineException">It cannot be redriven.</exception>
    public static Past Read(IEnumerable<HistoryEvent> history, string definition)
    {
        Past? past = null;
        var succeeded = false;
        foreach (var e in history)
        {
            if (past is null)
            {
                if (e is not { Id: 1, Type: HistoryEventType.ExecutionStarted, Name: { } name, Input: { } input })
                {
                    throw new StateMachineException("The history does not begin with ExecutionStarted.");
                }

                if (e.Definition != definition)
                {
                    throw new StateMachineException($"The definition has changed since '{name}' started; a redrive needs the same one.");
                }

                past = Begin(name, input, e.Time);
            }
            else if (e.Id != past.LastId + 1)
            {
                throw new StateMachineException($"The history of '{past.Name}' has event {e.Id} after event {past.LastId}.");
            }

            past.LastId = e.Id;
            past.Follow(e);
            succeeded = e.Type == HistoryEventType.ExecutionSucceeded;
        }
        if (past is null)
        {
            throw new StateMachineException("The history is empty.");
        }

        return succeeded ? throw new StateMachineException($"'{past.Name}' has succeeded; there is nothing to redrive.") : past;
    }

    /// <summary>Counts a redrive that begins now.</summary>
    public void Redrive() => RedriveCount++;

    private void Follow(HistoryEvent e)
    {
        var scope = e.Scope ?? "";
        switch (e.Type)
        {
            case HistoryEventType.ExecutionRedriven:
                Redrive();
                break;
            case HistoryEventType.StateEntered:
                var input = e.Input ?? _scopes.GetValueOrDefault(scope)?.Output ?? Around(e)?.Visit.Input ?? Input;
                Put(scope, new(e.Id, e.State ?? throw Damaged(e), input), e);
                break;
            case HistoryEventType.StateRetried:
                Put(scope, At(scope, e) with { Id = e.Id, Inner = [] }, e);
                break;
            case HistoryEventType.StateExited:
                Put(scope, At(scope, e) with { IsOver = true, Output = e.Output ?? throw Damaged(e), Next = e.Next, Inner = [] }, e);
                break;
        }
    }

    private Visit At(string scope, HistoryEvent e) =>
        _scopes.TryGetValue(scope, out var visit) && visit.State == e.State ? visit : throw Damaged(e);

    private void Put(string scope, Visit visit, HistoryEvent e)
    {
        var around = Around(e);
        if (_scopes.TryGetValue(scope, out var before))
        {
            Forget(before);
        }

        _scopes[scope] = visit;
        _scopeOfVisit[visit.Id] = scope;
        if (around is { } outer)
        {
            outer.Visit.Inner[outer.Index] = visit;
        }
    }

    private void Forget(Visit visit)
    {
        _scopeOfVisit.Remove(visit.Id);
        foreach ((var index, var inner) in visit.Inner)
        {
            _scopes.Remove(string.Create(CultureInfo.InvariantCulture, $"{visit.Id}.{index}"));
            Forget(inner);
        }
    }

    /// <summary>The Parallel or Map that the event's scope is in; null at the top.</summary>
    private (Visit Visit, int Index)? Around(HistoryEvent e)
    {
        if (e.Scope is null)
        {
            return null;
        }

        var dot = e.Scope.IndexOf('.', StringComparison.Ordinal);
        return dot > 0
            && long.TryParse(e.Scope.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            && int.TryParse(e.Scope.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            && _scopeOfVisit.TryGetValue(id, out var scope)
                ? (_scopes[scope], index)
                : throw Damaged(e);
    }

    private StateMachineException Damaged(HistoryEvent e) =>
        new($"The history of '{Name}' is damaged: event {e.Id} ({e.Type}) does not follow from those before it.");
}
