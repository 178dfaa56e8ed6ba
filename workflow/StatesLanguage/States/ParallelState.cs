namespace PySpotify.Workflow.StatesLanguage.States;

/// <summary>Runs branches side by side, each with the state's input.</summary>
internal sealed class ParallelState : ConcurrentState
{
    private readonly Block[] _branches;

    public ParallelState(DefinitionReader fields)
        : base(fields)
    {
        _branches = [.. fields.RequiredObjects("Branches").Select(branch => new Block(branch))];
        ReadResult(fields);
        ReadNext(fields);
    }

    protected override async Task<Exit> StepAsync(Attempt attempt, CancellationToken cancellationToken)
    {
        var outputs = await RunAllAsync(
            _branches.Length,
            _branches.Length,
            (index, stop) => RunInnerAsync(_branches[index], attempt, index, attempt.Input, attempt.Scope.Map, stop),
            cancellationToken);
        return ExitWith(outputs, attempt);
    }
}
