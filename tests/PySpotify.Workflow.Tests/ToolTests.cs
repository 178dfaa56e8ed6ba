using System.Diagnostics;
using PySpotify.Tests;

namespace PySpotify.Workflow.Tests;

public sealed class ToolTests
{
    [Fact]
    public async Task The_packed_tool_is_installed_from_a_folder_and_runs()
    {
        using var folder = new TempFolder();
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

        await RunAsync("dotnet", "pack", Path.Combine(Repository.Root, "workflow"), "--no-build", "-c", configuration, "-o", folder["packages"]);
        await RunAsync("dotnet", "tool", "install", "PySpotify", "--tool-path", folder["tools"], "--source", folder["packages"]);
        var tool = Path.Combine(folder["tools"], OperatingSystem.IsWindows() ? "pyspotify.exe" : "pyspotify");

        await using var pyspotify = new Pyspotify();
        (await pyspotify.EndAsync(pyspotify.StartFile(tool, "run", "--snapshot-date", "2026-11-20"))).Succeeded();
        Assert.Contains("popular\t1\t", (await pyspotify.EndAsync(pyspotify.StartFile(tool, "query", "top"))).Succeeded().Output, StringComparison.Ordinal);
    }

    private static async Task RunAsync(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{command} {string.Join(' ', arguments)}\n{output}\n{await error}");
    }
}
