using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Amazon.Lambda.Core;
using PySpotify.Functions;
using PySpotify.Lambda;

[assembly: LambdaSerializer(typeof(PayloadSerializer))]

namespace PySpotify.Lambda;

/// <summary>Payloads exactly as <see cref="PayloadJson"/> has them.</summary>
/// <remarks>
/// Amazon's SourceGeneratorLambdaJsonSerializer builds a new context with options of its own: it drops the naming
/// policy, lets unknown and missing members pass, and leaves out nulls, which the definition's paths would then miss.
/// </remarks>
public sealed class PayloadSerializer : ILambdaSerializer
{
    /// <inheritdoc/>
    public T Deserialize<T>(Stream requestStream) => JsonSerializer.Deserialize(requestStream, TypeInfo<T>())!;

    /// <inheritdoc/>
    public void Serialize<T>(T response, Stream responseStream) =>
        JsonSerializer.Serialize(responseStream, response, TypeInfo<T>());

    private static JsonTypeInfo<T> TypeInfo<T>() => (JsonTypeInfo<T>)PayloadJson.Default.Options.GetTypeInfo(typeof(T));
}
