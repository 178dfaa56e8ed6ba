using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using PySpotify.Functions;
using PySpotify.Functions.Ports;
using PySpotify.Functions.Spotify;

namespace PySpotify.Workflow.Local;

/// <summary>
/// A file that only its owner can read, in place of Secrets Manager. It also holds the data folder's settings:
/// <c>{ "Spotify": { "ClientId": …, "ClientSecret": …, "RefreshToken": … } }</c>.
/// </summary>
/// <param name="path">The file; created when something is first written to it.</param>
/// <param name="credentials">The app's credentials, wherever they were set.</param>
internal sealed class SecretsFile(string path, SpotifyCredentials? credentials = null) : ISecretStore
{
    private const string Section = "Spotify";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly Lock _lock = new();
    private SpotifyCredentials? _credentials = credentials;

    /// <summary>Reads the file's settings, for a configuration.</summary>
    /// <exception cref="SecretsFileException">
    /// Others can read the file, it is not a JSON object, or it has settings in another form or twice.
    /// </exception>
    public IReadOnlyDictionary<string, string?> ReadSettings()
    {
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in Read())
        {
            if (!name.Equals(Section, StringComparison.Ordinal))
            {
                if (name.StartsWith(Section, StringComparison.OrdinalIgnoreCase))
                {
                    throw new SecretsFileException(path, $"has '{name}'; write settings as {{ \"Spotify\": {{ \"ClientId\": … }} }}");
                }

                continue;
            }

            foreach (var (key, text) in value as JsonObject ?? throw new SecretsFileException(path, "has a 'Spotify' that is not a JSON object"))
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
                ? _credentials is null ? null : JsonSerializer.Serialize(_credentials, PayloadJson.Default.SpotifyCredentials)
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
                // Id and secret stay where the person put them; only the refresh token is ours to replace.
                _credentials = JsonSerializer.Deserialize(value, PayloadJson.Default.SpotifyCredentials)!;
                if (secrets[Section] is not JsonObject settings)
                {
                    secrets[Section] = settings = [];
                }

                foreach (var (key, _) in settings.Where(setting => setting.Key.Equals(nameof(SpotifyCredentials.RefreshToken), StringComparison.OrdinalIgnoreCase)).ToList())
                {
                    settings.Remove(key);
                }

                settings[nameof(SpotifyCredentials.RefreshToken)] = _credentials.RefreshToken;
            }
            else
            {
                secrets[name] = value;
            }

            AtomicFile.Write(path, Encoding.UTF8.GetBytes(secrets.ToJsonString(Indented)), isSecret: true);
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
            throw new SecretsFileException(path, $"can be read by others; run `chmod 600 {path}`");
        }

        try
        {
            return JsonNode.Parse(File.ReadAllBytes(path), documentOptions: new() { AllowDuplicateProperties = false }) as JsonObject ?? throw new JsonException();
        }
        catch (JsonException)
        {
            // The parser's message may quote the text, and the text is secret.
            throw new SecretsFileException(path, "is not a JSON object; fix it or remove it");
        }
    }
}

/// <summary>The secrets file cannot be used.</summary>
internal sealed class SecretsFileException(string path, string problem) : PySpotifyException($"{path} {problem}.");
