using System.Text.Json;
using PySpotify.Functions;

namespace PySpotify.Tests;

/// <summary>What <c>pulumi config set quickSightUser</c> adds to the stack.</summary>
[Collection("Pulumi runs one stack at a time")]
public sealed class QuickSightTests(QuickSightTests.Layout layout) : IClassFixture<QuickSightTests.Layout>
{
    private const string User = "arn:aws:quicksight:eu-central-1:123456789012:user/default/me";

    private static readonly string[] Queries = ["artists", "health", "movers", "new-and-gone", "overlap", "popularity", "top", "years"];

    private static readonly string[] Read = ["charts", "sources"];

    private static readonly string[] DataSets = [.. Queries.Concat(Read).Order(StringComparer.Ordinal)];

    private JsonElement Drawn =>
        JsonDocument.Parse(Text(One("cloudcontrol/resource", "dashboard")["desiredState"])).RootElement.GetProperty("Definition");

    [Fact]
    public async Task Without_a_user_there_is_nothing_of_it()
    {
        var (resources, _) = await Mocks.RunAsync();
        Assert.DoesNotContain(resources, resource => resource.Type.StartsWith("quicksight/", StringComparison.Ordinal) || resource.Type == "cloudcontrol/resource");
        Assert.All(resources, resource =>
            Assert.DoesNotContain("quicksight", resource.Inputs.GetRawText() + resource.Name, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Without_a_user_all_else_is_the_same() => Assert.Equal(
        layout.Without.Select(Key).Order(),
        layout.Resources.Select(Key).Where(key => !key.Contains("quicksight", StringComparison.Ordinal)
            && !key.Contains("refresh", StringComparison.Ordinal)
            && key is not ("cloudcontrol/resource dashboard" or "cloudwatch/eventRule pyspotify-crawled" or "cloudwatch/eventTarget crawled")).Order());

    [Fact]
    public void The_source_is_our_workgroup_read_by_a_role_of_its_own()
    {
        var source = One("quicksight/dataSource", "pyspotify");
        var athena = source["parameters"].GetProperty("athena");
        Assert.Equal(("ATHENA", "pyspotify"), (Text(source["type"]), Text(athena.GetProperty("workGroup"))));
        Assert.Equal(One("iam/role", "pyspotify-quicksight").Arn, Text(athena.GetProperty("roleArn")));
        Assert.Contains("quicksight.amazonaws.com", Text(One("iam/role", "pyspotify-quicksight")["assumeRolePolicy"]), StringComparison.Ordinal);
        var policy = Text(One("iam/rolePolicy", "pyspotify-quicksight")["policy"]);
        Assert.DoesNotContain("${", policy, StringComparison.Ordinal);
        Assert.Contains("table/spotify_data_refined/charts", policy, StringComparison.Ordinal);

        // The results that it may read and write are where the workgroup puts them.
        Assert.Equal("s3://pyspotify-results/queries/", Text(One("athena/workgroup", "pyspotify")["configuration"].GetProperty("resultConfiguration").GetProperty("outputLocation")));
        Assert.Contains($"\"{One("s3/bucket", "pyspotify-results").Arn}/queries/*\"", policy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_data_set_is_a_table_or_a_querys_answer_in_memory()
    {
        Assert.Equal(DataSets, All("quicksight/dataSet").Select(set => set.Name).Order(StringComparer.Ordinal));
        Assert.All(All("quicksight/dataSet"), set =>
        {
            Assert.Equal((Id(set.Name), "SPICE"), (Text(set["dataSetId"]), Text(set["importMode"])));
            Assert.Equal(One("quicksight/dataSource", "pyspotify").Arn, Text(Physical(set).GetProperty("dataSourceArn")));
            Assert.Equal(
                Text(set["physicalTableMaps"][0].GetProperty("physicalTableMapId")),
                Text(set["logicalTableMaps"][0].GetProperty("source").GetProperty("physicalTableId")));
        });
        Assert.All(Queries, query =>
        {
            var sql = Text(Physical(One("quicksight/dataSet", query)).GetProperty("sqlQuery"));
            Assert.StartsWith("WITH\n", sql, StringComparison.Ordinal);
            Assert.DoesNotContain("--", sql, StringComparison.Ordinal);
            Assert.Contains("FROM spotify_data_refined.charts", sql, StringComparison.Ordinal);
            Assert.DoesNotMatch(@"\b(FROM|JOIN)\s+(charts|sources)\b", sql);
        });
        Assert.All(Read, table =>
        {
            var known = Tables.Refined.Single(refined => refined.Name == table).Columns;
            var physical = Physical(One("quicksight/dataSet", table));
            Assert.Equal(
                ("AwsDataCatalog", "spotify_data_refined", table),
                (Text(physical.GetProperty("catalog")), Text(physical.GetProperty("schema")), Text(physical.GetProperty("name"))));
            Assert.Equal(
                known.Select(column => (column.Name, column.Type == "string" ? "STRING" : "INTEGER")),
                physical.GetProperty("inputColumns").EnumerateArray().Select(column => (Text(column.GetProperty("name")), Text(column.GetProperty("type")))));
        });
        foreach (var set in (string[])["charts", "health"])
        {
            var day = One("quicksight/dataSet", set)["logicalTableMaps"][0].GetProperty("dataTransforms")[0].GetProperty("castColumnTypeOperation");
            Assert.Equal(("snapshot_date", "DATETIME"), (Text(day.GetProperty("columnName")), Text(day.GetProperty("newColumnType"))));
        }
    }

    [Fact]
    [Trait("Category", "Engines")]
    public async Task A_querys_columns_are_those_that_Trino_gives()
    {
        Trino.SkipIfMissing();
        using var trino = new Trino();
        await trino.QueryAsync("CREATE SCHEMA IF NOT EXISTS spotify_data_refined");
        foreach (var table in Read)
        {
            await trino.CreateAsync($"spotify_data_refined.{table}", Tables.Refined.Single(refined => refined.Name == table).Columns, []);
        }

        foreach (var query in Queries)
        {
            // As QuickSight asks: the query is a part of its own, on one line.
            var set = Physical(One("quicksight/dataSet", query));
            var answer = await trino.QueryAsync($"SELECT * FROM ({Text(set.GetProperty("sqlQuery")).ReplaceLineEndings(" ")}) AS answer");
            Assert.Equal(
                set.GetProperty("columns").EnumerateArray().Select(column => (Text(column.GetProperty("name")), Text(column.GetProperty("type")))),
                answer.Columns.Select(column => (column.Name, Trino.InQuickSight(column.Type))));
        }
    }

    [Fact]
    public void All_of_it_is_the_users()
    {
        Assert.All([.. All("quicksight/dataSource"), .. All("quicksight/dataSet")], resource =>
        {
            var permission = Assert.Single(resource["permissions"].EnumerateArray());
            Assert.Equal(User, Text(permission.GetProperty("principal")));

            // To use the source; to own, and so to refresh, a data set: QuickSight knows these sets of actions and no others.
            Assert.Equal(resource.Type == "quicksight/dataSource" ? 3 : 10, permission.GetProperty("actions").GetArrayLength());
            Assert.Equal(["PySpotify", "test"], new[] { "Project", "Stack" }.Select(tag => Text(resource["tags"].GetProperty(tag))));
        });
        var dashboard = One("cloudcontrol/resource", "dashboard");
        Assert.Equal("AWS::QuickSight::Dashboard", Text(dashboard["typeName"]));
        var state = JsonDocument.Parse(Text(dashboard["desiredState"])).RootElement;
        Assert.Equal(("123456789012", "pyspotify-test"), (Text(state.GetProperty("AwsAccountId")), Text(state.GetProperty("DashboardId"))));
        var owner = Assert.Single(state.GetProperty("Permissions").EnumerateArray());
        Assert.Equal((User, 8), (Text(owner.GetProperty("Principal")), owner.GetProperty("Actions").GetArrayLength()));
        Assert.Equal(["PySpotify", "test"], state.GetProperty("Tags").EnumerateArray().Select(tag => Text(tag.GetProperty("Value"))));
    }

    [Fact]
    public async Task A_user_of_another_region_is_named_by_arn()
    {
        const string arn = "arn:aws:quicksight:us-east-1:123456789012:user/default/me";
        var (resources, _) = await Mocks.RunAsync(("quickSightUser", arn));
        Assert.Equal(arn, Text(resources.First(resource => resource.Type == "quicksight/dataSet")["permissions"][0].GetProperty("principal")));
    }

    [Fact]
    public void The_dashboard_shows_columns_that_its_data_sets_have()
    {
        var sets = Drawn.GetProperty("DataSetIdentifierDeclarations").EnumerateArray()
            .ToDictionary(set => Text(set.GetProperty("Identifier")), set => Text(set.GetProperty("DataSetArn")));
        Assert.Equal(DataSets, sets.Keys.Order(StringComparer.Ordinal));
        Assert.All(sets, set => Assert.Equal(One("quicksight/dataSet", set.Key).Arn, set.Value));

        var known = All("quicksight/dataSet")
            .SelectMany(set => Physical(set).GetProperty(Queries.Contains(set.Name) ? "columns" : "inputColumns").EnumerateArray()
                .Select(column => (set.Name, Text(column.GetProperty("name")))))
            .Concat([("popularity", "song"), ("charts", "unknown_popularity")])
            .ToHashSet();
        var shown = Walk(Drawn)
            .Where(element => element.TryGetProperty("ColumnName", out _))
            .Select(column => (Text(column.GetProperty("DataSetIdentifier")), Text(column.GetProperty("ColumnName")))).ToHashSet();
        Assert.Subset(known, shown);
        Assert.Equal(DataSets, shown.Select(column => column.Item1).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_sheet_has_each_visual_of_one_list_at_a_place_of_its_own()
    {
        var sheets = Drawn.GetProperty("Sheets").EnumerateArray().ToList();
        Assert.Equal(["Playlists and top tracks", "Searches", "Both lists"], sheets.Select(sheet => Text(sheet.GetProperty("Name"))));
        foreach (var sheet in sheets)
        {
            var visuals = sheet.GetProperty("Visuals").EnumerateArray().Select(VisualId).ToList();
            var places = sheet.GetProperty("Layouts")[0].GetProperty("Configuration").GetProperty("GridLayout").GetProperty("Elements").EnumerateArray().ToList();
            Assert.Equal(visuals, places.Select(place => Text(place.GetProperty("ElementId"))));
            var cells = places.SelectMany(Cells).ToList();
            Assert.Equal(cells.Count, cells.Distinct().Count());
            Assert.All(cells, cell => Assert.InRange(cell.Column, 0, 35));
        }

        var ids = sheets.SelectMany(sheet => sheet.GetProperty("Visuals").EnumerateArray().Select(VisualId)).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.Equal(
            [.. Enumerable.Repeat("top played", 11), .. Enumerable.Repeat("popular", 11)],
            Drawn.GetProperty("FilterGroups").EnumerateArray().Select(group =>
                Text(group.GetProperty("Filters")[0].GetProperty("CategoryFilter").GetProperty("Configuration").GetProperty("FilterListConfiguration").GetProperty("CategoryValues")[0])));
        Assert.All(Drawn.GetProperty("FilterGroups").EnumerateArray(), group =>
        {
            var scope = group.GetProperty("ScopeConfiguration").GetProperty("SelectedSheets").GetProperty("SheetVisualScopingConfigurations")[0];
            var sheet = sheets.Single(sheet => Text(sheet.GetProperty("SheetId")) == Text(scope.GetProperty("SheetId")));
            Assert.Contains(Text(scope.GetProperty("VisualIds")[0]), sheet.GetProperty("Visuals").EnumerateArray().Select(VisualId));
        });

        static IEnumerable<(int Column, int Row)> Cells(JsonElement place) =>
            from column in Enumerable.Range(Number(place, "ColumnIndex"), Number(place, "ColumnSpan"))
            from row in Enumerable.Range(Number(place, "RowIndex"), Number(place, "RowSpan"))
            select (column, row);
        static int Number(JsonElement place, string name) => place.GetProperty(name).GetInt32();
        static string VisualId(JsonElement visual) => Text(visual.EnumerateObject().Single().Value.GetProperty("VisualId"));
    }

    /// <summary>An app in Development Mode learns no popularity, and a list may be anybody's.</summary>
    [Fact]
    public void No_title_says_that_a_list_is_the_most_played_or_popular() =>
        Assert.DoesNotMatch("(?i)most (played|popular)|top played", Drawn.GetProperty("Sheets").GetRawText());

    [Fact]
    public void Each_data_set_is_refreshed_when_the_refined_crawler_has_ended_well()
    {
        var rule = One("cloudwatch/eventRule", "pyspotify-crawled");
        var pattern = JsonDocument.Parse(Text(rule["eventPattern"])).RootElement;
        Assert.Equal("Glue Crawler State Change", Text(pattern.GetProperty("detail-type")[0]));
        Assert.Equal(
            ("pyspotify-refined", "Succeeded"),
            (Text(pattern.GetProperty("detail").GetProperty("crawlerName")[0]), Text(pattern.GetProperty("detail").GetProperty("state")[0])));
        var target = One("cloudwatch/eventTarget", "crawled");
        Assert.Equal((rule.Name, One("sfn/stateMachine", "pyspotify-refresh").Arn), (Text(target["rule"]), Text(target["arn"])));
        Assert.Equal(One("iam/role", "pyspotify-start-refresh").Arn, Text(target["roleArn"]));
        Assert.Equal(
            DataSets.Select(Id),
            JsonDocument.Parse(Text(target["input"])).RootElement.GetProperty("dataSets").EnumerateArray().Select(Text).Order(StringComparer.Ordinal));
        var definition = Text(One("sfn/stateMachine", "pyspotify-refresh")["definition"]);
        Assert.Contains("\"AwsAccountId\": \"123456789012\"", definition, StringComparison.Ordinal);
        Assert.DoesNotContain("${", definition, StringComparison.Ordinal);
    }

    [Fact]
    public void The_pipeline_knows_nothing_of_it()
    {
        var (with, without) = (One("sfn/stateMachine", "pyspotify"), Assert.Single(layout.Without, resource => resource is { Type: "sfn/stateMachine", Name: "pyspotify" }));
        Assert.Equal(Text(without["definition"]), Text(with["definition"]));
    }

    [Fact]
    public void A_refused_refresh_is_told() => Assert.Contains(
        One("sfn/stateMachine", "pyspotify-refresh").Arn, Text(One("cloudwatch/eventRule", "pyspotify-failed")["eventPattern"]), StringComparison.Ordinal);

    [Fact]
    public void The_refresh_may_touch_these_data_sets_and_no_others()
    {
        var statement = Assert.Single(JsonDocument.Parse(Text(One("iam/rolePolicy", "pyspotify-refresh")["policy"])).RootElement.GetProperty("Statement").EnumerateArray());
        Assert.Equal("quicksight:CreateIngestion", Text(statement.GetProperty("Action")));
        Assert.Equal(
            DataSets.Select(set => $"{One("quicksight/dataSet", set).Arn}/ingestion/*"),
            statement.GetProperty("Resource").EnumerateArray().Select(Text).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_source_waits_for_its_role_and_is_replaced_in_its_place()
    {
        var source = One("quicksight/dataSource", "pyspotify");
        Assert.Single(source.Options.Hooks.BeforeCreate);
        Assert.True(source.Options.DeleteBeforeReplace);
    }

    private static JsonElement Physical(Asked set) => set["physicalTableMaps"][0].GetProperty(Queries.Contains(set.Name) ? "customSql" : "relationalTable");

    private static string Id(string query) => $"pyspotify-test-{query}";

    private static string Key(Asked resource) => $"{resource.Type} {resource.Name}";

    private static string Text(JsonElement element) => element.GetString()!;

    private static IEnumerable<JsonElement> Walk(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => Walk(member.Value)).Prepend(element),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Walk),
        _ => [],
    };

    private IEnumerable<Asked> All(string type) => layout.Resources.Where(resource => resource.Type == type);

    private Asked One(string type, string name) => Assert.Single(All(type), resource => resource.Name == name);

    /// <summary>The stack with a user of QuickSight, and without one.</summary>
    public sealed class Layout : IAsyncLifetime
    {
        public IReadOnlyList<Asked> Resources { get; private set; } = [];

        public IReadOnlyList<Asked> Without { get; private set; } = [];

        public async ValueTask InitializeAsync()
        {
            (Resources, _) = await Mocks.RunAsync(("quickSightUser", "me"));
            (Without, _) = await Mocks.RunAsync();
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
