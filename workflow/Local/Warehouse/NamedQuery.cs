namespace PySpotify.Workflow.Local.Warehouse;

/// <summary>
/// A question with the SQL that answers it, which Athena (Trino) and SQLite both run: a file in <c>queries/</c>, with
/// beginning.sql in the place of its name. The first line is the question.
/// </summary>
/// <param name="Name">The file's name.</param>
/// <param name="Question">The question.</param>
/// <param name="Sql">The statement.</param>
internal sealed record NamedQuery(string Name, string Question, string Sql)
{
    /// <summary>The file that every query begins with.</summary>
    private const string Beginning = "beginning";

    // The files have these, so that they also run as they are: 'latest' sorts behind every date.
    private const string Latest = "'latest'", Strongest = "'strongest'", Leaders = "place <= 10";

    /// <summary>All of them, by name.</summary>
    public static IReadOnlyList<NamedQuery> All { get; } =
    [
        .. Directory.GetFiles(Folder, "*.sql").Order(StringComparer.Ordinal).Select(Path.GetFileNameWithoutExtension).Where(name => name != Beginning)
            .Select(name => (Name: name!, Text: Read(name!)))
            .Select(file => new NamedQuery(
                file.Name, file.Text.Split('\n')[0].TrimStart('-', ' '), file.Text.Replace($"-- {Beginning}.sql\n", Read(Beginning), StringComparison.Ordinal))),
    ];

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "queries");

    /// <summary>Whether it follows a song, which <see cref="AskAsync(TableReader, DateOnly?, string?, CancellationToken)"/> takes then.</summary>
    public bool TakesTrack => Sql.Contains(Strongest, StringComparison.Ordinal);

    /// <summary>Whether each row is of one list, which the column <c>list</c> names.</summary>
    public bool HasLists => Name != "overlap";

    /// <summary>The query of that name.</summary>
    public static NamedQuery Get(string name) => All.Single(query => query.Name == name);

    /// <summary>The query that follows the leading songs of each list, following more or fewer than ten.</summary>
    public NamedQuery Following(int songs) => this with { Sql = Sql.Replace(Leaders, $"place <= {songs}", StringComparison.Ordinal) };

    /// <summary>Asks it.</summary>
    /// <param name="tables">The tables.</param>
    /// <param name="week">The snapshot that counts as this week; null is the newest.</param>
    /// <param name="track">The song, by its id; null is the ten leading songs of each list.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="QueryException">There is no such snapshot or song.</exception>
    public Task<Answer> AskAsync(TableReader tables, DateOnly? week, string? track, CancellationToken cancellationToken) =>
        AskAsync(tables, week, track, _ => true, cancellationToken);

    /// <summary>Asks it, and holds of its rows those that <paramref name="keep"/>, which sees each in turn, says are wanted.</summary>
    /// <inheritdoc cref="AskAsync(TableReader, DateOnly?, string?, CancellationToken)"/>
    public async Task<Answer> AskAsync(
        TableReader tables, DateOnly? week, string? track, Func<Answer.Row, bool> keep, CancellationToken cancellationToken)
    {
        var sql = Sql;
        if (week is { } day)
        {
            var date = day.Iso();
            await ExpectSnapshotAsync(tables, date, cancellationToken);
            sql = sql.Replace(Latest, $"'{date}'", StringComparison.Ordinal);
        }

        if (track is not null)
        {
            sql = sql.Replace(Strongest, $"'{track}'", StringComparison.Ordinal);
        }

        var (columns, rows) = await tables.QueryAsync(sql, (columns, row) => keep(new(columns, row)), cancellationToken);
        var answer = new Answer(columns, rows);
        if (track is not null && !answer.Any(row => row.Text("track_id") == track))
        {
            throw new QueryException($"No snapshot has the song {track}. Check its link.");
        }

        return answer;
    }

    private static string Read(string name) => File.ReadAllText(Path.Combine(Folder, $"{name}.sql")).ReplaceLineEndings("\n");

    /// <summary>The days that have a snapshot, the first one first.</summary>
    private static async Task<IReadOnlyList<string>> ReadSnapshotsAsync(TableReader tables, CancellationToken cancellationToken)
    {
        var (_, rows) = await tables.QueryAsync("SELECT DISTINCT snapshot_date FROM sources WHERE rows > 0 ORDER BY 1", cancellationToken);
        return [.. rows.Select(row => (string)row[0]!)];
    }

    private static async Task ExpectSnapshotAsync(TableReader tables, string date, CancellationToken cancellationToken)
    {
        var dates = (await ReadSnapshotsAsync(tables, cancellationToken)).ToList();
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

        public DateOnly Date(string column) => Days.Parse(Text(column)!);
    }
}
