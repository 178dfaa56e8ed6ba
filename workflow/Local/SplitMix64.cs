namespace PySpotify.Workflow.Local;

/// <summary>SplitMix64 (Steele, Lea, Flood 2014): random numbers that are the same on every machine.</summary>
internal static class SplitMix64
{
    /// <summary>A random number that follows from the given ones.</summary>
    public static ulong Hash(ulong a, int b, int c = 0) => Mix(Mix(Mix(a) + (ulong)b) + (ulong)c);

    /// <summary>A hash as a number from 0 up to 1.</summary>
    public static double Unit(ulong hash) => (hash >> 11) * (1.0 / (1UL << 53));

    private static ulong Mix(ulong x)
    {
        x += 0x9E3779B97F4A7C15;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
