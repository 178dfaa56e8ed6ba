namespace PySpotify.Functions;

/// <summary>The tables, raw and refined. This file depends on nothing, so that infra/ compiles it too.</summary>
public static class Tables
{
    /// <summary>The songs of playlists and top tracks, raw: the CSV files.</summary>
    public const string TopPlayed = "spotifytopplayed";

    /// <summary>The songs that searches found, raw: the CSV files.</summary>
    public const string Popular = "spotifypopularsongs";

    /// <summary>A song once a list and snapshot, at its best rank.</summary>
    public const string Charts = "charts";

    /// <summary>What was read, by source and snapshot.</summary>
    public const string Sources = "sources";

    /// <summary>The rows that were refused.</summary>
    public const string Quarantine = "quarantine";

    /// <summary>The two raw tables.</summary>
    public static IReadOnlyList<string> Raw { get; } = [TopPlayed, Popular];

    /// <summary>The five refined tables and their columns, <c>snapshot_date</c> last, in the order in which they are written.</summary>
    public static IReadOnlyList<(string Name, IReadOnlyList<Column> Columns)> Refined { get; } =
    [
        (RefinedOf(TopPlayed), Columns.Songs),
        (RefinedOf(Popular), Columns.Songs),
        (Sources, Columns.Sources),
        (Quarantine, Columns.Quarantine),
        (Charts, Columns.Charts),
    ];

    /// <summary>The refined table of a raw one.</summary>
    public static string RefinedOf(string table) => $"{table}_refined";
}

/// <summary>What queries call the two lists.</summary>
public static class Lists
{
    /// <summary>The songs of <see cref="Tables.TopPlayed"/>.</summary>
    public const string TopPlayed = "top played";

    /// <summary>The songs of <see cref="Tables.Popular"/>.</summary>
    public const string Popular = "popular";

    /// <summary>The list whose songs a raw table holds.</summary>
    public static string Of(string table) => table switch
    {
        Tables.TopPlayed => TopPlayed,
        Tables.Popular => Popular,
        _ => throw new ArgumentException($"There is no raw table '{table}'.", nameof(table)),
    };
}

/// <summary>A column of a table.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type in the Glue Data Catalog: <c>string</c>, <c>bigint</c> or <c>int</c>.</param>
public sealed record Column(string Name, string Type)
{
    /// <summary>Its type in SQLite.</summary>
    public string SqliteType => Type is "string" ? "TEXT" : "INTEGER";
}

/// <summary>The tables' columns, in order. docs/data.md says what they hold.</summary>
public static class Columns
{
    /// <summary>The partition key of every table.</summary>
    public const string SnapshotDate = "snapshot_date";

    private static readonly Column Partition = new(SnapshotDate, "string");

    /// <summary>The cells of a raw CSV file, where all are text. Files from before November 2026 have the first eight.</summary>
    public static IReadOnlyList<Column> Raw { get; } =
    [
        new("artist", "string"), new("track", "string"), new("track_pop", "bigint"), new("duration_ms", "bigint"),
        new("album_nm", "string"), new("album_dt", "string"), new("track_id", "string"), new("rank", "int"),
        new("artists", "string"), new("isrc", "string"), new("source", "string"),
    ];

    /// <summary>The header of a raw CSV file.</summary>
    public static string RawHeader { get; } = string.Join(',', Raw.Select(column => column.Name));

    /// <summary>How many of <see cref="Raw"/> each raw file has.</summary>
    public const int RawAtLeast = 8;

    /// <summary>Those of the two song tables.</summary>
    public static IReadOnlyList<Column> Songs { get; } = [.. Raw, Partition];

    /// <summary>Those of <see cref="Tables.Charts"/>.</summary>
    public static IReadOnlyList<Column> Charts { get; } =
    [
        new("list", "string"), new("track_id", "string"), new("rank", "int"), new("sources", "bigint"),
        new("artist", "string"), new("artists", "string"), new("track", "string"), new("track_pop", "bigint"),
        new("duration_ms", "bigint"), new("album_nm", "string"), new("album_dt", "string"), new("isrc", "string"),
        Partition,
    ];

    /// <summary>Those of <see cref="Tables.Sources"/>.</summary>
    public static IReadOnlyList<Column> Sources { get; } =
    [
        new("list", "string"), new("source", "string"), new("kind", "string"), new("name", "string"),
        new("status", "string"), new("reason", "string"), new("rows", "bigint"), new("skipped", "bigint"),
        new("skipped_reasons", "string"), new("quarantined", "bigint"), new("fingerprint", "string"), Partition,
    ];

    /// <summary>Those of <see cref="Tables.Quarantine"/>.</summary>
    public static IReadOnlyList<Column> Quarantine { get; } =
        [new("reason", "string"), new("list", "string"), new("source", "string"), new("song", "string"), Partition];
}

/// <summary>The top folders of the raw bucket beside the raw tables.</summary>
public static class Prefixes
{
    /// <summary>Rows that were fetched and are to be written, a folder an execution. They are kept for 30 days.</summary>
    public const string Staging = "_staging";

    /// <summary>A record for each source of a snapshot.</summary>
    public const string Sources = "sources";

    /// <summary>Rows that were refused.</summary>
    public const string Quarantine = "quarantine";

    /// <summary>Where refused rows were until November 2026; Athena hides what begins with an underscore.</summary>
    public const string OldQuarantine = "_quarantine";
}

/// <summary>The two secrets.</summary>
public static class SecretNames
{
    /// <summary>Client id, client secret and, where somebody signed in, refresh token.</summary>
    public const string Credentials = "PySpotify";

    /// <summary>The access token.</summary>
    public const string Token = "PySpotify/token";
}

/// <summary>The settings, by their keys in a configuration; in the environment <c>__</c> replaces the colon.</summary>
public static class SettingNames
{
    /// <summary>The Spotify app's client id.</summary>
    public const string ClientId = "Spotify:ClientId";

    /// <summary>The Spotify app's client secret.</summary>
    public const string ClientSecret = "Spotify:ClientSecret";

    /// <summary>A person's sign-in.</summary>
    public const string RefreshToken = "Spotify:RefreshToken";

    /// <summary>The day of that sign-in, which <c>login</c> notes down; the sign-in ends six months later.</summary>
    public const string SignedInOn = "Spotify:SignedInOn";

    /// <summary>The Web API's address.</summary>
    public const string ApiUrl = "Spotify:ApiUrl";

    /// <summary>The accounts service's address.</summary>
    public const string AccountsUrl = "Spotify:AccountsUrl";

    /// <summary>The most calls to Spotify at once.</summary>
    public const string Concurrency = "Spotify:Concurrency";

    /// <summary>A Lambda's raw bucket.</summary>
    public const string RawBucket = "RAW_BUCKET";

    /// <summary>What the secrets' names begin with in a Lambda of a second stack.</summary>
    public const string SecretPrefix = "SECRET_PREFIX";

    /// <summary>The name of an environment variable that holds the setting.</summary>
    public static string InEnvironment(string setting) => setting.Replace(":", "__", StringComparison.Ordinal);
}
