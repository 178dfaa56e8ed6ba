using PySpotify.Functions;
using PySpotify.Functions.Rows;
using PySpotify.Functions.Spotify;
using PySpotify.Workflow.Local.Warehouse;

namespace PySpotify.Workflow.Local;

/// <summary>Finds out what an app, and the person who signed in to it, may read: by asking, a call or two each.</summary>
/// <param name="spotify">Spotify.</param>
/// <param name="accessToken">The app's token, or the person's.</param>
/// <param name="isSignedIn">Whether it is a person's.</param>
internal sealed class AppAccess(HttpSpotifyApi spotify, string accessToken, bool isSignedIn)
{
    // Any will do; it is about the size of the page.
    private const string AnyQuery = "year:2025";

    private UserAnswer? _user;

    /// <summary>Whether a person has signed in.</summary>
    public bool IsSignedIn => isSignedIn;

    /// <summary>Asks for a new token, so that the credentials and the sign-in are tried.</summary>
    /// <param name="spotify">Spotify.</param>
    /// <param name="configured">The credentials as they were set.</param>
    /// <param name="secrets">Where a newer sign-in may be. A refresh token that ends the one before is kept there.</param>
    /// <param name="clock">The time.</param>
    /// <param name="cancellationToken">Cancels them.</param>
    public static async Task<AppAccess> OpenAsync(
        HttpSpotifyApi spotify, SpotifyCredentials configured, SecretsFile secrets, TimeProvider clock, CancellationToken cancellationToken)
    {
        var stored = await Secrets.ReadTokenAsync(secrets, SecretNames.Token, cancellationToken);
        var newest = AccessToken.Newest(configured, stored);
        var issued = await spotify.RequestTokenAsync(newest, cancellationToken);
        if (issued.RefreshToken is not null)
        {
            await Secrets.WriteTokenAsync(secrets, AccessToken.From(issued, newest, configured, stored, clock.GetUtcNow()), cancellationToken);
        }

        return new(spotify, issued.AccessToken, newest.RefreshToken is not null);
    }

    /// <summary>Who signed in.</summary>
    public async Task<string> NameAsync(CancellationToken cancellationToken)
    {
        _user ??= await spotify.GetUserAsync(accessToken, cancellationToken);
        return _user switch
        {
            { DisplayName: { Length: > 0 } name } => name,
            { Id: { Length: > 0 } id } => id,
            _ => "somebody without a name",
        };
    }

    /// <summary>Whether the app is in Development Mode, where searches come by the ten.</summary>
    public async Task<bool> IsInDevelopmentModeAsync(CancellationToken cancellationToken)
    {
        var (_, limit) = await TrackPages.ReadFirstAsync(PagesOf(new(Source.Search, AnyQuery)), cancellationToken);
        return limit == TrackPages.DevelopmentModeLimit;
    }

    /// <summary>The person's playlists; in Development Mode those that the person owns or helps to edit, for others may not be read.</summary>
    public async Task<IReadOnlyList<(Source Source, string Title)>> PlaylistsAsync(bool isInDevelopmentMode, CancellationToken cancellationToken)
    {
        await NameAsync(cancellationToken);
        var playlists = await spotify.GetPlaylistsAsync(accessToken, cancellationToken);
        return
        [
            .. playlists.Where(playlist => playlist.Id is not null && (!isInDevelopmentMode || playlist.Collaborative == true || playlist.Owner?.Id == _user!.Id))
                .Select(playlist => (new Source(Source.Playlist, playlist.Id!), playlist.Name is { Length: > 0 } name ? name : $"Playlist {playlist.Id}")),
        ];
    }

    /// <summary>Reads a source's first page.</summary>
    /// <exception cref="PySpotifyException">Something is wrong that concerns the whole app.</exception>
    public async Task<SourceAccess> TryAsync(Source source, CancellationToken cancellationToken)
    {
        var title = ListTitle.Of(source, null);
        if (source.Kind == Source.TopTracks && !isSignedIn)
        {
            return new(source, title, 0, new("nobody is signed in", "Sign in with `pyspotify login`."));
        }

        try
        {
            if (source.Kind == Source.Playlist)
            {
                title = ListTitle.Of(source, await spotify.GetPlaylistNameAsync(accessToken, source.Id, cancellationToken));
            }

            var (page, _) = await TrackPages.ReadFirstAsync(PagesOf(source), cancellationToken);
            var songs = Math.Max(page.Total ?? 0, page.Tracks.Count);
            songs = source.Kind == Source.Search ? Math.Min(songs, FetchPopular.SearchWindow) : songs;
            return new(source, title, songs, songs > 0 ? null : new SourceEmptyException(source).Problem);
        }
        catch (SourceException e)
        {
            return new(source, title, 0, e.Problem);
        }
        catch (SpotifyScopeMissingException)
        {
            return new(source, title, 0, new("forbidden (403)", "The sign-in does not allow this. Sign in again with `pyspotify login`, which asks for everything that is needed."));
        }
        catch (SpotifyForbiddenException e)
        {
            return new(source, title, 0, new("forbidden (403)", e.Message));
        }
    }

    private GetTrackPage PagesOf(Source source) => (offset, limit, cancellationToken) => source.Kind switch
    {
        Source.Search => spotify.SearchTracksAsync(accessToken, source.Id, offset, limit, cancellationToken),
        Source.TopTracks => spotify.GetTopTracksAsync(accessToken, source.Id, offset, limit, cancellationToken),
        _ => spotify.GetPlaylistItemsAsync(accessToken, source.Id, offset, limit, cancellationToken),
    };
}

/// <summary>Whether a source can be read.</summary>
/// <param name="Source">The source.</param>
/// <param name="Title">What it is called.</param>
/// <param name="Songs">Its songs as Spotify counts them.</param>
/// <param name="Problem">Why it cannot be read; null where it can.</param>
internal sealed record SourceAccess(Source Source, string Title, int Songs, Problem? Problem);
