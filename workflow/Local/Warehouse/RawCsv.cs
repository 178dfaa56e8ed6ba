using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;
using CsvHelper;
using PySpotify.Functions;

namespace PySpotify.Workflow.Local.Warehouse;

/// <summary>
/// A raw CSV file, read strictly: UTF-8, a record a line, quotes as RFC 4180 has them, and under the header either all of
/// today's columns or the first eight, which files from before November 2026 have.
/// </summary>
internal sealed class RawCsv : IDisposable
{
    private static readonly bool[] IsRequired = [.. Columns.Raw.Select(column => column.Name is "artist" or "track" or "track_id" or "rank")];

    private static readonly bool[] AreText = [.. Columns.Raw.Select(column => column.Type == "string")];

    private static readonly CsvReaderOptions Strict = new()
    {
        Separator = ',',
        DetectSeparatorHint = false,
        HasHeader = false,
        AllowLineBreaksInQuotes = false,
        MalformedData = CsvMalformedDataHandling.Throw,
        TrackLineNumbers = true,
    };

    private readonly string _path;
    private readonly CsvReader _csv;

    /// <summary>Opens the file and reads its header.</summary>
    /// <exception cref="RawFileException">It is not such a file.</exception>
    public RawCsv(string path)
    {
        _path = path;
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        try
        {
            ExpectNoOtherEncoding(file);
            _csv = CsvReader.Create(file, Strict);
            if (!TryRead())
            {
                throw new RawFileException($"{path} is empty");
            }

            ColumnCount = _csv.FieldCount;
            if (ColumnCount != Columns.Raw.Count && ColumnCount != Columns.RawAtLeast || !IsHeader())
            {
                throw Error($"the header must be {Columns.RawHeader} or its first {Columns.RawAtLeast} columns");
            }
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>How many columns the file has, which are the first of <see cref="Columns.Raw"/>.</summary>
    public int ColumnCount { get; }

    /// <summary>Goes to the next row; false after the last. A row equal to the header is not data.</summary>
    /// <exception cref="RawFileException">The row is not one.</exception>
    public bool Read()
    {
        while (TryRead())
        {
            if (_csv.FieldCount != ColumnCount)
            {
                throw Error($"{_csv.FieldCount} cells, but the header has {ColumnCount}");
            }

            if (!IsHeader())
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a cell is empty, so that nothing is known.</summary>
    /// <exception cref="RawFileException">A song cannot do without it.</exception>
    public bool IsUnknown(int index)
    {
        var isEmpty = _csv.GetSpan(index).IsEmpty;
        return !isEmpty || !IsRequired[index] ? isEmpty : throw Error($"{Columns.Raw[index].Name} is empty");
    }

    /// <summary>Whether a column is of text; otherwise it is of integers.</summary>
    public static bool IsText(int index) => AreText[index];

    /// <summary>A cell's UTF-8.</summary>
    public ReadOnlySpan<byte> Text(int index) => _csv.GetSpan(index);

    /// <summary>A cell's integer.</summary>
    /// <exception cref="RawFileException">It is not an integer of its column's type.</exception>
    public long Number(int index)
    {
        var cell = _csv.GetSpan(index);
        var column = Columns.Raw[index];
        var isNumber = Utf8Parser.TryParse(cell, out long number, out var length) && length == cell.Length;
        return isNumber && (number is >= int.MinValue and <= int.MaxValue || column.Type == "bigint")
            ? number
            : throw Error($"{column.Name} '{_csv.GetString(index)}' is not an integer");
    }

    public void Dispose() => _csv.Dispose();

    private bool TryRead()
    {
        try
        {
            if (!_csv.Read())
            {
                return false;
            }
        }
        catch (CsvFormatException e)
        {
            throw new RawFileException($"{_path}, line {e.LineNumber}: its quotes do not match", e);
        }

        return Utf8.IsValid(_csv.RawRecord) ? true : throw Error("not UTF-8");
    }

    private bool IsHeader()
    {
        for (var i = 0; i < ColumnCount; i++)
        {
            if (!Ascii.Equals(_csv.GetSpan(i), Columns.Raw[i].Name))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>CsvHelper would read UTF-16 and UTF-32 that begin with a byte order mark, but the job would not.</summary>
    private void ExpectNoOtherEncoding(FileStream file)
    {
        Span<byte> start = stackalloc byte[4];
        start = start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        if (start.IndexOfAnyInRange<byte>(0xFE, 0xFF) >= 0)
        {
            throw new RawFileException($"{_path}, line 1: not UTF-8");
        }

        file.Position = 0;
    }

    private RawFileException Error(string problem) => new($"{_path}, line {_csv.LineNumber}: {problem}");
}

/// <summary>A file of the raw folder cannot be read; the message names it and the line.</summary>
internal sealed class RawFileException(string message, Exception? inner = null) : Exception(message, inner);
