using System.Text.Json;
using PySpotify.Functions;
using PySpotify.Functions.Ports;

namespace PySpotify.Benchmarks;

/// <summary>Holds one access token in memory and nothing else.</summary>
internal sealed class TokenSecret(AccessToken token) : ISecretStore
{
    private readonly string _text = JsonSerializer.Serialize(token, PayloadJson.Default.AccessToken);

    public AccessToken Token => token;

    public TokenReference Reference => new(SecretNames.Token, token.ExpiresAt);

    public Task<string?> GetAsync(string name, CancellationToken cancellationToken) => Task.FromResult<string?>(_text);

    public Task PutAsync(string name, string value, CancellationToken cancellationToken) => throw new NotSupportedException();
}
