using System.Globalization;
using PySpotify.Workflow.Local;
using PySpotify.Workflow.StatesLanguage;
using Spectre.Console;

namespace PySpotify.Workflow.Cli;

/// <summary>A line as each Task ends, for logs and pipes.</summary>
internal sealed class PlainProgress(IAnsiConsole console, TimeProvider clock) : IProgress
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

    public void Show(string message)
    {
        lock (_lock)
        {
            Write(message);
        }
    }

    private void Write(string line) => console.WriteText(
        string.Create(CultureInfo.InvariantCulture, $"{clock.GetElapsedTime(_start).TotalSeconds,7:0.00} s  {line}"));
}
