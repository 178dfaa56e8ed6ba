using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace PySpotify.Tests;

/// <summary>
/// Spotify's accounts service and Web API on a loopback port: what Spotify does as of November 2026, with faults on
/// demand.
/// </summary>
internal sealed partial class FakeSpotify : IAsyncDisposable
{
    private const int SearchWindow = 1000;

    // The headers of a body that never ends should have arrived before the deadline comes.
    private static readonly TimeSpan TimeForHeaders = TimeSpan.FromMilliseconds(20);

    private readonly WebApplication _server;
    private readonly Lock _lock = new();
    private readonly List<SpotifyRequest> _requests = [];
    private readonly List<ScriptedFault> _faults = [];
    private readonly ConcurrentDictionary<string, IssuedToken> _tokens = new();
    private readonly ConcurrentDictionary<string, string> _redirectsByCode = new();
    private readonly ConcurrentDictionary<string, Playlist> _playlists = new();
    private readonly ConcurrentDictionary<string, string?[]> _searches = new();
    private readonly ConcurrentDictionary<string, string?[]> _topTracks = new();
    private string?[] _anySearch = [];
    private int _concurrent, _issued;

    private FakeSpotify()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        // Calls that hang must not hold up the end of a test.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.Zero);
        _server = builder.Build();
        _server.Run(HandleAsync);
    }

    /// <summary>Where the Web API is; ends with <c>/v1/</c>.</summary>
    public Uri ApiUrl => new(AccountsUrl, "v1/");

    /// <summary>Where the accounts service is; ends with <c>/</c>.</summary>
    public Uri AccountsUrl { get; private set; } = null!;

    public string ClientId { get; set; } = "fake-client-id";

    public string ClientSecret { get; set; } = "fake-client-secret";

    /// <summary>The refresh token that is good now: any other is <c>invalid_grant</c>, so setting it revokes the old.</summary>
    public string RefreshToken { get; set; } = "fake-refresh-token";

    /// <summary>Whether each refresh hands out a new <see cref="RefreshToken"/> and ends the old one.</summary>
    public bool RotatesRefreshTokens { get; set; }

    /// <summary>What an unknown client id or secret is answered with: Spotify uses 400 and 401.</summary>
    public int InvalidClientStatus { get; set; } = 400;

    /// <summary>What a person's sign-in allows.</summary>
    public string Scopes { get; set; } = "playlist-read-private playlist-read-collaborative user-top-read";

    /// <summary>The signed-in person's id and name.</summary>
    public (string Id, string Name) User { get; set; } = ("fake-user", "Ada Listener");

    /// <summary>Whether the app's owner has Premium, without which nothing is answered in Development Mode.</summary>
    public bool OwnerHasPremium { get; set; } = true;

    /// <summary>Whether the app's owner has let the signed-in person use it, as Development Mode demands.</summary>
    public bool UserIsRegistered { get; set; } = true;

    /// <summary>Whether the person at <c>/authorize</c> says no.</summary>
    public bool DeniesSignIn { get; set; }

    /// <summary>Seconds a token lives, by <see cref="Clock"/>.</summary>
    public int ExpiresIn { get; set; } = 3600;

    public TimeProvider Clock { get; set; } = TimeProvider.System;

    public bool DevelopmentMode { get; set; }

    /// <summary>The largest page of playlist items; searches have 50, or 10 in Development Mode.</summary>
    public int MaxPlaylistLimit { get; set; } = 50;

    /// <summary>How long each call takes.</summary>
    public TimeSpan Latency { get; set; }

    /// <summary>Awaited before a call is answered.</summary>
    public Func<SpotifyRequest, Task>? Before { get; set; }

    /// <summary>Called once a call has got all that comes of <see cref="Fault.Hang"/> or <see cref="Fault.NeverEnds"/> soon.</summary>
    public Action? OnSilence { get; set; }

    /// <summary>Changes a page (<c>items</c>, <c>total</c>, <c>next</c> …) before it is sent.</summary>
    public Action<SpotifyRequest, JsonObject>? OnPage { get; set; }

    /// <summary>The most calls that were open at once.</summary>
    public int MaxConcurrentCalls { get; private set; }

    /// <summary>Every call so far, in order of arrival, those that a fault answered too.</summary>
    public IReadOnlyList<SpotifyRequest> Requests
    {
        get
        {
            lock (_lock)
            {
                return [.. _requests];
            }
        }
    }

    public static async Task<FakeSpotify> StartAsync(bool developmentMode = false)
    {
        var spotify = new FakeSpotify { DevelopmentMode = developmentMode };
        await spotify._server.StartAsync();
        spotify.AccountsUrl = new Uri(spotify._server.Urls.Single());
        return spotify;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync();
        await _server.DisposeAsync();
    }

    /// <summary>Sets a playlist's rows.</summary>
    /// <param name="id">The playlist's id.</param>
    /// <param name="rows">Tracks as JSON. <c>"null"</c> is a row without a track, null a row that is null itself.</param>
    /// <param name="owned">Whether it is the signed-in user's, as Development Mode demands.</param>
    /// <param name="name">What it is called.</param>
    public void AddPlaylist(string id, IEnumerable<string?> rows, bool owned = true, string? name = null) =>
        _playlists[id] = new([.. rows], owned, name);

    /// <summary>Sets the signed-in person's top tracks over a time range.</summary>
    public void AddTopTracks(string timeRange, IEnumerable<string?> rows) => _topTracks[timeRange] = [.. rows];

    /// <summary>Sets what a search finds: <paramref name="query"/>, or every query that has no rows of its own.</summary>
    public void AddSearch(IEnumerable<string?> rows, string? query = null)
    {
        if (query is null)
        {
            _anySearch = [.. rows];
        }
        else
        {
            _searches[query] = [.. rows];
        }
    }

    /// <summary>
    /// Answers calls with a fault: the next <paramref name="times"/> that <paramref name="when"/> holds for, once
    /// <paramref name="after"/> such calls have been let through. Earlier faults come first.
    /// </summary>
    public void Fail(Fault with, Func<SpotifyRequest, bool>? when = null, int times = 1, int after = 0)
    {
        lock (_lock)
        {
            _faults.Add(new(with, when ?? (_ => true), after, times));
        }
    }

    /// <summary>Answers no call before so many are open at once.</summary>
    public void Gather(int calls, Func<SpotifyRequest, bool> which)
    {
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var arrived = 0;
        Before = request =>
        {
            if (!which(request))
            {
                return Task.CompletedTask;
            }

            if (Interlocked.Increment(ref arrived) == calls)
            {
                all.SetResult();
            }

            return all.Task;
        };
    }

    /// <summary>Ends every token handed out so far.</summary>
    public void ExpireTokens()
    {
        foreach (var (token, issued) in _tokens)
        {
            _tokens[token] = issued with { ExpiresAt = DateTimeOffset.MinValue };
        }
    }

    /// <summary>How many calls an endpoint had.</summary>
    public int Calls(Endpoint endpoint) => Requests.Count(request => request.Endpoint == endpoint);

    /// <summary>Throws where a call came that no route expects.</summary>
    public void AssertNothingUnexpected()
    {
        var unexpected = Requests.Where(request => request.Endpoint == Endpoint.Unexpected).ToList();
        if (unexpected.Count > 0)
        {
            throw new InvalidOperationException("Spotify has no such endpoint: " + string.Join(", ", unexpected));
        }
    }

    private async Task HandleAsync(HttpContext context)
    {
        var ends = context.RequestAborted;
        try
        {
            var form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync(ends) : FormCollection.Empty;
            var request = Describe(context.Request, form);
            Fault? fault;
            lock (_lock)
            {
                _requests.Add(request);
                MaxConcurrentCalls = Math.Max(MaxConcurrentCalls, ++_concurrent);
                fault = NextFault(request);
            }

            try
            {
                if (Before is { } before)
                {
                    await before(request).WaitAsync(ends);
                }

                var latency = Latency > TimeSpan.Zero ? Task.Delay(Latency, ends) : Task.CompletedTask;
                if (fault is not null && !fault.NeedsAnswer)
                {
                    await latency;
                    var sending = fault.Send(context.Response, []);
                    if (fault.IsSilent && OnSilence is { } onSilence)
                    {
                        await Task.Delay(TimeForHeaders, ends);
                        onSilence();
                    }

                    await sending;
                    return;
                }

                var answer = AnswerTo(request, context.Request, form);
                var body = Encoding.UTF8.GetBytes(answer.Body);
                await latency;
                context.Response.StatusCode = answer.Status;
                context.Response.ContentType = answer.ContentType;
                context.Response.ContentLength = body.Length;
                if (answer.Location is not null)
                {
                    context.Response.Headers.Location = answer.Location;
                }

                await (fault?.Send(context.Response, body) ?? context.Response.Body.WriteAsync(body, ends).AsTask());
            }
            finally
            {
                lock (_lock)
                {
                    _concurrent--;
                }
            }
        }
        catch (Exception e) when (ends.IsCancellationRequested && e is OperationCanceledException or IOException)
        {
            // The caller has gone or the test is over.
            context.Abort();
        }
    }

    private static SpotifyRequest Describe(HttpRequest request, IFormCollection form)
    {
        var path = request.Path.Value!.Split('/');
        var endpoint = (request.Method, path) switch
        {
            ("POST", ["", "api", "token"]) => Endpoint.Token,
            ("GET", ["", "authorize"]) => Endpoint.Authorize,
            ("GET", ["", "v1", "playlists", _, "items" or "tracks"]) => Endpoint.Playlist,
            ("GET", ["", "v1", "playlists", _]) => Endpoint.PlaylistName,
            ("GET", ["", "v1", "me", "top", "tracks"]) => Endpoint.TopTracks,
            ("GET", ["", "v1", "me"]) => Endpoint.Me,
            ("GET", ["", "v1", "me", "playlists"]) => Endpoint.MyPlaylists,
            ("GET", ["", "v1", "search"]) => Endpoint.Search,
            _ => Endpoint.Unexpected,
        };
        return new(
            endpoint,
            request.Method,
            request.Path.Value!,
            request.Query.ToDictionary(pair => pair.Key, pair => pair.Value.ToString()),
            endpoint == Endpoint.Token ? form["grant_type"].ToString() : null);
    }

    private Fault? NextFault(SpotifyRequest request)
    {
        foreach (var fault in _faults.Where(fault => fault.Times > 0 && fault.When(request)))
        {
            if (fault.After-- > 0)
            {
                continue;
            }

            fault.Times--;
            return fault.With;
        }

        return null;
    }

    private Answer AnswerTo(SpotifyRequest request, HttpRequest http, IFormCollection form) => request.Endpoint switch
    {
        Endpoint.Token => IssueToken(http, form),
        Endpoint.Authorize => Authorize(request),
        Endpoint.Playlist => Refusal(http) ?? GetPlaylist(request, TokenOf(http)!),
        Endpoint.PlaylistName => Refusal(http) ?? GetPlaylistName(request),
        Endpoint.TopTracks => Refusal(http) ?? GetTopTracks(request, TokenOf(http)!),
        Endpoint.Me => Refusal(http) ?? OfUser(http, () => new(200, UserJson(User.Id, User.Name).ToJsonString())),
        Endpoint.MyPlaylists => Refusal(http) ?? OfUser(http, () => Page(request, 20, 50, [.. _playlists.Select(PlaylistSummary)], row => row!)),
        Endpoint.Search => Refusal(http) ?? Search(request),
        _ => Error(404, "Service not found"),
    };

    private Answer Authorize(SpotifyRequest request)
    {
        var redirect = request["redirect_uri"] ?? "";
        if (request["client_id"] != ClientId)
        {
            return new(400, "INVALID_CLIENT: Invalid client");
        }

        if (!redirect.StartsWith("http://127.0.0.1:", StringComparison.Ordinal)
            && !redirect.StartsWith("https://", StringComparison.Ordinal))
        {
            return new(400, "INVALID_CLIENT: Insecure redirect URI");
        }

        if (request["response_type"] != "code")
        {
            return new(400, "response_type must be code");
        }

        var code = $"fake-code-{Interlocked.Increment(ref _issued)}";
        _redirectsByCode[code] = redirect;
        var state = request["state"] is { } sent ? "&state=" + Uri.EscapeDataString(sent) : "";
        return new(302, "", redirect + (DeniesSignIn ? "?error=access_denied" : "?code=" + code) + state);
    }

    private Answer IssueToken(HttpRequest http, IFormCollection form)
    {
        var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{ClientId}:{ClientSecret}"));
        if (!AuthenticationHeaderValue.TryParse(http.Headers.Authorization, out var sent)
            || sent is not { Scheme: "Basic" } || sent.Parameter != basic)
        {
            return Refuse("invalid_client", "Invalid client", InvalidClientStatus);
        }

        var grant = form["grant_type"].ToString();
        string? newRefreshToken = null;
        switch (grant)
        {
            case "client_credentials":
                break;
            case "refresh_token" when form["refresh_token"] != RefreshToken:
                return Refuse("invalid_grant", "Refresh token revoked");
            case "refresh_token" when RotatesRefreshTokens:
                RefreshToken = newRefreshToken = $"fake-refresh-token-{Interlocked.Increment(ref _issued)}";
                break;
            case "refresh_token":
                break;
            case "authorization_code" when !_redirectsByCode.TryRemove(form["code"].ToString(), out var redirect)
                || form["redirect_uri"] != redirect:
                return Refuse("invalid_grant", "Invalid authorization code");
            case "authorization_code":
                newRefreshToken = RefreshToken;
                break;
            default:
                return Refuse("unsupported_grant_type", "grant_type parameter is missing or unsupported");
        }

        var token = $"fake-access-token-{Interlocked.Increment(ref _issued)}";
        _tokens[token] = new(grant == "client_credentials" ? "" : Scopes, Clock.GetUtcNow().AddSeconds(ExpiresIn));
        var body = new JsonObject { ["access_token"] = token, ["token_type"] = "Bearer", ["expires_in"] = ExpiresIn };
        if (grant != "client_credentials")
        {
            body["scope"] = Scopes;
        }

        if (newRefreshToken is not null)
        {
            body["refresh_token"] = newRefreshToken;
        }

        return new(200, body.ToJsonString());

        static Answer Refuse(string error, string description, int status = 400) =>
            new(status, new JsonObject { ["error"] = error, ["error_description"] = description }.ToJsonString());
    }

    private Answer? Refusal(HttpRequest http)
    {
        if (http.Headers.Authorization.Count == 0)
        {
            return Error(401, "No token provided");
        }

        if (TokenOf(http) is not { } token)
        {
            return Error(401, "Invalid access token");
        }

        if (token.ExpiresAt <= Clock.GetUtcNow())
        {
            return Error(401, "The access token expired");
        }

        // These two come as plain text.
        return !DevelopmentMode ? null
            : !OwnerHasPremium ? new(403, "Active premium subscription required for the owner of the app.", ContentType: "text/plain")
            : !UserIsRegistered && token.OfUser ? new(403, "User not registered in the Developer Dashboard", ContentType: "text/plain")
            : null;
    }

    private Answer OfUser(HttpRequest http, Func<Answer> answer) =>
        TokenOf(http)!.OfUser ? answer() : Error(401, "Valid user authentication required");

    private static JsonObject UserJson(string id, string name) => new()
    {
        ["display_name"] = name,
        ["href"] = $"https://api.spotify.com/v1/users/{id}",
        ["id"] = id,
        ["type"] = "user",
        ["uri"] = $"spotify:user:{id}",
    };

    private string PlaylistSummary(KeyValuePair<string, Playlist> playlist)
    {
        var (id, (rows, owned, name)) = playlist;
        return new JsonObject
        {
            ["collaborative"] = false,
            ["id"] = id,
            ["items"] = new JsonObject { ["href"] = $"https://api.spotify.com/v1/playlists/{id}/items", ["total"] = rows.Length },
            ["name"] = name ?? $"Playlist {id}",
            ["owner"] = owned ? UserJson(User.Id, User.Name) : UserJson("somebody", "Somebody Else"),
            ["type"] = "playlist",
            ["uri"] = $"spotify:playlist:{id}",
        }.ToJsonString();
    }

    private IssuedToken? TokenOf(HttpRequest http) =>
        AuthenticationHeaderValue.TryParse(http.Headers.Authorization, out var sent)
        && sent is { Scheme: "Bearer", Parameter: { } token } ? _tokens.GetValueOrDefault(token) : null;

    private Answer GetPlaylist(SpotifyRequest request, IssuedToken token)
    {
        var (id, list) = request.Path.Split('/') is [.., var i, var l] ? (i, l) : default;
        if (!_playlists.TryGetValue(id, out var playlist))
        {
            return Error(404, "Resource not found");
        }

        if (DevelopmentMode && !(playlist.Owned && token.OfUser))
        {
            return Error(403, "Forbidden");
        }

        var member = list == "items" ? "item" : "track";
        var largest = list == "items" ? MaxPlaylistLimit : 100;
        return Page(request, 20, largest, playlist.Rows, row => row is null ? "null" : PlaylistRow(member, row));
    }

    private Answer GetPlaylistName(SpotifyRequest request)
    {
        var id = request.Path.Split('/')[^1];
        return _playlists.TryGetValue(id, out var playlist)
            ? new(200, new JsonObject { ["name"] = playlist.Name ?? $"Playlist {id}" }.ToJsonString())
            : Error(404, "Resource not found");
    }

    private Answer GetTopTracks(SpotifyRequest request, IssuedToken token)
    {
        if (!token.Scopes.Contains("user-top-read", StringComparison.Ordinal))
        {
            return Error(403, "Insufficient client scope");
        }

        var range = request["time_range"] ?? "medium_term";
        return range is "short_term" or "medium_term" or "long_term"
            ? Page(request, 20, 50, _topTracks.GetValueOrDefault(range, []), row => row ?? "null")
            : Error(400, "Invalid time range");
    }

    private Answer Search(SpotifyRequest request)
    {
        if (string.IsNullOrEmpty(request["q"]))
        {
            return Error(400, "No search query");
        }

        if (request["type"] != "track")
        {
            return Error(400, "Bad search type field " + request["type"]);
        }

        var rows = _searches.GetValueOrDefault(request["q"]!, _anySearch);
        return DevelopmentMode ? Page(request, 5, 10, rows, row => row ?? "null") : Page(request, 20, 50, rows, row => row ?? "null");
    }

    private Answer Page(SpotifyRequest request, int usual, int largest, string?[] rows, Func<string?, string> write)
    {
        var search = request.Endpoint == Endpoint.Search;
        if (!TryRead(request["limit"], usual, out var limit) || limit < 1 || limit > largest)
        {
            return Error(400, "Invalid limit");
        }

        if (!TryRead(request["offset"], 0, out var offset) || offset < 0 || (search && offset + limit > SearchWindow))
        {
            return Error(400, "Invalid offset");
        }

        var others = string.Concat(request.Query
            .Where(pair => pair.Key is not ("limit" or "offset"))
            .Select(pair => $"&{pair.Key}={Uri.EscapeDataString(pair.Value)}"));
        string Address(int from) => $"{AccountsUrl}{request.Path[1..]}?offset={from}&limit={limit}{others}";

        // A search's `next` goes on past the window of 1,000, as Spotify's does.
        var more = offset + limit < rows.Length || (search && offset + limit == SearchWindow);
        var items = rows.Skip(offset).Take(limit).Select(write);
        var page = $$"""
            {"href":{{Text(Address(offset))}},"limit":{{limit}},"next":{{Text(more ? Address(offset + limit) : null)}},
            "offset":{{offset}},"previous":{{Text(offset > 0 ? Address(Math.Max(0, offset - limit)) : null)}},
            "total":{{rows.Length}},"items":[{{string.Join(',', items)}}]}
            """;
        if (DevelopmentMode || OnPage is not null)
        {
            var node = JsonNode.Parse(page)!.AsObject();
            if (DevelopmentMode)
            {
                foreach (var row in node["items"]!.AsArray().OfType<JsonObject>())
                {
                    ((row["item"] ?? row["track"] ?? row) as JsonObject)?.Remove("popularity");
                }
            }

            OnPage?.Invoke(request, node);
            page = node.ToJsonString();
        }

        return new(200, search ? $$"""{"tracks":{{page}}}""" : page);

        static bool TryRead(string? text, int usual, out int value)
        {
            value = usual;
            return text is null || int.TryParse(text, out value);
        }
    }

    private static Answer Error(int status, string message) => new(status, Fault.ErrorBody(status, message));

    private static string Text(string? text) => JsonSerializer.Serialize(text);

    private sealed record Answer(int Status, string Body, string? Location = null, string ContentType = "application/json; charset=utf-8");

    private sealed record IssuedToken(string Scopes, DateTimeOffset ExpiresAt)
    {
        public bool OfUser => Scopes.Length > 0;
    }

    private sealed record Playlist(string?[] Rows, bool Owned, string? Name);

    private sealed class ScriptedFault(Fault with, Func<SpotifyRequest, bool> when, int after, int times)
    {
        public Fault With => with;

        public Func<SpotifyRequest, bool> When => when;

        public int After { get; set; } = after;

        public int Times { get; set; } = times;
    }
}

