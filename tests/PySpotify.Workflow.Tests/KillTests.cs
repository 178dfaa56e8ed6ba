using System.Diagnostics;

namespace PySpotify.Workflow.Tests;

/// <summary>A run that is killed at any moment, and its redrives too, ends as one that nobody disturbed.</summary>
public sealed class KillTests
{
    private const int Kills = 200, Lanes = 2;

    private static readonly string[] Run = ["run", "--snapshot-date", "2026-11-20"];

    [Fact]
    public async Task Two_hundred_kills_at_random_moments_change_nothing()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGKILL.");
        await using var undisturbed = new Pyspotify();
        (await undisturbed.RunAsync(Run)).Succeeded();
        var expected = Look(undisturbed);
        var watch = Stopwatch.StartNew();
        (await undisturbed.RunAsync(Run)).Succeeded();
        var usual = watch.Elapsed;

        var kills = await Task.WhenAll(Enumerable.Range(0, Lanes).Select(lane => KillAsync(new Random(20261120 + lane), usual, expected)));

        Assert.True(kills.Sum() >= Kills, $"{kills.Sum()} kills only.");
    }

    private static async Task<int> KillAsync(Random random, TimeSpan usual, Kept expected)
    {
        var kills = 0;
        for (var round = 0; round < 5 * Kills && kills < Kills / Lanes; round++)
        {
            await using var pyspotify = new Pyspotify();
            var arguments = Run;
            for (var isKilled = true; isKilled;)
            {
                using var process = pyspotify.Start(arguments);
                var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
                var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
                isKilled = random.Next(3) < 2 && !process.WaitForExit(usual * random.NextDouble());
                if (isKilled)
                {
                    process.Kill();
                    kills++;
                }

                await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
                isKilled = process.ExitCode != 0;

                // Killed before it began, an execution was none.
                var isNone = (await error).Contains("there is nothing to redrive", StringComparison.Ordinal);
                Assert.True(isNone || (await error).Length == 0, await output + await error);
                arguments = isNone ? Run : ["redrive"];
            }

            expected.AssertSame(Look(pyspotify));
            Assert.Empty(TempFolder.Snapshot(pyspotify.Data, file => file.Contains("_partial", StringComparison.Ordinal)
                || file.EndsWith(".partial", StringComparison.Ordinal) || file.EndsWith("-journal", StringComparison.Ordinal)));
        }

        return kills;
    }

    internal static Kept Look(Pyspotify pyspotify) => new(
        TempFolder.Snapshot(pyspotify.Raw, file => !file.StartsWith('_') || file.StartsWith("_quarantine", StringComparison.Ordinal)),
        LocalWorkflow.Rows(Path.Combine(pyspotify.Data, "warehouse.db")));
}
