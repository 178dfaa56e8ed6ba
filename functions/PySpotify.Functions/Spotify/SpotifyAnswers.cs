using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace PySpotify.Functions.Spotify;

/// <summary>How Spotify's answers look on the wire, and what its refusals mean: the same for every client.</summary>
public static partial class SpotifyAnswers
{
    private const int MaxMessage = 200;

    private const string Forbidden = "Forbidden";

    /// <summary>The error that the Web API's refusal means.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="body">The body, JSON or not.</param>
    /// <param name="limit">The page size that was asked for.</param>
    /// <param name="source">The source that was asked for, if one was.</param>
    public static PySpotifyException Error(int status, string? body, int limit = 0, Source? source = null)
    {
        var message = MessageIn(body);
        return status switch
        {
            400 when Says("Invalid limit") => new SpotifyInvalidLimitException(limit),
            400 when source is not null && !Says("limit") && !Says("offset") => new SpotifySourceRefusedException(status, message),
            403 when Says("premium") => new SpotifyPremiumRequiredException(message!),
            403 when Says("registered") => new SpotifyUserNotRegisteredException(message!),
            403 when Says("scope") => new SpotifyScopeMissingException(message!),
            403 when source?.Kind == Source.Playlist && (message ?? Forbidden).Equals(Forbidden, StringComparison.OrdinalIgnoreCase) =>
                new SpotifyPlaylistForbiddenException(),
            403 => new SpotifyForbiddenException(message ?? Forbidden),
            404 when source?.Kind == Source.Playlist => new SpotifyPlaylistNotFoundException(),
            404 or 410 when source is not null => new SpotifySourceRefusedException(status, message),
            _ => new SpotifyResponseException($"status {status}{Quoted(message)}"),
        };

        bool Says(string words) => message?.Contains(words, StringComparison.OrdinalIgnoreCase) == true;
    }

    /// <summary>The error that the accounts service's refusal of a token means.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="body">The body, JSON or not.</param>
    public static PySpotifyException TokenError(int status, string? body) => TokenError(status, body, isSignIn: false);

    /// <summary>The error that the accounts service's refusal means.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="body">The body, JSON or not.</param>
    /// <param name="isSignIn">Whether a person is signing in.</param>
    internal static PySpotifyException TokenError(int status, string? body, bool isSignIn)
    {
        var error = Read(body, root => root.GetProperty("error").GetString());
        var message = MessageIn(body);
        return error switch
        {
            _ when Says("premium") => new SpotifyPremiumRequiredException(message!),
            _ when Says("not registered") => new SpotifyUserNotRegisteredException(message!),
            "invalid_scope" => new SpotifyScopeMissingException(message!),
            "invalid_grant" when isSignIn => new SpotifySignInRefusedException(message!),
            "invalid_grant" => new SpotifySignInExpiredException(message),
            _ when error is "invalid_client" or "unauthorized_client" || status is 400 or 401 =>
                new SpotifyCredentialsException($"{error ?? $"status {status}"}{Quoted(message)}", isSecret: Says("secret")),
            _ when status is 403 => new SpotifyForbiddenException(message ?? Forbidden),
            _ => new SpotifyResponseException($"status {status} from the accounts service{Quoted(message)}"),
        };

        bool Says(string words) => message?.Contains(words, StringComparison.OrdinalIgnoreCase) == true;
    }

