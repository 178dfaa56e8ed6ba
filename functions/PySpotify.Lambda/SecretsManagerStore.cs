using Amazon.SecretsManager;
using Amazon.SecretsManager.Model;
using PySpotify.Functions.Aws;
using PySpotify.Functions.Ports;

namespace PySpotify.Lambda;

/// <summary>Secrets Manager.</summary>
/// <param name="secretsManager">The client.</param>
/// <param name="prefix">What the secrets' names begin with there.</param>
public sealed class SecretsManagerStore(IAmazonSecretsManager secretsManager, string prefix = "") : ISecretStore
{
    /// <inheritdoc/>
    public async Task<string?> GetAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await AwsUnavailableException.NameAsync(
                () => secretsManager.GetSecretValueAsync(new GetSecretValueRequest { SecretId = prefix + name }, cancellationToken));
            return answer.SecretString;
        }
        catch (ResourceNotFoundException)
        {
            // So it answers for a secret that has been made but holds no value yet, too.
            return null;
        }
    }

    /// <inheritdoc/>
    public Task PutAsync(string name, string value, CancellationToken cancellationToken) =>
        AwsUnavailableException.NameAsync(() => secretsManager.PutSecretValueAsync(
            new PutSecretValueRequest { SecretId = prefix + name, SecretString = value }, cancellationToken));
}
