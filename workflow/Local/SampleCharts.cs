using System.Globalization;
using static PySpotify.Workflow.Local.SplitMix64;

namespace PySpotify.Workflow.Local;

/// <summary>A made-up row of Spotify's. Not playable where it has no artist or id, or is not a <c>track</c>.</summary>
internal sealed record SampleTrack(
    string? Id,
    string Name,
    IReadOnlyList<string> Artists,
    string Album,
    string? Released,
    int? Popularity,
    int DurationMs,
    string Type = "track",
    bool IsLocal = false,
    string? Isrc = null);

/// <summary>
/// The charts of a week in a made-up world of music: every track has a lasting appeal, a wave of attention that comes
/// and goes over some weeks, and an age. Everything follows from the week's number, so a week is the same on every
/// machine, and weeks next to each other are alike. Only + − × ÷ are used on doubles, because the results of others
/// differ between machines.
/// </summary>
internal sealed class SampleCharts
{
    private const int TopPlayedRows = 546, PopularRows = 1000;
    private const int WeeksOfReleases = 105, TracksAWeek = 28, YearsOfClassics = 60, ClassicsAYear = 20;

    private readonly int _week;

    public SampleCharts(DateOnly date)
    {
        _week = date.DayNumber / 7;

        List<Candidate> found = [], playable = [];
        for (var week = _week; week > _week - WeeksOfReleases; week--)
        {
            for (var n = 0; n < TracksAWeek; n++)
            {
                var release = Release(week, n);
                playable.Add(release);
                // What `year:2025-2026` finds on a day of 2026.
                if (ReleaseDay(week, n).Year >= date.Year - 1)
                {
                    found.Add(release);
                }
            }
        }

        for (var year = date.Year - 3; year > date.Year - 3 - YearsOfClassics; year--)
        {
            for (var n = 0; n < ClassicsAYear; n++)
            {
                playable.Add(Classic(year, n));
            }
        }

        Popular = Chart(PopularRows, found, SearchScore);
        TopPlayed = Chart(TopPlayedRows, playable, Plays);
    }

    /// <summary>A playlist's rows, most played first; null is a row without a track.</summary>
    public IReadOnlyList<SampleTrack?> TopPlayed { get; }

    /// <summary>What the search finds, best match first, which is not quite the order of popularity.</summary>
    public IReadOnlyList<SampleTrack?> Popular { get; }

    private List<SampleTrack?> Chart(int rows, IEnumerable<Candidate> candidates, Func<Candidate, double> score)
    {
        var chart = candidates
            .OrderByDescending(score).ThenBy(candidate => candidate.Key)
            .Take(rows - Curiosities.Length - Unplayable.Length - 1)
            .Concat(Curiosities.Select((_, n) => Curious(n)))
            .OrderByDescending(score).ThenBy(candidate => candidate.Key)
            .Select(Describe)
            .ToList<SampleTrack?>();
        for (var i = 0; i < Unplayable.Length; i++)
        {
            chart.Insert(23 + 67 * i, Unplayable[i]);
        }

        chart.Insert(rows / 2, chart[11]);
        return chart;
    }

    private Candidate Release(int week, int n)
    {
        var key = Hash(1, week, n);
        var age = _week - week;
        double luck = Unit(key), luck2 = luck * luck, luck6 = luck2 * luck2 * luck2;
        var start = age < 4 ? (4 - age) * 7 * Unit(Hash(key, 1)) : 0;
        var fade = age * 0.22 * (0.3 + Unit(Hash(key, 2)));
        var fame = 9 * Unit(Hash(2, ArtistOf(week, n)));
        return new(key, Kind.Release, week, n,
            25 + 33 * luck + 27 * luck6 + fame - start - fade + 7 * Wave(key, 9) + 2 * Wave(key, 3));
    }

    private Candidate Classic(int year, int n)
    {
        var key = Hash(3, year, n);
        var luck = Unit(key);
        return new(key, Kind.Classic, year, n, 28 + 50 * luck * luck + 4 * Wave(key, 16));
    }

    private Candidate Curious(int n)
    {
        var key = Hash(4, n);
        return new(key, Kind.Curiosity, 0, n, Curiosities[n].Appeal + 4 * Wave(key, 8));
    }

    private double SearchScore(Candidate candidate) =>
        candidate.Popularity + 8 * Wave(Hash(candidate.Key, 3), 8) + 2 * Wave(Hash(candidate.Key, 4), 2);

