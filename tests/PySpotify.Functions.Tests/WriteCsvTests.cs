using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using CsvHelper;
using PySpotify.Functions;
using PySpotify.Functions.Ports;
using PySpotify.Functions.Rows;

namespace PySpotify.Tests;

public sealed class WriteCsvTests : IAsyncLifetime
{
    private const string Header = "artist,track,track_pop,duration_ms,album_nm,album_dt,track_id,rank,artists,isrc,source\n";
    private const string End = $",,,{Pipeline.PlaylistId}\n";
    private const string Key = $"spotifytopplayed/snapshot_date=2026-11-22/{Pipeline.PlaylistId}.csv";
    private const string RecordKey = $"sources/snapshot_date=2026-11-22/spotifytopplayed-{Pipeline.PlaylistId}.json";
    private const string QuarantineKey = $"quarantine/snapshot_date=2026-11-22/spotifytopplayed-{Pipeline.PlaylistId}.jsonl";

    private Pipeline _pipeline = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string CsvFile => _pipeline.Store.PathOf(Key);

    public async ValueTask InitializeAsync() => _pipeline = await Pipeline.StartAsync();

    public ValueTask DisposeAsync() => _pipeline.DisposeAsync();

    [Fact]
    public async Task A_file_has_the_columns_and_a_line_a_row_with_ranks_from_one()
    {
        var output = await WriteAsync(
            new("Artist", "Track", 0, 180_000, "Album", "1981-12-15", "id1", """["Artist","Other"]""", "USABC2600001"),
            new("Artist", "Track", null, null, null, null, "id2"),
            new("Artist", "Track", 100, 12_345_678_901, "Album", "0000", "id3"));

        Assert.Equal((3, 0), (output.Rows, output.Quarantined));
        Assert.Equal([Tables.TopPlayed], output.Tables);
        Assert.Empty(output.NotRead);
        Assert.Equal(
            Header
            + "Artist,Track,0,180000,Album,1981-12-15,id1,1,\"[\"\"Artist\"\",\"\"Other\"\"]\",USABC2600001," + Pipeline.PlaylistId + "\n"
            + "Artist,Track,,,,,id2,2" + End
            + "Artist,Track,100,12345678901,Album,0000,id3,3" + End,
            Encoding.UTF8.GetString(await File.ReadAllBytesAsync(CsvFile, Cancelled)));
        Assert.Equal([_pipeline.Files[0], RecordKey, Key], _pipeline.Files);
    }

    [Fact]
    public async Task Rows_are_whole_wherever_a_read_of_the_staged_file_ends()
    {
        var names = Enumerable.Range(1, 60).Select(n => new string('é', n * 997)).ToList();

        await WriteAsync([.. names.Select((name, i) => new Song("Artist", name, i, i, null, null, $"id{i}"))]);

        var lines = (await File.ReadAllTextAsync(CsvFile, Cancelled)).Split('\n')[1..^1];
        Assert.Equal(names.Select((name, i) => $"Artist,{name},{i},{i},,,id{i},{i + 1}{End[..^1]}"), lines);
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("Tyler, The Creator", "\"Tyler, The Creator\"")]
    [InlineData("Say \"Cheese\"", "\"Say \"\"Cheese\"\"\"")]
    [InlineData("\"", "\"\"\"\"")]
    [InlineData("It's", "It's")]
    [InlineData("a\nb", "a b")]
    [InlineData("a\r\nb", "a  b")]
    [InlineData("a\rb", "a b")]
    [InlineData("a\vb\fc", "a b c")]
    [InlineData("a\u0085b\u2028c\u2029d", "a b c d")]
    [InlineData("a\u001cb\u001dc\u001ed", "a b c d")]
    [InlineData("a\0b", "a b")]
    [InlineData("\na\n", "a")]
    [InlineData("a,\nb", "\"a, b\"")]
    [InlineData("Left\tRight", "Left\tRight")]
    [InlineData("Headphones 🎧 on 👩‍🎤", "Headphones 🎧 on 👩‍🎤")]
    [InlineData("宇多田ヒカル", "宇多田ヒカル")]
    [InlineData("=1+1", "=1+1")]
    [InlineData("@SUM(A1)", "@SUM(A1)")]
    [InlineData("-2", "-2")]
    [InlineData("Backslash\\", "Backslash\\")]
    [InlineData("\\\"", "\"\\\"\"\"")]
    [InlineData("\ufeffmark", "\ufeffmark")]
    public async Task A_name_is_quoted_as_RFC_4180_has_it_and_stays_on_its_line(string name, string cell)
    {
        await WriteAsync(new Song(name, name, 7, 1, name, "2026", "id"));

        var bytes = await File.ReadAllBytesAsync(CsvFile, Cancelled);
        Assert.Equal(Encoding.UTF8.GetBytes($"{Header}{cell},{cell},7,1,{cell},2026,id,1{End}"), bytes);
    }

