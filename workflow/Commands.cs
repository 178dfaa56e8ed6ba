using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using PySpotify.Functions;
using PySpotify.Functions.Rows;
using PySpotify.Functions.Spotify;
using PySpotify.Workflow.Local;
using Spectre.Console;

namespace PySpotify.Workflow;

/// <summary>The <c>pyspotify</c> command line.</summary>
internal static class Commands
{
    public const int Succeeded = 0;
    public const int Failed = 1;
    public const int WrongUsage = 2;

    /// <summary>Rows of a query that a terminal shows.</summary>
    private const int MostRows = 50;

    private static readonly Option<string> Data = new("--data")
    {
        Description = "The folder for everything that is kept.",
        HelpName = "folder",
        DefaultValueFactory = _ => "data",
        Recursive = true,
    };

    public static readonly Option<bool> Verbose = new("--verbose")
    {
        Description = "Show all that is logged, and an error's stack trace.",
        Recursive = true,
    };

    private static readonly Option<DateOnly?> SnapshotDate = new("--snapshot-date")
    {
        Description = "The snapshot's day, YYYY-MM-DD; today (UTC) unless given.",
        HelpName = "date",
        CustomParser = ReadDate,
    };

    private static readonly Option<DateOnly?> Week = new("--week")
    {
        Description = "The snapshot to take for 'this week', YYYY-MM-DD; the newest unless given.",
        HelpName = "date",
        CustomParser = ReadDate,
    };

    private static readonly Option<string?> Input = new("--input")
    {
        Description = "The execution's input, a JSON file; workflow/input.json unless given.",
        HelpName = "file",
    };

    public static RootCommand Root()
    {
        Data.Validators.Add(ExpectPath);
        Input.Validators.Add(ExpectPath);
        var root = new RootCommand("Spotify's most played and most popular songs, as tables. Without a command: run.") { Data, Verbose };
        Command run = new("run", "Run the whole workflow.");
        foreach (var command in (Command[])[root, run])
        {
            command.Options.Add(SnapshotDate);
            command.Options.Add(Input);
            command.SetAction(RunAsync);
        }

        root.Subcommands.Add(run);
        root.Subcommands.Add(Redrive());
        root.Subcommands.Add(Executions());
        root.Subcommands.Add(SignIn());
        root.Subcommands.Add(Query());
        root.Subcommands.Add(WriteReport());
        root.Subcommands.Add(Refine());
        return root;
    }

    private static async Task<int> RunAsync(ParseResult command, CancellationToken cancellationToken)
    {
        var path = command.GetValue(Input) ?? Path.Combine(AppContext.BaseDirectory, "input.json");
        var input = ReadInput(path);
        if (command.GetValue(SnapshotDate) is { } date)
        {
            input["snapshotDate"] = date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        }

        var data = Folder(command);
        await Run(command, data).StartAsync(input, cancellationToken);
        await ShowResultAsync(data, cancellationToken);
        return Succeeded;
    }

    private static Command Redrive()
    {
        Argument<string?> name = new("name") { Description = "The execution; the newest that did not succeed unless given.", Arity = ArgumentArity.ZeroOrOne };
        Command redrive = new("redrive", "Go on with an execution that did not succeed, from where it stopped.") { name };
        redrive.SetAction(async (command, cancellationToken) =>
        {
            var data = Folder(command);
            await Run(command, data).RedriveAsync(command.GetValue(name), cancellationToken);
            await ShowResultAsync(data, cancellationToken);
            return Succeeded;
        });
        return redrive;
    }

    private static Command Executions()
    {
        Command executions = new("executions", "List the executions, the newest first.");
        executions.SetAction(command => ResultTable.Write(
            ["execution", "status", "failed state", "error", "started", "seconds", "redrives"],
            [.. ExecutionLog.List(Folder(command).Executions).Reverse().Select(execution => (object?[])
            [
                execution.Name, execution.Status, execution.State, execution.Error, execution.Started?.ToString("u", CultureInfo.InvariantCulture),
                execution.Ended - execution.Started is { } time ? Math.Round(time.TotalSeconds, 1) : null, execution.Redrives,
            ])],
            whole: 1));
        return executions;
    }

