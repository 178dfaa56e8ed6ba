using PySpotify.Functions.Ports;
using PySpotify.Functions.Spotify;

namespace PySpotify.Tests;

public sealed class HttpSpotifyApiContractTests : SpotifyContractTests
{
    protected override ISpotifyApi Create(HttpClient http, SpotifyOptions options) => new HttpSpotifyApi(http, options);
}
