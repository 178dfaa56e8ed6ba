using PySpotify.Tests;
using PySpotify.Workflow.StatesLanguage;

namespace PySpotify.Workflow.Tests.StatesLanguage;

public sealed class ErrorTests
{
    private static double[] Waits(Trial trial) => [.. trial.Events(HistoryEventType.StateRetried).Select(e => e.WaitSeconds!.Value)];

    private static Trial Retrying(string retriers, params string[] answers) => Trial.OfTask($""" "Retry": [{retriers}] """).On("task", answers);

    [Fact]
    public void An_exception_fails_under_the_name_of_its_type()
    {
        var thrown = new TimeoutException("too slow");
        var result = Trial.OfTask().On("task", _ => throw thrown).Run();
        Assert.Equal(new(ExecutionStatus.Failed, null, "TimeoutException", "too slow", "S", thrown), result);
        result = Trial.OfTask().On("task", async (_, _) =>
        {
            await Task.Yield();
            throw new StateFailure("Glue.Error", "no workers");
        }).Run();
        Assert.Equal(new(ExecutionStatus.Failed, null, "Glue.Error", "no workers", "S"), result);
    }

    [Fact]
    public void A_cancellation_that_nobody_asked_for_is_an_error_of_the_task() =>
        Assert.Equal("TaskCanceledException", Trial.OfTask().On("task", _ => throw new TaskCanceledException()).Error());

    [Fact]
    public void A_retry_waits_out_its_interval_and_backs_off()
    {
        var trial = Retrying("""{"ErrorEquals": ["E"], "IntervalSeconds": 3, "BackoffRate": 1.5, "MaxAttempts": 4}""", "!E", "!E", "!E", "!E", "1");
        Assert.Equal("1", trial.Output());
        Assert.Equal([3, 4.5, 6.75, 10.125], Waits(trial));
        Assert.Equal(TimeSpan.FromSeconds(3 + 4.5 + 6.75 + 10.125), trial.Clock.Elapsed);
        Assert.Equal([1, 2, 3, 4, 5], trial.Calls.Select(call => call.Attempt));
    }

    [Fact]
    public void A_retrier_that_says_nothing_tries_three_times_after_1_2_and_4_seconds()
    {
        var trial = Retrying("""{"ErrorEquals": ["E"]}""", "!E", "!E", "!E", "!E");
        Assert.Equal("E", trial.Error());
        Assert.Equal([1, 2, 4], Waits(trial));
    }

