using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Text.Json;

namespace PySpotify.Workflow.StatesLanguage;

/// <summary>One run of an execution, or one redrive of it.</summary>
internal sealed class Execution
{
    // How long a cancelled task may take to come back, so that it does not write while its state runs again.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    // The longest that a timer takes is 2^32 - 2 milliseconds.
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(49);

    private readonly StateMachine _machine;
    private readonly Past _past;
    private readonly TaskInvoker _invoke;
    private readonly TimeProvider _clock;
    private readonly Action<HistoryEvent> _record;
    private readonly Func<double> _random;
    private readonly JsonElement _execution;
    private readonly Lock _recording = new();
    private long _lastId;
    private ExceptionDispatchInfo? _recordFailure;

    public Execution(StateMachine machine, Past past, TaskInvoker invoke, TimeProvider clock, Action<HistoryEvent> record, Func<double> random)
    {
        (_machine, _past, _invoke, _clock, _record, _random) = (machine, past, invoke, clock, record, random);
        _lastId = past.LastId;
        _execution = Json.Element(writer =>
        {
            writer.WriteStartObject();
            writer.WritePropertyName("Input");
            writer.WriteRawValue(past.Input);
            writer.WriteString("Name", past.Name);
            writer.WriteNumber("RedriveCount", past.RedriveCount);
            writer.WriteString("StartTime", Context.Text(past.StartTime));
            writer.WriteEndObject();
        });
    }

    // Where states run: at the top (no name), or in a branch or iteration. Map is what $$.Map leads to.
    private readonly record struct Scope(string? Name, JsonElement Map);

    private readonly record struct Exit(string Output, string? Next, StateFailure? Caught = null);

    public async Task<ExecutionResult> RunAsync(bool isRedrive, CancellationToken cancellationToken)
    {
        using var timeout = Timer(_machine.TimeoutSeconds);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        Record(isRedrive
            ? new(0, default, HistoryEventType.ExecutionRedriven) { RedriveCount = _past.RedriveCount }
            : new(0, default, HistoryEventType.ExecutionStarted) { Name = _past.Name, Input = _past.Input, Definition = _machine.Definition });
        try
        {
            var output = await RunBlockAsync(_machine.Block, _past.Input, null, default, _past.Top, stop.Token);
            Record(new(0, default, HistoryEventType.ExecutionSucceeded));
            return new(ExecutionStatus.Succeeded, output);
        }
        catch (StateFailure failure)
        {
            Record(new(0, default, HistoryEventType.ExecutionFailed) { State = failure.State, Error = failure.Error, Cause = failure.Message });
            return new(ExecutionStatus.Failed, null, failure.Error, failure.Message, failure.State);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Record(new(0, default, HistoryEventType.ExecutionAborted));
            return new(ExecutionStatus.Aborted);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            Record(new(0, default, HistoryEventType.ExecutionTimedOut));
            return new(ExecutionStatus.TimedOut);
        }
    }

    /// <param name="block">The states.</param>
    /// <param name="input">The first state's.</param>
    /// <param name="told">The same, if no event has told it yet.</param>
    /// <param name="scope">Where the states run.</param>
    /// <param name="visit">Where the block stood before the redrive; null if it had not begun.</param>
    /// <param name="cancellationToken">Aborts.</param>
    private async Task<string> RunBlockAsync(Block block, string input, string? told, Scope scope, Visit? visit, CancellationToken cancellationToken)
    {
        var name = visit?.State ?? block.StartAt;
        if (visit is { IsOver: true } && !CanLeadTo(block.States.GetValueOrDefault(name), visit.Next))
        {
            throw new StateMachineException($"The history of '{_past.Name}' has state '{name}' lead where it does not.");
        }

        while (true)
        {
            if (visit is not { IsOver: true })
            {
                cancellationToken.ThrowIfCancellationRequested();
                var state = block.States.GetValueOrDefault(name)
                    ?? throw new StateMachineException($"The history of '{_past.Name}' names a state '{name}' that is not there.");
                if (visit is null)
                {
                    var entered = Record(new(0, default, HistoryEventType.StateEntered) { Scope = scope.Name, State = name, Input = told });
                    visit = new(entered.Id, name, input);
                }
                var exit = await RunStateAsync(state, visit, scope, cancellationToken);
                visit = visit with { Output = exit.Output, Next = exit.Next };
                Record(new(0, default, HistoryEventType.StateExited)
                {
                    Scope = scope.Name,
                    State = name,
                    Output = exit.Output,
                    Next = exit.Next,
                    Error = exit.Caught?.Error,
                    Cause = exit.Caught?.Message,
                });
            }
            if (visit.Next is null)
            {
                return visit.Output!;
            }

            (name, input, told, visit) = (visit.Next, visit.Output!, null, null);
        }
    }

    private static bool CanLeadTo(State? state, string? next) => next is null
        ? state is not (null or ChoiceState) && state.Next is null
        : state is not null && DefinitionReader.Ways(state).Any(way => way.Next == next);

