using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using PySpotify.Functions;
using PySpotify.Functions.Rows;
using PySpotify.Tests;

namespace PySpotify.Workflow.Tests;

/// <summary><c>pull</c> against S3 as moto has it.</summary>
public sealed class PullTests(MotoServer moto) : IClassFixture<MotoServer>, IAsyncLifetime
{
    private static readonly DateOnly First = new(2023, 12, 4);

    private readonly string _bucket = $"raw-{Guid.NewGuid():N}";
    private readonly Pyspotify _pyspotify = new();

    /// <summary>Stands before S3: answers a request in its place, or lets it through with null.</summary>
    private Func<HttpRequestMessage, HttpResponseMessage?> _before = _ => null;

    /// <summary>Gets each answer's key and body on its way back.</summary>
    private Func<string, Stream, Stream> _body = (_, body) => body;

    private int _gets;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _pyspotify.OpenS3 = (_, region) => Task.FromResult<IAmazonS3>(Client(MotoServer.Credentials, region));
        using var s3 = moto.S3();
        await s3.PutBucketAsync(_bucket, Cancelled);
    }

    public ValueTask DisposeAsync() => _pyspotify.DisposeAsync();

    [Theory]
    [InlineData(15)]
    [InlineData(156, Explicit = true, Traits = ["Category", "Soak"])]
    public async Task Weeks_come_and_make_the_tables_that_they_make_at_home(int weeks)
    {
        var last = First.AddDays(7 * (weeks - 1)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        await using var home = new Pyspotify();
        for (var week = 0; week < weeks; week++)
        {
            Fill(home.Raw, First.AddDays(7 * week), isOld: week < weeks / 3);
        }

        var files = TempFolder.Snapshot(home.Raw);
        await Parallel.ForEachAsync(files, Cancelled, async (file, _) => await PutAsync(file.Key.Replace('\\', '/'), file.Value));
        await PutAsync("_staging/execution/spotifytopplayed/a.jsonl", "{}"u8.ToArray());
        (await home.RunAsync("refine")).Succeeded();

        var pull = (await PullAsync()).Succeeded().Output;

        Assert.StartsWith($"s3://{_bucket}: {weeks} snapshots in {files.Count} files, of which {files.Count} are new or have changed", pull, StringComparison.Ordinal);
        Assert.Equal(files, TempFolder.Snapshot(_pyspotify.Raw, file => !file.StartsWith("_partial", StringComparison.Ordinal)));
        Assert.Contains(last, pull, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_pyspotify.Data, "reports", $"{last}.html")));
        foreach (var (table, _) in Tables.Refined)
        {
            var sql = $"SELECT * FROM {table} ORDER BY snapshot_date, list, source";
            sql = Tables.Raw.Any(raw => Tables.RefinedOf(raw) == table) ? $"SELECT * FROM {table} ORDER BY snapshot_date, rank" : table == Tables.Charts ? $"SELECT * FROM {table} ORDER BY snapshot_date, list, rank" : sql;
            Assert.Equal((await home.RunAsync("sql", sql)).Succeeded().Output, (await _pyspotify.RunAsync("sql", sql)).Succeeded().Output);
        }

        _gets = 0;
        Assert.Contains("all of which are here already.", (await PullAsync()).Succeeded().Output, StringComparison.Ordinal);
        Assert.Equal(0, _gets);
    }

    [Fact]
    public async Task What_is_missing_or_differs_comes_and_what_the_bucket_lacks_stays()
    {
        await PutWeeksAsync(3);
        (await PullAsync()).Succeeded();
        var files = TempFolder.Snapshot(_pyspotify.Raw);
        var (missing, edited, longer) = (PathOf(Tables.TopPlayed, 0), PathOf(Tables.Popular, 1), PathOf(Tables.Popular, 2));
        File.Delete(missing);
        File.WriteAllBytes(edited, [.. File.ReadAllBytes(edited).Select(b => b == (byte)'B' ? (byte)'C' : b)]);
        File.AppendAllText(longer, "more\n");
        Fill(_pyspotify.Raw, First.AddDays(70), isOld: false);
        var mine = TempFolder.Snapshot(_pyspotify.Raw, file => file.Contains("2024-02-12", StringComparison.Ordinal));
        _gets = 0;

        var pull = (await PullAsync()).Succeeded().Output;

        Assert.Contains("of which 3 are new or have changed", pull, StringComparison.Ordinal);
        Assert.Equal(3, _gets);
        Assert.Equal(files, TempFolder.Snapshot(_pyspotify.Raw, file => !mine.ContainsKey(file)));
        Assert.Equal(mine, TempFolder.Snapshot(_pyspotify.Raw, mine.ContainsKey));
        Assert.Equal("4", CommandTests.Cells(await _pyspotify.RunAsync("sql", "SELECT count(DISTINCT snapshot_date) FROM charts")));
    }

    [Fact]
    public async Task An_object_that_changed_within_its_size_comes_again()
    {
        await PutWeeksAsync(1);
        (await PullAsync()).Succeeded();
        var path = PathOf(Tables.TopPlayed, 0);
        var changed = File.ReadAllText(path).Replace("Song A", "Song Z", StringComparison.Ordinal);
        await PutAsync(KeyOf(path), System.Text.Encoding.UTF8.GetBytes(changed));

        (await PullAsync()).Succeeded();

        Assert.Equal(changed, File.ReadAllText(path));
    }

    [Fact]
    public async Task An_object_that_was_uploaded_in_parts_comes_once_and_again_where_it_changed()
    {
        await PutWeeksAsync(1);
        (await PullAsync()).Succeeded();
        var path = PathOf(Tables.TopPlayed, 0);
        var text = File.ReadAllText(path);
        await PutInPartsAsync(KeyOf(path), text);

        foreach (var gets in (int[])[1, 0, 0])
        {
            _gets = 0;
            (await PullAsync()).Succeeded();
            Assert.Equal(gets, _gets);
        }

        await PutInPartsAsync(KeyOf(path), text.Replace("Song A", "Song Z", StringComparison.Ordinal));
        (await PullAsync()).Succeeded();
        Assert.Contains("Song Z", File.ReadAllText(path), StringComparison.Ordinal);
        File.WriteAllText(path, text);
        (await PullAsync()).Succeeded();
        Assert.Contains("Song Z", File.ReadAllText(path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pull_that_was_broken_off_goes_on()
    {
        await PutWeeksAsync(20);
        var bodies = 0;
        _body = (key, body) => Interlocked.Increment(ref bodies) == 60 ? new CutStream(body) : body;

        var error = (await PullAsync()).Failed();

        Assert.Contains("Cannot reach S3", error, StringComparison.Ordinal);
        Assert.EndsWith("it goes on from where it stopped.", error, StringComparison.Ordinal);
        Assert.Empty(TempFolder.Snapshot(Path.Combine(_pyspotify.Raw, "_partial")));
        var here = TempFolder.Snapshot(_pyspotify.Raw).Count;
        Assert.InRange(here, 40, 75);

        _gets = 0;
        var pull = (await PullAsync()).Succeeded().Output;
        Assert.Equal(20 * 4 - here, _gets);
        Assert.Contains($"20 snapshots in 80 files, of which {_gets} are new", pull, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_does_not_go_on_is_not_waited_for_without_end()
    {
        await PutWeeksAsync(1);
        var clock = new TestClock();
        _pyspotify.Clock = clock;
        _body = (_, body) => new StalledStream(body, clock);

        var error = await PullAsync().WaitAsync(TimeSpan.FromSeconds(30), Cancelled);

        Assert.StartsWith("Cannot reach S3: nothing came for 60 seconds.", error.Failed(), StringComparison.Ordinal);
        Assert.Empty(TempFolder.Snapshot(_pyspotify.Raw));
    }

    [Fact]
    public async Task Staged_rows_and_what_is_no_file_name_here_are_not_brought()
    {
        await PutWeeksAsync(1);
        string[] keys =
        [
            "../outside.csv", "a\\b.csv", "snapshot_date=2023-12-04/nul.csv", "snapshot_date=2023-12-04/a:b.csv", "snapshot_date=2023-12-04/\u0001.csv",
            "/snapshot_date=2023-12-04/a.csv", $"snapshot_date=2023-12-04/{new string('x', 252)}.csv", "snapshot_date=2023-12-04/readme.txt", "snapshot_date=2023-12-04/..csv",
        ];
        foreach (var key in keys.Append("snapshot_date=2023-12-04/"))
        {
            await PutAsync($"{Tables.TopPlayed}/{key}", "no"u8.ToArray());
        }

        var pull = (await PullAsync()).Succeeded().Output;

        Assert.Contains("Ignored, because", pull, StringComparison.Ordinal);
        Assert.Contains("and 4 more", pull, StringComparison.Ordinal);
        Assert.Equal(4, TempFolder.Snapshot(_pyspotify.Raw).Count);
        Assert.DoesNotContain(TempFolder.Snapshot(_pyspotify.Home + "/..").Keys, file => file.Contains("outside", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_bucket_without_snapshots_is_told_and_nothing_is_made()
    {
        Assert.Contains("has no snapshots", (await PullAsync()).Failed(), StringComparison.Ordinal);

        // The refined bucket has folders of the same names.
        await PutAsync("sources/snapshot_date=2026-11-22/part-0.parquet", "PAR1"u8.ToArray());
        Assert.Contains("`pulumi stack output RawBucket` prints the name", (await PullAsync()).Failed(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_pyspotify.Data));
    }

    [Fact]
    public async Task Sample_and_real_snapshots_are_kept_apart()
    {
        await PutWeeksAsync(1);
        (await _pyspotify.RunAsync("--snapshot-date", "2026-11-22")).Succeeded();
        Assert.Contains("sample data", (await PullAsync()).Failed(), StringComparison.Ordinal);
        Directory.Delete(_pyspotify.Data, recursive: true);

        (await PullAsync()).Succeeded();
        Assert.Contains("real snapshots", (await _pyspotify.RunAsync("--snapshot-date", "2026-11-22")).Failed(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bucket_that_is_not_there_is_named()
    {
        using var s3 = moto.S3();
        await s3.DeleteBucketAsync(_bucket, Cancelled);
        Assert.Contains($"There is no bucket '{_bucket}'", (await PullAsync()).Failed(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bucket_that_may_not_be_listed_is_told_from_a_key_that_is_not_known()
    {
        await PutWeeksAsync(1);
        var stranger = await CreateUserAsync();
        await SetAuthenticationAsync("0");
        try
        {
            _pyspotify.OpenS3 = (_, region) => Task.FromResult<IAmazonS3>(Client(stranger, region));
            var refused = (await PullAsync()).Failed();
            Assert.Contains($"may not list the bucket '{_bucket}'", refused, StringComparison.Ordinal);
            Assert.Contains("They need s3:ListBucket", refused, StringComparison.Ordinal);

            _pyspotify.OpenS3 = (_, region) => Task.FromResult<IAmazonS3>(Client(MotoServer.Credentials, region));
            Assert.Contains("AWS does not accept these credentials", (await PullAsync()).Failed(), StringComparison.Ordinal);
        }
        finally
        {
            await SetAuthenticationAsync("inf");
        }
    }

    /// <summary>Moto takes every region for every bucket; S3 answers so.</summary>
    [Theory]
    [InlineData(HttpStatusCode.MovedPermanently, "PermanentRedirect")]
    [InlineData(HttpStatusCode.BadRequest, "AuthorizationHeaderMalformed")]
    public async Task Asked_in_the_wrong_region_S3_names_the_right_one(HttpStatusCode status, string code)
    {
        await PutWeeksAsync(1);
        _before = request => request.Headers.TryGetValues("Authorization", out var values) && values.Single().Contains("/eu-central-1/", StringComparison.Ordinal)
            ? null
            : Refuse(status, code, ("x-amz-bucket-region", "eu-central-1"));

        var error = (await PullAsync()).Failed();

        Assert.Equal($"The bucket '{_bucket}' is in the region eu-central-1. Add --region eu-central-1.", error);
        (await PullAsync("--region", "eu-central-1")).Succeeded();
    }

    [Theory]
    [InlineData(HttpStatusCode.BadRequest, "ExpiredToken", "have expired. Sign in to AWS again, then run the command again; it goes on")]
    [InlineData(HttpStatusCode.Forbidden, "RequestTimeTooSkewed", "Set its clock")]
    [InlineData(HttpStatusCode.Forbidden, "AccessDenied", "may not read the bucket")]
    [InlineData(HttpStatusCode.Forbidden, "InvalidObjectState", "may not read the bucket")]
    [InlineData(HttpStatusCode.ServiceUnavailable, "SlowDown", "S3 cannot answer at the moment")]
    [InlineData(HttpStatusCode.InternalServerError, "InternalError", "S3 cannot answer at the moment")]
    [InlineData(HttpStatusCode.NotImplemented, "NotImplemented", "S3 cannot answer at the moment")]
    [InlineData(HttpStatusCode.Conflict, "OperationAborted", "S3 refused to read the bucket")]
    public async Task What_S3_refuses_on_the_way_is_told_with_the_next_step(HttpStatusCode status, string code, string words)
    {
        await PutWeeksAsync(1);
        _before = request => IsGet(request) ? Refuse(status, code) : null;
        Assert.Contains(words, (await PullAsync()).Failed(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_object_that_is_gone_by_now_is_left_out()
    {
        await PutWeeksAsync(2);
        _before = request => IsGet(request) && request.RequestUri!.AbsolutePath.Contains("popular", StringComparison.Ordinal) ? Refuse(HttpStatusCode.NotFound, "NoSuchKey") : null;
        (await PullAsync()).Succeeded();
        Assert.False(Directory.Exists(Path.Combine(_pyspotify.Raw, Tables.Popular)));
    }

    [Theory]
    [InlineData("'r' is not a bucket", "r")]
    [InlineData("Write the bucket as s3://my-raw-bucket", "my-raw-bucket")]
    [InlineData("is not a bucket. Write it as s3://NAME.", "s3://")]
    [InlineData("is not a bucket. Write it as s3://NAME.", "s3://Raw_Bucket")]
    [InlineData("is not a bucket. Write it as s3://NAME.", "https://my-raw-bucket.s3.amazonaws.com")]
    [InlineData("pull takes a whole bucket: s3://my-raw-bucket", "s3://my-raw-bucket/spotifytopplayed/")]
    [InlineData("Required argument 'bucket' missing")]
    [InlineData("'Frankfurt' is not an AWS region. Write it like eu-central-1.", "s3://my-raw-bucket", "--region", "Frankfurt")]
    [InlineData("There is no AWS profile 'nobody-has-this' with", "s3://my-raw-bucket", "--profile", "nobody-has-this")]
    public async Task Names_that_are_wrong_are_told_before_anything_is_asked(string words, params string[] arguments)
    {
        await using var pyspotify = new Pyspotify();
        Assert.Contains(words, (await pyspotify.RunAsync(["pull", .. arguments])).Failed(exitCode: 2), StringComparison.Ordinal);
        Assert.False(Directory.Exists(pyspotify.Data));
    }

    [Fact]
    public async Task The_built_program_takes_the_credentials_address_and_region_of_a_profile()
    {
        await PutWeeksAsync(1);
        SetConfig($"[profile music]\nregion = eu-west-3\nendpoint_url = {moto.Address}\naws_access_key_id = a\naws_secret_access_key = b\n");

        var pull = (await _pyspotify.RunProcessAsync("pull", $"s3://{_bucket}", "--profile", "music")).Succeeded().Output;
        var quiet = (await _pyspotify.RunProcessAsync("pull", $"s3://{_bucket}", "--profile", "music", "--quiet")).Succeeded().Output;

        Assert.Contains("1 snapshot in 4 files, of which 4 are new", pull, StringComparison.Ordinal);
        Assert.Empty(quiet);
        Assert.Equal(2, Directory.GetFiles(_pyspotify.Raw, "*.csv", SearchOption.AllDirectories).Length);
    }

    [Theory]
    [InlineData("eu-west-3", "--profile", "music")]
    [InlineData("eu-north-1", "--profile", "music", "--region", "eu-north-1")]
    [InlineData("us-east-1", "--profile", "nowhere")]
    public async Task The_region_is_the_one_named_or_the_profiles(string region, params string[] options)
    {
        using var s3 = new HttpListener();
        var address = MotoServer.FreeAddress();
        s3.Prefixes.Add(address.AbsoluteUri);
        s3.Start();
        const string keys = "aws_access_key_id = a\naws_secret_access_key = b\n";
        SetConfig($"[profile music]\nregion = eu-west-3\nendpoint_url = {address}\n{keys}[profile nowhere]\nendpoint_url = {address}\n{keys}");

        var pull = _pyspotify.RunProcessAsync(["pull", $"s3://{_bucket}", .. options]);
        var request = await s3.GetContextAsync().WaitAsync(TimeSpan.FromSeconds(30), Cancelled);

        Assert.Contains($"/{region}/s3/aws4_request", request.Request.Headers["Authorization"], StringComparison.Ordinal);
        request.Response.StatusCode = 403;
        request.Response.Close();
        (await pull).Failed();
    }

    [Theory]
    [InlineData("", null, "There are no AWS credentials. Run `aws configure`")]
    [InlineData("", "nobody", "There is no AWS profile 'nobody' with credentials. `aws configure --profile nobody` makes it.")]
    [InlineData("[profile b]\naws_access_key_id = a\naws_secret_access_key = b\n[profile a]\ncredential_process = false\n", "nobody", "There is no AWS profile 'nobody' with credentials. Those that have some: a, b.")]
    [InlineData("[profile a]\nregion = eu-west-3\n", "a", "There is no AWS profile 'a' with credentials. `aws configure --profile a` makes it.")]
    [InlineData("[profile a]\nrole_arn = arn:aws:iam::123456789012:role/x\nsource_profile = b\n[profile b]\naws_access_key_id = a\naws_secret_access_key = b\n", "a", "`aws configure export-credentials --profile a --format env` prints")]
    [InlineData("[profile a]\nsso_session = s\nsso_account_id = 123456789012\nsso_role_name = r\n[sso-session s]\nsso_start_url = https://x.example/start\nsso_region = eu-west-3\n", "a", "`aws configure export-credentials --profile a --format env` prints")]
    [InlineData("[profile a]\ncredential_process = false\n", "a", "the program it names fails")]
    public async Task Credentials_that_are_missing_or_of_no_use_are_told(string config, string? profile, string words)
    {
        SetConfig(config);
        var exitCode = words.StartsWith("There is no AWS profile", StringComparison.Ordinal) ? 2 : 1;

        Assert.Contains(words, (await _pyspotify.RunProcessAsync(["pull", $"s3://{_bucket}", .. profile is null ? Array.Empty<string>() : ["--profile", profile]])).Failed(exitCode), StringComparison.Ordinal);
        if (profile is not null)
        {
            _pyspotify.Environment["AWS_PROFILE"] = profile;
            Assert.Contains(words, (await _pyspotify.RunProcessAsync("pull", $"s3://{_bucket}")).Failed(exitCode), StringComparison.Ordinal);
        }
    }

    private Task<Ended> PullAsync(params string[] options) => _pyspotify.RunAsync(["pull", $"s3://{_bucket}", .. options]);

    private void SetConfig(string text)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_pyspotify.Home, ".aws")).FullName;
        _pyspotify.Environment["AWS_CONFIG_FILE"] = Path.Combine(folder, "config");
        _pyspotify.Environment["AWS_SHARED_CREDENTIALS_FILE"] = Path.Combine(folder, "credentials");
        _pyspotify.Environment["AWS_EC2_METADATA_DISABLED"] = "true";
        File.WriteAllText(_pyspotify.Environment["AWS_CONFIG_FILE"], text);
    }

    private string PathOf(string table, int week) => Directory.GetFiles(
        Path.Combine(_pyspotify.Raw, Keys.Partition(table, First.AddDays(7 * week)))).Single();

    private string KeyOf(string path) => Path.GetRelativePath(_pyspotify.Raw, path).Replace('\\', '/');

    /// <summary>A snapshot's files, as a run writes them, or as it did until November 2026.</summary>
    private static void Fill(string raw, DateOnly date, bool isOld)
    {
        foreach (var table in Tables.Raw)
        {
            string[] songs = ["Artist,Song A,50,180000,Album,2026,AAAAAAAAAAAAAAAAAAAAAA,1", "Artist,Song B,,180000,Album,2026,BBBBBBBBBBBBBBBBBBBBBB,2"];
            Write(Keys.Csv(table, date, "source"), isOld
                ? [string.Join(',', Columns.RawHeader.Split(',')[..Columns.RawAtLeast]), .. songs]
                : [Columns.RawHeader, .. songs.Select(song => $"{song},\"[\"\"Artist\"\"]\",,source")]);
            if (isOld)
            {
                Write($"{Prefixes.OldQuarantine}/{Keys.Partition(table, date)}/{Keys.Source("source")}.jsonl", ["""{"reason":"no artist","song":null}"""]);
            }
            else
            {
                Write(Keys.SourceRecord(table, date, "source"), [$$"""{"list":"{{Lists.Of(table)}}","source":"source","kind":"playlist","name":"Mine","status":"read","reason":null,"rows":2,"skipped":{},"quarantined":0}"""]);
            }
        }

        void Write(string key, string[] lines)
        {
            var path = Path.Combine(raw, key);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, string.Join('\n', lines) + "\n");
        }
    }

    private async Task PutWeeksAsync(int weeks)
    {
        using var folder = new TempFolder();
        for (var week = 0; week < weeks; week++)
        {
            Fill(folder.Path, First.AddDays(7 * week), isOld: false);
        }

        await Parallel.ForEachAsync(TempFolder.Snapshot(folder.Path), Cancelled, async (file, _) => await PutAsync(file.Key.Replace('\\', '/'), file.Value));
    }

    private async Task PutAsync(string key, byte[] content)
    {
        using var s3 = moto.S3();
        await s3.PutObjectAsync(new PutObjectRequest { BucketName = _bucket, Key = key, InputStream = new MemoryStream(content) }, Cancelled);
    }

    private async Task PutInPartsAsync(string key, string text)
    {
        using var s3 = moto.S3();
        var upload = await s3.InitiateMultipartUploadAsync(_bucket, key, Cancelled);
        var part = await s3.UploadPartAsync(
            new UploadPartRequest { BucketName = _bucket, Key = key, UploadId = upload.UploadId, PartNumber = 1, InputStream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)) },
            Cancelled);
        var whole = await s3.CompleteMultipartUploadAsync(
            new CompleteMultipartUploadRequest { BucketName = _bucket, Key = key, UploadId = upload.UploadId, PartETags = [new(part)] }, Cancelled);
        Assert.Contains('-', whole.ETag);
    }

    private AmazonS3Client Client(AWSCredentials credentials, string? region) => new(credentials, new AmazonS3Config
    {
        ServiceURL = moto.Address.AbsoluteUri,
        ForcePathStyle = true,
        AuthenticationRegion = region ?? "us-east-1",
        HttpClientFactory = new Door(this),
        MaxErrorRetry = 0,
    });

    /// <summary>Somebody whom no policy allows anything.</summary>
    private async Task<BasicAWSCredentials> CreateUserAsync()
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0");
        var name = $"user-{Guid.NewGuid():N}";
        await CallAsync("CreateUser");
        var key = await CallAsync("CreateAccessKey");
        return new(Regex.Match(key, "<AccessKeyId>(.+?)</").Groups[1].Value, Regex.Match(key, "<SecretAccessKey>(.+?)</").Groups[1].Value);

        async Task<string> CallAsync(string action)
        {
            using var content = new FormUrlEncodedContent(new Dictionary<string, string> { ["Action"] = action, ["UserName"] = name, ["Version"] = "2010-05-08" });
            using var response = await http.PostAsync(moto.Address, content, Cancelled);
            return await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync(Cancelled);
        }
    }

    /// <summary>After how many calls moto begins to ask who calls.</summary>
    private async Task SetAuthenticationAsync(string calls)
    {
        using var http = new HttpClient();
        using var content = new StringContent(calls);
        (await http.PostAsync(new Uri(moto.Address, "moto-api/reset-auth"), content, Cancelled)).EnsureSuccessStatusCode();
    }

    private bool IsGet(HttpRequestMessage request) => request.Method == HttpMethod.Get && request.RequestUri!.AbsolutePath.Length > _bucket.Length + 2;

    private HttpResponseMessage Refuse(HttpStatusCode status, string code, params (string Name, string Value)[] headers)
    {
        var response = new HttpResponseMessage(status)
        {
            Content = new StringContent($"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>S3's words.</Message><Bucket>{_bucket}</Bucket><RequestId>1</RequestId><HostId>2</HostId></Error>", System.Text.Encoding.UTF8, "application/xml"),
        };
        foreach (var (name, value) in headers)
        {
            response.Headers.Add(name, value);
        }

        return response;
    }

    private sealed class Door(PullTests test) : Amazon.Runtime.HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => new(new Handler(test) { InnerHandler = new SocketsHttpHandler() });

        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

        public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;
    }

    private sealed class Handler(PullTests test) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (test._before(request) is { } refused)
            {
                return refused;
            }

            var response = await base.SendAsync(request, cancellationToken);
            if (test.IsGet(request))
            {
                Interlocked.Increment(ref test._gets);
                var body = test._body(request.RequestUri!.AbsolutePath, await response.Content.ReadAsStreamAsync(cancellationToken));
                var content = new StreamContent(body);
                foreach (var header in response.Content.Headers)
                {
                    content.Headers.TryAddWithoutValidation(header.Key, header.Value);
                }

                response.Content = content;
            }

            return response;
        }
    }

    /// <summary>A body that ends amid its first bytes, as a cut connection's does.</summary>
    private sealed class CutStream(Stream body) : BodyStream
    {
        private bool _hasRead;

        public override int Read(byte[] buffer, int offset, int count) => !_hasRead && (_hasRead = true)
            ? body.Read(buffer, offset, Math.Min(count, 10))
            : throw new HttpIOException(HttpRequestError.ResponseEnded, "The response ended prematurely.");
    }

    /// <summary>A body of which nothing comes, for as long as anybody waits.</summary>
    private sealed class StalledStream(Stream body, TestClock clock) : BodyStream
    {
        public override async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        {
            clock.Advance(TimeSpan.FromSeconds(61));
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return await body.ReadAsync(buffer.AsMemory(offset, count), cancellationToken);
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }

    private abstract class BodyStream : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