internal enum Endpoint
{
    Unexpected,
    Token,
    Authorize,
    Playlist,
    PlaylistName,
    TopTracks,
    Me,
    MyPlaylists,
    Search,
}

/// <summary>A call as it came, without what is secret in it.</summary>
internal sealed record SpotifyRequest(
    Endpoint Endpoint, string Method, string Path, IReadOnlyDictionary<string, string> Query, string? GrantType)
{
    public int Offset => int.TryParse(this["offset"], out var offset) ? offset : 0;

    public int? Limit => int.TryParse(this["limit"], out var limit) ? limit : null;

    public string? this[string name] => Query.GetValueOrDefault(name);

    public override string ToString() =>
        $"{Method} {Path}{(Query.Count > 0 ? "?" : "")}{string.Join('&', Query.Select(pair => $"{pair.Key}={pair.Value}"))}";
}

/// <summary>What a call is answered with instead of, or beside, what it asked for.</summary>
internal sealed class Fault
{
    private Fault(Func<HttpResponse, byte[], Task> send) => Send = send;

    /// <summary>The connection is closed without an answer.</summary>
    public static Fault CutConnection { get; } = new((response, _) =>
    {
        response.HttpContext.Abort();
        return Task.CompletedTask;
    });

    /// <summary>The right answer's headers and half its body, then the connection is closed.</summary>
    public static Fault CutBody { get; } = new((response, body) =>
        // Kestrel closes the connection by itself when a body stays shorter than its Content-Length.
        response.Body.WriteAsync(body.AsMemory(0, body.Length / 2)).AsTask())
    {
        NeedsAnswer = true,
    };

