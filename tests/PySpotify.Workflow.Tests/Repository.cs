namespace PySpotify.Tests;

/// <summary>The files of the repository that the tests belong to.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    /// <summary>A file's text.</summary>
    /// <param name="path">Its path from the repository's root.</param>
    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>The names of the JSON files in a folder, without their ending.</summary>
    /// <param name="folder">Its path from the repository's root.</param>
    public static IEnumerable<string> JsonFiles(string folder) => Directory.GetFiles(Path.Combine(Root, folder), "*.json")
        .Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal);

    private static string Find(DirectoryInfo? folder) => folder switch
    {
        null => throw new DirectoryNotFoundException("The tests run outside of the repository."),
        _ when File.Exists(Path.Combine(folder.FullName, "PySpotify.sln")) => folder.FullName,
        _ => Find(folder.Parent),
    };
}
