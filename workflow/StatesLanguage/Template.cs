using System.Text.Json;

namespace PySpotify.Workflow.StatesLanguage;

/// <summary>A payload template (Parameters, ResultSelector, ItemSelector): an object in which a member <c>name.$</c>
/// gets what a path leads to. Compiled once, when the definition is loaded.</summary>
internal sealed class Template
{
    private delegate void Part(Utf8JsonWriter writer, Data data);

    private readonly Part _root;

    private Template(Part root) => _root = root;

    /// <exception cref="FormatException">The template uses what is not supported.</exception>
    public static Template Parse(JsonElement template) => template.ValueKind == JsonValueKind.Object
        ? new(Compile(template))
        : throw new FormatException("it must be an object");

    /// <summary>What the template makes.</summary>
    /// <exception cref="StateFailure">A path leads to nothing; States.Runtime.</exception>
    public JsonElement Fill(Data data) => Json.Element(writer => _root(writer, data));

    private static Part Compile(JsonElement node)
    {
        switch (node.ValueKind)
        {
            case JsonValueKind.Array:
                Part[] elements = [.. node.EnumerateArray().Select(Compile)];
                return (writer, data) =>
                {
                    writer.WriteStartArray();
                    foreach (var element in elements)
                    {
                        element(writer, data);
                    }

                    writer.WriteEndArray();
                };
            case JsonValueKind.Object:
                (string Name, Part Value)[] members = [.. node.EnumerateObject().Select(CompileMember)];
                if (members.GroupBy(member => member.Name).FirstOrDefault(group => group.Skip(1).Any()) is { Key: string twice })
                {
                    throw new FormatException($"the template has the member '{twice}' twice");
                }

                return (writer, data) =>
                {
                    writer.WriteStartObject();
                    foreach ((var name, var value) in members)
                    {
                        writer.WritePropertyName(name);
                        value(writer, data);
                    }
                    writer.WriteEndObject();
                };
            default:
                return (writer, _) => node.WriteTo(writer);
        }
    }

    private static (string Name, Part Value) CompileMember(JsonProperty member)
    {
        if (!member.Name.EndsWith(".$", StringComparison.Ordinal))
        {
            return (member.Name, Compile(member.Value));
        }

        if (member.Value.ValueKind != JsonValueKind.String)
        {
            throw new FormatException($"the value of '{member.Name}' must be a path");
        }

        var path = JsonPath.Parse(member.Value.GetString()!);
        return (member.Name[..^2], (writer, data) => path.Get(data, member.Name).WriteTo(writer));
    }
}
