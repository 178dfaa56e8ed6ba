using System.Text.Json;
using System.Text.RegularExpressions;

namespace PySpotify.Tests;

/// <summary>
/// What AWS and its provider refuse, and mocks do not: an empty list, a value that is null, a name with a wrong character. Each
/// rule goes over everything that the stack registers, all of it turned on, under a name that Pulumi takes, in a preview too.
/// </summary>
[Collection("Pulumi runs one stack at a time")]
public sealed class AcceptedTests(AcceptedTests.Layout layout) : IClassFixture<AcceptedTests.Layout>
{
    private const string Id = @"\A[\w-]{1,512}\z";

    /// <summary>The names that we give, by type and input, and what AWS takes: each from its service's API reference.</summary>
    private static readonly Dictionary<string, string> Patterns = new()
    {
        ["athena/namedQuery name"] = @"\A.{1,128}\z",
        ["cloudwatch/logGroup name"] = @"\A[.\-_/#A-Za-z0-9]{1,512}\z",
        ["glue/catalogDatabase name"] = @"\A[a-z0-9_]{1,255}\z",
        ["glue/catalogTable name"] = @"\A[a-z0-9_]{1,255}\z",
        ["quicksight/dataSet dataSetId"] = Id,
        ["quicksight/dataSet name"] = @"\A.{1,128}\z",
        ["quicksight/dataSource dataSourceId"] = Id,
        ["quicksight/dataSource name"] = @"\A.{1,128}\z",
        ["secretsmanager/secret name"] = @"\A[A-Za-z0-9/_+=.@-]{1,512}\z",
        ["sfn/stateMachine name"] = @"\A[A-Za-z0-9_.-]{1,80}\z",
    };

    /// <summary>Names that Pulumi makes out of ours and a hash are within what each service takes.</summary>
    private const string PulumisOwn = @"\A[a-z][a-z0-9-]{2,50}\z";

    /// <summary>All inputs of a resource together may be: a preview may know none.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void No_list_and_no_map_is_empty(bool isPreview) => Assert.All(layout.Of(isPreview), resource => Assert.All(
        Walk(resource.Inputs).Skip(1),
        value => Assert.False(
            value.ValueKind == JsonValueKind.Array ? value.GetArrayLength() == 0 : value.ValueKind == JsonValueKind.Object && !value.EnumerateObject().Any(),
            $"{resource.Type} {resource.Name}")));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void No_value_is_null(bool isPreview) => Assert.All(
        layout.Of(isPreview).Where(resource => resource.Type is not ("secretsmanager/secretVersion" or "sfn/stateMachine")),
        resource => Assert.All(Walk(resource.Inputs), value => Assert.True(value.ValueKind != JsonValueKind.Null, $"{resource.Type} {resource.Name}: {resource.Inputs}")));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_name_has_characters_that_its_service_takes(bool isPreview)
    {
        Assert.All(layout.Of(isPreview), resource =>
        {
            if (resource["name"].ValueKind == JsonValueKind.Undefined)
            {
                Assert.Matches(PulumisOwn, resource.Name);
            }

            foreach (var input in resource.Inputs.EnumerateObject().Where(input => input.Name is "name" || input.Name.EndsWith("Id", StringComparison.Ordinal)))
            {
                if (Patterns.TryGetValue($"{resource.Type} {input.Name}", out var pattern))
                {
                    Assert.Matches(pattern, input.Value.GetString());
                }
                else
                {
                    Assert.True(input.Name is not "name", $"{resource.Type} has a name of ours, {input.Value}, and no pattern here");
                }
            }
        });
    }

    [Fact]
    public void The_dashboard_has_an_id_that_QuickSight_takes()
    {
        var dashboard = JsonDocument.Parse(layout.Of(isPreview: false).Single(resource => resource.Type == "cloudcontrol/resource")["desiredState"].GetString()!);
        Assert.Matches(Id, dashboard.RootElement.GetProperty("DashboardId").GetString());
    }

    /// <summary>A value and all in it, that which a text has as JSON too.</summary>
    private static IEnumerable<JsonElement> Walk(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().SelectMany(member => Walk(member.Value)).Prepend(value),
        JsonValueKind.Array => value.EnumerateArray().SelectMany(Walk).Prepend(value),
        JsonValueKind.String when value.GetString() is ['{', ..] and var text => Walk(JsonDocument.Parse(text).RootElement).Prepend(value),
        _ => [value],
    };

    /// <summary>All that a stack can have.</summary>
    public sealed class Layout : IAsyncLifetime
    {
        private static readonly (string, string)[] Everything =
        [
            ("quickSightUser", "me"), ("refreshToken", "again"), ("signedInOn", $"{DateTime.UtcNow:yyyy-MM-dd}"), ("alertEmail", "me@example.com"),
            ("namePrefix", "dev"),
        ];

        private readonly Dictionary<bool, IReadOnlyList<Asked>> _resources = [];

        public IReadOnlyList<Asked> Of(bool isPreview) => _resources[isPreview];

        public async ValueTask InitializeAsync()
        {
            foreach (var isPreview in (bool[])[true, false])
            {
                (_resources[isPreview], _) = await Mocks.RunAsync("dev.1_x", "aws", isPreview, Everything);
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
