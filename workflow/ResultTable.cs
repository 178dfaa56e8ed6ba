using System.Globalization;
using Spectre.Console;

namespace PySpotify.Workflow;

/// <summary>Writes rows to the screen: a drawn table on a terminal, tab-separated lines without one.</summary>
internal static class ResultTable
{
    public static void Write(IReadOnlyList<string> columns, IReadOnlyList<object?[]> rows)
    {
        if (Console.IsOutputRedirected)
        {
            Console.WriteLine(string.Join('\t', columns));
            foreach (var row in rows)
                Console.WriteLine(string.Join('\t', row.Select(Cell)));
            return;
        }

        var table = new Table().Border(TableBorder.Rounded);
        foreach (var column in columns)
            table.AddColumn(new TableColumn(Markup.Escape(column)));
        foreach (var row in rows)
            table.AddRow([.. row.Select(cell => Markup.Escape(Cell(cell)))]);
        AnsiConsole.Write(table);
    }

    // Names hold whatever their makers liked: nothing in them may steer the terminal or break the line.
    private static string Cell(object? value)
    {
        var text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        return text.Any(char.IsControl) ? new string([.. text.Select(c => char.IsControl(c) ? ' ' : c)]) : text;
    }
}
