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

    public static TheoryData<string> RefinedTables => [.. Tables.Refined.Select(table => table.Name)];

    [Fact]
    public void The_job_reads_the_columns_of_the_csv_with_the_types_of_the_catalog() =>
        Assert.Equal(Functions.Columns.Raw.Select(column => (column.Name, column.Type)), Mapping());

    [Fact]
    public void The_job_reads_the_columns_of_before_too() =>
        Assert.Contains($"RAW_AT_LEAST = {Functions.Columns.RawAtLeast}\n", Job, StringComparison.Ordinal);

    [Fact]
    public void Numbers_have_the_types_of_the_design() => Assert.Equal(
        [("track_pop", "bigint"), ("duration_ms", "bigint"), ("rank", "int")],
        Mapping().Where(column => column.Type != "string"));

    [Fact]
    public void The_job_writes_the_columns_of_the_catalog()
    {
        var job = Spaces().Replace(Job, " ");
        Assert.Contains($"CHARTS = \"{string.Join(", ", Functions.Columns.Charts.Select(column => column.Name))}\"", job, StringComparison.Ordinal);
        Assert.Contains($"SOURCES = \"\"\" {WithTypes(Functions.Columns.Sources)} \"\"\"", job, StringComparison.Ordinal);
        Assert.Contains($"QUARANTINE = \"{WithTypes(Functions.Columns.Quarantine)}\"", job, StringComparison.Ordinal);

        static string WithTypes(IEnumerable<Column> columns) => string.Join(", ", columns.Select(column => $"{column.Name} {column.Type}"));
    }

    [Theory]
    [MemberData(nameof(RefinedTables))]
    public void The_docs_tell_the_columns_of_a_table(string table)
    {
        var section = Repository.Read("docs/data.md").Split("\n### ").Single(section => section.Split('\n')[0].Contains($"`{table}`", StringComparison.Ordinal));
        Assert.Equal(
            Tables.Refined.Single(refined => refined.Name == table).Columns.Select(column => (column.Name, column.Type)),
            Documented().Matches(section).Select(match => (match.Groups[1].Value, match.Groups[2].Value)).Skip(1));
    }

    [Fact]
    public void The_docs_tell_the_columns_of_a_csv()
    {
        var names = Functions.Columns.Raw.Select(column => column.Name).ToList();
        Assert.Contains($"Its columns are {string.Join(", ", names.SkipLast(1))} and {names[^1]}.", Spaces().Replace(Repository.Read("docs/data.md"), " "), StringComparison.Ordinal);
    }

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

    [GeneratedRegex(@"^\| (\w+) \| (\w+) \|", RegexOptions.Multiline)]
    private static partial Regex Documented();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex("\"(\\w+)\"")]
    private static partial Regex Names();
}
