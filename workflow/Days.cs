using System.Globalization;

namespace PySpotify.Workflow;

/// <summary>Days as the tables have them.</summary>
internal static class Days
{
    private const string Format = "yyyy-MM-dd";

    /// <summary>YYYY-MM-DD.</summary>
    public static string Iso(this DateOnly day) => day.ToString(Format, CultureInfo.InvariantCulture);

    /// <summary>The day that <see cref="Iso"/> wrote.</summary>
    public static DateOnly Parse(string iso) => DateOnly.ParseExact(iso, Format, CultureInfo.InvariantCulture);

    /// <summary>Reads a day that somebody may have written in another form.</summary>
    public static bool TryParse(string? text, out DateOnly day) =>
        DateOnly.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out day);

    /// <summary>The Monday of a day's week. Day 0 was one.</summary>
    public static DateOnly Monday(this DateOnly day) => day.AddDays(-(day.DayNumber % 7));

    /// <summary>The day (UTC) of a time.</summary>
    public static DateOnly Utc(DateTimeOffset time) => DateOnly.FromDateTime(time.UtcDateTime);
}
