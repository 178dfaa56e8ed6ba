using System.Diagnostics;

namespace PySpotify.Benchmarks;

/// <summary>Medians.</summary>
/// <param name="Seconds">By the clock.</param>
/// <param name="ProcessorSeconds">Of this process's, on all cores; what other processes take is not in it.</param>
internal readonly record struct Timed(double Seconds, double ProcessorSeconds);

/// <summary>Times what is to be compared in turns, A B A B, so that a busy machine is busy for all alike.</summary>
internal static class Timing
{
    /// <summary>Runs each of <paramref name="contenders"/> once a round.</summary>
    public static async Task<Timed[]> CompareAsync(int rounds, params Func<Task>[] contenders)
    {
        var seconds = contenders.Select(_ => new List<double>()).ToArray();
        var processorSeconds = contenders.Select(_ => new List<double>()).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < contenders.Length; i++)
            {
                GC.Collect();
                var (start, used) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
                await contenders[i]();
                seconds[i].Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
                processorSeconds[i].Add((Environment.CpuUsage.TotalTime - used).TotalSeconds);
            }
        }

        return [.. seconds.Zip(processorSeconds, (all, processor) => new Timed(Median(all), Median(processor)))];
    }

    /// <summary>The middle one, or the mean of the two in the middle.</summary>
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
