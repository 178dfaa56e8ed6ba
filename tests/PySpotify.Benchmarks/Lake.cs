using Microsoft.Extensions.Logging.Abstractions;
using PySpotify.Functions;
using PySpotify.Functions.Rows;
using PySpotify.Functions.Spotify;
using PySpotify.Workflow;
using PySpotify.Workflow.Local;

namespace PySpotify.Benchmarks;

/// <summary>Three years of the sample's weeks, as raw files.</summary>
internal static class Lake
{
    public const int Weeks = 156;

    /// <summary>The last week's day.</summary>
    public static DateOnly Last { get; } = new(2026, 11, 22);

    /// <summary>Writes them into a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="written">Is called after each week.</param>
    public static async Task FetchAsync(string folder, Func<DateOnly, Task>? written = null)
    {
        var store = new LocalObjectStore(folder);
        var writeCsv = new WriteCsv(store, NullLogger<WriteCsv>.Instance);
        for (var date = Last.AddDays(-7 * (Weeks - 1)); date <= Last; date = date.AddDays(7))
        {
            var options = new SpotifyOptions();
            using var http = SpotifyHandler.CreateClient(options, TimeProvider.System, NullLogger.Instance, new SampleSpotify(date));
            var api = new HttpSpotifyApi(http, options);
            var token = new TokenSecret(new("sample", DateTimeOffset.MaxValue, ""));
            var staging = new TrackStaging(token, store, TimeProvider.System, options);
            var execution = date.Iso();
            var topPlayed = await new FetchTopPlayed(api, staging).InvokeAsync(new(new(Source.Playlist, "37i9dQZEVXbMDoHDwVN2tF"), token.Reference, execution), default);
            await writeCsv.InvokeAsync(new(Tables.TopPlayed, date, topPlayed), default);
            var popular = await new FetchPopular(api, staging).InvokeAsync(new(new(Source.Search, "year:2025-2026"), token.Reference, execution), default);
            await writeCsv.InvokeAsync(new(Tables.Popular, date, popular), default);
            await (written?.Invoke(date) ?? Task.CompletedTask);
        }
    }
}
