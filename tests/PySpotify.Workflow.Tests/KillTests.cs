using System.Diagnostics;

namespace PySpotify.Workflow.Tests;

/// <summary>A run that is killed at any moment, and its redrives too, ends as one that nobody disturbed.</summary>
public sealed class KillTests
{
    private const int Lanes = 2;

    /// <summary>Kills, and the command: with a date, one execution; without, the sample's three.</summary>
    [Theory]
    [InlineData(10, "run", "--snapshot-date", "2026-11-20")]
    [InlineData(2, "run")]
    [InlineData(200, "run", "--snapshot-date", "2026-11-20", Explicit = true, Traits = ["Category", "Soak"])]
    [InlineData(20, "run", Explicit = true, Traits = ["Category", "Soak"])]
    public async Task Kills_at_random_moments_change_nothing(int kills, params string[] command)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGKILL.");
        await using var undisturbed = new Pyspotify();
        (await undisturbed.RunAsync(command)).Succeeded();
        var expected = Look(undisturbed);
        var watch = Stopwatch.StartNew();
        (await undisturbed.RunProcessAsync(command)).Succeeded();
        var usual = watch.Elapsed;

        var done = await Task.WhenAll(Enumerable.Range(0, Lanes).Select(lane => KillAsync(new Random(20261120 + lane), kills / Lanes, command, usual, expected)));

        Assert.True(done.Sum() >= kills, $"{done.Sum()} kills only.");
    }

    private static async Task<int> KillAsync(Random random, int wanted, string[] command, TimeSpan usual, Kept expected)
    {
        var kills = 0;
        for (var round = 0; round < 5 * wanted && kills < wanted; round++)
        {
            await using var pyspotify = new Pyspotify();
            var arguments = command;
            for (var isKilled = true; isKilled;)
            {
                using var process = pyspotify.Start(arguments);
                var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
                var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
                isKilled = random.Next(5) < 4 && !process.WaitForExit(usual * random.NextDouble());
                if (isKilled)
                {
                    process.Kill();
                    kills++;
                }

                await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
                isKilled = process.ExitCode != 0;

                // Killed before it began, an execution was none.
                var isNone = (await error).Contains("To redrive another", StringComparison.Ordinal) || (await error).Contains("there is none to redrive", StringComparison.Ordinal) || (await error).Contains("does not exist yet", StringComparison.Ordinal);
                Assert.True(isNone || (await error).Length == 0, await output + await error);
                arguments = isNone ? command : ["redrive"];
            }

            expected.AssertSame(Look(pyspotify));
            Assert.Empty(TempFolder.Snapshot(pyspotify.Data, file => file.Contains("_partial", StringComparison.Ordinal)
                || file.EndsWith(".partial", StringComparison.Ordinal) || file.EndsWith("-journal", StringComparison.Ordinal)));
        }

        return kills;
    }

    internal static Kept Look(Pyspotify pyspotify) => new(
        TempFolder.Snapshot(pyspotify.Raw, file => !file.StartsWith('_')),
        LocalWorkflow.Rows(Path.Combine(pyspotify.Data, "warehouse.db")));
}
