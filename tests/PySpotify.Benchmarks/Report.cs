using System.Globalization;
using System.Runtime.InteropServices;

namespace PySpotify.Benchmarks;

/// <summary>Writes what was measured as the tables of docs/performance.md, and keeps count of the goals.</summary>
internal sealed class Report(TextWriter writer)
{
    private readonly List<string> _missed = [];
    private int _held;

    /// <summary>Where and when: absolute times mean nothing without.</summary>
    public void WriteMachine()
    {
        const string cpuInfo = "/proc/cpuinfo";
        var processor = File.Exists(cpuInfo)
            ? File.ReadLines(cpuInfo).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim()
            : null;
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1 << 30);
        Line($"{DateTime.UtcNow:yyyy-MM-dd}, {Environment.ProcessorCount} cores ({processor ?? "processor unknown"}), {memory} GB, "
            + $"{RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}");
#if DEBUG
        Line("**A Debug build: run with `-c Release`.**");
#endif
    }

    /// <summary>Begins a part.</summary>
    public void Section(string title, params string[] columns)
    {
        Line($"\n## {title}\n");
        Header(columns);
    }

    /// <summary>Begins a table.</summary>
    public void Header(params string[] columns)
    {
        Row([.. columns]);
        Row([.. columns.Select(_ => "---")]);
    }

    /// <summary>One row of the table.</summary>
    public void Row(params object?[] cells) =>
        Line($"| {string.Join(" | ", cells.Select(cell => Convert.ToString(cell, CultureInfo.InvariantCulture)))} |");

    /// <summary>A sentence between the tables.</summary>
    public void Say(string text) => Line($"\n{text}\n");

    /// <summary>Says whether a goal is held.</summary>
    /// <param name="goal">The goal.</param>
    /// <param name="measured">What was measured, in the goal's unit.</param>
    /// <param name="held">Whether that is good.</param>
    public void Goal(string goal, string measured, bool held)
    {
        Line($"\n{(held ? "Held" : "**Missed**")}: {goal}; measured {measured}.");
        if (held)
        {
            _held++;
        }
        else
        {
            _missed.Add(goal);
        }
    }

    /// <summary>The end of it all.</summary>
    /// <returns>The exit code: 1 where a goal was missed.</returns>
    public int WriteVerdict()
    {
        Line($"\n{_held} goals held, {_missed.Count} missed{(_missed.Count > 0 ? ": " : "")}{string.Join("; ", _missed)}");
        return _missed.Count == 0 ? 0 : 1;
    }

    private void Line(string text) => writer.WriteLine(text);
}
