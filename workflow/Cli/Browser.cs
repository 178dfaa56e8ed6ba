using System.ComponentModel;
using System.Diagnostics;

namespace PySpotify.Workflow.Cli;

/// <summary>The user's browser.</summary>
internal static class Browser
{
    /// <summary>Opens a page whose address has been shown.</summary>
    public static void Open(Uri page)
    {
        // What the opener and the browser say is noise beside the address.
        var start = OperatingSystem.IsWindows()
            ? new ProcessStartInfo(page.AbsoluteUri) { UseShellExecute = true }
            : new ProcessStartInfo("/bin/sh", ["-c", $"exec {(OperatingSystem.IsMacOS() ? "open" : "xdg-open")} \"$1\" </dev/null >/dev/null 2>&1", "sh", page.AbsoluteUri]);
        try
        {
            Process.Start(start)?.Dispose();
        }
        catch (Exception e) when (e is Win32Exception or PlatformNotSupportedException)
        {
            // The address can be opened by hand.
        }
    }
}
