using System.Diagnostics;
using System.Runtime.InteropServices;

namespace PySpotify.Benchmarks;

/// <summary>The program as it is built, and compiled ahead of time in two ways, side by side from process start to exit.</summary>
internal static class Programs
{
    private const string Playlist = "37i9dQZEVXbMDoHDwVN2tF", Sample = "`run` on the sample, three weeks", Run = "`run`, extended quota, 50 ms a call", Long = "`run`, a playlist of 100,000 rows";
    private const int Rounds = 7;

    public static async Task RunAsync(Report report)
    {
        using var scratch = new Scratch();
        var readyToRun = await PublishAsync(scratch["ready-to-run"], "--self-contained", "false", "-p:PublishAot=false", "-p:PublishReadyToRun=true");
        var native = await PublishAsync(scratch["native"]);
        var programs = ((string Name, string? Path)[])[("built", ChildProcess.PySpotify), ("ReadyToRun", readyToRun), ("native", native)];
        programs = [.. programs.Where(program => program.Path is not null)];
        report.Section(
            "The program from process start to exit",
            ["what", .. programs.Select(program => $"{program.Name}, seconds"), .. programs.Skip(1).Select(program => $"{program.Name} ÷ built"), .. programs.Select(program => $"{program.Name}, peak MB")]);

        using var extended = await FakeSpotifyServer.StartAsync(new(50, new() { [Playlist] = 546 }, 1000));
        using var development = await FakeSpotifyServer.StartAsync(new(50, new() { [Playlist] = 546 }, 1000, PageSize: 10));
        using var large = await FakeSpotifyServer.StartAsync(new(0, new() { [Playlist] = 100_000 }, 1));
        var lake = scratch["lake"];
        await Lake.FetchAsync(Path.Combine(lake, "raw"));
        foreach (var command in (string[])["refine", "report"])
        {
            await ChildProcess.RunAsync(new(ChildProcess.PySpotify, [command, "--data", lake]));
        }

        var ofNative = new Dictionary<string, Ended>();
        await CompareAsync("`--help`", (program, _) => new(program, ["--help"]));
        await CompareAsync(Sample, (program, data) => new(program, ["run", "--data", data]));
        await CompareAsync(Run, extended.Run);
        await CompareAsync("`run`, Development Mode, 50 ms a call", development.Run);
        await CompareAsync(Long, large.Run, rounds: 3);
        await CompareAsync($"`query top` over {Lake.Weeks} weeks", (program, _) => new(program, ["query", "top", "--data", lake]));
        await CompareAsync($"`report` over {Lake.Weeks} weeks", (program, _) => new(program, ["report", "--data", lake]));

        var calls = (await CallsAsync(extended), await CallsAsync(development));
        report.Goal("at most 26 pages and the playlist's name in extended quota", $"{calls.Item1} calls", calls.Item1 <= 27);
        report.Goal("at most 155 calls in Development Mode", $"{calls.Item2}", calls.Item2 <= 155);
        if (native is null)
        {
            report.Say("This machine or its feed lacks what compiling to a native executable needs.");
            return;
        }

        GoalSeconds("`--help`", 0.02);
        GoalSeconds(Sample, 0.6);
        GoalSeconds(Run, 0.8);
        GoalSeconds($"`query top` over {Lake.Weeks} weeks", 0.08);
        GoalMegabytes(Run, 60);
        GoalMegabytes(Long, 100);
        var size = new FileInfo(native).Length / 1e6;
        report.Goal("a native executable of at most 20 MB", $"{size:0.0} MB", size <= 20);

        async Task CompareAsync(string what, Func<string, string, ProcessStartInfo> start, int rounds = Rounds)
        {
            var runs = programs.Select(_ => new List<Ended>()).ToArray();
            for (var round = 0; round < rounds; round++)
            {
                for (var i = 0; i < programs.Length; i++)
                {
                    using var data = new Scratch();
                    runs[i].Add(await ChildProcess.RunAsync(start(programs[i].Path!, data.Folder)));
                }
            }

            var medians = runs.Select(ended => new Ended(Timing.Median(ended.Select(run => run.Seconds)), Timing.Median(ended.Select(run => run.PeakMegabytes)), "")).ToList();
            ofNative[what] = medians[^1];
            report.Row([
                what, .. medians.Select(run => $"{run.Seconds:0.000}"), .. medians.Skip(1).Select(run => $"{run.Seconds / medians[0].Seconds:0.00}"),
                .. medians.Select(run => $"{run.PeakMegabytes:0}"),
            ]);
        }

        void GoalSeconds(string what, double most) => report.Goal(
            $"native, {what}, within {most * 1000:0} ms", $"{ofNative[what].Seconds * 1000:0} ms", ofNative[what].Seconds <= most);

        void GoalMegabytes(string what, double most) => report.Goal(
            $"native, {what}, within {most:0} MB", $"{ofNative[what].PeakMegabytes:0} MB", ofNative[what].PeakMegabytes <= most);
    }

    /// <summary>How many calls a run makes.</summary>
    private static async Task<int> CallsAsync(FakeSpotifyServer server)
    {
        var before = (await server.CountAsync()).ApiCalls;
        using var data = new Scratch();
        await ChildProcess.RunAsync(server.Run(ChildProcess.PySpotify, data.Folder));
        return (await server.CountAsync()).ApiCalls - before;
    }

    /// <summary>Publishes the program for this platform.</summary>
    /// <returns>The executable; null if the feed lacks a compiler, or the machine a linker.</returns>
    private static async Task<string?> PublishAsync(string folder, params string[] options)
    {
        try
        {
            await ChildProcess.RunAsync(new("dotnet",
            [
                "publish", Path.Combine(ChildProcess.Repository(), "workflow"), "-r", RuntimeInformation.RuntimeIdentifier,
                .. options, "--artifacts-path", Path.Combine(folder, "artifacts"), "-o", folder,
            ]));
        }
        catch (InvalidOperationException e) when (e.Message.Contains("NU1101", StringComparison.Ordinal) || e.Message.Contains("linker", StringComparison.Ordinal))
        {
            return null;
        }

        return Path.Combine(folder, ChildProcess.Executable("pyspotify"));
    }
}
