using System.Text.Json;

namespace PySpotify.Workflow.StatesLanguage.States;

/// <summary>An entry of Retry.</summary>
internal sealed record Retrier(string[] ErrorEquals, int IntervalSeconds, int MaxAttempts, double BackoffRate, int? MaxDelaySeconds, bool Jitter)
{
    // A year, the longest that an execution may take.
    private const double LongestDelay = 31_536_000;

    public static Retrier[] ReadAll(DefinitionReader state)
    {
        var retriers = state.Objects("Retry");
        return [.. retriers.Select(retrier => Read(retrier, isLast: retrier == retriers[^1]))];
    }

    /// <summary>The wait in seconds before the retry of that index, from 0.</summary>
    public double Delay(int retry, Func<double> random)
    {
        var delay = Math.Min(IntervalSeconds * Math.Pow(BackoffRate, retry), MaxDelaySeconds ?? LongestDelay);
        return Jitter ? delay * random() : delay;
    }

    /// <summary>Reads the names of errors that a Retrier or Catcher is for.</summary>
    public static string[] ReadErrorEquals(DefinitionReader fields, bool isLast)
    {
        const string field = "ErrorEquals";
        var names = fields.Required(fields.Take(field), field);
        if (names.ValueKind != JsonValueKind.Array || names.GetArrayLength() == 0 || names.EnumerateArray().Any(name => name.ValueKind != JsonValueKind.String))
        {
            throw fields.Refuse(field, "it must be an array of one or more strings");
        }

        string[] errors = [.. names.EnumerateArray().Select(name => name.GetString()!)];
        if (errors.Contains(ErrorNames.All) && (errors.Length > 1 || !isLast))
        {
            throw fields.Refuse(field, "States.ALL must be alone, and last");
        }

        if (errors.Contains(ErrorNames.Runtime))
        {
            throw fields.Refuse(field, "States.Runtime always ends the execution; it cannot be retried or caught");
        }

        return errors.FirstOrDefault(error => error.StartsWith("States.", StringComparison.Ordinal) && !ErrorNames.Reserved.Contains(error)) is { } unknown
            ? throw fields.Refuse(field, $"the error {unknown} does not exist or is not supported")
            : errors;
    }

    private static Retrier Read(DefinitionReader fields, bool isLast)
    {
        var interval = fields.Integer("IntervalSeconds", 1, DefinitionReader.MaxSeconds) ?? 1;
        var maxDelay = fields.Integer("MaxDelaySeconds", 1, 31_622_400);
        if (maxDelay <= interval)
        {
            throw fields.Refuse("MaxDelaySeconds", "it must be greater than IntervalSeconds");
        }

        var backoff = fields.Number("BackoffRate") ?? 2;
        if (backoff < 1)
        {
            throw fields.Refuse("BackoffRate", "it must be at least 1");
        }

        var jitter = fields.Text("JitterStrategy") ?? "NONE";
        if (jitter is not ("NONE" or "FULL"))
        {
            throw fields.Refuse("JitterStrategy", "it must be NONE or FULL");
        }

        var attempts = fields.Integer("MaxAttempts", 0, DefinitionReader.MaxSeconds) ?? 3;
        var retrier = new Retrier(ReadErrorEquals(fields, isLast), interval, attempts, backoff, maxDelay, jitter == "FULL");
        fields.Close();
        return retrier;
    }
}