    private async Task<Exit> RunStateAsync(State state, Visit visit, Scope scope, CancellationToken cancellationToken)
    {
        var retries = state.Retry.Length == 0 ? [] : new int[state.Retry.Length];
        var scheduled = visit.Input;
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                double wait;
                try
                {
                    return await AttemptAsync(attempt);
                }
                catch (StateFailure failure)
                {
                    failure.State ??= state.Name;
                    int retrier = Array.FindIndex(state.Retry, retrier => retrier.ErrorEquals.Any(failure.Matches));
                    if (retrier < 0 || retries[retrier] == state.Retry[retrier].MaxAttempts)
                    {
                        return Caught(failure, attempt);
                    }

                    wait = state.Retry[retrier].Delay(retries[retrier]++, _random);
                    var retried = Record(Failed(HistoryEventType.StateRetried, failure, attempt) with { WaitSeconds = wait });
                    visit = visit with { Id = retried.Id, Inner = [] };
                }
                await DelayAsync(TimeSpan.FromSeconds(wait), cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Record(new(0, default, HistoryEventType.StateAborted) { Scope = scope.Name, State = state.Name });
            throw;
        }

        HistoryEvent Failed(HistoryEventType type, StateFailure failure, int attempt) => new(0, default, type)
        {
            Scope = scope.Name,
            State = state.Name,
            Error = failure.Error,
            Cause = failure.Message,
            Attempt = attempt,
        };

        Exit Caught(StateFailure failure, int attempt)
        {
            if (Array.Find(state.Catch, catcher => catcher.ErrorEquals.Any(failure.Matches)) is { } catcher)
            {
                try
                {
                    var error = Json.Element(writer =>
                    {
                        writer.WriteStartObject();
                        writer.WriteString("Error", failure.Error);
                        writer.WriteString("Cause", failure.Message);
                        writer.WriteEndObject();
                    });
                    var output = catcher.ResultPath is { } path ? path.Set(Json.Parse(visit.Input), error) : visit.Input;
                    return new(Limited(output, "output"), catcher.Next, failure);
                }
                catch (StateFailure second)
                {
                    second.State = state.Name;
                    failure = second;
                }
            }

            Record(Failed(HistoryEventType.StateFailed, failure, attempt));
            throw failure;
        }

        async Task<Exit> AttemptAsync(int attempt)
        {
            var raw = Json.Parse(visit.Input);
            Data data = new(raw, new(_execution, scope.Map, state.Name));
            var next = state.Next;
            string? result = null;
            switch (state)
            {
                case TaskState task:
                    result = await CallAsync(task, Limited(task.Parameters?.Fill(data) ?? visit.Input, "payload"), attempt);
                    break;
                case ParallelState parallel:
                    result = await RunAllAsync(parallel.Branches.Length, parallel.Branches.Length, (index, stop) =>
                        RunInnerAsync(parallel.Branches[index], index, visit.Input, scope.Map, stop), cancellationToken);
                    break;
                case MapState map:
                    result = await RunMapAsync(map, data);
                    break;
                case ChoiceState choice:
                    var holds = Array.FindIndex(choice.Choices, rule => rule.Holds(data));
                    next = (holds >= 0 ? choice.Choices[holds].Next : choice.Default)
                        ?? throw new StateFailure(ErrorNames.NoChoiceMatched, "No choice holds, and there is no Default.");
                    break;
                case WaitState wait:
                    await DelayAsync(TimeSpan.FromSeconds(wait.Seconds), cancellationToken);
                    break;
                case FailState fail:
                    throw new StateFailure(fail.Error, fail.Cause ?? Text(fail.CausePath!.Get(data, "CausePath"), "CausePath"));
            }
            var output = result is null ? visit.Input : Combine(state, raw, visit.Input, result, data.Context);
            return new(Limited(Select(state.OutputPath, output, data.Context), "output"), next);
        }

        Task<string> RunInnerAsync(Block block, int index, string input, JsonElement map, CancellationToken stop)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{visit.Id}.{index}");
            return RunBlockAsync(block, input, input == visit.Input ? null : input, new(name, map), visit.Inner.GetValueOrDefault(index), stop);
        }

