extern alias infra;
using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Amazon.Glue;
using Amazon.Glue.Model;
using Amazon.SecretsManager;
using Amazon.SecretsManager.Model;
using infra::PySpotify.Infra;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using PySpotify.Functions;
using PySpotify.Functions.Aws;
using PySpotify.Functions.Rows;
using PySpotify.Functions.Spotify;
using PySpotify.Lambda;

namespace PySpotify.Tests;

/// <summary>The Lambdas in Lambda's own runtime, a process each, with moto and a fake Spotify around them.</summary>
[Collection(nameof(Moto))]
public sealed class RuntimeTests(MotoServer moto) : IAsyncLifetime
{
    private const string Playlist = "fakePlaylist0000000001";
    private const string Execution = "weekly-2026-11-22";

    private static readonly JsonNode Definition = ReadDefinition();

    private readonly string _bucket = $"raw-{Guid.NewGuid():N}";
    private readonly string _database = $"raw_{Guid.NewGuid():N}";
    private readonly List<JsonObject> _log = [];
    private readonly Dictionary<string, string> _environment = [];
    private FakeSpotify _spotify = null!;
    private MotoGlue _glue = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _spotify = await FakeSpotify.StartAsync();
        _glue = await MotoGlue.StartAsync(moto);
    }

    public async ValueTask DisposeAsync()
    {
        await _spotify.DisposeAsync();
        await _glue.DisposeAsync();
    }

    [Fact]
    public async Task The_functions_do_a_weeks_work()
    {
        using var s3 = moto.S3();
        using var secrets = moto.SecretsManager();
        using var glue = _glue.Client();
        await s3.PutBucketAsync(_bucket, Cancelled);
        await SetSecretAsync(secrets, SecretNames.Credentials, $$"""{"clientId":"{{_spotify.ClientId}}","clientSecret":"{{_spotify.ClientSecret}}","refreshToken":"{{_spotify.RefreshToken}}"}""");
        await SetSecretAsync(secrets, SecretNames.Token, "{}");
        await glue.CreateCrawlerAsync(new CreateCrawlerRequest { Name = _bucket, DatabaseName = _database, Role = "arn:aws:iam::123456789012:role/crawler", Targets = new() }, Cancelled);
        await glue.CreateDatabaseAsync(new CreateDatabaseRequest { DatabaseInput = new() { Name = _database } }, Cancelled);
        _spotify.AddPlaylist(Playlist, FakeSpotify.Tracks(60));
        _spotify.AddTopTracks("short_term", FakeSpotify.Tracks(40));
        _spotify.AddSearch(FakeSpotify.Tracks(30));

        // What each state reads and what it leaves, as the definition has it.
        var data = new JsonObject();
        data = (await InvokeAsync("Authenticate", data)).AsObject();
        Assert.Equal("2026-11-22", (string?)data["snapshotDate"]);
        var sources = data["popular"]!["sources"]!.AsArray();
        Assert.Equal("""[{"kind":"search","id":"year:2026"}]""", sources.ToJsonString());

        data["source"] = data["topPlayed"]!["sources"]![0]!.DeepClone();
        data["staged"] = await InvokeAsync("FetchTopPlayed", data);
        Assert.Equal(60, (int)data["staged"]!["rows"]!);
        var written = await InvokeAsync("WriteTopPlayedCsv", data);
        Assert.Equal((60, """["spotifytopplayed"]"""), ((int)written["rows"]!, written["tables"]!.ToJsonString()));
        using var csv = new StreamReader(await new S3ObjectStore(s3, _bucket)
            .OpenReadAsync($"spotifytopplayed/snapshot_date=2026-11-22/{Playlist}.csv", Cancelled));
        Assert.Equal(string.Join(',', Columns.Raw.Select(column => column.Name)), await csv.ReadLineAsync(Cancelled));
        Assert.StartsWith($"Artist 0,Track 0,0,180000,Album 0,2025-01-01,{FakeSpotify.TrackId(0)},1,", await csv.ReadLineAsync(Cancelled), StringComparison.Ordinal);

        data["source"] = data["topPlayed"]!["sources"]![1]!.DeepClone();
        data["staged"] = await InvokeAsync("FetchTopPlayed", data);
        Assert.Equal("Your top tracks, last 4 weeks", (string?)data["staged"]!["name"]);
        Assert.Equal(40, (int)(await InvokeAsync("WriteTopPlayedCsv", data))["rows"]!);

        // A source that cannot be read is an answer, which goes on to the record.
        data["source"] = new JsonObject { ["kind"] = "playlist", ["id"] = "fakePlaylist0000000404" };
        data["staged"] = await InvokeAsync("FetchTopPlayed", data);
        Assert.Equal(JsonValueKind.Object, data["staged"]!["problem"]!.GetValueKind());
        Assert.Single((await InvokeAsync("WriteTopPlayedCsv", data))["notRead"]!.AsArray());

        data["source"] = sources[0]!.DeepClone();
        data["staged"] = await InvokeAsync("FetchPopular", data);
        Assert.Equal(30, (int)(await InvokeAsync("WritePopularCsv", data))["rows"]!);

        data["extract"] = new JsonObject { ["tables"] = new JsonArray(Tables.TopPlayed, Tables.Popular) };
        data["crawl"] = await InvokeAsync("StartRawCrawler", data);
        Assert.Equal("""{"status":"RUNNING","before":null,"error":null,"redriveCount":0}""", data["crawl"]!.ToJsonString());
        await moto.LetCrawlsEndAsync(true, Cancelled);
        await AddPartitionAsync(glue, Tables.TopPlayed);
        var lacking = await InvokeAsync("PollRawCrawler", data);
        Assert.Equal(("FAILED", $"it succeeded, but {Tables.Popular} has no partition of 2026-11-22"), ((string?)lacking["status"], (string?)lacking["error"]));
        await AddPartitionAsync(glue, Tables.Popular);
        Assert.Equal("SUCCEEDED", (string?)(await InvokeAsync("PollRawCrawler", data))["status"]);

        Assert.All(_log, line => Assert.Equal(Execution, (string?)line["execution"]));
        Assert.Equal(
            [
                "Authenticate", .. Enumerable.Repeat<string[]>(["FetchTopPlayed", "WriteTopPlayedCsv"], 3).SelectMany(states => states),
                "FetchPopular", "WritePopularCsv", "StartRawCrawler", "PollRawCrawler", "PollRawCrawler",
            ],
            _log.Where(line => line.ContainsKey("Seconds")).Select(line => (string?)line["state"]));
        Assert.Contains(_log, line => (string?)line["Grant"] == "refresh token" && (string?)line["level"] == "Information");
        var said = string.Concat(_log.Select(line => line.ToJsonString())) + data.ToJsonString();
        Assert.DoesNotContain(_spotify.RefreshToken, said, StringComparison.Ordinal);
        Assert.DoesNotContain(_spotify.ClientSecret, said, StringComparison.Ordinal);
        Assert.DoesNotContain("fake-access-token", said, StringComparison.Ordinal);
        _spotify.AssertNothingUnexpected();

        // What the functions do next meets the state machine's Retry and Catch by the error's type.
        await SetSecretAsync(secrets, SecretNames.Token, "{}");
        Assert.Equal("SpotifyTokenExpiredException", (await FailAsync("FetchPopular", data)).Error);
        var failed = Assert.Single(_log, line => (string?)line["level"] == "Error" && line.ContainsKey("execution"));
        Assert.Equal((Execution, "FetchPopular"), ((string?)failed["execution"], (string?)failed["state"]));
        Assert.EndsWith("SpotifyTokenExpiredException", (string?)failed["errorType"], StringComparison.Ordinal);

        // The token that Spotify refused is found in what Lambda tells of the failure, and replaced.
        data["token"] = (await InvokeAsync("Authenticate", data))["token"]!.DeepClone();
        _spotify.ExpireTokens();
        var (path, refusal) = await RunAsync("FetchPopular", data);
        Assert.Equal(("error", "SpotifyTokenRefusedException"), (path, (string?)JsonNode.Parse(refusal)!["errorType"]));
        data["failure"] = new JsonObject { ["Error"] = "SpotifyTokenRefusedException", ["Cause"] = refusal };
        data["token"] = (await InvokeAsync("RenewPopularToken", data))["token"]!.DeepClone();
        Assert.Equal(30, (int)(await InvokeAsync("FetchPopular", data))["rows"]!);
        _spotify.ExpireTokens();
        (_, refusal) = await RunAsync("FetchPopular", data);
        data["failure"]!["Cause"] = refusal;
        Assert.Equal("SpotifyUnauthorizedException", (await FailAsync("RenewPopularToken", data)).Error);
    }

    [Theory]
    [InlineData(SettingNames.RawBucket, "", "Set the environment variable RAW_BUCKET to the raw bucket's name.")]
    [InlineData("Spotify__Concurrency", "many", "Spotify:Concurrency must be a number of calls from 1 to 50.")]
    public async Task A_function_that_lacks_a_setting_says_which(string variable, string value, string words)
    {
        _environment[variable] = value;
        var data = new JsonObject
        {
            ["source"] = new JsonObject { ["kind"] = "search", ["id"] = "a" },
            ["token"] = new JsonObject { ["secret"] = SecretNames.Token, ["expiresAt"] = "2026-11-22T10:30:00Z" },
        };
        Assert.Equal((nameof(SettingsException), words), await FailAsync("FetchPopular", data));
    }

    private async Task AddPartitionAsync(AmazonGlueClient glue, string table)
    {
        await glue.CreateTableAsync(new CreateTableRequest { DatabaseName = _database, TableInput = new() { Name = table, PartitionKeys = [new() { Name = Columns.SnapshotDate, Type = "string" }] } }, Cancelled);
        await glue.CreatePartitionAsync(new CreatePartitionRequest { DatabaseName = _database, TableName = table, PartitionInput = new() { Values = ["2026-11-22"] } }, Cancelled);
    }

    private static JsonNode ReadDefinition()
    {
        using var file = typeof(Pipeline).Assembly.GetManifestResourceStream("workflow/pyspotify.asl.json")!;
        return JsonNode.Parse(file)!;
    }

    private static async Task SetSecretAsync(AmazonSecretsManagerClient secrets, string name, string value)
    {
        try
        {
            await secrets.CreateSecretAsync(new CreateSecretRequest { Name = name }, Cancelled);
        }
        catch (ResourceExistsException)
        {
            // From the test before.
        }

        await secrets.PutSecretValueAsync(new PutSecretValueRequest { SecretId = name, SecretString = value }, Cancelled);
    }

    private async Task<JsonNode> InvokeAsync(string state, JsonObject data)
    {
        var (path, body) = await RunAsync(state, data);
        Assert.True(path == "response", body);
        return JsonNode.Parse(body)!;
    }

    private async Task<(string? Error, string? Message)> FailAsync(string state, JsonObject data)
    {
        var (path, body) = await RunAsync(state, data);
        Assert.Equal("error", path);
        var error = JsonNode.Parse(body)!;
        return ((string?)error["errorType"], (string?)error["errorMessage"]);
    }

    /// <summary>The state of that name, wherever in the definition it is.</summary>
    private static JsonObject? Find(JsonNode? node, string state) => node switch
    {
        JsonObject json when json["States"]?[state] is JsonObject found => found,
        JsonObject json => json.Select(member => Find(member.Value, state)).FirstOrDefault(found => found is not null),
        JsonArray list => list.Select(item => Find(item, state)).FirstOrDefault(found => found is not null),
        _ => null,
    };

    /// <summary>A payload as Step Functions makes it: paths lead into the state's data or, with $$, into the context.</summary>
    private JsonObject FillIn(JsonObject template, JsonObject data, string state)
    {
        var context = new JsonObject
        {
            ["Execution"] = new JsonObject
            {
                ["Name"] = Execution,
                ["StartTime"] = "2026-11-22T09:30:00.000Z",
                ["RedriveCount"] = 0,
                ["Input"] = JsonNode.Parse($$$"""{"topPlayed":{"playlists":["{{{Playlist}}}"],"topTracks":["short_term"]},"popular":{"queries":["year:{thisYear}"]}}"""),
            },
            ["State"] = new JsonObject { ["Name"] = state },
        };
        return new(template.Select(member => member.Key.EndsWith(".$", StringComparison.Ordinal)
            ? KeyValuePair.Create(member.Key[..^2], Lead((string)member.Value!))
            : KeyValuePair.Create(member.Key, (string?)(member.Value as JsonValue) is "${RawCrawler}" ? _bucket : member.Value?.DeepClone())));

        JsonNode? Lead(string path) => path.Split('.').Skip(1)
            .Aggregate((JsonNode)(path.StartsWith("$$", StringComparison.Ordinal) ? context : data), (node, member) => node[member]!).DeepClone();
    }

    /// <summary>Runs a state's function once and gives its answer as the runtime's API gets it.</summary>
    private async Task<(string Path, string Body)> RunAsync(string state, JsonObject data)
    {
        var parameters = Find(Definition, state)!["Parameters"]!;
        var function = ((string)parameters["FunctionName"]!)[2..^1];
        var input = FillIn(parameters["Payload"]!.AsObject(), data, state);
        var answer = new TaskCompletionSource<(string, string)>(TaskCreationOptions.RunContinuationsAsynchronously);
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        await using var api = builder.Build();
        api.Run(async context =>
        {
            if (HttpMethods.IsGet(context.Request.Method))
            {
                context.Response.Headers["Lambda-Runtime-Aws-Request-Id"] = "a-request";
                context.Response.Headers["Lambda-Runtime-Invoked-Function-Arn"] = $"arn:aws:lambda:us-east-1:123456789012:function:{function}";
                context.Response.Headers["Lambda-Runtime-Deadline-Ms"] = $"{DateTimeOffset.UtcNow.AddMinutes(1).ToUnixTimeMilliseconds()}";
                await context.Response.WriteAsync(input.ToJsonString());
                return;
            }

            using var body = new StreamReader(context.Request.Body);
            answer.TrySetResult((context.Request.Path.Value!.Split('/')[^1], await body.ReadToEndAsync(Cancelled)));
            context.Response.StatusCode = 202;
        });
        await api.StartAsync(Cancelled);

        var start = new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location, "lambda", Handlers.Of(function)])
        {
            RedirectStandardOutput = true,
            Environment =
            {
                ["AWS_LAMBDA_RUNTIME_API"] = new Uri(api.Urls.Single()).Authority,
                ["AWS_LAMBDA_DOTNET_DEBUG_RUN_ONCE"] = "true",
                ["AWS_LAMBDA_LOG_FORMAT"] = "JSON",
                ["AWS_REGION"] = "us-east-1",
                ["AWS_ACCESS_KEY_ID"] = "test",
                ["AWS_SECRET_ACCESS_KEY"] = "test",
                ["AWS_ENDPOINT_URL"] = moto.Address.AbsoluteUri,
                ["AWS_ENDPOINT_URL_GLUE"] = _glue.Address.AbsoluteUri,
                ["Spotify__ApiUrl"] = _spotify.ApiUrl.AbsoluteUri,
                ["Spotify__AccountsUrl"] = _spotify.AccountsUrl.AbsoluteUri,
                [SettingNames.RawBucket] = _bucket,
            },
        };
        foreach (var (name, value) in _environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        try
        {
            var output = await process.StandardOutput.ReadToEndAsync(Cancelled);
            await process.WaitForExitAsync(Cancelled);
            _log.AddRange(output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!.AsObject()));
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }

        return answer.Task.IsCompleted ? await answer.Task : throw new InvalidOperationException($"{function} ended without an answer.");
    }
}
