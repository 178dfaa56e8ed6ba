using System.CommandLine;
using PySpotify.Workflow.Local.Warehouse;
using Spectre.Console;

namespace PySpotify.Workflow.Cli;

/// <summary><c>sql</c>: asks the tables in SQL.</summary>
internal static class SqlCommand
{
    /// <summary>Rows that a terminal shows.</summary>
    public const int MaxRows = 50;

    public static Command Create(Host host)
    {
        var statement = new Argument<string>("statement") { Description = "One read-only statement in SQLite's SQL." };
        var format = Options.Format();
        var sql = new Command("sql", "Run your own SQL, read-only.") { statement, format };
        sql.SetAction((arguments, cancellationToken) => AskAsync(
            host, new TableReader(Options.FilledDataFolder(arguments).Warehouse), arguments.GetRequiredValue(statement), arguments.GetRequiredValue(format), cancellationToken));
        return sql;
    }

    /// <summary>Asks one statement, and writes all that it answers.</summary>
    public static async Task AskAsync(Host host, TableReader tables, string statement, string format, CancellationToken cancellationToken)
    {
        var (columns, rows) = await tables.QueryAsync(statement, cancellationToken);
        if (RowWriter.Write(host.Output, format, columns, rows))
        {
            return;
        }

        ResultTable.Write(host.Output, columns, rows, MaxRows);
        if (rows.Count > MaxRows && host.Output.IsTerminal())
        {
            host.WriteText("--format csv or json writes them all.");
        }
    }
}
