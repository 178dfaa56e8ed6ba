using System.CommandLine;
using PySpotify.Workflow.Local.Warehouse;
using PySpotify.Workflow.Report;

namespace PySpotify.Workflow.Cli;

/// <summary><c>report</c>: writes the weeks' reports.</summary>
internal static class ReportCommand
{
    public static Command Create(Host host)
    {
        var week = Options.SnapshotDate("the newest, with all whose report is missing or out of date");
        var open = new Option<bool>("--open") { Description = "Open it in the browser." };
        var report = new Command("report", "Write a week's report, an HTML file.") { week, open };
        report.SetAction(async (arguments, cancellationToken) =>
        {
            var data = Options.FilledDataFolder(arguments);
            var archive = new ReportArchive(data, new TableReader(data.Warehouse));
            var page = arguments.GetValue(week) is { } day
                ? await archive.WriteAsync(day, cancellationToken)
                : (await archive.UpdateAsync(null, int.MaxValue, cancellationToken)).Page;
            host.WriteText(host.Output.Link(page));
            if (arguments.GetValue(open))
            {
                Browser.Open(new Uri(page));
            }
        });
        return report;
    }
}
