using System.Diagnostics;

namespace PySpotify.Tests;

/// <summary>infra/smoke-test, with the AWS CLI, moto for AWS and a few lines for pulumi.</summary>
[Collection(nameof(Moto))]
public sealed class SmokeTestTests(MotoServer moto) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pyspotify-smoke-").FullName;

    private readonly string _name = $"smoke-{Guid.NewGuid():N}";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stack_that_works_plans_its_queries_and_starts_a_run()
    {
        var machine = await DeployAsync("top", "years");

        var (exitCode, output) = await RunAsync("bash", Path.Combine(_folder, "infra", "smoke-test"));

        Assert.True(exitCode == 0, output);
        Assert.Contains("ok      top\n", output, StringComparison.Ordinal);
        Assert.Contains("ok      years\n", output, StringComparison.Ordinal);
        Assert.EndsWith("A run has started. Watch it here: https://console\n", output, StringComparison.Ordinal);
        Assert.Equal("1", await ExecutionsAsync(machine));
    }

    [Fact]
    public async Task A_query_that_the_stack_lacks_is_named_and_nothing_starts()
    {
        var machine = await DeployAsync("top");
        await File.WriteAllTextAsync(Path.Combine(_folder, "workflow", "queries", "years.sql"), "SELECT 1", Cancelled);

        var (exitCode, output) = await RunAsync("bash", Path.Combine(_folder, "infra", "smoke-test"));

        Assert.Equal(1, exitCode);
        Assert.Contains("FAILED  years: it is not in the workgroup", output, StringComparison.Ordinal);
        Assert.Equal("0", await ExecutionsAsync(machine));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Makes what the script needs: the repository's files, a workgroup with queries, and a state machine.</summary>
    private async Task<string> DeployAsync(params string[] queries)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The script needs bash.");
        Assert.SkipUnless(Find("aws"), "The AWS CLI is not on the PATH.");
        foreach (var folder in (string[])["bin", "infra", "workflow/queries"])
        {
            Directory.CreateDirectory(Path.Combine(_folder, folder));
        }

        File.Copy(Path.Combine(AppContext.BaseDirectory, "smoke-test"), Path.Combine(_folder, "infra", "smoke-test"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "workflow", "input.json"), "{}", Cancelled);
        await AwsAsync("athena", "create-work-group", "--name", _name);
        foreach (var query in queries)
        {
            await File.WriteAllTextAsync(Path.Combine(_folder, "workflow", "queries", $"{query}.sql"), "SELECT 1", Cancelled);
            await AwsAsync(
                "athena", "create-named-query", "--name", query, "--database", "spotify_data_refined", "--work-group", _name, "--query-string", "-- What?\nSELECT 1");
        }

        var machine = await AwsAsync(
            "stepfunctions", "create-state-machine", "--name", _name, "--role-arn", "arn:aws:iam::123456789012:role/run", "--query", "stateMachineArn", "--output", "text",
            "--definition", """{"StartAt":"Done","States":{"Done":{"Type":"Succeed"}}}""");
        var pulumi = Path.Combine(_folder, "bin", "pulumi");
        await File.WriteAllTextAsync(pulumi, $"""
            #!/bin/sh
            case "$*" in
              "stack output Workgroup") echo {_name} ;;
              "stack output StateMachine") echo {machine} ;;
              "stack output Console") echo https://console ;;
              "config get aws:region") echo us-east-1 ;;
              *) exit 1 ;;
            esac
            """, Cancelled);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(pulumi, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        return machine;
    }

    private Task<string> ExecutionsAsync(string machine) =>
        AwsAsync("stepfunctions", "list-executions", "--state-machine-arn", machine, "--query", "length(executions)");

    private async Task<string> AwsAsync(params string[] arguments)
    {
        var (exitCode, output) = await RunAsync("aws", arguments);
        Assert.True(exitCode == 0, output);
        return output.Trim();
    }

    private async Task<(int ExitCode, string Output)> RunAsync(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["PATH"] = $"{Path.Combine(_folder, "bin")}:{Environment.GetEnvironmentVariable("PATH")}",
                ["AWS_ENDPOINT_URL"] = moto.Address.AbsoluteUri,
                ["AWS_ACCESS_KEY_ID"] = "test",
                ["AWS_SECRET_ACCESS_KEY"] = "test",
                ["AWS_REGION"] = "us-east-1",
                ["AWS_DEFAULT_REGION"] = "us-east-1",
            },
        })!;
        var error = process.StandardError.ReadToEndAsync(Cancelled);
        var output = await process.StandardOutput.ReadToEndAsync(Cancelled);
        await process.WaitForExitAsync(Cancelled);
        return (process.ExitCode, output + await error);
    }

    private static bool Find(string command) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, command)));
}
