using PySpotify.Tests;
using PySpotify.Workflow.StatesLanguage;

namespace PySpotify.Workflow.Tests.StatesLanguage;

/// <summary>Measures memory, so nothing else may run beside it.</summary>
[CollectionDefinition(nameof(GrowthTests), DisableParallelization = true)]
[Collection(nameof(GrowthTests))]
public sealed class GrowthTests
{
    private const string Loop = """
        {"StartAt": "Turn", "States": {
          "Turn": {"Type": "Wait", "Seconds": 0, "Next": "Call"},
          "Call": {"Type": "Task", "Resource": "arn:x:call", "TimeoutSeconds": 60, "ResultPath": "$.n", "Next": "Enough?"},
          "Enough?": {"Type": "Choice", "Choices": [{"Variable": "$.n", "StringEquals": "33334", "Next": "Done"}], "Default": "Turn"},
          "Done": {"Type": "Succeed"}}}
        """;

    [Fact]
    public async Task A_hundred_thousand_transitions_take_little_time_and_no_memory()
    {
        // Goal: 50 µs a state in Release on an idle machine. This is Debug, so it only keeps out what grows with the history.
        var machine = StateMachine.Load(Loop);
        long memoryEarly = 0, memoryLate = 0;
        var calls = 0;
        Interpreter interpreter = new(machine, (_, _) =>
        {
            calls++;
            if (calls == 3_000)
            {
                memoryEarly = GC.GetTotalMemory(forceFullCollection: true);
            }
            else if (calls == 33_000)
            {
                memoryLate = GC.GetTotalMemory(forceFullCollection: true);
            }

            return Task.FromResult(Json.Parse($"\"{calls}\""));
        }, TimeProvider.System, _ => { });
        var before = Environment.CpuUsage.TotalTime;
        var result = await interpreter.RunAsync("n", Json.Parse("""{"n":"0"}"""), TestContext.Current.CancellationToken);
        Assert.Equal("""{"n":"33334"}""", result.Output?.GetRawText());
        var microseconds = (Environment.CpuUsage.TotalTime - before).TotalMicroseconds / 100_000;
        Assert.InRange(microseconds, 0, 500);
        Assert.InRange(memoryLate - memoryEarly, long.MinValue, 5_000_000);
        TestContext.Current.TestOutputHelper!.WriteLine($"{microseconds:0.0} µs a state, {memoryLate - memoryEarly} bytes more");
    }

    [Fact]
    public void A_history_of_any_length_is_redriven_in_little_memory()
    {
        var machine = StateMachine.Load("""
            {"StartAt": "P", "States": {"P": {"Type": "Parallel", "Next": "P", "Branches": [{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}]}}}
            """);
        TestClock clock = new();
        using CancellationTokenSource abort = new();
        long early = 0, late = 0;
        IEnumerable<HistoryEvent> History()
        {
            long id = 1;
            yield return new(id++, clock.Start, HistoryEventType.ExecutionStarted) { Name = "n", Input = "{}", Definition = machine.Definition };
            for (var turn = 0; turn < 50_000; turn++)
            {
                var entered = id;
                yield return new(id++, clock.Start, HistoryEventType.StateEntered) { State = "P" };
                yield return new(id++, clock.Start, HistoryEventType.StateEntered) { State = "A", Scope = $"{entered}.0" };
                yield return new(id++, clock.Start, HistoryEventType.StateExited) { State = "A", Scope = $"{entered}.0", Output = "{}" };
                yield return new(id++, clock.Start, HistoryEventType.StateExited) { State = "P", Output = "[{}]", Next = "P" };
                if (turn % 10_000 != 9_999)
                {
                    continue;
                }

                late = GC.GetTotalMemory(forceFullCollection: true);
                if (turn == 9_999)
                {
                    early = late;
                }
            }
            abort.Cancel();
        }
        Interpreter interpreter = new(machine, (_, _) => throw new NotSupportedException(), clock, _ => { });
        Assert.Equal(ExecutionStatus.Aborted, clock.Run(() => interpreter.RedriveAsync(History(), abort.Token)).Status);
        Assert.InRange(late - early, long.MinValue, 5_000_000);
    }
}
