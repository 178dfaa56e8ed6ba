using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace PySpotify.Workflow.StatesLanguage;

/// <summary>How payloads are written, read and measured.</summary>
internal static class Json
{
    /// <summary>The largest payload, in bytes of UTF-8:
    /// https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html.</summary>
    public const int MaxPayloadBytes = 262_144;

    // ResultPath nests deeper what was deep already, so the parser's limit must not be what the writer just reached.
    private static readonly JsonDocumentOptions ParserOptions = new() { MaxDepth = 1000 };

    private static readonly JsonWriterOptions WriterOptions = new()
    {
        // Names of artists count by their UTF-8 bytes, as on AWS, not by their escapes.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = 1000,
        SkipValidation = true,
    };

    /// <exception cref="JsonException">The text is not JSON.</exception>
    public static JsonElement Parse(string text) => JsonElement.Parse(text, ParserOptions);

    /// <summary>The element with the JSON that is written.</summary>
    public static JsonElement Element(Action<Utf8JsonWriter> write) => JsonElement.Parse(Write(write), ParserOptions);

    /// <summary>An object with one member.</summary>
    public static JsonElement Object(string name, JsonElement value) => Element(writer =>
    {
        writer.WriteStartObject();
        writer.WritePropertyName(name);
        value.WriteTo(writer);
        writer.WriteEndObject();
    });

    public static JsonElement Array(IEnumerable<JsonElement> elements) => Element(writer =>
    {
        writer.WriteStartArray();
        foreach (var element in elements)
        {
            element.WriteTo(writer);
        }

        writer.WriteEndArray();
    });

    public static JsonElement String(string text) => Element(writer => writer.WriteStringValue(text));

    /// <summary>The JSON that is written, in UTF-8.</summary>
    public static ReadOnlySpan<byte> Write(Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, WriterOptions))
        {
            write(writer);
        }

        return buffer.WrittenSpan;
    }

    public static bool IsTooLarge(JsonElement element) => JsonMarshal.GetRawUtf8Value(element).Length > MaxPayloadBytes;

    /// <summary>Whether both have the same JSON text.</summary>
    public static bool AreSame(JsonElement left, JsonElement right) =>
        JsonMarshal.GetRawUtf8Value(left).SequenceEqual(JsonMarshal.GetRawUtf8Value(right));
}
