using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using PySpotify.Functions;
using PySpotify.Functions.Spotify;
using PySpotify.Functions.Storage;
using PySpotify.Workflow.Local;
using PySpotify.Workflow.StatesLanguage;

namespace PySpotify.Workflow;

/// <summary>The <c>pyspotify</c> command line.</summary>
internal static class Commands
{
    public const int Succeeded = 0;
    public const int Failed = 1;
    public const int WrongUsage = 2;

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
        CustomParser = argument =>
        {
            if (DateOnly.TryParseExact(argument.Tokens.Single().Value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
                return date;
            argument.AddError($"--snapshot-date: '{argument.Tokens.Single().Value}' is no date; write it as 2026-11-22.");
            return null;
        },
    };

    private static readonly Option<string?> Input = new("--input")
    {
        Description = "The execution's input, a JSON file; workflow/input.json unless given.",
        HelpName = "file",
    };

    public static RootCommand Root()
    {
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
        return root;
    }

    private static async Task<int> RunAsync(ParseResult command, CancellationToken cancellationToken)
    {
        var path = command.GetValue(Input) ?? Path.Combine(AppContext.BaseDirectory, "input.json");
        var input = ReadInput(path);
        if (command.GetValue(SnapshotDate) is { } date)
            input["snapshotDate"] = date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var data = Folder(command);
        await new LocalRun(data, TimeProvider.System, command.GetValue(Verbose)).StartAsync(input, cancellationToken);
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
            await new LocalRun(data, TimeProvider.System, command.GetValue(Verbose)).RedriveAsync(command.GetValue(name), cancellationToken);
            await ShowResultAsync(data, cancellationToken);
            return Succeeded;
        });
        return redrive;
    }

    private static Command Executions()
    {
        Command executions = new("executions", "List the executions, the newest first.");
        executions.SetAction(command => ResultTable.Write(
            ["execution", "status", "started", "seconds", "redrives", "failed state", "error"],
            [.. ExecutionLog.List(Folder(command).Executions).Reverse().Select(execution => (object?[])
            [
                execution.Name, execution.Status, execution.Started?.ToString("u", CultureInfo.InvariantCulture),
                execution.Ended - execution.Started is { } time ? Math.Round(time.TotalSeconds, 1) : null,
                execution.Redrives, execution.State, execution.Error,
            ])]));
        return executions;
    }

    private static Command SignIn()
    {
        Option<int> port = new("--port") { Description = "The port of the redirect address http://127.0.0.1:PORT/callback, which the app's page on Spotify must list.", DefaultValueFactory = _ => 8888 };
        Option<bool> noBrowser = new("--no-browser") { Description = "Print the address and open nothing." };
        Command login = new("login", "Sign in to Spotify, for playlists that only their owner's apps may read.") { port, noBrowser };
        login.SetAction(async (command, cancellationToken) =>
        {
            var data = Folder(command);
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
                    Console.WriteLine($"Sign in here: {page}");
                    if (!command.GetValue(noBrowser))
                        Login.OpenBrowser(page);
                },
                TimeProvider.System,
                cancellationToken);
            await secrets.PutAsync(
                Secrets.Credentials,
                JsonSerializer.Serialize(settings.Credentials with { RefreshToken = refreshToken }, PayloadJson.Default.SpotifyCredentials),
                cancellationToken);
            Console.WriteLine($"Signed in. The sign-in lasts six months and is kept in {data.Secrets}, which only you can read.");
            return Succeeded;
        });
        return login;
    }

    private static Command Query()
    {
        Argument<string> sql = new("sql") { Description = "One read-only statement, in SQLite's SQL." };
        Command query = new("query", "Ask the tables in SQL.") { sql };
        query.SetAction(async (command, cancellationToken) =>
        {
            var (columns, rows) = await Warehouse(Folder(command)).QueryAsync(command.GetValue(sql)!, cancellationToken);
            ResultTable.Write(columns, rows);
            return Succeeded;
        });
        return query;
    }

    private static async Task ShowResultAsync(DataFolder data, CancellationToken cancellationToken)
    {
        foreach (var table in (string[])[Tables.TopPlayed, Tables.Popular])
        {
            var refined = Local.Warehouse.Refined(table);
            var (columns, rows) = await Warehouse(data).QueryAsync(
                $"SELECT rank, track, artist, track_pop AS popularity FROM {refined} "
                + $"WHERE snapshot_date = (SELECT max(snapshot_date) FROM {refined}) ORDER BY rank LIMIT 10",
                cancellationToken);
            if (rows.Count == 0)
                continue;
            Console.WriteLine();
            Console.WriteLine($"Top ten of {refined}");
            ResultTable.Write(columns, rows);
        }

        Console.WriteLine();
        Console.WriteLine($"CSV         {data.Raw}");
        Console.WriteLine($"Tables      {data.Warehouse}");
        Console.WriteLine($"Executions  {data.Executions}");
    }

    private static DataFolder Folder(ParseResult command) => new(command.GetValue(Data)!);

    private static Warehouse Warehouse(DataFolder data) => new(data.Warehouse, data.Raw, TimeProvider.System);

    private static JsonObject ReadInput(string path)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(path)) as JsonObject ?? throw new InvalidInputException(path, "must be a JSON object");
        }
        catch (JsonException e)
        {
            throw new InvalidInputException(path, $"is not JSON: {e.Message}");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InvalidInputException(path, "does not exist");
        }
    }
}
