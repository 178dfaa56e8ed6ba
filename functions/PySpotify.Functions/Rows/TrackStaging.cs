using System.Text.Json;
using PySpotify.Functions.Ports;
using PySpotify.Functions.Spotify;

namespace PySpotify.Functions.Rows;

/// <summary>Reads a list of Spotify's to its end and stages the tracks in it that can be played.</summary>
public sealed class TrackStaging(ISecretStore secrets, IObjectStore store, TimeProvider clock, SpotifyOptions options)
{
    private static readonly byte[] LineEnd = "\n"u8.ToArray();

    /// <summary>Stages a source's tracks. A problem of this source alone is in the answer; it is not thrown.</summary>
    /// <param name="request">The source, and where to stage it.</param>
    /// <param name="token">Where the access token is kept.</param>
    /// <param name="cancellationToken">Cancels them.</param>
    /// <exception cref="SpotifyTokenExpiredException">The token ran out before or while fetching.</exception>
    /// <exception cref="SpotifyTokenRefusedException">Spotify refused the token, though it had not run out.</exception>
    internal async Task<StagedTracks> StageAsync(StagingRequest request, TokenReference token, CancellationToken cancellationToken)
    {
        var access = await Secrets.ReadTokenAsync(secrets, token.Secret, cancellationToken);
        if (access is null || access.ExpiresAt <= clock.GetUtcNow())
        {
            throw new SpotifyTokenExpiredException(access?.ExpiresAt ?? token.ExpiresAt);
        }

        var read = new Reading(request.IsEditable);
        var naming = NameAsync(request, access.Value, cancellationToken);
        try
        {
            await ReadAsync(request, access.Value, read, cancellationToken);
            if (read.IsEdited)
            {
                read = new(request.IsEditable);
                await ReadAsync(request, access.Value, read, cancellationToken);
            }

            return read.Rows > 0
                ? new(request.Source, await naming, request.Key, read.Rows, read.Skipped, Note: read.Note)
                : throw new SourceEmptyException(request.Source);
        }
        catch (SourceException e)
        {
            return new(request.Source, await naming, null, 0, read.Skipped, e.Problem);
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

    /// <summary>Reads the list from its start, and stages it in place of what was staged before.</summary>
    private Task ReadAsync(StagingRequest request, string accessToken, Reading reading, CancellationToken cancellationToken)
    {
        var tracks = TrackPages.ReadAllAsync(
            async (offset, limit, cancellationToken) => reading.Follow(await request.GetPage(accessToken, offset, limit, cancellationToken)),
            request.MaxRows,
            // While some pages are read, as many wait for their turn: a call never waits for the reading of a page.
            window: 2 * options.Concurrency,
            request.ExtendedLimit,
            cancellationToken);
        return store.WriteAsync(
            request.Key,
            async (stream, cancellationToken) =>
            {
                await foreach (var song in request.Arrange(reading.Playable(tracks)).WithCancellation(cancellationToken))
                {
                    await JsonSerializer.SerializeAsync(stream, song, SongJson.Default.Song, cancellationToken);
                    await stream.WriteAsync(LineEnd, cancellationToken);
                    reading.Rows++;
                }
            },
            cancellationToken);
    }
}

/// <summary>What to read and where to stage it.</summary>
internal sealed record StagingRequest(Source Source, string Key, int MaxRows)
{
    /// <summary>Asks for a page with an access token.</summary>
    public required Func<string, int, int, CancellationToken, Task<TrackPage>> GetPage { get; init; }

    /// <summary>Finds out what people call the source, with an access token.</summary>
    public required Func<string, CancellationToken, Task<string?>> GetName { get; init; }

    /// <summary>The rows of a page from the second on, for an app with extended quota.</summary>
    public int ExtendedLimit { get; init; }

    /// <summary>Whether people may change the list while it is read. Totals of a search are estimates.</summary>
    public bool IsEditable { get; init; }

    /// <summary>Puts the rows into their order; as they come, unless set.</summary>
    public Func<IAsyncEnumerable<Song>, IAsyncEnumerable<Song>> Arrange { get; init; } = songs => songs;
}
