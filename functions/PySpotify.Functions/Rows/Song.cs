using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using PySpotify.Functions.Spotify;

namespace PySpotify.Functions.Rows;

/// <summary>A row of the tables, before it has a rank; its JSON names are the tables' columns. Null is unknown.</summary>
/// <param name="Artist">The first artist.</param>
/// <param name="Track">The title.</param>
/// <param name="TrackPop">Popularity, 0–100.</param>
/// <param name="DurationMs">Milliseconds.</param>
/// <param name="AlbumNm">The album's title.</param>
/// <param name="AlbumDt">The album's release date as Spotify has it: year, month or day.</param>
/// <param name="TrackId">Spotify's base-62 id.</param>
/// <param name="Artists">All artists' names in Spotify's order, as a JSON list.</param>
/// <param name="Isrc">The recording's international code.</param>
/// <param name="Fault">What in the track could not be read; such a row is refused.</param>
public sealed record Song(
    string? Artist,
    string? Track,
    int? TrackPop,
    long? DurationMs,
    string? AlbumNm,
    string? AlbumDt,
    string? TrackId,
    string? Artists = null,
    string? Isrc = null,
    string? Fault = null)
{
    // Names stay readable: only what JSON itself cannot hold is escaped.
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A track as a row. What is outside its range is unknown.</summary>
    public static Song From(Track track) => new(
        Known(track.Artists is [var first, ..] ? first : null),
        Known(track.Name),
        track.Popularity is >= 0 and <= 100 and var popularity ? (int)popularity : null,
        track.DurationMs is >= 0 and var duration ? duration : null,
        Known(track.Album?.Name),
        Known(track.Album?.ReleaseDate),
        Known(track.Id),
        NamesOf(track.Artists ?? []),
        Known(track.Isrc),
        track.Fault);

    /// <summary>Why the row cannot be written, or null if it can.</summary>
    public string? Reason() => this switch
    {
        { Fault: { } fault } => fault,
        { TrackId: null } => "no track id",
        { Track: null } => "no track name",
        { Artist: null } => "no artist",
        _ => null,
    };

    private static string? NamesOf(IReadOnlyList<string?> artists)
    {
        var names = artists.Select(Known).OfType<string>().ToList();
        if (names is [])
        {
            return null;
        }

        var json = new ArrayBufferWriter<byte>(64);
        using (var writer = new Utf8JsonWriter(json, Relaxed))
        {
            writer.WriteStartArray();
            names.ForEach(writer.WriteStringValue);

            writer.WriteEndArray();
        }

        return Encoding.UTF8.GetString(json.WrittenSpan);
    }

    private static string? Known(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}

/// <summary>A row that was not written, and why.</summary>
public sealed record RefusedSong(string Reason, Song Song);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Song))]
[JsonSerializable(typeof(RefusedSong))]
internal sealed partial class SongJson : JsonSerializerContext;
