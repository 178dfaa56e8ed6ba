using Microsoft.Extensions.Configuration;
using PySpotify.Functions;
using PySpotify.Functions.Spotify;
using PySpotify.Workflow.Local;
using PySpotify.Workflow.Pull;
using PySpotify.Workflow.StatesLanguage;
using Spectre.Console;

namespace PySpotify.Workflow.Cli;

/// <summary>What a command works with besides its arguments. Tests bring their own.</summary>
/// <param name="Output">Where results go.</param>
/// <param name="Error">Where errors go.</param>
/// <param name="AddSettings">Adds the settings that override those in the data folder.</param>
/// <param name="Clock">The time.</param>
internal sealed record Host(IAnsiConsole Output, IAnsiConsole Error, Action<IConfigurationBuilder> AddSettings, TimeProvider Clock)
{
    /// <summary>How to reach S3.</summary>
    public OpenS3 OpenS3 { get; init; } = S3Connection.OpenAsync;

    /// <summary>Whether only errors are written.</summary>
    public bool IsQuiet { get; init; }

    /// <summary>What people type to start this program.</summary>
    public string Program { get; init; } = "pyspotify";

    /// <summary>The data folder that the command line names; null where it names none.</summary>
    public string? NamedDataFolder { get; set; }

    /// <summary>The mode of the secrets file.</summary>
    public Func<string, UnixFileMode> ModeOf { get; init; } = SecretsFile.FileMode;

    private HashSet<string> Warnings { get; } = [];

    /// <summary>The secrets of a data folder. Warns once.</summary>
    public SecretsFile OpenSecrets(DataFolder data) => new(data.Secrets) { Warn = Warn, ModeOf = ModeOf };

    private void Warn(string warning)
    {
        if (!IsQuiet && Warnings.Add(warning))
        {
            WriteError(warning);
        }
    }

    /// <summary>Writes why a command failed: a sentence, or everything that is known.</summary>
    public void ShowError(Exception e, bool isVerbose) => WriteError(e switch
    {
        _ when isVerbose => e.ToString(),
        // With a path, .NET names it; only a standard stream has none.
        UnauthorizedAccessException when !e.Message.Contains('\'', StringComparison.Ordinal) => "Cannot write the output: standard output is closed.",
        PySpotifyException or StateMachineException or IOException or UnauthorizedAccessException =>
            (IsAboutAccess(e) ? "First try `pyspotify check`: it shows what can be read, and what to do about the rest. " : "")
                + DisplayText.Clean(e is ExecutionFailedException ? e.Message : Advice.WithoutRedrive(e.Message)),
        OperationCanceledException => "Stopped.",
        _ => $"Unexpected error: {e.Message} Run the command again with --verbose to see where it happened.",
    });

    /// <summary>Writes a line. A command in it, such as `pyspotify redrive`, can be pasted as it is shown.</summary>
    public void WriteText(string line = "") => Output.WriteText(ToPaste(line));

    /// <summary>Writes a line where errors go, with commands as in <see cref="WriteText"/>. Where they cannot go anywhere, the exit code says enough.</summary>
    public void WriteError(string line)
    {
        try
        {
            Error.WriteText(ToPaste(line));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is closed or full.
        }
    }

    private string ToPaste(string line) => Advice.ToPaste(line, Program, NamedDataFolder);

    /// <summary>Whether an error is about the credentials, the sign-in or what they may read.</summary>
    private static bool IsAboutAccess(Exception? e) => e is
        SpotifyCredentialsException or SpotifySignInExpiredException or SpotifyPremiumRequiredException or SpotifyUserNotRegisteredException
        or SpotifyScopeMissingException or SpotifyUnauthorizedException or SpotifyQuotaExceededException
        or ExecutionFailedException { IsAboutSources: true }
        || (e is ExecutionFailedException && IsAboutAccess(e.InnerException));
}
