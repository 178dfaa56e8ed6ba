using System.Globalization;
using System.Text.Json;
using PySpotify.Functions;
using PySpotify.Workflow.Local.Warehouse;

namespace PySpotify.Workflow.Local;

/// <summary>How far the reading of one source has come.</summary>
internal sealed class SourceProgress(Source source)
{
    private readonly SortedDictionary<string, long> _leftOut = new(StringComparer.Ordinal);
    private ProgressState _state = ProgressState.Waiting;
    private DateTimeOffset _began, _ended;
    private string? _problem;
    private long _songs;
    private int _pagesRead;
    private int? _pages;

    /// <summary>What people call it; null where that is not known yet.</summary>
    public string? Name { get; set; }

    /// <summary>Rows, and what was left out and why.</summary>
    public string Detail => _problem ?? string.Create(CultureInfo.InvariantCulture, $"{_songs:N0} rows")
        + (_leftOut.Count > 0 ? $"; left out: {string.Join(", ", _leftOut.Select(reason => $"{reason.Value} {reason.Key}"))}" : "");

    /// <summary>The reading begins, or begins again.</summary>
    public void Begin(DateTimeOffset time)
    {
        (_state, _began, _problem, _songs, _pagesRead, _pages) = (ProgressState.AtWork, time, null, 0, 0, null);
        _leftOut.Clear();
    }

    /// <summary>A page has come.</summary>
    public void Add(int limit, int? total, int rows)
    {
        _pagesRead++;
        _songs += rows;

        // The first page tells how many there are; a search's total is no more than what it gives.
        _pages = total is { } all ? Math.Max(_pagesRead, (all + limit - 1) / limit) : _pages;
    }

    /// <summary>It could not be read, and that ends the execution.</summary>
    public void Fail(DateTimeOffset time) => (_state, _ended) = (ProgressState.Failed, time);

    /// <summary>What the fetch, then the CSV file's writing, has answered.</summary>
    public void End(JsonElement output, DateTimeOffset time)
    {
        if (output.TryGetProperty("staged", out var staged))
        {
            (_songs, _ended) = (staged.GetProperty("rows").GetInt64(), time);
            Name = staged.GetProperty("name").GetString() ?? Name;
            foreach (var reason in staged.GetProperty("skipped").EnumerateObject())
            {
                _leftOut[reason.Name] = reason.Value.GetInt64();
            }

            _problem = staged.GetProperty("problem") is { ValueKind: JsonValueKind.Object } problem ? problem.GetProperty("cause").GetString() : null;
            _state = _problem is null ? ProgressState.Done : ProgressState.Failed;
        }
        else if (output.TryGetProperty("quarantined", out var quarantined))
        {
            _songs = output.GetProperty("rows").GetInt64();
            if (quarantined.GetInt64() is > 0 and var refused)
            {
                _leftOut["quarantined"] = refused;
            }

            if (_problem is null && output.GetProperty("notRead") is { ValueKind: JsonValueKind.Array } notRead && notRead.GetArrayLength() > 0)
            {
                (_problem, _state) = (notRead[0].GetString(), ProgressState.Failed);
            }
        }
    }

    /// <summary>What there is to show now.</summary>
    public SourceView View(DateTimeOffset now) => new(
        ListTitle.Of(source, Name),
        _state,
        _pagesRead,
        _pages,
        _songs,
        _state switch { ProgressState.Waiting => null, ProgressState.AtWork => now - _began, _ => _ended - _began },
        _problem,
        _leftOut.ToDictionary());
}

/// <summary>Whether something has begun and how it ended.</summary>
internal enum ProgressState
{
    Waiting,
    AtWork,
    Done,
    Failed,
}

/// <summary>What there is to show of an execution.</summary>
/// <param name="Steps">Its steps in order, as people call them.</param>
/// <param name="Sources">Its sources in the input's order.</param>
/// <param name="WaitUntil">Until when Spotify wants to be left alone; null where it does not.</param>
/// <param name="Retries">States that failed and are tried again.</param>
/// <param name="Notices">Sentences on what just went wrong.</param>
internal sealed record RunView(IReadOnlyList<StepView> Steps, IReadOnlyList<SourceView> Sources, DateTimeOffset? WaitUntil, IReadOnlyList<RetryView> Retries, IReadOnlyList<string> Notices)
{
    /// <summary>Songs of all sources.</summary>
    public long Songs => Sources.Sum(source => source.Songs);

    /// <summary>Sources that have been read, or cannot be.</summary>
    public int SourcesDone => Sources.Count(source => source.State is ProgressState.Done or ProgressState.Failed);
}

/// <summary>A step.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="State">Whether it is done.</param>
/// <param name="StateName">The definition's state that it is in.</param>
internal sealed record StepView(string Name, ProgressState State, string? StateName);

/// <summary>A source.</summary>
/// <param name="Title">What it is called.</param>
/// <param name="State">Whether it has been read.</param>
/// <param name="PagesRead">Pages that have come.</param>
/// <param name="Pages">Pages in all; null where that is not known yet.</param>
/// <param name="Songs">Songs so far.</param>
/// <param name="Time">How long the reading has taken.</param>
/// <param name="Problem">Why it cannot be read, in a few words.</param>
/// <param name="LeftOut">Rows that were left out, by reason.</param>
internal sealed record SourceView(
    string Title, ProgressState State, int PagesRead, int? Pages, long Songs, TimeSpan? Time, string? Problem, IReadOnlyDictionary<string, long> LeftOut);

/// <summary>A state that failed and is tried again.</summary>
/// <param name="Cause">What is wrong, in a sentence.</param>
/// <param name="Until">When it is tried again.</param>
internal readonly record struct RetryView(string Cause, DateTimeOffset Until);