    private double Plays(Candidate candidate)
    {
        var taste = Unit(Hash(candidate.Key, 5));
        var plays = 0.7 * candidate.Popularity + 10 * Wave(Hash(candidate.Key, 6), 9) + 2 * Wave(Hash(candidate.Key, 7), 2);
        return plays + (candidate.Kind == Kind.Classic ? 19 * taste + 11 : 20 * taste);
    }

    private SampleTrack Describe(Candidate candidate) => candidate.Kind switch
    {
        Kind.Release => DescribeRelease(candidate),
        Kind.Classic => DescribeClassic(candidate),
        _ => DescribeCuriosity(candidate),
    };

    private static SampleTrack DescribeRelease(Candidate candidate)
    {
        var (key, _, week, n, _) = candidate;
        var artist = ArtistOf(week, n);
        var (title, artists) = TitleAndArtists(key, artist);
        var album = OnAlbum(n) ? SampleNames.Title(Hash(5, week, n / 4)) : title;
        var day = ReleaseDay(week, n);
        return new(IdOf(key), title, artists, album, day.Iso(), Rating(candidate), Duration(key), Isrc: Isrc(key, day.Year));
    }

    private static SampleTrack DescribeClassic(Candidate candidate)
    {
        var (key, _, year, _, _) = candidate;
        var (title, artists) = TitleAndArtists(key, (int)(SampleNames.ArtistCount * Unit(Hash(key, 8))));
        var day = new DateOnly(Math.Max(1, year), 1 + (int)(Hash(key, 9) % 12), 1 + (int)(Hash(key, 10) % 28));
        // Spotify knows older releases by month or by year only.
        var precision = year < 1995 ? Hash(key, 11) % 8 : 7;
        var released = precision switch { < 2 => day.Iso()[..4], 2 => day.Iso()[..7], _ => day.Iso() };
        return new(IdOf(key), title, artists, SampleNames.Title(Hash(key, 12)), released, Rating(candidate), Duration(key), Isrc: Isrc(key, year));
    }

    private static SampleTrack DescribeCuriosity(Candidate candidate)
    {
        var it = Curiosities[candidate.N];
        var popularity = it.Popularity is { } odd ? odd() : Round(candidate.Popularity);
        return new(IdOf(candidate.Key), it.Name, [it.Artist], it.Album, it.Released, popularity, Duration(candidate.Key), Isrc: Isrc(candidate.Key, 2026));
    }

    private static (string Title, string[] Artists) TitleAndArtists(ulong key, int artist)
    {
        var title = SampleNames.Title(Hash(key, 13));
        var guest = (int)(Hash(key, 14) % SampleNames.ArtistCount);
        if (guest == artist)
        {
            guest = (guest + 1) % SampleNames.ArtistCount;
        }

        return (Hash(key, 15) % 12) switch
        {
            0 => ($"{title} (feat. {SampleNames.ArtistName(guest)})", [SampleNames.ArtistName(artist), SampleNames.ArtistName(guest)]),
            1 => (title, [SampleNames.ArtistName(artist), SampleNames.ArtistName(guest)]),
            2 => (title + " - Acoustic", [SampleNames.ArtistName(artist)]),
            _ => (title, [SampleNames.ArtistName(artist)]),
        };
    }

    /// <summary>The first eight tracks of a week are two albums of four; the others are singles.</summary>
    private static bool OnAlbum(int n) => n < 8;

    private static int ArtistOf(int week, int n)
    {
        var luck = Unit(Hash(6, week, OnAlbum(n) ? n / 4 : n));
        return (int)(SampleNames.ArtistCount * luck * (0.3 + 0.7 * luck));
    }

    /// <summary>In the week before <paramref name="week"/> begins, mostly on its Friday.</summary>
    private static DateOnly ReleaseDay(int week, int n)
    {
        var hash = Hash(7, week, OnAlbum(n) ? n / 4 : n);
        var day = hash % 10 < 7 ? 4 : (int)(hash / 10 % 7);
        return DateOnly.FromDayNumber(Math.Max(0, 7 * (week - 1) + day));
    }

    private static int? Rating(Candidate candidate) =>
        Hash(candidate.Key, 16) % 20 == 0 ? null : Round(candidate.Popularity);

    private static int Round(double popularity) => (int)Math.Clamp(popularity + 0.5, 0, 100);

