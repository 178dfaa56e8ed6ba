using Amazon.Lambda.Core;
using Microsoft.Extensions.Logging;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace PySpotify.Lambda;

/// <summary>
/// Writes to Lambda's own log, which makes JSON of it, adds the request and the trace and filters by level. Every line
/// of an invocation begins with the execution and the state that it belongs to, and has them as members.
/// </summary>
public sealed partial class LambdaLog(TimeProvider clock) : ILoggerFactory, ILogger
{
    private readonly AsyncLocal<(string Execution, string State)> _run = new();

    /// <summary>Invokes a function and logs how it ended.</summary>
    /// <param name="execution">The execution's name.</param>
    /// <param name="state">The state that invokes.</param>
    /// <param name="function">The function.</param>
    public async Task<T> FollowAsync<T>(string? execution, string? state, Func<Task<T>> function)
    {
        _run.Value = (execution ?? "-", state ?? "-");
        var start = clock.GetTimestamp();
        try
        {
            var output = await function();
            var seconds = clock.GetElapsedTime(start).TotalSeconds;
            Lines.Done(this, seconds);
            return output;
        }
        catch (Exception e)
        {
            // The runtime logs the exception too, but not what it belongs to.
            Lines.Failed(this, e);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var (template, values) = Template(state, formatter(state, exception));
        LambdaLogger.Log(logLevel.ToString(), exception, "{execution} {state}: " + template, [_run.Value.Execution, _run.Value.State, .. values]);
    }

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => this;

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("Lambda's log is the only one.");

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    /// <summary>A message's template and the values in it; a text without them is its own template.</summary>
    private static (string Template, object?[] Values) Template<TState>(TState state, string text) =>
        state is IReadOnlyList<KeyValuePair<string, object?>> members
        && members.FirstOrDefault(member => member.Key == "{OriginalFormat}").Value is string template
            ? (template, [.. members.Where(member => member.Key != "{OriginalFormat}").Select(member => member.Value)])
            : ("{text}", [text]);

    private static partial class Lines
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Done in {Seconds:0.000} s.")]
        public static partial void Done(ILogger logger, double seconds);

        [LoggerMessage(Level = LogLevel.Error, Message = "Failed.")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
