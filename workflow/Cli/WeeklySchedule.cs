namespace PySpotify.Workflow.Cli;

/// <summary>What makes a system call <c>run --weekly</c> by itself. docs/weekly.md has more ways.</summary>
internal static class WeeklySchedule
{
    /// <summary>The line to paste into a terminal of the system that this runs on, for the program that runs now.</summary>
    /// <param name="dataFolder">The data folder's whole path.</param>
    public static string Line(string dataFolder)
    {
        List<string> program = [Environment.ProcessPath ?? "pyspotify"];
        if (Path.GetFileNameWithoutExtension(program[0]) == "dotnet")
        {
            program.Add(Path.Combine(AppContext.BaseDirectory, "pyspotify.dll"));
        }

        // Where only a shell's settings lead to .NET, cron would not find it.
        if (Environment.GetEnvironmentVariable("DOTNET_ROOT") is { Length: > 0 } dotnet && !OperatingSystem.IsWindows())
        {
            program.InsertRange(0, ["env", $"DOTNET_ROOT={dotnet}"]);
        }

        return Line(program, dataFolder, OperatingSystem.IsWindows());
    }

    /// <summary>The line for a program.</summary>
    /// <param name="program">The program and the arguments that start it.</param>
    /// <param name="dataFolder">The data folder's whole path.</param>
    /// <param name="isWindows">Whether it is for Windows (PowerShell), or for Linux and macOS (a shell and cron).</param>
    internal static string Line(IReadOnlyList<string> program, string dataFolder, bool isWindows)
    {
        if (isWindows)
        {
            var arguments = string.Join(' ', program.Skip(1).Select(Quoted).Append("run --weekly --quiet --data").Append(Quoted(dataFolder)));
            return $"Register-ScheduledTask PySpotify -Force -Action (New-ScheduledTaskAction -Execute {PowerShell(program[0])} -Argument {PowerShell(arguments)}) "
                + "-Trigger (New-ScheduledTaskTrigger -Daily -At 8am) "
                + "-Settings (New-ScheduledTaskSettingsSet -StartWhenAvailable -RunOnlyIfNetworkAvailable -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries)";
        }

        // Every hour, since cron passes over what it slept through. A percent sign would end the command in a crontab.
        var command = string.Join(' ', program.Select(Shell).Append("run --weekly --quiet --data").Append(Shell(dataFolder)));
        return $"(crontab -l 2>/dev/null; echo {Shell($"17 * * * * {command.Replace("%", "\\%", StringComparison.Ordinal)}")}) | crontab -";
    }

    /// <summary>Text as a shell of Linux or macOS takes it.</summary>
    public static string Shell(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>Text as an argument on Windows.</summary>
    public static string Quoted(string text) => $"\"{text}\"";

    private static string PowerShell(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
