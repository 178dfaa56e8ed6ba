namespace PySpotify.Workflow.Local;

/// <summary>Files that another process has opened: Windows keeps others out, and so does .NET elsewhere.</summary>
internal static class FileLock
{
    // What opening such a file fails with: ERROR_SHARING_VIOLATION, EWOULDBLOCK.
    private const int OnWindows = 32, OnLinux = 11, OnMac = 35;

    private const int Attempts = 5;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Whether opening a file failed because another process has opened it.</summary>
    public static bool IsCauseOf(IOException e) => (e.HResult & 0xFFFF) is OnWindows or OnLinux or OnMac;

    /// <summary>Opens a file that another process may be looking at just now.</summary>
    public static FileStream Open(Func<FileStream> open)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return open();
            }
            catch (IOException e) when (IsCauseOf(e) && attempt < Attempts)
            {
                Thread.Sleep(Pause);
            }
        }
    }

    /// <summary>Whether a process keeps a file open.</summary>
    public static bool IsHeld(string path)
    {
        try
        {
            Open(() => new(path, FileMode.Open, FileAccess.Read, FileShare.None)).Dispose();
            return false;
        }
        catch (IOException e) when (IsCauseOf(e))
        {
            return true;
        }
    }
}
