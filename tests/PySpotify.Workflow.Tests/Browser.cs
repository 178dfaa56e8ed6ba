using Microsoft.Playwright;

namespace PySpotify.Workflow.Tests;

/// <summary>A Chromium that is installed; Playwright's own downloads are not needed.</summary>
public sealed class Browser : IAsyncLifetime
{
    private IPlaywright? _playwright;
    private IBrowser? _chromium;
    private IBrowserContext? _context;

    public async ValueTask InitializeAsync()
    {
        var path = new[] { Environment.GetEnvironmentVariable("CHROMIUM"), "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }
            .FirstOrDefault(File.Exists);
        if (path is null)
        {
            return;
        }

        _playwright = await Playwright.CreateAsync();
        string[] arguments = ["--disable-gpu", "--renderer-process-limit=1", .. Environment.UserName == "root" ? ["--no-sandbox"] : Array.Empty<string>()];
        _chromium = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = path, Args = arguments });

        // A process for each page would take longer than the tests do. They share that of this page, which stays open.
        _context = await _chromium.NewContextAsync();
        await _context.NewPageAsync();
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
        var page = hasScript ? await _context!.NewPageAsync() : await _chromium!.NewPageAsync(new() { JavaScriptEnabled = false });
        await page.SetViewportSizeAsync(width, 800);
        await page.EmulateMediaAsync(new() { ColorScheme = scheme });
        var heard = new List<string>();
        page.Console += (_, message) => heard.Add($"console: {message.Text}");
        page.PageError += (_, error) => heard.Add($"error: {error}");
        page.Dialog += (_, dialog) => heard.Add($"dialog: {dialog.Message}");
        page.Request += (_, request) => heard.Add($"request: {request.Url}");
        await page.GotoAsync(new Uri(file).AbsoluteUri);
        Assert.Equal([$"request: {new Uri(file).AbsoluteUri}"], heard.Where(line => line != "request: data:,"));
        return page;
    }
}
