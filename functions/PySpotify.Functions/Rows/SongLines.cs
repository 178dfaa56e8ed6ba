using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace PySpotify.Functions.Rows;

/// <summary>Staged songs: JSON, one a line.</summary>
internal static class SongLines
{
    /// <summary>Reads them as they come, never more than a few at a time in memory.</summary>
    /// <exception cref="JsonException">A line is not a song.</exception>
    public static async IAsyncEnumerable<Song> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(stream, new(bufferSize: 1 << 18));
        try
        {
            for (var isLast = false; !isLast;)
            {
                var read = await reader.ReadAsync(cancellationToken);
                var rest = read.Buffer;
                isLast = read.IsCompleted;
                while (TryTakeLine(ref rest, isLast, out var line))
                {
                    yield return Read(line);
                }

                reader.AdvanceTo(rest.Start, rest.End);
            }
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    private static bool TryTakeLine(ref ReadOnlySequence<byte> rest, bool isLast, out ReadOnlySequence<byte> line)
    {
        if (rest.PositionOf((byte)'\n') is { } end)
        {
            line = rest.Slice(0, end);
            rest = rest.Slice(rest.GetPosition(1, end));
            return true;
        }

        line = rest;
        if (isLast)
        {
            rest = rest.Slice(rest.End);
        }

        return isLast && !line.IsEmpty;
    }

    // By hand, since this is where WriteCsv spends its time: the serializer takes more than twice as long for a type
    // whose constructor has parameters (docs/performance.md).
    private static Song Read(ReadOnlySequence<byte> line)
    {
        var json = new Utf8JsonReader(line);
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("A staged row is not a JSON object.");
        }

        var members = new Members();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            members.Read(ref json);
        }

        return members.ToSong();
    }

    private static string? Text(ref Utf8JsonReader json)
    {
        json.Read();
        return json.GetString();
    }

    private static long? Number(ref Utf8JsonReader json)
    {
        json.Read();
        return json.TokenType == JsonTokenType.Null ? null : json.GetInt64();
    }

    /// <summary>The members of a song as they come; a struct, so that a row costs nothing on the heap but its song.</summary>
    private struct Members
    {
        private string? _artist, _track, _albumNm, _albumDt, _trackId, _artists, _isrc, _fault;
        private int? _trackPop;
        private long? _durationMs;

        public void Read(ref Utf8JsonReader json)
        {
            if (json.ValueTextEquals("artist"u8))
            {
                _artist = Text(ref json);
            }
            else if (json.ValueTextEquals("track"u8))
            {
                _track = Text(ref json);
            }
            else if (json.ValueTextEquals("track_pop"u8))
            {
                _trackPop = (int?)Number(ref json);
            }
            else if (json.ValueTextEquals("duration_ms"u8))
            {
                _durationMs = Number(ref json);
            }
            else if (json.ValueTextEquals("album_nm"u8))
            {
                _albumNm = Text(ref json);
            }
            else if (json.ValueTextEquals("album_dt"u8))
            {
                _albumDt = Text(ref json);
            }
            else if (json.ValueTextEquals("track_id"u8))
            {
                _trackId = Text(ref json);
            }
            else if (json.ValueTextEquals("artists"u8))
            {
                _artists = Text(ref json);
            }
            else if (json.ValueTextEquals("isrc"u8))
            {
                _isrc = Text(ref json);
            }
            else if (json.ValueTextEquals("fault"u8))
            {
                _fault = Text(ref json);
            }
            else
            {
                throw new JsonException($"A staged row has a member '{json.GetString()}'.");
            }
        }

        public readonly Song ToSong() => new(_artist, _track, _trackPop, _durationMs, _albumNm, _albumDt, _trackId, _artists, _isrc, _fault);
    }
}
