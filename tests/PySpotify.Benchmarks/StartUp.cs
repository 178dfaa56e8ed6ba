using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using PySpotify.Functions;
using PySpotify.Functions.Rows;
using PySpotify.Functions.Spotify;
using PySpotify.Workflow.Cli;
using PySpotify.Workflow.Local;
using PySpotify.Workflow.Local.Warehouse;
using Spectre.Console;

namespace PySpotify.Benchmarks;

/// <summary>Where the time of a <c>run</c> on the sample goes, and what compiling ahead of time saves of it.</summary>
internal static class StartUp
{
    public const string Role = "share-of-start-up";

    private const int Rounds = 9;

    public static async Task RunAsync(Report report)
    {
        report.Section("Start-up: `run` on the sample, three weeks into an empty folder", "what", "seconds", "× built", "peak MB");
        using var scratch = new Scratch();
        var readyToRun = await PublishAsync(scratch["ready-to-run"], "--self-contained", "false", "-p:PublishAot=false", "-p:PublishReadyToRun=true");
        var native = await PublishAsync(scratch["native"]);
        (string Name, string? Program, string Command)[] all =
        [
            ("built, `executions` of an empty folder: the runtime and the command line", ChildProcess.PySpotify, "executions"),
            ("native, `executions`", native, "executions"),
            ("built", ChildProcess.PySpotify, "run"),
            ("published with ReadyToRun", readyToRun, "run"),
            ("native", native, "run"),
        ];
        var contenders = all.Where(contender => contender.Program is not null).ToArray();
        var runs = contenders.Select(_ => new List<Ended>()).ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < contenders.Length; i++)
            {
                using var data = new Scratch();
                runs[i].Add(await ChildProcess.RunAsync(new(contenders[i].Program!, [contenders[i].Command, "--data", data.Folder])));
            }
        }

        var built = Timing.Median(runs[Array.FindIndex(contenders, contender => contender.Name == "built")].Select(run => run.Seconds));
        for (var i = 0; i < contenders.Length; i++)
        {
            var seconds = Timing.Median(runs[i].Select(run => run.Seconds));
            report.Row(contenders[i].Name, $"{seconds:0.000}", $"{seconds / built:0.00}", $"{runs[i].Max(run => run.PeakMegabytes):0}");
        }

        if (contenders.Length < all.Length)
        {
            report.Say($"This machine or its feed has not what compiling ahead of time needs, so those variants are left out.");
        }

        report.Say($"Where it goes, each step for the first time in its process, compiled as it goes:");
        report.Header("step", "ms, median");
        var steps = new List<string[]>();
        for (var round = 0; round < Rounds; round++)
        {
            var ended = await ChildProcess.RunAsync(ChildProcess.Self(Role));
            steps.AddRange(ended.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')));
        }

        foreach (var step in steps.GroupBy(step => step[0]))
        {
            report.Row(step.Key, $"{Timing.Median(step.Select(it => double.Parse(it[1], CultureInfo.InvariantCulture))):0.0}");
        }
    }

    /// <summary>The role's program: does once what a run does, and writes how long each step took.</summary>
    public static async Task ShareAsync(string[] args)
    {
        var reached = DateTime.Now - Process.GetCurrentProcess().StartTime;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"runtime start\t{reached.TotalMilliseconds:0.00}"));
        using var scratch = new Scratch();
        var date = new DateOnly(2026, 11, 22);
        var store = new LocalObjectStore(scratch.Folder);
        var (database, rawFolder) = (new Database(scratch["warehouse.db"]), new RawFolder(scratch.Folder));
        var start = Stopwatch.GetTimestamp();
        var host = new Host(AnsiConsole.Console, AnsiConsole.Console, settings => settings.AddUserSecrets("pyspotify").AddEnvironmentVariables(), TimeProvider.System);
        Step("command line", Commands.Create(host).Parse(["run", "--data", scratch.Folder]));
        var settings = Step("configuration", SpotifySettings.Read(new SecretsFile(scratch["secrets.json"]), host.AddSettings));
        Step("definition", LocalPipeline.LoadDefinition());
        using var http = SpotifyHandler.CreateClient(settings.Options, TimeProvider.System, NullLogger.Instance, new SampleSpotify(date));
        var api = new HttpSpotifyApi(http, settings.Options);
        var token = await api.RequestTokenAsync(SampleSpotify.Credentials, default);
        Step("HTTP client, its resilience, and the token", token);
        var access = new TokenSecret(new(token.AccessToken, DateTimeOffset.MaxValue, ""));
        var staging = new TrackStaging(access, store, TimeProvider.System, settings.Options);
        var staged = await new FetchPopular(api, staging).InvokeAsync(new(new(Source.Search, "year:2025-2026"), access.Reference, "benchmark"), default);
        Step("the sample's charts and 20 pages", staged);
        Step("WriteCsv", await new WriteCsv(store, NullLogger<WriteCsv>.Instance).InvokeAsync(new(Tables.Popular, date, staged), default));
        Step("SQLite, its schema and a crawl", await new Crawler(database, rawFolder, TimeProvider.System).StartAsync(Crawler.Raw, default));
        Step("refine", await new RefineJob(database, rawFolder).RunAsync(date, default));
        Step("query", await new TableReader(scratch["warehouse.db"]).QueryAsync("SELECT count(*) FROM charts", default));

        T Step<T>(string name, T result)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}\t{Stopwatch.GetElapsedTime(start).TotalMilliseconds:0.00}"));
            start = Stopwatch.GetTimestamp();
            return result;
        }
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