    private static Command SignIn()
    {
        Option<int> port = new("--port") { Description = "The port of the redirect address http://127.0.0.1:PORT/callback, which the app's page on Spotify must list.", DefaultValueFactory = _ => 8888 };
        Option<bool> noBrowser = new("--no-browser") { Description = "Print the address and open nothing." };
        port.Validators.Add(result =>
        {
            if (int.TryParse(result.Tokens.SingleOrDefault()?.Value, CultureInfo.InvariantCulture, out var number) && number is < 0 or > 65535)
            {
                result.AddError("--port: a port is a number from 0 to 65535.");
            }
        });
        Command login = new("login", "Sign in to Spotify, for playlists that only their owner's apps may read.") { port, noBrowser };
        login.SetAction(async (command, cancellationToken) =>
        {
            var data = Folder(command);
            using var hold = data.Hold();
            var secrets = new SecretsFile(data.Secrets);
            var settings = SpotifySettings.Read(secrets);
            secrets.Credentials = settings.Credentials
                ?? throw new SettingsException("Signing in needs an app: set Spotify:ClientId and Spotify:ClientSecret.");
            using var http = SpotifyHandler.CreateClient(settings.Options, TimeProvider.System, NullLogger.Instance);
            var refreshToken = await Login.RunAsync(
                new HttpSpotifyApi(http, settings.Options),
                settings.Credentials,
                settings.Options.AccountsUrl,
                command.GetValue(port),
                page =>
                {
                    Console.WriteLine($"Sign in here: {page.AbsoluteUri}");
                    if (!command.GetValue(noBrowser))
                    {
                        Login.OpenBrowser(page);
                    }
                },
                TimeProvider.System,
                cancellationToken);
            await secrets.PutAsync(
                SecretNames.Credentials,
                JsonSerializer.Serialize(settings.Credentials with { RefreshToken = refreshToken }, PayloadJson.Default.SpotifyCredentials),
                cancellationToken);
            Console.WriteLine($"Signed in. The sign-in lasts six months and is kept in {data.Secrets}, which only you can read.");
            return Succeeded;
        });
        return login;
    }

    private static Command Query()
    {
        Argument<string?> question = new("question")
        {
            Description = "A query's name, or one read-only statement in SQLite's SQL. Without it, the queries are listed.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<string?> track = new("--track") { Description = "The song to follow, by its Spotify id; the strongest unless given.", HelpName = "id" };
        var format = new Option<string>("--format") { Description = "How to write the rows.", DefaultValueFactory = _ => "table" }
            .AcceptOnlyFromAmong("table", "csv", "json");
        Command query = new("query", "Ask the tables.") { question, Week, track, format };
        query.SetAction(async (command, cancellationToken) =>
        {
            if (command.GetValue(question) is null && (command.GetValue(Week) is not null || command.GetValue(track) is not null))
            {
                throw new QueryUsageException("--week and --track go with a query's name; `pyspotify query` lists them.");
            }

            var (columns, rows) = command.GetValue(question) is { } asked
                ? await AskAsync(Warehouse(Folder(command)), asked, command.GetValue(Week), command.GetValue(track), cancellationToken)
                : (["query", "question"], [.. NamedQuery.All.Select(query => (object?[])[query.Name, query.Question])]);
            switch (command.GetValue(format))
            {
                case "csv":
                    ResultTable.WriteCsv(Console.Out, columns, rows);
                    break;
                case "json":
                    ResultTable.WriteJson(Console.Out, columns, rows);
                    break;
                default:
                    ResultTable.Write(columns, rows, MostRows);
                    if (rows.Count > MostRows && !Console.IsOutputRedirected)
                    {
                        Console.WriteLine("--format csv or json writes them all.");
                    }

                    break;
            }

            return Succeeded;
        });
        return query;
    }

    private static async Task<(IReadOnlyList<string> Columns, IReadOnlyList<object?[]> Rows)> AskAsync(
        Warehouse warehouse, string question, DateOnly? week, string? track, CancellationToken cancellationToken)
    {
        if (question.All(c => char.IsLetterOrDigit(c) || c == '-'))
        {
            var answer = await NamedQuery.Get(question).AskAsync(warehouse, week, track, cancellationToken);
            return (answer.Columns, answer.Rows);
        }

        return week is null && track is null
            ? await warehouse.QueryAsync(question, cancellationToken)
            : throw new QueryUsageException("--week and --track go with a query's name, not with SQL.");
    }

    private static Command WriteReport()
    {
        Command report = new("report", "Write what the tables show into one HTML file.") { Week };
        report.SetAction(async (command, cancellationToken) =>
        {
            var data = Folder(command);
            await Report.WriteAsync(data, Warehouse(data), command.GetValue(Week), cancellationToken);
            Console.WriteLine(data.Report);
            return Succeeded;
        });
        return report;
    }

    private static Command Refine()
    {
        Option<DateOnly?> one = new("--snapshot-date") { Description = "One snapshot, YYYY-MM-DD; all unless given.", HelpName = "date", CustomParser = ReadDate };
        Option<bool> spark = new("--spark") { Description = "Into Parquet, by the job that AWS Glue runs; needs pyspark." };
        Command refine = new("refine", "Fill the tables anew from the CSV files.") { one, spark };
        refine.SetAction(async (command, cancellationToken) =>
        {
            var data = Folder(command);
            if (!Directory.Exists(data.Root))
            {
                throw new DataFolderException($"There is no {data.Root} yet; `pyspotify run` makes it.");
            }

            using var hold = data.Hold();
            if (command.GetValue(spark))
            {
                await SparkJob.RunAsync(data, command.GetValue(one), cancellationToken);
                Console.WriteLine($"Parquet     {data.Refined}");
                return Succeeded;
            }

            foreach (var (table, rows) in await Warehouse(data).RefineAllAsync(command.GetValue(one), cancellationToken))
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{table}: {rows:N0} rows"));
            }

            return Succeeded;
        });
        return refine;
    }

