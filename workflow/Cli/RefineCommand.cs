using System.CommandLine;
using System.Globalization;
using PySpotify.Workflow.Local;
using PySpotify.Workflow.Local.Warehouse;
using PySpotify.Workflow.Report;

namespace PySpotify.Workflow.Cli;

/// <summary><c>refine</c>: fills the tables from the CSV files.</summary>
internal static class RefineCommand
{
    public static Command Create(Host host)
    {
        var snapshotDate = Options.SnapshotDate("all of them");
        var spark = new Option<bool>("--spark") { Description = "Write Parquet with the job that AWS Glue runs; this needs pyspark." };
        var refine = new Command("refine", "Fill the tables again from the CSV files.") { snapshotDate, spark };
        refine.SetAction(async (arguments, cancellationToken) =>
        {
            var data = Options.FilledDataFolder(arguments);
            data.ExpectExists();
            using var folderLock = data.Lock(host.Clock);
            if (arguments.GetValue(spark))
            {
                await SparkJob.RunAsync(data, arguments.GetValue(snapshotDate), cancellationToken);
                host.WriteText($"Parquet     {data.Refined}");
                return;
            }

            var job = new RefineJob(new Database(data.Warehouse), new RawFolder(data.Raw));
            var result = await job.RunAsync(arguments.GetValue(snapshotDate), cancellationToken);
            foreach (var (table, rows) in result.Rows)
            {
                host.WriteText(string.Create(CultureInfo.InvariantCulture, $"{table}: {rows:N0} rows"));
            }

            ShowChanges(host, result);
            await new ReportArchive(data, new TableReader(data.Warehouse)).RenewAsync(RunResults.MostOthers, cancellationToken);
        });
        return refine;
    }

    /// <summary>Says which snapshots are gone, and which files are not part of one.</summary>
    public static void ShowChanges(Host host, RefineResult result)
    {
        if (result.Removed is not [])
        {
            host.WriteText($"Removed, because their folders are gone: {string.Join(", ", result.Removed.Select(Days.Iso))}");
        }

        if (result.Ignored is not [])
        {
            host.WriteText($"Ignored, because they are not part of a snapshot: {DisplayText.Shorten(result.Ignored, 5)}");
        }
    }
}
