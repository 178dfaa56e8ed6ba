using PySpotify.Functions;

namespace PySpotify.Workflow.Local.Warehouse;

/// <summary>The files of a snapshot.</summary>
/// <param name="Date">Its day.</param>
internal sealed record RawSnapshot(DateOnly Date)
{
    /// <summary>The CSV files, each raw table's in the order of their names.</summary>
    public Dictionary<string, List<string>> Songs { get; } = [];

    /// <summary>The sources' records.</summary>
    public List<RawFile> Records { get; } = [];

    /// <summary>The refused rows.</summary>
    public List<RawFile> Quarantine { get; } = [];

    /// <summary>The refused rows as they were kept until November 2026, of sources that have no record.</summary>
    public List<RawFile> OldQuarantine { get; } = [];
}

/// <summary>A file that belongs to a source of a raw table.</summary>
/// <param name="Path">The file.</param>
/// <param name="Table">The raw table.</param>
/// <param name="Source">The source, as its files are named.</param>
internal readonly record struct RawFile(string Path, string Table, string Source);

/// <summary>The folder that stands in for the raw bucket, and which of its files count.</summary>
/// <remarks>
/// csv_to_parquet.py has the same rule: files of the right kind whose name begins with neither <c>.</c> nor <c>_</c>, in a
/// folder <c>snapshot_date=2026-11-22</c>.
/// </remarks>
internal sealed class RawFolder(string root)
{
    private const string Partition = "snapshot_date=";

    /// <summary>The folder.</summary>
    public string Root => root;

    /// <summary>The days of which a raw table has CSV files, in order.</summary>
    public List<DateOnly> FindDates(string table) =>
        [.. FindFolders(table, []).Where(folder => FindFiles(folder.Path, ".csv", []) is not []).Select(folder => folder.Date).Order()];

    /// <summary>The snapshots, which are the days of which a raw table has CSV files.</summary>
    /// <param name="date">The only one wanted; null is all.</param>
    /// <param name="ignored">Gets the files and folders that do not count.</param>
    public IReadOnlyCollection<RawSnapshot> Find(DateOnly? date, List<string> ignored)
    {
        var snapshots = new SortedDictionary<DateOnly, RawSnapshot>();
        foreach (var table in Tables.Raw)
        {
            foreach (var (folder, day) in FindFolders(table, ignored, date))
            {
                if (FindFiles(folder, ".csv", ignored) is not [] and var files)
                {
                    snapshots.TryAdd(day, new(day));
                    snapshots[day].Songs[table] = files;
                }
            }
        }

        AddFiles(Prefixes.Sources, ".json", snapshot => snapshot.Records);
        AddFiles(Prefixes.Quarantine, ".jsonl", snapshot => snapshot.Quarantine);
        foreach (var table in Tables.Raw)
        {
            foreach (var (folder, day) in FindFolders($"{Prefixes.OldQuarantine}/{table}", ignored, date))
            {
                if (snapshots.TryGetValue(day, out var snapshot))
                {
                    snapshot.OldQuarantine.AddRange(
                        FindFiles(folder, ".jsonl", ignored)
                            .Select(file => new RawFile(file, table, Path.GetFileNameWithoutExtension(file)))
                            .Where(old => !snapshot.Records.Any(record => (record.Table, record.Source) == (old.Table, old.Source))));
                }
            }
        }

        return snapshots.Values;

        // The files of a prefix are named after table and source.
        void AddFiles(string prefix, string extension, Func<RawSnapshot, List<RawFile>> files)
        {
            foreach (var (folder, day) in FindFolders(prefix, ignored, date))
            {
                foreach (var file in FindFiles(folder, extension, ignored))
                {
                    var name = Path.GetFileNameWithoutExtension(file);
                    if (Tables.Raw.FirstOrDefault(table => name.StartsWith($"{table}-", StringComparison.Ordinal)) is not { } table)
                    {
                        ignored.Add(file);
                    }
                    else if (snapshots.TryGetValue(day, out var snapshot))
                    {
                        files(snapshot).Add(new(file, table, name[(table.Length + 1)..]));
                    }
                }
            }
        }
    }

    private IEnumerable<(string Path, DateOnly Date)> FindFolders(string prefix, List<string> ignored, DateOnly? only = null)
    {
        var parent = Path.Combine(root, prefix);
        foreach (var entry in AnyPath.IsFolder(parent) ? Directory.GetFileSystemEntries(parent).Order(StringComparer.Ordinal) : Enumerable.Empty<string>())
        {
            var name = Path.GetFileName(entry);
            if (name.StartsWith(Partition, StringComparison.Ordinal)
                && Days.TryParse(name[Partition.Length..], out var date)
                && Directory.Exists(entry))
            {
                if (only is null || date == only)
                {
                    yield return (entry, date);
                }
            }
            else
            {
                ignored.Add(entry);
            }
        }
    }

    private static List<string> FindFiles(string folder, string extension, List<string> ignored)
    {
        var files = new List<string>();
        foreach (var entry in Directory.EnumerateFileSystemEntries(folder).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(entry);
            var counts = name.EndsWith(extension, StringComparison.Ordinal) && name[0] is not ('.' or '_') && File.Exists(entry);
            (counts ? files : ignored).Add(entry);
        }

        return files;
    }
}
