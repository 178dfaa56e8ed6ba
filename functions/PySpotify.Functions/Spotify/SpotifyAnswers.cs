using System.Text.Json;
using System.Text.Json.Serialization;

namespace PySpotify.Functions.Spotify;

/// <summary>How Spotify's answers look on the wire, and what its refusals mean: the same for every client.</summary>
public static class SpotifyAnswers
{
    /// <summary>The error that the Web API's refusal means.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="body">The body, JSON or not.</param>
    /// <param name="limit">The page size that was asked for.</param>
    /// <param name="playlistId">The playlist that was asked for, if one was.</param>
    public static PySpotifyException Error(int status, string? body, int limit, string? playlistId = null)
    {
        var message = Read(body, root => root.GetProperty("error").GetProperty("message").GetString());
        return (status, playlistId) switch
        {
            (400, _) when message?.Contains("Invalid limit", StringComparison.OrdinalIgnoreCase) == true =>
                new SpotifyInvalidLimitException(limit),
            (403, { } id) => new SpotifyPlaylistForbiddenException(id),
            (404, { } id) => new SpotifyPlaylistNotFoundException(id),
            _ => new SpotifyResponseException($"status {status}{Quoted(message)}"),
        };
    }

    /// <summary>The error that the accounts service's refusal means.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="body">The body, JSON or not.</param>
    public static PySpotifyException TokenError(int status, string? body) =>
        Read(body, root => root.GetProperty("error").GetString()) switch
        {
            "invalid_grant" => new SpotifySignInExpiredException(),
            "invalid_client" => new SpotifyCredentialsException("invalid_client"),
            var error when status is 400 or 401 or 403 => new SpotifyCredentialsException($"status {status}{Quoted(error)}"),
            var error => new SpotifyResponseException($"status {status} from the accounts service{Quoted(error)}"),
        };

    /// <summary>A body as one of the records below.</summary>
    /// <param name="body">The body, JSON or not.</param>
    /// <param name="path">What was asked for.</param>
    /// <exception cref="SpotifyResponseException">It is not the JSON expected.</exception>
    public static T Read<T>(string? body, string path)
    {
        try
        {
            return (T?)JsonSerializer.Deserialize(body ?? "", typeof(T), SpotifyJson.Default) ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            throw Unreadable(path, e);
        }
    }

    internal static SpotifyResponseException Unreadable(string path, JsonException e) =>
        new($"{path} is not the JSON expected at {e.Path ?? "its start"}", e);

    private static string? Read(string? body, Func<JsonElement, string?> member)
    {
        try
        {
            using var document = JsonDocument.Parse(body ?? "");
            return member(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }

    private static string Quoted(string? message) => string.IsNullOrWhiteSpace(message)
        ? ""
        : $": '{new string([.. message.Where(c => !char.IsControl(c)).Take(200)])}'";
}

/// <summary><c>GET /v1/playlists/{id}/items</c></summary>
public sealed record PlaylistPage(int? Total = null, string? Next = null, IReadOnlyList<PlaylistRow?>? Items = null)
{
    /// <summary>The rows' tracks, wherever they stand.</summary>
    public TrackPage ToTrackPage() => Items is null
        ? throw new SpotifyResponseException("a playlist's page has no items")
        : new TrackPage(Total, Next is not null, [.. Items.Select(row => row?.ToTrack())]);
}

/// <summary>A playlist's row: its track stands under <c>item</c>, before 2026 under <c>track</c>.</summary>
public sealed record PlaylistRow(Track? Item = null, Track? Track = null, bool? IsLocal = null)
{
    internal Track? ToTrack() => (Item ?? Track) is { } track
        ? track with { IsLocal = track.IsLocal ?? IsLocal }
        : null;
}

/// <summary><c>GET /v1/search</c></summary>
public sealed record SearchAnswer(SearchPage? Tracks = null)
{
    /// <summary>The page of tracks.</summary>
    public TrackPage ToTrackPage() => Tracks?.Items is { } items
        ? new TrackPage(Tracks.Total, Tracks.Next is not null, items)
        : throw new SpotifyResponseException("a search's page has no tracks");
}

/// <summary>The tracks of a search's page.</summary>
public sealed record SearchPage(int? Total = null, string? Next = null, IReadOnlyList<Track?>? Items = null);

/// <summary><c>POST /api/token</c></summary>
public sealed record TokenAnswer(string? AccessToken = null, int? ExpiresIn = null, string? RefreshToken = null)
{
    /// <summary>Names no secret.</summary>
    public override string ToString() => $"answer with a token for {ExpiresIn} s";

    /// <summary>The token, if it is whole.</summary>
    public IssuedToken ToIssuedToken() => this is { AccessToken: { Length: > 0 } token, ExpiresIn: { } seconds }
        ? new IssuedToken(token, seconds, RefreshToken)
        : throw new SpotifyResponseException("the accounts service issued no token");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(PlaylistPage))]
[JsonSerializable(typeof(SearchAnswer))]
[JsonSerializable(typeof(TokenAnswer))]
internal sealed partial class SpotifyJson : JsonSerializerContext;
