using System.Globalization;
using System.Text.Json.Nodes;

namespace PySpotify.Tests;

internal sealed partial class FakeSpotify
{
    private static readonly string Markets = string.Join(',', """
        AR AU AT BE BO BR BG CA CL CO CR CY CZ DK DO DE EC EE SV FI FR GR GT HN HK HU IS IE IT LV LT LU MY MT MX NL NZ NI
        NO PA PY PE PH PL PT SG SK ES SE CH TW TR UY US GB AD LI MC ID JP TH VN RO IL ZA SA AE BH QA OM
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(market => $"\"{market}\""));

    /// <summary>
    /// Each row that breaks parsers, by name. <c>same track</c> and <c>same track again</c> are one track; all others
    /// have ids of their own, from <c>TrackId(9000)</c> on.
    /// </summary>
    public static IReadOnlyDictionary<string, string?> TrapRows { get; } = BuildTrapRows();

    /// <summary>The id of <see cref="Track"/> number <paramref name="n"/>, 22 base-62 characters.</summary>
    public static string TrackId(int n) => string.Create(CultureInfo.InvariantCulture, $"fakeTrack{n:D13}");

    /// <summary>Tracks number <paramref name="first"/>, first + 1, ….</summary>
    public static string[] Tracks(int count, int first = 0) => [.. Enumerable.Range(first, count).Select(n => Track(n))];

    /// <summary>
    /// Track number <paramref name="n"/> as Spotify sends it, about 2 kB: "Track n" by "Artist n mod 100" on
    /// "Album n mod 250", popularity 37 n mod 101, 180,000 + n ms, of 2025-01-01 + (n mod 600) days.
    /// </summary>
    public static string Track(int n, Action<JsonObject>? change = null)
    {
        var id = TrackId(n);
        var released = new DateOnly(2025, 1, 1).AddDays(n % 600).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var artist = string.Create(CultureInfo.InvariantCulture, $$"""
            {"external_urls":{"spotify":"https://open.spotify.com/artist/fakeArtist{{n % 100:D12}}"},
            "href":"https://api.spotify.com/v1/artists/fakeArtist{{n % 100:D12}}","id":"fakeArtist{{n % 100:D12}}",
            "name":"Artist {{n % 100}}","type":"artist","uri":"spotify:artist:fakeArtist{{n % 100:D12}}"}
            """);
        var text = string.Create(CultureInfo.InvariantCulture, $$"""
            {"album":{"album_type":"album","artists":[{{artist}}],"available_markets":[{{Markets}}],
            "external_urls":{"spotify":"https://open.spotify.com/album/fakeAlbum{{n % 250:D13}}"},
            "href":"https://api.spotify.com/v1/albums/fakeAlbum{{n % 250:D13}}","id":"fakeAlbum{{n % 250:D13}}",
            "images":[{"height":640,"url":"https://i.scdn.co/image/ab67616d0000b273{{n:x24}}","width":640},
            {"height":300,"url":"https://i.scdn.co/image/ab67616d00001e02{{n:x24}}","width":300}],
            "is_playable":true,"name":"Album {{n % 250}}","release_date":"{{released}}","release_date_precision":"day",
            "total_tracks":12,"type":"album","uri":"spotify:album:fakeAlbum{{n % 250:D13}}"},
            "artists":[{{artist}}],"available_markets":[{{Markets}}],"disc_number":1,"duration_ms":{{180_000 + n}},
            "explicit":false,"external_ids":{"isrc":"XXFK1{{n:D7}}"},
            "external_urls":{"spotify":"https://open.spotify.com/track/{{id}}"},
            "href":"https://api.spotify.com/v1/tracks/{{id}}","id":"{{id}}","is_local":false,"is_playable":true,
            "name":"Track {{n}}","popularity":{{(long)n * 37 % 101}},"preview_url":null,"track_number":{{n % 12 + 1}},
            "type":"track","uri":"spotify:track:{{id}}"}
            """);
        if (change is null)
        {
            return text;
        }

        var track = JsonNode.Parse(text)!.AsObject();
        change(track);
        return track.ToJsonString();
    }

    private static string PlaylistRow(string member, string track) => $$"""
        {"added_at":"2026-01-02T03:04:05Z","added_by":{"external_urls":{"spotify":"https://open.spotify.com/user/fake"},
        "href":"https://api.spotify.com/v1/users/fake","id":"fake","type":"user","uri":"spotify:user:fake"},
        "is_local":{{(track.Contains("\"is_local\":true", StringComparison.Ordinal) ? "true" : "false")}},
        "primary_color":null,"{{member}}":{{track}},"video_thumbnail":{"url":null} }
        """;

    private static Dictionary<string, string?> BuildTrapRows()
    {
        var n = 9000;
        string Named(string name) => Track(n++, track => track["name"] = name);
        string Released(string? date, string? precision) => Track(n++, track =>
        {
            track["album"]!["release_date"] = date;
            track["album"]!["release_date_precision"] = precision;
        });
        return new()
        {
            ["null row"] = null,
            ["row without a track"] = "null",
            ["episode"] = """
                {"audio_preview_url":null,"description":"Two people talk.","duration_ms":3600000,"explicit":false,
                "href":"https://api.spotify.com/v1/episodes/fakeEpisode00000000001","id":"fakeEpisode00000000001",
                "images":[],"is_playable":true,"language":"en","languages":["en"],"name":"An episode",
                "release_date":"2026-02-03","release_date_precision":"day","show":{"name":"A show","type":"show"},
                "type":"episode","uri":"spotify:episode:fakeEpisode00000000001"}
                """,
            ["local file"] = """
                {"album":{"album_type":null,"artists":[],"available_markets":[],"external_urls":{},"href":null,"id":null,
                "images":[],"name":"","release_date":null,"release_date_precision":null,"type":"album","uri":null},
                "artists":[],"available_markets":[],"disc_number":0,"duration_ms":0,"explicit":false,"external_ids":{},
                "external_urls":{},"href":null,"id":null,"is_local":true,"name":"Recording 7.mp3","popularity":0,
                "preview_url":null,"track_number":0,"type":"track","uri":"spotify:local:::Recording+7.mp3:0"}
                """,
            ["unknown type"] = Track(n++, track => track["type"] = "hologram"),
            ["no artists"] = Track(n++, track => track["artists"] = new JsonArray()),
            ["album without a name"] = Track(n++, track => track["album"]!["name"] = ""),
            ["release date null"] = Released(null, null),
            ["release date 1981"] = Released("1981", "year"),
            ["release date 1981-12"] = Released("1981-12", "month"),
            ["release date 0000"] = Released("0000", "year"),
            ["same track"] = Track(n),
            ["same track again"] = Track(n++),
            ["popularity 0"] = Track(n++, track => track["popularity"] = 0),
            ["popularity absent"] = Track(n++, track => track.Remove("popularity")),
            ["quotes"] = Named("Say \"Cheese\" 'Twice'"),
            ["commas"] = Named("One, Two, Three"),
            ["line breaks"] = Named("First\r\nSecond\nThird\u2028Fourth"),
            ["tabs"] = Named("Left\tRight"),
            ["emoji"] = Named("Headphones 🎧 on 👩‍🎤"),
            ["leading ="] = Named("=1+1"),
            ["backslash at the end"] = Named("Backslash\\"),
            ["script"] = Named("<script>alert(\"PySpotify\")</script>"),
            ["100 kB name"] = Named(new string('x', 100_000)),
        };
    }
}
