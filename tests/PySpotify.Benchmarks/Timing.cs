using System.Diagnostics;

namespace PySpotify.Benchmarks;

/// <summary>Times what is to be compared in turns, A B A B, so that a busy machine is busy for all alike.</summary>
internal static class Timing
{
    /// <summary>Runs each of <paramref name="contenders"/> once a round.</summary>
    /// <returns>The median of each, in seconds.</returns>
    public static async Task<double[]> CompareAsync(int rounds, params Func<Task>[] contenders)
    {
        var seconds = contenders.Select(_ => new List<double>()).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < contenders.Length; i++)
            {
                GC.Collect();
                var start = Stopwatch.GetTimestamp();
                await contenders[i]();
                seconds[i].Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            }
        }

        return [.. seconds.Select(Median)];
    }

    /// <summary>The middle one, or the mean of the two in the middle.</summary>
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
