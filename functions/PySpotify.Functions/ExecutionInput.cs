using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace PySpotify.Functions;

/// <summary>The playlists whose rows become the table of most played songs.</summary>
/// <param name="PlaylistIds">Base-62 ids of 22 characters.</param>
public sealed record TopPlayed(IReadOnlyList<string> PlaylistIds);

/// <summary>The searches whose rows become the table of most popular songs.</summary>
/// <param name="Queries">Searches in Spotify's syntax.</param>
public sealed record Popular(IReadOnlyList<string> Queries);

/// <summary>What an execution is to fetch, checked and complete.</summary>
/// <param name="SnapshotDate">The day (UTC) that the rows are filed under.</param>
/// <param name="TopPlayed">The playlists; none, if the input names none.</param>
/// <param name="Popular">The searches, their years filled in; none, if the input names none.</param>
public sealed partial record ExecutionInput(DateOnly SnapshotDate, TopPlayed TopPlayed, Popular Popular)
{
    /// <summary>
    /// Playlists and queries together, at most. It keeps the execution's history under Step Functions' 25,000 events;
    /// past it, a Distributed Map is the way.
    /// </summary>
    public const int MaxSources = 300;

    /// <summary>Characters in a query, at most.</summary>
    public const int MaxQueryLength = 200;

    /// <summary>Bytes of the input as JSON, at most. It keeps every payload under 64 kB.</summary>
    public const int MaxBytes = 40_000;

    /// <summary>
    /// Reads an execution's input: <c>topPlayed.playlistIds</c>, <c>popular.queries</c> (either may be left out or
    /// empty, which leaves its table out) and <c>snapshotDate</c>. In a query, <c>{thisYear}</c> and <c>{lastYear}</c>
    /// stand for the snapshot's.
    /// </summary>
    /// <param name="input">The execution's input.</param>
    /// <param name="startTime">The execution's start, whose UTC day is the snapshot's unless one is named.</param>
    /// <param name="snapshotDate">A snapshot date that overrides the input's.</param>
    /// <exception cref="InvalidInputException">Something is wrong with it; the message names the field.</exception>
    public static ExecutionInput Read(JsonElement input, DateTimeOffset startTime, DateOnly? snapshotDate = null)
    {
        Expect(input, "the input", "topPlayed", "popular", "snapshotDate");
        var date = snapshotDate ?? ReadDate(input) ?? DateOnly.FromDateTime(startTime.UtcDateTime);
        var playlistIds = ReadList(input, "topPlayed", "playlistIds");
        for (var i = 0; i < playlistIds.Count; i++)
        {
            if (!PlaylistId().IsMatch(playlistIds[i]))
            {
                throw new InvalidInputException(
                    $"topPlayed.playlistIds[{i}]",
                    "is no playlist id; it is the 22 letters and digits after /playlist/ in the playlist's link");
            }
        }

        var queries = ReadList(input, "popular", "queries");
        for (var i = 0; i < queries.Count; i++)
        {
            if (string.IsNullOrWhiteSpace(queries[i]) || queries[i].Length > MaxQueryLength || queries[i].Any(char.IsControl))
            {
                throw new InvalidInputException(
                    $"popular.queries[{i}]", $"must be a line of 1 to {MaxQueryLength} characters, such as year:2025-2026");
            }
        }

        queries = [.. queries.Select(query => FillIn(query, date))];
        ExpectDifferent(playlistIds, "topPlayed.playlistIds");
        ExpectDifferent(queries, "popular.queries");
        var sources = playlistIds.Count + queries.Count;
        if (sources == 0)
        {
            throw new InvalidInputException("the input", "names no playlist and no query; there is nothing to fetch");
        }

        if (sources > MaxSources)
        {
            throw new InvalidInputException("the input", $"names {sources} playlists and queries; one execution takes {MaxSources} at most");
        }

        if (JsonSerializer.SerializeToUtf8Bytes(input, PayloadJson.Default.JsonElement).Length is > MaxBytes and var bytes)
        {
            throw new InvalidInputException("the input", $"has {bytes} bytes as JSON; one execution takes {MaxBytes} at most");
        }

        return new(date, new TopPlayed(playlistIds), new Popular(queries));
    }

    private static string FillIn(string query, DateOnly date) => query
        .Replace("{thisYear}", date.Year.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("{lastYear}", (date.Year - 1).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    private static DateOnly? ReadDate(JsonElement input)
    {
        if (!input.TryGetProperty("snapshotDate", out var text) || text.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return DateOnly.TryParseExact(Text(text.GetString), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date
            : throw new InvalidInputException("snapshotDate", "is no date; write it as 2026-11-22");
    }

    private static List<string> ReadList(JsonElement input, string group, string field)
    {
        var name = $"{group}.{field}";
        if (!input.TryGetProperty(group, out var element))
        {
            return [];
        }

        Expect(element, group, field);
        if (!element.TryGetProperty(field, out var list))
        {
            return [];
        }

        if (list.ValueKind != JsonValueKind.Array)
        {
            throw new InvalidInputException(name, "must be a list of strings");
        }

        List<string> values = [];
        foreach (var item in list.EnumerateArray())
        {
            values.Add(Text(item.GetString) ?? throw new InvalidInputException($"{name}[{values.Count}]", "is no text"));
        }

        return values;
    }

    private static void ExpectDifferent(List<string> values, string name)
    {
        for (var i = 0; i < values.Count && values.Count <= MaxSources; i++)
        {
            if (values.IndexOf(values[i]) < i)
            {
                throw new InvalidInputException($"{name}[{i}]", "stands in the list already");
            }
        }
    }

    private static void Expect(JsonElement element, string name, params ReadOnlySpan<string> fields)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidInputException(name, "must be a JSON object");
        }

        var seen = new HashSet<string?>();
        foreach (var property in element.EnumerateObject())
        {
            var field = Text(() => property.Name);
            if (!fields.Contains(field))
            {
                throw new InvalidInputException(
                    $"'{(field is { Length: > 60 } ? field[..60] + "…" : field)}' in {name}", $"is not known; known are {string.Join(", ", fields)}");
            }

            if (!seen.Add(field))
            {
                throw new InvalidInputException($"'{field}' in {name}", "is there twice");
            }
        }
    }

    /// <summary>Null where it is no text: another kind of value, or half a surrogate pair, which JSON can escape.</summary>
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

    [GeneratedRegex(@"\A[0-9A-Za-z]{22}\z")]
    private static partial Regex PlaylistId();
}

/// <summary>An execution's input is wrong.</summary>
/// <param name="field">The field, as a path.</param>
/// <param name="problem">What is wrong with it.</param>
public sealed class InvalidInputException(string field, string problem)
    : PySpotifyException($"The execution's input is wrong: {field} {problem}.");