    /// <summary>The right answer's first half, whole as far as HTTP can tell.</summary>
    public static Fault HalfJson { get; } = new(async (response, body) =>
    {
        response.ContentLength = body.Length / 2;
        await response.Body.WriteAsync(body.AsMemory(0, body.Length / 2));
    })
    { NeedsAnswer = true };

    /// <summary>No answer comes, and the connection stays open.</summary>
    public static Fault Hang { get; } = new((response, _) =>
        Task.Delay(Timeout.Infinite, response.HttpContext.RequestAborted))
    { IsSilent = true };

    /// <summary>A body that trickles in, a byte at a time, for ever.</summary>
    public static Fault NeverEnds { get; } = new((response, _) => Repeat(response, " ", TimeSpan.FromMilliseconds(10))) { IsSilent = true };

    /// <summary>A body that pours in for ever.</summary>
    public static Fault Floods { get; } = new((response, _) => Repeat(response, new string('[', 65_536), TimeSpan.Zero));

    /// <summary>200 with a page for people, such as a captive portal's.</summary>
    public static Fault Html { get; } = Body(200, "text/html", "<!DOCTYPE html><html><body><h1>Sign in to the Wi-Fi</h1></body></html>");

    /// <summary>200 said to be JSON that is none.</summary>
    public static Fault NotJson { get; } = Body(200, "application/json", "upstream connect error or disconnect/reset before headers");

