using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using CsvHelper;
using Microsoft.Extensions.Logging.Abstractions;
using PySpotify.Functions;
using PySpotify.Functions.Rows;
using PySpotify.Workflow.Local;

namespace PySpotify.Benchmarks;

/// <summary>WriteCsv, which parses and checks staged rows, against a bare CsvHelper loop over rows in memory.</summary>
internal static class CsvWriting
{
    public const string Role = "write-csv";

    private const int Rows = 1_000_000, Distinct = 100_000;
    private const string Key = "_staging/rows.jsonl";

    private static readonly JsonSerializerOptions StagedJson = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public static async Task RunAsync(Report report)
    {
        report.Section($"WriteCsv: {Rows:N0} staged rows", "what", "rows/s", "share of the bare loop", "the same by processor time");
        using var scratch = new Scratch();
        var songs = Enumerable.Range(0, Distinct).Select(Song).ToArray();
        await StageAsync(scratch, Rows);
        var timed = await Timing.CompareAsync(
            7,
            () => WriteAsync([scratch.Folder, Rows.ToString(CultureInfo.InvariantCulture)]),
            () => WriteBareAsync(scratch["bare.csv"], songs));
        var (ours, bare) = (timed[0], timed[1]);
        var share = bare.Seconds / ours.Seconds;
        report.Row("bare CsvHelper loop", $"{Rows / bare.Seconds:N0}", "1.00", "1.00");
        report.Row("WriteCsv", $"{Rows / ours.Seconds:N0}", $"{share:0.00}", $"{bare.ProcessorSeconds / ours.ProcessorSeconds:0.00}");
        var sizes = new[] { new FileInfo(scratch["bare.csv"]).Length, new FileInfo(Path.Combine(scratch.Folder, Keys.Csv(Tables.TopPlayed, default, "rows"))).Length };
        if (sizes[0] != sizes[1])
        {
            throw new InvalidOperationException("The two files differ.");
        }

        report.Say("Its memory:");
        report.Header("rows", "peak MB of a process that does nothing else");
        var peaks = new List<double>();
        foreach (var rows in (int[])[Rows / 100, Rows / 10, Rows])
        {
            using var own = new Scratch();
            await StageAsync(own, rows);
            var ended = await ChildProcess.RunAsync(ChildProcess.Self(Role, own.Folder, rows.ToString(CultureInfo.InvariantCulture)));
            peaks.Add(ended.PeakMegabytes);
            report.Row($"{rows:N0}", $"{ended.PeakMegabytes:0}");
        }

        report.Goal("at least 60 % of the bare loop's throughput", $"{100 * share:0} %", share >= 0.6);
        report.Goal("memory flat", $"{peaks[2] / peaks[1]:0.00} × from {Rows / 10:N0} to {Rows:N0} rows", peaks[2] / peaks[1] < 1.3);
    }

    /// <summary>The role's program: writes the rows that are staged in a folder.</summary>
    /// <param name="args">The folder and the rows' number.</param>
    public static Task WriteAsync(string[] args) =>
        new WriteCsv(new LocalObjectStore(args[0]), NullLogger<WriteCsv>.Instance).InvokeAsync(
            new(
                Tables.TopPlayed,
                default,
                new(new(Source.Search, "rows"), "rows", Key, int.Parse(args[1], CultureInfo.InvariantCulture), new Dictionary<string, int>())),
            default);

    /// <summary>A song whose names are as long as songs' names are; one in ten has something to quote.</summary>
    public static Song Song(int n) => new(
        $"Artist Number {n % 5_000}",
        n % 10 == 0 ? $"Track \"{n}\", with a comma (feat. Somebody)" : $"Track {n} of a week of many",
        n % 20 == 0 ? null : n % 101,
        150_000 + n,
        $"Album Number {n % 20_000}",
        $"20{n % 27:D2}-{(n % 12) + 1:D2}-{(n % 28) + 1:D2}",
        $"benchmarkTrack{n:D8}",
        $"[\"Artist Number {n % 5_000}\"]",
        $"USABC{n:D7}");

    private static Task StageAsync(Scratch scratch, int rows) => new LocalObjectStore(scratch.Folder).WriteAsync(
        Key,
        async (stream, _) =>
        {
            await using var lines = new StreamWriter(stream, new UTF8Encoding(false), 1 << 16, leaveOpen: true) { NewLine = "\n" };
            for (var i = 0; i < rows; i++)
            {
                lines.WriteLine(JsonSerializer.Serialize(Song(i % Distinct), StagedJson));
            }
        },
        default);

    private static Task WriteBareAsync(string path, Song[] songs)
    {
        using var file = File.Create(path, 1 << 16);
        using var csv = CsvWriter.Create(file, new CsvWriterOptions { NewLine = "\n", Quoting = CsvQuoting.WhenNeededOrWhitespace }, leaveOpen: true);
        foreach (var column in Columns.Raw)
        {
            csv.WriteField(column.Name);
        }

        csv.EndRecord();
        for (var i = 0; i < Rows; i++)
        {
            var song = songs[i % Distinct];
            csv.WriteField(song.Artist);
            csv.WriteField(song.Track);
            csv.WriteField(song.TrackPop);
            csv.WriteField(song.DurationMs);
            csv.WriteField(song.AlbumNm);
            csv.WriteField(song.AlbumDt);
            csv.WriteField(song.TrackId);
            csv.WriteField(i + 1);
            csv.WriteField(song.Artists);
            csv.WriteField(song.Isrc);
            csv.WriteField("rows");
            csv.EndRecord();
        }

        // As the object store does: what is written is to outlive a power cut.
        csv.Flush();
        file.Flush(flushToDisk: true);
        return Task.CompletedTask;
    }
}
