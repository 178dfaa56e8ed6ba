using System.Text.Json;

namespace PySpotify.Functions.Spotify;

/// <summary>
/// Reads a track member by member, so that one that has another form than expected costs its row and not its page: the
/// track then has a <see cref="Track.Fault"/>.
/// </summary>
internal static class TrackJson
{
    private const int MaxShown = 80;

    /// <summary>A playlist's row, whose track is under <c>item</c>, before 2026 under <c>track</c>.</summary>
    public static Track? FromPlaylistRow(JsonElement row)
    {
        if (row.ValueKind != JsonValueKind.Object)
        {
            return From(row);
        }

        var track = From(Member(row, "item") is { ValueKind: not JsonValueKind.Null } item ? item : Member(row, "track") ?? default);
        return track is { IsLocal: null } ? track with { IsLocal = Flag(row, "is_local") } : track;
    }

    /// <summary>A track; null where there is none.</summary>
    public static Track? From(JsonElement json)
    {
        if (json.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined)
        {
            return null;
        }

        if (json.ValueKind != JsonValueKind.Object)
        {
            return new Track(Fault: Cannot("the row", json));
        }

        string? fault = null;
        var album = Member(json, "album") is { ValueKind: JsonValueKind.Object } found ? found : default;
        return new Track(
            Text(json, "id", ref fault),
            Text(json, "name", ref fault),
            Text(json, "type", ref fault),
            Flag(json, "is_local"),
            Number(json, "popularity", ref fault),
            Number(json, "duration_ms", ref fault),
            Artists(json, ref fault),
            new Album(Text(album, "name", ref fault), Text(album, "release_date", ref fault)),
            Text(Member(json, "external_ids") ?? default, "isrc", ref fault),
            fault);
    }

    private static List<string?> Artists(JsonElement json, ref string? fault)
    {
        List<string?> names = [];
        if (Member(json, "artists") is not { ValueKind: not JsonValueKind.Null } artists)
        {
            return names;
        }

        if (artists.ValueKind != JsonValueKind.Array)
        {
            fault ??= Cannot("artists", artists);
            return names;
        }

        foreach (var artist in artists.EnumerateArray())
        {
            names.Add(Text(artist, "name", ref fault));
        }

        return names;
    }

    private static string? Text(JsonElement json, string name, ref string? fault)
    {
        if (Member(json, name) is not { ValueKind: not JsonValueKind.Null } value)
        {
            return null;
        }

        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            // Another kind of value, bytes that are not UTF-8, or half a surrogate pair.
            fault ??= Cannot(name, value);
            return null;
        }
    }

    /// <summary>A whole number, also one written as 180000.0.</summary>
    private static long? Number(JsonElement json, string name, ref string? fault)
    {
        switch (Member(json, name))
        {
            case null or { ValueKind: JsonValueKind.Null }:
                return null;
            case { ValueKind: JsonValueKind.Number } value when value.TryGetInt64(out var number):
                return number;
            case { ValueKind: JsonValueKind.Number } value when value.TryGetDecimal(out var number) && number % 1 == 0 && number is >= long.MinValue and <= long.MaxValue:
                return (long)number;
            case { } value:
                fault ??= Cannot(name, value);
                return null;
        }
    }

    private static bool? Flag(JsonElement json, string name) => Member(json, name)?.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    private static JsonElement? Member(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) ? value : null;

    private static string Cannot(string name, JsonElement value)
    {
        string text;
        try
        {
            text = value.GetRawText();
        }
        catch (InvalidOperationException)
        {
            text = value.ValueKind.ToString();
        }

        var shown = new string([.. text.Where(c => !char.IsControl(c) && c != '\ufffd').Take(MaxShown)]);
        return $"{name} cannot be read: {(char.IsHighSurrogate(shown[^1]) ? shown[..^1] : shown)}";
    }
}
