using System.Runtime.InteropServices;

namespace PySpotify.Workflow.Local.Warehouse;

/// <summary>Finds out which of a table's rows, as they are written one after the other, is each song's best.</summary>
/// <param name="firstRow">The number of the first.</param>
internal sealed class BestRows(long firstRow)
{
    private readonly Dictionary<string, Best> _songs = new(StringComparer.Ordinal);
    private readonly List<long> _worse = [];
    private long _row = firstRow;
    private int _file;

    /// <summary>The number of the first row.</summary>
    public long FirstRow { get; } = firstRow;

    /// <summary>What is added from now on comes from the next file.</summary>
    public void BeginFile() => _file++;

    /// <summary>Adds the next row.</summary>
    public void Add(string trackId, long rank)
    {
        ref var best = ref CollectionsMarshal.GetValueRefOrAddDefault(_songs, trackId, out var isKnown);
        if (!isKnown)
        {
            best = new(_row, rank, _file, 1);
        }
        else
        {
            var isBetter = rank < best.Rank;
            _worse.Add(isBetter ? best.Row : _row);
            best = new(isBetter ? _row : best.Row, Math.Min(rank, best.Rank), _file, best.Files + (best.LastFile == _file ? 0 : 1));
        }

        _row++;
    }

    /// <summary>The rows that are not a song's best, with 0, and those that are, of songs in several files, with the number of these.</summary>
    public IEnumerable<(long Row, int Files)> Repeats() =>
        _worse.Select(row => (row, 0)).Concat(_songs.Values.Where(best => best.Files > 1).Select(best => (best.Row, best.Files)));

    private readonly record struct Best(long Row, long Rank, int LastFile, int Files);
}
