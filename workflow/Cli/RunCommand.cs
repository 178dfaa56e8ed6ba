using System.CommandLine;
using System.Text.Json;
using PySpotify.Functions;
using PySpotify.Workflow.Local;

namespace PySpotify.Workflow.Cli;

/// <summary><c>run</c>: the whole workflow.</summary>
internal static class RunCommand
{
    public static Command Create(Host host)
    {
        var snapshotDate = Options.SnapshotDate("The day to file the snapshot under, YYYY-MM-DD; without it, today (UTC).");
        var inputFile = Options.Input();
        var run = new Command("run", "Run the whole workflow.") { snapshotDate, inputFile };
        run.SetAction(async (arguments, cancellationToken) =>
        {
            var path = arguments.GetValue(inputFile) ?? Path.Combine(AppContext.BaseDirectory, "input.json");
            var (input, isDated) = ReadInput(path, arguments.GetValue(snapshotDate), host.Clock.GetUtcNow());
            var data = Options.DataFolder(arguments);
            var settings = SpotifySettings.Read(new SecretsFile(data.Secrets), host.AddSettings);

            using var folderLock = data.Lock(host.Clock);
            data.Claim(settings.IsSample);
            var runner = new ExecutionRunner(
                data, settings, host.Clock, Options.IsVerbose(arguments), (title, run) => ExecutionDisplay.ShowAsync(host, title, run));
            if (settings.IsSample)
            {
                host.Output.WriteText("Sample data: there are no Spotify credentials, so everything that follows is made up.");
            }

            await RunResults.ShowAfterAsync(
                host,
                data,
                settings.IsSample && !isDated ? runner.StartSampleAsync(input, cancellationToken) : runner.StartAsync(input, cancellationToken),
                isDated ? input.SnapshotDate : null,
                cancellationToken);
        });
        return run;
    }

    /// <summary>Reads and checks an input file.</summary>
    /// <returns>The input, and whether a date was asked for.</returns>
    private static (ExecutionInput Input, bool IsDated) ReadInput(string path, DateOnly? snapshotDate, DateTimeOffset now)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllText(path));
            var input = ExecutionInput.Read(document.RootElement, now, snapshotDate);
            return (input, snapshotDate is not null || document.RootElement.TryGetProperty("snapshotDate", out var date) && date.ValueKind != JsonValueKind.Null);
        }
        catch (JsonException e)
        {
            throw new InvalidInputException(path, $"is not JSON, at line {e.LineNumber + 1}: {e.Message.Split(" LineNumber:")[0].TrimEnd('.')}");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InvalidInputException(path, "does not exist");
        }
    }
}