    /// <summary>200 with nothing in it.</summary>
    public static Fault Empty { get; } = Body(200, "application/json", "");

    /// <summary>401 for a token that is good.</summary>
    public static Fault Unauthorized { get; } = Status(401);

    /// <summary>Sends the fault, given the body that was asked for where <see cref="NeedsAnswer"/>.</summary>
    public Func<HttpResponse, byte[], Task> Send { get; }

    public bool NeedsAnswer { get; private init; }

    /// <summary>Whether only a deadline ends the call.</summary>
    public bool IsSilent { get; private init; }

    /// <summary>A status in Spotify's JSON error shape.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="retryAfter">The Retry-After header, seconds or whatever else; null for none.</param>
    /// <param name="reason">The error's reason, such as <c>QUOTA_EXCEEDED</c>.</param>
    /// <param name="message">The error's message.</param>
    public static Fault Status(int status, string? retryAfter = null, string? reason = null, string? message = null) =>
        new(async (response, _) =>
        {
            if (retryAfter is not null)
            {
                response.Headers.RetryAfter = retryAfter;
            }

            await Body(status, "application/json", ErrorBody(status, message, reason)).Send(response, []);
        });

    /// <summary>Any status, type and body.</summary>
    public static Fault Body(int status, string contentType, string body) => Bytes(Encoding.UTF8.GetBytes(body), status, contentType);

    /// <summary>Any bytes.</summary>
    public static Fault Bytes(byte[] bytes, int status = 200, string contentType = "application/json") => new(async (response, _) =>
    {
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = bytes.Length;
        await response.Body.WriteAsync(bytes);
    });

    internal static string ErrorBody(int status, string? message = null, string? reason = null)
    {
        message ??= status switch
        {
            401 => "Invalid access token",
            403 => "Forbidden",
            404 => "Resource not found",
            429 => "API rate limit exceeded",
            _ => "Service unavailable",
        };
        var error = new JsonObject { ["status"] = status, ["message"] = message };
        if (reason is not null)
        {
            error["reason"] = reason;
        }

        return new JsonObject { ["error"] = error }.ToJsonString();
    }

    private static async Task Repeat(HttpResponse response, string text, TimeSpan pause)
    {
        var ends = response.HttpContext.RequestAborted;
        response.ContentType = "application/json";
        var bytes = Encoding.UTF8.GetBytes(text);
        while (true)
        {
            await response.Body.WriteAsync(bytes, ends);
            await response.Body.FlushAsync(ends);
            await Task.Delay(pause, ends);
        }
    }
}
