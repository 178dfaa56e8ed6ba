using PySpotify.Functions.Ports;
using PySpotify.Functions.Rows;

namespace PySpotify.Workflow.Local;

/// <summary>A folder that stands in for an S3 bucket.</summary>
/// <param name="root">The folder; made when first written to.</param>
internal sealed class LocalObjectStore(string root) : IObjectStore
{
    /// <summary>Where objects are written before they are renamed; on the same volume, so that a rename is atomic.</summary>
    private readonly string _partial = Path.Combine(root, "_partial");

    /// <inheritdoc/>
    public Task<Stream> OpenReadAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            return Task.FromResult<Stream>(File.OpenRead(PathOf(key)));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ObjectNotFoundException(key, e);
        }
    }

    /// <inheritdoc/>
    public async Task WriteAsync(
        string key, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        var path = PathOf(key);
        Directory.CreateDirectory(_partial);
        var partial = Path.Combine(_partial, Guid.NewGuid().ToString("N"));
        try
        {
            await using (var file = File.Create(partial, 1 << 16))
            {
                await write(file, cancellationToken);
                file.Flush(flushToDisk: true);
            }

            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Move(partial, path, overwrite: true);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }

    /// <inheritdoc/>
    public Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        var path = PathOf(key);
        if (File.Exists(path))
        {
            File.Delete(path);
        }

        return Task.CompletedTask;
    }

    /// <summary>Removes what a killed process left half written. Only while no other process writes here.</summary>
    public void RemovePartialFiles()
    {
        if (Directory.Exists(_partial))
        {
            Directory.Delete(_partial, recursive: true);
        }
    }

    /// <summary>Removes each folder of a folder that has seen no writing since, as a bucket's lifecycle rule does.</summary>
    public void RemoveOlder(string folder, DateTimeOffset than)
    {
        var path = PathOf(folder);
        if (!Directory.Exists(path))
        {
            return;
        }

        foreach (var old in Directory.GetDirectories(path))
        {
            var files = Directory.EnumerateFiles(old, "*", SearchOption.AllDirectories);
            if (files.All(file => File.GetLastWriteTimeUtc(file) < than.UtcDateTime))
            {
                Directory.Delete(old, recursive: true);
            }
        }
    }

    /// <summary>The file that holds an object.</summary>
    public string PathOf(string key) => Path.Combine([root, .. Keys.Checked(key).Split('/')]);
}
