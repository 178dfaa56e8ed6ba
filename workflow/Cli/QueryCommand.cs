using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using PySpotify.Functions;
using PySpotify.Workflow.Local.Warehouse;

namespace PySpotify.Workflow.Cli;

/// <summary><c>query</c>: asks the tables a named query; alone, it lists them.</summary>
internal static class QueryCommand
{
    public static Command Create(Host host)
    {
        var format = Options.Format();
        format.Recursive = true;

        // SQL is what `query` took until there was `sql`, and takes still.
        var name = new Argument<string?>("name") { Description = "The query. `sql` takes SQL of your own.", Arity = ArgumentArity.ZeroOrOne, Hidden = true };
        name.Validators.Add(ExpectName);
        var query = new Command("query", "Run a named query, or list them.") { name, format };
        query.SetAction(async (arguments, cancellationToken) =>
        {
            if (arguments.GetValue(name) is { } sql)
            {
                await SqlCommand.AskAsync(host, Open(arguments), sql, arguments.GetRequiredValue(format), cancellationToken);
                return;
            }

            object?[][] rows = [.. NamedQuery.All.Select(named => (object?[])[named.Name, named.Question])];
            if (!RowWriter.Write(host.Output, arguments.GetRequiredValue(format), ["query", "question"], rows))
            {
                ResultTable.Write(host.Output, ["query", "question"], rows);
            }
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
            Description = "The song to follow: its link, URI or id; without it, the ten leading songs of each list.",
            HelpName = "song",
            CustomParser = ReadTrack,
        };
        var list = new Option<string?>("--list") { Description = "One list only." }.AcceptOnlyFromAmong(Lists.TopPlayed, Lists.Popular);
        var limit = new Option<int?>("--limit")
        {
            Description = $"Rows per list (default: on a terminal, those of the top {SqlCommand.MaxRows}; elsewhere, all).",
            HelpName = "rows",
            CustomParser = ReadLimit,
        };
        var command = new Command(named.Name, named.Question) { week, limit };
        if (named.HasLists)
        {
            command.Options.Add(list);
        }

        if (named.TakesTrack)
        {
            command.Options.Add(track);
        }

        command.SetAction(async (arguments, cancellationToken) =>
        {
            var only = named.HasLists ? arguments.GetValue(list) : null;
            var song = named.TakesTrack ? arguments.GetValue(track) : null;
            var answer = await named.AskAsync(
                Open(arguments), arguments.GetValue(week), song, row => only is null || row.Text("list") == only, cancellationToken);
            var most = arguments.GetValue(limit);
            if (host.Output.IsTerminal() && arguments.GetRequiredValue(format) == Options.Table)
            {
                var titles = await ListTitle.ReadAsync(Open(arguments), arguments.GetValue(week), cancellationToken);
                QueryBlocks.Draw(host.Output, named, answer, [.. titles.Where(title => only is null || title.List == only)], hasEmpty: song is null, most);
                return;
            }

            var rows = most is { } number ? TakeOfEach(answer, named, number) : answer.Rows;
            if (!RowWriter.Write(host.Output, arguments.GetRequiredValue(format), answer.Columns, rows))
            {
                ResultTable.Write(host.Output, answer.Columns, rows);
            }
        });
        return command;
    }

    /// <summary>The first rows of each list, in the order that they have.</summary>
    private static IReadOnlyList<object?[]> TakeOfEach(Answer answer, NamedQuery named, int limit)
    {
        var taken = new Dictionary<string, int>();
        return [.. answer.Where(row => (taken[ListOf(row)] = taken.GetValueOrDefault(ListOf(row)) + 1) <= limit).Select(row => row.Values)];

        string ListOf(Answer.Row row) => named.HasLists ? row.Text("list")! : "";
    }

    private static TableReader Open(ParseResult arguments) => new(Options.FilledDataFolder(arguments).Warehouse);

    /// <summary>A single word is a mistyped query.</summary>
    private static void ExpectName(ArgumentResult argument)
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

    private static int? ReadLimit(ArgumentResult argument)
    {
        var text = argument.Tokens.Single().Value;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit > 0)
        {
            return limit;
        }

        argument.AddError($"--limit takes a number of at least 1, not '{text}'.");
        return null;
    }
}
