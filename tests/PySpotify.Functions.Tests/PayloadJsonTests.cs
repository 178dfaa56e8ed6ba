using System.Text.Json;
using PySpotify.Functions;
using PySpotify.Functions.Rows;
using PySpotify.Functions.Spotify;

namespace PySpotify.Tests;

public sealed class PayloadJsonTests
{
    private static readonly DateTimeOffset Time = new(2026, 11, 22, 6, 0, 0, TimeSpan.Zero);

    public static TheoryData<Type, string> Payloads => new()
    {
        {
            typeof(AuthenticateInput),
            """{"input":{"Any":[1]},"startTime":"2026-11-22T06:00:00+00:00","execution":"run-1","state":"Authenticate","token":{"secret":"s","expiresAt":"2026-11-22T06:00:00+00:00","renewed":0},"failure":{"Error":"e","Cause":"c"},"redriveCount":1}"""
        },
        {
            typeof(AuthenticateOutput),
            """{"snapshotDate":"2026-11-22","topPlayed":{"sources":[{"kind":"playlist","id":"a"}]},"popular":{"sources":[{"kind":"search","id":"b"}]},"token":{"secret":"s","expiresAt":"2026-11-22T06:00:00+00:00","renewed":null},"crawl":{"status":"NOT_STARTED","before":null,"error":null,"redriveCount":0}}"""
        },
        {
            typeof(FetchTopPlayedInput),
            """{"source":{"kind":"playlist","id":"a"},"token":{"secret":"s","expiresAt":"2026-11-22T06:00:00+00:00","renewed":null},"execution":"run-1","state":"FetchTopPlayed"}"""
        },
        {
            typeof(FetchPopularInput),
            """{"source":{"kind":"search","id":"a"},"token":{"secret":"s","expiresAt":"2026-11-22T06:00:00+00:00","renewed":null},"execution":"run-1","state":"FetchPopular"}"""
        },
        {
            typeof(StagedTracks),
            """{"source":{"kind":"playlist","id":"a"},"name":"n","key":"b","rows":3,"skipped":{"local file":1,"Null Row":2},"problem":null,"note":"c"}"""
        },
        {
            typeof(WriteCsvInput),
            """{"table":"a","snapshotDate":"2026-11-22","staged":{"source":{"kind":"playlist","id":"a"},"name":null,"key":null,"rows":0,"skipped":{},"problem":{"cause":"c","advice":"d"},"note":null},"execution":"run-1","state":"WriteCsv"}"""
        },
        { typeof(WriteCsvOutput), """{"source":"a","rows":3,"quarantined":1,"tables":["t"],"notRead":[]}""" },
        {
            typeof(StartCrawlerInput),
            """{"crawler":"a","crawl":{"status":"NOT_STARTED","before":null,"error":null,"redriveCount":0},"redriveCount":1,"execution":"run-1","state":"StartRawCrawler"}"""
        },
        {
            typeof(PollCrawlerInput),
            """{"crawler":"a","crawl":{"status":"RUNNING","before":"2026-11-22T06:00:00+00:00","error":"e","redriveCount":2},"tables":["t"],"snapshotDate":"2026-11-22","execution":"run-1","state":"PollRawCrawler"}"""
        },
        { typeof(Crawl), """{"status":"FAILED","before":null,"error":"e","redriveCount":0}""" },
        { typeof(SpotifyCredentials), """{"clientId":"a","clientSecret":"b","refreshToken":null}""" },
        { typeof(AccessToken), """{"value":"a","expiresAt":"2026-11-22T06:00:00+00:00","issuedFor":"b","refreshToken":"c","replaces":null,"signedInTo":null}""" },
    };

    [Theory]
    [MemberData(nameof(Payloads))]
    public void A_payload_is_written_as_the_definition_reads_it(Type type, string json)
    {
        Assert.Equal(json, Write(type, Read(type, json)!).Replace("\\u002B", "+", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Payloads))]
    public void An_unknown_member_is_refused_but_in_the_credentials(Type type, string json)
    {
        var error = Record.Exception(() => Read(type, json[..^1] + ""","surprise":1}"""));

        // Written by hand, as the only one.
        Assert.Equal(type == typeof(SpotifyCredentials) ? null : typeof(JsonException), error?.GetType());
    }

