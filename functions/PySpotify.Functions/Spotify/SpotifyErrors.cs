using System.Globalization;
using PySpotify.Functions.Rows;

namespace PySpotify.Functions.Spotify;

/// <summary>The client id or secret is missing or wrong.</summary>
/// <param name="detail">What Spotify says.</param>
/// <param name="isSecret">Whether it is known to be the secret.</param>
public sealed class SpotifyCredentialsException(string detail, bool isSecret = false) : PySpotifyException(
    $"Spotify did not accept the app's credentials ({detail}). Check {(isSecret ? "" : "Spotify:ClientId and ")}Spotify:ClientSecret "
    + "against the app's page on https://developer.spotify.com/dashboard.");

/// <summary>Spotify refused to end a sign-in that a person has just begun (<c>invalid_grant</c>).</summary>
public sealed class SpotifySignInRefusedException(string message) : PySpotifyException(
    $"Spotify did not complete the sign-in ('{message}'). Run `pyspotify login` again; if it fails again, check that the app's page on "
    + "https://developer.spotify.com/dashboard lists the redirect address.");

/// <summary>The refresh token is six months old or was revoked (<c>invalid_grant</c>).</summary>
public sealed class SpotifySignInExpiredException(string? message = null) : PySpotifyException(
    $"The Spotify sign-in has expired or was revoked{(message is null ? "" : $" ('{message}')")}; Spotify ends one six months after it was made. "
    + "Sign in again with `pyspotify login`; a stack on AWS needs the new refresh token, too. Then redrive the execution.");

/// <summary>The app's owner has no Premium (403): nothing can be read until they have.</summary>
public sealed class SpotifyPremiumRequiredException(string message) : PySpotifyException(
    $"Spotify says '{message}'. In Development Mode the app's owner needs Spotify Premium. Renew it, then redrive the execution.");

/// <summary>The signed-in person is not one of the app's users (403).</summary>
public sealed class SpotifyUserNotRegisteredException(string message) : PySpotifyException(
    $"Spotify says '{message}'. Add the person who signed in under 'User Management' on the app's page "
    + "(https://developer.spotify.com/dashboard), then redrive the execution.");

/// <summary>The sign-in does not allow what was asked (403).</summary>
public sealed class SpotifyScopeMissingException(string message) : PySpotifyException(
    $"Spotify says '{message}'. Sign in again with `pyspotify login`, which asks for everything that is needed, then redrive the execution.");

/// <summary>Spotify forbids the call, for a reason that is not known here (403).</summary>
public sealed class SpotifyForbiddenException(string message) : PySpotifyException(
    $"Spotify says '{message}' (403). If these are the words of a proxy or firewall, ask whoever runs it; else check the app on "
    + "https://developer.spotify.com/dashboard, then redrive the execution.");

/// <summary>The access token has run out; Authenticate issues a new one.</summary>
public sealed class SpotifyTokenExpiredException(DateTimeOffset expiresAt) : PySpotifyException(
    string.Create(CultureInfo.InvariantCulture, $"The access token expired at {expiresAt:u}."));

/// <summary>Spotify refused (401) a token that had not expired; Authenticate issues another, once.</summary>
/// <param name="id">The token's <see cref="AccessToken.Id"/>.</param>
public sealed class SpotifyTokenRefusedException(string id) : PySpotifyException($"Spotify refused the access token {id}, which has not expired.");

/// <summary>Spotify refused (401) a token. Where it is shown, that token was a fresh one.</summary>
public sealed class SpotifyUnauthorizedException() : PySpotifyException(
    "Spotify refused an access token that it had just issued. Check on https://developer.spotify.com/dashboard that the app still exists, and "
    + "sign in again with `pyspotify login` if you have withdrawn its access; then redrive the execution.");

/// <summary>Something is wrong with one source, for good, and with no other.</summary>
public abstract class SourceException(Problem problem) : PySpotifyException($"{problem.Cause}: {problem.Advice}")
{
    /// <summary>What is wrong, and what to do.</summary>
    public Problem Problem { get; } = problem;
}

/// <summary>A source has no song that can be kept.</summary>
public sealed class SourceEmptyException(Source source) : SourceException(source.Kind switch
{
    Functions.Source.TopTracks => new("no songs", "Spotify has no top tracks for you yet. Listen for some weeks, or read a playlist."),
    Functions.Source.Search => new("nothing found", "The search found no songs. Try it in Spotify's own search, and correct it."),
    _ => new("no songs", "The playlist has no songs that can be loaded. Add songs, or take it out of the input."),
});

/// <summary>No such playlist for this app (404).</summary>
public sealed class SpotifyPlaylistNotFoundException() : SourceException(new(
    "not found (404)",
    "Check the playlist's link. Spotify's own playlists are closed to apps made after November 2024; copy such a playlist into your own account."));

/// <summary>The playlist is not the signed-in user's (403), which Development Mode demands.</summary>
public sealed class SpotifyPlaylistForbiddenException() : SourceException(new(
    "forbidden (403)",
    "Spotify says 'Forbidden'. In Development Mode an app reads only playlists that the signed-in person owns or helps to edit: "
    + "run `pyspotify login` as that person, or use a playlist of theirs."));

/// <summary>Spotify refuses this source alone (400, 404, 410).</summary>
public sealed class SpotifySourceRefusedException(int status, string? message) : SourceException(new(
    $"refused ({status}{(message is null ? "" : $": '{SpotifyAnswers.Cut(message, MaxQuote)}'")})",
    $"{(message is null ? "Spotify does not say why" : $"Spotify says '{message}'")}. Correct it in the input, or take it out."))
{
    // So that the causes of 300 sources fit what Step Functions lets a Fail state say.
    private const int MaxQuote = 28;
}

/// <summary>Too many requests, and the time to wait is longer than is waited for.</summary>
public sealed class SpotifyRateLimitedException(DateTimeOffset? until) : PySpotifyException(
    "Spotify is limiting this app's requests. " + ComeBack(until))
{
    internal static string ComeBack(DateTimeOffset? until) => until is { } time
        ? string.Create(CultureInfo.InvariantCulture, $"Redrive the execution after {time.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC.")
        : "Wait a while, then redrive the execution.";
}

/// <summary>The app's quota is used up (429 with reason <c>QUOTA_EXCEEDED</c>).</summary>
public sealed class SpotifyQuotaExceededException(DateTimeOffset? until) : PySpotifyException(
    "This app's Spotify quota is used up. " + SpotifyRateLimitedException.ComeBack(until));

/// <summary>Spotify could not be reached or answered with a fault (5xx, timeout, cut connection), several times over.</summary>
public sealed class SpotifyUnavailableException(string detail, Exception? inner = null) : PySpotifyException(
    $"Spotify could not be reached or is not working ({detail}). Check the network and https://status.spotify.dev, "
    + "then redrive the execution.", inner);

/// <summary>Spotify's answer is not what was asked for.</summary>
public sealed class SpotifyResponseException(string detail, Exception? inner = null) : PySpotifyException(
    $"Spotify's answer could not be read: {detail}. Redrive the execution; if it fails again, Spotify's API may have changed.", inner);

/// <summary>Spotify refused the page size (400 <c>Invalid limit</c>).</summary>
public sealed class SpotifyInvalidLimitException(int limit) : PySpotifyException(
    $"Spotify refused a page of {limit} rows. Development Mode allows 10.");
