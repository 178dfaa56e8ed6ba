using System.CommandLine;
using System.Globalization;
using PySpotify.Workflow.Local;

namespace PySpotify.Workflow.Cli;

/// <summary><c>refine</c>: fills the tables from the CSV files.</summary>
internal static class RefineCommand
{
    public static Command Create(Host host)
    {
        var snapshotDate = Options.SnapshotDate("One snapshot, YYYY-MM-DD; without it, all of them.");
        var spark = new Option<bool>("--spark") { Description = "Write Parquet with the job that AWS Glue runs; this needs pyspark." };
        var refine = new Command("refine", "Fill the tables again from the CSV files.") { snapshotDate, spark };
        refine.SetAction(async (arguments, cancellationToken) =>
        {
            var data = Options.DataFolder(arguments);
            data.ExpectExists();
            using var folderLock = data.Lock(host.Clock);
            if (arguments.GetValue(spark))
            {
                await SparkJob.RunAsync(data, arguments.GetValue(snapshotDate), cancellationToken);
                host.Output.WriteText($"Parquet     {data.Refined}");
                return;
            }

            var warehouse = new Warehouse(data.Warehouse, data.Raw, host.Clock);
            foreach (var (table, rows) in await warehouse.RefineAllAsync(arguments.GetValue(snapshotDate), cancellationToken))
            {
                host.Output.WriteText(string.Create(CultureInfo.InvariantCulture, $"{table}: {rows:N0} rows"));
            }
        });
        return refine;
    }
}
