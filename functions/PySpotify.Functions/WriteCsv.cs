using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using CsvHelper;
using CsvHelper.Configuration;
using Microsoft.Extensions.Logging;
using PySpotify.Functions.Ports;
using PySpotify.Functions.Rows;

namespace PySpotify.Functions;

/// <summary>What <see cref="WriteCsv"/> reads.</summary>
/// <param name="Table">The table.</param>
/// <param name="SnapshotDate">The snapshot's day.</param>
/// <param name="Source">The playlist or query as a file name.</param>
/// <param name="Key">The staged rows.</param>
/// <param name="Rows">How many there are.</param>
/// <param name="Execution">The execution's name, for the log.</param>
/// <param name="State">The state's name, for the log.</param>
public sealed record WriteCsvInput(
    string Table, DateOnly SnapshotDate, string Source, string Key, int Rows, string? Execution = null, string? State = null);

/// <summary>What was written.</summary>
/// <param name="Source">The playlist or query as a file name.</param>
/// <param name="Rows">Rows in the CSV.</param>
/// <param name="Quarantined">Rows that were refused.</param>
public sealed record WriteCsvOutput(string Source, int Rows, int Quarantined);

/// <summary>
/// Writes a source's staged rows into its CSV of the snapshot: UTF-8, RFC 4180 quoting, one line a row. Rows that lack
/// what makes them a song are set aside under <c>_quarantine/</c>, with the reason.
/// </summary>
public sealed partial class WriteCsv(IObjectStore store, ILogger<WriteCsv> logger)
{
    /// <summary>The share of refused rows, in percent, past which something is wrong with all of them.</summary>
    private const int MaxQuarantinedPercent = 5;

    private static readonly SearchValues<char> Special = SearchValues.Create("\",");

    // CsvHelper's own rule in one pass over the text instead of five; line breaks are gone by then.
    private static readonly CsvConfiguration Csv = new(CultureInfo.InvariantCulture)
    {
        NewLine = "\n",
        ShouldQuote = cell => cell.Field is [var first, ..] text && (first == ' ' || text[^1] == ' ' || text.AsSpan().ContainsAny(Special)),
    };

    /// <exception cref="ObjectNotFoundException">The staged rows are gone: they are kept for 30 days.</exception>
    /// <exception cref="EmptySnapshotException">There are no rows.</exception>
    /// <exception cref="QuarantineException">More than 5 % of the rows were refused.</exception>
    /// <exception cref="StagedRowsException">The staged rows are not those that were fetched.</exception>
    public async Task<WriteCsvOutput> InvokeAsync(WriteCsvInput input, CancellationToken cancellationToken)
    {
        var refused = new List<RefusedSong>();
        var rows = 0;
        try
        {
            await store.WriteAsync(
                Keys.Csv(input.Table, input.SnapshotDate, input.Source),
                async (stream, cancellationToken) =>
                {
                    rows = await WriteAsync(stream, input.Key, refused, cancellationToken);
                    Check(input, rows, refused.Count);
                },
                cancellationToken);
        }
        catch (QuarantineException)
        {
            // Not beside those of the earlier file, which stays and so do they.
            await SetAsideAsync(Keys.QuarantinedWhole(input.Key), refused, cancellationToken);
            throw;
        }

        await SetAsideAsync(Keys.Quarantined(input.Table, input.SnapshotDate, input.Source), refused, cancellationToken);
        return new(input.Source, rows, refused.Count);
    }

    private async Task<int> WriteAsync(
        Stream stream, string key, List<RefusedSong> refused, CancellationToken cancellationToken)
    {
        await using var csv = new CsvWriter(new StreamWriter(stream, new UTF8Encoding(false), 1 << 16, leaveOpen: true), Csv);
        foreach (var column in Song.Columns)
        {
            csv.WriteField(column);
        }

        csv.NextRecord();

        var rank = 0;
        await foreach (var staged in SongLines.ReadAsync(await store.OpenReadAsync(key, cancellationToken), cancellationToken))
        {
            var song = staged with
            {
                Artist = OneLine(staged.Artist),
                Track = OneLine(staged.Track),
                AlbumNm = OneLine(staged.AlbumNm),
                AlbumDt = OneLine(staged.AlbumDt),
                TrackId = OneLine(staged.TrackId),
            };
            if (song.Fault() is { } reason)
            {
                refused.Add(new(reason, staged));
                continue;
            }

            csv.WriteField(song.Artist);
            csv.WriteField(song.Track);
            WriteNumber(csv, song.TrackPop);
            WriteNumber(csv, song.DurationMs);
            csv.WriteField(song.AlbumNm);
            csv.WriteField(song.AlbumDt);
            csv.WriteField(song.TrackId);
            WriteNumber(csv, ++rank);
            csv.NextRecord();
        }

        return rank;
    }

    private static void Check(WriteCsvInput input, int rows, int refused)
    {
        if (rows + refused != input.Rows)
        {
            throw new StagedRowsException(input.Key, input.Rows, rows + refused);
        }

        if (refused * 100L > input.Rows * (long)MaxQuarantinedPercent)
        {
            throw new QuarantineException(input.Table, input.Source, refused, input.Rows, Keys.QuarantinedWhole(input.Key));
        }

        if (rows == 0)
        {
            throw new EmptySnapshotException(input.Table, input.Source);
        }
    }

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

    // As text that nothing can need quotes in: CsvHelper would look its converter up anew for every number.
    private static void WriteNumber(CsvWriter csv, long? number) =>
        csv.WriteField(number?.ToString(CultureInfo.InvariantCulture), shouldQuote: false);

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

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Rows refused: {Rows}; they are in {Key}.")]
        public static partial void Quarantined(ILogger logger, int rows, string key);
    }
}

/// <summary>A source gave no rows.</summary>
public sealed class EmptySnapshotException(string table, string source) : PySpotifyException(
    $"{source} gave no rows for {table}; the earlier file, if there is one, stays as it was. "
    + "Is the playlist empty, or does the query find nothing?");

/// <summary>More rows were refused than passes for chance.</summary>
public sealed class QuarantineException(string table, string source, int refused, int rows, string quarantine)
    : PySpotifyException(
        $"{refused} of the {rows} rows of {source} for {table} lack an artist, a name or an id, more than 5 %; the "
        + $"earlier file stays as it was. The refused rows are in {quarantine}.");

/// <summary>The staged rows are not those that were fetched.</summary>
public sealed class StagedRowsException(string key, int expected, int found) : PySpotifyException(
    $"{key} has {found} rows where {expected} were staged. Start a new execution.");
