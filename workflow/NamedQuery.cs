using System.Globalization;
using System.Text.RegularExpressions;
using PySpotify.Workflow.Local;

namespace PySpotify.Workflow;

/// <summary>
/// A question with its answer's SQL, which Athena (Trino) and SQLite both run: a file in <c>queries/</c>, whose comment on
/// top is the question.
/// </summary>
/// <param name="Name">The file's name.</param>
/// <param name="Question">The comment's first line.</param>
/// <param name="Sql">The file.</param>
internal sealed partial record NamedQuery(string Name, string Question, string Sql)
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

    /// <summary>The query of that name.</summary>
    /// <exception cref="QueryUsageException">There is none.</exception>
    public static NamedQuery Get(string name)
    {
        if (All.FirstOrDefault(query => query.Name == name) is { } found)
        {
            return found;
        }

        var nearest = All.FirstOrDefault(query => name.Length > 2 && query.Name.Contains(name, StringComparison.OrdinalIgnoreCase))
            ?? All.Where(query => Distance(query.Name, name) <= name.Length / 3).MinBy(query => Distance(query.Name, name));
        throw new QueryUsageException(
            $"There is no query '{ResultTable.Clean(name)}'. {(nearest is null ? "" : $"Do you mean {nearest.Name}? ")}`pyspotify query` lists them.");
    }

    /// <summary>Asks it.</summary>
    /// <param name="warehouse">Whom.</param>
    /// <param name="week">The snapshot that is to be 'this week'; null is the newest.</param>
    /// <param name="track">The song, by its id; null is the strongest ten.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="QueryException">There is no such snapshot or song.</exception>
    /// <exception cref="QueryUsageException">The query does not ask for one, or it is no song's id.</exception>
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
            sql = Fill(sql, Latest, date, "--week");
        }

        if (track is not null)
        {
            if (!TrackId().IsMatch(track))
            {
                throw new QueryUsageException("--track takes a song's id: the 22 letters and digits after /track/ in its link.");
            }

            sql = Fill(sql, Strongest, track, "--track");
        }

        var (columns, rows) = await warehouse.QueryAsync(sql, (columns, row) => keep(new(columns, row)), cancellationToken);
        var answer = new Answer(columns, rows);
        if (track is not null && !answer.Any(row => row.Text("track_id") == track))
        {
            throw new QueryException($"No list has had the song {track} up to then.");
        }

        return answer;
    }

    private string Fill(string sql, string literal, string value, string option) => sql.Contains(literal, StringComparison.Ordinal)
        ? sql.Replace(literal, $"'{value}'", StringComparison.Ordinal)
        : throw new QueryUsageException($"The query {Name} takes no {option}.");

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

    /// <summary>Levenshtein's: letters put in, left out or changed on the way from one word to the other.</summary>
    private static int Distance(string from, string to)
    {
        int[] row = [.. Enumerable.Range(0, to.Length + 1)];
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0]++;
            for (var j = 1; j <= to.Length; j++)
            {
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (from[i - 1] == to[j - 1] ? 0 : 1)));
            }
        }

        return row[^1];
    }

    [GeneratedRegex(@"\A[0-9A-Za-z]{22}\z")]
    private static partial Regex TrackId();
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
