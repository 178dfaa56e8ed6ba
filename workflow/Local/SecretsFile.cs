using System.Text.Json;
using System.Text.Json.Nodes;
using PySpotify.Functions;
using PySpotify.Functions.Ports;
using PySpotify.Functions.Spotify;

namespace PySpotify.Workflow.Local;

/// <summary>
/// A file that only its owner reads, in place of Secrets Manager. It is also where the data folder's settings stand:
/// <c>{ "Spotify": { "ClientId": …, "ClientSecret": …, "RefreshToken": … } }</c>.
/// </summary>
/// <param name="path">The file; made when first written to.</param>
public sealed class SecretsFile(string path) : ISecretStore
{
    private const string Section = "Spotify";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly Lock _lock = new();

    /// <summary>Credentials that stand before the file's: the environment's, the user secrets' or the sample's.</summary>
    public SpotifyCredentials? Credentials { get; set; }

    /// <summary>The file's settings, for a configuration.</summary>
    /// <exception cref="SecretsFileException">
    /// Others can read the file, it is no JSON object, or it has settings in another form or twice.
    /// </exception>
    public IReadOnlyDictionary<string, string?> Settings()
    {
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in Read())
        {
            if (!name.Equals(Section, StringComparison.Ordinal))
            {
                if (name.StartsWith(Section, StringComparison.OrdinalIgnoreCase))
                {
                    throw new SecretsFileException(path, $"has '{name}'; settings stand there as {{ \"Spotify\": {{ \"ClientId\": … }} }}");
                }

                continue;
            }

            foreach (var (key, text) in value as JsonObject ?? throw new SecretsFileException(path, "has a 'Spotify' that is no JSON object"))
            {
                if (!settings.TryAdd($"{Section}:{key}", text?.ToString()))
                {
                    throw new SecretsFileException(path, $"has '{key}' twice");
                }
            }
        }

        return settings;
    }

    /// <inheritdoc/>
    public Task<string?> GetAsync(string name, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return Task.FromResult(name == SecretNames.Credentials
                ? Credentials is null ? null : JsonSerializer.Serialize(Credentials, PayloadJson.Default.SpotifyCredentials)
                : Read()[name]?.ToString());
        }
    }

    /// <inheritdoc/>
    public Task PutAsync(string name, string value, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var secrets = Read();
            if (name == SecretNames.Credentials)
            {
                // Id and secret stay where the person put them; only a refresh token is ours to replace.
                Credentials = JsonSerializer.Deserialize(value, PayloadJson.Default.SpotifyCredentials)!;
                if (secrets[Section] is not JsonObject settings)
                {
                    secrets[Section] = settings = [];
                }

                foreach (var (key, _) in settings.Where(setting => setting.Key.Equals(nameof(Credentials.RefreshToken), StringComparison.OrdinalIgnoreCase)).ToList())
                {
                    settings.Remove(key);
                }

                settings[nameof(Credentials.RefreshToken)] = Credentials.RefreshToken;
            }
            else
            {
                secrets[name] = value;
            }

            WholeFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(secrets, Indented), isSecret: true);
        }

        return Task.CompletedTask;
    }

    private JsonObject Read()
    {
        if (!File.Exists(path))
        {
            return [];
        }

        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)) != 0)
        {
            throw new SecretsFileException(path, $"can be read by others than its owner; run `chmod 600 {path}`");
        }

        try
        {
            return JsonNode.Parse(File.ReadAllBytes(path), documentOptions: new() { AllowDuplicateProperties = false }) as JsonObject ?? throw new JsonException();
        }
        catch (JsonException)
        {
            // The parser's message may quote the text, and the text is secret.
            throw new SecretsFileException(path, "is not a JSON object; mend it or remove it");
        }
    }
}

/// <summary>The secrets file cannot be used.</summary>
public sealed class SecretsFileException(string path, string problem) : PySpotifyException($"{path} {problem}.");
