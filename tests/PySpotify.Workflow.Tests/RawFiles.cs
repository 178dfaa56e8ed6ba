using System.Text;
using PySpotify.Functions;
using PySpotify.Tests;

namespace PySpotify.Workflow.Tests;

/// <summary>
/// Raw CSV files as they could be: SQLite's refine and Spark's must take the same ones, and say the same of those that they
/// do not take.
/// </summary>
internal static class RawFiles
{
    private const string Good = "A,T,50,180000,Al,2026-01-02,id1,1,\"[\"\"A\"\"]\",USABC2600001,pl";

    /// <summary>Files that are taken, with the number of their rows.</summary>
    public static readonly Dictionary<string, (byte[] Bytes, int Rows)> Taken = new()
    {
        ["as it is written"] = (File(Good, Row("B", 2)), 2),
        ["eight columns"] = (Text($"{string.Join(',', Columns.RawHeader.Split(',')[..8])}\nA,T,50,180000,Al,2026-01-02,id1,1\n"), 1),
        ["CRLF"] = (Text($"{Columns.RawHeader}\r\n{Good}\r\n{Row("B", 2)}\r\n"), 2),
        ["CR alone"] = (Text($"{Columns.RawHeader}\r{Good}\r{Row("B", 2)}\r"), 2),
        ["no line break at the end"] = (Text($"{Columns.RawHeader}\n{Good}"), 1),
        ["a byte order mark"] = (Text($"\uFEFF{Columns.RawHeader}\n{Good}\n"), 1),
        ["a byte order mark before a quote"] = (Text($"\uFEFF{Quoted(Columns.RawHeader)}\n{Good}\n"), 1),
        ["a header in quotes"] = (Text($"{Quoted(Columns.RawHeader)}\n{Good}\n"), 1),
        ["blank lines"] = (Text($"\n\n{Columns.RawHeader}\n\n{Good}\n\n\n{Row("B", 2)}\n\n"), 2),
        ["the header again"] = (File(Good, Columns.RawHeader, Row("B", 2), Quoted(Columns.RawHeader)), 2),
        ["nothing but what is required"] = (File("A,T,,,,,id1,1,,,"), 1),
        ["everything in quotes"] = (File("\"A\",\"T\",\"50\",\"\",\"\",\"2026\",\"id1\",\"1\",\"\",\"\",\"\""), 1),
        ["quotes, commas and backslashes"] = (File("\"Say \"\"Cheese\"\", twice\",T\\,1,1,\"\\\",\"\"\"\",id1,1,,,"), 1),
        ["numbers in odd forms"] = (File("A,T,+5,-007,Al,2026,id1,+1,,,", "A,T,-0,9223372036854775807,Al,2026,id2,2147483647,,,", "A,T,00,-9223372036854775808,Al,2026,id3,-2147483648,,,"), 3),
        ["spaces"] = (File(" ,  T ,1,1, Al,2026 ,id1,1,,,"), 1),
        ["all of Unicode"] = (File("🎧 👩\u200D🎤,\uFFFD\uFEFF\u00A0é\u0301,1,1,\u2028\u2029\u0085\u000B\u000C\u001C,𐍈\uE000\uFFFF,id1,1,,,"), 1),
        ["a tab"] = (File("A\tB,T,1,1,Al,2026,id1,1,,,"), 1),
        ["a name of 100 kB"] = (File($"A,{new string('x', 100_000)},1,1,Al,2026,id1,1,,,"), 1),
        ["a formula"] = (File("=1+1,@T,1,1,-Al,2026,id1,1,,,"), 1),
        ["a song again, at other ranks"] = (File(Row("A", 3), Row("B", 1), Row("A", 2)), 3),
    };

