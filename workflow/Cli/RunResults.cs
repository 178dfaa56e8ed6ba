using PySpotify.Workflow.Local;
using PySpotify.Workflow.Local.Warehouse;
using Spectre.Console;

namespace PySpotify.Workflow.Cli;

/// <summary>What a run has led to: each list's top ten, how good the data is, and where everything lies.</summary>
internal static class RunResults
{
    /// <summary>Waits for a run, and shows what it has loaded, also where it ended because some sources could not be read.</summary>
    /// <param name="host">Where to show it.</param>
    /// <param name="data">The data folder.</param>
    /// <param name="run">The run.</param>
    /// <param name="snapshotDate">The snapshot to show; null is the newest.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task ShowAfterAsync(
        Host host, DataFolder data, Task run, DateOnly? snapshotDate, CancellationToken cancellationToken)
    {
        try
        {
            await run;
        }
        catch (ExecutionFailedException e) when (e.IsLoaded)
        {
            await ShowAsync(host, data, snapshotDate, cancellationToken);
            throw;
        }

        await ShowAsync(host, data, snapshotDate, cancellationToken);
    }

    private static async Task ShowAsync(Host host, DataFolder data, DateOnly? snapshotDate, CancellationToken cancellationToken)
    {
        var console = host.Output;
        var tables = new TableReader(data.Warehouse);
        var top = await NamedQuery.Get("top").AskAsync(tables, snapshotDate, null, cancellationToken);
        foreach (var list in top.GroupBy(row => row.Text("list")))
        {
            console.WriteText();
            console.WriteText($"Top ten, {list.Key}, {list.First().Text("snapshot_date")}");
            ResultTable.Write(
                console,
                ["rank", "move", "track", "artist", "popularity"],
                [.. list.Take(10).Select(row => (object?[])[row["rank"], Move(row, console), row["track"], row["artist"], row["track_pop"]])]);
        }

        var health = await NamedQuery.Get("health").AskAsync(tables, snapshotDate, null, cancellationToken);
        var newest = health.TakeWhile(row => row.Text("snapshot_date") == health.First().Text("snapshot_date")).ToList();
        await Report.WriteAsync(data, tables, snapshotDate, cancellationToken);
        console.WriteText();
        console.WriteText($"Health      {string.Join("; ", newest.GroupBy(row => row.Text("list")).Select(Health))}");
        foreach (var row in newest.Where(row => row.Text("warnings") is not null))
        {
            console.WriteText($"Warning     {row["list"]}, {row["name"]}: {row["warnings"]}");
        }

        console.WriteText($"Report      {data.Report}");
        console.WriteText($"CSV         {data.Raw}");
        console.WriteText($"Tables      {data.Warehouse}");
        console.WriteText($"Executions  {data.Executions}");
    }

    private static string Move(Answer.Row row, IAnsiConsole console)
    {
        var (up, down) = console.IsTerminal() && console.Profile.Capabilities.Unicode ? ("▲", "▼") : ("+", "-");
        return row.Text("change") switch
        {
            "up" => $"{up}{row["move"]}",
            "down" => $"{down}{-row.Number("move")}",
            "new" => "NEW",
            "back" => "BACK",
            "same" => "=",
            _ => "",
        };
    }

    private static string Health(IEnumerable<Answer.Row> sources)
    {
        var row = sources.First();
        return $"{row["list"]}: {row["songs"]} songs, {row["unknown_popularity"]} without popularity, {sources.Sum(source => source.Number("quarantined"))} quarantined"
            + (row.Number("weeks_missing") is > 0 and var weeks ? $", {weeks} {(weeks == 1 ? "week" : "weeks")} missing before" : "");
    }
}
