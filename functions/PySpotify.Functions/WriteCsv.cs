using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using CsvHelper;
using Microsoft.Extensions.Logging;
using PySpotify.Functions.Ports;
using PySpotify.Functions.Rows;

namespace PySpotify.Functions;

/// <summary>What <see cref="WriteCsv"/> reads.</summary>
/// <param name="Table">The raw table.</param>
/// <param name="SnapshotDate">The snapshot's day.</param>
/// <param name="Staged">What the fetch answered.</param>
/// <param name="Execution">The execution's name, for the log.</param>
/// <param name="State">The state's name, for the log.</param>
public sealed record WriteCsvInput(
    string Table, DateOnly SnapshotDate, StagedTracks Staged, string? Execution = null, string? State = null);

/// <summary>What was written. The lists have one member or none, so that the definition can put those of all sources together.</summary>
/// <param name="Source">What was asked for.</param>
/// <param name="Rows">Rows in the CSV.</param>
/// <param name="Quarantined">Rows that were refused.</param>
/// <param name="Tables">The table, if it got rows.</param>
/// <param name="NotRead">The source and why it could not be read, if so.</param>
public sealed record WriteCsvOutput(
    string Source, int Rows, int Quarantined, IReadOnlyList<string> Tables, IReadOnlyList<string> NotRead);

/// <summary>
/// Writes a source's staged rows into its CSV of the snapshot (UTF-8, RFC 4180 quoting, one line a row), sets those aside
/// that cannot be written, and records what became of the source. Of a source that could not be read it records only that.
/// </summary>
public sealed partial class WriteCsv(IObjectStore store, ILogger<WriteCsv> logger)
{
    /// <summary>The share of refused rows, in percent, past which the reading itself is at fault.</summary>
    private const int MaxQuarantinedPercent = 50;

    // A query in a message; so that those of 300 sources fit what Step Functions lets a Fail state say (32,768 characters).
    private const int MaxShownId = 40;

    private static readonly CsvWriterOptions Csv = new() { NewLine = "\n", Quoting = CsvQuoting.WhenNeededOrWhitespace };

    /// <exception cref="ObjectNotFoundException">The staged rows are gone: they are kept for 30 days.</exception>
    /// <exception cref="StagedRowsException">The staged rows are not those that were fetched.</exception>
    public async Task<WriteCsvOutput> InvokeAsync(WriteCsvInput input, CancellationToken cancellationToken)
    {
        var (source, table, date) = (input.Staged.Source, input.Table, input.SnapshotDate);
        var refused = new List<RefusedSong>();
        var rows = 0;
        var problem = input.Staged.Problem;
        if (problem is null)
        {
            try
            {
                await store.WriteAsync(
                    Keys.Csv(table, date, source.Id),
                    async (stream, cancellationToken) =>
                    {
                        rows = await WriteAsync(stream, input.Staged, refused, cancellationToken);
                        Check(input.Staged, rows, refused.Count);
                    },
                    cancellationToken);
                await SetAsideAsync(Keys.Quarantined(table, date, source.Id), refused, cancellationToken);
            }
            catch (TooManyRefusedException e)
            {
                // Not beside those of the earlier file, which stays and so do they.
                await SetAsideAsync(e.Key, refused, cancellationToken);
                (problem, rows) = (e.Problem, 0);
            }
        }

        var name = input.Staged.Name ?? (problem is null ? null : await EarlierNameAsync(Keys.SourceRecord(table, date, source.Id), cancellationToken));
        await RecordAsync(input, name, problem, rows, refused.Count, cancellationToken);
        return problem is null
            ? new(source.Id, rows, refused.Count, [table], [])
            : new(source.Id, 0, refused.Count, [], [$"{source.Kind} {Short(source.Id)}: {problem.Cause}"]);
    }

    private async Task<int> WriteAsync(
        Stream stream, StagedTracks staged, List<RefusedSong> refused, CancellationToken cancellationToken)
    {
        await using var csv = CsvWriter.Create(stream, Csv, leaveOpen: true);
        foreach (var column in Columns.Raw)
        {
            csv.WriteField(column.Name);
        }

        csv.EndRecord();

        var rank = 0;
        await foreach (var read in SongLines.ReadAsync(await store.OpenReadAsync(staged.Key!, cancellationToken), cancellationToken))
        {
            var song = read with
            {
                Artist = OneLine(read.Artist),
                Track = OneLine(read.Track),
                AlbumNm = OneLine(read.AlbumNm),
                AlbumDt = OneLine(read.AlbumDt),
                TrackId = OneLine(read.TrackId),
                Artists = OneLine(read.Artists),
                Isrc = OneLine(read.Isrc),
            };
            if (song.Reason() is { } reason)
            {
                refused.Add(new(reason, read));
                continue;
            }

            csv.WriteField(song.Artist);
            csv.WriteField(song.Track);
            csv.WriteField(song.TrackPop);
            csv.WriteField(song.DurationMs);
            csv.WriteField(song.AlbumNm);
            csv.WriteField(song.AlbumDt);
            csv.WriteField(song.TrackId);
            csv.WriteField(++rank);
            csv.WriteField(song.Artists);
            csv.WriteField(song.Isrc);
            csv.WriteField(staged.Source.Id);
            csv.EndRecord();
        }

        return rank;
    }

