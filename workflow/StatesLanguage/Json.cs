using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace PySpotify.Workflow.StatesLanguage;

/// <summary>How payloads become text and back.</summary>
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

    public static string Write(Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, WriterOptions))
        {
            write(writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The element with that JSON text.</summary>
    public static JsonElement Element(Action<Utf8JsonWriter> write) => Parse(Write(write));

    /// <summary>An array of those elements.</summary>
    public static JsonElement Array(IEnumerable<JsonElement> elements) => Element(writer =>
    {
        writer.WriteStartArray();
        foreach (var element in elements)
        {
            element.WriteTo(writer);
        }

        writer.WriteEndArray();
    });

    public static bool IsTooLarge(string text) =>
        // A char takes three bytes at most, so most payloads need no count.
        text.Length > MaxPayloadBytes / 3 && Encoding.UTF8.GetByteCount(text) > MaxPayloadBytes;
}
