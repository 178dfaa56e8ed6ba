using static PySpotify.Workflow.Local.SplitMix64;

namespace PySpotify.Workflow.Local;

/// <summary>The names in the made-up world of music: artists, and titles of songs and albums. Each follows from its number alone.</summary>
internal static class SampleNames
{
    /// <summary>How many artists there are.</summary>
    public const int ArtistCount = 480;

    /// <summary>A song's or an album's.</summary>
    public static string Title(ulong hash)
    {
        var adjective = Pick(Adjectives, hash, 1);
        var noun = Pick(Nouns, hash, 2);
        var place = Pick(Places, hash, 3);
        return (Hash(hash, 4) % 9) switch
        {
            0 or 1 => $"{adjective} {noun}",
            2 => $"{noun} in {place}",
            3 => $"{Pick(Verbs, hash, 5)} the {noun}",
            4 => $"{Pick(Rides, hash, 5)} Me to {place}",
            5 => $"{adjective} {noun}, {Pick(Adjectives, hash, 6)} {Pick(Nouns, hash, 7)}",
            6 => $"{place}, {Pick(Times, hash, 8)}",
            7 => $"Your {adjective} {noun}",
            _ => noun,
        };
    }

    /// <summary>An artist's, different for each of the <see cref="ArtistCount"/> numbers.</summary>
    public static string ArtistName(int artist)
    {
        var (n, form) = Math.DivRem(artist, 5);
        int first = n % 24, second = (n / 24 + 5 * n) % 24;
        return form switch
        {
            0 => $"{GivenNames[first]} {FamilyNames[second]}",
            1 => $"The {Adjectives[first]} {Crowds[second]}",
            2 => $"{GivenNames[second]} & the {Crowds[first]}",
            3 => $"{Nouns[first]} {Ensembles[second]} of {Places[n % Places.Length]}",
            _ => $"{FamilyNames[first]}{Endings[second]}",
        };
    }

    private static string Pick(string[] words, ulong hash, int salt) => words[Hash(hash, salt) % (ulong)words.Length];

    // The first 24 of Adjectives and Nouns, and the other lists, name the artists too.
    private static readonly string[] Adjectives = [
        "Velveteen", "Paper", "Marzipan", "Crooked", "Lantern-Lit", "Borrowed", "Salted", "Whispering", "Tin", "Midnight",
        "Feathered", "Gilded", "Sleepless", "Mossy", "Copper", "Drowsy", "Painted", "Wandering", "Clockwork", "Amber",
        "Polite", "Upside-Down", "Weathered", "Northern", "Silver", "Reckless", "Tender", "Electric", "Hollow", "Golden",
        "Slow", "Neon", "Quiet", "Burning", "Distant", "Sugar", "Broken", "Lucky", "Starlit", "Summer", "Winter", "Honest",
    ];

    private static readonly string[] Nouns = [
        "Umbrella", "Telegraph", "Lighthouse", "Teacup", "Harbour", "Orchard", "Accordion", "Compass", "Snowglobe",
        "Ferris Wheel",
        "Postcard", "Chandelier", "Windmill", "Satellite", "Parasol", "Bicycle", "Carousel", "Meadow", "Lantern", "Biscuit",
        "Aquarium", "Typewriter", "Balcony", "Hummingbird", "River", "Engine", "Shadow", "Letter", "Garden", "Signal",
        "Mirror", "Promise", "Thunder", "Window", "Ocean", "Station", "Feather", "Stranger", "Ember", "Echo", "Parade",
        "Horizon", "Ladder", "Comet", "Pocket", "Island", "Question", "Kite",
    ];

    private static readonly string[] Verbs = [
        "Follow", "Carry", "Forget", "Borrow", "Chase", "Paint", "Remember", "Drive", "Whistle", "Unfold", "Bring", "Dance",
        "Promise", "Leave", "Wake", "Row",
    ];

    private static readonly string[] Rides = [
        "Carry", "Drive", "Follow", "Dance", "Row", "Send", "Bring", "Walk",
    ];

    private static readonly string[] Places = [
        "Port Almond", "Saltmere", "Low Harrow", "Quillhaven", "Brightwater", "Old Tamsin", "Nine Elms Bay", "Marrowgate",
        "Pepperhill", "Lindenfall", "Cobbleford", "Ashwick Pier", "Ottersea", "Fablewood", "Mirabel Street", "Junipero Sands",
    ];

    private static readonly string[] Times = [
        "4 a.m.", "Half Past June", "After the Rain", "Before Breakfast", "Last Tuesday", "Once More", "Late October",
        "All Night", "Ten Years On", "Sunday Again", "Without You", "in Slow Motion",
    ];

    private static readonly string[] GivenNames = [
        "Odvina", "Brannick", "Talulo", "Maribelle", "Ferrox", "Juniperra", "Caspiel", "Winifrey", "Ottokar", "Zephyrine",
        "Lumi", "Barnabee", "Isaldra", "Quentolo", "Perpetua", "Rufino", "Åsgerd", "Thaddy", "Novalie", "Ebenor",
        "Clementy", "Jorunna", "Séverin", "Pim",
    ];

    private static readonly string[] FamilyNames = [
        "Quillfeather", "Marlowick", "Fjordmark", "Pennygale", "Ashgrovine", "Tumblewick", "Lindqvarn", "Ostermoor",
        "Bellwhistle", "Cardamund", "Thistledown", "Vantongeren", "Harrowgate", "Mistlethorn", "Okonjara", "Saffronsen",
        "Wrenfield", "Plumbottom", "Castellune", "Drizzlecombe", "Inkwell", "Nightjarsson", "Poppelmann", "Yarrowby",
    ];

    private static readonly string[] Crowds = [
        "Cartographers", "Umbrellas", "Night Bakers", "Pigeons", "Lamplighters", "Aunties", "Submarines", "Librarians",
        "Beekeepers", "Paper Kings", "Astronomers", "Locksmiths", "Foxgloves", "Postmen", "Tightropes", "Marmalades",
        "Clockmakers", "Ferrymen", "Snowploughs", "Understudies", "Gondoliers", "Hat Thieves", "Meteors", "Second Cousins",
    ];

    private static readonly string[] Ensembles = [
        "Choir", "Society", "Sound System", "Quartet", "Department", "Union", "Parade", "Orchestra", "Bureau", "Collective",
        "Club", "Committee", "Express", "Theory", "Weather", "Holiday", "Machine", "Institute", "Duo", "Motel", "Cinema",
        "Council", "Avenue", "Republic",
    ];

    private static readonly string[] Endings = [
        " Orchestrion", " Jr.", " III", " & Sons", " & Daughters", "!", " Nine", " Deluxe", "ette", " vs. the Moon", " Mondays",
        " FM", " Unlimited", " Twins", " 3000", " on Ice", " Bros.", " & Friends", " XL", " Again", " Online", " Noir",
        " Trio", " Airlines",
    ];
}
