using System.Globalization;
using PySpotify.Workflow.StatesLanguage;

namespace PySpotify.Workflow.Tests.StatesLanguage;

public sealed class BranchTests
{
    private static Trial Parallel(string fields = "", string after = "") => new($$"""
        {"StartAt": "P", "States": {
          "P": {"Type": "Parallel", {{fields}} "End": true, "Branches": [
            {"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:x:a", "End": true} } },
            {"StartAt": "B", "States": {"B": {"Type": "Task", "Resource": "arn:x:b", "Next": "B2"}, "B2": {"Type": "Task", "Resource": "arn:x:b2", "End": true} } }] }
          {{after}} } }
        """);

    private static Trial Map(string fields = "", string task = "") => new($$"""
        {"StartAt": "M", "States": {
          "M": {"Type": "Map", "ItemsPath": "$.items", {{fields}} "End": true, "ItemProcessor": {"ProcessorConfig": {"Mode": "INLINE"},
            "StartAt": "I", "States": {"I": {"Type": "Task", "Resource": "arn:x:item", {{task}} "End": true} } } } } }
        """);

    private static string Items(int count) => $$"""{"items":[{{string.Join(',', Enumerable.Range(0, count))}}]}""";

    [Fact]
    public void Branches_run_at_once_and_their_outputs_come_in_order()
    {
        var trial = Timed(Parallel());
        Assert.Equal("""["a","b2"]""", trial.Output("""{"x":1}"""));
        Assert.Equal(["a", "b", "b2"], trial.Called);
        Assert.Equal("""{"x":1}""", trial.Calls[0].Payload);
        Assert.Equal("""{"x":1}""", trial.Calls[1].Payload);
        Assert.Equal(TimeSpan.FromSeconds(10), trial.Clock.Elapsed);
        Assert.Equal(["2.0", "2.1", "2.1"], trial.Calls.Select(call => call.Scope));
    }

    [Fact]
    public void ResultSelector_shapes_the_outputs_of_the_branches()
    {
        var trial = Timed(Parallel(""" "ResultSelector": {"all.$": "$[*]", "status": "NOT_STARTED"}, "ResultPath": "$.r", """));
        Assert.Equal("""{"x":1,"r":{"all":["a","b2"],"status":"NOT_STARTED"}}""", trial.Output("""{"x":1}"""));
    }

