using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace PySpotify.Functions.Rows;

/// <summary>Where everything lies in the raw bucket.</summary>
public static partial class Keys
{
    // What Windows forbids in a file name is refused everywhere, so that rows can move between buckets and machines.
    private static readonly SearchValues<char> Forbidden =
        SearchValues.Create([.. "\\:*?\"<>|", .. Enumerable.Range(0, 32).Select(c => (char)c)]);

    /// <summary>The bytes of a name that every file system takes.</summary>
    private const int MaxName = 255;

    /// <summary>
    /// A playlist's id or a query as a file name. This is the only way from one to the other. An id stays as it is;
    /// of a query the letters and digits stay, and a hash tells apart what then looks alike.
    /// </summary>
    /// <returns>
    /// 12 to 53 characters of <c>A–Z a–z 0–9 -</c>, no two sources the same (but for playlist ids that differ in case
    /// alone, on a file system that does not tell case).
    /// </returns>
    public static string Source(string source)
    {
        if (source.Length == 22 && source.All(char.IsAsciiLetterOrDigit))
        {
            return source;
        }

        var words = NoWord().Replace(source.ToLowerInvariant(), "-").Trim('-');
        var hash = Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(source.AsSpan())))[..12];
        return words is "" ? hash : $"{words[..Math.Min(words.Length, 40)].TrimEnd('-')}-{hash}";
    }

    /// <summary>Rows that were fetched and wait to be written.</summary>
    public static string Staged(string execution, string table, string source) =>
        $"{Prefixes.Staging}/{execution}/{table}/{Source(source)}.jsonl";

    /// <summary>A source's rows in a snapshot.</summary>
    public static string Csv(string table, DateOnly snapshotDate, string source) =>
        $"{Partition(table, snapshotDate)}/{Source(source)}.csv";

    /// <summary>What became of a source in a snapshot.</summary>
    public static string SourceRecord(string table, DateOnly snapshotDate, string source) =>
        $"{Partition(Prefixes.Sources, snapshotDate)}/{table}-{Source(source)}.json";

    /// <summary>A source's rows that were refused.</summary>
    public static string Quarantined(string table, DateOnly snapshotDate, string source) =>
        $"{Partition(Prefixes.Quarantine, snapshotDate)}/{table}-{Source(source)}.jsonl";

    /// <summary>
    /// The refused rows of a source that got no file because so many were: in a folder of the execution's, since those of
    /// the earlier file stay.
    /// </summary>
    /// <param name="staged">The key of its staged rows.</param>
    public static string QuarantinedWithoutFile(string staged) =>
        $"{Prefixes.Quarantine}/{staged[(staged.IndexOf('/', StringComparison.Ordinal) + 1)..]}";

    /// <summary>A snapshot's folder.</summary>
    public static string Partition(string table, DateOnly snapshotDate) =>
        string.Create(CultureInfo.InvariantCulture, $"{table}/snapshot_date={snapshotDate:yyyy-MM-dd}");

    /// <summary>A key, if it is one for a bucket and a folder alike.</summary>
    /// <exception cref="ArgumentException">It would lead out of its folder, or some file system does not take it as a name.</exception>
    public static string Checked(string key) =>
        IsFileName(key) ? key : throw new ArgumentException($"'{key}' is not an object key.", nameof(key));

    /// <summary>Whether a key can be a file's path on every system, and leads nowhere else.</summary>
    public static bool IsFileName(string key) => !key.Split('/').Any(name =>
        name is [] or ['.' or ' ', ..] or [.., '.' or ' '] || Encoding.UTF8.GetByteCount(name) > MaxName || name.AsSpan().ContainsAny(Forbidden) || Device().IsMatch(name));

    // Windows takes these for devices, whatever their ending.
    [GeneratedRegex(@"^(CON|PRN|AUX|NUL|COM\d|LPT\d)(\.|$)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Device();

    [GeneratedRegex("[^0-9a-z]+")]
    private static partial Regex NoWord();
}
