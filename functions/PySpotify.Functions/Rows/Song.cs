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
public sealed record Song(
    string? Artist, string? Track, int? TrackPop, long? DurationMs, string? AlbumNm, string? AlbumDt, string? TrackId)
{
    /// <summary>The raw tables' columns, in order.</summary>
    public static IReadOnlyList<string> Columns { get; } =
        ["artist", "track", "track_pop", "duration_ms", "album_nm", "album_dt", "track_id", "rank"];

    /// <summary>A track as a row.</summary>
    public static Song From(Track track) => new(
        Known(track.Artists is [{ } first, ..] ? first.Name : null),
        Known(track.Name),
        track.Popularity,
        track.DurationMs,
        Known(track.Album?.Name),
        Known(track.Album?.ReleaseDate),
        Known(track.Id));

    /// <summary>Why the row cannot be written, or null if it can.</summary>
    public string? Fault() => this switch
    {
        { TrackId: null } => "no track id",
        { Track: null } => "no track name",
        { Artist: null } => "no artist",
        _ => null,
    };

    private static string? Known(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}

/// <summary>A row that was not written, and why.</summary>
public sealed record RefusedSong(string Reason, Song Song);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Song))]
[JsonSerializable(typeof(RefusedSong))]
internal sealed partial class SongJson : JsonSerializerContext;
