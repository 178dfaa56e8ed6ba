using System.Text.Json;
using PySpotify.Functions.Ports;
using PySpotify.Functions.Spotify;

namespace PySpotify.Functions.Rows;

/// <summary>Reads a list of Spotify's to its end and stages the tracks in it that can be played.</summary>
public sealed class TrackStaging(ISecretStore secrets, IObjectStore store, TimeProvider clock, SpotifyOptions options)
{
    private static readonly byte[] LineEnd = "\n"u8.ToArray();

    /// <summary>Stages a source's tracks. What is wrong with this source alone is told in the answer, not thrown.</summary>
    /// <param name="request">The source, and where to stage it.</param>
    /// <param name="token">Where the access token is kept.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <exception cref="SpotifyTokenExpiredException">The token ran out before or while fetching.</exception>
    /// <exception cref="SpotifyTokenRefusedException">Spotify refused the token, though it had not run out.</exception>
    internal async Task<StagedTracks> StageAsync(StagingRequest request, TokenReference token, CancellationToken cancellationToken)
    {
        var access = await Secrets.ReadTokenAsync(secrets, token.Secret, cancellationToken);
        if (access is null || access.ExpiresAt <= clock.GetUtcNow())
        {
            throw new SpotifyTokenExpiredException(access?.ExpiresAt ?? token.ExpiresAt);
        }

        int rows = 0, outOfRange = 0;
        var skipped = new SortedDictionary<string, int>(StringComparer.Ordinal);
        try
        {
            var naming = NameAsync(request, access.Value, cancellationToken);
            var tracks = TrackPages.ReadAllAsync(
                (offset, limit, cancellationToken) => request.GetPage(access.Value, offset, limit, cancellationToken),
                request.MaxRows,
                options.Concurrency,
                cancellationToken);
            await store.WriteAsync(
                request.Key,
                async (stream, cancellationToken) =>
                {
                    await foreach (var song in request.Arrange(Playable(tracks, skipped, () => outOfRange++)).WithCancellation(cancellationToken))
                    {
                        await JsonSerializer.SerializeAsync(stream, song, SongJson.Default.Song, cancellationToken);
                        await stream.WriteAsync(LineEnd, cancellationToken);
                        rows++;
                    }
                },
                cancellationToken);
            var name = await naming;
            if (rows == 0)
            {
                throw new SourceEmptyException(request.Empty);
            }

            var note = outOfRange > 0 ? $"{outOfRange} songs had a popularity or a duration out of range, which is unknown." : null;
            return new(request.Source, name, request.Key, rows, skipped, Note: note);
        }
        catch (SourceException e)
        {
            return new(request.Source, null, null, 0, skipped, e.Problem);
        }
        catch (SpotifyUnauthorizedException)
        {
            throw access.ExpiresAt <= clock.GetUtcNow()
                ? new SpotifyTokenExpiredException(access.ExpiresAt)
                : new SpotifyTokenRefusedException(access.Id);
        }
    }

    /// <summary>Rows are worth having without their list's name.</summary>
    private static async Task<string?> NameAsync(StagingRequest request, string accessToken, CancellationToken cancellationToken)
    {
        try
        {
            return await request.GetName(accessToken, cancellationToken);
        }
        catch (PySpotifyException)
        {
            return null;
        }
    }

    private static async IAsyncEnumerable<Song> Playable(
        IAsyncEnumerable<Track?> tracks, SortedDictionary<string, int> skipped, Action countOutOfRange)
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
                { Fault: not null } => null,
                { Id.Length: > 0, Name: null or "" } => "unavailable",
                { Id: { } id } when !seen.Add(id) => "duplicate",
                _ => null,
            };
            if (reason is null)
            {
                var song = Song.From(track!);
                if (song.TrackPop != track!.Popularity || song.DurationMs != track.DurationMs)
                {
                    countOutOfRange();
                }

                yield return song;
            }
            else
            {
                skipped[reason] = skipped.GetValueOrDefault(reason) + 1;
            }
        }
    }
}

/// <summary>What to read and where to stage it.</summary>
internal sealed record StagingRequest(Source Source, string Key, int MaxRows)
{
    /// <summary>Asks for a page with an access token.</summary>
    public required Func<string, int, int, CancellationToken, Task<TrackPage>> GetPage { get; init; }

    /// <summary>Finds out what people call the source, with an access token.</summary>
    public required Func<string, CancellationToken, Task<string?>> GetName { get; init; }

    /// <summary>Puts the rows into their order; as they come, unless set.</summary>
    public Func<IAsyncEnumerable<Song>, IAsyncEnumerable<Song>> Arrange { get; init; } = songs => songs;

    /// <summary>What to say of a source without a song.</summary>
    public required Problem Empty { get; init; }
}
