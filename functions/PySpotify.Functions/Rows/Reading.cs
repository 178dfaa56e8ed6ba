using System.Globalization;
using PySpotify.Functions.Spotify;

namespace PySpotify.Functions.Rows;

/// <summary>What becomes of a list's rows while it is read once.</summary>
/// <param name="isEditable">Whether people may change the list while it is read.</param>
internal sealed class Reading(bool isEditable)
{
    private readonly Lock _lock = new();
    private readonly List<int> _totals = [];
    private int _received, _outOfRange;

    /// <summary>Rows that were staged.</summary>
    public int Rows { get; set; }

    /// <summary>Rows that were left out, by reason.</summary>
    public SortedDictionary<string, int> Skipped { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether the list was changed under way: two pages count its songs differently.</summary>
    public bool IsEdited => isEditable && _totals.Count > 1;

    private string? Missing => !isEditable ? null
        : IsEdited ? string.Create(CultureInfo.InvariantCulture, $"The playlist was edited while it was being read (Spotify counted {_totals[0]}, then {_totals.MaxBy(total => Math.Abs(total - _totals[0]))} songs). Run again with the same date.")
        : _totals is [var total] && _received < total ? string.Create(CultureInfo.InvariantCulture, $"Spotify says it has {total} songs but sent {_received}.")
        : null;

    /// <summary>A remark on what was read; null if there is none.</summary>
    public string? Note => string.Join(' ', new[] { Missing, OutOfRange }.Where(sentence => sentence is not null)) is { Length: > 0 } note ? note : null;

    private string? OutOfRange => _outOfRange > 0
        ? string.Create(CultureInfo.InvariantCulture, $"{_outOfRange} songs had a popularity or a duration out of range; those values were left empty.")
        : null;

    /// <summary>Takes note of a page's total.</summary>
    public TrackPage Follow(TrackPage page)
    {
        lock (_lock)
        {
            if (page.Total is { } total && !_totals.Contains(total))
            {
                _totals.Add(total);
            }
        }

        return page;
    }

    /// <summary>The tracks that can be played, each once. The others are counted.</summary>
    public async IAsyncEnumerable<Song> Playable(IAsyncEnumerable<Track?> tracks)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var track in tracks)
        {
            _received++;
            var reason = track switch
            {
                null => "no track",
                { IsLocal: true } => "local file",
                { Type: "episode" } => "episode",
                { Type: not (null or "track") } => "unknown type",
                { Fault: not null } => null,
                { Id.Length: > 0, Name: null or "" } => "unavailable",
                { Id: { } id } when !seen.Add(id) => "duplicate",
                _ => null,
            };
            if (reason is not null)
            {
                Skipped[reason] = Skipped.GetValueOrDefault(reason) + 1;
                continue;
            }

            var song = Song.From(track!);
            if (song.TrackPop != track!.Popularity || song.DurationMs != track.DurationMs)
            {
                _outOfRange++;
            }

            yield return song;
        }
    }
}
