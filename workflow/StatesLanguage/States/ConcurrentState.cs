using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Text.Json;

namespace PySpotify.Workflow.StatesLanguage.States;

/// <summary>What Parallel and Map share: blocks that run side by side.</summary>
internal abstract class ConcurrentState(DefinitionReader fields) : State(fields)
{
    /// <summary>Runs branches or iterations; the first that fails cancels the others, which are waited for.</summary>
    /// <param name="count">How many.</param>
    /// <param name="limit">How many at once.</param>
    /// <param name="run">Runs the one of that index.</param>
    /// <param name="cancellationToken">Aborts.</param>
    /// <returns>Their outputs, as an array.</returns>
    protected static async Task<JsonElement> RunAllAsync(
        int count, int limit, Func<int, CancellationToken, Task<JsonElement>> run, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var outputs = new JsonElement[count];
        var last = -1;
        ExceptionDispatchInfo? first = null;
        await Task.WhenAll(Enumerable.Range(0, Math.Min(limit, count)).Select(_ => RunSomeAsync()));
        first?.Throw();
        cancellationToken.ThrowIfCancellationRequested();
        return Json.Array(outputs);

        async Task RunSomeAsync()
        {
            try
            {
                while (!stop.IsCancellationRequested && Interlocked.Increment(ref last) is int index && index < count)
                {
                    outputs[index] = await run(index, stop.Token);
                }
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref first, ExceptionDispatchInfo.Capture(e), null);
                stop.Cancel();
            }
        }
    }

    /// <summary>Runs one branch or iteration.</summary>
    /// <param name="block">Its states.</param>
    /// <param name="attempt">The attempt that it belongs to.</param>
    /// <param name="index">Its index.</param>
    /// <param name="input">Its input.</param>
    /// <param name="map">What <c>$$.Map</c> leads to inside.</param>
    /// <param name="cancellationToken">Aborts.</param>
    protected static Task<JsonElement> RunInnerAsync(
        Block block, Attempt attempt, int index, JsonElement input, JsonElement map, CancellationToken cancellationToken)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{attempt.Run.Id}.{index}");
        var replayed = attempt.Run.Inner.GetValueOrDefault(index);
        return block.RunAsync(
            new(attempt.Scope.Execution, name, map), input, isRecorded: Json.AreSame(input, attempt.Input), replayed, cancellationToken);
    }
}
