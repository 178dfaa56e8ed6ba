using PySpotify.Functions.Rows;
namespace PySpotify.Functions.Ports;

/// <summary>Where rows lie: an S3 bucket, or a folder that stands in for one.</summary>
/// <remarks>Keys are segments joined by <c>/</c>, as in S3: <c>spotifytopplayed/snapshot_date=2026-11-22/x.csv</c>.
/// A key that <see cref="Keys.Checked"/> does not let pass is an <see cref="ArgumentException"/>.</remarks>
public interface IObjectStore
{
    /// <summary>Opens an object for reading from its start.</summary>
    /// <exception cref="ObjectNotFoundException">No object has this key.</exception>
    Task<Stream> OpenReadAsync(string key, CancellationToken cancellationToken);

    /// <summary>
    /// Stores what <paramref name="write"/> writes, replacing an object of this key. Whole or not at all: when
    /// <paramref name="write"/> throws, or the process dies, the earlier object stays as it was.
    /// </summary>
    Task WriteAsync(string key, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken);

    /// <summary>Removes an object; one that does not exist is not an error.</summary>
    Task DeleteAsync(string key, CancellationToken cancellationToken);
}

/// <summary>No object has this key.</summary>
public sealed class ObjectNotFoundException(string key, Exception? inner = null) : PySpotifyException(
    $"There is no object '{key}'. Staged rows are kept for 30 days; after that, start a new execution.", inner);
