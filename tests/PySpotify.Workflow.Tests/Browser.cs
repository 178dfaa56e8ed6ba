using Microsoft.Playwright;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(PySpotify.Workflow.Tests.BrowserFirst))]

namespace PySpotify.Workflow.Tests;

/// <summary>A Chromium that is installed, Playwright's own downloads are not needed, with one page that the tests use in turn: to start either takes longer than most tests do.</summary>
public sealed class Browser : IAsyncLifetime
{
    private readonly List<string> _heard = [];
    private IPlaywright? _playwright;
    private IBrowser? _chromium;
    private IPage? _page;

    public async ValueTask InitializeAsync()
    {
        var path = new[] { Environment.GetEnvironmentVariable("CHROMIUM"), "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }
            .FirstOrDefault(File.Exists);
        if (path is null)
        {
            return;
        }

        _playwright = await Playwright.CreateAsync();
        string[] arguments = ["--disable-gpu", "--in-process-gpu", .. Environment.UserName == "root" ? ["--no-sandbox"] : Array.Empty<string>()];
        _chromium = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = path, Args = arguments });
        _page = await NewPageAsync(hasScript: true);
    }

    public async ValueTask DisposeAsync()
    {
        if (_chromium is not null)
        {
            await _chromium.DisposeAsync();
        }

        _playwright?.Dispose();
    }

    /// <summary>Opens a file and holds that it asks for nothing else and complains of nothing.</summary>
    public async Task<IPage> OpenAsync(string file, int width = 1280, ColorScheme scheme = ColorScheme.Light, bool hasScript = true)
    {
        Assert.SkipWhen(_chromium is null, "There is no Chromium here: install it (Debian: apt-get install chromium) or name one in CHROMIUM.");
        var page = hasScript ? _page! : await NewPageAsync(hasScript);
        await page.GotoAsync("about:blank");
        await page.Mouse.MoveAsync(0, 0);
        await page.SetViewportSizeAsync(width, 800);
        await page.EmulateMediaAsync(new() { ColorScheme = scheme, Media = Media.Screen });
        _heard.Clear();
        await page.GotoAsync(new Uri(file).AbsoluteUri);
        Assert.Equal([$"request: {new Uri(file).AbsoluteUri}"], _heard.Where(line => line != "request: data:,"));
        return page;
    }

    private async Task<IPage> NewPageAsync(bool hasScript)
    {
        var page = await _chromium!.NewPageAsync(new() { JavaScriptEnabled = hasScript });
        page.Console += (_, message) => _heard.Add($"console: {message.Text}");
        page.PageError += (_, error) => _heard.Add($"error: {error}");
        page.Dialog += (_, dialog) => _heard.Add($"dialog: {dialog.Message}");
        page.Request += (_, request) => _heard.Add($"request: {request.Url}");
        return page;
    }
}

/// <summary>The classes that look at pages; they share the browser and the tables.</summary>
[CollectionDefinition(nameof(Browser))]
public sealed class BrowserTests : ICollectionFixture<Browser>, ICollectionFixture<SampleTables>, ICollectionFixture<HandMadeWeeks>;

/// <summary>The browser's tests take turns, so they begin first: otherwise they would be at work alone at the end.</summary>
public sealed class BrowserFirst : ITestCollectionOrderer
{
    public IReadOnlyCollection<TCollection> OrderTestCollections<TCollection>(IReadOnlyCollection<TCollection> testCollections)
        where TCollection : ITestCollection =>
        [.. testCollections.OrderByDescending(collection => collection.TestCollectionDisplayName == nameof(Browser))];
}
