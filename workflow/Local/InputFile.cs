using System.Text.Json;
using PySpotify.Functions;

namespace PySpotify.Workflow.Local;

/// <summary>What an execution is to read, as JSON that is not checked yet.</summary>
/// <param name="Path">Where it is from; null for <see cref="IsUsual"/>.</param>
/// <param name="Json">The input.</param>
internal sealed record InputFile(string? Path, JsonElement Json)
{
    // Every app can search; own top tracks need a sign-in.
    private const string Searches = """{ "popular": { "queries": ["year:{lastYear}-{thisYear}"] } }""";
    private const string TopTracksAndSearches =
        """{ "topPlayed": { "topTracks": ["short_term"] }, "popular": { "queries": ["year:{lastYear}-{thisYear}"] } }""";

    /// <summary>Whether nobody said what to read, so that it is what every app can read.</summary>
    public bool IsUsual => Path is null;

    /// <summary>Whether it names the snapshot's date.</summary>
    public bool IsDated => Json.ValueKind == JsonValueKind.Object && Json.TryGetProperty("snapshotDate", out var date) && date.ValueKind != JsonValueKind.Null;

    /// <summary>The file that is named, the sample's, the data folder's, or else what every app can read.</summary>
    /// <param name="path">The file that is named; null for none.</param>
    /// <param name="data">The data folder.</param>
    /// <param name="settings">Whether it is for the sample, and whether somebody signed in.</param>
    /// <exception cref="InvalidInputException">The file cannot be read, or it is not JSON.</exception>
    public static InputFile Choose(string? path, DataFolder data, SpotifySettings settings)
    {
        path ??= settings.IsSample ? System.IO.Path.Combine(AppContext.BaseDirectory, "input.json")
            : AnyPath.Exists(data.Input) ? data.Input
            : null;
        return path is not null
            ? new(path, Load(path))
            : new(null, JsonElement.Parse(settings.IsSignedIn ? TopTracksAndSearches : Searches));
    }

    /// <summary>Checks it.</summary>
    /// <param name="snapshotDate">A snapshot date that overrides the file's.</param>
    /// <param name="now">The execution's start.</param>
    /// <exception cref="InvalidInputException">Something is wrong with it.</exception>
    public ExecutionInput Read(DateOnly? snapshotDate, DateTimeOffset now) => ExecutionInput.Read(Json, now, snapshotDate);

    private static JsonElement Load(string path)
    {
        var text = "";
        try
        {
            // Reading as text passes over a byte order mark.
            text = File.ReadAllText(path);
            return JsonElement.Parse(text);
        }
        catch (JsonException e)
        {
            throw new InvalidInputException(path, $"is not JSON: {JsonProblem.In(text, e)}");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InvalidInputException(path, "does not exist");
        }
    }
}
