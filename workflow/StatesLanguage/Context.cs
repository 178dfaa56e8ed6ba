using System.Globalization;
using System.Text.Json;

namespace PySpotify.Workflow.StatesLanguage;

/// <summary>What paths and templates read: a payload and the context object.</summary>
internal readonly record struct Data(JsonElement Input, Context Context);

/// <summary>The context object, <c>$$</c>. Map is of kind Undefined outside a Map.</summary>
internal sealed record Context(JsonElement Execution, JsonElement Map, JsonElement State)
{
    /// <summary>The member of that name; of kind Undefined where there is none.</summary>
    public JsonElement this[string name] => name switch
    {
        nameof(Execution) => Execution,
        nameof(Map) => Map,
        nameof(State) => State,
        _ => default,
    };

    /// <summary>As AWS writes times: <c>2026-01-31T09:30:00.000Z</c>.</summary>
    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
