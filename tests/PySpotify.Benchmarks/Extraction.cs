using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using PySpotify.Functions;
using PySpotify.Functions.Rows;
using PySpotify.Functions.Spotify;
using PySpotify.Workflow.Local;

namespace PySpotify.Benchmarks;

/// <summary>The two fetches side by side, against a sequential loop and what the latency alone would take.</summary>
internal static class Extraction
{
    private const string Playlist = "37i9dQZEVXbMDoHDwVN2tF";
    private const int PlaylistRows = 546, SearchRows = 1000, Concurrency = 4, WarmUps = 20;

    public static async Task RunAsync(Report report)
    {
        report.Section(
            $"Extraction: {SearchRows} + {PlaylistRows} rows, {Concurrency} calls at once",
            "latency ms", "page", "API calls", "most at once", "rows/s", "floor s", "PySpotify ÷ floor", "sequential ÷ floor", "sequential ÷ PySpotify");
        var worst = 0.0;
        foreach (var pageSize in (int[])[50, 10])
        {
            foreach (var latency in (int[])[0, 50, 200])
            {
                using var server = await FakeSpotifyServer.StartAsync(new(latency, new() { [Playlist] = PlaylistRows }, SearchRows, pageSize, pageSize));
                using var fetch = await Fetch.StartAsync(server);
                await fetch.RunAsync();
                var (calls, _) = await server.CountAsync();
                // The time of the just-in-time compiler, here and in the server, is not what is asked about.
                for (var warm = 0; warm < (pageSize == 50 ? WarmUps : 0); warm++)
                {
                    await fetch.RunAsync();
                }

                var timed = await Timing.CompareAsync(
                    latency switch { 0 => 9, 50 => 5, _ => pageSize == 50 ? 3 : 1 },
                    fetch.RunAsync,
                    () => fetch.RunSequentiallyAsync(pageSize));

                // The playlist's name, and all pages. In extended quota, those of a playlist are a hundred rows from the second on.
                var needed = 1 + Math.Ceiling((double)SearchRows / pageSize) + (pageSize == 50 ? 1 + Math.Ceiling((PlaylistRows - 50) / 100.0) : Math.Ceiling((double)PlaylistRows / pageSize));
                var (ours, sequential) = (timed[0].Seconds, timed[1].Seconds);
                var floor = needed / Concurrency * latency / 1000;
                if (latency > 0)
                {
                    worst = Math.Max(worst, ours / floor);
                }

                report.Row(
                    latency, pageSize, calls, (await server.CountAsync()).MostAtOnce, Number((SearchRows + PlaylistRows) / ours, "N0"), Number(floor, "0.000"),
                    Ratio(ours, floor), Ratio(sequential, floor), Ratio(sequential, ours));
            }
        }

        report.Goal("within 1.15 × of the floor at 50 and 200 ms", $"{worst:0.00} × at worst", worst <= 1.15);
    }

    private static string Ratio(double a, double b) => b == 0 ? "" : Number(a / b, "0.00") + " ×";

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    /// <summary>What both ways of fetching need, signed in.</summary>
    private sealed class Fetch : IDisposable
    {
        private readonly Scratch _scratch = new();
        private readonly HttpClient _plain = new();
        private readonly FakeSpotifyServer _server;
        private readonly TokenSecret _secrets;
        private readonly HttpClient _http;
        private readonly FetchTopPlayed _fetchTopPlayed;
        private readonly FetchPopular _fetchPopular;

        private Fetch(FakeSpotifyServer server, TokenSecret secrets, HttpClient http, HttpSpotifyApi api, SpotifyOptions options)
        {
            (_server, _secrets, _http) = (server, secrets, http);
            var staging = new TrackStaging(secrets, new LocalObjectStore(_scratch.Folder), TimeProvider.System, options);
            (_fetchTopPlayed, _fetchPopular) = (new(api, staging), new(api, staging));
            _plain.DefaultRequestHeaders.Authorization = new("Bearer", secrets.Token.Value);
        }

        public static async Task<Fetch> StartAsync(FakeSpotifyServer server)
        {
            var options = new SpotifyOptions { ApiUrl = server.ApiUrl, AccountsUrl = server.AccountsUrl, Concurrency = Concurrency };
            var http = SpotifyHandler.CreateClient(options, TimeProvider.System, NullLogger.Instance);
            var api = new HttpSpotifyApi(http, options);
            var issued = await api.RequestTokenAsync(new("fake-client-id", "fake-client-secret", "fake-refresh-token"), default);
            var token = new AccessToken(issued.AccessToken, DateTimeOffset.UtcNow.AddSeconds(issued.ExpiresIn), "");
            return new(server, new(token), http, api, options);
        }

        /// <summary>As the state machine's branches do.</summary>
        public async Task RunAsync()
        {
            var staged = await Task.WhenAll(
                Task.Run(() => _fetchTopPlayed.InvokeAsync(new(new(Source.Playlist, Playlist), _secrets.Reference, "benchmark"), default)),
                Task.Run(() => _fetchPopular.InvokeAsync(new(new(Source.Search, "year:2025-2026"), _secrets.Reference, "benchmark"), default)));
            Check(staged.Sum(source => source.Rows));
        }

        /// <summary>As a careful script does: page after page, each list to its end.</summary>
        public async Task RunSequentiallyAsync(int pageSize)
        {
            var rows = new List<(string?, string?, int?, int?, string?, string?)>();
            for (var offset = 0; offset < PlaylistRows; offset += pageSize)
            {
                Add(await GetAsync($"playlists/{Playlist}/items?limit={pageSize}&offset={offset}"), row => row!["item"]!);
            }

            for (var offset = 0; offset < SearchRows; offset += pageSize)
            {
                Add((await GetAsync($"search?type=track&q=year%3A2025-2026&limit={pageSize}&offset={offset}"))["tracks"]!, row => row!);
            }

            await File.WriteAllTextAsync(_scratch["rows.json"], JsonSerializer.Serialize(rows));
            Check(rows.Count);

            void Add(JsonNode page, Func<JsonNode?, JsonNode> track) => rows.AddRange(page["items"]!.AsArray().Select(track).Select(it => (
                (string?)it["artists"]![0]!["name"], (string?)it["name"], (int?)it["popularity"], (int?)it["duration_ms"],
                (string?)it["album"]!["name"], (string?)it["album"]!["release_date"])));
        }

        public void Dispose()
        {
            _plain.Dispose();
            _http.Dispose();
            _scratch.Dispose();
        }

        private async Task<JsonNode> GetAsync(string path) => (await _plain.GetFromJsonAsync<JsonNode>(new Uri(_server.ApiUrl, path)))!;

        private static void Check(int rows)
        {
            if (rows != PlaylistRows + SearchRows)
            {
                throw new InvalidOperationException($"{rows} rows where {PlaylistRows + SearchRows} are.");
            }
        }
    }
}
