using System.Globalization;
using System.Text;
using System.Text.Json;
using PySpotify.Workflow.StatesLanguage;

namespace PySpotify.Benchmarks;

/// <summary>Hundreds of sources in one execution, and one source of a hundred thousand rows.</summary>
internal static class ManySources
{
    private const int Concurrency = 4;

    public static async Task RunAsync(Report report)
    {
        report.Section(
            "Many sources, and a long one", "input", "rows", "API calls", "most at once", "seconds", "× floor", "CSV files", "largest payload kB", "peak MB");
        var most = 0;
        var (many, manyPayload) = await RunAsync("200 playlists and 50 queries at 20 ms", 200, 120, 50, 120, latency: 20);
        var (_, _) = await RunAsync("one playlist", 1, 1_000, 0, 1, latency: 0);
        var (tenth, _) = await RunAsync("one playlist", 1, 10_000, 0, 1, latency: 0);
        var (large, _) = await RunAsync("one playlist", 1, 100_000, 0, 1, latency: 0);
        report.Goal($"no more than {Concurrency} calls at once", $"{most}", most <= Concurrency);
        report.Goal("a playlist of 100,000 rows under 150 MB", $"{large.PeakMegabytes:0} MB, {large.PeakMegabytes / tenth.PeakMegabytes:0.00} × that of 10,000", large.PeakMegabytes < 150);
        report.Goal("250 sources under 150 MB", $"{many.PeakMegabytes:0} MB", many.PeakMegabytes < 150);
        report.Goal("no payload over 262,144 bytes", $"{manyPayload} at most", manyPayload <= 262_144);

        async Task<(Ended Run, int LargestPayload)> RunAsync(string name, int playlists, int playlistRows, int queries, int searchRows, int latency)
        {
            using var scratch = new Scratch();
            var ids = Enumerable.Range(0, playlists).Select(n => string.Create(CultureInfo.InvariantCulture, $"playlist{n:D14}")).ToList();
            using var server = await FakeSpotifyServer.StartAsync(new(latency, ids.ToDictionary(id => id, _ => playlistRows), searchRows));
            var input = scratch["input.json"];
            await File.WriteAllTextAsync(input, JsonSerializer.Serialize(new
            {
                topPlayed = new { playlistIds = ids },
                popular = new { queries = Enumerable.Range(0, queries).Select(n => string.Create(CultureInfo.InvariantCulture, $"year:{2026 - n}")) },
            }));
            var run = await ChildProcess.RunAsync(server.Run(ChildProcess.PySpotify, scratch["data"], ["--input", input]));
            var counts = await server.CountAsync();
            most = Math.Max(most, counts.MostAtOnce);
            var files = Directory.GetFiles(scratch["data"], "*.csv", SearchOption.AllDirectories).Length;
            var payload = Directory.GetFiles(Path.Combine(scratch["data"], "executions")).SelectMany(File.ReadLines).Max(LargestPayload);
            var floor = (double)counts.ApiCalls / Concurrency * latency / 1000;
            report.Row(
                name, $"{(playlists * playlistRows) + (queries * searchRows):N0}", counts.ApiCalls, counts.MostAtOnce, $"{run.Seconds:0.0}",
                floor > 0 ? $"{run.Seconds / floor:0.00}" : "", files, $"{payload / 1e3:0.0}", $"{run.PeakMegabytes:0}");
            return (run, payload);
        }
    }

    private static int LargestPayload(string line)
    {
        var e = HistoryEvent.FromJson(line);
        return ((string?[])[e.Input, e.Output, e.Payload]).Max(text => Encoding.UTF8.GetByteCount(text ?? ""));
    }
}
