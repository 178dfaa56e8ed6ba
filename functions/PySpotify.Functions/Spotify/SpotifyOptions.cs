using System.Globalization;

namespace PySpotify.Functions.Spotify;

/// <summary>Where Spotify is and how hard it may be asked.</summary>
public sealed record SpotifyOptions
{
    /// <summary>The Web API, ending in a slash.</summary>
    public Uri ApiUrl { get; init; } = new("https://api.spotify.com/v1/");

    /// <summary>The accounts service, ending in a slash.</summary>
    public Uri AccountsUrl { get; init; } = new("https://accounts.spotify.com/");

    /// <summary>The most calls at once: 1–50.</summary>
    public int Concurrency { get; init; } = 4;

    /// <summary>How long one attempt may take, its body included.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest Retry-After that is waited out.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The longest that is waited in all in ten minutes; a fetch has fourteen on AWS.</summary>
    public TimeSpan LongestWaitInAll { get; init; } = TimeSpan.FromMinutes(4);

    /// <summary>The most bytes in a body. A page of fifty tracks has about a tenth of a megabyte.</summary>
    public int LargestBody { get; init; } = 32 * 1024 * 1024;

    /// <summary>Reads the options; what is not set keeps its default.</summary>
    /// <param name="setting">A setting by its key in <see cref="SettingNames"/>; null or empty where it is not set.</param>
    /// <exception cref="SettingsException">A setting is wrong; the message names it.</exception>
    public static SpotifyOptions Read(Func<string, string?> setting)
    {
        var usual = new SpotifyOptions();
        return usual with
        {
            ApiUrl = ReadUrl(setting, SettingNames.ApiUrl) ?? usual.ApiUrl,
            AccountsUrl = ReadUrl(setting, SettingNames.AccountsUrl) ?? usual.AccountsUrl,
            Concurrency = ReadConcurrency(setting) ?? usual.Concurrency,
        };
    }

    private static Uri? ReadUrl(Func<string, string?> setting, string key) =>
        setting(key)?.Trim() is not { Length: > 0 } text ? null
        : Uri.TryCreate(text.EndsWith('/') ? text : text + "/", UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url
        : throw new SettingsException($"{key} must be an http or https address.");

    private static int? ReadConcurrency(Func<string, string?> setting) =>
        setting(SettingNames.Concurrency)?.Trim() is not { Length: > 0 } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 50 ? number
        : throw new SettingsException($"{SettingNames.Concurrency} must be a number of calls from 1 to 50.");
}

/// <summary>A setting is wrong.</summary>
public sealed class SettingsException(string message) : PySpotifyException(message);
