using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Web;
using PySpotify.Functions;
using PySpotify.Functions.Spotify;

namespace PySpotify.Workflow.Local;

/// <summary>
/// A made-up Spotify for a first run without credentials. It takes the network's place, under the real client,
/// and answers any host with the token, playlist and search endpoints' JSON: 546 playlist rows and 1,000 search rows,
/// which follow from the snapshot's date alone.
/// </summary>
internal sealed class SampleSpotify(DateOnly snapshotDate) : HttpMessageHandler
{
    /// <summary>Credentials that it accepts; it accepts any.</summary>
    public static SpotifyCredentials Credentials { get; } = new("sample", "sample");

    private readonly Lazy<SampleCharts> _charts = new(() => new(snapshotDate));

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(Answer(request));
    }

    private HttpResponseMessage Answer(HttpRequestMessage request)
    {
        var address = request.RequestUri!;
        return (request.Method.Method, address.AbsolutePath.Split('/')) switch
        {
            ("POST", [.., "api", "token"]) => Json(HttpStatusCode.OK, WriteToken),
            ("GET", _) when request.Headers.Authorization is not { Scheme: "Bearer" } => Error(HttpStatusCode.Unauthorized, "No token provided"),
            ("GET", [.., "playlists", _, "items"]) => Page(address, _charts.Value.TopPlayed, "item"),
            ("GET", [.., "playlists", _, "tracks"]) => Page(address, _charts.Value.TopPlayed, "track", largest: TrackPages.ExtendedPlaylistLimit),
            ("GET", [.., "playlists", _]) => Json(HttpStatusCode.OK, WritePlaylist),
            ("GET", [.., "search"]) => Page(address, _charts.Value.Popular),
            _ => Error(HttpStatusCode.NotFound, "Service not found"),
        };
    }

    private static void WriteToken(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("access_token", "sample");
        json.WriteString("token_type", "Bearer");
        json.WriteNumber("expires_in", 3600);
        json.WriteEndObject();
    }

    private static void WritePlaylist(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("name", "Sample: most played");
        json.WriteEndObject();
    }

    /// <summary>A page of a search, or of a playlist whose rows have the track under a member.</summary>
    private static HttpResponseMessage Page(Uri address, IReadOnlyList<SampleTrack?> rows, string? member = null, int largest = 50)
    {
        var isSearch = member is null;
        var query = HttpUtility.ParseQueryString(address.Query);
        if (!TryRead(query["limit"], 20, out var limit) || limit < 1 || limit > largest)
        {
            return Error(HttpStatusCode.BadRequest, "Invalid limit");
        }

        if (!TryRead(query["offset"], 0, out var offset) || (isSearch && offset > FetchPopular.SearchWindow - limit))
        {
            return Error(HttpStatusCode.BadRequest, "Invalid offset");
        }

        return Json(HttpStatusCode.OK, json =>
        {
            json.WriteStartObject();
            if (isSearch)
            {
                json.WriteStartObject("tracks");
            }

            json.WriteString("href", address.AbsoluteUri);
            json.WriteNumber("limit", limit);
            json.WriteNumber("offset", offset);
            json.WriteNumber("total", rows.Count);
            // Spotify's search names a next page past its own window too.
            if (isSearch || offset < rows.Count - limit)
            {
                json.WriteString("next", string.Create(CultureInfo.InvariantCulture, $"{address.GetLeftPart(UriPartial.Path)}?offset={offset + limit}&limit={limit}"));
            }
            else
            {
                json.WriteNull("next");
            }

            json.WriteStartArray("items");
            for (var i = offset; i < rows.Count && i < offset + limit; i++)
            {
                if (member is null)
                {
                    WriteTrack(json, rows[i]);
                }
                else
                {
                    WritePlaylistRow(json, member, rows[i]);
                }
            }

            json.WriteEndArray();
            json.WriteEndObject();
            if (isSearch)
            {
                json.WriteEndObject();
            }
        });
    }

    private static void WritePlaylistRow(Utf8JsonWriter json, string member, SampleTrack? track)
    {
        json.WriteStartObject();
        json.WriteString("added_at", "2024-01-01T00:00:00Z");
        json.WriteBoolean("is_local", track?.IsLocal ?? false);
        json.WritePropertyName(member);
        WriteTrack(json, track);
        json.WriteEndObject();
    }

    private static void WriteTrack(Utf8JsonWriter json, SampleTrack? track)
    {
        if (track is null)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        json.WriteString("id", track.Id);
        json.WriteString("type", track.Type);
        json.WriteString("uri", track.Id is null ? "spotify:local:::Recording+7.mp3:0" : $"spotify:{track.Type}:{track.Id}");
        json.WriteString("name", track.Name);
        json.WriteNumber("duration_ms", track.DurationMs);
        json.WriteBoolean("explicit", false);
        if (track.Type == "episode")
        {
            json.WriteString("release_date", track.Released);
            json.WriteString("release_date_precision", "day");
            json.WriteEndObject();
            return;
        }

        json.WriteBoolean("is_local", track.IsLocal);
        if (track.Popularity is { } popularity)
        {
            json.WriteNumber("popularity", popularity);
        }

        json.WriteStartArray("artists");
        foreach (var artist in track.Artists)
        {
            json.WriteStartObject();
            json.WriteString("type", "artist");
            json.WriteString("name", artist);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (track.Isrc is not null)
        {
            json.WriteStartObject("external_ids");
            json.WriteString("isrc", track.Isrc);
            json.WriteEndObject();
        }

        json.WriteStartObject("album");
        json.WriteString("type", "album");
        json.WriteString("album_type", track.Album == track.Name ? "single" : "album");
        json.WriteString("name", track.Album);
        json.WriteString("release_date", track.Released);
        json.WriteString("release_date_precision", track.Released?.Length switch { null => null, 4 => "year", 7 => "month", _ => "day" });
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static bool TryRead(string? text, int usual, out int value)
    {
        value = usual;
        return text is null || int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }

    private static HttpResponseMessage Error(HttpStatusCode status, string message) => Json(status, json =>
    {
        json.WriteStartObject();
        json.WriteStartObject("error");
        json.WriteNumber("status", (int)status);
        json.WriteString("message", message);
        json.WriteEndObject();
        json.WriteEndObject();
    });

    private static HttpResponseMessage Json(HttpStatusCode status, Action<Utf8JsonWriter> write)
    {
        var body = new ArrayBufferWriter<byte>(32 * 1024);
        // As Spotify does, names travel as UTF-8 and not as escapes.
        using (var json = new Utf8JsonWriter(body, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            write(json);
        }

        var content = new ReadOnlyMemoryContent(body.WrittenMemory);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        return new(status) { Content = content };
    }
}
