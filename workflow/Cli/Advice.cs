using System.Text.RegularExpressions;

namespace PySpotify.Workflow.Cli;

/// <summary>What messages advise, as a person can do it here. The functions' messages are also those of AWS.</summary>
internal static partial class Advice
{
    /// <summary>What people type to start a program: its name, its path, or in a clone where it was only built, the SDK.</summary>
    /// <param name="program">Its path; null where it is not known.</param>
    /// <param name="from">The folder where it was started.</param>
    /// <param name="path">The folders that a shell looks into: the environment variable PATH.</param>
    public static string StartOf(string? program, string from, string? path)
    {
        var folder = Path.GetDirectoryName(program);
        if (folder is null || Path.GetFileNameWithoutExtension(program) != "pyspotify" || path?.Split(Path.PathSeparator).Contains(folder) == true)
        {
            return "pyspotify";
        }

        var project = Path.GetFullPath(Path.Combine(folder, "..", "..", ".."));
        if (Path.GetFileName(Path.GetDirectoryName(folder)) == "Debug" && File.Exists(Path.Combine(project, "PySpotify.Workflow.csproj")))
        {
            return $"dotnet run --project {Quoted(Path.GetRelativePath(from, project))} --";
        }

        var relative = Path.GetRelativePath(from, program!);
        return Quoted(relative.StartsWith("..", StringComparison.Ordinal) ? program! : Path.Combine(".", relative));
    }

    /// <summary>A line with its commands, such as `pyspotify login`, as they can be pasted.</summary>
    /// <param name="line">The line.</param>
    /// <param name="start">What starts the program.</param>
    /// <param name="dataFolder">The data folder that they need, too; null for the usual one.</param>
    public static string ToPaste(string line, string start, string? dataFolder)
    {
        var arguments = dataFolder is null ? "" : $" --data {Quoted(dataFolder)}";
        var redriven = line.Replace("redrive the execution", "run `pyspotify redrive`", StringComparison.Ordinal)
            .Replace("Redrive the execution", "Run `pyspotify redrive`", StringComparison.Ordinal);
        return Command().Replace(redriven, command => $"`{start}{command.Groups["name"]}{(command.Groups["name"].Success ? arguments : "")}");
    }

    /// <summary>Advice for where nobody can redrive: no execution has begun, or it goes on by itself.</summary>
    public static string WithoutRedrive(string advice) => Redrive().Replace(advice, "").Replace("Redrive the execution", "Try again", StringComparison.Ordinal);

    /// <summary>A path as a shell takes it.</summary>
    private static string Quoted(string path) =>
        path.All(c => char.IsLetterOrDigit(c) || c is '/' or ':' or '.' or '_' or '-' || (c is '\\' or '~' && OperatingSystem.IsWindows())) ? path
        : OperatingSystem.IsWindows() ? WeeklySchedule.Quoted(path)
        : WeeklySchedule.Shell(path);

    [GeneratedRegex("`pyspotify(?<name> [a-z]+)?")]
    private static partial Regex Command();

    [GeneratedRegex(@"(?<=\.) Then redrive the execution\.|[,;] then redrive the execution")]
    private static partial Regex Redrive();
}
