using PySpotify.Workflow.StatesLanguage;

namespace PySpotify.Workflow.Tests.StatesLanguage;

public sealed class RedriveTests
{
    private const string Line = """
        {"StartAt": "A", "States": {
          "A": {"Type": "Task", "Resource": "arn:x:a", "ResultPath": "$.a", "Next": "B"},
          "B": {"Type": "Task", "Resource": "arn:x:b", "Parameters": {"a.$": "$.a", "again.$": "$$.Execution.RedriveCount"}, "ResultPath": "$.b", "Next": "C"},
          "C": {"Type": "Task", "Resource": "arn:x:c", "ResultPath": "$.c", "End": true}}}
        """;

    private const string Fork = """
        {"StartAt": "P", "States": {
          "P": {"Type": "Parallel", "Next": "C", "Branches": [
            {"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:x:a", "End": true}}},
            {"StartAt": "B1", "States": {"B1": {"Type": "Task", "Resource": "arn:x:b1", "Next": "B2"}, "B2": {"Type": "Task", "Resource": "arn:x:b2", "End": true}}},
            {"StartAt": "D", "States": {"D": {"Type": "Wait", "Seconds": 5, "Next": "D2"}, "D2": {"Type": "Task", "Resource": "arn:x:d", "End": true}}}]},
          "C": {"Type": "Task", "Resource": "arn:x:c", "End": true}}}
        """;

    private const string Each = """
        {"StartAt": "M", "States": {
          "M": {"Type": "Map", "ItemsPath": "$.items", "ItemSelector": {"v.$": "$$.Map.Item.Value"}, "MaxConcurrency": 2, "Next": "C", "ItemProcessor": {
            "StartAt": "I", "States": {
              "I": {"Type": "Task", "Resource": "arn:x:item", "Next": "J"},
              "J": {"Type": "Task", "Resource": "arn:x:item2", "Parameters": {"item.$": "$.v", "again.$": "$$.Map.Item.Value"}, "End": true}}}},
          "C": {"Type": "Task", "Resource": "arn:x:c", "End": true}}}
        """;

    // Loops twice through a Map in a Parallel, with a retry and a catch in it; waits in between.
    private const string Everything = """
        {"StartAt": "Begin", "States": {
          "Begin": {"Type": "Task", "Resource": "arn:x:begin", "ResultPath": "$.turns", "Next": "Extract"},
          "Extract": {"Type": "Parallel", "ResultPath": "$.rows", "Next": "Again?",
            "Retry": [{"ErrorEquals": ["Last"], "IntervalSeconds": 3}],
            "Branches": [
              {"StartAt": "Each", "States": {
                "Each": {"Type": "Map", "ItemsPath": "$.items", "ItemSelector": {"item.$": "$$.Map.Item.Value", "turn.$": "$.turns"}, "MaxConcurrency": 2, "End": true,
                  "ItemProcessor": {"StartAt": "Fetch", "States": {
                    "Fetch": {"Type": "Task", "Resource": "arn:x:fetch", "ResultPath": "$.got", "Next": "Write",
                      "Retry": [{"ErrorEquals": ["Passing"], "IntervalSeconds": 2, "JitterStrategy": "FULL"}],
                      "Catch": [{"ErrorEquals": ["Expired"], "ResultPath": "$.error", "Next": "Renew"}]},
                    "Renew": {"Type": "Task", "Resource": "arn:x:renew", "ResultPath": "$.token", "OutputPath": "$", "Next": "Write"},
                    "Write": {"Type": "Task", "Resource": "arn:x:write", "End": true}}}}}},
              {"StartAt": "Other", "States": {
                "Other": {"Type": "Task", "Resource": "arn:x:other", "ResultPath": null, "Next": "Rest"},
                "Rest": {"Type": "Wait", "Seconds": 1, "Next": "Last"},
                "Last": {"Type": "Task", "Resource": "arn:x:last", "Parameters": {"turns.$": "$.turns"}, "End": true}}}]},
          "Again?": {"Type": "Choice", "Choices": [{"Variable": "$.turns", "StringEquals": "2", "Next": "Done"}], "Default": "Pause"},
          "Pause": {"Type": "Wait", "Seconds": 60, "Next": "Turn"},
          "Turn": {"Type": "Task", "Resource": "arn:x:turn", "Parameters": {"before.$": "$.rows"}, "ResultPath": "$.turns", "Next": "Extract"},
          "Done": {"Type": "Succeed"}}}
        """;