    [Fact]
    public void A_branch_that_fails_aborts_its_siblings_and_the_Parallel_fails_with_its_error()
    {
        var cancelled = false;
        var trial = Parallel();
        trial.On("a", async (_, cancellationToken) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(1), trial.Clock, cancellationToken);
            throw new StateFailure("E", "why");
        }).On("b", async (_, cancellationToken) =>
        {
            cancellationToken.Register(() => cancelled = true);
            await Task.Delay(TimeSpan.FromSeconds(100), trial.Clock, cancellationToken);
            return "1";
        });
        Assert.Equal(new(ExecutionStatus.Failed, null, "E", "why", "A"), trial.Run());
        Assert.True(cancelled);
        Assert.Equal(TimeSpan.FromSeconds(1), trial.Clock.Elapsed);
        Assert.Equal(["a", "b"], trial.Called);
        Assert.Equal(
            [(HistoryEventType.StateFailed, "A"), (HistoryEventType.StateAborted, "B"), (HistoryEventType.StateFailed, "P"), (HistoryEventType.ExecutionFailed, "A")],
            trial.History.TakeLast(4).Select(e => (e.Type, e.State!)));
    }

    [Theory]
    [InlineData("a", "b")]
    [InlineData("b", "a")]
    public void The_exception_is_that_of_the_task_that_failed_first_and_not_a_later_one(string first, string second)
    {
        var (own, later) = (new InvalidDataException("first"), new TimeoutException("later"));
        var trial = Parallel(""" "Retry": [{"ErrorEquals": ["TimeoutException"]}], """);
        trial.On(first, async (_, _) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(1), trial.Clock, CancellationToken.None);
            throw own;
        }).On(second, async (_, _) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(1.5), trial.Clock, CancellationToken.None);
            throw later;
        });
        Assert.Equal(new(ExecutionStatus.Failed, null, nameof(InvalidDataException), "first", first.ToUpperInvariant(), own), trial.Run());
        Assert.Equal(TimeSpan.FromSeconds(1.5), trial.Clock.Elapsed);
    }

    [Fact]
    public void A_sibling_is_waited_for_until_it_has_stopped()
    {
        var stopped = false;
        var trial = Parallel();
        trial.On("b", async (_, cancellationToken) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, trial.Clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            await Task.Delay(TimeSpan.FromSeconds(2), trial.Clock, CancellationToken.None);
            stopped = true;
            return "1";
        });
        trial.On("a", async (_, _) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(1), trial.Clock, CancellationToken.None);
            throw new StateFailure("E", "");
        });
        Assert.Equal("E", trial.Error());
        Assert.True(stopped);
        Assert.Equal(TimeSpan.FromSeconds(3), trial.Clock.Elapsed);
    }

    [Fact]
    public void A_Parallel_retries_all_of_its_branches()
    {
        var trial = Parallel(""" "Retry": [{"ErrorEquals": ["E"], "IntervalSeconds": 7}], """).On("a", "1").On("b", "1").On("b2", "!E", "2");
        Assert.Equal("[1,2]", trial.Output());
        Assert.Equal(["a", "b", "b2", "a", "b", "b2"], trial.Called);
        Assert.Equal(TimeSpan.FromSeconds(7), trial.Clock.Elapsed);
    }

    [Fact]
    public void A_Parallel_catches_what_a_branch_did_not()
    {
        var trial = Parallel(""" "Catch": [{"ErrorEquals": ["E"], "ResultPath": "$.error", "Next": "After"}], """, """, "After": {"Type": "Succeed"}""").On("a", "!E");
        Assert.Equal("""{"x":1,"error":{"Error":"E","Cause":"E it was"}}""", trial.Output("""{"x":1}"""));
    }

    [Fact]
    public void A_runtime_error_in_a_branch_is_caught_by_nobody()
    {
        var trial = Parallel(""" "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "After"}], """, """, "After": {"Type": "Succeed"}""").On("b", call => throw new StateFailure("States.Runtime", ""));
        Assert.Equal("States.Runtime", trial.Error());
    }

    [Fact]
    public void A_map_runs_each_item_and_keeps_their_order()
    {
        var trial = Map();
        trial.On("item", async (call, cancellationToken) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(10 - int.Parse(call.Payload, CultureInfo.InvariantCulture)), trial.Clock, cancellationToken);
            return $"\"{call.Payload}\"";
        });
        Assert.Equal("""["0","1","2"]""", trial.Output(Items(3)));
        Assert.Equal(TimeSpan.FromSeconds(10), trial.Clock.Elapsed);
    }

    [Fact]
    public void ItemSelector_sees_the_item_and_the_input_of_the_map()
    {
        var trial = Map(""" "ItemSelector": {"v.$": "$$.Map.Item.Value.n", "all.$": "$.x", "at.$": "$$.State.Name"}, "ResultPath": "$.out", """,
            """ "Parameters": {"in.$": "$", "item.$": "$$.Map.Item.Value"}, """);
        Assert.Equal("""{"x":9,"items":[{"n":5},{"n":6}],"out":[{"in":{"v":5,"all":9,"at":"M"},"item":{"n":5}},{"in":{"v":6,"all":9,"at":"M"},"item":{"n":6}}]}""",
            trial.Output("""{"x":9,"items":[{"n":5},{"n":6}]}"""));
    }

    [Fact]
    public void A_map_over_nothing_is_an_empty_array() => Assert.Equal("[]", Map().Output(Items(0)));

    [Theory]
    [InlineData("""{"items":{}}""")]
    [InlineData("""{"items":null}""")]
    [InlineData("{}")]
    public void A_map_over_what_is_no_array_is_a_runtime_error(string input) => Assert.Equal("States.Runtime", Map().Error(input));

    [Theory]
    [InlineData(1, 7, 1)]
    [InlineData(3, 20, 3)]
    [InlineData(10, 4, 4)]
    [InlineData(0, 100, 40)]
    [InlineData(100, 100, 40)]
    public void No_more_than_MaxConcurrency_iterations_run_at_once(int limit, int items, int expected)
    {
        int running = 0, most = 0;
        var trial = Map($""" "MaxConcurrency": {limit}, """);
        trial.On("item", async (call, cancellationToken) =>
        {
            most = Math.Max(most, ++running);
            await Task.Delay(TimeSpan.FromSeconds(1 + int.Parse(call.Payload, CultureInfo.InvariantCulture) % 3), trial.Clock, cancellationToken);
            running--;
            return call.Payload;
        });
        Assert.Equal(Items(items)[9..^1], trial.Output(Items(items)));
        Assert.Equal(expected, most);
    }

    [Fact]
    public void An_iteration_that_fails_stops_those_that_have_not_begun()
    {
        var trial = Map(""" "MaxConcurrency": 2, """);
        trial.On("item", async (call, cancellationToken) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(1), trial.Clock, cancellationToken);
            return call.Payload == "1" ? throw new StateFailure("E", "") : call.Payload;
        });
        Assert.Equal("E", trial.Error(Items(10)));
        Assert.InRange(trial.Calls.Count, 2, 3);
    }

    [Fact]
    public void Maps_in_maps_see_their_own_items()
    {
        Trial trial = new("""
            {"StartAt": "M", "States": {"M": {"Type": "Map", "ItemsPath": "$", "End": true, "ItemProcessor": {"StartAt": "N", "States": {
              "N": {"Type": "Map", "ItemsPath": "$", "End": true, "ItemProcessor": {"StartAt": "I", "States": {
                "I": {"Type": "Task", "Resource": "arn:x:echo", "Parameters": {"v.$": "$$.Map.Item.Value"}, "OutputPath": "$.v", "End": true}}}}}}}}}
            """);
        Assert.Equal("[[1,2],[],[3]]", trial.Output("[[1,2],[],[3]]"));
    }

    [Fact]
    public void An_abort_ends_every_branch()
    {
        var trial = Parallel();
        using CancellationTokenSource abort = new(TimeSpan.FromSeconds(5), trial.Clock);
        trial.Abort = abort.Token;
        trial.OnAfter("a", 100).OnAfter("b", 100);
        Assert.Equal(ExecutionStatus.Aborted, trial.Run().Status);
        Assert.Equal(["A", "B", "P"], trial.Events(HistoryEventType.StateAborted).Select(e => e.State!).Order());
        Assert.Equal(HistoryEventType.ExecutionAborted, trial.History[^1].Type);
    }

    [Fact]
    public async Task Branches_on_many_threads_keep_the_history_in_order()
    {
        var machine = StateMachine.Load("""
            {"StartAt": "M", "States": {"M": {"Type": "Map", "ItemsPath": "$", "End": true, "ItemProcessor": {"StartAt": "I", "States": {
              "I": {"Type": "Task", "Resource": "arn:x:y", "Parameters": {"n.$": "$$.Map.Item.Value", "who.$": "$$.Execution.Name", "all.$": "$$.Execution.Input[*]"}, "ResultSelector": {"v.$": "$.n"}, "OutputPath": "$.v", "Next": "J"},
              "J": {"Type": "Succeed"}}}}}}
            """);
        List<HistoryEvent> history = [];
        Interpreter interpreter = new(machine, (call, cancellationToken) => Task.Run(() => call.Payload, cancellationToken), TimeProvider.System, history.Add);
        var input = $"[{string.Join(',', Enumerable.Range(0, 500))}]";
        var result = await interpreter.RunAsync("n", Json.Parse(input), TestContext.Current.CancellationToken);
        Assert.Equal(input, result.Output?.GetRawText());
        Assert.Equal(Enumerable.Range(1, history.Count).Select(id => (long)id), history.Select(e => e.Id));
    }

    private static Trial Timed(Trial trial) => trial.OnAfter("a", 10, "\"a\"").OnAfter("b", 3, """{"x":2}""").OnAfter("b2", 4, "\"b2\"");
}
