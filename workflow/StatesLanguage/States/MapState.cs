using System.Text.Json;

namespace PySpotify.Workflow.StatesLanguage.States;

/// <summary>Runs the same states for each item of an array, several at once.</summary>
internal sealed class MapState : ConcurrentState
{
    // The inline Map's limit: https://docs.aws.amazon.com/step-functions/latest/dg/state-map-inline.html.
    private const int MaxInlineConcurrency = 40;

    private readonly JsonPath _itemsPath;
    private readonly Template? _itemSelector;
    private readonly int _maxConcurrency;
    private readonly Block _iteration;

    public MapState(DefinitionReader fields)
        : base(fields)
    {
        var processor = fields.Required(fields.Object("ItemProcessor"), "ItemProcessor");
        if (processor.Object("ProcessorConfig") is { } config)
        {
            if (config.Text("Mode") is not (null or "INLINE"))
            {
                throw config.Refuse("Mode", "only INLINE is supported");
            }

            config.Close();
        }

        _itemsPath = fields.Required(fields.ReferencePath("ItemsPath"), "ItemsPath");
        _itemSelector = fields.Template("ItemSelector");
        _maxConcurrency = fields.Integer("MaxConcurrency", 0, DefinitionReader.MaxSeconds) is { } most and > 0
            ? Math.Min(most, MaxInlineConcurrency)
            : MaxInlineConcurrency;
        _iteration = new Block(processor);
        ReadResult(fields);
        ReadNext(fields);
    }

    protected override async Task<Exit> StepAsync(Attempt attempt, CancellationToken cancellationToken)
    {
        var items = _itemsPath.Get(attempt.Data, "ItemsPath");
        if (items.ValueKind != JsonValueKind.Array)
        {
            throw new StateFailure(ErrorNames.Runtime, $"The ItemsPath '{_itemsPath}' does not lead to an array.");
        }

        var outputs = await RunAllAsync(
            items.GetArrayLength(), _maxConcurrency, (index, stop) => RunItemAsync(items[index], index, attempt, stop), cancellationToken);
        return ExitWith(outputs, attempt);
    }

    private Task<JsonElement> RunItemAsync(JsonElement item, int index, Attempt attempt, CancellationToken cancellationToken)
    {
        var map = Json.Object("Item", Json.Object("Value", item));
        var data = attempt.Data with { Context = attempt.Data.Context with { Map = map } };
        var input = Limited(_itemSelector?.Fill(data) ?? item, "item");
        return RunInnerAsync(_iteration, attempt, index, input, map, cancellationToken);
    }
}
