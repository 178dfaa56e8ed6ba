using PySpotify.Functions.Ports;
using PySpotify.Functions.Spotify;
using PySpotify.Lambda;

namespace PySpotify.Tests;

public sealed class SpotifyWebApiContractTests : SpotifyContractTests
{
    protected override ISpotifyApi Create(HttpClient http, SpotifyOptions options) => new SpotifyWebApi(http, options);
}
