using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using CsCheck;
using PySpotify.Functions;
using PySpotify.Functions.Rows;
using PySpotify.Workflow.Local;

namespace PySpotify.Tests;

public sealed partial class KeysTests
{
    [Theory]
    [InlineData("37i9dQZEVXbMDoHDwVN2tF", "37i9dQZEVXbMDoHDwVN2tF")]
    [InlineData("year:2025-2026", "year-2025-2026-5ef3d47987a9")]
    public void A_source_is_known_by_its_name_for_good(string source, string name)
    {
        Assert.Equal(name, Keys.Source(source));
    }

    [Fact]
    public void Objects_lie_where_the_tables_and_the_crawlers_look()
    {
        var day = new DateOnly(2026, 1, 2);

        Assert.Equal($"_staging/run-1/spotifytopplayed/{Pipeline.PlaylistId}.jsonl", Keys.Staged("run-1", Tables.TopPlayed, Pipeline.PlaylistId));
        Assert.Equal("spotifypopularsongs/snapshot_date=2026-01-02/short-term-", Keys.Csv(Tables.Popular, day, "short_term")[..^16]);
        Assert.Equal(
            $"sources/snapshot_date=2026-01-02/spotifytopplayed-{Pipeline.PlaylistId}.json",
            Keys.SourceRecord(Tables.TopPlayed, day, Pipeline.PlaylistId));
        Assert.Equal(
            $"quarantine/snapshot_date=2026-01-02/spotifytopplayed-{Pipeline.PlaylistId}.jsonl",
            Keys.Quarantined(Tables.TopPlayed, day, Pipeline.PlaylistId));
        Assert.Equal(
            $"quarantine/run/spotifytopplayed/{Pipeline.PlaylistId}.jsonl",
            Keys.QuarantinedWithoutFile(Keys.Staged("run", Tables.TopPlayed, Pipeline.PlaylistId)));
    }

    [Fact]
    public void No_source_leaves_its_folder_and_no_two_are_one_file()
    {
        var root = Path.Combine(Path.GetTempPath(), "pyspotify-keys");
        var folder = Path.Combine(root, "spotifypopularsongs", "snapshot_date=2026-11-22");
        var store = new LocalObjectStore(root);
        var names = new ConcurrentDictionary<string, string>(StringComparer.OrdinalIgnoreCase);

        Gen.OneOf(AnyText.Any, PlaylistId).Sample(source =>
        {
            var name = Keys.Source(source);
            var other = names.GetOrAdd(name, source);
            Assert.True(source == other, $"{Escaped(source)} and {Escaped(other)} are both {name}.");
            Assert.Matches(LegalEverywhere(), name);
            Assert.DoesNotMatch(ReservedOnWindows(), name);
            var path = store.PathOf(Keys.Csv(Tables.Popular, new DateOnly(2026, 11, 22), source));
            Assert.Equal(path, Path.GetFullPath(path));
            Assert.Equal(folder, Path.GetDirectoryName(path));
            Assert.Equal(name, Keys.Source(source));
        }, iter: 10_000);

        Assert.True(names.Count > 7_000, $"only {names.Count} different sources");
    }

    [Fact]
    public void Queries_that_look_alike_in_a_name_are_told_apart()
    {
        string[] queries = ["year 2026", "year:2026", "Year:2026", "year:2026 ", "year/2026", "year\\2026", "yéar:2026", "year\0002026"];

        Assert.Distinct(queries.Select(Keys.Source));
        Assert.Distinct(new[] { "", " ", ".", "..", "/", "\0", "宇多田", "🎧", "\ud83c", "\udfa7" }.Select(Keys.Source));
    }

    private static readonly Gen<string> PlaylistId = Gen.String[Gen.Char.AlphaNumeric, 22, 22];

    private static string Escaped(string text) => string.Concat(text.Select(c => c is > ' ' and < '\x7f' ? $"{c}" : $"\\u{(int)c:x4}"));

    [GeneratedRegex(@"\A[0-9A-Za-z]([0-9A-Za-z-]{0,51}[0-9A-Za-z])?\z")]
    private static partial Regex LegalEverywhere();

    // https://learn.microsoft.com/windows/win32/fileio/naming-a-file
    [GeneratedRegex(@"\A(con|prn|aux|nul|com\d|lpt\d)(\..*)?\z", RegexOptions.IgnoreCase)]
    private static partial Regex ReservedOnWindows();
}
