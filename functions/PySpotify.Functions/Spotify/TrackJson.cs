using System.Text.Json;

namespace PySpotify.Functions.Spotify;

/// <summary>
/// Reads a track member by member, so that an unexpected value loses one row, not the page: the track then has a
/// <see cref="Track.Fault"/>.
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
        var album = Object(Member(json, "album"), "album", ref fault);
        return new Track(
            Text(json, "id", ref fault),
            Text(json, "name", ref fault),
            Text(json, "type", ref fault),
            Flag(json, "is_local"),
            Number(json, "popularity", ref fault),
            Number(json, "duration_ms", ref fault),
            Artists(json, ref fault),
            new Album(Text(album, "name", ref fault), Text(album, "release_date", ref fault)),
            Text(Object(Member(json, "external_ids"), "external_ids", ref fault), "isrc", ref fault),
            fault);
    }

    /// <summary>A number of rows or seconds; null where it cannot be read as one.</summary>
    public static int? Count(JsonElement json, int least = 0) => Whole(json) is <= int.MaxValue and var number && number >= least ? (int)number : null;

    /// <summary>Whether it is a text with something in it.</summary>
    public static bool HasText(JsonElement json) => json.ValueKind == JsonValueKind.String && !json.ValueEquals("");

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
            names.Add(Text(Object(artist, "an artist", ref fault), "name", ref fault));
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

    private static JsonElement Object(JsonElement? json, string name, ref string? fault)
    {
        if (json is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Object) } other)
        {
            fault ??= Cannot(name, other);
        }

        return json is { ValueKind: JsonValueKind.Object } found ? found : default;
    }

    private static long? Number(JsonElement json, string name, ref string? fault)
    {
        if (Member(json, name) is not { ValueKind: not JsonValueKind.Null } value)
        {
            return null;
        }

        var number = Whole(value);
        fault ??= number is null ? Cannot(name, value) : null;
        return number;
    }

    /// <summary>A whole number, also one written as 180000.0. One that is too large for a long is out of every range, as -1 is.</summary>
    private static long? Whole(JsonElement json) => json.ValueKind != JsonValueKind.Number ? null
        : json.TryGetInt64(out var number) ? number
        : !json.TryGetDecimal(out var exact) || exact is < long.MinValue or > long.MaxValue ? -1
        : exact % 1 == 0 ? (long)exact
        : null;

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

        return $"{name} cannot be read: {SpotifyAnswers.Cut(string.Concat(text.Where(c => !char.IsControl(c) && c != '\ufffd')), MaxShown)}";
    }
}
