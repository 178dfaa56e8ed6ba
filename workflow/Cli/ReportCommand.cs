using System.CommandLine;
using PySpotify.Workflow.Local.Warehouse;

namespace PySpotify.Workflow.Cli;

/// <summary><c>report</c>: writes a week's report.</summary>
internal static class ReportCommand
{
    public static Command Create(Host host)
    {
        var week = Options.SnapshotDate("the newest");
        var report = new Command("report", "Write what the tables show into one HTML file.") { week };
        report.SetAction(async (arguments, cancellationToken) =>
        {
            var data = Options.FilledDataFolder(arguments);
            await Report.WriteAsync(data, new TableReader(data.Warehouse), arguments.GetValue(week), cancellationToken);
            host.Output.WriteText(data.Report);
        });
        return report;
    }
}
