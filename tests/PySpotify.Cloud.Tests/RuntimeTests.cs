using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Amazon.Glue.Model;
using Amazon.SecretsManager;
using Amazon.SecretsManager.Model;
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

    private readonly string _bucket = $"raw-{Guid.NewGuid():N}";
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
        await SetSecretAsync(secrets, SecretNames.Credentials, $$"""{"clientId":"{{_spotify.ClientId}}","clientSecret":"{{_spotify.ClientSecret}}"}""");
        await SetSecretAsync(secrets, SecretNames.Token, "{}");
        await glue.CreateCrawlerAsync(new CreateCrawlerRequest { Name = _bucket, Role = "arn:aws:iam::123456789012:role/crawler", Targets = new() }, Cancelled);
        _spotify.AddPlaylist(Playlist, FakeSpotify.Tracks(60));
        _spotify.AddSearch(FakeSpotify.Tracks(30));

        var plan = await InvokeAsync("Authenticate", new
        {
            input = new { topPlayed = new { playlistIds = new[] { Playlist } }, popular = new { queries = new[] { "year:{thisYear}" } } },
            startTime = "2026-11-22T09:30:00.000Z",
        });
        Assert.Equal("2026-11-22", (string?)plan["snapshotDate"]);
        Assert.Equal("year:2026", (string?)plan["popular"]!["queries"]![0]);

        var staged = await InvokeAsync("FetchTopPlayed", new { playlistId = Playlist, token = plan["token"] });
        var found = await InvokeAsync("FetchPopular", new { query = "year:2026", token = plan["token"] });
        Assert.Equal((60, 30), ((int)staged["rows"]!, (int)found["rows"]!));

        var written = await InvokeAsync("WriteCsv", new
        {
            table = Tables.TopPlayed,
            snapshotDate = plan["snapshotDate"],
            source = staged["source"],
            key = staged["key"],
            rows = staged["rows"],
        });
        Assert.Equal(60, (int)written["rows"]!);
        using var csv = new StreamReader(await new S3ObjectStore(s3, _bucket)
            .OpenReadAsync($"spotifytopplayed/snapshot_date=2026-11-22/{Playlist}.csv", Cancelled));
        Assert.Equal("artist,track,track_pop,duration_ms,album_nm,album_dt,track_id,rank", await csv.ReadLineAsync(Cancelled));
        Assert.Equal($"Artist 0,Track 0,0,180000,Album 0,2025-01-01,{FakeSpotify.TrackId(0)},1", await csv.ReadLineAsync(Cancelled));

        var crawl = await InvokeAsync("StartCrawler", new { crawler = _bucket, crawl = new { status = "NOT_STARTED" }, redriveCount = 0 });
        Assert.Equal("""{"status":"RUNNING","before":null,"error":null,"redriveCount":0}""", crawl.ToJsonString());
        await moto.LetCrawlsEndAsync(true, Cancelled);
        Assert.Equal("SUCCEEDED", (string?)(await InvokeAsync("PollCrawler", new { crawler = _bucket, crawl }))["status"]);

        Assert.All(_log, line => Assert.Equal(Execution, (string?)line["execution"]));
        Assert.Equal(Handlers.Functions, _log.Where(line => line.ContainsKey("Seconds")).Select(line => (string?)line["state"]));
        Assert.Contains(_log, line => (string?)line["Grant"] == "client credentials" && (string?)line["level"] == "Information");
        var said = string.Concat(_log.Select(line => line.ToJsonString())) + plan.ToJsonString() + staged.ToJsonString();
        Assert.DoesNotContain(_spotify.ClientSecret, said, StringComparison.Ordinal);
        Assert.DoesNotContain("fake-access-token", said, StringComparison.Ordinal);
        _spotify.AssertNothingUnexpected();

        // What the functions do next meets the state machine's Retry and Catch by the error's type.
        var (error, message) = await FailAsync("FetchTopPlayed", new { playlistId = "nobodys000000000000000", token = plan["token"] });
        Assert.Equal("SpotifyPlaylistNotFoundException", error);
        Assert.Contains("nobodys000000000000000", message, StringComparison.Ordinal);
        var failed = Assert.Single(_log, line => (string?)line["level"] == "Error" && line.ContainsKey("execution"));
        Assert.Equal((Execution, "FetchTopPlayed"), ((string?)failed["execution"], (string?)failed["state"]));
        Assert.EndsWith("SpotifyPlaylistNotFoundException", (string?)failed["errorType"], StringComparison.Ordinal);

        await SetSecretAsync(secrets, SecretNames.Token, "{}");
        Assert.Equal("SpotifyTokenExpiredException", (await FailAsync("FetchPopular", new { query = "a", token = plan["token"] })).Error);
    }

    [Theory]
    [InlineData(SettingNames.RawBucket, "", "Set the environment variable RAW_BUCKET to the raw bucket's name.")]
    [InlineData("Spotify__Concurrency", "many", "Spotify:Concurrency must be a number of calls from 1 to 50.")]
    public async Task A_function_that_lacks_a_setting_says_which(string variable, string value, string words)
    {
        _environment[variable] = value;
        var (error, message) = await FailAsync("FetchPopular", new { query = "a", token = new { secret = SecretNames.Token, expiresAt = "2026-11-22T10:30:00Z" } });
        Assert.Equal((nameof(SettingsException), words), (error, message));
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

    private async Task<JsonNode> InvokeAsync(string function, object payload)
    {
        var (path, body) = await RunAsync(function, payload);
        Assert.True(path == "response", body);
        return JsonNode.Parse(body)!;
    }

    private async Task<(string? Error, string? Message)> FailAsync(string function, object payload)
    {
        var (path, body) = await RunAsync(function, payload);
        Assert.Equal("error", path);
        var error = JsonNode.Parse(body)!;
        return ((string?)error["errorType"], (string?)error["errorMessage"]);
    }

    /// <summary>Runs a function once and gives its answer as the runtime's API gets it.</summary>
    private async Task<(string Path, string Body)> RunAsync(string function, object payload)
    {
        var input = JsonSerializer.SerializeToNode(payload)!.AsObject();
        input["execution"] = Execution;
        input["state"] = function;
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
