using System.Text;
using Amazon.S3;
using Amazon.S3.Model;
using PySpotify.Functions.Aws;
using PySpotify.Functions.Ports;
using PySpotify.Workflow.Local;

namespace PySpotify.Tests;

/// <summary>What a bucket does and a folder in its place must do alike.</summary>
public abstract class ObjectStoreTests : IAsyncLifetime
{
    private const string Key = "spotifytopplayed/snapshot_date=2026-11-22/fakePlaylist0000000001.csv";

    protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    protected abstract IObjectStore Store { get; }

    public abstract ValueTask InitializeAsync();

    public abstract ValueTask DisposeAsync();

    /// <summary>Every key that stands in the store, or beside it, in order.</summary>
    protected abstract Task<IEnumerable<string>> KeysAsync();

    [Fact]
    public async Task What_is_written_is_read()
    {
        await WriteAsync(Key, "one\n");

        Assert.Equal("one\n", await ReadAsync(Key));
        Assert.Equal([Key], await KeysAsync());
    }

    [Fact]
    public async Task An_object_may_be_empty_or_large()
    {
        await WriteAsync("a", "");
        await WriteAsync("b", new string('x', 3_000_000));

        Assert.Equal("", await ReadAsync("a"));
        Assert.Equal(3_000_000, (await ReadAsync("b")).Length);
    }

    [Fact]
    public async Task Writing_replaces_the_whole_object()
    {
        await WriteAsync(Key, "a longer one");
        await WriteAsync(Key, "short");

        Assert.Equal("short", await ReadAsync(Key));
        Assert.Equal([Key], await KeysAsync());
    }

    [Fact]
    public async Task A_write_that_fails_leaves_nothing()
    {
        await Assert.ThrowsAsync<InvalidDataException>(() => FailAsync(Key));

        Assert.Empty(await KeysAsync());
        await Assert.ThrowsAsync<ObjectNotFoundException>(() => ReadAsync(Key));
    }

    [Fact]
    public async Task A_write_that_fails_leaves_the_earlier_object()
    {
        await WriteAsync(Key, "earlier");

        await Assert.ThrowsAsync<InvalidDataException>(() => FailAsync(Key));

        Assert.Equal("earlier", await ReadAsync(Key));
        Assert.Equal([Key], await KeysAsync());
    }

    [Fact]
    public async Task A_write_that_is_cancelled_leaves_the_earlier_object()
    {
        await WriteAsync(Key, "earlier");
        using var cancellation = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.WriteAsync(
            Key,
            async (stream, cancellationToken) =>
            {
                await stream.WriteAsync("half"u8.ToArray(), CancellationToken.None);
                await cancellation.CancelAsync();
                cancellationToken.ThrowIfCancellationRequested();
            },
            cancellation.Token));

        Assert.Equal("earlier", await ReadAsync(Key));
        Assert.Equal([Key], await KeysAsync());
    }

    [Fact]
    public async Task An_object_is_not_seen_before_it_is_whole()
    {
        await WriteAsync(Key, "earlier");

        await Store.WriteAsync(
            Key,
            async (stream, cancellationToken) =>
            {
                await stream.WriteAsync(Encoding.UTF8.GetBytes("later"), cancellationToken);
                await stream.FlushAsync(cancellationToken);
                Assert.Equal("earlier", await ReadAsync(Key));
            },
            Cancelled);

        Assert.Equal("later", await ReadAsync(Key));
    }

    [Fact]
    public async Task Two_writers_of_one_object_leave_one_of_the_two()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(n => WriteAsync(Key, new string((char)('a' + n), 100_000))));

        var text = await ReadAsync(Key);
        Assert.Equal(100_000, text.Length);
        Assert.Single(text.Distinct());
        Assert.Equal([Key], await KeysAsync());
    }

    [Fact]
    public async Task What_is_not_there_is_named()
    {
        var error = await Assert.ThrowsAsync<ObjectNotFoundException>(() => ReadAsync(Key));

        Assert.Contains(Key, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deleting_removes_one_object_and_may_be_done_twice()
    {
        await WriteAsync("a/b", "1");
        await WriteAsync("a/c", "2");

        await Store.DeleteAsync("a/b", Cancelled);
        await Store.DeleteAsync("a/b", Cancelled);
        await Store.DeleteAsync("never/was", Cancelled);

        Assert.Equal(["a/c"], await KeysAsync());
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("a/../../outside")]
    [InlineData("a/../outside")]
    [InlineData("a/./b")]
    [InlineData("/outside")]
    [InlineData("a//b")]
    [InlineData("")]
    public async Task A_key_that_climbs_is_refused(string key)
    {
        await Assert.ThrowsAsync<ArgumentException>(() => WriteAsync(key, "no"));
        await Assert.ThrowsAsync<ArgumentException>(() => ReadAsync(key));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.DeleteAsync(key, Cancelled));

        Assert.Empty(await KeysAsync());
    }

    [Theory]
    [InlineData("a\\b")]
    [InlineData("..\\outside")]
    [InlineData("C:outside")]
    [InlineData("a/b:stream")]
    [InlineData("a/b*")]
    [InlineData("a/b ")]
    [InlineData("a/b.")]
    [InlineData("a/.hidden")]
    [InlineData("a/nul.csv")]
    [InlineData("Com1/b")]
    [InlineData("a/ääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääää.csv")]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    public async Task A_key_that_is_no_file_name_somewhere_is_refused(string key)
    {
        await Assert.ThrowsAsync<ArgumentException>(() => WriteAsync(key, "no"));

        Assert.Empty(await KeysAsync());
    }

    protected Task WriteAsync(string key, string text) =>
        Store.WriteAsync(key, (stream, cancellationToken) => stream.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken).AsTask(), Cancelled);

    private Task FailAsync(string key) => Store.WriteAsync(
        key,
        async (stream, cancellationToken) =>
        {
            await stream.WriteAsync(new byte[200_000], cancellationToken);
            throw new InvalidDataException("half");
        },
        Cancelled);

    private async Task<string> ReadAsync(string key)
    {
        using var reader = new StreamReader(await Store.OpenReadAsync(key, Cancelled));
        return await reader.ReadToEndAsync(Cancelled);
    }
}

