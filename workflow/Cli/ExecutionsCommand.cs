using System.CommandLine;
using System.Globalization;
using PySpotify.Workflow.Local;

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
            var listed = ExecutionLog.List(Options.FilledDataFolder(arguments).Executions).Reverse();
            ResultTable.Write(host.Output, Columns, [.. listed.Select(Row)], uncutColumns: 1);
        });
        return executions;
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
