using PySpotify.Workflow.Local;
using PySpotify.Workflow.StatesLanguage;
using Spectre.Console;

namespace PySpotify.Workflow.Cli;

/// <summary>A table under a title, drawn anew as Tasks come and go.</summary>
internal sealed class LiveProgress(string title, LiveDisplayContext display, TimeProvider clock) : IProgress
{
    // Drawing more often than an eye can follow would only slow the run.
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(60);

    private readonly Lock _lock = new();
    private readonly List<TaskProgress> _tasks = [];
    private readonly List<string> _messages = [];
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

    public void Show(string message)
    {
        lock (_lock)
        {
            _messages.Add(message);
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

            foreach (var message in _messages.TakeLast(5))
            {
                table.AddRow("[yellow]![/]", "", "", Markup.Escape(message));
            }

            display.UpdateTarget(new Rows(new Text(title), table));
        }
    }
}
