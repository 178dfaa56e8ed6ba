namespace PySpotify.Benchmarks;

/// <summary>A folder for one part's files, removed at its end.</summary>
internal sealed class Scratch : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("pyspotify-benchmark-").FullName;

    public string this[string name] => Path.Combine(Folder, name);

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
