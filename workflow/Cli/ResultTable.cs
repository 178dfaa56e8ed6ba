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
            if (Draw(console, columns, rows, maxRows, uncutColumns) is not [] and var leftOut)
            {
                console.WriteLine($"Columns that did not fit: {string.Join(", ", leftOut)}.");
            }

            return;
        }

        console.WriteText(string.Join('\t', columns.Select(DisplayText.Clean)));
        foreach (var row in rows)
        {
            console.WriteText(string.Join('\t', row.Select(DisplayText.Cell)));
        }
    }

    /// <summary>Draws what fits a terminal's width.</summary>
    /// <param name="console">The terminal.</param>
    /// <param name="columns">The columns' names.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="maxRows">How many of them to draw.</param>
    /// <param name="uncutColumns">How many columns from the left are never cut.</param>
    /// <param name="kept">Which columns are never left out; null is the first.</param>
    /// <returns>The columns that did not fit: from the right, but for those that are kept.</returns>
    public static IReadOnlyList<string> Draw(
        IAnsiConsole console, IReadOnlyList<string> columns, IReadOnlyList<object?[]> rows, int maxRows, int uncutColumns = 0, IReadOnlyList<bool>? kept = null)
    {
        List<string[]> cells = [.. rows.Take(maxRows).Select(row => row.Select(DisplayText.Cell).ToArray())];
        int[] widths = [.. columns.Select((name, i) => cells.Select(row => Width(row[i])).Append(Width(DisplayText.Clean(name))).Max())];
        bool[] isText = [.. columns.Select((_, i) => rows.Any(row => row[i] is string or byte[]))];
        var shown = Fit(widths, isText, uncutColumns, kept, console.Profile.Width);

        var table = new Table().Border(TableBorder.Rounded);
        foreach (var i in shown)
        {
            var column = new TableColumn(Cut(DisplayText.Clean(columns[i]), widths[i])) { NoWrap = true };
            table.AddColumn(isText[i] ? column : column.RightAligned());
        }

        for (var row = 0; row < cells.Count; row++)
        {
            table.AddRow([.. shown.Select(i => Cut(cells[row][i], widths[i], (rows[row][i] as StyledCell)?.Style))]);
        }

        console.Write(table);
        if (rows.Count == 0)
        {
            console.WriteLine("0 rows.");
        }
        else if (rows.Count > cells.Count)
        {
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Showing the first {cells.Count:N0} of {rows.Count:N0} rows."));
        }

        return [.. Enumerable.Range(0, columns.Count).Except(shown).Select(i => DisplayText.Clean(columns[i]))];
    }

    /// <summary>Narrows the widest columns until all of them fit, and leaves out columns where that is not enough.</summary>
    /// <returns>The columns that are left.</returns>
    private static List<int> Fit(int[] widths, bool[] isText, int uncutColumns, IReadOnlyList<bool>? kept, int consoleWidth)
    {
        List<int> shown = [.. Enumerable.Range(0, widths.Length)];
        while (shown.Sum(i => isText[i] && i >= uncutColumns ? Math.Min(widths[i], MinTextWidth) : widths[i]) > Room()
            && shown.FindLastIndex(i => !(kept?[i] ?? i == 0)) is >= 0 and var last)
        {
            shown.RemoveAt(last);
        }

        while (shown.Count > uncutColumns && shown.Sum(i => widths[i]) > Room()
            && shown.Where(i => i >= uncutColumns).MaxBy(i => widths[i]) is var widest && widths[widest] > 1)
        {
            widths[widest]--;
        }

        return shown;

        // A column has a border and two blanks; the last border comes on top.
        int Room() => consoleWidth - 3 * shown.Count - 1;
    }

    private static int Width(string text) => new Segment(text).CellCount();

    /// <summary>Text of a width at most, with an ellipsis where it is cut.</summary>
    internal static Text Cut(string text, int width, Style? style = null)
    {
        if (Width(text) <= width)
        {
            return new(text, style);
        }

        var cut = new StringBuilder();
        var room = width - 1;
        var characters = StringInfo.GetTextElementEnumerator(text);
        while (characters.MoveNext() && (room -= Width(characters.GetTextElement())) >= 0)
        {
            cut.Append(characters.GetTextElement());
        }

        return new(cut.Append('…').ToString(), style);
    }
}
