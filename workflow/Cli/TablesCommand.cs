using System.CommandLine;
using System.Globalization;
using PySpotify.Functions;
using PySpotify.Workflow.Local.Warehouse;
using Spectre.Console;

namespace PySpotify.Workflow.Cli;

/// <summary><c>tables</c>: lists the tables, with their columns and rows.</summary>
internal static class TablesCommand
{
    public static Command Create(Host host)
    {
        var tables = new Command("tables", "List the tables, with their rows and columns.");
        tables.SetAction(async (arguments, cancellationToken) =>
        {
            var sql = string.Join(" UNION ALL ", Tables.Refined.Select(table => $"SELECT count(*), count(DISTINCT snapshot_date) FROM {table.Name}"));
            var (_, counts) = await new TableReader(Options.FilledDataFolder(arguments).Warehouse).QueryAsync(sql, cancellationToken);
            var listed = Tables.Refined.Zip(counts, (table, count) => (table.Name, table.Columns, Rows: (long)count[0]!, Snapshots: (long)count[1]!)).ToList();
            if (!host.Output.IsTerminal())
            {
                ResultTable.Write(
                    host.Output,
                    ["table", "rows", "snapshots", "column", "type"],
                    [.. listed.SelectMany(table => table.Columns.Select(column => (object?[])[table.Name, table.Rows, table.Snapshots, column.Name, column.SqliteType]))]);
                return;
            }

            foreach (var table in listed)
            {
                host.Output.MarkupLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"[bold]{table.Name}[/]  {Words.Count(table.Rows, "row")}, {Words.Count(table.Snapshots, "snapshot")}"));
                host.Output.Write(new Padder(new Text(string.Join(", ", table.Columns.Select(Describe))), new Padding(2, 0, 0, 1)));
            }

            host.WriteText("Ask them in SQL: `pyspotify sql \"SELECT list, rank, track FROM charts ORDER BY snapshot_date DESC, list, rank LIMIT 10\"`");
        });
        return tables;
    }

    private static string Describe(Column column) => column.SqliteType == "TEXT" ? column.Name : $"{column.Name} (number)";
}