    [Fact]
    public Task What_is_written_reads_back_as_it_was()
    {
        var name = Gen.OneOf("a", "b", " ", ",", "\"", "'", "\t", ";", "|", "\\", "=", "#", "%", "🎧", "é", "宇", "\u200b")
            .Array[0, 12].Select(pieces => $"x{string.Concat(pieces)}x");
        var song = Gen.Select(
            name, name, Gen.Int[0, 100].Nullable(), Gen.Long[0, long.MaxValue].Nullable(), name.Null(), Gen.Const("1981").Null(), Gen.Int,
            (artist, track, popularity, duration, album, date, id) => new Song(artist, track, popularity, duration, album, date, $"id{id}"));
        return song.Array[1, 100].SampleAsync(WriteAndReadBackAsync, iter: 20, threads: 1);
    }

    private async Task WriteAndReadBackAsync(Song[] songs)
    {
        await WriteAsync(songs);

        using var csv = CsvReader.FromFile(CsvFile);
        csv.ReadHeader();
        Assert.Equal(Columns.RawHeader.Split(','), csv.Headers);
        var read = new List<Song>();
        while (await csv.ReadAsync(Cancelled))
        {
            string? Text(string column) => csv.GetString(column) is "" ? null : csv.GetString(column);
            read.Add(new(
                Text("artist"),
                Text("track"),
                Text("track_pop") is { } popularity ? int.Parse(popularity, CultureInfo.InvariantCulture) : null,
                Text("duration_ms") is { } duration ? long.Parse(duration, CultureInfo.InvariantCulture) : null,
                Text("album_nm"),
                Text("album_dt"),
                Text("track_id")));
            Assert.Equal((read.Count, Pipeline.PlaylistId), (csv.Parse<int>("rank"), csv.GetString("source")));
        }

        Assert.Equal(songs, read);
        Assert.Equal(songs.Length + 1, (await File.ReadAllLinesAsync(CsvFile, Cancelled)).Length);
    }

