using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsvHelper;
using Spectre.Console;

namespace PySpotify.Workflow.Cli;

/// <summary>Writes rows for other programs.</summary>
internal static class RowWriter
{
    private static readonly CsvWriterOptions Csv = new() { NewLine = Environment.NewLine, Quoting = CsvQuoting.WhenNeededOrWhitespace };

    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes rows in a format for other programs.</summary>
    /// <returns>Whether it is one.</returns>
    public static bool Write(IAnsiConsole console, string format, IReadOnlyList<string> columns, IReadOnlyList<object?[]> rows)
    {
        switch (format)
        {
            case "csv":
                WriteCsv(console.Profile.Out.Writer, columns, rows);
                return true;
            case "json":
                WriteJson(console.Profile.Out.Writer, columns, rows);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Comma-separated (RFC 4180), with a header.</summary>
    public static void WriteCsv(TextWriter writer, IReadOnlyList<string> columns, IReadOnlyList<object?[]> rows)
    {
        using var csv = CsvWriter.Create(writer, Csv, leaveOpen: true);
        foreach (var cells in rows.Select(row => row.Select(DisplayText.Cell)).Prepend(columns.Select(DisplayText.Clean)))
        {
            foreach (var cell in cells)
            {
                csv.WriteField(cell);
            }

            csv.EndRecord();
        }
    }

    /// <summary>A JSON array, an object a row and a line. Of columns of the same name, the second gets a <c>_2</c>.</summary>
    public static void WriteJson(TextWriter writer, IReadOnlyList<string> columns, IReadOnlyList<object?[]> rows)
    {
        var names = Distinct(columns);
        writer.Write('[');
        for (var i = 0; i < rows.Count; i++)
        {
            var row = new JsonObject();
            for (var j = 0; j < columns.Count; j++)
            {
                row[names[j]] = ToJson(rows[i][j]);
            }

            writer.Write(i == 0 ? "\n" : ",\n");
            writer.Write(row.ToJsonString(Json));
        }

        writer.WriteLine("\n]");
    }

    private static List<string> Distinct(IReadOnlyList<string> columns)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        var names = new List<string>(columns.Count);
        foreach (var column in columns)
        {
            var name = column;
            for (var n = 2; !taken.Add(name); n++)
            {
                name = $"{column}_{n}";
            }

            names.Add(name);
        }

        return names;
    }

    /// <summary>A cell as SQLite gives it: integer, number, text, bytes or null. JSON has no infinity, so that is text.</summary>
    private static JsonValue? ToJson(object? cell) => cell switch
    {
        null => null,
        long number => JsonValue.Create(number),
        double number when double.IsFinite(number) => JsonValue.Create(number),
        byte[] bytes => JsonValue.Create(Convert.ToBase64String(bytes)),
        _ => JsonValue.Create(Convert.ToString(cell, CultureInfo.InvariantCulture)),
    };
}
