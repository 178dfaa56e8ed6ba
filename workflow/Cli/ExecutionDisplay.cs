using System.Globalization;
using PySpotify.Workflow.Local;

namespace PySpotify.Workflow.Cli;

/// <summary>Shows executions while they run: drawn on a terminal, line by line elsewhere.</summary>
/// <param name="host">Where.</param>
/// <param name="isVerbose">Whether to show the definition's states and all that is logged.</param>
/// <param name="isBrief">Whether an execution is to take one line.</param>
internal sealed class ExecutionDisplay(Host host, bool isVerbose, bool isBrief = false)
{
    // What a person can follow, and what a log can bear.
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(200), Line = TimeSpan.FromSeconds(1);

    private readonly SortedDictionary<string, long> _leftOut = new(StringComparer.Ordinal);

    /// <summary>What the executions so far have left out, in words; null where that is nothing.</summary>
    public string? LeftOut => _leftOut.Count == 0 ? null : string.Join(", ", _leftOut.Select(reason => Words(reason.Key, reason.Value)));

    /// <inheritdoc cref="ShowExecution"/>
    public async Task ShowAsync(RunProgress progress, Func<Task> run)
    {
        var isTerminal = host.Output.IsTerminal();
        if (!isBrief || isVerbose)
        {
            host.WriteText($"Snapshot {progress.SnapshotDate.Iso()}, execution {progress.Execution}");
        }

        try
        {
            await (isTerminal ? new LiveProgress(host, progress, isVerbose, isBrief).ShowAsync(run, Frame)
                : new PlainProgress(host, progress, isVerbose, isBrief).ShowAsync(run, Line));
        }
        finally
        {
            foreach (var (reason, rows) in progress.View().Sources.SelectMany(source => source.LeftOut))
            {
                _leftOut[reason] = _leftOut.GetValueOrDefault(reason) + rows;
            }
        }
    }

    private static string Words(string reason, long rows) => string.Create(CultureInfo.InvariantCulture, $"{rows:N0} ") + (reason, rows) switch
    {
        ("duplicate" or "episode" or "local file", > 1) => $"{reason}s",
        ("no track", 1) => "row without a track",
        ("no track", _) => "rows without a track",
        ("unknown type", _) => "of an unknown type",
        ("quarantined", _) => "in quarantine",
        _ => reason,
    };
}