    private static int Duration(ulong key) => 128_000 + (int)(Hash(key, 17) % 90_000) + (int)(Hash(key, 18) % 60_000);

    /// <summary>A recording's code; no country has ZZ.</summary>
    private static string Isrc(ulong key, int year) =>
        string.Create(CultureInfo.InvariantCulture, $"ZZSMP{year % 100:D2}{Hash(key, 22) % 100_000:D5}");

    private static string IdOf(ulong key) => string.Create(22, key, static (id, key) =>
    {
        const string base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        for (var half = 0; half < 2; half++)
        {
            var rest = Hash(key, 19 + half);
            for (var i = 0; i < 11; i++, rest /= 62)
            {
                id[11 * half + i] = base62[(int)(rest % 62)];
            }
        }
    });

    /// <summary>From −1 to 1: a new random height every <paramref name="period"/> weeks and a smooth way between.</summary>
    private double Wave(ulong key, int period)
    {
        var (step, rest) = Math.DivRem(_week + (int)(key % (ulong)period), period);
        var t = (double)rest / period;
        t = t * t * (3 - 2 * t);
        double from = Unit(Hash(key, 21, step)), to = Unit(Hash(key, 21, step + 1));
        return 2 * (from + (to - from) * t) - 1;
    }

    private enum Kind { Release, Classic, Curiosity }

    /// <summary>
    /// What may be charted: track <paramref name="N"/> of the week (a release) or year (a classic)
    /// <paramref name="When"/>, or curiosity <paramref name="N"/>.
    /// </summary>
    private sealed record Candidate(ulong Key, Kind Kind, int When, int N, double Popularity);

    private sealed record Curiosity(
        double Appeal, string Name, string Artist, string Album, string? Released, Func<int?>? Popularity = null);

    /// <summary>Playable tracks that have broken parsers before; in both charts every week.</summary>
    private static readonly Curiosity[] Curiosities = [
        new(83, "Said \"Hello, Again\", Twice", "Comma, The \"Quoted\" Maker", "One, Two, \"Three\"", "2019-09-13"),
        new(83, "<script>alert(\"PySpotify\")</script>", "Bracket & Ampersand", "<b>Bold</b> Moves", "2021-04-01"),
        new(78, "Moonlight 🌙 Picnic 🧺", "Émilande 🎈 Nuageot", "Üçüncü Ⅲ 👩‍🎤", "2022-06-24"),
        new(75, "=SUM(Hearts,2)", "=The Formulas", "=1+1", "2020-02-29"),
        new(72, "First Line\r\nSecond Line\u2028Third Line", "The Line\nBreakers", "Poem\rin Parts", "2018-11-02"),
        new(70, "Tab\tStop", "Tabulette\tRosehook", "Columns\tA\tto\tB", "2017-05-05"),
        new(67, "Escape Route\\", "Backslash Avenue\\", "C:\\Songs\\", "2016-01-15"),
        new(65, "Nameless Album Blues", "The Untitled Twelve", "", "2015-08-21"),
        new(63, "Undated Letter", "Postmark Pellwin", "Return to Sender Unknown", null),
        new(61, "Somewhere in 1981", "Calendar Quillmere", "Only the Year", "1981"),
        new(59, "December, Probably", "Calendar Quillmere", "Only the Month", "1981-12"),
        new(57, "Year Nought", "Calendar Quillmere", "Before Everything", "0000"),
        new(55, "Nobody Heard This", "Quietus Underhush", "Silent Pressing", "2014-03-07", () => 0),
        new(53, "Off the Scale", "Quietus Underhush", "Unmeasured", "2013-10-18", () => null),
    ];

    /// <summary>Rows that are not tracks of the charts; in both charts every week, besides one track that comes twice.</summary>
    private static readonly SampleTrack?[] Unplayable = [
        null,
        new(IdOf(Hash(8, 1)), "Episode 12: How Songs Are Made Up", [], "", "2024-05-01", null, 3_600_000, Type: "episode"),
        new(null, "Recording 7.mp3", [], "", null, 0, 0, IsLocal: true),
        new(IdOf(Hash(8, 2)), "Hologram of Nothing", ["Projector Plum"], "Light Only", "2025-01-01", 40, 200_000, Type: "hologram"),
        new(IdOf(Hash(8, 3)), "Sung by No One", [], "Empty Stage", "2023-12-31", 45, 180_000),
    ];
}
