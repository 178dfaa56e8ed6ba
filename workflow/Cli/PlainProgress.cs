using System.Globalization;
using PySpotify.Workflow.Local;

namespace PySpotify.Workflow.Cli;

/// <summary>A line now and then, for logs and pipes; all that happens, where that is asked for.</summary>
internal sealed class PlainProgress(Host host, RunProgress progress, bool isVerbose, bool isBrief)
{
    private readonly Lock _lock = new();
    private string _written = "";

    /// <summary>Shows a run while it runs.</summary>
    /// <param name="run">Runs it.</param>
    /// <param name="pause">The shortest time between two lines.</param>
    public async Task ShowAsync(Func<Task> run, TimeSpan pause)
    {
        if (isVerbose)
        {
            progress.Logged += Write;
        }

        await using var timer = isVerbose || isBrief ? null : host.Clock.CreateTimer(_ => WriteStatus(), null, pause, pause);
        try
        {
            await run();
        }
        catch (ExecutionFailedException e) when (e.IsLoaded)
        {
            Write(Summary(progress.View()));
            throw;
        }

        Write(Summary(progress.View()));
    }

    private void WriteStatus()
    {
        var status = Status(progress.View());
        if (status != _written)
        {
            _written = status;
            Write(status);
        }
    }

    private static string Status(RunView view)
    {
        var step = view.Steps.LastOrDefault(step => step.State != ProgressState.Waiting) ?? view.Steps[0];
        var reading = view.Sources.FirstOrDefault(source => source is { State: ProgressState.AtWork, Pages: not null });
        List<string> parts =
        [
            view.Steps.Any(step => step is { Name: "Fetch", State: ProgressState.AtWork })
                ? $"Fetch: {view.SourcesDone} of {Words.Count(view.Sources.Count, "source")}"
                : step.Name,
        ];
        if (reading is not null)
        {
            parts.Add($"{reading.Title}: {reading.PagesRead} of {Words.Count(reading.Pages!.Value, "page")}, {Words.Count(reading.Songs, "song")}");
        }

        if (view.WaitUntil is { } time)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"waiting until {time.LocalDateTime:HH:mm:ss}, because Spotify asks for fewer requests"));
        }

        // A line tells what is new, so it counts no seconds.
        parts.AddRange(view.Retries.Select(retry =>
            string.Create(CultureInfo.InvariantCulture, $"{Advice.WithoutRedrive(retry.Cause)} Trying again at {retry.Until.LocalDateTime:HH:mm:ss}.")));
        return string.Join("; ", parts.Concat(view.Notices.TakeLast(1)));
    }

    private string Summary(RunView view)
    {
        var unread = view.Sources.Count(source => source.State == ProgressState.Failed);
        var summary = $"{Words.Count(view.Songs, "song")} from {Words.Count(view.Sources.Count - unread, "source")}"
            + (unread > 0 ? $"; {unread} could not be read" : "");
        return isBrief ? $"{progress.SnapshotDate.Iso()}: {summary}" : $"Loaded {summary}";
    }

    private void Write(string line)
    {
        lock (_lock)
        {
            host.WriteText(DisplayText.Clean(
                string.Create(CultureInfo.InvariantCulture, $"{progress.Elapsed.TotalSeconds,7:0.0} s  {line}")));
        }
    }
}
