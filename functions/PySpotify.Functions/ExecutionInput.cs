using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace PySpotify.Functions;

/// <summary>What is read as one list of songs.</summary>
/// <param name="Kind"><c>playlist</c>, <c>top tracks</c> or <c>search</c>.</param>
/// <param name="Id">
/// A playlist's base-62 id; <c>short_term</c>, <c>medium_term</c> or <c>long_term</c>; a search in Spotify's syntax.
/// </param>
public sealed record Source(string Kind, string Id)
{
    /// <summary>A playlist.</summary>
    public const string Playlist = "playlist";

    /// <summary>The signed-in person's most played songs over some time.</summary>
    public const string TopTracks = "top tracks";

    /// <summary>What a search finds.</summary>
    public const string Search = "search";

    /// <summary>The times that <see cref="TopTracks"/> are known for, and what people call them.</summary>
    public static IReadOnlyDictionary<string, string> TopTracksNames { get; } = new Dictionary<string, string>
    {
        ["short_term"] = "Your top tracks, last 4 weeks",
        ["medium_term"] = "Your top tracks, last 6 months",
        ["long_term"] = "Your top tracks, last year",
    };
}

/// <summary>The sources of one table.</summary>
public sealed record SourceList(IReadOnlyList<Source> Sources);

/// <summary>What an execution is to read, checked and complete.</summary>
/// <param name="SnapshotDate">The day (UTC) that the rows are filed under.</param>
/// <param name="TopPlayed">Playlists and top tracks; none, if the input names none.</param>
/// <param name="Popular">Searches, their years filled in; none, if the input names none.</param>
public sealed partial record ExecutionInput(DateOnly SnapshotDate, SourceList TopPlayed, SourceList Popular)
{
    /// <summary>
    /// The most sources. It keeps the execution's history under Step Functions' 25,000 events; past it, a Distributed Map
    /// is the way.
    /// </summary>
    public const int MaxSources = 300;

    /// <summary>The most characters in a query.</summary>
    public const int MaxQueryLength = 200;

    /// <summary>The most bytes of the input as JSON. It keeps every payload under 128 kB, half of what Step Functions takes.</summary>
    public const int MaxBytes = 40_000;

    /// <summary>
    /// Reads an execution's input: <c>topPlayed.playlists</c> (ids, links or URIs; <c>playlistIds</c> means the same),
    /// <c>topPlayed.topTracks</c>, <c>popular.queries</c> (each may be left out or empty) and <c>snapshotDate</c>. In a
    /// query, <c>{thisYear}</c> and <c>{lastYear}</c> are the snapshot's.
    /// </summary>
    /// <param name="input">The execution's input.</param>
    /// <param name="startTime">The execution's start, whose UTC day is the snapshot's unless one is named.</param>
    /// <param name="snapshotDate">A snapshot date that overrides the input's.</param>
    /// <exception cref="InvalidInputException">Something is wrong with it; the message names the field.</exception>
    public static ExecutionInput Read(JsonElement input, DateTimeOffset startTime, DateOnly? snapshotDate = null)
    {
        ExpectFields(input, "the input", "topPlayed", "popular", "snapshotDate");
        var date = snapshotDate ?? ReadDate(input) ?? DateOnly.FromDateTime(startTime.UtcDateTime);
        List<Source> topPlayed =
        [
            .. ReadList(input, "topPlayed", "playlists", ReadPlaylist),
            .. ReadList(input, "topPlayed", "playlistIds", ReadPlaylist),
            .. ReadList(input, "topPlayed", "topTracks", ReadTopTracks),
        ];
        List<Source> popular = [.. ReadList(input, "popular", "queries", (query, field) => ReadQuery(query, field, date))];
        ExpectSize(input, topPlayed.Count + popular.Count);
        ExpectDistinct(topPlayed, "topPlayed");
        ExpectDistinct(popular, "popular");
        return new(date, new(topPlayed), new(popular));
    }

    /// <summary>The input as <see cref="Read"/> reads it.</summary>
    public JsonObject ToJson()
    {
        return new()
        {
            ["topPlayed"] = new JsonObject
            {
                ["playlists"] = Ids(TopPlayed, Source.Playlist),
                ["topTracks"] = Ids(TopPlayed, Source.TopTracks),
            },
            ["popular"] = new JsonObject { ["queries"] = Ids(Popular, Source.Search) },
            ["snapshotDate"] = SnapshotDate.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        };

        static JsonArray Ids(SourceList list, string kind) =>
            [.. list.Sources.Where(source => source.Kind == kind).Select(source => (JsonNode)source.Id)];
    }

    /// <summary>The id in what people paste for a playlist or a song: the id itself, a link or a URI.</summary>
    /// <param name="text">What was pasted.</param>
    /// <param name="type"><c>playlist</c> or <c>track</c>.</param>
    /// <returns>22 letters and digits; null where there are none.</returns>
    public static string? IdIn(string text, string type) =>
        SpotifyId().Match(text.Trim()) is { Success: true } match && (match.Groups["type"] is not { Success: true } named || named.Value == type)
            ? match.Groups["id"].Value
            : null;