    [Theory]
    [InlineData(null, "Track", "id", "no artist")]
    [InlineData("Artist", null, "id", "no track name")]
    [InlineData("Artist", "Track", null, "no track id")]
    [InlineData("\n\0", "Track", "id", "no artist")]
    [InlineData("Artist", "\u001c", "id", "no track name")]
    public async Task A_row_that_lacks_what_makes_a_song_goes_to_quarantine_with_the_reason(
        string? artist, string? track, string? id, string reason)
    {
        var songs = Songs(20);
        songs[3] = new(artist, track, 0, null, "A \"B\"", null, id);

        var output = await WriteAsync(songs);

        Assert.Equal((Pipeline.PlaylistId, 19, 1), (output.Source, output.Rows, output.Quarantined));
        var refused = JsonNode.Parse(Assert.Single(await File.ReadAllLinesAsync(_pipeline.Store.PathOf(QuarantineKey), Cancelled)))!;
        Assert.Equal(reason, (string?)refused["reason"]);
        Assert.Equal((artist, track, id), ((string?)refused["song"]!["artist"], (string?)refused["song"]!["track"], (string?)refused["song"]!["track_id"]));
        Assert.Equal((0, "A \"B\""), ((int)refused["song"]!["track_pop"]!, (string?)refused["song"]!["album_nm"]));
        Assert.Equal(
            Enumerable.Range(1, 19).Select(n => $"{n}"),
            (await File.ReadAllLinesAsync(CsvFile, Cancelled)).Skip(1).Select(line => line.Split(',')[7]));
        Assert.Contains(_pipeline.Log.Lines, line => line.Contains($"Rows refused: 1; they are in {QuarantineKey}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_clean_rerun_empties_the_quarantine()
    {
        var songs = Songs(20);
        await WriteAsync([songs[0] with { Artist = null }, .. songs[1..]]);
        Assert.Contains(QuarantineKey, _pipeline.Files);

        await WriteAsync(songs);

        Assert.DoesNotContain(QuarantineKey, _pipeline.Files);
        Assert.Equal(21, (await File.ReadAllLinesAsync(CsvFile, Cancelled)).Length);
    }

    [Theory]
    [InlineData(100, 50, true)]
    [InlineData(100, 51, false)]
    [InlineData(99, 50, false)]
    [InlineData(2, 1, true)]
    [InlineData(1, 1, false)]
    [InlineData(1000, 500, true)]
    [InlineData(1000, 501, false)]
    public async Task Half_of_the_rows_may_be_refused_and_no_row_more(int rows, int bad, bool passes)
    {
        await WriteAsync([.. Songs(20), Songs(1)[0] with { TrackId = null }]);
        var before = await File.ReadAllBytesAsync(CsvFile, Cancelled);
        var quarantined = await File.ReadAllBytesAsync(_pipeline.Store.PathOf(QuarantineKey), Cancelled);
        var songs = Songs(rows).Select((song, n) => n < bad ? song with { TrackId = null } : song).ToArray();

        var output = await WriteAsync(songs);

        if (passes)
        {
            Assert.Equal((rows - bad, bad), (output.Rows, output.Quarantined));
            return;
        }

        Assert.Equal([$"playlist {Pipeline.PlaylistId}: {bad} of {rows} rows could not be read"], output.NotRead);
        Assert.Empty(output.Tables);
        var others = Assert.Single(_pipeline.Files, file => file.StartsWith("quarantine/", StringComparison.Ordinal) && file != QuarantineKey);
        Assert.Contains(others, Record().Reason, StringComparison.Ordinal);
        Assert.Equal((SourceRecord.NotRead, 0), (Record().Status, Record().Rows));
        Assert.Equal(bad, (await File.ReadAllLinesAsync(_pipeline.Store.PathOf(others), Cancelled)).Length);
        Assert.Equal(before, await File.ReadAllBytesAsync(CsvFile, Cancelled));
        Assert.Equal(quarantined, await File.ReadAllBytesAsync(_pipeline.Store.PathOf(QuarantineKey), Cancelled));
        AssertNoHalfFile();
    }

    [Fact]
    public async Task A_source_is_recorded_with_what_became_of_its_rows()
    {
        var input = await _pipeline.StageAsync([.. Songs(3), Songs(1)[0] with { TrackId = null }]);
        var skipped = new Dictionary<string, int> { ["duplicate"] = 2, ["episode"] = 1 };

        await _pipeline.WriteCsv.InvokeAsync(input with { Staged = input.Staged with { Skipped = skipped, Note = "Told." } }, Cancelled);

        Assert.Equal(
            $$"""{"list":"top played","source":"{{Pipeline.PlaylistId}}","kind":"playlist","name":"Fake playlist","status":"read","reason":"Told.","rows":3,"skipped":{"duplicate":2,"episode":1},"quarantined":1}""",
            await File.ReadAllTextAsync(_pipeline.Store.PathOf(RecordKey), Cancelled));
    }

    [Fact]
    public async Task A_source_that_was_not_read_is_recorded_and_its_earlier_file_stays()
    {
        await WriteAsync(Songs(2));
        var before = await File.ReadAllBytesAsync(CsvFile, Cancelled);
        var input = await _pipeline.StageAsync(Songs(1));
        var staged = input.Staged with { Key = null, Rows = 0, Name = null, Problem = new("not found (404)", "Check the link.") };

        var output = await _pipeline.WriteCsv.InvokeAsync(input with { Staged = staged }, Cancelled);

        Assert.Equal([$"playlist {Pipeline.PlaylistId}: not found (404)"], output.NotRead);
        Assert.Empty(output.Tables);
        Assert.Equal((SourceRecord.NotRead, "Fake playlist", "not found (404): Check the link."), (Record().Status, Record().Name, Record().Reason));
        Assert.Equal(before, await File.ReadAllBytesAsync(CsvFile, Cancelled));
    }

    [Fact]
    public async Task A_long_query_is_cut_in_what_the_execution_says()
    {
        var input = await _pipeline.StageAsync(Songs(1));
        var staged = input.Staged with { Source = new(Source.Search, new string('x', 200)), Problem = new("nothing found", "Try.") };

        var output = await _pipeline.WriteCsv.InvokeAsync(input with { Staged = staged }, Cancelled);

        Assert.Equal([$"search {new string('x', 40)}…: nothing found"], output.NotRead);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task Rows_other_than_were_staged_are_an_error_and_the_earlier_file_stays(int more)
    {
        await WriteAsync(Songs(2));
        var before = await File.ReadAllBytesAsync(CsvFile, Cancelled);
        var input = await _pipeline.StageAsync(Songs(10));

        var error = await Assert.ThrowsAsync<StagedRowsException>(
            () => _pipeline.WriteCsv.InvokeAsync(input with { Staged = input.Staged with { Rows = 10 + more } }, Cancelled));

        Assert.Contains($"has 10 rows where {10 + more} were staged", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(CsvFile, Cancelled));
        AssertNoHalfFile();
    }

    [Fact]
    public async Task Staged_rows_that_are_gone_are_told_with_what_to_do()
    {
        var input = await _pipeline.StageAsync(Songs(1));
        File.Delete(_pipeline.Store.PathOf(input.Staged.Key!));

        var error = await Assert.ThrowsAsync<ObjectNotFoundException>(() => _pipeline.WriteCsv.InvokeAsync(input, Cancelled));

        Assert.Contains("start a new execution", error.Message, StringComparison.Ordinal);
        Assert.Empty(_pipeline.Files);
    }

    [Fact]
    public async Task Writing_twice_writes_the_same_bytes()
    {
        await WriteAsync(Songs(100));
        var first = await File.ReadAllBytesAsync(CsvFile, Cancelled);
        await WriteAsync(Songs(100));

        Assert.Equal(first, await File.ReadAllBytesAsync(CsvFile, Cancelled));
    }

    [Fact]
    public async Task All_that_breaks_parsers_becomes_lines()
    {
        _pipeline.Spotify.AddPlaylist(Pipeline.PlaylistId, [.. FakeSpotify.TrapRows.Values, .. FakeSpotify.Tracks(50)]);
        var staged = await _pipeline.FetchTopPlayedAsync();

        var output = await _pipeline.WriteCsv.InvokeAsync(
            new(Tables.TopPlayed, new DateOnly(2026, 11, 22), staged), Cancelled);

        Assert.Equal((staged.Rows - 1, 1), (output.Rows, output.Quarantined));
        var lines = (await File.ReadAllTextAsync(CsvFile, Cancelled)).Split('\n');
        Assert.Equal(output.Rows + 2, lines.Length);
        Assert.Contains(lines, line => line.StartsWith("Artist 12,First  Second Third Fourth,", StringComparison.Ordinal));
    }

    private SourceRecord Record() =>
        JsonSerializer.Deserialize(File.ReadAllBytes(_pipeline.Store.PathOf(RecordKey)), PayloadJson.Default.SourceRecord)!;

    private async Task<WriteCsvOutput> WriteAsync(params Song[] songs) =>
        await _pipeline.WriteCsv.InvokeAsync(await _pipeline.StageAsync(songs), Cancelled);

    private static Song[] Songs(int count) =>
        [.. Enumerable.Range(0, count).Select(n => new Song($"Artist {n}", $"Track {n}", n % 101, n, "Album", "2026", $"id{n}"))];

    private void AssertNoHalfFile() => Assert.DoesNotContain(_pipeline.Files, file => file.StartsWith("_partial/", StringComparison.Ordinal));
}