public sealed class LocalObjectStoreTests : ObjectStoreTests
{
    private readonly string _parent = Path.Combine(Path.GetTempPath(), $"pyspotify-tests-{Guid.NewGuid():N}");

    private LocalObjectStore Folder => new(Path.Combine(_parent, "raw"));

    protected override IObjectStore Store => Folder;

    public override ValueTask InitializeAsync() => default;

    public override ValueTask DisposeAsync()
    {
        if (Directory.Exists(_parent))
        {
            Directory.Delete(_parent, recursive: true);
        }

        return default;
    }

    [Fact]
    public async Task What_a_killed_process_left_half_written_is_removed_and_nothing_else()
    {
        await WriteAsync("a/b", "whole");
        Directory.CreateDirectory(Path.Combine(_parent, "raw", "_partial"));
        await File.WriteAllTextAsync(Path.Combine(_parent, "raw", "_partial", "half"), "ha", Cancelled);

        Folder.RemovePartialFiles();
        Folder.RemovePartialFiles();

        Assert.Equal(["a/b"], await KeysAsync());
        await WriteAsync("c", "goes on");
    }

    protected override Task<IEnumerable<string>> KeysAsync() => Task.FromResult<IEnumerable<string>>(Directory.Exists(_parent)
        ? Directory.EnumerateFiles(_parent, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Path.Combine(_parent, "raw"), file).Replace('\\', '/'))
            .Order(StringComparer.Ordinal)
        : []);
}

public sealed class S3ObjectStoreTests(MotoServer moto) : ObjectStoreTests, IClassFixture<MotoServer>
{
    private readonly string _bucket = $"raw-{Guid.NewGuid():N}";
    private AmazonS3Client? _s3;

    private AmazonS3Client S3 => _s3 ??= moto.S3();

    protected override IObjectStore Store => new S3ObjectStore(S3, _bucket);

    public override async ValueTask InitializeAsync()
    {
        await S3.PutBucketAsync(_bucket, Cancelled);
        await S3.PutBucketAsync($"{_bucket}-beside", Cancelled);
    }

    public override ValueTask DisposeAsync()
    {
        _s3?.Dispose();
        return default;
    }

    [Fact]
    public async Task A_temporary_file_does_not_outlive_its_upload()
    {
        string? during = null;
        await Store.WriteAsync(
            "a",
            async (stream, cancellationToken) =>
            {
                during = ((FileStream)stream).Name;
                await stream.WriteAsync("1"u8.ToArray(), cancellationToken);
                Assert.True(File.Exists(during));
            },
            Cancelled);
        Assert.False(File.Exists(during));
    }

    protected override async Task<IEnumerable<string>> KeysAsync()
    {
        var keys = new List<string>();
        foreach (var bucket in new[] { _bucket, $"{_bucket}-beside" })
        {
            var listed = await S3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = bucket }, Cancelled);
            keys.AddRange((listed.S3Objects ?? []).Select(found => found.Key));
        }

        return keys;
    }
}