    private static Trial OfEverything()
    {
        var trial = new Trial(Everything).On("begin", "\"1\"").On("turn", "\"2\"").On("renew", "\"new\"").On("other", "\"o\"");
        // Deterministic whatever ran before: a failure is told by the payload, and a retry by the attempt.
        trial.On("fetch", async (call, cancellationToken) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(1), trial.Clock, cancellationToken);
            if (call.Payload.Contains("\"item\":\"b\"", StringComparison.Ordinal) && call.Attempt < 3)
            {
                throw new StateFailure("Passing", "it will pass");
            }

            return call.Payload.Contains("\"item\":\"c\"", StringComparison.Ordinal) ? throw new StateFailure("Expired", "old token") : "\"rows\"";
        });
        trial.On("last", call => call.Attempt == 1 && trial.Events(HistoryEventType.StateRetried).All(e => e.Error != "Last") ? throw new StateFailure("Last", "all of it") : "\"l\"");
        return trial;
    }

    [Fact]
    public void A_task_that_failed_runs_again_with_its_old_input_and_goes_on()
    {
        var trial = new Trial(Line).On("a", "1").On("b", "!E", "2").On("c", "3");
        Assert.Equal("E", trial.Error("""{"x":0}"""));
        trial.Clock.Advance(TimeSpan.FromDays(8));
        Assert.Equal(new(ExecutionStatus.Succeeded, """{"x":0,"a":1,"b":2,"c":3}"""), trial.Redrive());
        Assert.Equal(["a", "b", "b", "c"], trial.Called);
        Assert.Equal("""{"a":1,"again":1}""", trial.Calls[2].Payload);
    }

    [Fact]
    public void The_context_object_tells_of_the_redrive_and_keeps_the_start()
    {
        var trial = Trial.OfTask(""" "Parameters": {"redrives.$": "$$.Execution.RedriveCount", "start.$": "$$.Execution.StartTime", "name.$": "$$.Execution.Name", "input.$": "$$.Execution.Input"} """).On("task", "!E", "!E", "1");
        trial.Run("""{"x":0}""");
        trial.Clock.Advance(TimeSpan.FromHours(1));
        trial.Redrive();
        trial.Clock.Advance(TimeSpan.FromHours(1));
        trial.Redrive();
        Assert.Equal(
            Enumerable.Range(0, 3).Select(n => $$"""{"redrives":{{n}},"start":"2026-01-31T09:30:00.000Z","name":"run-1","input":{"x":0} }""".Replace(" ", "", StringComparison.Ordinal)),
            trial.Calls.Select(call => call.Payload));
    }

    [Fact]
    public void Only_the_branch_that_failed_runs_again()
    {
        var trial = new Trial(Fork).On("a", "1").On("b1", "2").On("d", "4").On("c", "5").OnAfter("b2", 10, "").On("b2", "!E");
        trial.On("b2", async (_, cancellationToken) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(10), trial.Clock, cancellationToken);
            throw new StateFailure("E", "");
        });
        Assert.Equal("E", trial.Error());
        Assert.Equal(["a", "b1", "b2", "d"], trial.Called);
        trial.Calls.Clear();
        Assert.Equal("5", trial.On("b2", "3").Redrive().Output);
        Assert.Equal(["b2", "c"], trial.Called);
        Assert.Equal("2", trial.Calls[0].Payload);
        Assert.Equal("[1,3,4]", trial.Calls[1].Payload);
    }

    [Fact]
    public void A_sibling_that_was_aborted_runs_again_from_the_state_it_was_in()
    {
        var trial = new Trial(Fork).On("a", "!E", "1").On("b1", "2").On("d", "4").On("c", "5").OnAfter("b2", 10, "3");
        trial.On("a", async (_, _) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(7), trial.Clock, CancellationToken.None);
            throw new StateFailure("E", "");
        });
        Assert.Equal("E", trial.Error());
        Assert.Equal(["B2"], trial.Events(HistoryEventType.StateAborted).Select(e => e.State!));
        trial.Calls.Clear();
        Assert.Equal("5", trial.On("a", "1").Redrive().Output);
        Assert.Equal(["a", "b2", "c"], trial.Called);
        Assert.Equal("[1,3,4]", trial.Calls[2].Payload);
    }

    [Fact]
    public void Only_the_iterations_that_had_not_ended_run_again()
    {
        var trial = new Trial(Each).On("c", call => call.Payload);
        trial.On("item", call => call.Payload == """{"v":"c"}""" ? throw new StateFailure("E", "") : call.Payload);
        Assert.Equal("E", trial.Error("""{"items":["a","b","c","d"]}"""));
        trial.Calls.Clear();
        trial.On("item", call => call.Payload);
        Assert.Equal($"[{string.Join(',', "abcd".Select(c => $$"""{"item":"{{c}}","again":"{{c}}"}"""))}]", trial.Redrive().Output);
        Assert.Equal(["item", "item2", "item", "item2", "c"], trial.Called);
        Assert.Equal("""{"v":"c"}""", trial.Calls[0].Payload);
    }

    [Fact]
    public void A_redrive_that_fails_can_be_redriven()
    {
        var trial = new Trial(Fork).On("a", "1").On("b1", "!E1", "2").On("b2", "!E2", "3").On("d", "4").On("c", "!E3", "5");
        Assert.Equal("E1", trial.Error());
        Assert.Equal("E2", trial.Redrive().Error);
        Assert.Equal("E3", trial.Redrive().Error);
        Assert.Equal("5", trial.Redrive().Output);
        Assert.Equal(["a", "b1", "b1", "b2", "b2", "d", "c", "c"], trial.Called);
        Assert.Equal([1, 2, 3], trial.Events(HistoryEventType.ExecutionRedriven).Select(e => e.RedriveCount!.Value));
        Assert.Equal(Enumerable.Range(1, trial.History.Count).Select(id => (long)id), trial.History.Select(e => e.Id));
    }

    [Fact]
    public void Retries_are_counted_from_0_again()
    {
        var trial = Trial.OfTask(""" "Retry": [{"ErrorEquals": ["E"], "MaxAttempts": 1}] """).On("task", "!E", "!E", "!E", "1");
        Assert.Equal("E", trial.Error());
        Assert.Equal("1", trial.Redrive().Output);
        Assert.Equal([1, 2, 1, 2], trial.Calls.Select(call => call.Attempt));
        Assert.Equal([1, 1], trial.Events(HistoryEventType.StateRetried).Select(e => e.WaitSeconds!.Value));
    }

    [Fact]
    public void A_Parallel_that_was_retried_goes_on_with_its_last_attempt()
    {
        var trial = new Trial(Fork.Replace("\"Next\": \"C\", \"Branches\"", "\"Retry\": [{\"ErrorEquals\": [\"E\"], \"MaxAttempts\": 1}], \"Next\": \"C\", \"Branches\"", StringComparison.Ordinal))
            .On("a", "1").On("b1", "20", "21").On("b2", "!E", "!E", "3").On("d", "4").On("c", call => call.Payload);
        Assert.Equal("E", trial.Error());
        Assert.Equal("[1,3,4]", trial.Redrive().Output);
        Assert.Equal(["a", "b1", "b2", "a", "b1", "b2", "b2", "d", "c"], trial.Called);
        Assert.Equal("21", trial.Calls[6].Payload);
    }

    [Fact]
    public void A_failure_that_a_catch_handled_is_not_redriven()
    {
        var trial = new Trial("""
            {"StartAt": "A", "States": {
              "A": {"Type": "Task", "Resource": "arn:x:a", "Catch": [{"ErrorEquals": ["E"], "Next": "B"}], "End": true},
              "B": {"Type": "Task", "Resource": "arn:x:b", "End": true}}}
            """).On("a", "!E").On("b", "!F", "1");
        Assert.Equal("F", trial.Error());
        Assert.Equal("1", trial.Redrive().Output);
        Assert.Equal(["a", "b", "b"], trial.Called);
    }

    [Fact]
    public void A_Fail_state_fails_again_at_once()
    {
        var trial = new Trial("""
            {"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:x:a", "Next": "F"}, "F": {"Type": "Fail", "Error": "E", "CausePath": "States.Format('C {}', States.JsonToString($))"}}}
            """);
        Assert.Equal("E", trial.Error());
        Assert.Equal("E", trial.Redrive().Error);
        Assert.Equal(["a"], trial.Called);
    }

    [Fact]
    public void An_execution_that_timed_out_gets_its_whole_time_again()
    {
        Trial trial = new("""
            {"StartAt": "A", "TimeoutSeconds": 60, "States": {"A": {"Type": "Task", "Resource": "arn:x:a", "End": true}}}
            """);
        Assert.Equal(ExecutionStatus.TimedOut, trial.OnAfter("a", 61).Run().Status);
        Assert.Equal(ExecutionStatus.Succeeded, trial.OnAfter("a", 59).Redrive().Status);
    }

    [Fact]
    public void An_aborted_execution_goes_on_where_it_was()
    {
        using CancellationTokenSource abort = new();
        var trial = new Trial(Line) { Abort = abort.Token }.On("a", "1").On("b", "2").On("c", "3");
        trial.On("b", async (_, cancellationToken) =>
        {
            abort.Cancel();
            await Task.Delay(Timeout.InfiniteTimeSpan, trial.Clock, cancellationToken);
            return "never";
        });
        Assert.Equal(ExecutionStatus.Aborted, trial.Run().Status);
        trial.Abort = default;
        Assert.Equal("""{"a":1,"b":2,"c":3}""", trial.On("b", "2").Redrive().Output);
        Assert.Equal(["a", "b", "b", "c"], trial.Called);
    }

    [Fact]
    public void An_execution_that_succeeded_is_not_redriven()
    {
        var trial = Trial.OfTask();
        trial.Output();
        var events = trial.History.Count;
        Assert.Equal("'run-1' has succeeded. A redrive is for executions that have not.", Refusal.Of(() => trial.Redrive()));
        Assert.Equal(events, trial.History.Count);
    }

    [Fact]
    public void A_definition_that_changed_is_refused()
    {
        Trial first = new Trial(Line).On("a", "!E"), second = new(Line.Replace("arn:x:c", "arn:x:d", StringComparison.Ordinal));
        first.Run();
        Assert.Contains("definition has changed", Refusal.Of(() => second.Redrive(first.History)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_history_that_is_damaged_is_refused()
    {
        var trial = new Trial(Fork).On("b2", "!E");
        trial.Run();
        List<HistoryEvent> history = [.. trial.History];
        Assert.Contains("empty", Refusal.Of(() => trial.Redrive([])), StringComparison.Ordinal);
        Assert.Contains("does not begin", Refusal.Of(() => trial.Redrive(history.Skip(1))), StringComparison.Ordinal);
        for (var i = 1; i < history.Count - 1; i++)
        {
            Assert.Contains("after event", Refusal.Of(() => trial.Redrive(history.Where((_, index) => index != i))), StringComparison.Ordinal);
            if (history[i].Type == HistoryEventType.StateExited)
            {
                Assert.Contains("damaged", Refusal.Of(() => trial.Redrive([.. history[..i], history[i] with { State = "Z" }])), StringComparison.Ordinal);
            }
        }
        Assert.Contains("damaged", Refusal.Of(() => trial.Redrive([.. history[..3], history[3] with { Scope = "99.0", Type = HistoryEventType.StateEntered }])), StringComparison.Ordinal);
        Assert.Contains("has a state 'Z'", Refusal.Of(() => trial.Redrive([history[0], history[1] with { State = "Z" }])), StringComparison.Ordinal);
        Assert.Contains("not JSON", Refusal.Of(() => trial.Redrive([history[0] with { Input = "{" }])), StringComparison.Ordinal);
        var exit = history.First(e => e.Type == HistoryEventType.StateExited);
        Assert.Contains("leads from 'A' to 'B2'", Refusal.Of(() => trial.Redrive([.. history.TakeWhile(e => e != exit), exit with { Next = "B2" }])), StringComparison.Ordinal);
    }

    [Fact]
    public void A_history_cut_off_after_any_event_is_redriven_to_the_same_end()
    {
        const string input = """{"items":["a","b","c"]}""";
        var whole = OfEverything();
        var expected = whole.Output(input);
        Assert.Contains("Renew", whole.History.Select(e => e.State));
        Assert.Contains(whole.History, e => e is { Type: HistoryEventType.StateRetried, State: "Extract" });
        Assert.Equal(2, whole.History.Count(e => e is { Type: HistoryEventType.StateEntered, State: "Extract" }));
        for (var kept = 1; kept < whole.History.Count; kept++)
        {
            var trial = OfEverything();
            trial.History.AddRange(whole.History.Take(kept));
            var result = trial.Redrive();
            Assert.True(expected == result.Output, $"After event {kept}: {result}");
            AssertNothingRanTwice(trial.History);
        }
    }

    [Fact]
    public void A_redrive_cut_off_after_any_event_is_redriven_to_the_same_end()
    {
        const string input = """{"items":["a","b","c"]}""";
        var whole = OfEverything();
        var expected = whole.Output(input);
        for (var kept = 1; kept < whole.History.Count; kept += 7)
        {
            var first = OfEverything();
            first.History.AddRange(whole.History.Take(kept));
            first.Redrive();
            for (var again = kept + 1; again < first.History.Count; again += 3)
            {
                var second = OfEverything();
                second.History.AddRange(first.History.Take(again));
                var result = second.Redrive();
                Assert.True(expected == result.Output, $"After events {kept} and {again}: {result}");
                AssertNothingRanTwice(second.History);
            }
        }
    }

    /// <summary>A state that has exited is neither entered nor called again in its scope; only the top has a loop.</summary>
    private static void AssertNothingRanTwice(IEnumerable<HistoryEvent> history)
    {
        HashSet<(string? Scope, string? State)> open = [], entered = [];
        Assert.Equal(["Again?", "Begin", "Done", "Extract", "Pause", "Turn", "Again?", "Extract"],
            history.Where(e => e is { Type: HistoryEventType.StateEntered, Scope: null }).Select(e => e.State!)
                .GroupBy(state => state).SelectMany(group => group.Select((state, turn) => (state, turn)))
                .OrderBy(one => one.turn).ThenBy(one => one.state, StringComparer.Ordinal).Select(one => one.state));
        foreach (var e in history)
        {
            switch (e.Type)
            {
                case HistoryEventType.StateEntered:
                    Assert.True(open.Add((e.Scope, e.State)), $"{e.State} was entered twice, event {e.Id}");
                    Assert.True(e.Scope is null || entered.Add((e.Scope, e.State)), $"{e.State} was entered again, event {e.Id}");
                    break;
                case HistoryEventType.TaskScheduled:
                    Assert.True(open.Contains((e.Scope, e.State)), $"{e.State} had exited, event {e.Id}");
                    break;
                case HistoryEventType.StateExited:
                    Assert.True(open.Remove((e.Scope, e.State)), $"{e.State} had exited, event {e.Id}");
                    break;
            }
        }
    }
}
