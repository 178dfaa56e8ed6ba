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
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly Lock _lock = new();

    /// <summary>Gets told that the file cannot be kept from others.</summary>
    public Action<string> Warn { get; init; } = _ => { };

    /// <summary>A file's mode.</summary>
    public Func<string, UnixFileMode> ModeOf { get; init; } = FileMode;

    /// <summary>A file's mode, as the file system has it.</summary>
    public static UnixFileMode FileMode(string file) => OperatingSystem.IsWindows() ? OwnerOnly : File.GetUnixFileMode(file);

    /// <summary>Reads the file's settings, for a configuration.</summary>
    /// <exception cref="SecretsFileException">
    /// Others can read the file, it is not a JSON object, or it has settings in another form or twice.
    /// </exception>
    public IReadOnlyDictionary<string, string?> ReadSettings()
    {
        ExpectOwnerOnly();
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

    /// <summary>Sets one of the file's settings; null removes it.</summary>
    /// <param name="setting">Its name, such as <c>Spotify:ClientId</c>.</param>
    /// <param name="value">Its value.</param>
    public void Set(string setting, string? value)
    {
        var key = setting[(Section.Length + 1)..];
        lock (_lock)
        {
            var secrets = Read();
            var settings = secrets[Section] as JsonObject ?? [];
            foreach (var (same, _) in settings.Where(setting => setting.Key.Equals(key, StringComparison.OrdinalIgnoreCase)).ToList())
            {
                settings.Remove(same);
            }

            if (value is not null)
            {
                settings[key] = value;
                secrets[Section] = settings;
            }

            Write(secrets);
        }
    }

    /// <summary>Removes a secret.</summary>
    public void Remove(string name)
    {
        lock (_lock)
        {
            var secrets = Read();
            secrets.Remove(name);
            Write(secrets);
        }
    }

    /// <summary>A secret's text, or null where it has none yet.</summary>
    public string? Get(string name)
    {
        lock (_lock)
        {
            return name == SecretNames.Credentials
                ? credentials is null ? null : JsonSerializer.Serialize(credentials, PayloadJson.Default.SpotifyCredentials)
                : Read()[name]?.ToString();
        }
    }

    /// <inheritdoc/>
    public Task<string?> GetAsync(string name, CancellationToken cancellationToken) => Task.FromResult(Get(name));

    /// <inheritdoc/>
    public Task PutAsync(string name, string value, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var secrets = Read();
            secrets[name] = JsonNode.Parse(value);
            Write(secrets);
        }

        return Task.CompletedTask;
    }

    private JsonObject Read()
    {
        if (!AnyPath.Exists(path))
        {
            return [];
        }

        try
        {
            // Reading as text passes over a byte order mark.
            return JsonNode.Parse(File.ReadAllText(path), documentOptions: new() { AllowDuplicateProperties = false }) as JsonObject ?? throw new JsonException();
        }
        catch (JsonException)
        {
            // The parser's message may quote the text, and the text is secret.
            throw new SecretsFileException(path, "is not a JSON object; fix it or remove it");
        }
    }

    private void Write(JsonObject secrets) => AtomicFile.Write(path, Encoding.UTF8.GetBytes(secrets.ToJsonString(Indented)), isSecret: true);

    private void ExpectOwnerOnly()
    {
        if (!AnyPath.Exists(path) || !IsOpenToOthers(path))
        {
            return;
        }

        if (!LosesModes())
        {
            throw new SecretsFileException(path, $"can be read by others; run `chmod 600 {path}`");
        }

        Warn($"{path} is on a drive that has no file permissions, so other users of this computer may be able to read it. "
            + "To keep it to yourself, choose a folder on another drive with --data.");
    }

    private bool IsOpenToOthers(string file) => (ModeOf(file) & ~OwnerOnly) != 0;

    /// <summary>Whether even a file that is made for its owner alone is open to others, as on a Windows drive in WSL.</summary>
    private bool LosesModes()
    {
        var probe = $"{path}.{Guid.NewGuid():N}.partial";
        try
        {
            AtomicFile.Write(probe, [], isSecret: true);
            return IsOpenToOthers(probe);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
        finally
        {
            File.Delete(probe);
        }
    }
}

/// <summary>The secrets file cannot be used.</summary>
internal sealed class SecretsFileException(string path, string problem) : PySpotifyException($"{path} {problem}.");
