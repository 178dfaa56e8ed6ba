using System.Globalization;
using PySpotify.Workflow.Local;

namespace PySpotify.Workflow;

/// <summary>
/// A question with its answer's SQL, which Athena (Trino) and SQLite both run: a file in <c>queries/</c>, whose comment on
/// top is the question.
/// </summary>
/// <param name="Name">The file's name.</param>
/// <param name="Question">The comment's first line.</param>
/// <param name="Sql">The file.</param>
internal sealed record NamedQuery(string Name, string Question, string Sql)
{
    // These literals stand in the files, so that they run as they are, too: 'latest' sorts behind every date.
    private const string Latest = "'latest'", Strongest = "'strongest'";

    /// <summary>All of them, by name.</summary>
    public static IReadOnlyList<NamedQuery> All { get; } =
    [
        .. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "queries"), "*.sql").Order(StringComparer.Ordinal).Select(file =>
        {
            var sql = File.ReadAllText(file);
            return new NamedQuery(Path.GetFileNameWithoutExtension(file), sql.Split('\n')[0].TrimStart('-', ' ').TrimEnd(), sql);
        }),
    ];

    /// <summary>Whether it follows a song, which <see cref="AskAsync(Warehouse, DateOnly?, string?, CancellationToken)"/> takes then.</summary>
    public bool TakesTrack => Sql.Contains(Strongest, StringComparison.Ordinal);

    /// <summary>The query of that name.</summary>
    public static NamedQuery Get(string name) => All.Single(query => query.Name == name);

    /// <summary>Asks it.</summary>
    /// <param name="warehouse">Whom.</param>
    /// <param name="week">The snapshot that is to be 'this week'; null is the newest.</param>
    /// <param name="track">The song, by its id; null is the strongest ten.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="QueryException">There is no such snapshot or song.</exception>
    public Task<Answer> AskAsync(Warehouse warehouse, DateOnly? week, string? track, CancellationToken cancellationToken) =>
        AskAsync(warehouse, week, track, _ => true, cancellationToken);

    /// <summary>Asks it, and holds of its rows those that <paramref name="keep"/>, which sees each in turn, says are wanted.</summary>
    /// <inheritdoc cref="AskAsync(Warehouse, DateOnly?, string?, CancellationToken)"/>
    public async Task<Answer> AskAsync(
        Warehouse warehouse, DateOnly? week, string? track, Func<Answer.Row, bool> keep, CancellationToken cancellationToken)
    {
        var sql = Sql;
        if (week is { } day)
        {
            var date = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            await ExpectSnapshotAsync(warehouse, date, cancellationToken);
            sql = sql.Replace(Latest, $"'{date}'", StringComparison.Ordinal);
        }

        if (track is not null)
        {
            sql = sql.Replace(Strongest, $"'{track}'", StringComparison.Ordinal);
        }

        var (columns, rows) = await warehouse.QueryAsync(sql, (columns, row) => keep(new(columns, row)), cancellationToken);
        var answer = new Answer(columns, rows);
        if (track is not null && !answer.Any(row => row.Text("track_id") == track))
        {
            throw new QueryException($"No list has had the song {track} up to then.");
        }

        return answer;
    }

    private static async Task ExpectSnapshotAsync(Warehouse warehouse, string date, CancellationToken cancellationToken)
    {
        var (_, rows) = await warehouse.QueryAsync(
            "SELECT snapshot_date FROM spotifytopplayed_refined UNION SELECT snapshot_date FROM spotifypopularsongs_refined ORDER BY 1",
            cancellationToken);
        List<string> dates = [.. rows.Select(row => (string)row[0]!)];
        if (dates.Contains(date))
        {
            return;
        }

        var next = dates.FindIndex(other => string.CompareOrdinal(other, date) > 0) is >= 0 and var found ? found : dates.Count;
        throw new QueryException($"There is no snapshot of {date}. " + (dates.Count == 0
            ? "There is none at all yet; `pyspotify run` makes one."
            : $"The nearest: {string.Join(", ", dates.Skip(Math.Max(0, next - 2)).Take(4))}."));
    }
}

/// <summary>Rows with their columns' names.</summary>
internal sealed class Answer(IReadOnlyList<string> columns, IReadOnlyList<object?[]> rows) : IEnumerable<Answer.Row>
{
    public IReadOnlyList<string> Columns => columns;

    public IReadOnlyList<object?[]> Rows => rows;

    public IEnumerator<Row> GetEnumerator() => rows.Select(values => new Row(columns, values)).GetEnumerator();

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>A row, read by column.</summary>
    public readonly record struct Row(IReadOnlyList<string> Columns, object?[] Values)
    {
        public object? this[string column] => Values[Columns.TakeWhile(name => name != column).Count()];

        public string? Text(string column) => this[column] as string;

        public long? Number(string column) => this[column] as long?;
    }
}
