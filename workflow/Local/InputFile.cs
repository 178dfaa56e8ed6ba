using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using PySpotify.Functions;

namespace PySpotify.Workflow.Local;

/// <summary>What an execution is to read, as JSON that is not checked yet.</summary>
/// <param name="Path">Where it is from; null for <see cref="IsUsual"/>.</param>
/// <param name="Json">The input.</param>
internal sealed record InputFile(string? Path, JsonElement Json)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What every app can read: every one may search, and a person's top tracks need a sign-in alone.</summary>
    /// <param name="isSignedIn">Whether somebody signed in.</param>
    public static IReadOnlyList<Source> Usual(bool isSignedIn)
    {
        var search = new Source(Source.Search, "year:{lastYear}-{thisYear}");
        return isSignedIn ? [new(Source.TopTracks, "short_term"), search] : [search];
    }

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
            : new(null, JsonElement.Parse(ToJson(Usual(settings.IsSignedIn)).ToJsonString()));
    }

    /// <summary>Checks it.</summary>
    /// <param name="snapshotDate">A snapshot date that overrides the file's.</param>
    /// <param name="now">The execution's start.</param>
    /// <exception cref="InvalidInputException">Something is wrong with it.</exception>
    public ExecutionInput Read(DateOnly? snapshotDate, DateTimeOffset now) => ExecutionInput.Read(Json, now, snapshotDate);

    /// <summary>What a data folder's input names, with <c>{thisYear}</c> and <c>{lastYear}</c> as they were written; null where there is none.</summary>
    /// <exception cref="InvalidInputException">It is wrong.</exception>
    public static IReadOnlyList<Source>? SourcesIn(DataFolder data)
    {
        if (!AnyPath.Exists(data.Input))
        {
            return null;
        }

        var json = Load(data.Input);
        var input = ExecutionInput.Read(json, DateTimeOffset.UnixEpoch);
        var queries = input.Popular.Sources is [] ? [] : json.GetProperty("popular").GetProperty("queries").EnumerateArray().Select(query => query.GetString()!);
        return [.. input.TopPlayed.Sources, .. queries.Select(query => new Source(Source.Search, query))];
    }

    /// <summary>A source as an execution asks for it.</summary>
    public static Source Resolve(Source source, DateTimeOffset now)
    {
        var input = ExecutionInput.Read(JsonElement.Parse(ToJson([source]).ToJsonString()), now);
        return input.TopPlayed.Sources.Concat(input.Popular.Sources).Single();
    }

    /// <summary>Checks that the sources can be an input.</summary>
    /// <exception cref="InvalidInputException">There are too many of them, or two are the same.</exception>
    public static void Check(IReadOnlyList<Source> sources, DateTimeOffset now) => ExecutionInput.Read(JsonElement.Parse(ToJson(sources).ToJsonString()), now);

    /// <summary>Makes the sources, which have been checked, a data folder's input.</summary>
    public static void Write(DataFolder data, IReadOnlyList<Source> sources) =>
        AtomicFile.Write(data.Input, Encoding.UTF8.GetBytes(ToJson(sources).ToJsonString(Indented) + Environment.NewLine));

    private static JsonObject ToJson(IReadOnlyList<Source> sources)
    {
        return new()
        {
            ["topPlayed"] = new JsonObject { ["playlists"] = Ids(Source.Playlist), ["topTracks"] = Ids(Source.TopTracks) },
            ["popular"] = new JsonObject { ["queries"] = Ids(Source.Search) },
        };

        JsonArray Ids(string kind) => [.. sources.Where(source => source.Kind == kind).Select(source => (JsonNode)source.Id)];
    }

    private static JsonElement Load(string path)
    {
        var text = "";
        try
        {
            // Reading as text passes over a byte order mark.
            text = File.ReadAllText(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
            return JsonElement.Parse(text);
        }
        catch (DecoderFallbackException)
        {
            throw new InvalidInputException(path, "is not UTF-8; save it with that encoding");
        }
        catch (UnauthorizedAccessException) when (AnyPath.IsFolder(path))
        {
            throw new InvalidInputException(path, "is a folder; name a file in it");
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
