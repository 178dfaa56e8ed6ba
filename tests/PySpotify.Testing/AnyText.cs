using CsCheck;

namespace PySpotify.Tests;

/// <summary>Text of all kinds: pieces that file systems, shells, URLs and parsers trip over, and any characters between them.</summary>
internal static class AnyText
{
    private static readonly Gen<string> Piece = Gen.OneOf(
        Gen.OneOf(
            "..", "../", "..\\", "./", "/", "\\", "//", "~", "C:", "CON", "con", "nul", "aux", "AUX.txt", "prn", "com1", "LPT9", "\0", "\n", "\r", "\t",
            "\u202e", "\u2028", "\u2215", "\uff0e", "\uff0f", "\ufeff", "\u200b", "\ud800", "\udc00", "\ud83c", "\udfa7", "🎧", "宇", "é", "É", "e\u0301",
            "ß", "ſ", "İ", "ı", "%2e%2e%2f", "%2F", "%00", "%", ":", "*", "?", "\"", "'", "<", ">", "|", ";", ",", "$", "$(id)", "`id`", "&", " ", ".", "...",
            "-", "--", "-rf", "_", "=", "#", "{", "}", "{thisYear}", "year:", "2026", "a", "A", "z", "Z", "0",
            "_partial", "_staging", "snapshot_date=", ".csv"),
        Gen.Char[char.MinValue, char.MaxValue].Select(c => c.ToString()),
        Gen.String[Gen.Char['a', 'z'], 1, 29]);

    /// <summary>One to 200 pieces, most often a few.</summary>
    public static readonly Gen<string> Any = Gen.Frequency(
        (99, Piece.Array[1, 8]),
        (1, Piece.Array[1, 200])).Select(string.Concat);
}
