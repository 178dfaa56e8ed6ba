using System.Text.Json;
using System.Text.RegularExpressions;

namespace PySpotify.Workflow.StatesLanguage;

/// <summary>Reads an object of the definition field by field. A field that nobody has read when <see cref="Close"/> is
/// called is refused, so what is supported stands nowhere but in the code that reads it.</summary>
internal sealed class DefinitionReader
{
    // The inline Map's limit: https://docs.aws.amazon.com/step-functions/latest/dg/state-map-inline.html.
    private const int MaxInlineConcurrency = 40;
    private const int MaxSeconds = 99_999_999;
    private const int MaxNameLength = 80;

    private readonly JsonElement _object;
    private readonly string? _state;
    private readonly string _prefix;
    private readonly HashSet<string> _names;
    private readonly HashSet<string> _read = [];

    private DefinitionReader(JsonElement element, string? state, string prefix, HashSet<string> names)
    {
        (_object, _state, _prefix, _names) = (element, state, prefix, names);
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw Refuse(null, "it must be an object");
        }
    }

    /// <exception cref="StateMachineException">The definition is not valid, or uses what is not supported.</exception>
    public static (Block Block, int? TimeoutSeconds) Read(JsonElement definition)
    {
        DefinitionReader root = new(definition, null, "", []);
        var timeoutSeconds = root.Integer("TimeoutSeconds", 1, MaxSeconds);
        return (root.ReadBlock(), timeoutSeconds);
    }

    private Block ReadBlock()
    {
        var startAt = Required(Text("StartAt"), "StartAt");
        var states = Required(Take("States"), "States");
        if (states.ValueKind != JsonValueKind.Object)
        {
            throw Refuse("States", "it must be an object");
        }

        Close();
        Dictionary<string, State> block = [];
        foreach (var state in states.EnumerateObject())
        {
            if (state.Name.Length is 0 or > MaxNameLength)
            {
                throw Refuse("States", $"the name '{state.Name}' must have 1 to {MaxNameLength} characters");
            }

            if (!_names.Add(state.Name))
            {
                throw Refuse("States", $"the name '{state.Name}' is used twice in the state machine");
            }

            if (StateMachine.Placeholder().Match(state.Name) is { Success: true } placeholder)
            {
                throw Refuse("States", $"the name {placeholder} is not filled in");
            }

            block.Add(state.Name, new DefinitionReader(state.Value, state.Name, "", _names).ReadState());
        }
        if (!block.ContainsKey(startAt))
        {
            throw Refuse("StartAt", $"there is no state '{startAt}' here");
        }

        HashSet<string> reached = [startAt];
        Queue<string> waiting = new([startAt]);
        while (waiting.TryDequeue(out var name))
        {
            foreach ((var next, var field) in Ways(block[name]))
            {
                if (!block.ContainsKey(next))
                {
                    throw new StateMachineException($"State '{name}', field '{field}': there is no state '{next}' here.");
                }
                else if (reached.Add(next))
                {
                    waiting.Enqueue(next);
                }
            }
        }

        return block.Keys.FirstOrDefault(name => !reached.Contains(name)) is { } lost
            ? throw new StateMachineException($"State '{lost}', field 'Next': no other state leads here.")
            : new(startAt, block);
    }

    /// <summary>The states that one can lead to, and the fields that say so.</summary>
    public static IEnumerable<(string Next, string Field)> Ways(State state)
    {
        if (state.Next is { } next)
        {
            yield return (next, "Next");
        }

        for (var i = 0; i < state.Catch.Length; i++)
        {
            yield return (state.Catch[i].Next, $"Catch[{i}].Next");
        }

        if (state is not ChoiceState choice)
        {
            yield break;
        }

        for (var i = 0; i < choice.Choices.Length; i++)
        {
            yield return (choice.Choices[i].Next, $"Choices[{i}].Next");
        }

        if (choice.Default is { } fallback)
        {
            yield return (fallback, "Default");
        }
    }

    private State ReadState()
    {
        var type = Required(Text("Type"), "Type");
        State state = type switch
        {
            "Task" => ReadTask(),
            "Parallel" => new ParallelState(_state!, [.. Objects("Branches").Select(branch => branch.ReadBlock())]),
            "Map" => ReadMap(),
            "Choice" => ReadChoice(),
            "Wait" => ReadWait(),
            "Succeed" => new SucceedState(_state!),
            "Fail" => ReadFail(),
            _ => throw Refuse("Type", $"there is no type '{type}'"),
        };
        if (state is ParallelState { Branches.Length: 0 })
        {
            throw Refuse("Branches", "it must not be empty");
        }

        if (state is TaskState or ParallelState or MapState)
        {
            state = state with
            {
                ResultSelector = Template("ResultSelector"),
                ResultPath = ResultPath(),
                OutputPath = Path("OutputPath", JsonPath.Parse) ?? JsonPath.Root,
                Retry = ReadRetry(),
                Catch = ReadCatch(),
            };
        }

        if (state is not (ChoiceState or SucceedState or FailState))
        {
            state = state with { Next = ReadNext() };
        }

        Close();
        return state;
    }

    private TaskState ReadTask()
    {
        var resource = Required(Text("Resource"), "Resource");
        if (!resource.StartsWith("arn:", StringComparison.Ordinal))
        {
            throw Refuse("Resource", "it must be an ARN");
        }

        if (resource.EndsWith(".waitForTaskToken", StringComparison.Ordinal))
        {
            throw Refuse("Resource", ".waitForTaskToken is not supported");
        }

        return new(_state!, resource, Template("Parameters"), Integer("TimeoutSeconds", 1, MaxSeconds));
    }

    private MapState ReadMap()
    {
        var iteration = Object("ItemProcessor") ?? throw Refuse("ItemProcessor", "it is missing");
        if (iteration.Object("ProcessorConfig") is { } config)
        {
            if (config.Text("Mode") is not (null or "INLINE"))
            {
                throw config.Refuse("Mode", "only INLINE is supported");
            }

            config.Close();
        }
        var concurrency = Integer("MaxConcurrency", 0, MaxSeconds) ?? 0;
        var items = Required(Path("ItemsPath", JsonPath.ParseReference), "ItemsPath");
        return new(_state!, items, Template("ItemSelector"), iteration.ReadBlock(),
            concurrency == 0 ? MaxInlineConcurrency : Math.Min(concurrency, MaxInlineConcurrency));
    }

    private ChoiceState ReadChoice()
    {
        (Condition, string)[] choices =
        [
            .. Objects("Choices").Select(rule =>
            {
                var next = rule.Required(rule.Text("Next"), "Next");
                return (rule.ReadCondition(), next);
            }),
        ];
        return choices.Length > 0 ? new(_state!, choices, Text("Default")) : throw Refuse("Choices", "it must not be empty");
    }

    private Condition ReadCondition()
    {
        Condition? condition = null;
        if (_object.TryGetProperty("Or", out _))
        {
            Condition[] any = [.. Objects("Or").Select(rule => rule.ReadCondition())];
            condition = any.Length > 0 ? data => Array.Exists(any, one => one(data)) : throw Refuse("Or", "it must not be empty");
        }
        else
        {
            var variable = Required(Path("Variable", JsonPath.ParseReference), "Variable");
            foreach (var member in _object.EnumerateObject())
            {
                if (condition is null && !_read.Contains(member.Name) && Parsed(member.Name, () => Comparison.Parse(member.Name, variable, member.Value)) is { } comparison)
                {
                    Take(member.Name);
                    condition = comparison;
                }
            }
        }
        Close();
        return condition ?? throw Refuse("Variable", "no comparison stands beside it");
    }

    private WaitState ReadWait() => new(_state!, Required(Integer("Seconds", 0, MaxSeconds), "Seconds"));

    private FailState ReadFail()
    {
        var error = Required(Text("Error"), "Error");
        var (cause, path) = (Text("Cause"), Path("CausePath", JsonPath.ParseReference));
        return cause is null != path is null ? new(_state!, error, cause, path) : throw Refuse("Cause", "either Cause or CausePath must be set");
    }

    private string? ReadNext()
    {
        var next = Text("Next");
        var end = Take("End");
        if (end is { ValueKind: not JsonValueKind.True })
        {
            throw Refuse("End", "it must be true");
        }

        return next is null == end is not null ? next : throw Refuse("Next", "either Next or End must be set");
    }

    private Retrier[] ReadRetry()
    {
        DefinitionReader[] retriers = [.. Objects("Retry")];
        return [.. retriers.Select((retrier, index) => retrier.ReadRetrier(isLast: index == retriers.Length - 1))];
    }

    private Retrier ReadRetrier(bool isLast)
    {
        var interval = Integer("IntervalSeconds", 1, MaxSeconds) ?? 1;
        var maxDelay = Integer("MaxDelaySeconds", 1, 31_622_400);
        if (maxDelay <= interval)
        {
            throw Refuse("MaxDelaySeconds", "it must be greater than IntervalSeconds");
        }

        double backoff = 2;
        if (Take("BackoffRate") is { } rate && (rate.ValueKind != JsonValueKind.Number || (backoff = rate.GetDouble()) < 1))
        {
            throw Refuse("BackoffRate", "it must be a number from 1");
        }

        var jitter = Text("JitterStrategy") ?? "NONE";
        if (jitter is not ("NONE" or "FULL"))
        {
            throw Refuse("JitterStrategy", "it must be NONE or FULL");
        }

        Retrier retrier = new(ErrorEquals(isLast), interval, Integer("MaxAttempts", 0, MaxSeconds) ?? 3, backoff, maxDelay, jitter == "FULL");
        Close();
        return retrier;
    }

    private Catcher[] ReadCatch()
    {
        DefinitionReader[] catchers = [.. Objects("Catch")];
        return
        [
            .. catchers.Select((catcher, index) =>
            {
                Catcher read = new(catcher.ErrorEquals(isLast: index == catchers.Length - 1), catcher.Required(catcher.Text("Next"), "Next"), catcher.ResultPath());
                catcher.Close();
                return read;
            }),
        ];
    }

    private string[] ErrorEquals(bool isLast)
    {
        var names = Required(Take("ErrorEquals"), "ErrorEquals");
        if (names.ValueKind != JsonValueKind.Array || names.GetArrayLength() == 0 || names.EnumerateArray().Any(name => name.ValueKind != JsonValueKind.String))
        {
            throw Refuse("ErrorEquals", "it must be an array of one or more strings");
        }

        string[] errors = [.. names.EnumerateArray().Select(name => name.GetString()!)];
        if (errors.Contains(ErrorNames.All) && (errors.Length > 1 || !isLast))
        {
            throw Refuse("ErrorEquals", "States.ALL must stand alone, and last");
        }

        if (errors.Contains(ErrorNames.Runtime))
        {
            throw Refuse("ErrorEquals", "States.Runtime always ends the execution, nothing retries or catches it");
        }

        return errors.FirstOrDefault(error => error.StartsWith("States.", StringComparison.Ordinal) && !ErrorNames.Reserved.Contains(error)) is { } unknown
            ? throw Refuse("ErrorEquals", $"there is no error {unknown}")
            : errors;
    }

    /// <summary>The whole payload where there is no such field; null where it is null.</summary>
    private JsonPath? ResultPath() => Take("ResultPath") is { ValueKind: JsonValueKind.Null }
        ? null
        : Path("ResultPath", JsonPath.ParseResultPath) ?? JsonPath.Root;

    private JsonElement? Take(string field)
    {
        _read.Add(field);
        if (!_object.TryGetProperty(field, out var value))
        {
            return null;
        }
        // States have fields of their own, which are taken one by one.
        if (field is not ("States" or "Branches" or "ItemProcessor") && StateMachine.Placeholder().Match(value.GetRawText()) is { Success: true } placeholder)
        {
            throw Refuse(field, $"the name {placeholder} is not filled in");
        }

        return value;
    }

    private string? Text(string field) => Take(field) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        _ => throw Refuse(field, "it must be a string"),
    };

    private int? Integer(string field, int min, int max) => Take(field) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } number when number.TryGetInt32(out var value) && value >= min && value <= max => value,
        _ => throw Refuse(field, $"it must be an integer from {min} to {max}"),
    };

    private JsonPath? Path(string field, Func<string, JsonPath> parse) => Text(field) is { } path ? Parsed(field, () => parse(path)) : null;

    private Template? Template(string field) =>
        Take(field) is { } template ? Parsed(field, () => StatesLanguage.Template.Parse(template)) : null;

    private DefinitionReader? Object(string field) => Take(field) is { } value ? new(value, _state, $"{_prefix}{field}.", _names) : null;

    private IEnumerable<DefinitionReader> Objects(string field) => Take(field) switch
    {
        null => [],
        { ValueKind: JsonValueKind.Array } array =>
            array.EnumerateArray().Select((value, index) => new DefinitionReader(value, _state, $"{_prefix}{field}[{index}].", _names)),
        _ => throw Refuse(field, "it must be an array"),
    };

    private T Parsed<T>(string field, Func<T> parse)
    {
        try
        {
            return parse();
        }
        catch (FormatException e)
        {
            throw Refuse(field, e.Message);
        }
    }

    private T Required<T>(T? value, string field) where T : class => value ?? throw Refuse(field, "it is missing");

    private T Required<T>(T? value, string field) where T : struct => value ?? throw Refuse(field, "it is missing");

    private void Close()
    {
        Text("Comment");
        foreach (var member in _object.EnumerateObject())
        {
            if (!_read.Contains(member.Name))
            {
                throw Refuse(member.Name, "it is not supported here");
            }
        }
    }

    private StateMachineException Refuse(string? field, string why)
    {
        var where = field is null ? _prefix.TrimEnd('.') : _prefix + field;
        return new(_state is null ? $"Field '{where}': {why}." : $"State '{_state}', field '{where}': {why}.");
    }
}
