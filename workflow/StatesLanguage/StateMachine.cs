using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace PySpotify.Workflow.StatesLanguage;

/// <summary>A definition in the Amazon States Language (https://states-language.net, JSONPath), checked and compiled.
/// Whatever the interpreter does not support is refused here, so that it never runs something else than AWS would.</summary>
public sealed partial class StateMachine
{
    private StateMachine(string definition, Block block, int? timeoutSeconds) =>
        (Definition, Block, TimeoutSeconds) = (definition, block, timeoutSeconds);

    /// <summary>SHA-256 of the definition without its layout, in hexadecimal. A redrive needs the one that the
    /// execution started with.</summary>
    public string Definition { get; }

    internal Block Block { get; }

    internal int? TimeoutSeconds { get; }

    /// <summary>Reads a definition.</summary>
    /// <param name="definition">JSON text.</param>
    /// <param name="names">What to fill in for each <c>${Name}</c>, as Pulumi or CloudFormation does on AWS.</param>
    /// <exception cref="StateMachineException">The definition is not valid, or uses what is not supported, or has a
    /// <c>${Name}</c> that is not filled in; the message names the state and the field.</exception>
    public static StateMachine Load(string definition, IReadOnlyDictionary<string, string>? names = null)
    {
        var filled = Placeholder().Replace(definition, match =>
            names is not null && names.TryGetValue(match.Groups[1].Value, out var value)
                ? JsonEncodedText.Encode(value).ToString()
                : match.Value);
        try
        {
            var root = JsonElement.Parse(filled, new JsonDocumentOptions { AllowDuplicateProperties = false });
            (var block, var timeoutSeconds) = DefinitionReader.Read(root);
            var compact = Encoding.UTF8.GetBytes(Json.Write(root.WriteTo));
            return new(Convert.ToHexStringLower(SHA256.HashData(compact)), block, timeoutSeconds);
        }
        catch (JsonException e)
        {
            throw new StateMachineException($"The definition is not valid JSON: {e.Message}", e);
        }
    }

    [GeneratedRegex(@"\$\{([A-Za-z0-9_.:-]+)\}")]
    internal static partial Regex Placeholder();
}

/// <summary>States that lead to each other: the machine's own, a branch's, an iteration's.</summary>
internal sealed record Block(string StartAt, IReadOnlyDictionary<string, State> States);

/// <summary>A state, with the fields that several types have. A ResultPath that is null was null in the definition.</summary>
internal abstract record State(string Name)
{
    public Template? ResultSelector { get; init; }
    public JsonPath? ResultPath { get; init; } = JsonPath.Root;
    public JsonPath OutputPath { get; init; } = JsonPath.Root;
    public Retrier[] Retry { get; init; } = [];
    public Catcher[] Catch { get; init; } = [];

    /// <summary>Null at the end of the block, and where the state itself decides.</summary>
    public string? Next { get; init; }
}

internal sealed record TaskState(string Name, string Resource, Template? Parameters, int? TimeoutSeconds) : State(Name);

internal sealed record ParallelState(string Name, Block[] Branches) : State(Name);

internal sealed record MapState(string Name, JsonPath ItemsPath, Template? ItemSelector, Block Iteration, int MaxConcurrency) : State(Name);

internal sealed record ChoiceState(string Name, (Condition Holds, string Next)[] Choices, string? Default) : State(Name);

internal sealed record WaitState(string Name, int Seconds) : State(Name);

internal sealed record SucceedState(string Name) : State(Name);

internal sealed record FailState(string Name, string Error, string? Cause, JsonPath? CausePath) : State(Name);

internal sealed record Retrier(string[] ErrorEquals, int IntervalSeconds, int MaxAttempts, double BackoffRate, int? MaxDelaySeconds, bool Jitter)
{
    // A year, the longest that an execution may take.
    private const double LongestDelay = 31_536_000;

    /// <summary>The wait in seconds before the retry of that index, from 0.</summary>
    public double Delay(int retry, Func<double> random)
    {
        var delay = Math.Min(IntervalSeconds * Math.Pow(BackoffRate, retry), MaxDelaySeconds ?? LongestDelay);
        return Jitter ? delay * random() : delay;
    }
}

internal sealed record Catcher(string[] ErrorEquals, string Next, JsonPath? ResultPath);
