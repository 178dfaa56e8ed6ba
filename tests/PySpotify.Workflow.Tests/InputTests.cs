using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using PySpotify.Functions;
using PySpotify.Functions.Rows;
using PySpotify.Tests;
using PySpotify.Workflow.Local;

namespace PySpotify.Workflow.Tests;

/// <summary>What strangers put in: the execution's input, and names that become files.</summary>
public sealed class InputTests
{
    private const int Strings = 10_000;

    private static readonly string Many = string.Join(',', Enumerable.Range(0, Strings).Select(n => $"\"query {n}\""));

    [Theory]
    [InlineData("""{ "topPlayd": {} }""", "'topPlayd' in the input")]
    [InlineData("""{ "topPlayed": { "ids": [] } }""", "'ids' in topPlayed")]
    [InlineData("""{ "topPlayed": [] }""", "topPlayed must be a JSON object")]
    [InlineData("""{ "topPlayed": { "playlistIds": "37i9dQZEVXbMDoHDwVN2tF" } }""", "topPlayed.playlistIds must be a list")]
    [InlineData("""{ "topPlayed": { "playlistIds": [null] } }""", "topPlayed.playlistIds[0] is not text")]
    [InlineData("""{ "topPlayed": { "playlistIds": ["37i9dQZEVXbMDoHDwVN2tF", "../../../../etc/passwd"] } }""", "topPlayed.playlistIds[1] is not a playlist")]
    [InlineData("""{ "topPlayed": { "playlistIds": ["37i9dQZEVXbMDoHDwVN2t"] } }""", "topPlayed.playlistIds[0] is not a playlist")]
    [InlineData("""{ "topPlayed": { "playlistIds": ["37i9dQZEVXbMDoHDwVN2tF", "37i9dQZEVXbMDoHDwVN2tF"] } }""", "topPlayed names 37i9dQZEVXbMDoHDwVN2tF twice")]
    [InlineData("""{ "popular": { "queries": [""] } }""", "popular.queries[0]")]
    [InlineData("""{ "popular": { "queries": ["a", "b\u0000"] } }""", "popular.queries[1]")]
    [InlineData("""{ "popular": { "queries": [7] } }""", "popular.queries[0] is not text")]
    [InlineData("""{ "popular": { "queries": ["a"] }, "snapshotDate": "20.11.2026" }""", "snapshotDate is not a date")]
    [InlineData("""{ "popular": { "queries": ["a"] }, "snapshotDate": "2026-02-30" }""", "snapshotDate is not a date")]
    [InlineData("""{ "popular": { "queries": ["a"] }, "snapshotDate": "../../x" }""", "snapshotDate is not a date")]
    [InlineData("""{ "popular": { "queries": ["a"] }, "snapshotDate": 20261120 }""", "snapshotDate is not a date")]
    [InlineData("""{ "popular": { "queries": ["a"], "queries": ["b"] } }""", "Popular has 'queries' twice.")]
    [InlineData("""{ "popular": { "queries": ["\ud800"] } }""", "popular.queries[0] is not text")]
    [InlineData("""{ "\ud800": 1 }""", "in the input is not a known field")]
    [InlineData("""{ "a\n\u001b[31mb": 1 }""", "'a  [31mb' in the input is not a known field")]
    [InlineData("a long name", "xxxx…' in the input is not a known field")]
    [InlineData("""{ "popular": { "queries": [] } }""", "The input has nothing to read. Add a playlist")]
    [InlineData("{}", "The input has nothing to read. Add a playlist")]
    [InlineData("[]", "must be a JSON object")]
    [InlineData("null", "must be a JSON object")]
    [InlineData("{", "is not JSON: line 1: it ends before a bracket, brace or quotation mark is closed")]
    [InlineData("", "is not JSON: it is empty")]
    [InlineData("{ \"popular\":\n{ \"queries\": [\"a\",] } }", "line 2: ] is not expected here; is there a comma too many before it")]
    [InlineData("{ \"popular\":\n{ \"queries\": [\"a\" \"b\"] } }", "line 2: \" is not expected here; is a comma or a colon missing before it?")]
    [InlineData("{ \"popular\":\n\n{ 'queries': [\"a\"] } }", "line 3: write \" in place of '")]
    [InlineData("// mine\n{ }", "line 1: comments are not allowed")]
    [InlineData("{ \"popular\": { \"queries\": [year] } }", "line 1: year is not expected here; text needs quotation marks")]
    [InlineData("{ \"popular\": { \"queries\": [\"a\n\"] } }", "line 1: a quotation mark is missing at the end of the line")]
    [InlineData("{ \"popular\": {} } }", "line 1: } is not expected here, since the input ends before it")]
    [InlineData("{ \"popular\": {} }x", "line 1: x is not expected here, since the input ends before it")]
    [InlineData("{ \"popular\" { } }", "line 1: { is not expected here; is a comma or a colon missing before it?")]
    [InlineData("{ \"popular\": { \"queries\": [\"a\\qb\"] } }", "line 1: \\q is not an escape; write \\\\ for a backslash")]
    [InlineData("{ \"popular\": { \"queries\": [\"a\\u12\"] } }", "line 1: \\u is not followed by four hexadecimal digits")]
    [InlineData("{ \"popular\": { \"queries\": [\"a\tb\"] } }", "line 1: a tab is not allowed in a text; write \\t")]
    [InlineData("{ \"popular\": { \"queries\": [\"a\u0001b\"] } }", "line 1: a control character is not allowed in a text")]
    [InlineData("{ \"popular\": 01 }", "line 1: a number does not begin with 0")]
    [InlineData("{ \"popular\": tru }", "line 1: tru is not expected here; text needs quotation marks")]
    [InlineData("{ \"popular\": 1. }", "line 1: a number ends too early")]
    [InlineData("{ \"popular\": [1 2] }", "line 1: 2 is not expected here; is a comma or a colon missing before it?")]
    [InlineData("{ \"popular\": {},, }", "line 1: a comma is not expected here; remove it")]
    [InlineData("ten thousand", "the limit is 300")]
    [InlineData("three hundred and one", "names 301 sources; the limit is 300")]
    [InlineData("a query that is too long", "popular.queries[0] must be a line of 1 to 200 characters")]
    public async Task A_wrong_input_is_refused_before_the_first_call_with_the_field_named(string input, string words)
    {
        input = input switch
        {
            "a long name" => $$"""{ "{{new string('x', 300_000)}}": 1 }""",
            "ten thousand" => $$"""{ "popular": { "queries": [{{Many}}] } }""",
            "three hundred and one" => $$"""{ "popular": { "queries": [{{string.Join(',', Enumerable.Range(0, 301).Select(n => $"\"{n}\""))}}] } }""",
            "a query that is too long" => $$"""{ "popular": { "queries": ["{{new string('x', ExecutionInput.MaxQueryLength + 1)}}"] } }""",
            _ => input,
        };
        await using var spotify = await CommandTests.NewSpotifyAsync();
        await using var pyspotify = new Pyspotify().With(spotify);

        var error = (await pyspotify.RunAsync("--input", pyspotify.File("input.json", input))).Failed(exitCode: 2);

        Assert.Contains(words, error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error);
        Assert.DoesNotContain("?.", error, StringComparison.Ordinal);
        Assert.Empty(spotify.Requests);
        Assert.False(Directory.Exists(pyspotify.Raw) || Directory.Exists(Path.Combine(pyspotify.Data, "executions")));
    }