    /// <summary>Files that are refused, with the line and what is said of it.</summary>
    public static readonly Dictionary<string, (byte[] Bytes, string Problem)> Refused = new()
    {
        ["nothing"] = ([], " is empty"),
        ["a byte order mark alone"] = (Text("\uFEFF"), " is empty"),
        ["line breaks alone"] = (Text("\n\r\n\n"), " is empty"),
        ["a header alone"] = (Text($"{Columns.RawHeader}\n"), " has a header and no rows"),
        ["a header twice"] = (File(Columns.RawHeader), " has a header and no rows"),
        ["no header"] = (Text($"{Good}\n"), $", line 1: {Header}"),
        ["another order"] = (Text($"track,artist{Columns.RawHeader["artist,track".Length..]}\n{Good}\n"), $", line 1: {Header}"),
        ["other names"] = (Text($"{Columns.RawHeader.ToUpperInvariant()}\n{Good}\n"), $", line 1: {Header}"),
        ["seven columns"] = (Text($"{string.Join(',', Columns.RawHeader.Split(',')[..7])}\nA,T,1,1,Al,2026,id1\n"), $", line 1: {Header}"),
        ["nine columns"] = (Text($"{string.Join(',', Columns.RawHeader.Split(',')[..9])}\nA,T,1,1,Al,2026,id1,1,\n"), $", line 1: {Header}"),
        ["a column more"] = (Text($"{Columns.RawHeader},more\n{Good},x\n"), $", line 1: {Header}"),
        ["two byte order marks"] = (Text($"\uFEFF\uFEFF{Columns.RawHeader}\n{Good}\n"), $", line 1: {Header}"),
        ["too few cells"] = (File(Good, "A,T,1"), ", line 3: 3 cells, but the header has 11"),
        ["too many cells"] = (File($"{Good},"), ", line 2: 12 cells, but the header has 11"),
        ["eight cells under eleven columns"] = (File("A,T,1,1,Al,2026,id1,1"), ", line 2: 8 cells, but the header has 11"),
        ["a line of spaces"] = (File(Good, "  "), ", line 3: 1 cells, but the header has 11"),
        ["no artist"] = (File(Good, ",T,1,1,Al,2026,id1,1,,,"), ", line 3: artist is empty"),
        ["no track"] = (File("A,\"\",1,1,Al,2026,id1,1,,,"), ", line 2: track is empty"),
        ["no track id"] = (File("A,T,1,1,Al,2026,,1,,,"), ", line 2: track_id is empty"),
        ["no rank"] = (File("A,T,1,1,Al,2026,id1,,,,"), ", line 2: rank is empty"),
        ["a fraction"] = (File("A,T,1,1,Al,2026,id1,1.5,,,"), ", line 2: rank '1.5' is not an integer"),
        ["a word"] = (File("A,T,many,1,Al,2026,id1,1,,,"), ", line 2: track_pop 'many' is not an integer"),
        ["spaces around a number"] = (File("A,T,\" 5 \",1,Al,2026,id1,1,,,"), ", line 2: track_pop ' 5 ' is not an integer"),
        ["a sign alone"] = (File("A,T,+,1,Al,2026,id1,1,,,"), ", line 2: track_pop '+' is not an integer"),
        ["an exponent"] = (File("A,T,1,1e3,Al,2026,id1,1,,,"), ", line 2: duration_ms '1e3' is not an integer"),
        ["digits of another script"] = (File("A,T,1,١٢,Al,2026,id1,1,,,"), ", line 2: duration_ms '١٢' is not an integer"),
        ["a number too large"] = (File("A,T,9223372036854775808,1,Al,2026,id1,1,,,"), ", line 2: track_pop '9223372036854775808' is not an integer"),
        ["a rank too large"] = (File("A,T,1,1,Al,2026,id1,2147483648,,,"), ", line 2: rank '2147483648' is not an integer"),
        ["a number and a zero byte"] = (File("A,T,5\0,1,Al,2026,id1,1,,,"), ", line 2: track_pop '5\0' is not an integer"),
        ["a line break in quotes"] = (File(Good, "\"A\nB\",T,1,1,Al,2026,id1,1,,,"), $", line 3: {Quotes}"),
        ["a CR in quotes"] = (File("\"A\rB\",T,1,1,Al,2026,id1,1,,,"), $", line 2: {Quotes}"),
        ["a quote that never closes"] = (File(Good, "A,\"T,1,1,Al,2026,id1,1,,,", Row("B", 2)), $", line 3: {Quotes}"),
        ["a quote within a cell"] = (File("A\"B,T,1,1,Al,2026,id1,1,,,"), $", line 2: {Quotes}"),
        ["text behind a quote"] = (File("\"A\"B,T,1,1,Al,2026,id1,1,,,"), $", line 2: {Quotes}"),
        ["a space before a quote"] = (File(" \"A\",T,1,1,Al,2026,id1,1,,,"), $", line 2: {Quotes}"),
        ["a quote behind a backslash"] = (File("\"A\\\"\",T,1,1,Al,2026,id1,1,,,"), $", line 2: {Quotes}"),
        ["Latin-1"] = (Bytes(File(Good), "B\xE9,T,1,1,Al,2026,id1,2,,,\n"), ", line 3: not UTF-8"),
        ["half a character at the end"] = (Bytes(File(Good), "B,T,1,1,Al,2026,id1,2,,,\xC3"), ", line 3: not UTF-8"),
        ["half of a pair"] = (Bytes(File(), "\xED\xA0\xBD,T,1,1,Al,2026,id1,2,,,\n"), ", line 2: not UTF-8"),
        ["a character longer than need be"] = (Bytes(File(), "\xC1\x81,T,1,1,Al,2026,id1,2,,,\n"), ", line 2: not UTF-8"),
        ["Latin-1 in the header"] = (Bytes([], $"{Columns.RawHeader[..^1]}\xE9\n"), ", line 1: not UTF-8"),
        ["UTF-16"] = ([.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes($"{Columns.RawHeader}\n{Good}\n")], ", line 1: not UTF-8"),
        ["UTF-16, big endian"] = ([.. Encoding.BigEndianUnicode.Preamble, .. Encoding.BigEndianUnicode.GetBytes($"{Columns.RawHeader}\n{Good}\n")], ", line 1: not UTF-8"),
        ["UTF-32"] = ([.. Encoding.UTF32.Preamble, .. Encoding.UTF32.GetBytes($"{Columns.RawHeader}\n{Good}\n")], ", line 1: not UTF-8"),
        ["UTF-32, big endian"] = ([0, 0, 0xFE, 0xFF, .. new UTF32Encoding(true, false).GetBytes($"{Columns.RawHeader}\n{Good}\n")], ", line 1: not UTF-8"),
    };

