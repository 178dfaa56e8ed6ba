namespace PySpotify.Workflow.Local;

/// <summary>A file that is written whole or not at all: beside its place, to the disk, and renamed.</summary>
internal static class WholeFile
{
    /// <summary>Replaces a file.</summary>
    /// <param name="path">The file; its folder is made if need be.</param>
    /// <param name="content">What it is to hold.</param>
    /// <param name="isSecret">Whether only its owner may read it.</param>
    public static void Write(string path, ReadOnlySpan<byte> content, bool isSecret = false)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        RemovePartial(path);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (isSecret && !OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            using (var file = new FileStream(Partial(path), options))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            File.Move(Partial(path), path, overwrite: true);
        }
        catch
        {
            RemovePartial(path);
            throw;
        }
    }

    /// <summary>Removes what a killed process left half written. Only while no other process writes the file.</summary>
    public static void RemovePartial(string path) => File.Delete(Partial(path));

    private static string Partial(string path) => path + ".partial";
}
