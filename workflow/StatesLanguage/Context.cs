using System.Globalization;
using System.Text.Json;

namespace PySpotify.Workflow.StatesLanguage;

/// <summary>What paths and templates read: a payload and the context object.</summary>
internal readonly record struct Data(JsonElement Input, Context Context);

/// <summary>The context object, <c>$$</c>, as one attempt at a state sees it. Map is of kind Undefined outside a Map.</summary>
internal sealed record Context(JsonElement Execution, JsonElement StateMachine, JsonElement Map, string State, DateTimeOffset EnteredTime, int RetryCount)
{
    /// <summary>The member of the context object that has that name; of kind Undefined where there is none.</summary>
    public JsonElement Section(string name) => name switch
    {
        nameof(Execution) => Execution,
        nameof(StateMachine) => StateMachine,
        nameof(Map) => Map,
        nameof(State) => Json.Element(WriteState),
        _ => default,
    };

    /// <summary>The context object itself.</summary>
    public JsonElement Whole() => Json.Element(writer =>
    {
        writer.WriteStartObject();
        writer.WritePropertyName(nameof(Execution));
        Execution.WriteTo(writer);
        if (Map.ValueKind != JsonValueKind.Undefined)
        {
            writer.WritePropertyName(nameof(Map));
            Map.WriteTo(writer);
        }
        writer.WritePropertyName(nameof(State));
        WriteState(writer);
        writer.WritePropertyName(nameof(StateMachine));
        StateMachine.WriteTo(writer);
        writer.WriteEndObject();
    });

    /// <summary>As AWS writes times: <c>2026-01-31T09:30:00.000Z</c>.</summary>
    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private void WriteState(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString(nameof(EnteredTime), Text(EnteredTime));
        writer.WriteString("Name", State);
        writer.WriteNumber(nameof(RetryCount), RetryCount);
        writer.WriteEndObject();
    }
}
