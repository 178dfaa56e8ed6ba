using System.CommandLine;
using System.CommandLine.Parsing;
using PySpotify.Functions;
using PySpotify.Workflow.Local.Warehouse;

namespace PySpotify.Workflow.Cli;

/// <summary><c>query</c>: asks the tables a named query or SQL; alone, it lists the named queries.</summary>
internal static class QueryCommand
{
    /// <summary>Rows that a terminal shows.</summary>
    private const int MaxRows = 50;

    public static Command Create(Host host)
    {
        var sql = new Argument<string?>("sql") { Description = "One read-only statement in SQLite's SQL.", Arity = ArgumentArity.ZeroOrOne };
        sql.Validators.Add(ExpectSql);
        var format = new Option<string>("--format") { Description = "How to write the rows.", DefaultValueFactory = _ => "table", Recursive = true }
            .AcceptOnlyFromAmong("table", "csv", "json");
        var query = new Command("query", "Ask the tables. Without a query, list the queries.") { sql, format };
        query.SetAction(async (arguments, cancellationToken) =>
        {
            var (columns, rows) = arguments.GetValue(sql) is { } statement
                ? await Open(arguments).QueryAsync(statement, cancellationToken)
                : (["query", "question"], [.. NamedQuery.All.Select(named => (object?[])[named.Name, named.Question])]);
            Write(host, arguments.GetRequiredValue(format), columns, rows);
        });
        foreach (var named in NamedQuery.All)
        {
            query.Subcommands.Add(CreateNamed(host, named, format));
        }

        return query;
    }

    private static Command CreateNamed(Host host, NamedQuery named, Option<string> format)
    {
        var week = Options.SnapshotDate("the newest");
        var track = new Option<string?>("--track")
        {
            Description = "The song to follow: its link, URI or id; without it, the strongest.",
            HelpName = "song",
            CustomParser = ReadTrack,
        };
        var command = new Command(named.Name, named.Question) { week };
        if (named.TakesTrack)
        {
            command.Options.Add(track);
        }

        command.SetAction(async (arguments, cancellationToken) =>
        {
            var song = named.TakesTrack ? arguments.GetValue(track) : null;
            var answer = await named.AskAsync(Open(arguments), arguments.GetValue(week), song, cancellationToken);
            Write(host, arguments.GetRequiredValue(format), answer.Columns, answer.Rows);
        });
        return command;
    }

    private static TableReader Open(ParseResult arguments) => new(Options.FilledDataFolder(arguments).Warehouse);

    private static void Write(Host host, string format, IReadOnlyList<string> columns, IReadOnlyList<object?[]> rows)
    {
        switch (format)
        {
            case "csv":
                RowWriter.WriteCsv(host.Output.Profile.Out.Writer, columns, rows);
                break;
            case "json":
                RowWriter.WriteJson(host.Output.Profile.Out.Writer, columns, rows);
                break;
            default:
                ResultTable.Write(host.Output, columns, rows, MaxRows);
                if (rows.Count > MaxRows && host.Output.IsTerminal())
                {
                    host.Output.WriteText("--format csv or json writes them all.");
                }

                break;
        }
    }

    /// <summary>A single word is a mistyped query.</summary>
    private static void ExpectSql(ArgumentResult argument)
    {
        var text = argument.Tokens.Single().Value;
        if (text.Length > 0 && text.All(c => char.IsLetterOrDigit(c) || c == '-'))
        {
            argument.AddError($"There is no query '{text}'. The queries: {string.Join(", ", NamedQuery.All.Select(named => named.Name))}.");
        }
    }

    private static string? ReadTrack(ArgumentResult argument)
    {
        var text = argument.Tokens.Single().Value;
        if (ExecutionInput.IdIn(text, "track") is { } id)
        {
            return id;
        }

        argument.AddError($"'{text}' is not a song. Paste its link, such as https://open.spotify.com/track/…");
        return null;
    }
}