    /// <summary>Files of sources' records that are none.</summary>
    public static readonly List<byte[]> RefusedRecords =
    [
        [],
        .. ((string[])
        [
            "oops", "{}", "[]", "null", Record[..^1], $"{Record} {Record}", $"\uFEFF{Record}", $"'{Record[1..]}",
            Record.Replace("\"rows\":1", "\"rows\":\"1\""), Record.Replace("\"rows\":1", "\"rows\":1.0"), Record.Replace("\"rows\":1", "\"rows\":2147483648"),
            Record.Replace("\"rows\":1", "\"rows\":null"), Record.Replace("\"rows\":1", "\"rows\":true"), Record.Replace("\"rows\":1", "\"rows\":NaN"),
            Record.Replace("\"rows\":1,", ""), Record.Replace("\"rows\"", "\"Rows\""), Record.Replace("\"rows\"", "\"more\":1,\"rows\""),
            Record.Replace("\"playlist\"", "null"), Record.Replace("\"playlist\"", "5"), Record.Replace("\"playlist\"", "\"\\ud800\""), Record.Replace("\"playlist\"", "\"a\tb\""),
            Record.Replace("{\"episode\":1}", "[]"), Record.Replace("{\"episode\":1}", "null"), Record.Replace("{\"episode\":1}", "{\"episode\":\"1\"}"),
        ]).Select(Text),
        Bytes([], Record.Replace("playlist", "\xE9")),
    ];

    /// <summary>Files of refused rows with a line that is none.</summary>
    public static readonly List<byte[]> RefusedQuarantine =
    [
        .. ((string[])
        [
            "oops", "\n", "[]\n", "{}\n", $"{Refusal}\n\n{Refusal}\n", $"\uFEFF{Refusal}\n", $"{Refusal}{Refusal}\n", Refusal[..^1], "{\"reason\":\"no artist\"}\n", "{\"song\":{},\"reason\":\"no artist\"}\n",
            "{\"reason\":null,\"song\":{}}\n", "{\"reason\":5,\"song\":{}}\n", "{\"reason\":\"no artist\",\"song\":{},\"more\":1}\n", "{\"reason\":\"no artist\",\"song\":{'a':1}}\n",
        ]).Select(Text),
        Bytes(Text($"{Refusal}\n"), Refusal.Replace("A", "\xE9")),
    ];