    [Fact]
    public async Task A_file_that_cannot_be_an_input_is_named_with_the_reason()
    {
        await using var spotify = await CommandTests.NewSpotifyAsync();
        await using var pyspotify = new Pyspotify().With(spotify);
        var latin = pyspotify.File("latin.json", "");
        await File.WriteAllTextAsync(latin, """{ "popular": { "queries": ["café"] } }""", System.Text.Encoding.Latin1, TestContext.Current.CancellationToken);
        var missing = Path.Combine(pyspotify.Data, "x.json");

        foreach (var (path, problem) in new[] { (latin, "is not UTF-8; save it with that encoding."), (pyspotify.Data, "is a folder; name a file in it."), (missing, "does not exist.") })
        {
            Assert.Equal($"Cannot read the input: {path} {problem}", (await pyspotify.RunAsync("--input", path)).Failed(exitCode: 2));
        }

        Assert.Empty(spotify.Requests);
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    public async Task An_input_may_begin_with_a_byte_order_mark(string encoding)
    {
        await using var spotify = await CommandTests.NewSpotifyAsync();
        await using var pyspotify = new Pyspotify().With(spotify);
        var path = pyspotify.File("input.json", "");
        await File.WriteAllTextAsync(
            path, """{ "popular": { "queries": ["Beyoncé"] } }""", System.Text.Encoding.GetEncoding(encoding), TestContext.Current.CancellationToken);

        (await pyspotify.RunAsync("--input", path)).Succeeded();

        Assert.Equal("Beyoncé", Assert.Single(spotify.Requests, request => request.Endpoint == Endpoint.Search)["q"]);
    }

    [Fact]
    public void No_playlist_or_query_becomes_a_file_outside_of_its_folder()
    {
        using var folder = new TempFolder();
        var store = new LocalObjectStore(folder.Path);
        var names = new ConcurrentDictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        AnyText.Any.Sample(text =>
        {
            var source = Keys.Source(text);
            Assert.Matches(@"\A[A-Za-z0-9-]{12,53}\z", source);
            Assert.Equal(text, names.GetOrAdd(source, text));

            var date = new DateOnly(2026, 11, 20);
            foreach (var (key, parent) in (ReadOnlySpan<(string, string)>)[
                (Keys.Csv(Tables.Popular, date, source), Keys.Partition(Tables.Popular, date)),
                (Keys.Staged("execution", Tables.TopPlayed, source), $"{Prefixes.Staging}/execution/{Tables.TopPlayed}"),
                (Keys.Quarantined(Tables.Popular, date, source), Keys.Partition(Prefixes.Quarantine, date))])
            {
                Assert.Equal(Path.GetFullPath(folder[parent.Split('/')]), Path.GetDirectoryName(Path.GetFullPath(store.PathOf(key))));
            }
        }, iter: Strings);
    }

    [Fact]
    public void No_key_leads_out_of_the_store()
    {
        using var folder = new TempFolder();
        var store = new LocalObjectStore(folder.Path);
        var refused = 0;
        AnyText.Any.Sample(text =>
        {
            try
            {
                Assert.StartsWith(folder.Path + Path.DirectorySeparatorChar, Path.GetFullPath(store.PathOf(text)), StringComparison.Ordinal);
            }
            catch (ArgumentException)
            {
                Interlocked.Increment(ref refused);
            }
        }, iter: Strings);

        Assert.InRange(refused, 1000, Strings - 1000);
    }

    [Fact]
    public void No_execution_name_leads_out_of_the_executions()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["secret.jsonl"], "{}\n");
        var executions = Directory.CreateDirectory(folder["executions"]).FullName;
        void Refuses(string name) => Assert.Throws<ExecutionLogException>(() => ExecutionLog.Read(executions, name));
        Assert.All(["../secret", "..\\secret", folder["secret"], "./../secret"], Refuses);
        AnyText.Any.Sample(Refuses, iter: Strings);
    }

    [Fact]
    public void No_input_gets_past_the_check_but_one_whose_names_are_safe()
    {
        var accepted = 0;
        AnyText.Any.Sample(text =>
        {
            var input = LocalWorkflow.Input("2026-11-20", [], [text]);
            try
            {
                var plan = ExecutionInput.Read(JsonSerializer.SerializeToElement(input), DateTimeOffset.UnixEpoch);
                Assert.DoesNotContain(plan.Popular.Sources.Single().Id, char.IsControl);
                Interlocked.Increment(ref accepted);
            }
            catch (InvalidInputException e)
            {
                Assert.Contains("popular.queries[0]", e.Message, StringComparison.Ordinal);
            }

            input = LocalWorkflow.Input("2026-11-20", [text], []);
            try
            {
                var id = ExecutionInput.Read(JsonSerializer.SerializeToElement(input), DateTimeOffset.UnixEpoch).TopPlayed.Sources.Single().Id;
                Assert.True(id.Length == 22 && id.All(char.IsAsciiLetterOrDigit) && text.Contains(id, StringComparison.Ordinal));
            }
            catch (InvalidInputException e)
            {
                Assert.Contains("topPlayed.playlistIds[0] is not", e.Message, StringComparison.Ordinal);
            }
        }, iter: Strings);

        Assert.InRange(accepted, 1000, Strings);
    }
}
