namespace PySpotify.Functions.Ports;

/// <summary>Where credentials and tokens are kept: Secrets Manager, or a file that only its owner reads.</summary>
public interface ISecretStore
{
    /// <summary>A secret's text, or null where it has none yet.</summary>
    Task<string?> GetAsync(string name, CancellationToken cancellationToken);

    /// <summary>Replaces a secret's text.</summary>
    Task PutAsync(string name, string value, CancellationToken cancellationToken);
}
