namespace PySpotify.Workflow.StatesLanguage.States;

/// <summary>Waits, and passes its input on.</summary>
internal sealed class WaitState : State
{
    private readonly TimeSpan _time;

    public WaitState(DefinitionReader fields)
        : base(fields)
    {
        _time = TimeSpan.FromSeconds(fields.Required(fields.Integer("Seconds", 0, DefinitionReader.MaxSeconds), "Seconds"));
        ReadNext(fields);
    }

    protected override async Task<Exit> StepAsync(Attempt attempt, CancellationToken cancellationToken)
    {
        await attempt.Scope.Execution.DelayAsync(_time, cancellationToken);
        return new(attempt.Input, Next);
    }
}