    private static async Task ShowResultAsync(DataFolder data, CancellationToken cancellationToken)
    {
        var warehouse = Warehouse(data);
        var top = await NamedQuery.Get("top").AskAsync(warehouse, null, null, cancellationToken);
        var isPlain = Console.IsOutputRedirected || !AnsiConsole.Profile.Capabilities.Unicode;
        foreach (var list in top.GroupBy(row => row.Text("list")))
        {
            Console.WriteLine();
            Console.WriteLine($"Top ten, {list.Key}, {list.First().Text("snapshot_date")}");
            ResultTable.Write(
                ["rank", "move", "track", "artist", "popularity"],
                [.. list.Take(10).Select(row => (object?[])[row["rank"], Move(row), row["track"], row["artist"], row["track_pop"]])]);
        }

        var health = await NamedQuery.Get("health").AskAsync(warehouse, null, null, cancellationToken);
        await Report.WriteAsync(data, warehouse, null, cancellationToken);
        Console.WriteLine();
        Console.WriteLine($"Health      {string.Join("; ", health.TakeWhile(row => row.Text("snapshot_date") == health.First().Text("snapshot_date")).Select(Soundness))}");
        Console.WriteLine($"Report      {data.Report}");
        Console.WriteLine($"CSV         {data.Raw}");
        Console.WriteLine($"Tables      {data.Warehouse}");
        Console.WriteLine($"Executions  {data.Executions}");

        string Move(Answer.Row row) => row.Text("change") switch
        {
            "up" => $"{(isPlain ? "+" : "▲")}{row["move"]}",
            "down" => $"{(isPlain ? "-" : "▼")}{-row.Number("move")}",
            "new" => "NEW",
            "back" => "BACK",
            "same" => "=",
            _ => "",
        };
    }

    private static string Soundness(Answer.Row row) =>
        $"{row["list"]}: {row["songs"]} songs, {row["unknown_popularity"]} without popularity, {row["quarantined"]} quarantined"
        + (row.Number("weeks_missing") is > 0 and var weeks ? $", {weeks} {(weeks == 1 ? "week" : "weeks")} missing before" : "");

    private static void ExpectPath(OptionResult option)
    {
        if (option.Tokens is [{ Value: "" }])
        {
            option.AddError($"{option.Option.Name}: no {option.Option.HelpName} is named.");
        }
    }

    private static DateOnly? ReadDate(ArgumentResult argument)
    {
        if (DateOnly.TryParseExact(argument.Tokens.Single().Value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            return date;
        }

        argument.AddError($"{((OptionResult)argument.Parent!).Option.Name}: '{argument.Tokens.Single().Value}' is no date; write it as 2026-11-22.");
        return null;
    }

    private static LocalRun Run(ParseResult command, DataFolder data)
    {
        var secrets = new SecretsFile(data.Secrets);
        return new(
            data,
            secrets,
            SpotifySettings.Read(secrets),
            TimeProvider.System,
            Console.IsOutputRedirected ? Console.Out : null,
            command.GetValue(Verbose));
    }

    private static DataFolder Folder(ParseResult command) => new(command.GetValue(Data)!);

    private static Warehouse Warehouse(DataFolder data) => new(data.Warehouse, data.Raw, TimeProvider.System);

    private static JsonObject ReadInput(string path)
    {
        try
        {
            var text = File.ReadAllText(path);
            using var document = JsonDocument.Parse(text);
            _ = ExecutionInput.Read(document.RootElement, DateTimeOffset.UtcNow);
            return JsonNode.Parse(text, documentOptions: new() { AllowDuplicateProperties = false })!.AsObject();
        }
        catch (JsonException e)
        {
            throw new InvalidInputException(path, $"is not JSON, at line {e.LineNumber + 1}: {e.Message.Split(" LineNumber:")[0].TrimEnd('.')}");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InvalidInputException(path, "does not exist");
        }
    }
}
