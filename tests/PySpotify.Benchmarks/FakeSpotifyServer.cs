using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using PySpotify.Tests;

namespace PySpotify.Benchmarks;

/// <summary>What a fake Spotify has and how it behaves.</summary>
/// <param name="LatencyMs">How long each call takes.</param>
/// <param name="Playlists">Rows by id.</param>
/// <param name="SearchRows">Rows that any search finds.</param>
/// <param name="PageSize">Of searches: 50, or 10 for Development Mode.</param>
/// <param name="PlaylistPageSize">Of playlists.</param>
internal sealed record FakeSpotifyPlan(int LatencyMs, Dictionary<string, int> Playlists, int SearchRows, int PageSize = 50, int PlaylistPageSize = 50);

/// <summary>What a fake Spotify has seen.</summary>
/// <param name="ApiCalls">Calls of the Web API.</param>
/// <param name="MostAtOnce">Calls that were open at once, at most.</param>
internal sealed record FakeSpotifyCounts(int ApiCalls, int MostAtOnce);

/// <summary>The tests' fake Spotify in a process of its own, so that its work and memory are not ours.</summary>
internal sealed class FakeSpotifyServer : IDisposable
{
    public const string Role = "serve-spotify";

    private readonly Process _process;

    private FakeSpotifyServer(Process process, Uri url) => (_process, AccountsUrl) = (process, url);

    /// <summary>Where it is.</summary>
    public Uri AccountsUrl { get; }

    public Uri ApiUrl => new(AccountsUrl, "v1/");

    public static async Task<FakeSpotifyServer> StartAsync(FakeSpotifyPlan plan)
    {
        var process = Process.Start(ChildProcess.Self(Role))!;
        await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(plan));
        return new(process, new Uri((await process.StandardOutput.ReadLineAsync())!));
    }

    /// <summary>The role's program: the plan comes in as the first line, and any further line asks for the counts.</summary>
    public static async Task ServeAsync(string[] args)
    {
        var plan = JsonSerializer.Deserialize<FakeSpotifyPlan>((await Console.In.ReadLineAsync())!)!;
        await using var spotify = await FakeSpotify.StartAsync(developmentMode: plan.PageSize < 50);
        spotify.Latency = TimeSpan.FromMilliseconds(plan.LatencyMs);
        spotify.MaxPlaylistLimit = plan.PlaylistPageSize;
        var tracks = FakeSpotify.Tracks(plan.Playlists.Values.Append(plan.SearchRows).Max());
        foreach (var (id, rows) in plan.Playlists)
        {
            spotify.AddPlaylist(id, tracks.Take(rows));
        }

        spotify.AddSearch(tracks.Take(plan.SearchRows));

        Console.WriteLine(spotify.AccountsUrl);
        while (await Console.In.ReadLineAsync() is not null)
        {
            var calls = spotify.Requests.Count - spotify.Calls(Endpoint.Token);
            Console.WriteLine(JsonSerializer.Serialize(new FakeSpotifyCounts(calls, spotify.MaxConcurrentCalls)));
        }
    }

    /// <summary>What it has seen so far.</summary>
    public async Task<FakeSpotifyCounts> CountAsync()
    {
        await _process.StandardInput.WriteLineAsync();
        return JsonSerializer.Deserialize<FakeSpotifyCounts>((await _process.StandardOutput.ReadLineAsync())!)!;
    }

    /// <summary>How a <c>pyspotify</c> is started to talk to it.</summary>
    public ProcessStartInfo Run(string program, string dataFolder) => Run(program, dataFolder, []);

    /// <inheritdoc cref="Run(string, string)"/>
    public ProcessStartInfo Run(string program, string dataFolder, IReadOnlyList<string> arguments)
    {
        // The input that the sample has too.
        var input = Path.Combine(Path.GetDirectoryName(ChildProcess.PySpotify)!, "input.json");
        var start = new ProcessStartInfo(program, ["run", "--data", dataFolder, .. arguments.Contains("--input") ? arguments : ["--input", input, .. arguments]]);
        start.Environment["Spotify__AccountsUrl"] = AccountsUrl.ToString();
        start.Environment["Spotify__ApiUrl"] = ApiUrl.ToString();
        start.Environment["Spotify__ClientId"] = "fake-client-id";
        start.Environment["Spotify__ClientSecret"] = "fake-client-secret";
        start.Environment["Spotify__RefreshToken"] = "fake-refresh-token";
        return start;
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
