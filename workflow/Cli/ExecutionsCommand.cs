using System.CommandLine;
using System.Globalization;
using PySpotify.Workflow.Local;
using Spectre.Console;

namespace PySpotify.Workflow.Cli;

/// <summary><c>executions</c>: lists them.</summary>
internal static class ExecutionsCommand
{
    private static readonly string[] Columns = ["execution", "status", "failed state", "error", "started", "seconds", "redrives"];

    public static Command Create(Host host)
    {
        var executions = new Command("executions", "List the executions, the newest first.");
        executions.SetAction(arguments =>
        {
            var listed = ExecutionLog.List(Options.FilledDataFolder(arguments).Executions).Reverse().ToList();
            if (!host.Output.IsTerminal())
            {
                ResultTable.Write(host.Output, Columns, [.. listed.Select(Row)]);
                return;
            }

            if (listed is [])
            {
                host.WriteText("No executions yet. Run `pyspotify run`.");
            }

            foreach (var execution in listed)
            {
                Show(host, execution);
            }
        });
        return executions;
    }

    private static void Show(Host host, ExecutionSummary execution)
    {
        var color = execution.Status switch { "SUCCEEDED" => "green", "RUNNING" => "yellow", _ => "red" };
        var started = execution.Started is { } time
            ? string.Create(CultureInfo.InvariantCulture, $"{time.LocalDateTime:yyyy-MM-dd HH:mm}, {DisplayText.Ago(host.Clock.GetUtcNow() - time)}")
            : "";
        host.Output.MarkupLine($"{execution.Name.EscapeMarkup(),-28} [{color}]{execution.Status.EscapeMarkup(),-9}[/] {started}");
        if (string.Join(": ", ((string?[])[execution.State, execution.Error]).OfType<string>()) is { Length: > 0 } failure)
        {
            host.Output.MarkupLine($"  [{color}]{DisplayText.Clean(failure).EscapeMarkup()}[/]");
        }
    }

    private static object?[] Row(ExecutionSummary execution) =>
    [
        execution.Name,
        execution.Status,
        execution.State,
        execution.Error,
        execution.Started?.ToString("u", CultureInfo.InvariantCulture),
        execution.Ended - execution.Started is { } time ? Math.Round(time.TotalSeconds, 1) : null,
        execution.Redrives,
    ];
}
