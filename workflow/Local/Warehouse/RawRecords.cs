using System.Text.Json;
using System.Text.Unicode;
using PySpotify.Functions;
using PySpotify.Functions.Rows;

namespace PySpotify.Workflow.Local.Warehouse;

/// <summary>A row that was refused.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Song">The row, as the JSON that was written.</param>
internal sealed record RefusedRow(string Reason, string? Song);

/// <summary>Reads the raw folder's files of JSON.</summary>
internal static class RawRecords
{
    // A song can be nested deeper than the 64 levels that are read without asking.
    private static readonly JsonDocumentOptions AnyDepth = new() { MaxDepth = 500 };

    /// <exception cref="RawFileException">It is not a source's record.</exception>
    public static SourceRecord ReadSource(string path) => Read(
        File.ReadAllBytes(path), $"{path}: not a source's record", record => record.Deserialize(PayloadJson.Default.SourceRecord) ?? throw new JsonException());

    /// <summary>The refused rows of a file, a line each.</summary>
    /// <exception cref="RawFileException">A line is not one.</exception>
    public static IEnumerable<RefusedRow> ReadQuarantine(string path)
    {
        var bytes = File.ReadAllBytes(path).AsMemory();
        for (var line = 1; !bytes.IsEmpty; line++)
        {
            var end = bytes.Span.IndexOf((byte)'\n');
            var row = end < 0 ? bytes : bytes[..end];
            bytes = end < 0 ? default : bytes[(end + 1)..];
            yield return Read(row, $"{path}, line {line}: not a refused row", ReadRefused);
        }
    }

    private static RefusedRow ReadRefused(JsonElement row) =>
        row.EnumerateObject().ToList() is [{ Name: "reason" } reason, { Name: "song" } song]
            ? new(reason.Value.GetString() ?? throw new JsonException(), song.Value.ValueKind is JsonValueKind.Object ? song.Value.GetRawText() : null)
            : throw new JsonException();

    private static T Read<T>(ReadOnlyMemory<byte> json, string problem, Func<JsonElement, T> read)
    {
        try
        {
            using var document = Utf8.IsValid(json.Span) ? JsonDocument.Parse(json, AnyDepth) : throw new RawFileException(problem);
            return read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new RawFileException(problem, e);
        }
    }
}
