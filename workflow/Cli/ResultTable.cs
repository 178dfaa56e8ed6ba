using System.Globalization;
using System.Text;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace PySpotify.Workflow.Cli;

/// <summary>Shows rows: a drawn table on a terminal, tab-separated lines elsewhere.</summary>
internal static class ResultTable
{
    /// <summary>A column that is cut keeps at least this many cells.</summary>
    private const int MinTextWidth = 16;

    /// <summary>Draws what fits the terminal's width, and says what it left out. Elsewhere, writes all of it.</summary>
    /// <param name="console">Where to.</param>
    /// <param name="columns">The columns' names. Those that do not fit are left out from the right.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="maxRows">How many of them to draw on a terminal.</param>
    /// <param name="uncutColumns">How many columns from the left are never cut.</param>
    public static void Write(
        IAnsiConsole console, IReadOnlyList<string> columns, IReadOnlyList<object?[]> rows, int maxRows = int.MaxValue, int uncutColumns = 0)
    {
        if (console.IsTerminal())
        {
            Draw(console, columns, rows, maxRows, uncutColumns);
            return;
        }

        console.WriteText(string.Join('\t', columns.Select(DisplayText.Clean)));
        foreach (var row in rows)
        {
            console.WriteText(string.Join('\t', row.Select(DisplayText.Cell)));
        }
    }

    private static void Draw(IAnsiConsole console, IReadOnlyList<string> columns, IReadOnlyList<object?[]> rows, int maxRows, int uncutColumns)
    {
        List<string[]> cells = [.. rows.Take(maxRows).Select(row => row.Select(DisplayText.Cell).ToArray())];
        int[] widths = [.. columns.Select((name, i) => cells.Select(row => Width(row[i])).Append(Width(DisplayText.Clean(name))).Max())];
        bool[] isText = [.. columns.Select((_, i) => rows.Any(row => row[i] is string or byte[]))];
        var shown = Fit(widths, isText, uncutColumns, console.Profile.Width);

        var table = new Table().Border(TableBorder.Rounded);
        for (var i = 0; i < shown; i++)
        {
            var column = new TableColumn(Cut(DisplayText.Clean(columns[i]), widths[i])) { NoWrap = true };
            table.AddColumn(isText[i] ? column : column.RightAligned());
        }

        foreach (var row in cells)
        {
            table.AddRow([.. row.Take(shown).Select((cell, i) => Cut(cell, widths[i]))]);
        }

        console.Write(table);
        if (shown < columns.Count)
        {
            console.WriteLine($"Columns that did not fit: {string.Join(", ", columns.Skip(shown).Select(DisplayText.Clean))}.");
        }

        if (rows.Count > cells.Count)
        {
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The first {cells.Count:N0} of {rows.Count:N0} rows; {rows.Count - cells.Count:N0} are left out."));
        }
    }

    /// <summary>Narrows the widest columns until all of them fit, and leaves out columns where that is not enough.</summary>
    /// <returns>How many columns are left.</returns>
    private static int Fit(int[] widths, bool[] isText, int uncutColumns, int consoleWidth)
    {
        var shown = widths.Length;
        while (shown > 1 && widths.Take(shown).Select((width, i) => isText[i] && i >= uncutColumns ? Math.Min(width, MinTextWidth) : width).Sum() > Room())
        {
            shown--;
        }

        while (shown > uncutColumns && widths.Take(shown).Sum() > Room() && widths[uncutColumns..shown].Max() > 1)
        {
            widths[Array.IndexOf(widths, widths[uncutColumns..shown].Max(), uncutColumns)]--;
        }

        return shown;

        // A column has a border and two blanks; the last border comes on top.
        int Room() => consoleWidth - 3 * shown - 1;
    }

    private static int Width(string text) => new Segment(text).CellCount();

    /// <summary>Text of a width at most, with an ellipsis where it is cut.</summary>
    internal static Text Cut(string text, int width)
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