    private static void Check(StagedTracks staged, int rows, int refused)
    {
        if (rows + refused != staged.Rows)
        {
            throw new StagedRowsException(staged.Key!, staged.Rows, rows + refused);
        }

        if (refused * 100L > staged.Rows * (long)MaxQuarantinedPercent)
        {
            throw new TooManyRefusedException(refused, staged.Rows, Keys.QuarantinedWithoutFile(staged.Key!));
        }
    }

    /// <summary>What an earlier record of the same day calls the source.</summary>
    private async Task<string?> EarlierNameAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            await using var record = await store.OpenReadAsync(key, cancellationToken);
            return (await JsonSerializer.DeserializeAsync(record, PayloadJson.Default.SourceRecord, cancellationToken))?.Name;
        }
        catch (Exception e) when (e is ObjectNotFoundException or JsonException)
        {
            return null;
        }
    }

    private Task RecordAsync(WriteCsvInput input, string? name, Problem? problem, int rows, int refused, CancellationToken cancellationToken)
    {
        var staged = input.Staged;
        var record = new SourceRecord(
            Lists.Of(input.Table),
            staged.Source.Id,
            staged.Source.Kind,
            name,
            problem is null ? SourceRecord.Read : SourceRecord.NotRead,
            problem is null ? staged.Note : $"{problem.Cause}: {problem.Advice}",
            rows,
            staged.Skipped,
            refused);
        return store.WriteAsync(
            Keys.SourceRecord(input.Table, input.SnapshotDate, staged.Source.Id),
            (stream, cancellationToken) => JsonSerializer.SerializeAsync(stream, record, PayloadJson.Default.SourceRecord, cancellationToken),
            cancellationToken);
    }

    private static string Short(string id) => id.Length <= MaxShownId ? id : id[..MaxShownId] + "…";

    private async Task SetAsideAsync(string key, List<RefusedSong> refused, CancellationToken cancellationToken)
    {
        if (refused.Count == 0)
        {
            await store.DeleteAsync(key, cancellationToken);
            return;
        }

        Log.Quarantined(logger, refused.Count, key);
        await store.WriteAsync(
            key,
            async (stream, cancellationToken) =>
            {
                await using var lines = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
                foreach (var song in refused)
                {
                    await lines.WriteLineAsync(JsonSerializer.Serialize(song, SongJson.Default.RefusedSong).AsMemory(), cancellationToken);
                }
            },
            cancellationToken);
    }

    // No text SerDe of Glue's or Hive's reads a line break inside a quoted cell, and readers differ on which
    // characters break a line. What is then empty is unknown.
    private static string? OneLine(string? text)
    {
        if (text is null || text.AsSpan().IndexOfAny(LineBreaks) < 0)
        {
            return text;
        }

        var oneLine = string.Create(text.Length, text, (line, from) =>
        {
            from.CopyTo(line);
            line.ReplaceAny(LineBreaks, ' ');
        }).Trim();
        return oneLine is "" ? null : oneLine;
    }

    private static readonly SearchValues<char> LineBreaks =
        SearchValues.Create("\0\n\v\f\r\u001c\u001d\u001e\u0085\u2028\u2029");

    private sealed class TooManyRefusedException(int refused, int rows, string key) : Exception
    {
        public string Key => key;

        public Problem Problem => new(
            $"{refused} of {rows} rows could not be read",
            $"Spotify's answers may have changed. The refused rows are in {key}, with the reasons.");
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Rows refused: {Rows}; they are in {Key}.")]
        public static partial void Quarantined(ILogger logger, int rows, string key);
    }
}

/// <summary>The staged rows are not those that were fetched.</summary>
public sealed class StagedRowsException(string key, int expected, int found) : PySpotifyException(
    $"{key} has {found} rows where {expected} were staged. Start a new execution.");
