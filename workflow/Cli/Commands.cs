using System.CommandLine;

namespace PySpotify.Workflow.Cli;

/// <summary>The <c>pyspotify</c> command line.</summary>
internal static class Commands
{
    public static RootCommand Create(Host host)
    {
        var run = RunCommand.Create(host);
        var root = new RootCommand("Charts from Spotify, week by week, as tables. Without a command: run.")
        {
            Options.Data(),
            Options.Verbose(),
            run,
            RedriveCommand.Create(host),
            ExecutionsCommand.Create(host),
            SetupCommand.Create(host),
            CheckCommand.Create(host),
            LoginCommand.Create(host),
            LogoutCommand.Create(host),
            QueryCommand.Create(host),
            SqlCommand.Create(host),
            ReportCommand.Create(host),
            TablesCommand.Create(host),
            RefineCommand.Create(host),
            PullCommand.Create(host),
        };
        foreach (var option in run.Options)
        {
            root.Options.Add(option);
        }

        root.Action = run.Action;
        Help.AddTo(root);
        return root;
    }
}
