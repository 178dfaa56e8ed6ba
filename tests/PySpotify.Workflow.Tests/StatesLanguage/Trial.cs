using PySpotify.Tests;
using PySpotify.Workflow.StatesLanguage;

namespace PySpotify.Workflow.Tests.StatesLanguage;

/// <summary>A definition run under a test clock, with what it called and recorded. Resources are named by their last
/// part: <c>arn:x:fetch</c> is answered by what <see cref="On(string, Func{Call, string})"/> got for <c>fetch</c>; else a task echoes its payload.</summary>
internal sealed class Trial(string definition)
{
    private readonly Dictionary<string, Func<Call, CancellationToken, Task<string>>> _answers = [];
    private readonly Lock _lock = new();

    public TestClock Clock { get; } = new(new(2026, 1, 31, 9, 30, 0, TimeSpan.Zero));
    public List<Call> Calls { get; } = [];
    public List<HistoryEvent> History { get; } = [];
    public Func<double> Random { get; set; } = () => 0.5;
    public CancellationToken Abort { get; set; }

    /// <summary>The resources called, by their last part, in order.</summary>
    public string[] Called => [.. Calls.Select(call => call.Resource)];

    public static Trial OfState(string state) => new($$"""{"StartAt": "S", "States": {"S": {{state}} } }""");

    /// <summary>A Task named S in which the fields stand.</summary>
    public static Trial OfTask(string fields = "") =>
        OfState($$"""{"Type": "Task", "Resource": "arn:x:task", {{fields}} {{(fields.Length > 0 ? "," : "")}} "End": true}""");

    public Trial On(string resource, Func<Call, CancellationToken, Task<string>> answer)
    {
        _answers[resource] = answer;
        return this;
    }

    public Trial On(string resource, Func<Call, string> answer) => On(resource, (call, _) => Task.FromResult(answer(call)));

    /// <summary>Answers with each in turn; an answer that starts with ! is an error's name; one alone is
    /// given each time.</summary>
    public Trial On(string resource, params string[] answers)
    {
        var next = 0;
        return On(resource, _ => (answers.Length == 1 ? answers[0] : answers[next++]) switch
        {
            ['!', .. string error] => throw new StateFailure(error, $"{error} it was"),
            string answer => answer,
        });
    }

    /// <summary>Answers after so many seconds of the clock.</summary>
    public Trial OnAfter(string resource, double seconds, string answer = "{}") => On(resource, async (_, cancellationToken) =>
    {
        await Task.Delay(TimeSpan.FromSeconds(seconds), Clock, cancellationToken);
        return answer;
    });

    public Outcome Run(string input = "{}") => Outcome.Of(Clock.Run(() => Interpreter().RunAsync("run-1", Json.Parse(input), Abort)));

    public Outcome Redrive(IEnumerable<HistoryEvent>? history = null)
    {
        HistoryEvent[] past = [.. history ?? History];
        return Outcome.Of(Clock.Run(() => Interpreter().RedriveAsync(past, Abort)));
    }

    /// <summary>Runs and gives the output.</summary>
    public string Output(string input = "{}")
    {
        var result = Run(input);
        Assert.True(result.Status == ExecutionStatus.Succeeded, $"{result.Status} in {result.State}: {result.Error}: {result.Cause}");
        return result.Output!;
    }

    /// <summary>Runs and gives the error's name.</summary>
    public string Error(string input = "{}")
    {
        var result = Run(input);
        Assert.Equal(ExecutionStatus.Failed, result.Status);
        return result.Error!;
    }

    public IEnumerable<HistoryEvent> Events(HistoryEventType type) => History.Where(e => e.Type == type);

    public Interpreter Interpreter() => new(StateMachine.Load(definition), InvokeAsync, Clock, Record, Random);

    private async Task<System.Text.Json.JsonElement> InvokeAsync(TaskCall task, CancellationToken cancellationToken)
    {
        var call = new Call(task.Resource[(task.Resource.LastIndexOf(':') + 1)..], task.Payload.GetRawText(), task.State, task.Scope, task.Attempt);
        lock (_lock)
        {
            Calls.Add(call);
        }

        return Json.Parse(_answers.TryGetValue(call.Resource, out var answer) ? await answer(call, cancellationToken) : call.Payload);
    }

    // Through JSON, as a file would keep it.
    private void Record(HistoryEvent e) => History.Add(HistoryEvent.FromJson(e.ToJson()));
}

/// <summary>A <see cref="TaskCall"/>, its payload as text, its resource by the last part.</summary>
internal sealed record Call(string Resource, string Payload, string State, string? Scope, int Attempt);

/// <summary>An <see cref="ExecutionResult"/>, its output as text.</summary>
internal sealed record Outcome(
    ExecutionStatus Status, string? Output = null, string? Error = null, string? Cause = null, string? State = null, Exception? Exception = null)
{
    public static Outcome Of(ExecutionResult result) =>
        new(result.Status, result.Output?.GetRawText(), result.Error, result.Cause, result.State, result.Exception);
}
