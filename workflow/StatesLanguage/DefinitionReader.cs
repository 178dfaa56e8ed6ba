using System.Text.Json;

namespace PySpotify.Workflow.StatesLanguage;

/// <summary>Reads an object of the definition field by field. A field that nobody has read when <see cref="Close"/> is
/// called is refused, so what is supported is listed nowhere but in the code that reads it.</summary>
internal sealed class DefinitionReader
{
    /// <summary>The most that a field of seconds may say.</summary>
    public const int MaxSeconds = 99_999_999;

    private const int MaxNameLength = 80;

    private readonly JsonElement _object;
    private readonly string? _state;
    private readonly string _prefix;
    private readonly HashSet<string> _names;
    private readonly HashSet<string> _read = [];

    /// <summary>Reads a whole definition.</summary>
    public DefinitionReader(JsonElement definition)
        : this(definition, null, "", [])
    {
    }

    private DefinitionReader(JsonElement element, string? state, string prefix, HashSet<string> names)
    {
        (_object, _state, _prefix, _names) = (element, state, prefix, names);
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw Refuse(null, "it must be an object");
        }
    }

    /// <summary>The name of the state that the object is, or is in.</summary>
    public string StateName => _state!;

    public bool Has(string field) => _object.TryGetProperty(field, out _);

    /// <summary>The field's value as it is.</summary>
    public JsonElement? Take(string field)
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

    public string? Text(string field) => Take(field) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        _ => throw Refuse(field, "it must be a string"),
    };

    public double? Number(string field) => Take(field) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } number => number.GetDouble(),
        _ => throw Refuse(field, "it must be a number"),
    };

    public int? Integer(string field, int min, int max) => Take(field) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } number when number.TryGetInt32(out var value) && value >= min && value <= max => value,
        _ => throw Refuse(field, $"it must be an integer from {min} to {max}"),
    };

    /// <summary>A path that may lead to several nodes.</summary>
    public JsonPath? Path(string field) => Parsed(field, JsonPath.Parse);

    /// <summary>A path that leads to one node.</summary>
    public JsonPath? ReferencePath(string field) => Parsed(field, JsonPath.ParseReference);

    /// <summary>Where in the input a result goes: in its place if there is no such field; nowhere (null) if it is null.</summary>
    public JsonPath? ResultPath() =>
        Take("ResultPath") is { ValueKind: JsonValueKind.Null } ? null : Parsed("ResultPath", JsonPath.ParseResultPath) ?? JsonPath.Root;

    public Template? Template(string field)
    {
        try
        {
            return Take(field) is { } template ? StatesLanguage.Template.Parse(template) : null;
        }
        catch (FormatException e)
        {
            throw Refuse(field, e.Message);
        }
    }

    public DefinitionReader? Object(string field) => Take(field) is { } value ? new(value, _state, $"{_prefix}{field}.", _names) : null;

    public DefinitionReader[] Objects(string field) => Take(field) switch
    {
        null => [],
        { ValueKind: JsonValueKind.Array } array =>
            [.. array.EnumerateArray().Select((value, index) => new DefinitionReader(value, _state, $"{_prefix}{field}[{index}].", _names))],
        _ => throw Refuse(field, "it must be an array"),
    };

    public DefinitionReader[] RequiredObjects(string field) =>
        Objects(field) is { Length: > 0 } objects ? objects : throw Refuse(field, "it must not be empty");

    /// <summary>The states of the field States.</summary>
    public IEnumerable<DefinitionReader> States()
    {
        var states = Required(Take("States"), "States");
        if (states.ValueKind != JsonValueKind.Object)
        {
            throw Refuse("States", "it must be an object");
        }

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

            yield return new(state.Value, state.Name, "", _names);
        }
    }

    public T Required<T>(T? value, string field) where T : class => value ?? throw Refuse(field, "it is missing");

    public T Required<T>(T? value, string field) where T : struct => value ?? throw Refuse(field, "it is missing");

    /// <summary>Refuses what was not read.</summary>
    public void Close()
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

    public StateMachineException Refuse(string? field, string why)
    {
        var path = field is null ? _prefix.TrimEnd('.') : _prefix + field;
        return new(_state is null ? $"Field '{path}': {why}." : $"State '{_state}', field '{path}': {why}.");
    }

    private JsonPath? Parsed(string field, Func<string, JsonPath> parse) => Text(field) is { } path ? Parsed(path, field, parse) : null;

    /// <summary>A path that is written within a field.</summary>
    public JsonPath Parsed(string path, string field, Func<string, JsonPath> parse)
    {
        try
        {
            return parse(path);
        }
        catch (FormatException e)
        {
            throw Refuse(field, e.Message);
        }
    }
}
