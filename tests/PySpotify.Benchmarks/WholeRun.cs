namespace PySpotify.Benchmarks;

/// <summary>The built <c>pyspotify run</c> from process start to exit, at 50 ms a call.</summary>
internal static class WholeRun
{
    private const string Playlist = "37i9dQZEVXbMDoHDwVN2tF";

    public static async Task RunAsync(Report report)
    {
        report.Section("The whole run at 50 ms a call: 1,000 + 546 rows", "app", "API calls", "seconds, median of 5", "peak MB");
        var rows = new List<(string App, int Calls, double Seconds)>();
        foreach (var (app, pageSize, playlistPage) in new[] { ("extended quota", 50, 50), ("Development Mode", 10, 50) })
        {
            using var server = await FakeSpotifyServer.StartAsync(new(50, new() { [Playlist] = 546 }, 1000, pageSize, playlistPage));
            var runs = new List<Ended>();
            var calls = 0;
            for (var i = 0; i < 5; i++)
            {
                using var scratch = new Scratch();
                runs.Add(await ChildProcess.RunAsync(server.Run(scratch.Folder)));
                if (i == 0)
                {
                    calls = (await server.CountAsync()).ApiCalls;
                }
            }

            var seconds = Timing.Median(runs.Select(run => run.Seconds));
            rows.Add((app, calls, seconds));
            report.Row(app, calls, $"{seconds:0.00}", $"{runs.Max(run => run.PeakMegabytes):0}");
        }

        report.Goal("at most 31 calls", $"{rows[0].Calls}", rows[0].Calls <= 31);
        report.Goal("at most 155 calls in Development Mode", $"{rows[1].Calls}", rows[1].Calls <= 155);
        report.Goal("under 3 s from process start to exit", $"{rows[0].Seconds:0.00} s", rows[0].Seconds < 3);
    }
}
