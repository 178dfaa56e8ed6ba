namespace PySpotify.Workflow.Tests;

/// <summary>A folder that is gone when the test is over.</summary>
internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("pyspotify-").FullName;

    public string this[params ReadOnlySpan<string> names] => System.IO.Path.Combine([Path, .. names]);

    public void Dispose() => Directory.Delete(Path, recursive: true);

    /// <summary>Every file under a folder by its relative path, with its bytes; empty where there is no such folder.</summary>
    public static SortedDictionary<string, byte[]> Snapshot(string folder, Func<string, bool>? which = null)
    {
        var files = Directory.Exists(folder) ? Directory.GetFiles(folder, "*", SearchOption.AllDirectories) : [];
        return new(
            files.Select(file => System.IO.Path.GetRelativePath(folder, file)).Where(which ?? (_ => true))
                .ToDictionary(name => name, name => File.ReadAllBytes(System.IO.Path.Combine(folder, name))),
            StringComparer.Ordinal);
    }
}
