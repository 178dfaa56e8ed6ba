using System.Globalization;
using PySpotify.Functions;
using PySpotify.Workflow.Local;
using PySpotify.Workflow.Local.Warehouse;
using PySpotify.Workflow.Report;
using Spectre.Console;

namespace PySpotify.Workflow.Cli;

/// <summary>What a run has led to: each list's top ten, how good the data is, and where everything lies.</summary>
internal static class RunResults
{
    /// <summary>Reports of other weeks that are written where they are missing or out of date. More would take a while.</summary>
    public const int MostOthers = 10;

    /// <summary>Waits for a run, and shows what it has loaded, also where it ended because some sources could not be read.</summary>
    /// <param name="host">Where to show it.</param>
    /// <param name="data">The data folder.</param>
    /// <param name="display">Where the run is shown.</param>
    /// <param name="run">The run.</param>
    /// <param name="snapshotDate">The snapshot to show; null is the newest.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public static async Task ShowAfterAsync(
        Host host, DataFolder data, ExecutionDisplay display, Task run, DateOnly? snapshotDate, CancellationToken cancellationToken)
    {
        try
        {
            await run;
        }
        catch (ExecutionFailedException e) when (e.IsLoaded)
        {
            await ShowAsync(host, data, display.LeftOut, snapshotDate, cancellationToken);
            throw;
        }

        try
        {
            await ShowAsync(host, data, display.LeftOut, snapshotDate, cancellationToken);
        }
        catch (OperationCanceledException e)
        {
            throw new ReportStoppedException(e);
        }
    }

    /// <summary>Shows a snapshot, and writes its report.</summary>
    /// <param name="host">Where to show it.</param>
    /// <param name="data">The data folder.</param>
    /// <param name="leftOut">What the run has left out, in words; null for nothing.</param>
    /// <param name="snapshotDate">The snapshot; null is the newest.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public static async Task ShowAsync(
        Host host, DataFolder data, string? leftOut, DateOnly? snapshotDate, CancellationToken cancellationToken)
    {
        var console = host.Output;
        var tables = new TableReader(data.Warehouse);
        var top = await NamedQuery.Get("top").AskAsync(tables, snapshotDate, null, cancellationToken);
        var titles = (await ListTitle.ReadAsync(tables, snapshotDate, cancellationToken)).ToDictionary(list => list.List);
        foreach (var list in top.GroupBy(row => row.Text("list")!))
        {
            var title = titles[list.Key];
            host.WriteText();
            host.WriteText(DisplayText.Clean(title.Title));
            host.WriteText($"Top ten on {list.First().Text("snapshot_date")}{(title.Order is { } order ? $", {order}" : "")}");
            ResultTable.Write(
                console,
                ["rank", "move", "track", "artist", "last", "peak", "weeks"],
                [.. list.Take(10).Select(row => (object?[])[row["rank"], MoveCell.Of(row, console), row["track"], row["artist"], row["rank_before"], row["peak"], row["weeks"]])]);
        }

        var health = await NamedQuery.Get("health").AskAsync(tables, snapshotDate, null, cancellationToken);
        var newest = health.TakeWhile(row => row.Text("snapshot_date") == health.First().Text("snapshot_date")).ToList();
        var (report, outdated) = await new ReportArchive(data, tables).UpdateAsync(snapshotDate, MostOthers, cancellationToken);
        host.WriteText();
        foreach (var list in newest.GroupBy(row => row.Text("list")!).Where(list => titles.ContainsKey(list.Key)))
        {
            host.WriteText($"Health      {DisplayText.Clean(titles[list.Key].Title)}: {Health(list)}");
        }

        if (leftOut is not null)
        {
            host.WriteText($"Left out    {leftOut}");
        }

        foreach (var row in newest)
        {
            // How many rows are in quarantine is said above.
            var warnings = string.Join("; ", HealthSummary.Warnings(row).Where(warning => !warning.EndsWith(" in quarantine", StringComparison.Ordinal)));
            if (warnings is "")
            {
                continue;
            }

            host.WriteText($"Warning     {DisplayText.Clean($"{row.Text("name")}: {warnings}")}");
        }

        host.WriteText($"Report      {console.Link(report)}");
        if (outdated > 0)
        {
            host.WriteText($"            {Words.Count(outdated, "other report")} {(outdated == 1 ? "is" : "are")} missing or out of date; `pyspotify report` writes {(outdated == 1 ? "it" : "them")}.");
        }

        host.WriteText($"CSV         {data.Raw}");
        host.WriteText($"Tables      {data.Warehouse}");
        host.WriteText($"Executions  {data.Executions}");
    }

    private static string Health(IEnumerable<Answer.Row> sources)
    {
        var row = sources.First();
        return string.Create(CultureInfo.InvariantCulture, $"{row["songs"]:N0} songs, {row["unknown_popularity"]:N0} without popularity, {sources.Sum(source => source.Number("quarantined"))} quarantined")
            + (row.Number("weeks_missing") is > 0 and var weeks ? $", {Words.Count(weeks, "week")} missing before" : "");
    }
}

/// <summary>A run was stopped when its execution had succeeded.</summary>
internal sealed class ReportStoppedException(OperationCanceledException inner)
    : PySpotifyException("Stopped, but everything is loaded. `pyspotify report` writes the report.", inner);
