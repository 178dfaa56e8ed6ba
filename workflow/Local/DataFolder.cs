using PySpotify.Functions;

namespace PySpotify.Workflow.Local;

/// <summary>Everything that the local run keeps, in one folder.</summary>
/// <param name="root">The folder; made when first written to.</param>
public sealed class DataFolder(string root)
{
    // What opening a file that another process holds is refused with: ERROR_SHARING_VIOLATION, EWOULDBLOCK.
    private const int HeldOnWindows = 32, HeldOnLinux = 11, HeldOnMac = 35;

    private const string SampleNote =
        "The tables in this folder are made up: PySpotify had no Spotify credentials when it filled them.\n";

    /// <summary>The folder itself.</summary>
    public string Root { get; } = Path.GetFullPath(root);

    /// <summary>In place of the raw bucket.</summary>
    public string Raw => Path.Combine(Root, "raw");

    /// <summary>In place of the refined bucket: Parquet, where Spark wrote it.</summary>
    public string Refined => Path.Combine(Root, "refined");

    /// <summary>One file an execution.</summary>
    public string Executions => Path.Combine(Root, "executions");

    /// <summary>In place of Glue and Athena.</summary>
    public string Warehouse => Path.Combine(Root, "warehouse.db");

    /// <summary>In place of Secrets Manager.</summary>
    public string Secrets => Path.Combine(Root, "secrets.json");

    /// <summary>What <c>report</c> writes.</summary>
    public string Report => Path.Combine(Root, "report.html");

    /// <summary>Whether the tables are made up.</summary>
    public bool IsSample => File.Exists(SampleMark);

    private string SampleMark => Path.Combine(Root, "SAMPLE.txt");

    /// <summary>Holds the folder for one run; disposing lets it go, and so does the end of the process.</summary>
    /// <exception cref="DataFolderException">Another run holds it, or nothing can be written there.</exception>
    public IDisposable Hold()
    {
        try
        {
            Directory.CreateDirectory(Root);
            return new FileStream(Path.Combine(Root, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when ((e.HResult & 0xFFFF) is HeldOnWindows or HeldOnLinux or HeldOnMac)
        {
            throw new DataFolderException(
                $"Another run is at work in {Root}. Wait for it to end, or name another folder with --data.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataFolderException($"Nothing can be kept in {Root}: {e.Message} Mend that, or name another folder with --data.", e);
        }
    }

    /// <summary>Keeps made-up snapshots and real ones apart: a folder holds the one kind or the other.</summary>
    /// <param name="isSample">Which kind is about to be written.</param>
    /// <exception cref="DataFolderException">The folder holds the other kind.</exception>
    public void Claim(bool isSample)
    {
        var isEmpty = !Directory.Exists(Raw) && !File.Exists(Warehouse);
        if (!isEmpty && IsSample != isSample)
        {
            throw new DataFolderException(isSample
                ? $"There are no Spotify credentials, and {Root} holds real snapshots, among which sample data has no place. "
                    + "Set Spotify:ClientId and Spotify:ClientSecret, or name another folder with --data."
                : $"{Root} holds sample data, among which real snapshots have no place. Remove the folder, or name another with --data.");
        }

        if (isSample)
        {
            File.WriteAllText(SampleMark, SampleNote);
        }
        else
        {
            File.Delete(SampleMark);
        }
    }
}

/// <summary>The data folder cannot be used for what was asked.</summary>
public sealed class DataFolderException(string message, Exception? inner = null) : PySpotifyException(message, inner);