    [Fact]
    public void MaxDelaySeconds_caps_the_wait()
    {
        var trial = Retrying("""{"ErrorEquals": ["E"], "IntervalSeconds": 10, "MaxDelaySeconds": 25, "MaxAttempts": 4}""", "!E", "!E", "!E", "!E", "1");
        trial.Output();
        Assert.Equal([10, 20, 25, 25], Waits(trial));
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.25)]
    [InlineData(0.999999)]
    public void Full_jitter_waits_between_nothing_and_the_whole_delay(double random)
    {
        var trial = Retrying("""{"ErrorEquals": ["E"], "IntervalSeconds": 10, "MaxDelaySeconds": 15, "JitterStrategy": "FULL"}""", "!E", "!E", "1");
        trial.Random = () => random;
        trial.Output();
        Assert.Equal([10 * random, 15 * random], Waits(trial));
    }

    [Fact]
    public void Without_jitter_the_random_source_is_not_asked()
    {
        var trial = Retrying("""{"ErrorEquals": ["E"], "JitterStrategy": "NONE"}""", "!E", "1");
        trial.Random = () => throw new NotSupportedException();
        Assert.Equal("1", trial.Output());
    }

    [Fact]
    public void A_backoff_beyond_all_numbers_still_waits_a_finite_time()
    {
        var trial = Retrying("""{"ErrorEquals": ["E"], "IntervalSeconds": 99999999, "BackoffRate": 1e308, "MaxAttempts": 3}""", "!E", "!E", "!E", "1");
        Assert.Equal("1", trial.Output());
        Assert.Equal([31_536_000, 31_536_000, 31_536_000], Waits(trial));
    }

    [Fact]
    public void MaxAttempts_0_never_retries_and_keeps_later_retriers_away()
    {
        var trial = Retrying("""{"ErrorEquals": ["E"], "MaxAttempts": 0}, {"ErrorEquals": ["States.ALL"]}""", "!E");
        Assert.Equal("E", trial.Error());
        Assert.Single(trial.Calls);
    }

    [Fact]
    public void Each_retrier_counts_its_own_attempts()
    {
        // The example of https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html.
        var trial = new Trial("""
            {"StartAt": "X", "States": {
              "X": {"Type": "Task", "Resource": "arn:x:x", "Next": "Z",
                "Retry": [{"ErrorEquals": ["ErrorA", "ErrorB"], "IntervalSeconds": 1, "BackoffRate": 2.0, "MaxAttempts": 2}, {"ErrorEquals": ["ErrorC"], "IntervalSeconds": 5}],
                "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Z"}]},
              "Z": {"Type": "Succeed"}}}
            """).On("x", "!ErrorA", "!ErrorB", "!ErrorC", "!ErrorB");
        Assert.Equal("""{"Error":"ErrorB","Cause":"ErrorB it was"}""", trial.Output());
        Assert.Equal([1, 2, 5], Waits(trial));
    }

    [Theory]
    [InlineData("E", "E", true)]
    [InlineData("E", "F", false)]
    [InlineData("E", "e", false)]
    [InlineData("E", "States.ALL", true)]
    [InlineData("E", "States.TaskFailed", true)]
    [InlineData("E", "States.Timeout", false)]
    [InlineData("States.Timeout", "States.Timeout", true)]
    [InlineData("States.Timeout", "States.ALL", true)]
    [InlineData("States.Timeout", "States.TaskFailed", false)]
    [InlineData("States.TaskFailed", "States.TaskFailed", true)]
    [InlineData("States.Permissions", "States.TaskFailed", true)]
    [InlineData("States.DataLimitExceeded", "States.ALL", false)]
    [InlineData("States.DataLimitExceeded", "States.TaskFailed", false)]
    [InlineData("States.DataLimitExceeded", "States.DataLimitExceeded", true)]
    [InlineData("States.Runtime", "States.ALL", false)]
    [InlineData("States.Runtime", "States.TaskFailed", false)]
    public void Names_match_as_on_AWS(string thrown, string named, bool matches)
    {
        var caught = new Trial($$"""
            {"StartAt": "S", "States": {
              "S": {"Type": "Task", "Resource": "arn:x:task", "Catch": [{"ErrorEquals": ["{{named}}"], "Next": "T"}], "End": true},
              "T": {"Type": "Succeed"} } }
            """).On("task", "!" + thrown);
        Assert.Equal(matches ? ExecutionStatus.Succeeded : ExecutionStatus.Failed, caught.Run().Status);
        var retried = Retrying($$"""{"ErrorEquals": ["{{named}}"]}""", "!" + thrown, "1");
        Assert.Equal(matches ? ExecutionStatus.Succeeded : ExecutionStatus.Failed, retried.Run().Status);
    }

    [Theory]
    [InlineData("", """{"Error":"E","Cause":"E it was"}""")]
    [InlineData(""" "ResultPath": "$.err", """, """{"a":1,"err":{"Error":"E","Cause":"E it was"}}""")]
    [InlineData(""" "ResultPath": null, """, """{"a":1}""")]
    public void A_catch_leads_on_with_the_error_where_ResultPath_says(string fields, string expected)
    {
        var trial = new Trial($$"""
            {"StartAt": "S", "States": {
              "S": {"Type": "Task", "Resource": "arn:x:task", "ResultPath": "$.r", "OutputPath": "$.r",
                    "Catch": [{"ErrorEquals": ["D"], "Next": "U"}, {{{fields}} "ErrorEquals": ["E"], "Next": "T"}], "End": true},
              "T": {"Type": "Succeed"}, "U": {"Type": "Succeed"} } }
            """).On("task", "!E");
        Assert.Equal(expected, trial.Output("""{"a":1}"""));
        var exit = trial.Events(HistoryEventType.StateExited).First();
        Assert.Equal(("T", "E", "E it was"), (exit.Next, exit.Error, exit.Cause));
    }

    [Fact]
    public void A_catch_whose_ResultPath_does_not_fit_fails_with_that()
    {
        var trial = new Trial("""
            {"StartAt": "S", "States": {
              "S": {"Type": "Task", "Resource": "arn:x:task", "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.a.b", "Next": "T"}], "End": true},
              "T": {"Type": "Succeed"}}}
            """).On("task", "!E");
        Assert.Equal("States.ResultPathMatchFailure", trial.Error("""{"a":1}"""));
    }

    [Fact]
    public void What_fails_around_a_task_can_be_caught()
    {
        Trial trial = new("""
            {"StartAt": "S", "States": {
              "S": {"Type": "Task", "Resource": "arn:x:task", "ResultPath": "$.a.b", "Catch": [{"ErrorEquals": ["States.ResultPathMatchFailure"], "Next": "T"}], "End": true},
              "T": {"Type": "Task", "Resource": "arn:x:echo", "OutputPath": "$.Error", "End": true}}}
            """);
        Assert.Equal("\"States.ResultPathMatchFailure\"", trial.Output("""{"a":1}"""));
    }

    [Fact]
    public void A_task_that_takes_too_long_is_cancelled_and_times_out()
    {
        var cancelled = false;
        var trial = Trial.OfTask(""" "TimeoutSeconds": 30 """);
        trial.On("task", async (_, cancellationToken) =>
        {
            try
            {
                await Task.Delay(TimeSpan.FromSeconds(31), trial.Clock, cancellationToken);
                return "1";
            }
            finally
            {
                cancelled = cancellationToken.IsCancellationRequested;
            }
        });
        Assert.Equal("States.Timeout", trial.Error());
        Assert.True(cancelled);
        Assert.Equal(TimeSpan.FromSeconds(30), trial.Clock.Elapsed);
    }

    [Fact]
    public void A_timeout_counts_for_each_attempt_anew()
    {
        var trial = Trial.OfTask(""" "TimeoutSeconds": 30, "Retry": [{"ErrorEquals": ["States.Timeout"], "IntervalSeconds": 5}] """);
        var calls = 0;
        trial.On("task", async (_, cancellationToken) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(++calls == 3 ? 29 : 60), trial.Clock, cancellationToken);
            return "1";
        });
        Assert.Equal("1", trial.Output());
        Assert.Equal(TimeSpan.FromSeconds(30 + 5 + 30 + 10 + 29), trial.Clock.Elapsed);
    }

    [Fact]
    public void A_task_that_ignores_its_timeout_is_left_behind()
    {
        var trial = Trial.OfTask(""" "TimeoutSeconds": 30 """);
        trial.On("task", (_, _) => new TaskCompletionSource<string>().Task);
        Assert.Equal("States.Timeout", trial.Error());
        Assert.Equal(TimeSpan.FromSeconds(35), trial.Clock.Elapsed);
    }

    [Fact]
    public void An_execution_that_takes_too_long_times_out_and_nothing_catches_it()
    {
        Trial trial = new("""
            {"StartAt": "S", "TimeoutSeconds": 60, "States": {
              "S": {"Type": "Task", "Resource": "arn:x:task", "Retry": [{"ErrorEquals": ["States.ALL"]}], "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "T"}], "Next": "T"},
              "T": {"Type": "Wait", "Seconds": 50, "End": true}}}
            """);
        trial.OnAfter("task", 20);
        Assert.Equal(new(ExecutionStatus.TimedOut), trial.Run());
        Assert.Equal(TimeSpan.FromSeconds(60), trial.Clock.Elapsed);
        Assert.Equal(
            [HistoryEventType.StateAborted, HistoryEventType.ExecutionTimedOut],
            trial.History.TakeLast(2).Select(e => e.Type));
        Assert.Equal(ExecutionStatus.Succeeded, trial.Redrive().Status);
    }

    [Fact]
    public void Cancelling_aborts_the_execution_and_its_tasks()
    {
        using CancellationTokenSource abort = new();
        var trial = Trial.OfTask(""" "Retry": [{"ErrorEquals": ["States.ALL"]}], "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "S"}] """);
        trial.Abort = abort.Token;
        trial.On("task", async (_, cancellationToken) =>
        {
            abort.Cancel();
            await Task.Delay(Timeout.InfiniteTimeSpan, trial.Clock, cancellationToken);
            return "1";
        });
        Assert.Equal(new(ExecutionStatus.Aborted), trial.Run());
        Assert.Equal(
            [HistoryEventType.ExecutionStarted, HistoryEventType.StateEntered, HistoryEventType.TaskScheduled, HistoryEventType.StateAborted, HistoryEventType.ExecutionAborted],
            trial.History.Select(e => e.Type));
    }

    [Fact]
    public void Cancelling_ends_a_wait_between_attempts_and_a_loop_without_waits()
    {
        var waiting = Retrying("""{"ErrorEquals": ["E"], "IntervalSeconds": 1000}""", "!E");
        using CancellationTokenSource abort = new(TimeSpan.FromSeconds(10), waiting.Clock);
        waiting.Abort = abort.Token;
        Assert.Equal(ExecutionStatus.Aborted, waiting.Run().Status);
        Assert.Equal(TimeSpan.FromSeconds(10), waiting.Clock.Elapsed);

        using CancellationTokenSource second = new();
        var turns = 0;
        Trial loop = new("""{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:x:turn", "Next": "A"}}}""") { Abort = second.Token };
        loop.On("turn", _ =>
        {
            if (++turns == 1000)
            {
                second.Cancel();
            }

            return "{}";
        });
        Assert.Equal(ExecutionStatus.Aborted, loop.Run().Status);
        Assert.Equal(1000, turns);
    }

    [Fact]
    public void A_recorder_that_fails_stops_the_execution_before_the_effect()
    {
        TestClock clock = new();
        List<HistoryEvent> kept = [];
        var calls = 0;
        var machine = StateMachine.Load("""
            {"StartAt": "P", "States": {"P": {"Type": "Parallel", "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "P"}], "End": true, "Branches": [
              {"StartAt": "B", "States": {"B": {"Type": "Wait", "Seconds": 1, "End": true}}},
              {"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:x:a", "Retry": [{"ErrorEquals": ["States.ALL"]}], "End": true}}}]}}}
            """);
        Interpreter interpreter = new(machine, (_, _) => Task.FromResult(Json.Parse($"{++calls}")), clock, e =>
        {
            if (e.Type == HistoryEventType.TaskScheduled)
            {
                throw new IOException("disk full");
            }

            kept.Add(e);
        });
        Assert.Throws<IOException>(() => clock.Run(() => interpreter.RunAsync("n", Json.Parse("{}"), TestContext.Current.CancellationToken)));
        Assert.Equal(0, calls);
        Assert.Equal(
            [HistoryEventType.ExecutionStarted, HistoryEventType.StateEntered, HistoryEventType.StateEntered, HistoryEventType.StateEntered],
            kept.Select(e => e.Type));
    }
}