    /// <summary>Spotify's own sentence in a refusal, whether it is JSON, plain text or a page of HTML.</summary>
    private static string? MessageIn(string? body)
    {
        var text = Read(body, root => root.GetProperty("error_description").GetString())
            ?? Read(body, root => root.GetProperty("error").GetProperty("message").GetString())
            ?? Read(body, root => root.GetProperty("error").GetString())
            ?? Read(body, root => root.GetProperty("message").GetString())
            ?? Read(body, root => root.GetString())
            ?? Read(body, root => root.ValueKind == JsonValueKind.Null ? "" : root.GetRawText())
            ?? Tag().Replace(body ?? "", " ");
        var words = string.Join(' ', WebUtility.HtmlDecode(text).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        words = string.Concat(words.Where(c => !char.IsControl(c))).TrimEnd('.', ' ');
        return words.Any(char.IsLetterOrDigit) ? Cut(words, MaxMessage) : null;
    }

    /// <summary>The beginning of a text that is longer.</summary>
    internal static string Cut(string text, int length) =>
        text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)] + "…";

    [GeneratedRegex("<script\\b.*?</script>|<style\\b.*?</style>|<head\\b.*?</head>|<[^>]*>", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex Tag();

    /// <summary>A body as one of the records below.</summary>
    /// <param name="body">The body, JSON or not.</param>
    /// <param name="path">What was asked for.</param>
    /// <exception cref="SpotifyResponseException">It is not the JSON expected.</exception>
    public static T Read<T>(string? body, string path) =>
        Read(path, () => (T?)JsonSerializer.Deserialize(body ?? "", typeof(T), SpotifyJson.Default));

    /// <inheritdoc cref="Read{T}(string, string)"/>
    internal static T Read<T>(string path, Func<T?> deserialize)
    {
        try
        {
            return deserialize() ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            throw new SpotifyResponseException($"{path} is not the JSON expected at {e.Path ?? "its start"}", e);
        }
    }

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

    private static string Quoted(string? message) => message is null ? "" : $": '{message}'";
}

/// <summary><c>GET /v1/playlists/{id}/items</c></summary>
public sealed record PlaylistPage(JsonElement Total = default, JsonElement Next = default, IReadOnlyList<JsonElement>? Items = null)
{
    /// <summary>The rows' tracks, wherever in a row they are.</summary>
    public TrackPage ToTrackPage() => Items is null
        ? throw new SpotifyResponseException("a playlist's page has no items")
        : new TrackPage(TrackJson.Count(Total), TrackJson.HasText(Next), [.. Items.Select(TrackJson.FromPlaylistRow)]);
}

/// <summary><c>GET /v1/search</c></summary>
public sealed record SearchAnswer(TracksPage? Tracks = null)
{
    /// <summary>The page of tracks.</summary>
    public TrackPage ToTrackPage() => (Tracks ?? throw new SpotifyResponseException("a search's page has no tracks")).ToTrackPage();
}

/// <summary>A page of tracks: in a search's answer, and the answer of <c>GET /v1/me/top/tracks</c>.</summary>
public sealed record TracksPage(JsonElement Total = default, JsonElement Next = default, IReadOnlyList<JsonElement>? Items = null)
{
    /// <summary>The page of tracks.</summary>
    public TrackPage ToTrackPage() => Items is null
        ? throw new SpotifyResponseException("a page of tracks has no items")
        : new TrackPage(TrackJson.Count(Total), TrackJson.HasText(Next), [.. Items.Select(TrackJson.From)]);
}

/// <summary><c>GET /v1/playlists/{id}</c></summary>
public sealed record PlaylistAnswer(string? Name = null);

/// <summary>A person, in other answers and as <c>GET /v1/me</c> has them.</summary>
public sealed record UserAnswer(string? Id = null, string? DisplayName = null);

/// <summary><c>GET /v1/me/playlists</c></summary>
public sealed record PlaylistsPage(JsonElement Next = default, IReadOnlyList<PlaylistSummary?>? Items = null);

/// <summary>A playlist in a list of them.</summary>
public sealed record PlaylistSummary(string? Id = null, string? Name = null, UserAnswer? Owner = null, bool? Collaborative = null);

/// <summary><c>POST /api/token</c></summary>
public sealed record TokenAnswer(string? AccessToken = null, JsonElement ExpiresIn = default, string? RefreshToken = null)
{
    /// <summary>Contains no secret.</summary>
    public override string ToString() => $"answer with a token for {TrackJson.Count(ExpiresIn)} s";

    /// <summary>The token, if it is whole.</summary>
    public IssuedToken ToIssuedToken() => AccessToken is { Length: > 0 } token && TrackJson.Count(ExpiresIn, least: int.MinValue) is { } seconds
        ? new IssuedToken(token, seconds, RefreshToken)
        : throw new SpotifyResponseException("the accounts service issued no token");
}

// Spotify's own answers are seven deep; one row that is deeper is not to cost its page.
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, MaxDepth = 10_000)]
[JsonSerializable(typeof(PlaylistPage))]
[JsonSerializable(typeof(SearchAnswer))]
[JsonSerializable(typeof(TracksPage))]
[JsonSerializable(typeof(PlaylistAnswer))]
[JsonSerializable(typeof(UserAnswer))]
[JsonSerializable(typeof(PlaylistsPage))]
[JsonSerializable(typeof(TokenAnswer))]
internal sealed partial class SpotifyJson : JsonSerializerContext;
