using System.Text;
using PySpotify.Functions;

namespace PySpotify.Workflow.Local;

/// <summary>Everything that the local run keeps, in one folder.</summary>
/// <param name="root">The folder; made when first written to.</param>
internal sealed class DataFolder(string root)
{
    // SQLite's own limit on Unix is 512 bytes, less those of "-journal".
    private const int LongestWarehouse = 512 - 8;

    /// <summary>How long the bucket keeps staged rows.</summary>
    private static readonly TimeSpan StagingLifetime = TimeSpan.FromDays(30);

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

    /// <summary>What to read, as <c>setup</c> or a person wrote it; without it, what every app can read.</summary>
    public string Input => Path.Combine(Root, "input.json");

    /// <summary>Where the sample is kept, unless another folder is named.</summary>
    public DataFolder Sample => new(Path.Combine(Root, "sample"));

    /// <summary>Whether an execution has left something here.</summary>
    public bool IsUsed => AnyPath.IsFolder(Raw) || AnyPath.IsFolder(Executions) || AnyPath.Exists(Warehouse);

    /// <summary>What <c>pull</c> knows of files whose ETag is not their MD5.</summary>
    public string ETags => Path.Combine(Root, "etags.txt");

    /// <summary>A page for each week.</summary>
    public string Reports => Path.Combine(Root, "reports");

    /// <summary>Whether the tables are made up.</summary>
    public bool IsSample => File.Exists(SampleMark);

    private string SampleMark => Path.Combine(Root, "SAMPLE.txt");

    /// <exception cref="DataFolderException">There is no such folder.</exception>
    public void ExpectExists()
    {
        if (!AnyPath.Exists(Root))
        {
            throw new DataFolderException($"{Root} does not exist yet; `pyspotify run` creates it.");
        }
    }

    /// <summary>
    /// Locks the folder, which is created where there is none, and removes what a killed process left half written and
    /// staged rows that have expired. Disposing the lock releases it, and so does the end of the process.
    /// </summary>
    /// <exception cref="DataFolderException">Another process has locked it, or it cannot be written.</exception>
    public IDisposable Lock(TimeProvider clock)
    {
        if (!OperatingSystem.IsWindows() && Encoding.UTF8.GetByteCount(AnyPath.ResolveLinks(Warehouse)) is > LongestWarehouse and var length)
        {
            throw new DataFolderException($"{Root} has a path that is {Words.Count(length - LongestWarehouse, "byte")} too long for the database. Choose another folder with --data.");
        }

        try
        {
            Directory.CreateDirectory(Root);
            var folderLock = new FileStream(Path.Combine(Root, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            RemoveLeftovers(clock);
            return folderLock;
        }
        catch (IOException e) when (FileLock.IsCauseOf(e))
        {
            throw new DataFolderException($"Another run is using {Root}. Wait until it ends, or choose another folder with --data.", e) { IsLocked = true };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataFolderException($"Cannot write to {Root}: {e.Message} Fix that, or choose another folder with --data.", e);
        }
    }

    /// <summary>Keeps made-up snapshots and real ones apart: a folder holds the one kind or the other.</summary>
    /// <param name="isSample">Which kind is about to be written.</param>
    /// <exception cref="DataFolderException">The folder holds the other kind.</exception>
    public void Claim(bool isSample)
    {
        var isEmpty = !AnyPath.IsFolder(Raw) && !AnyPath.Exists(Warehouse);
        if (!isEmpty && IsSample != isSample)
        {
            throw new DataFolderException(isSample
                ? $"There are no Spotify credentials, and {Root} has real snapshots. Sample and real data must not be mixed: "
                    + "run `pyspotify setup`, or choose another folder with --data."
                : $"{Root} has sample data. Sample and real data must not be mixed: choose another folder with --data, "
                    + "or remove raw, executions, warehouse.db and SAMPLE.txt from this one.");
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

    private void RemoveLeftovers(TimeProvider clock)
    {
        AtomicFile.RemovePartialFiles(Root);
        AtomicFile.RemovePartialFiles(Reports);
        var raw = new LocalObjectStore(Raw);
        raw.RemovePartialFiles();
        raw.RemoveOlder(Prefixes.Staging, clock.GetUtcNow() - StagingLifetime);
    }
}

/// <summary>The data folder cannot be used for what was asked.</summary>
internal sealed class DataFolderException(string message, Exception? inner = null) : PySpotifyException(message, inner)
{
    /// <summary>Whether another process is at work there.</summary>
    public bool IsLocked { get; init; }
}
