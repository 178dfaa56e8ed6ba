using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using CsvHelper;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace PySpotify.Workflow;

/// <summary>Writes rows to the screen: a drawn table on a terminal, tab-separated lines without one.</summary>
internal static class ResultTable
{
    /// <summary>A column that is cut keeps at least this many cells.</summary>
    private const int NarrowestText = 16;

    private static readonly JsonSerializerOptions Json = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>Draws what fits the terminal's width, and says what it left out. Without a terminal: all of it.</summary>
    /// <param name="columns">The columns' names. What does not fit at all is left out from the right.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="mostRows">How many of them to draw on a terminal.</param>
    /// <param name="whole">How many columns from the left are never cut.</param>
    public static void Write(IReadOnlyList<string> columns, IReadOnlyList<object?[]> rows, int mostRows = int.MaxValue, int whole = 0)
    {
        if (!Console.IsOutputRedirected)
        {
            Draw(AnsiConsole.Console, columns, rows, mostRows, whole);
            return;
        }

        Console.WriteLine(string.Join('\t', columns.Select(Clean)));
        foreach (var row in rows)
        {
            Console.WriteLine(string.Join('\t', row.Select(Cell)));
        }
    }

    /// <summary>Draws on a terminal.</summary>
    public static void Draw(IAnsiConsole console, IReadOnlyList<string> columns, IReadOnlyList<object?[]> rows, int mostRows, int whole = 0)
    {
        List<string[]> cells = [.. rows.Take(mostRows).Select(row => row.Select(Cell).ToArray())];
        int[] widths = [.. columns.Select((name, i) => cells.Select(row => Width(row[i])).Append(Width(Clean(name))).Max())];
        bool[] isText = [.. columns.Select((_, i) => rows.Any(row => row[i] is string or byte[]))];

        // A border and two blanks a column, and one border more.
        var shown = columns.Count;
        while (shown > 1 && widths.Take(shown).Select((width, i) => isText[i] && i >= whole ? Math.Min(width, NarrowestText) : width).Sum() > Room(shown))
        {
            shown--;
        }

        while (shown > whole && widths.Take(shown).Sum() > Room(shown) && widths[whole..shown].Max() > 1)
        {
            widths[Array.IndexOf(widths, widths[whole..shown].Max(), whole)]--;
        }

        var table = new Table().Border(TableBorder.Rounded);
        for (var i = 0; i < shown; i++)
        {
            var column = new TableColumn(Cut(Clean(columns[i]), widths[i])) { NoWrap = true };
            table.AddColumn(isText[i] ? column : column.RightAligned());
        }

        foreach (var row in cells)
        {
            table.AddRow([.. row.Take(shown).Select((cell, i) => Cut(cell, widths[i]))]);
        }

        console.Write(table);
        if (shown < columns.Count)
        {
            console.WriteLine($"Columns that found no room: {string.Join(", ", columns.Skip(shown).Select(Clean))}.");
        }

        if (rows.Count > cells.Count)
        {
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The first {cells.Count:N0} of {rows.Count:N0} rows; {rows.Count - cells.Count:N0} are left out."));
        }

        int Room(int count) => console.Profile.Width - 3 * count - 1;
    }

    /// <summary>Comma-separated, RFC 4180, a header on top.</summary>
    public static void WriteCsv(TextWriter writer, IReadOnlyList<string> columns, IReadOnlyList<object?[]> rows)
    {
        using var csv = new CsvWriter(writer, CultureInfo.InvariantCulture, leaveOpen: true);
        foreach (var cells in rows.Select(row => row.Select(Cell)).Prepend(columns.Select(Clean)))
        {
            foreach (var cell in cells)
            {
                csv.WriteField(cell);
            }

            csv.NextRecord();
        }
    }

    /// <summary>A JSON array with an object a row and line.</summary>
    public static void WriteJson(TextWriter writer, IReadOnlyList<string> columns, IReadOnlyList<object?[]> rows)
    {
        writer.Write('[');
        for (var i = 0; i < rows.Count; i++)
        {
            var row = new Dictionary<string, object?>();
            for (var j = 0; j < columns.Count; j++)
            {
                row[columns[j]] = rows[i][j];
            }

            writer.Write(i == 0 ? "\n" : ",\n");
            writer.Write(JsonSerializer.Serialize(row, Json));
        }

        writer.WriteLine("\n]");
    }

    /// <summary>Names hold whatever their makers liked: nothing in them may steer a terminal or break a line.</summary>
    public static string Clean(string text) =>
        text.Any(Steers) ? new string([.. text.Select(c => Steers(c) ? ' ' : c)]) : text;

    // Control characters, the separators of lines, and what turns the direction of writing.
    private static bool Steers(char c) =>
        char.IsControl(c) || c is '\u2028' or '\u2029' or '\u200e' or '\u200f' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');

    private static string Cell(object? value) =>
        value is byte[] bytes ? Convert.ToHexString(bytes) : Clean(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");

    private static int Width(string text) => new Segment(text).CellCount();

    private static Text Cut(string text, int width)
    {
        if (Width(text) <= width)
        {
            return new(text);
        }

        var cut = new StringBuilder();
        var room = width - 1;
        var characters = StringInfo.GetTextElementEnumerator(text);
        while (characters.MoveNext() && (room -= Width(characters.GetTextElement())) >= 0)
        {
            cut.Append(characters.GetTextElement());
        }

        return new(cut.Append('…').ToString());
    }
}
