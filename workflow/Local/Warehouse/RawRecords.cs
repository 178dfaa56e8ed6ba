using System.Text.Json;
using System.Text.Unicode;

namespace PySpotify.Workflow.Local.Warehouse;

/// <summary>What a source's record in the raw folder says.</summary>
/// <param name="Source">The playlist's id, the query, or what else was asked for.</param>
/// <param name="Kind">playlist, search or top tracks.</param>
/// <param name="Name">The playlist's name, or the query.</param>
/// <param name="Status">read or not read.</param>
/// <param name="Reason">Why it was not read.</param>
/// <param name="Skipped">How many rows were left out.</param>
/// <param name="SkippedReasons">How many for which reason, as a JSON object.</param>
/// <param name="Quarantined">How many rows were refused.</param>
internal sealed record SourceRecord(
    string Source, string? Kind, string? Name, string Status, string? Reason, long? Skipped, string? SkippedReasons, long? Quarantined);

/// <summary>A row that was refused.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Song">The row, as the JSON that was written.</param>
internal sealed record RefusedRow(string Reason, string? Song);

/// <summary>Reads the raw folder's files of JSON.</summary>
internal static class RawRecords
{
    /// <exception cref="RawFileException">It is not a source's record.</exception>
    public static SourceRecord ReadSource(string path) => Read(File.ReadAllBytes(path), $"{path}: not a source's record", record =>
    {
        var skipped = Find(record, "skipped");
        return new SourceRecord(
            record.GetProperty("source").GetString()!,
            Find(record, "kind")?.GetString(),
            Find(record, "name")?.GetString(),
            record.GetProperty("status").GetString()!,
            Find(record, "reason")?.GetString(),
            skipped?.EnumerateObject().Sum(reason => reason.Value.GetInt64()),
            skipped?.GetRawText(),
            Find(record, "quarantined")?.GetInt64());
    });

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
            yield return Read(row, $"{path}, line {line}: not a refused row", refused => new RefusedRow(
                refused.GetProperty("reason").GetString()!, Find(refused, "song")?.GetRawText()));
        }
    }

    private static T Read<T>(ReadOnlyMemory<byte> json, string problem, Func<JsonElement, T> read)
    {
        try
        {
            using var document = Utf8.IsValid(json.Span) ? JsonDocument.Parse(json) : throw new RawFileException(problem);
            return read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new RawFileException(problem, e);
        }
    }

    private static JsonElement? Find(JsonElement parent, string member) =>
        parent.TryGetProperty(member, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