    private static Source ReadPlaylist(string text, string field) => IdIn(text, "playlist") is { } id
        ? new(Source.Playlist, id)
        : throw new InvalidInputException(field, "is not a playlist; paste its link, such as https://open.spotify.com/playlist/…");

    private static Source ReadTopTracks(string text, string field) => Source.TopTracksNames.ContainsKey(text)
        ? new(Source.TopTracks, text)
        : throw new InvalidInputException(field, "must be short_term, medium_term or long_term");

    private static Source ReadQuery(string query, string field, DateOnly date)
    {
        if (string.IsNullOrWhiteSpace(query) || query.Length > MaxQueryLength || query.Any(char.IsControl))
        {
            throw new InvalidInputException(field, $"must be a line of 1 to {MaxQueryLength} characters, such as year:2025-2026");
        }

        return new(Source.Search, query
            .Replace("{thisYear}", date.Year.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{lastYear}", (date.Year - 1).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
    }

    private static DateOnly? ReadDate(JsonElement input)
    {
        if (!input.TryGetProperty("snapshotDate", out var text) || text.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return DateOnly.TryParseExact(Text(text), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date
            : throw new InvalidInputException("snapshotDate", "is not a date; write it as 2026-11-22");
    }

    private static IEnumerable<Source> ReadList(JsonElement input, string group, string field, Func<string, string, Source> read)
    {
        var name = $"{group}.{field}";
        if (!input.TryGetProperty(group, out var element))
        {
            return [];
        }

        ExpectFields(element, group, group is "topPlayed" ? ["playlists", "playlistIds", "topTracks"] : ["queries"]);
        if (!element.TryGetProperty(field, out var list))
        {
            return [];
        }

        if (list.ValueKind != JsonValueKind.Array)
        {
            throw new InvalidInputException(name, "must be a list of strings");
        }

        return [.. list.EnumerateArray().Select((item, i) =>
            read(Text(item) ?? throw new InvalidInputException($"{name}[{i}]", "is not text"), $"{name}[{i}]"))];
    }

    private static void ExpectSize(JsonElement input, int sources)
    {
        if (sources == 0)
        {
            throw new InvalidInputException("The input has nothing to read. Add a playlist, top tracks or a query.");
        }

        if (sources > MaxSources)
        {
            throw new InvalidInputException($"The input names {sources} sources; the limit is {MaxSources}.");
        }

        if (JsonSerializer.SerializeToUtf8Bytes(input, PayloadJson.Default.JsonElement).Length is > MaxBytes and var bytes)
        {
            throw new InvalidInputException($"The input has {bytes} bytes as JSON; the limit is {MaxBytes}.");
        }
    }

    private static void ExpectDistinct(List<Source> sources, string group)
    {
        if (sources.GroupBy(source => source).FirstOrDefault(same => same.Count() > 1) is { Key: var twice })
        {
            throw new InvalidInputException(group, $"names {twice.Id} twice");
        }
    }

    private static void ExpectFields(JsonElement element, string name, params ReadOnlySpan<string> fields)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidInputException(name, "must be a JSON object");
        }

        var seen = new HashSet<string?>();
        foreach (var property in element.EnumerateObject())
        {
            // A name with half a surrogate pair cannot be shown.
            var field = Text(() => property.Name);
            if (!fields.Contains(field))
            {
                throw new InvalidInputException(
                    $"'{(field is { Length: > 60 } ? field[..60] + "…" : field)}' in {name}", $"is not a known field. Use {Or(fields)}");
            }

            if (!seen.Add(field))
            {
                throw new InvalidInputException($"{char.ToUpperInvariant(name[0])}{name[1..]} has '{field}' twice.");
            }
        }
    }

    private static string Or(ReadOnlySpan<string> names) => names is [var one] ? one : $"{string.Join(", ", names[..^1])} or {names[^1]}";

    private static string? Text(JsonElement element) => element.ValueKind == JsonValueKind.String ? Text(element.GetString) : null;

    /// <summary>Null where it has half a surrogate pair, which JSON can escape.</summary>
    private static string? Text(Func<string?> read)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"\A(?:(?i:(?:https?://)?open\.spotify\.com)/(?:intl-[A-Za-z-]+/)?(?:embed/)?(?:user/[^/?#]+/)?(?<type>playlist|track)/|(?i:spotify):(?:user:[^:]+:)?(?<type>playlist|track):)?(?<id>[0-9A-Za-z]{22})/?(?:[?#].*)?\z")]
    private static partial Regex SpotifyId();
}

/// <summary>An execution's input is wrong.</summary>
/// <param name="message">What is wrong with it, in a sentence.</param>
public sealed class InvalidInputException(string message) : PySpotifyException(message)
{
    /// <param name="field">The field, as a path, or the file.</param>
    /// <param name="problem">What is wrong with it.</param>
    public InvalidInputException(string field, string problem)
        : this($"Cannot read the input: {field} {problem}{(problem.EndsWith('?') ? "" : ".")}")
    {
    }
}
