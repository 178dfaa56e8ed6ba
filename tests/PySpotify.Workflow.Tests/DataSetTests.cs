using System.Globalization;
using System.Text.Json;
using PySpotify.Functions;
using PySpotify.Tests;
using PySpotify.Workflow.Local.Warehouse;

namespace PySpotify.Workflow.Tests;

/// <summary>QuickSight must be told the columns of each query that it asks: infra/data-sets.json.</summary>
public sealed class DataSetTests(HandMadeWeeks weeks) : IClassFixture<HandMadeWeeks>
{
    private static readonly Dictionary<string, Dictionary<string, string>> DataSets =
        JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, string>>>(Repository.Read("infra/data-sets.json"))!;

    public static TheoryData<string> Queries => [.. DataSets.Keys];

    [Theory]
    [MemberData(nameof(Queries))]
    public async Task A_data_set_has_the_columns_of_its_query(string query)
    {
        var answer = await NamedQuery.Get(query).AskAsync(weeks.Tables.Reader, null, null, TestContext.Current.CancellationToken);

        // The weeks' popular list ends before the newest snapshot, so nothing is on both.
        Assert.Equal(query != "overlap", answer.Rows is not []);
        Assert.Equal(DataSets[query].Keys, answer.Columns);
        Assert.All(answer.Columns.Index(), column =>
        {
            var types = answer.Rows.Select(row => row[column.Index]).Where(value => value is not null).Select(Type).Distinct();
            Assert.All(types, type => Assert.Equal(DataSets[query][column.Item].Replace("DATETIME", "STRING", StringComparison.Ordinal), type));
        });
        Assert.All(
            DataSets[query].Where(column => column.Value == "DATETIME"),
            column => Assert.All(answer, row => Assert.True(DateOnly.TryParseExact(row.Text(column.Key), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))));
    }

    [Fact]
    public void Each_question_of_the_report_has_one() =>
        Assert.Equal(["weeks"], NamedQuery.All.Select(query => query.Name).Except(DataSets.Keys));

    private static string Type(object? value) => value switch
    {
        long => "INTEGER",
        double => "DECIMAL",
        _ => "STRING",
    };
}
