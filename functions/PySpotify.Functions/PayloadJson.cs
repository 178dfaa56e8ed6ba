using System.Text.Json;
using System.Text.Json.Serialization;
using PySpotify.Functions.Rows;
using PySpotify.Functions.Spotify;

namespace PySpotify.Functions;

/// <summary>How payloads and secrets are written: camel case; an unknown or missing member is an error.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(AuthenticateInput))]
[JsonSerializable(typeof(AuthenticateOutput))]
[JsonSerializable(typeof(FetchTopPlayedInput))]
[JsonSerializable(typeof(FetchPopularInput))]
[JsonSerializable(typeof(StagedTracks))]
[JsonSerializable(typeof(SourceRecord))]
[JsonSerializable(typeof(WriteCsvInput))]
[JsonSerializable(typeof(WriteCsvOutput))]
[JsonSerializable(typeof(StartCrawlerInput))]
[JsonSerializable(typeof(PollCrawlerInput))]
[JsonSerializable(typeof(Crawl))]
[JsonSerializable(typeof(SpotifyCredentials))]
[JsonSerializable(typeof(AccessToken))]
public sealed partial class PayloadJson : JsonSerializerContext;