    [Theory]
    [MemberData(nameof(Payloads))]
    public void Another_case_is_another_member(Type type, string json)
    {
        Assert.Throws<JsonException>(() => Read(type, json[..2] + char.ToUpperInvariant(json[2]) + json[3..]));
    }

    [Theory]
    [MemberData(nameof(Payloads))]
    public void A_missing_member_is_refused_unless_the_record_has_a_default_for_it(Type type, string json)
    {
        foreach (var parameter in type.GetConstructors().Single(constructor => constructor.GetParameters().Length > 1).GetParameters())
        {
            var members = JsonDocument.Parse(json).RootElement.EnumerateObject()
                .Where(member => !member.NameEquals(JsonNamingPolicy.CamelCase.ConvertName(parameter.Name!)))
                .Select(member => $"\"{member.Name}\":{member.Value.GetRawText()}");
            var without = $"{{{string.Join(',', members)}}}";
            if (parameter.HasDefaultValue)
            {
                Assert.NotNull(Read(type, without));
            }
            else
            {
                Assert.Throws<JsonException>(() => Read(type, without));
            }
        }
    }

    [Theory]
    [InlineData(typeof(FetchPopularInput), """{"query":null,"token":{"secret":"s","expiresAt":"2026-11-22T06:00:00Z"},"execution":"e"}""")]
    [InlineData(typeof(FetchPopularInput), """{"source":{"kind":"search","id":"a"},"token":null,"execution":"e"}""")]
    [InlineData(typeof(FetchTopPlayedInput), """{"source":{"kind":"playlist","id":"a"},"token":{"secret":null,"expiresAt":"2026-11-22T06:00:00Z"},"execution":"e"}""")]
    [InlineData(typeof(WriteCsvInput), """{"table":"a","snapshotDate":null,"source":"b","key":"c","rows":3}""")]
    [InlineData(typeof(WriteCsvInput), """{"table":"a","snapshotDate":"2026-11-22","source":"b","key":null,"rows":3}""")]
    [InlineData(typeof(WriteCsvInput), """{"table":"a","snapshotDate":"2026-11-22","source":"b","key":"c","rows":null}""")]
    [InlineData(typeof(StartCrawlerInput), """{"crawler":"a","crawl":null,"redriveCount":0}""")]
    [InlineData(typeof(Crawl), """{"status":null}""")]
    [InlineData(typeof(SpotifyCredentials), """{"clientId":"a","clientSecret":null}""")]
    [InlineData(typeof(AccessToken), """{"value":null,"expiresAt":"2026-11-22T06:00:00Z","issuedFor":"b"}""")]
    public void Null_where_a_value_belongs_is_refused(Type type, string json)
    {
        Assert.Throws<JsonException>(() => Read(type, json));
    }

    [Theory]
    [InlineData("\"2026-11-22T00:00:00Z\"")]
    [InlineData("\"22.11.2026\"")]
    [InlineData("\"2026-02-30\"")]
    [InlineData("20261122")]
    [InlineData("\"\"")]
    public void A_date_has_one_spelling(string date)
    {
        Assert.Throws<JsonException>(() => Read(
            typeof(WriteCsvInput), $$"""{"table":"a","snapshotDate":{{date}},"source":"b","key":"c","rows":3}"""));
    }

    [Theory]
    [InlineData("2026-11-22T06:00:00.000Z")]
    [InlineData("2026-11-22T06:00:00Z")]
    [InlineData("2026-11-22T07:00:00+01:00")]
    public void A_time_is_read_as_Step_Functions_writes_it(string time)
    {
        var input = (AuthenticateInput)Read(typeof(AuthenticateInput), $$"""{"input":{},"startTime":"{{time}}"}""")!;

        Assert.Equal(Time, input.StartTime);
    }

    private static object? Read(Type type, string json) => JsonSerializer.Deserialize(json, type, PayloadJson.Default);

    private static string Write(Type type, object payload) => JsonSerializer.Serialize(payload, type, PayloadJson.Default);
}
