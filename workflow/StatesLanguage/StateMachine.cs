using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace PySpotify.Workflow.StatesLanguage;

/// <summary>A definition in the Amazon States Language (https://states-language.net, JSONPath), checked and compiled.
/// Whatever the interpreter does not support is refused here, so that it never runs something else than AWS would.</summary>
internal sealed partial class StateMachine
{
    private StateMachine(string definition, Block block, int? timeoutSeconds) =>
        (Definition, Block, TimeoutSeconds) = (definition, block, timeoutSeconds);

    /// <summary>SHA-256 of the definition without its layout, in hexadecimal. A redrive needs the one that the
    /// execution started with.</summary>
    public string Definition { get; }

    public Block Block { get; }

    public int? TimeoutSeconds { get; }

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
            var fields = new DefinitionReader(root);
            var timeoutSeconds = fields.Integer("TimeoutSeconds", 1, DefinitionReader.MaxSeconds);
            return new(Convert.ToHexStringLower(SHA256.HashData(Json.Write(root.WriteTo))), new Block(fields), timeoutSeconds);
        }
        catch (JsonException e)
        {
            throw new StateMachineException($"The definition is not valid JSON: {e.Message}", e);
        }
    }

    [GeneratedRegex(@"\$\{([A-Za-z0-9_.:-]+)\}")]
    internal static partial Regex Placeholder();
}
