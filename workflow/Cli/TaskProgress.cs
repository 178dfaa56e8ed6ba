using System.Globalization;
using System.Text.Json;
using PySpotify.Workflow.StatesLanguage;

namespace PySpotify.Workflow.Cli;

/// <summary>How far the Tasks of one name have come, over all branches and iterations.</summary>
internal sealed class TaskProgress(string name)
{
    private readonly SortedDictionary<string, long> _skipped = new(StringComparer.Ordinal);
    private long _rows;
    private bool _hasRows;

    public string Name { get; } = name;

    public int Entered { get; private set; }

    public int Exited { get; private set; }

    public string? Trouble { get; private set; }

    public bool HasFailed { get; private set; }

    /// <summary>Rows, and what was left out and why, as the Tasks' outputs tell.</summary>
    public string Detail => string.Join("; ", new[]
    {
        _hasRows ? string.Create(CultureInfo.InvariantCulture, $"{_rows:N0} rows") : null,
        _skipped.Count > 0 ? "left out: " + string.Join(", ", _skipped.Select(s => $"{s.Value} {s.Key}")) : null,
        Trouble,
    }.Where(part => part is not null));

    /// <summary>Takes note of an event of such a Task.</summary>
    public void Follow(HistoryEvent e)
    {
        switch (e.Type)
        {
            case HistoryEventType.TaskScheduled when e.Attempt == 1:
                Entered++;
                (HasFailed, Trouble) = (false, null);
                break;
            case HistoryEventType.StateRetried:
                Trouble = string.Create(CultureInfo.InvariantCulture, $"{e.Error}; again in {e.WaitSeconds:0.0} s");
                break;
            case HistoryEventType.StateExited:
                Exited++;
                Trouble = e.Error;
                Count(e.Output!);
                break;
            case HistoryEventType.StateFailed:
                (HasFailed, Trouble) = (true, e.Error);
                break;
            case HistoryEventType.StateAborted:
                Trouble = "aborted";
                break;
        }
    }

    private void Count(string output)
    {
        using var document = JsonDocument.Parse(output);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        var counts = root.TryGetProperty("staged", out var staged) ? staged : root;
        if (counts.TryGetProperty("rows", out var rows) && rows.TryGetInt64(out var number))
        {
            (_rows, _hasRows) = (_rows + number, true);
        }

        if (counts.TryGetProperty("skipped", out var skipped) && skipped.ValueKind == JsonValueKind.Object)
        {
            foreach (var reason in skipped.EnumerateObject())
            {
                Add(reason.Name, reason.Value.GetInt64());
            }
        }

        if (counts.TryGetProperty("quarantined", out var quarantined) && quarantined.GetInt64() is > 0 and var refused)
        {
            Add("quarantined", refused);
        }
    }

    private void Add(string reason, long rows) => _skipped[reason] = _skipped.GetValueOrDefault(reason) + rows;
}
