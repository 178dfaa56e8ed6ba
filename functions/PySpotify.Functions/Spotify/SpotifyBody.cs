using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace PySpotify.Functions.Spotify;

/// <summary>Makes sure of an answer's body before any client reads it: that it is whole, and UTF-8.</summary>
internal static class SpotifyBody
{
    // Bytes that are not UTF-8 become half a surrogate pair, which no client reads as text: it costs its row. Left as they are,
    // a client that reads a body as text would take another character for them.
    private static readonly Encoding EscapeInvalid = Encoding.GetEncoding(
        Encoding.UTF8.WebName, EncoderFallback.ExceptionFallback, new DecoderReplacementFallback(@"\ud800"));

    /// <summary>Refuses a body that is cut off, and makes UTF-8 of any other.</summary>
    /// <exception cref="IOException">It is empty or cut off, which another attempt may mend.</exception>
    public static async Task CheckAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        if (IsCutOff(body))
        {
            response.Dispose();
            throw new IOException("the answer is empty or cut off");
        }

        if (!Utf8.IsValid(body))
        {
            response.Content = new StringContent(EscapeInvalid.GetString(body), Encoding.UTF8, "application/json");
        }
    }

    /// <summary>Whether a body ends before its JSON does. A body that is not JSON at all is left to whoever reads it.</summary>
    private static bool IsCutOff(ReadOnlySpan<byte> body)
    {
        var json = new Utf8JsonReader(body, isFinalBlock: false, state: default);
        try
        {
            while (json.Read())
            {
            }

            return json.CurrentDepth > 0 || json.TokenType is JsonTokenType.None or JsonTokenType.StartObject or JsonTokenType.StartArray;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