    /// <summary>Refused rows that are taken: JSON in any form.</summary>
    public static readonly string[] TakenQuarantine =
    [
        Refusal, """ { "\u0072eason" : "say \"no\"" , "song" : {"track": "A"} } """, "{\"reason\":\"long\",\"song\":{\"n\":" + new string('9', 5000) + "}}",
        "{\"reason\":\"deep\",\"song\":{\"a\":" + new string('[', 100) + new string(']', 100) + "}}", """{"reason":"no song","song":null}""", """{"reason":"é 🎧","song":{"é":"}"}}""",
    ];

    /// <summary>Files of the raw folder that are not part of a snapshot.</summary>
    public static readonly string[] Ignored =
    [
        .. ((string[])
        [
            "snapshot_date=latest/a.csv", "snapshot_date=20261122/a.csv", "snapshot_date=2026-11-31/a.csv", "snapshot_date=2026-11-22/notes.txt", "snapshot_date=2026-11-22/a.csv.tmp",
            "snapshot_date=2026-11-22/._a.csv", "snapshot_date=2026-11-22/_a.csv", "snapshot_date=2026-11-22/a.CSV", "snapshot_date=2026-11-22/more/a.csv", "a.csv",
        ]).Select(file => $"{Tables.TopPlayed}/{file}"),
        "sources/snapshot_date=latest/spotifytopplayed-a.json", "sources/snapshot_date=2026-11-22/a.json", "sources/snapshot_date=2026-11-22/spotifytopplayed-a.csv",
        "quarantine/snapshot_date=2026-11-22/a.jsonl", "quarantine/notes.txt", "_quarantine/spotifytopplayed/snapshot_date=2026-11-22/a.json",
    ];

    /// <summary>A source's record, with more songs skipped than a number of 32 bits can count.</summary>
    public static string TakenRecord => Record.Replace("{\"episode\":1}", "{\"episode\":2147483647,\"local file\":1}");

    private const string Record =
        """{"list":"top played","source":"pl","kind":"playlist","name":null,"status":"read","reason":null,"rows":1,"skipped":{"episode":1},"quarantined":0}""";

    private const string Refusal = """{"reason":"no artist","song":{"track":"A"}}""";

    private static string Header => $"the header must be {Columns.RawHeader} or its first 8 columns";

    private static string Quotes => "its quotes do not match";

    /// <summary>A file of such lines under the header.</summary>
    public static byte[] File(params IEnumerable<string> lines) => Text(string.Concat(lines.Prepend(Columns.RawHeader).Select(line => line + "\n")));

    /// <summary>Puts the files of <see cref="RefusedRecords"/> and <see cref="RefusedQuarantine"/> beside a snapshot.</summary>
    public static void AddRefusedJson(TestTables tables, string day)
    {
        foreach (var (i, record) in RefusedRecords.Index())
        {
            tables.Write($"sources/snapshot_date={day}/{Tables.TopPlayed}-{i:00}.json", record);
        }

        foreach (var (i, lines) in RefusedQuarantine.Index())
        {
            tables.Write($"quarantine/snapshot_date={day}/{Tables.TopPlayed}-{i:00}.jsonl", lines);
        }
    }

    /// <summary>Fills a raw folder with what version f52f583 wrote.</summary>
    public static void CopyOfTheVersionBefore(string raw)
    {
        var fixture = Path.Combine(Repository.Root, "tests/PySpotify.Workflow.Tests/Fixtures/eight-columns/raw");
        foreach (var file in Directory.GetFiles(fixture, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(raw, Path.GetRelativePath(fixture, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            System.IO.File.Copy(file, copy);
        }
    }

    /// <summary>A song's row.</summary>
    public static string Row(string song, int rank, string source = "pl") => $"Artist of {song},{song},{(song[0] * 7) % 101},180000,Album,2026-01-02,id{song},{rank},,,{source}";

    private static string Quoted(string line) => string.Join(',', line.Split(',').Select(cell => $"\"{cell}\""));

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Bytes(byte[] start, string latin1) => [.. start, .. Encoding.Latin1.GetBytes(latin1)];
}
