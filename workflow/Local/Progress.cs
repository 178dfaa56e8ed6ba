using System.Globalization;
using System.Text.Json;
using PySpotify.Workflow.StatesLanguage;
using Spectre.Console;

namespace PySpotify.Workflow.Local;

/// <summary>Shows an execution while it runs.</summary>
internal interface IProgress
{
    /// <summary>Shows an event.</summary>
    void Show(HistoryEvent e);

    /// <summary>Shows something that a function had to say.</summary>
    void Say(string message);
}

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

/// <summary>A line as each Task ends, for logs and pipes.</summary>
internal sealed class PlainProgress(TextWriter writer, TimeProvider clock) : IProgress
{
    private readonly long _start = clock.GetTimestamp();
    private readonly Lock _lock = new();
    private readonly HashSet<(string?, string)> _tasks = [];

    public void Show(HistoryEvent e)
    {
        lock (_lock)
        {
            if (e.Type == HistoryEventType.TaskScheduled)
            {
                _tasks.Add((e.Scope, e.State!));
            }

            if (e is not { State: { } state, Type: HistoryEventType.StateExited or HistoryEventType.StateRetried or HistoryEventType.StateFailed or HistoryEventType.StateAborted }
                || !_tasks.Contains((e.Scope, state)))
            {
                return;
            }

            var task = new TaskProgress(state);
            task.Follow(e);
            Write($"{state,-20} {task.Detail}".TrimEnd());
        }
    }

    public void Say(string message)
    {
        lock (_lock)
        {
            Write(message);
        }
    }

    private void Write(string line) => writer.WriteLine(
        string.Create(CultureInfo.InvariantCulture, $"{clock.GetElapsedTime(_start).TotalSeconds,7:0.00} s  {line}"));
}

/// <summary>A table under a title, drawn anew as Tasks come and go.</summary>
internal sealed class LiveProgress(string title, LiveDisplayContext display, TimeProvider clock) : IProgress
{
    // Drawing more often than an eye can follow would only slow the run.
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(60);

    private readonly Lock _lock = new();
    private readonly List<TaskProgress> _tasks = [];
    private readonly List<string> _said = [];
    private long _drawn;

    public void Show(HistoryEvent e)
    {
        lock (_lock)
        {
            var task = _tasks.Find(task => task.Name == e.State);
            if (task is null && e.Type == HistoryEventType.TaskScheduled)
            {
                _tasks.Add(task = new(e.State!));
            }

            task?.Follow(e);
            if (clock.GetElapsedTime(_drawn) > Frame)
            {
                Draw();
            }
        }
    }

    public void Say(string message)
    {
        lock (_lock)
        {
            _said.Add(message);
            Draw();
        }
    }

    /// <summary>Shows what has come since the last drawing.</summary>
    public void Draw()
    {
        lock (_lock)
        {
            if (_tasks.Count == 0)
            {
                return;
            }

            _drawn = clock.GetTimestamp();
            var table = new Table().Border(TableBorder.None).HideHeaders().AddColumns("", "", "", "");
            foreach (var task in _tasks)
            {
                var mark = task.HasFailed ? "[red]✗[/]" : task.Exited < task.Entered ? "[yellow]…[/]" : "[green]✓[/]";
                var count = task.Entered > 1 ? $"{task.Exited} of {task.Entered}" : "";
                table.AddRow(mark, Markup.Escape(task.Name), count, Markup.Escape(task.Detail));
            }

            foreach (var message in _said.TakeLast(5))
            {
                table.AddRow("[yellow]![/]", "", "", Markup.Escape(message));
            }

            display.UpdateTarget(new Rows(new Text(title), table));
        }
    }
}
