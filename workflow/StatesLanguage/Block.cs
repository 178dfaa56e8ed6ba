using System.Text.Json;
using PySpotify.Workflow.StatesLanguage.States;

namespace PySpotify.Workflow.StatesLanguage;

/// <summary>States that lead to each other: the machine's own, a branch's or an iteration's.</summary>
internal sealed class Block
{
    private readonly string _startAt;
    private readonly Dictionary<string, State> _states;

    /// <exception cref="StateMachineException">A state leads nowhere, or no state leads to it.</exception>
    public Block(DefinitionReader fields)
    {
        _startAt = fields.Required(fields.Text("StartAt"), "StartAt");
        _states = fields.States().Select(State.Read).ToDictionary(state => state.Name);
        fields.Close();
        if (!_states.ContainsKey(_startAt))
        {
            throw fields.Refuse("StartAt", $"there is no state '{_startAt}' here");
        }

        var reached = Reach();
        if (_states.Keys.FirstOrDefault(name => !reached.Contains(name)) is { } lost)
        {
            throw new StateMachineException($"State '{lost}', field 'Next': no other state leads here.");
        }
    }

    /// <summary>Runs the states from the first to the end of the last.</summary>
    /// <param name="scope">Where they run.</param>
    /// <param name="input">The first state's.</param>
    /// <param name="isRecorded">Whether the history has that input already.</param>
    /// <param name="replayed">The state that a redrive goes on from; null if none had begun.</param>
    /// <param name="cancellationToken">Aborts.</param>
    /// <returns>The last state's output.</returns>
    public async Task<JsonElement> RunAsync(Scope scope, JsonElement input, bool isRecorded, StateRun? replayed, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var exit = replayed switch
        {
            null => await RunStateAsync(Enter(_startAt, input, isRecorded, scope), scope, cancellationToken),
            { Exit: null } => await RunStateAsync(replayed, scope, cancellationToken),
            _ => RecordedExit(replayed, scope),
        };
        while (exit.Next is { } next)
        {
            cancellationToken.ThrowIfCancellationRequested();
            exit = await RunStateAsync(Enter(next, exit.Output, isRecorded: true, scope), scope, cancellationToken);
        }

        return exit.Output;
    }

    private static StateRun Enter(string name, JsonElement input, bool isRecorded, Scope scope)
    {
        var entered = scope.Record(new(HistoryEventType.StateEntered) { State = name, Input = isRecorded ? null : input.GetRawText() });
        return new(entered.Id, name, input);
    }

    private async Task<Exit> RunStateAsync(StateRun run, Scope scope, CancellationToken cancellationToken)
    {
        var exit = await Find(run.State, scope).RunAsync(run, scope, cancellationToken);
        scope.Record(new(HistoryEventType.StateExited)
        {
            State = run.State,
            Output = exit.Output.GetRawText(),
            Next = exit.Next,
            Error = exit.Caught?.Error,
            Cause = exit.Caught?.Message,
        });
        return exit;
    }

    /// <summary>The exit that the history has; only a damaged one leads elsewhere than the definition.</summary>
    private Exit RecordedExit(StateRun run, Scope scope)
    {
        var exit = run.Exit!.Value;
        return Find(run.State, scope).LeadsTo(exit.Next)
            ? exit
            : throw new StateMachineException($"The history of '{scope.Execution.Name}' leads from '{run.State}' to '{exit.Next}', the definition does not.");
    }

    private State Find(string name, Scope scope) => _states.GetValueOrDefault(name)
        ?? throw new StateMachineException($"The history of '{scope.Execution.Name}' has a state '{name}', the definition does not.");

    private HashSet<string> Reach()
    {
        HashSet<string> reached = [_startAt];
        Queue<string> waiting = new([_startAt]);
        while (waiting.TryDequeue(out var name))
        {
            foreach (var (next, field) in _states[name].Exits)
            {
                if (!_states.ContainsKey(next))
                {
                    throw new StateMachineException($"State '{name}', field '{field}': there is no state '{next}' here.");
                }

                if (reached.Add(next))
                {
                    waiting.Enqueue(next);
                }
            }
        }

        return reached;
    }
}
