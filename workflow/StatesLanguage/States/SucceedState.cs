namespace PySpotify.Workflow.StatesLanguage.States;

/// <summary>Ends its block with its input.</summary>
internal sealed class SucceedState(DefinitionReader fields) : State(fields)
{
    protected override Task<Exit> StepAsync(Attempt attempt, CancellationToken cancellationToken) => Task.FromResult(new Exit(attempt.Input, null));
}
