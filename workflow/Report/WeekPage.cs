using System.Text.Json.Serialization;

namespace PySpotify.Workflow.Report;

/// <summary>What report.html shows, by the names that it has there.</summary>
/// <param name="Date">The snapshot's day, YYYY-MM-DD.</param>
/// <param name="Day">The same in words.</param>
/// <param name="NotRead">Sources of this week that could not be read, and why.</param>
/// <param name="Lists">The lists that have a snapshot of this day.</param>
/// <param name="News">What entered and left each list; none where no list has a snapshot before.</param>
/// <param name="Artists">The artists of each list.</param>
/// <param name="About">What the figures rest on.</param>
internal sealed record WeekPage(
    string Date,
    string Day,
    IReadOnlyList<string> NotRead,
    IReadOnlyList<ListSection> Lists,
    IReadOnlyList<NewsSection> News,
    IReadOnlyList<ArtistSection> Artists,
    AboutSection About)
{
    public bool IsSample { get; init; }

    /// <summary>What the page was made from: see <see cref="PageMarks"/>.</summary>
    public string Mark { get; init; } = "";

    public WeekLink? Before { get; init; }

    public WeekLink? After { get; init; }

    public bool HasNews => News.Count > 0;
}

/// <summary>A page of the archive.</summary>
internal sealed record WeekLink(string Date, string Day);

/// <summary>A list: its cards, its table and its bump chart.</summary>
/// <param name="Id">Its part of the page's address.</param>
/// <param name="List">Its name in the tables.</param>
/// <param name="Title">What it is called.</param>
/// <param name="Note">What its ranks go by and are compared with, where that has to be said.</param>
/// <param name="Compared">What the column with the ranks before is called; null where there is no snapshot before.</param>
/// <param name="Chart">The bump chart, where there is more than one snapshot.</param>
/// <param name="First">The songs in it.</param>
internal sealed record ListSection(
    string Id,
    string List,
    string Title,
    string Note,
    string? Compared,
    IReadOnlyList<Card> Cards,
    IReadOnlyList<ChartRow> Rows,
    string? Chart,
    IReadOnlyList<ChartRow> First);

/// <summary>What is worth knowing first.</summary>
/// <param name="Tone">up, down, new or nothing.</param>
internal sealed record Card(string Label, SongTitle Song, string Fact, string Tone);

/// <summary>A song, or an artist alone.</summary>
/// <param name="Link">Its page on Spotify.</param>
internal sealed record SongTitle(string Track, string? Artist, string? Link);

/// <summary>A row of top.sql.</summary>
/// <param name="Place">Its place in the table, which songs of the same rank do not share.</param>
/// <param name="Before">The rank in the snapshot before.</param>
/// <param name="Spark">Its ranks as a line; null in the first snapshot.</param>
internal sealed record ChartRow(
    int Place, long Rank, Move Move, SongTitle Song, long? Before, long Peak, long Weeks, string? Album, string? Released, string? Spark);

/// <summary>How a song moved.</summary>
/// <param name="Change">up, down, same, new or back.</param>
/// <param name="Sign">A sign for the eye.</param>
/// <param name="Spoken">The same for the ear.</param>
/// <param name="Text">How far, or new or back.</param>
/// <param name="Order">What a table sorts by.</param>
internal sealed record Move(string? Change, string Sign, string Spoken, string Text, long Order)
{
    /// <summary>The move in a row of top.sql or movers.sql.</summary>
    public static Move Of(string? change, long? places) => change switch
    {
        "up" => new(change, "▲", "up", $"{places}", places!.Value),
        "down" => new(change, "▼", "down", $"{-places}", places!.Value),
        "same" => new(change, "–", "no change", "", 0),
        // Above every climb.
        "new" or "back" => new(change, "", "", change, 100_000),
        _ => new(null, "", "", "", 0),
    };
}

/// <summary>Songs that entered the top of a list or came back to it, and songs that left it.</summary>
internal sealed record NewsSection(string List, string Title, string EnteredCount, IReadOnlyList<NewsRow> Entered, string GoneCount, IReadOnlyList<NewsRow> Gone)
{
    public bool HasEntered => Entered.Count > 0;

    public bool HasGone => Gone.Count > 0;
}

/// <summary>A row of new-and-gone.sql.</summary>
/// <param name="Rank">The rank; of a song that left, the one before.</param>
internal sealed record NewsRow(long Rank, string Change, SongTitle Song);

/// <summary>The artists with the most songs on a list.</summary>
internal sealed record ArtistSection(string List, string Title, string Count, bool HasPopularity, IReadOnlyList<ArtistRow> Rows);

/// <summary>A row of artists.sql.</summary>
internal sealed record ArtistRow(string Artist, long Songs, long BestRank, long? Popularity);

/// <summary>What the figures rest on.</summary>
/// <param name="Lists">What each list holds and since when it has snapshots.</param>
/// <param name="Sources">This week's rows of health.sql.</param>
/// <param name="Titles">The lists' titles.</param>
/// <param name="Both">How many songs are on both lists; null where there is one list.</param>
internal sealed record AboutSection(
    IReadOnlyList<string> Lists,
    IReadOnlyList<SourceRow> Sources,
    IReadOnlyList<string> Titles,
    IReadOnlyList<Decade> Decades,
    string? Both,
    IReadOnlyList<OverlapRow> Overlap);

/// <summary>A row of health.sql: a source and its rows, this time and the time before.</summary>
internal sealed record SourceRow(string Name, long? Rows, long? Before, string Warnings);

/// <summary>The songs of ten years' albums, by list.</summary>
internal sealed record Decade(string Name, IReadOnlyList<long> Songs);

/// <summary>A row of overlap.sql.</summary>
internal sealed record OverlapRow(SongTitle Song, long RankPlayed, long RankPopular);

/// <summary>What index.html shows.</summary>
/// <param name="Titles">What the lists were last called.</param>
internal sealed record IndexPage(bool IsSample, IReadOnlyList<string> Titles, IReadOnlyList<IndexRow> Weeks);

/// <summary>A week and the songs that led its lists.</summary>
internal sealed record IndexRow(string Date, string Day, IReadOnlyList<Leader> Leaders);

/// <summary>A list's number one.</summary>
/// <param name="Song">The song; null where the week has no such list.</param>
internal sealed record Leader(SongTitle? Song);

/// <summary>What the pages look like and do, and the hashes that the content security policy allows.</summary>
internal sealed record Assets(string Style, string StyleHash, string Script, string ScriptHash);

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Serialization, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(WeekPage))]
[JsonSerializable(typeof(IndexPage))]
[JsonSerializable(typeof(Assets))]
internal sealed partial class PageJson : JsonSerializerContext;
