using System.Text.Json;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using PySpotify.Workflow.Local;
using PySpotify.Workflow.StatesLanguage;

namespace PySpotify.Benchmarks;

/// <summary>What the interpreter costs a state, over short and long histories.</summary>
internal static class Interpreting
{
    public static async Task RunAsync(Report report)
    {
        // In this process, because a generated project would have to restore from whatever feed there is.
        var job = Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithInvocationCount(1).WithUnrollFactor(1).WithWarmupCount(2).WithIterationCount(7);
        var summary = BenchmarkRunner.Run<PollLoop>(ManualConfig.CreateEmpty().AddJob(job).AddLogger(NullLogger.Instance).WithOptions(ConfigOptions.DisableLogFile));

        report.Section("Interpreter", "states", "events go to", "µs a state, median");
        var medians = summary.Reports.ToDictionary(
            it => ((int)it.BenchmarkCase.Parameters[nameof(PollLoop.States)], (bool)it.BenchmarkCase.Parameters[nameof(PollLoop.ToFile)]),
            it => it.ResultStatistics!.Median / 1e3 / (int)it.BenchmarkCase.Parameters[nameof(PollLoop.States)]);
        foreach (var ((states, toFile), median) in medians)
        {
            report.Row($"{states:N0}", toFile ? "a file" : "nowhere", $"{median:0.0}");
        }

        report.Goal("under 50 µs a state at 100,000, its file's lines included", $"{medians[(100_000, true)]:0.0} µs", medians[(100_000, true)] < 50);
        var growth = Math.Max(medians[(100_000, true)] / medians[(10_000, true)], medians[(100_000, false)] / medians[(10_000, false)]);
        report.Goal("no growth with the history's length", $"{growth:0.00} × from 10,000 to 100,000", growth < 1.3);

        // Apart from the rest: how long a disk takes to say that it has a line says nothing about the interpreter.
        using var scratch = new Scratch();
        var durable = (await Timing.CompareAsync(3, async () =>
        {
            using var log = ExecutionLog.Create(scratch.Folder, Guid.NewGuid().ToString("N"));
            await new PollLoop { States = 200 }.RunAsync(log.Record);
        }))[0].Seconds;
        report.Say($"The local run's ExecutionLog, which has each Task on the disk before it begins: {1e6 * durable / 200:0} µs a state, {1e6 * durable / 100:0} µs a Task.");
    }
}

/// <summary>A Task and a Choice in a loop, with the fields that the workflow's polls have.</summary>
public class PollLoop
{
    private const string Definition = """
        {
          "StartAt": "Poll",
          "States": {
            "Poll": {
              "Type": "Task",
              "Resource": "arn:aws:states:::lambda:invoke",
              "Parameters": { "FunctionName": "count", "Payload": { "n.$": "$.poll.n", "execution.$": "$$.Execution.Name" } },
              "TimeoutSeconds": 60,
              "ResultSelector": { "n.$": "$.Payload.n", "status.$": "$.Payload.status" },
              "ResultPath": "$.poll",
              "Retry": [{ "ErrorEquals": ["Lambda.ServiceException"], "MaxDelaySeconds": 30, "JitterStrategy": "FULL" }],
              "Next": "Polled?"
            },
            "Polled?": {
              "Type": "Choice",
              "Choices": [{ "Variable": "$.poll.status", "StringEquals": "SUCCEEDED", "Next": "Done" }],
              "Default": "Poll"
            },
            "Done": { "Type": "Succeed" }
          }
        }
        """;

    private readonly StateMachine _machine = StateMachine.Load(Definition);
    private string _folder = "";

    /// <summary>States that one execution goes through.</summary>
    [Params(1_000, 10_000, 100_000)]
    public int States { get; set; }

    /// <summary>Whether events are kept, as the local run does.</summary>
    [Params(false, true)]
    public bool ToFile { get; set; }

    /// <summary>Makes the executions' folder.</summary>
    [GlobalSetup]
    public void Begin() => _folder = Directory.CreateTempSubdirectory("pyspotify-benchmark-").FullName;

    /// <summary>Removes it.</summary>
    [GlobalCleanup]
    public void End() => Directory.Delete(_folder, recursive: true);

    /// <summary>One execution.</summary>
    [Benchmark]
    public async Task RunAsync()
    {
        await using var lines = ToFile ? new StreamWriter(Path.Combine(_folder, Guid.NewGuid().ToString("N"))) { AutoFlush = true } : null;
        await RunAsync(e => lines?.WriteLine(e.ToJson()));
    }

    internal async Task RunAsync(Action<HistoryEvent> record)
    {
        var polls = 0;
        var interpreter = new Interpreter(
            _machine,
            (_, _) => Task.FromResult(JsonElement.Parse(
                $$"""{"ExecutedVersion":"$LATEST","Payload":{"n":{{++polls}},"status":"{{(polls < States / 2 ? "RUNNING" : "SUCCEEDED")}}"},"StatusCode":200}""")),
            TimeProvider.System,
            record);
        var result = await interpreter.RunAsync("benchmark", JsonElement.Parse("""{"snapshotDate":"2026-11-22","poll":{"n":0,"status":"NOT_STARTED"}}"""));
        if (result.Status != ExecutionStatus.Succeeded)
        {
            throw new InvalidOperationException(result.Cause);
        }
    }
}
