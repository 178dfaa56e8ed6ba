using System.Text.Json;

namespace PySpotify.Workflow.StatesLanguage.States;

/// <summary>Calls what the resource names.</summary>
internal sealed class TaskState : State
{
    // How long a cancelled task may take to come back, so that it does not write while its state runs again.
    private const int GraceSeconds = 5;

    private readonly string _resource;
    private readonly Template? _parameters;
    private readonly int? _timeoutSeconds;

    public TaskState(DefinitionReader fields)
        : base(fields)
    {
        _resource = fields.Required(fields.Text("Resource"), "Resource");
        if (!_resource.StartsWith("arn:", StringComparison.Ordinal))
        {
            throw fields.Refuse("Resource", "it must be an ARN");
        }

        if (_resource.EndsWith(".waitForTaskToken", StringComparison.Ordinal))
        {
            throw fields.Refuse("Resource", ".waitForTaskToken is not supported");
        }

        _parameters = fields.Template("Parameters");
        _timeoutSeconds = fields.Integer("TimeoutSeconds", 1, DefinitionReader.MaxSeconds);
        ReadResult(fields);
        ReadNext(fields);
    }

    protected override async Task<Exit> StepAsync(Attempt attempt, CancellationToken cancellationToken)
    {
        var payload = Limited(_parameters?.Fill(attempt.Data) ?? attempt.Input, "payload");
        attempt.Scope.Record(new(HistoryEventType.TaskScheduled)
        {
            State = Name,
            Resource = _resource,
            Payload = attempt.Number > 1 || Json.AreSame(payload, attempt.Input) ? null : payload.GetRawText(),
            Attempt = attempt.Number,
        });
        var call = new TaskCall(_resource, payload, Name, attempt.Scope.Name, attempt.Number);
        return ExitWith(await CallAsync(call, attempt.Scope.Execution, cancellationToken), attempt);
    }

    private async Task<JsonElement> CallAsync(TaskCall call, Execution execution, CancellationToken cancellationToken)
    {
        using var timeout = execution.Deadline(_timeoutSeconds);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        var running = Task.CompletedTask;
        try
        {
            var result = execution.InvokeAsync(call, stop.Token);
            running = result;
            return await result.WaitAsync(stop.Token);
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            using var grace = execution.Deadline(GraceSeconds);
            await running.WaitAsync(grace.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            cancellationToken.ThrowIfCancellationRequested();
            throw new StateFailure(ErrorNames.Timeout, $"The task took longer than {_timeoutSeconds} seconds.");
        }
        catch (Exception e) when (e is not StateFailure)
        {
            throw new StateFailure(e.GetType().Name, e.Message, e);
        }
    }
}
