using PySpotify.Workflow.Local;
using Spectre.Console;

namespace PySpotify.Workflow.Cli;

/// <summary>Shows executions: drawn on a terminal, line by line elsewhere.</summary>
internal static class ExecutionDisplay
{
    /// <inheritdoc cref="ShowExecution"/>
    public static async Task ShowAsync(Host host, string title, Func<IProgress, Task> run)
    {
        if (!host.Output.IsTerminal())
        {
            host.Output.WriteText(title);
            await run(new PlainProgress(host.Output, host.Clock));
            return;
        }

        await host.Output.Live(new Rows(new Text(title))).StartAsync(async display =>
        {
            var progress = new LiveProgress(title, display, host.Clock);
            try
            {
                await run(progress);
            }
            finally
            {
                progress.Draw();
            }
        });
    }
}
