namespace PySpotify.Workflow.Local;

/// <summary>Files that are replaced completely or not at all: written beside the old one, flushed to the disk and renamed.</summary>
internal static class AtomicFile
{
    private const string PartialSuffix = ".partial";

    /// <summary>Replaces a file.</summary>
    /// <param name="path">The file; its folder is created if need be.</param>
    /// <param name="content">Its new content.</param>
    /// <param name="isSecret">Whether only its owner may read it.</param>
    public static void Write(string path, ReadOnlySpan<byte> content, bool isSecret = false)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var partial = path + PartialSuffix;
        File.Delete(partial);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (isSecret && !OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            using (var file = new FileStream(partial, options))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            File.Move(partial, path, overwrite: true);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }

    /// <summary>Removes what killed processes left half written in a folder. Only while no other process writes there.</summary>
    public static void RemovePartialFiles(string folder)
    {
        foreach (var partial in Directory.Exists(folder) ? Directory.GetFiles(folder, "*" + PartialSuffix) : [])
        {
            File.Delete(partial);
        }
    }
}
