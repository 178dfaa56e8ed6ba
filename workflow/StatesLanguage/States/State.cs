using System.Text.Json;

namespace PySpotify.Workflow.StatesLanguage.States;

/// <summary>A state. What the kinds share is here: errors, retries, and what becomes of a result; each kind has its own step.</summary>
internal abstract class State(DefinitionReader fields)
{
    private readonly JsonElement _context = Json.Object("Name", Json.String(fields.StateName));
    private Retrier[] _retry = [];
    private Catcher[] _catch = [];
    private Template? _resultSelector;
    private JsonPath? _resultPath;
    private JsonPath _outputPath = JsonPath.Root;

    public string Name { get; } = fields.StateName;

    /// <summary>The states that this one can lead to, and the fields that say so.</summary>
    public virtual IEnumerable<(string Next, string Field)> Exits =>
    [
        .. Next is null ? Array.Empty<(string, string)>() : [(Next, nameof(Next))],
        .. _catch.Select((catcher, index) => (catcher.Next, $"Catch[{index}].Next")),
    ];

    /// <summary>Null at the end of the block, and where the state itself decides.</summary>
    protected string? Next { get; private set; }

    protected virtual bool IsEnd => Next is null;

    /// <exception cref="StateMachineException">The state is not valid, or uses what is not supported.</exception>
    public static State Read(DefinitionReader fields)
    {
        var type = fields.Required(fields.Text("Type"), "Type");
        State state = type switch
        {
            "Task" => new TaskState(fields),
            "Parallel" => new ParallelState(fields),
            "Map" => new MapState(fields),
            "Choice" => new ChoiceState(fields),
            "Wait" => new WaitState(fields),
            "Succeed" => new SucceedState(fields),
            "Fail" => new FailState(fields),
            _ => throw fields.Refuse("Type", $"the type '{type}' is not supported"),
        };
        fields.Close();
        return state;
    }

    public bool LeadsTo(string? next) => next is null ? IsEnd : Exits.Any(exit => exit.Next == next);

    /// <summary>Runs the state: its step, again as often as Retry says, then what Catch says.</summary>
    public async Task<Exit> RunAsync(StateRun run, Scope scope, CancellationToken cancellationToken)
    {
        var context = new Context(scope.Execution.Context, scope.Map, _context);
        var retries = new int[_retry.Length];
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                double wait;
                try
                {
                    return await StepAsync(new(run, scope, new(run.Input, context), attempt), cancellationToken);
                }
                catch (StateFailure failure)
                {
                    failure.State ??= Name;
                    if (DelayBeforeRetry(failure, retries, scope.Execution) is not { } delay)
                    {
                        return Catch(failure, run, scope, attempt);
                    }

                    wait = delay;
                    var retried = scope.Record(Failed(HistoryEventType.StateRetried, failure, attempt) with { WaitSeconds = wait });
                    run = run with { Id = retried.Id, Inner = [] };
                }

                await scope.Execution.DelayAsync(TimeSpan.FromSeconds(wait), cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            scope.Record(new(HistoryEventType.StateAborted) { State = Name });
            throw;
        }
    }

    /// <summary>What the state does in one attempt.</summary>
    /// <exception cref="StateFailure">It failed.</exception>
    protected abstract Task<Exit> StepAsync(Attempt attempt, CancellationToken cancellationToken);

    /// <summary>Leads to <see cref="Next"/> with what ResultSelector, ResultPath and OutputPath make of the result.</summary>
    protected Exit ExitWith(JsonElement result, Attempt attempt)
    {
        Limited(result, "result");
        if (_resultSelector is not null)
        {
            result = _resultSelector.Fill(attempt.Data with { Input = result });
        }

        var output = _resultPath is null ? attempt.Input : _resultPath.Set(attempt.Input, result);
        output = _outputPath.Get(attempt.Data with { Input = output }, "OutputPath");
        return new(Limited(output, "output"), Next);
    }

    protected static JsonElement Limited(JsonElement payload, string what) => Json.IsTooLarge(payload)
        ? throw new StateFailure(ErrorNames.DataLimitExceeded, $"The state's {what} has more than {Json.MaxPayloadBytes} bytes.")
        : payload;

    /// <summary>Reads Next or End.</summary>
    protected void ReadNext(DefinitionReader fields)
    {
        Next = fields.Text("Next");
        var end = fields.Take("End");
        if (end is { ValueKind: not JsonValueKind.True })
        {
            throw fields.Refuse("End", "it must be true");
        }

        if (Next is null == end is null)
        {
            throw fields.Refuse("Next", "either Next or End must be set");
        }
    }

    /// <summary>Reads what a state with a result has: ResultSelector, ResultPath, OutputPath, Retry, Catch.</summary>
    protected void ReadResult(DefinitionReader fields)
    {
        _resultSelector = fields.Template("ResultSelector");
        _resultPath = fields.ResultPath();
        _outputPath = fields.Path("OutputPath") ?? JsonPath.Root;
        _retry = Retrier.ReadAll(fields);
        _catch = Catcher.ReadAll(fields);
    }

    /// <returns>Seconds; null if there is no other attempt.</returns>
    private double? DelayBeforeRetry(StateFailure failure, int[] retries, Execution execution)
    {
        var index = Array.FindIndex(_retry, retrier => retrier.ErrorEquals.Any(failure.Matches));
        return index >= 0 && retries[index] < _retry[index].MaxAttempts ? _retry[index].Delay(retries[index]++, execution.Random) : null;
    }

    private Exit Catch(StateFailure failure, StateRun run, Scope scope, int attempt)
    {
        if (Array.Find(_catch, catcher => catcher.ErrorEquals.Any(failure.Matches)) is { } catcher)
        {
            try
            {
                return new(Limited(catcher.Output(run.Input, failure), "output"), catcher.Next, failure);
            }
            catch (StateFailure second)
            {
                second.State = Name;
                failure = second;
            }
        }

        scope.Record(Failed(HistoryEventType.StateFailed, failure, attempt));
        throw failure;
    }

    private HistoryEvent Failed(HistoryEventType type, StateFailure failure, int attempt) =>
        new(type) { State = Name, Error = failure.Error, Cause = failure.Message, Attempt = attempt };
}
