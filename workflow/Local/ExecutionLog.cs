using System.Globalization;
using System.Text;
using System.Text.Json;
using PySpotify.Functions;
using PySpotify.Workflow.StatesLanguage;

namespace PySpotify.Workflow.Local;

/// <summary>
/// An execution's file: its history, one event a line. A line is with the operating system before what it announces
/// begins, so that a killed run can be redriven; and on the disk before a task's effects, so that a machine without power
/// can be, too.
/// </summary>
internal sealed class ExecutionLog : IDisposable
{
    private readonly FileStream _file;

    private ExecutionLog(FileStream file) => _file = file;

    /// <summary>Begins a new execution's file.</summary>
    /// <param name="folder">The executions' folder; made if need be.</param>
    /// <param name="name">The execution's name.</param>
    public static ExecutionLog Create(string folder, string name)
    {
        Directory.CreateDirectory(folder);
        return new(Open(PathOf(folder, name), FileMode.CreateNew));
    }

    /// <summary>Goes on with an execution's file, behind its last whole line.</summary>
    /// <param name="folder">The executions' folder.</param>
    /// <param name="name">The execution's name.</param>
    public static ExecutionLog Append(string folder, string name)
    {
        var path = PathOf(folder, name);
        var end = Array.LastIndexOf(File.ReadAllBytes(path), (byte)'\n') + 1;
        var file = Open(path, FileMode.Open);
        file.SetLength(end);
        file.Position = end;
        return new(file);
    }

    /// <summary>An execution's history. A last line that a killed process left torn is passed over.</summary>
    /// <param name="folder">The executions' folder.</param>
    /// <param name="name">The execution's name.</param>
    /// <exception cref="ExecutionLogException">There is no such execution, or its file is damaged.</exception>
    public static IReadOnlyList<HistoryEvent> Read(string folder, string name)
    {
        var path = PathOf(folder, name);
        if (!AnyPath.Exists(path))
        {
            throw new ExecutionLogException($"There is no execution '{name}'; `pyspotify executions` lists them.");
        }

        using var reader = new StreamReader(FileLock.Open(() => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete)));
        var text = reader.ReadToEnd();
        var lines = text[..(text.LastIndexOf('\n') + 1)].Split('\n')[..^1];
        var events = new List<HistoryEvent>(lines.Length);
        foreach (var line in lines)
        {
            try
            {
                events.Add(HistoryEvent.FromJson(line));
            }
            catch (JsonException e)
            {
                throw new ExecutionLogException(
                    $"{path} is damaged at line {events.Count + 1}; it cannot be redriven. Start a new execution.", e);
            }
        }

        return events;
    }

    /// <summary>All executions that began, the oldest first.</summary>
    /// <param name="folder">The executions' folder.</param>
    /// <exception cref="UnauthorizedAccessException">The folder or a file in it cannot be read.</exception>
    public static IEnumerable<ExecutionSummary> List(string folder) => AnyPath.Exists(folder)
        ? Directory.GetFiles(folder, "*.jsonl").Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal)
            .Select(name => ExecutionSummary.Of(name!, folder)).OfType<ExecutionSummary>()
            .OrderBy(execution => execution.Started)
        : [];

    /// <summary>Adds an event.</summary>
    public void Record(HistoryEvent e)
    {
        _file.Write(Encoding.UTF8.GetBytes(e.ToJson() + "\n"));
        if (e.Type is HistoryEventType.TaskScheduled or HistoryEventType.ExecutionSucceeded)
        {
            _file.Flush(flushToDisk: true);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    // Without a buffer: closing the file must not try again to write what could not be written.
    private static FileStream Open(string path, FileMode mode) =>
        FileLock.Open(() => new(path, mode, FileAccess.Write, FileShare.Read, bufferSize: 0));

    /// <summary>The file of an execution.</summary>
    internal static string PathOf(string folder, string name) => name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
        ? Path.Combine(folder, $"{name}.jsonl")
        : throw new ExecutionLogException($"'{name}' is not the name of an execution; `pyspotify executions` lists them.");
}

/// <summary>What a list of executions shows of one.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Status"><c>SUCCEEDED</c>, <c>FAILED</c>, <c>TIMED_OUT</c>, <c>ABORTED</c>, <c>RUNNING</c>, or <c>DAMAGED</c> where its file is.</param>
/// <param name="Started">Its start.</param>
/// <param name="Ended">Its last event.</param>
/// <param name="Redrives">How often it was redriven.</param>
/// <param name="State">The state that failed.</param>
/// <param name="Error">What went wrong, in words.</param>
/// <param name="SnapshotDate">The snapshot that it writes.</param>
internal sealed record ExecutionSummary(
    string Name, string Status, DateTimeOffset? Started, DateTimeOffset? Ended, int Redrives, string? State, string? Error, DateOnly? SnapshotDate)
{
    /// <returns>Null for an execution whose process was killed before it began.</returns>
    internal static ExecutionSummary? Of(string name, string folder)
    {
        // A name begins with its execution's start.
        DateTimeOffset? started = DateTimeOffset.TryParseExact(
            name.Split('-')[0], "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
        var damaged = new ExecutionSummary(name, "DAMAGED", started, null, 0, null, null, null);
        try
        {
            var history = ExecutionLog.Read(folder, name);
            if (history is [])
            {
                return null;
            }

            if (history is not [{ Type: HistoryEventType.ExecutionStarted } first, ..])
            {
                return damaged;
            }

            var last = history[^1];

            // A history that just breaks off is that of a process which was killed or is still at work.
            var status = last.Type switch
            {
                HistoryEventType.ExecutionSucceeded => "SUCCEEDED",
                HistoryEventType.ExecutionFailed => "FAILED",
                HistoryEventType.ExecutionTimedOut => "TIMED_OUT",
                HistoryEventType.ExecutionAborted => "ABORTED",
                _ => FileLock.IsHeld(ExecutionLog.PathOf(folder, name)) ? "RUNNING" : "ABORTED",
            };
            return new(
                name,
                status,
                first.Time,
                last.Time,
                history.Max(e => e.RedriveCount) ?? 0,
                status == "RUNNING" ? null : last.State,
                last.Type == HistoryEventType.ExecutionFailed && last.Cause is { } cause ? ExecutionRunner.InWords(cause) : null,
                ReadSnapshotDate(first.Input));
        }
        catch (ExecutionLogException)
        {
            return damaged;
        }
    }

    private static DateOnly? ReadSnapshotDate(string? input)
    {
        try
        {
            return input is not null && JsonElement.Parse(input).TryGetProperty("snapshotDate", out var date)
                && Days.TryParse(date.GetString(), out var day)
                    ? day
                    : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}

/// <summary>An execution's file cannot be used.</summary>
internal sealed class ExecutionLogException(string message, Exception? inner = null) : PySpotifyException(message, inner);
