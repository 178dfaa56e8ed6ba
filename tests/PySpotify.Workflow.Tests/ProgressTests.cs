using System.Text.RegularExpressions;
using Microsoft.Extensions.Time.Testing;
using PySpotify.Functions;
using PySpotify.Tests;
using PySpotify.Workflow.Cli;
using PySpotify.Workflow.Local;
using PySpotify.Workflow.StatesLanguage;
using Spectre.Console.Testing;

namespace PySpotify.Workflow.Tests;

/// <summary>What a person sees while an execution runs.</summary>
public sealed class ProgressTests
{
    private const string Day = "2026-11-20";

    private static readonly Source Search = new(Source.Search, "year:2026"), TopTracks = new(Source.TopTracks, "short_term");

    private readonly FakeTimeProvider _clock = new(new(2026, 11, 20, 6, 0, 0, TimeSpan.Zero));

    [Fact]
    public void All_sources_are_there_from_the_start_with_their_names()
    {
        var view = NewProgress().View();
        Assert.Equal(["Your top tracks, last 4 weeks", "Search: year:2026"], view.Sources.Select(source => source.Title));
        Assert.Equal(["Sign in", "Fetch", "Save", "Load"], view.Steps.Select(step => step.Name));
        Assert.All(view.Sources, source => Assert.Equal(ProgressState.Waiting, source.State));
    }

    [Fact]
    public void Pages_and_songs_are_counted_up_to_those_that_are_known()
    {
        var progress = NewProgress();
        progress.ShowPage(Search, limit: 10, total: 995, rows: 10);
        progress.ShowPage(Search, limit: 10, total: 1000, rows: 10);
        var source = progress.View().Sources[1];
        Assert.Equal((2, 100, 20), (source.PagesRead, source.Pages, source.Songs));
    }

    [Fact]
    public void A_wait_that_Spotify_asks_for_ends_when_it_said()
    {
        var progress = NewProgress();
        progress.ShowWait(TimeSpan.FromSeconds(12));
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(_clock.GetUtcNow().AddSeconds(7), progress.View().WaitUntil);
        _clock.Advance(TimeSpan.FromSeconds(7));
        Assert.Null(progress.View().WaitUntil);
    }

    [Fact]
    public async Task Without_a_terminal_a_second_brings_one_line_at_most()
    {
        using var output = new TestConsole();
        var lines = new StringWriter();
        output.Profile.Out = new ConsoleOutput(lines, IsTerminal: false);
        var display = new ExecutionDisplay(new(output, output, _ => { }, _clock), isVerbose: false);
        var progress = NewProgress();
        progress.Follow(new HistoryEvent(1, _clock.GetUtcNow(), HistoryEventType.TaskScheduled)
        {
            Scope = "1.0",
            State = nameof(FetchPopular),
            Attempt = 1,
            Payload = """{ "Payload": { "source": { "kind": "search", "id": "year:2026" } } }""",
        });

        await display.ShowAsync(progress, () =>
        {
            for (var tenths = 0; tenths < 50; tenths++)
            {
                progress.ShowPage(Search, limit: 10, total: 1000, rows: 10);
                _clock.Advance(TimeSpan.FromSeconds(0.1));
            }

            return Task.CompletedTask;
        });

        // The title, one a second, and the end.
        Assert.Equal(1 + 5 + 1, lines.ToString().Count(c => c == '\n'));
    }

    [Fact]
    public async Task Without_a_terminal_a_wait_is_told_once_with_its_end()
    {
        using var output = new TestConsole();
        var lines = new StringWriter();
        output.Profile.Out = new ConsoleOutput(lines, IsTerminal: false);
        var progress = NewProgress();

        await new ExecutionDisplay(new(output, output, _ => { }, _clock), isVerbose: false).ShowAsync(progress, () =>
        {
            progress.ShowWait(TimeSpan.FromSeconds(30));
            _clock.Advance(TimeSpan.FromSeconds(20));
            return Task.CompletedTask;
        });

        var end = new DateTimeOffset(2026, 11, 20, 6, 0, 30, TimeSpan.Zero).LocalDateTime;
        Assert.Single(lines.ToString().Split('\n'), line => line.Contains($"waiting until {end:HH:mm:ss}, because Spotify asks for fewer requests", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_limit_of_Spotifys_is_told_while_it_lasts()
    {
        await using var spotify = await CommandTests.NewSpotifyAsync();
        spotify.Fail(Fault.Status(429, retryAfter: "1"), request => request.Endpoint == Endpoint.Search);
        await using var pyspotify = new Pyspotify { HasTerminal = true }.With(spotify);

        var run = (await pyspotify.RunAsync("--snapshot-date", Day)).Succeeded();

        Assert.Contains("Spotify asks for fewer requests: going on in 1 s.", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task States_are_named_on_request_alone(bool isVerbose)
    {
        await using var spotify = await CommandTests.NewSpotifyAsync();
        await using var pyspotify = new Pyspotify().With(spotify);
        var run = (await pyspotify.RunAsync(["--snapshot-date", Day, .. isVerbose ? ["--verbose"] : Array.Empty<string>()])).Succeeded();
        Assert.Equal(isVerbose, run.Output.Contains("FetchPopular         40 rows", StringComparison.Ordinal));
        Assert.Equal(isVerbose, run.Output.Contains("RefineToParquet", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_week_of_the_sample_takes_a_line_and_what_was_left_out_is_summed_once(bool hasTerminal)
    {
        await using var pyspotify = new Pyspotify { HasTerminal = hasTerminal };
        var run = (await pyspotify.RunAsync("run")).Succeeded().Output;
        Assert.DoesNotContain("Fetch", run, StringComparison.Ordinal);
        Assert.Equal(3, Regex.Matches(run, hasTerminal ? @"✓ \d{4}-\d\d-\d\d +2 sources" : @"\d{4}-\d\d-\d\d: 1,534 songs from 2 sources").DistinctBy(match => match.Value).Count());
        Assert.Single(Regex.Matches(run, "Left out    6 duplicates, 6 episodes, 6 local files, 6 rows without a track, 6 in quarantine, 6 of an unknown type"));
    }

    private RunProgress NewProgress() => new(new(new(2026, 11, 20), new([TopTracks]), new([Search])), "run", _clock);
}