        async Task<string> RunMapAsync(MapState map, Data data)
        {
            var items = map.ItemsPath.Get(data, "ItemsPath");
            if (items.ValueKind != JsonValueKind.Array)
            {
                throw new StateFailure(ErrorNames.Runtime, $"The ItemsPath '{map.ItemsPath}' leads to something that is no array.");
            }

            return await RunAllAsync(items.GetArrayLength(), map.MaxConcurrency, (index, stop) =>
            {
                var item = Json.Element(writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteStartObject("Item");
                    writer.WritePropertyName("Value");
                    items[index].WriteTo(writer);
                    writer.WriteEndObject();
                    writer.WriteEndObject();
                });
                var selected = data with { Context = data.Context with { Map = item } };
                var input = Limited(map.ItemSelector?.Fill(selected) ?? items[index].GetRawText(), "item");
                return RunInnerAsync(map.Iteration, index, input, item, stop);
            }, cancellationToken);
        }

        async Task<string> CallAsync(TaskState task, string payload, int attempt)
        {
            using var timeout = Timer(task.TimeoutSeconds);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
            Record(new(0, default, HistoryEventType.TaskScheduled)
            {
                Scope = scope.Name,
                State = state.Name,
                Resource = task.Resource,
                Payload = payload == scheduled ? null : payload,
                Attempt = attempt,
            });
            scheduled = payload;
            Task<string>? call = null;
            try
            {
                call = _invoke(new(task.Resource, payload, state.Name, scope.Name, attempt), stop.Token);
                return await call.WaitAsync(stop.Token);
            }
            catch (Exception) when (stop.IsCancellationRequested)
            {
                if (call is not null)
                {
                    await ((Task)call).WaitAsync(Grace, _clock, CancellationToken.None)
                        .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
                }

                cancellationToken.ThrowIfCancellationRequested();
                throw new StateFailure(ErrorNames.Timeout, $"The task took longer than {task.TimeoutSeconds} seconds.");
            }
            catch (TaskFailedException e)
            {
                throw new StateFailure(e.Error, e.Message);
            }
            catch (Exception e)
            {
                throw new StateFailure(e.GetType().Name, e.Message);
            }
        }
    }

    /// <summary>Runs branches or iterations; the first that fails cancels the others, which are waited for.</summary>
    private static async Task<string> RunAllAsync(int count, int limit, Func<int, CancellationToken, Task<string>> run, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var outputs = new string[count];
        var last = -1;
        ExceptionDispatchInfo? first = null;

        async Task RunSomeAsync()
        {
            try
            {
                while (!stop.IsCancellationRequested && Interlocked.Increment(ref last) is int index && index < count)
                {
                    outputs[index] = await run(index, stop.Token);
                }
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref first, ExceptionDispatchInfo.Capture(e), null);
                stop.Cancel();
            }
        }

        await Task.WhenAll(Enumerable.Range(0, Math.Min(limit, count)).Select(_ => RunSomeAsync()));
        first?.Throw();
        cancellationToken.ThrowIfCancellationRequested();
        return $"[{string.Join(',', outputs)}]";
    }

    private static string Combine(State state, JsonElement raw, string rawText, string result, Context context)
    {
        Limited(result, "result");
        JsonElement node;
        try
        {
            node = Json.Parse(result);
        }
        catch (JsonException e)
        {
            throw new StateFailure(ErrorNames.Runtime, $"The result is not JSON: {e.Message}");
        }
        if (state.ResultSelector is { } selector)
        {
            result = selector.Fill(new(node, context));
            node = Json.Parse(result);
        }
        return state.ResultPath is null ? rawText
            : ReferenceEquals(state.ResultPath, JsonPath.Root) ? result
            : state.ResultPath.Set(raw, node);
    }

    private static string Select(JsonPath outputPath, string text, Context context) => ReferenceEquals(outputPath, JsonPath.Root)
        ? text
        : outputPath.Get(new(Json.Parse(text), context), "OutputPath").GetRawText();

    private static string Limited(string text, string what) => Json.IsTooLarge(text)
        ? throw new StateFailure(ErrorNames.DataLimitExceeded, $"The state's {what} has more than {Json.MaxPayloadBytes} bytes.")
        : text;

    private static string Text(JsonElement node, string field) => node.ValueKind == JsonValueKind.String
        ? node.GetString()!
        : throw new StateFailure(ErrorNames.Runtime, $"What {field} leads to must be a string.");

    private async Task DelayAsync(TimeSpan span, CancellationToken cancellationToken)
    {
        var start = _clock.GetTimestamp();
        for (var left = span; left > TimeSpan.Zero; left = span - _clock.GetElapsedTime(start))
        {
            // Timers drop fractions of a millisecond; rounding down would spin.
            await Task.Delay(left < LongestTimer ? TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)) : LongestTimer, _clock, cancellationToken);
        }
    }

    /// <summary>Cancelled after so many seconds; never, if there is no limit or it is beyond any process's life.</summary>
    private CancellationTokenSource Timer(int? seconds) =>
        seconds is { } limit && TimeSpan.FromSeconds(limit) <= LongestTimer ? new(TimeSpan.FromSeconds(limit), _clock) : new();

    private HistoryEvent Record(HistoryEvent e)
    {
        lock (_recording)
        {
            // After an event that could not be kept, none may be: the history would have a gap.
            _recordFailure?.Throw();
            var time = e.Type == HistoryEventType.ExecutionStarted ? _past.StartTime : _clock.GetUtcNow();
            e = e with { Id = _lastId + 1, Time = time };
            try
            {
                _record(e);
            }
            catch (Exception failure)
            {
                _recordFailure = ExceptionDispatchInfo.Capture(failure);
                throw;
            }
            _lastId++;
            return e;
        }
    }
}
