using System.Text.Json.Nodes;
using PySpotify.Workflow.Local;
using PySpotify.Workflow.Local.Warehouse;

namespace PySpotify.Workflow.Cli;

/// <summary><c>run --weekly</c>: a run a week, however often it is called.</summary>
internal static class WeeklyRun
{
    /// <summary>Goes on with an execution of the week that was broken off, unless its input has changed, or finds the week's snapshot there.</summary>
    /// <param name="host">Where to say so.</param>
    /// <param name="data">The data folder, locked.</param>
    /// <param name="display">Where a redrive is shown.</param>
    /// <param name="runner">Redrives.</param>
    /// <param name="file">What to read now.</param>
    /// <param name="day">A day of the week.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>Whether the week has its snapshot now.</returns>
    public static async Task<bool> HasSnapshotAsync(
        Host host, DataFolder data, ExecutionDisplay display, ExecutionRunner runner, InputFile file, DateOnly day, CancellationToken cancellationToken)
    {
        // As the queries reckon: from Monday to Sunday, in UTC.
        var monday = day.Monday();
        var last = ExecutionLog.List(data.Executions).LastOrDefault(execution => execution.SnapshotDate >= monday && execution.SnapshotDate < monday.AddDays(7));
        if (last is { Status: not "SUCCEEDED", State: not (ExecutionRunner.SourcesNotRead or ExecutionRunner.NothingRead) } && HasInput(data, last, file, host.Clock))
        {
            try
            {
                await RunResults.ShowAfterAsync(host, data, display, runner.RedriveAsync(last.Name, cancellationToken), last.SnapshotDate, cancellationToken);
                return true;
            }
            catch (ExecutionLogException)
            {
                // After an update the definition can be another one. Then only a new run helps.
            }
        }

        if (await FindSnapshotAsync(data, monday, cancellationToken) is not var (date, notRead))
        {
            return false;
        }

        host.WriteText(notRead == 0
            ? $"This week already has a snapshot: {date}."
            : $"This week already has a snapshot: {date}, without {Words.Count(notRead, "source")} that could not be read. "
                + $"`pyspotify run --snapshot-date {date}` tries again.");
        return true;
    }

    /// <summary>Whether an execution reads what is to be read now.</summary>
    private static bool HasInput(DataFolder data, ExecutionSummary execution, InputFile file, TimeProvider clock) => JsonNode.DeepEquals(
        JsonNode.Parse(ExecutionLog.Read(data.Executions, execution.Name)[0].Input!), file.Read(execution.SnapshotDate, clock.GetUtcNow()).ToJson());

    /// <returns>The newest snapshot of a week, and how many of its sources were not read; null where there is none.</returns>
    private static async Task<(string Date, long NotRead)?> FindSnapshotAsync(DataFolder data, DateOnly monday, CancellationToken cancellationToken)
    {
        try
        {
            var (_, rows) = await new TableReader(data.Warehouse).QueryAsync(
                $"""
                    SELECT snapshot_date, sum(CASE WHEN status = 'read' THEN 0 ELSE 1 END)
                    FROM sources
                    WHERE snapshot_date BETWEEN '{monday.Iso()}' AND '{monday.AddDays(6).Iso()}'
                    GROUP BY snapshot_date
                    HAVING sum(rows) > 0
                    ORDER BY snapshot_date DESC
                    LIMIT 1
                    """,
                cancellationToken);
            return rows is [[string date, long notRead]] ? (date, notRead) : null;
        }
        catch (QueryException)
        {
            // No tables yet, or those of an earlier version, which a run replaces.
            return null;
        }
    }
}
