using System.Text.Json;
using PySpotify.Functions.Ports;
using PySpotify.Functions.Spotify;

namespace PySpotify.Functions.Rows;

/// <summary>A claim check: where a source's rows are staged, and what came of the rest.</summary>
/// <param name="Source">The playlist or query as a file name.</param>
/// <param name="Key">The staged rows: JSON, one row a line.</param>
/// <param name="Rows">Staged rows.</param>
/// <param name="Skipped">Rows that were left out, by reason.</param>
public sealed record StagedTracks(string Source, string Key, int Rows, IReadOnlyDictionary<string, int> Skipped);

/// <summary>Reads a list of Spotify's to its end and stages the tracks in it that can be played.</summary>
public sealed class TrackStaging(ISecretStore secrets, IObjectStore store, TimeProvider clock, SpotifyOptions options)
{
    private static readonly byte[] LineEnd = "\n"u8.ToArray();

    /// <param name="token">Where the access token is kept.</param>
    /// <param name="source">The source's name; see <see cref="Keys.Source"/>.</param>
    /// <param name="key">Where to stage.</param>
    /// <param name="getPage">Asks for a page with an access token.</param>
    /// <param name="cap">Rows that Spotify gives at most.</param>
    /// <param name="arrange">Puts the rows into their order.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <exception cref="SpotifyTokenExpiredException">The token ran out before or while fetching.</exception>
    internal async Task<StagedTracks> StageAsync(
        TokenReference token,
        string source,
        string key,
        Func<string, GetTrackPage> getPage,
        int cap,
        Func<IAsyncEnumerable<Song>, IAsyncEnumerable<Song>> arrange,
        CancellationToken cancellationToken)
    {
        var access = await Secrets.ReadTokenAsync(secrets, token.Secret, cancellationToken);
        if (access is null || access.ExpiresAt <= clock.GetUtcNow())
        {
            throw new SpotifyTokenExpiredException(access?.ExpiresAt ?? token.ExpiresAt);
        }

        var rows = 0;
        var skipped = new SortedDictionary<string, int>(StringComparer.Ordinal);
        try
        {
            var tracks = TrackPages.ReadAllAsync(getPage(access.Value), cap, options.Concurrency, cancellationToken);
            await store.WriteAsync(
                key,
                async (stream, cancellationToken) =>
                {
                    await foreach (var song in arrange(Playable(tracks, skipped)).WithCancellation(cancellationToken))
                    {
                        await JsonSerializer.SerializeAsync(stream, song, SongJson.Default.Song, cancellationToken);
                        await stream.WriteAsync(LineEnd, cancellationToken);
                        rows++;
                    }
                },
                cancellationToken);
        }
        catch (SpotifyUnauthorizedException) when (access.ExpiresAt <= clock.GetUtcNow())
        {
            throw new SpotifyTokenExpiredException(access.ExpiresAt);
        }

        return new(source, key, rows, skipped);
    }

    private static async IAsyncEnumerable<Song> Playable(IAsyncEnumerable<Track?> tracks, SortedDictionary<string, int> skipped)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var track in tracks)
        {
            var reason = track switch
            {
                null => "no track",
                { IsLocal: true } => "local file",
                { Type: "episode" } => "episode",
                { Type: not (null or "track") } => "unknown type",
                { Id: { } id } when !seen.Add(id) => "duplicate",
                _ => null,
            };
            if (reason is null)
            {
                yield return Song.From(track!);
            }
            else
            {
                skipped[reason] = skipped.GetValueOrDefault(reason) + 1;
            }
        }
    }
}
