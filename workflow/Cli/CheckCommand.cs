using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using PySpotify.Functions;
using PySpotify.Functions.Spotify;
using PySpotify.Workflow.Local;

namespace PySpotify.Workflow.Cli;

/// <summary><c>check</c>: finds out what can be read, and what to do where it cannot.</summary>
internal static class CheckCommand
{
    private const string CredentialsRow = "Credentials", SignInRow = "Sign-in", ModeRow = "Mode", QuotaRow = "Quota", SourcesRow = "Sources";

    public static Command Create(Host host)
    {
        var inputFile = Options.Input();
        var check = new Command("check", "Find out what your app may read, and what to do where it may not. Changes nothing.") { inputFile };
        check.SetAction(async (arguments, cancellationToken) =>
        {
            var data = Options.DataFolder(arguments);
            var secrets = host.OpenSecrets(data);
            var settings = SpotifySettings.Read(secrets, host.AddSettings);
            if (settings.Credentials is not { } credentials)
            {
                Write(host, false, CredentialsRow, "No credentials yet. Run `pyspotify setup`.");
                return 1;
            }

            using var http = SpotifyHandler.CreateClient(settings.Options, host.Clock, NullLogger.Instance);
            var row = CredentialsRow;
            try
            {
                var access = await AppAccess.OpenAsync(new(http, settings.Options), credentials, secrets, host.Clock, cancellationToken);
                Write(host, true, row, $"Spotify knows the app {credentials.ClientId}.");
                row = ModeRow;
                var isInDevelopmentMode = await access.IsInDevelopmentModeAsync(cancellationToken);
                row = SignInRow;
                Write(host, access.IsSignedIn ? true : null, row, access.IsSignedIn
                    ? $"{await access.NameAsync(cancellationToken)}, {Until(settings)}."
                    : "Nobody is signed in. For playlists of your own and your top tracks, run `pyspotify login`.");
                Write(host, true, ModeRow, isInDevelopmentMode
                    ? "Development Mode: playlists of your own only, no popularity, 10 results per search page."
                    : "Extended quota: public playlists, popularity, 50 results per search page.");
                row = SourcesRow;
                return await TryAllAsync(host, access, Sources(host, arguments.GetValue(inputFile), data, settings), cancellationToken);
            }
            catch (PySpotifyException e) when (e is not (InvalidInputException or SettingsException))
            {
                row = e switch
                {
                    SpotifyCredentialsException => CredentialsRow,
                    SpotifySignInExpiredException or SpotifyUserNotRegisteredException or SpotifyScopeMissingException => SignInRow,
                    SpotifyPremiumRequiredException => ModeRow,
                    SpotifyQuotaExceededException or SpotifyRateLimitedException => QuotaRow,
                    _ => row,
                };
                Write(host, false, row, Advice.WithoutRedrive(e.Message));
                return 1;
            }
        });
        return check;
    }

    private static List<Source> Sources(Host host, string? inputFile, DataFolder data, SpotifySettings settings)
    {
        var file = InputFile.Choose(inputFile, data, settings);
        host.WriteText(file.IsUsual
            ? "    Sources      You have not chosen what to read, so this is what every app can. Run `pyspotify setup` to choose."
            : $"    Sources      of {file.Path}:");
        var input = file.Read(null, host.Clock.GetUtcNow());
        return [.. input.TopPlayed.Sources, .. input.Popular.Sources];
    }

    private static async Task<int> TryAllAsync(Host host, AppAccess access, List<Source> sources, CancellationToken cancellationToken)
    {
        var unread = 0;
        foreach (var source in sources)
        {
            var found = await access.TryAsync(source, cancellationToken);
            unread += found.Problem is null ? 0 : 1;
            Write(host, found);
        }

        host.WriteText(unread == 0
            ? "Everything can be read. Next: `pyspotify run`."
            : $"{unread} of {sources.Count} sources cannot be read.");
        return unread == 0 ? 0 : 1;
    }

    /// <summary>Writes whether a source can be read, and what to do where it cannot.</summary>
    public static void Write(Host host, SourceAccess source)
    {
        Write(host, source.Problem is null, source.Title, source.Problem?.Cause
            ?? Words.Count(source.Songs, "song"), width: 40);
        if (source.Problem is { } problem)
        {
            host.WriteText($"        {DisplayText.Clean(Advice.WithoutRedrive(problem.Advice))}");
        }
    }

    private static string Until(SpotifySettings settings) => settings.SignInEnds is { } end
        ? $"until {end.Iso()}"
        : "signed in elsewhere; it ends six months after that";

    private static void Write(Host host, bool? isGood, string row, string text, int width = 12)
    {
        var mark = isGood switch { true => "✓", false => "✗", null => "-" };
        host.WriteText($"  {mark} {DisplayText.Clean(row).PadRight(width)} {DisplayText.Clean(text)}");
    }
}
