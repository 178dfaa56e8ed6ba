using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using PySpotify.Functions;
using PySpotify.Functions.Rows;
using PySpotify.Workflow.Local;

namespace PySpotify.Tests;

/// <summary>The CSV, the job and SQLite say the same columns, each in its own language.</summary>
public sealed partial class ColumnsTests : IDisposable
{
    private static readonly string Job = Repository.Read("workflow/csv_to_parquet.py");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pyspotify-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void The_job_maps_the_csv_columns_in_order() =>
        Assert.Equal(Functions.Columns.RawHeader.Split(','), Mapping().Select(column => column.Name));

    [Fact]
    public void The_job_gives_the_types_of_the_catalog() =>
        Assert.Equal(PySpotify.Functions.Columns.Raw.Take(Mapping().Count()).Select(column => (column.Name, column.Type)), Mapping());

    [Fact]
    public void Numbers_have_the_types_of_the_design() => Assert.Equal(
        [("track_pop", "bigint"), ("duration_ms", "bigint"), ("rank", "int")],
        Mapping().Where(column => column.Type != "string"));

    [Fact]
    public void The_job_requires_what_makes_a_row_a_song()
    {
        var song = new Song("artist", "track", 1, 1, "album_nm", "album_dt", "track_id");
        var required = Names().Matches(Required().Match(Job).Groups[1].Value).Select(match => match.Groups[1].Value);
        Assert.Null(song.Reason());
        Assert.Equal(["artist", "track", "track_id", "rank"], required);
        Assert.All(
            [song with { Artist = null }, song with { Track = null }, song with { TrackId = null }],
            incomplete => Assert.NotNull(incomplete.Reason()));
    }

    [Fact]
    public void The_job_knows_the_two_tables() =>
        Assert.Contains($"LISTS = {{\"{Tables.TopPlayed}\": \"{Lists.TopPlayed}\", \"{Tables.Popular}\": \"{Lists.Popular}\"}}", Job, StringComparison.Ordinal);

    [Fact]
    public async Task A_csv_begins_with_the_columns()
    {
        var store = new LocalObjectStore(_folder.FullName);
        await store.WriteAsync(
            "_staging/x.jsonl",
            async (stream, cancellationToken) => await stream.WriteAsync(Encoding.UTF8.GetBytes("""{"artist":"a","track":"t","track_id":"i"}"""), cancellationToken),
            TestContext.Current.CancellationToken);
        await new WriteCsv(store, NullLogger<WriteCsv>.Instance).InvokeAsync(
            new(Tables.Popular, new DateOnly(2026, 11, 22), new(new(Source.Search, "x"), "x", "_staging/x.jsonl", 1, new Dictionary<string, int>())),
            TestContext.Current.CancellationToken);
        var header = File.ReadLines(store.PathOf(Keys.Csv(Tables.Popular, new DateOnly(2026, 11, 22), "x"))).First();
        Assert.Equal(Functions.Columns.RawHeader.Split(','), header.Split(','));
    }

    private static IEnumerable<(string Name, string Type)> Mapping() =>
        Pair().Matches(Columns().Match(Job).Groups[1].Value).Select(match => (match.Groups[1].Value, match.Groups[2].Value));

    [GeneratedRegex(@"^COLUMNS = \{\n(.*?)^\}", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Columns();

    [GeneratedRegex("^    \"(\\w+)\": \"(\\w+)\",$", RegexOptions.Multiline)]
    private static partial Regex Pair();

    [GeneratedRegex(@"^REQUIRED = \((.*)\)$", RegexOptions.Multiline)]
    private static partial Regex Required();

    [GeneratedRegex("\"(\\w+)\"")]
    private static partial Regex Names();
}
