using System.Globalization;
using PySpotify.Workflow.Local;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace PySpotify.Workflow.Cli;

/// <summary>The steps and a row for each source, redrawn as they come on.</summary>
internal sealed class LiveProgress(Host host, RunProgress progress, bool isVerbose, bool isBrief)
{
    /// <summary>Cells beside a title: mark, pages, songs and time.</summary>
    private const int OtherColumns = 46;

    /// <summary>Lines of the screen that are not for sources.</summary>
    private const int OtherRows = 10;

    private readonly Lock _lock = new();
    private readonly Queue<string> _log = new();

    /// <summary>Shows a run while it runs.</summary>
    /// <param name="run">Runs it.</param>
    /// <param name="frame">The time between two drawings.</param>
    public Task ShowAsync(Func<Task> run, TimeSpan frame)
    {
        if (isVerbose)
        {
            progress.Logged += Log;
        }

        return host.Output.Live(Draw()).StartAsync(async display =>
        {
            await using var timer = host.Clock.CreateTimer(_ => Update(display), null, frame, frame);
            try
            {
                await run();
            }
            finally
            {
                Update(display);
            }
        });
    }

    private void Log(string line)
    {
        lock (_lock)
        {
            _log.Enqueue(line);
            if (_log.Count > 5)
            {
                _log.Dequeue();
            }
        }
    }

    private void Update(LiveDisplayContext display)
    {
        lock (_lock)
        {
            display.UpdateTarget(Draw());
            display.Refresh();
        }
    }

    private IRenderable Draw()
    {
        var view = progress.View();
        var table = new Table().Border(TableBorder.None).HideHeaders()
            .AddColumns(new TableColumn("").NoWrap(), new TableColumn("").NoWrap(), Right(), Right(), Right());
        if (isBrief)
        {
            var state = view.Steps[^1].State;
            Add(table, state, progress.SnapshotDate.Iso(), Words.Count(view.Sources.Count, "source"), view.Songs, progress.Elapsed);
            return table;
        }

        foreach (var step in view.Steps)
        {
            var title = isVerbose && step.StateName is { } name ? $"{step.Name} ({name})" : step.Name;
            if (step.Name == "Fetch")
            {
                Add(table, step.State, title, $"{view.SourcesDone} of {Words.Count(view.Sources.Count, "source")}", view.Songs, null);
                AddSources(table, view.Sources);
            }
            else
            {
                Add(table, step.State, title, "", null, null);
            }
        }

        List<string> notices =
        [
            .. view.WaitUntil is { } time ? [$"Spotify asks for fewer requests: going on in {SecondsUntil(time)} s."] : Array.Empty<string>(),
            .. view.Retries.Select(retry => $"{Advice.WithoutRedrive(retry.Cause)} Trying again in {SecondsUntil(retry.Until)} s."),
            .. view.Notices,
            .. _log,
        ];

        return notices is [] ? table : new Rows([table, .. notices.Select(notice => new Text(DisplayText.Clean(notice), Color.Yellow))]);

        static TableColumn Right() => new TableColumn("").NoWrap().RightAligned();
    }

    private string SecondsUntil(DateTimeOffset time) =>
        Math.Max(0, Math.Ceiling((time - host.Clock.GetUtcNow()).TotalSeconds)).ToString(CultureInfo.InvariantCulture);

    private void AddSources(Table table, IReadOnlyList<SourceView> sources)
    {
        var room = Math.Max(5, host.Output.Profile.Height - OtherRows);

        // Where they do not all fit: what is being read and what cannot be read is worth seeing.
        var shown = sources.Count <= room ? sources
            : [.. sources.Where(source => source.State is ProgressState.Failed or ProgressState.AtWork).Take(room)];
        foreach (var source in shown)
        {
            var pages = source.Problem ?? (source.Pages is { } all ? $"{source.PagesRead} of {Words.Count(all, "page")}" : "");
            Add(table, source.State, $"  {source.Title}", pages, source.Problem is null && source.State != ProgressState.Waiting ? source.Songs : null, source.Time);
        }

        if (shown.Count < sources.Count)
        {
            table.AddRow(new Text(""), new Text($"  and {sources.Count - shown.Count} more"));
        }
    }

    private void Add(Table table, ProgressState state, string title, string pages, long? songs, TimeSpan? time)
    {
        var mark = state switch
        {
            ProgressState.Done => new Markup("[green]✓[/]"),
            ProgressState.Failed => new Markup("[red]✗[/]"),
            ProgressState.AtWork => new Markup("[yellow]…[/]"),
            _ => new Markup(" "),
        };
        table.AddRow(
            mark,
            ResultTable.Cut(DisplayText.Clean(title), Math.Max(16, host.Output.Profile.Width - OtherColumns)),
            new Text(pages),
            new Text(songs is { } count ? Words.Count(count, "song") : ""),
            new Text(time is { } took ? string.Create(CultureInfo.InvariantCulture, $"{took.TotalSeconds:0.0} s") : ""));
    }
}
