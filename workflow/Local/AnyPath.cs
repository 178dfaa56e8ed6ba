namespace PySpotify.Workflow.Local;

/// <summary>Files and folders that are there or not.</summary>
internal static class AnyPath
{
    /// <summary>
    /// Whether there is a file or folder. Unlike File.Exists, this does not take one that cannot be looked at for one that does not exist.
    /// </summary>
    /// <exception cref="UnauthorizedAccessException">A folder above it may not be entered.</exception>
    public static bool Exists(string path) => Attributes(path) is not null;

    /// <summary>Whether there is a folder.</summary>
    /// <inheritdoc cref="Exists"/>
    public static bool IsFolder(string path) => Attributes(path)?.HasFlag(FileAttributes.Directory) == true;

    /// <summary>The path without symbolic links, as SQLite opens it.</summary>
    public static string ResolveLinks(string path)
    {
        if (Path.GetDirectoryName(path) is not { } parent)
        {
            return path;
        }

        var resolved = Path.Combine(ResolveLinks(parent), Path.GetFileName(path));
        return Attributes(resolved)?.HasFlag(FileAttributes.ReparsePoint) == true && File.ResolveLinkTarget(resolved, returnFinalTarget: true) is { } target
            ? ResolveLinks(target.FullName)
            : resolved;
    }

    private static FileAttributes? Attributes(string path)
    {
        try
        {
            return File.GetAttributes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
