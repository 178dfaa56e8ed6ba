using PySpotify.Workflow.Local.Warehouse;
using Spectre.Console;

namespace PySpotify.Workflow.Cli;

/// <summary>A cell that is drawn in a style of its own.</summary>
/// <param name="Text">Its text.</param>
/// <param name="Style">Its style.</param>
internal sealed record StyledCell(string Text, Style Style)
{
    public override string ToString() => Text;
}

/// <summary>How a song has moved since the snapshot before, as a cell.</summary>
internal static class MoveCell
{
    // Those of the first eight colours, which every terminal shows as its theme has them.
    private static readonly Style Better = new(Color.Green), Worse = new(Color.Maroon), Fresh = new(Color.Olive);

    /// <summary>What a row's <c>change</c> says, or its <c>move</c> alone where it has no such column.</summary>
    public static StyledCell Of(Answer.Row row, IAnsiConsole console)
    {
        var (up, down) = console.IsTerminal() && console.Profile.Capabilities.Unicode ? ("▲", "▼") : ("+", "-");
        var places = row.Columns.Contains("move") ? row.Number("move") : null;
        return (row.Columns.Contains("change") ? row.Text("change") : places > 0 ? "up" : "down") switch
        {
            "up" => new($"{up}{places}", Better),
            "down" => new($"{down}{-places}", Worse),
            "new" => new("NEW", Fresh),
            "back" => new("BACK", Fresh),
            "gone" => new("GONE", Worse),
            "same" => new("=", Style.Plain),
            _ => new("", Style.Plain),
        };
    }
}
