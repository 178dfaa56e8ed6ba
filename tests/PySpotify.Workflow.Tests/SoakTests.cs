namespace PySpotify.Workflow.Tests;

/// <summary>
/// What other tests do a few times, over and over. It takes minutes, so it runs on request:
/// <c>dotnet test --filter Category=Soak -- xUnit.Explicit=on</c>.
/// </summary>
[Trait("Category", "Soak")]
public sealed class SoakTests
{
    [Theory(Explicit = true)]
    [InlineData(200, "run", "--snapshot-date", "2026-11-20")]
    [InlineData(20, "run")]
    public Task Many_kills_at_random_moments_change_nothing(int kills, params string[] command) => KillTests.KillAsync(kills, command);

    [Theory(Explicit = true)]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(250)]
    [InlineData(400)]
    public Task A_disk_that_is_full_sooner_or_later_loses_nothing(int blocks) => DataFolderTests.FillDiskAsync(blocks);
}
