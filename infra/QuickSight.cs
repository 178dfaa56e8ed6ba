using System.Text.Json;
using System.Text.RegularExpressions;
using Pulumi;
using Pulumi.Aws.Quicksight;
using Pulumi.Aws.Quicksight.Inputs;
using PySpotify.Functions;

namespace PySpotify.Infra;

/// <summary>A dashboard for one user of QuickSight: data source, data sets of tables and of the questions in workflow/queries, and visuals.</summary>
public sealed partial class QuickSight : ComponentResource
{
    // QuickSight takes these sets of actions, whole: those of who may use, and of who owns.
    private static readonly string[] UseSource =
        ["quicksight:DescribeDataSource", "quicksight:DescribeDataSourcePermissions", "quicksight:PassDataSource"];

    private static readonly string[] OwnDataSet =
    [
        "quicksight:CancelIngestion", "quicksight:CreateIngestion", "quicksight:DeleteDataSet", "quicksight:DescribeDataSet",
        "quicksight:DescribeDataSetPermissions", "quicksight:DescribeIngestion", "quicksight:ListIngestions",
        "quicksight:PassDataSet", "quicksight:UpdateDataSet", "quicksight:UpdateDataSetPermissions",
    ];

    private static readonly string[] OwnDashboard =
    [
        "quicksight:DeleteDashboard", "quicksight:DescribeDashboard", "quicksight:DescribeDashboardPermissions",
        "quicksight:ListDashboardVersions", "quicksight:QueryDashboard", "quicksight:UpdateDashboard",
        "quicksight:UpdateDashboardPermissions", "quicksight:UpdateDashboardPublishedVersion",
    ];

    private readonly Output<string> _user;

    private readonly string _id = $"pyspotify-{NoIdCharacter().Replace(Deployment.Instance.StackName, "-")}";

    /// <summary>Makes all of it.</summary>
    /// <param name="user">The user's name in the namespace default, or the whole ARN where QuickSight's users live in another region.</param>
    /// <param name="location">The stack's account, region and partition.</param>
    /// <param name="storage">Where tables and results lie.</param>
    /// <param name="catalog">The tables.</param>
    /// <param name="analytics">Who reads them.</param>
    public QuickSight(string user, StackLocation location, Storage storage, Catalog catalog, Analytics analytics)
        : base("pyspotify:infra:QuickSight", "quicksight")
    {
        _user = user.StartsWith("arn:", StringComparison.Ordinal) ? Output.Create(user) : location.Arn("quicksight", $"user/default/{user}");
        var source = MakeSource(location, storage, catalog, analytics);
        var queries = JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, string>>>(Policies.Text("data-sets.json"))!;
        DataSets = new[] { Tables.Charts, Tables.Sources }.Select(table => (Name: table, Set: OfTable(table, source, catalog)))
            .Concat(queries.Select(query => (Name: query.Key, Set: OfQuery(query.Key, query.Value, source, catalog))))
            .ToDictionary(set => set.Name, set => set.Set);
        MakeDashboard(location);
        RegisterOutputs();
    }

    /// <summary>The data sets by their tables and queries.</summary>
    public IReadOnlyDictionary<string, DataSet> DataSets { get; }

    private DataSource MakeSource(StackLocation location, Storage storage, Catalog catalog, Analytics analytics) => new(
        "pyspotify",
        new DataSourceArgs
        {
            DataSourceId = _id,
            Name = "PySpotify",
            Type = "ATHENA",
            Parameters = new DataSourceParametersArgs
            {
                // A role of its own: QuickSight's, which all of the account shares, needs no right to our buckets.
                Athena = new DataSourceParametersAthenaArgs
                {
                    WorkGroup = analytics.Workgroup.Name,
                    RoleArn = Policies.Role(this, "quicksight", "quicksight", new Dictionary<string, Input<string>>(catalog.Names)
                    {
                        ["Workgroup"] = analytics.Workgroup.Arn,
                        ["DataCatalog"] = location.Arn("athena", "datacatalog/AwsDataCatalog"),
                        ["RefinedBucket"] = storage.Refined.Arn,
                        ["ResultsBucket"] = storage.Results.Arn,
                    }),
                },
            },
            Permissions = { new DataSourcePermissionArgs { Principal = _user, Actions = UseSource } },
        },
        CustomResourceOptions.Merge(Policies.OnceKnown(this, "quicksight"), new() { DeleteBeforeReplace = true }));

    private DataSet OfTable(string table, DataSource source, Catalog catalog)
    {
        var columns = Tables.Refined.Single(refined => refined.Name == table).Columns.ToDictionary(
            column => column.Name, column => column.Name == Columns.SnapshotDate ? "DATETIME" : column.Type == "string" ? "STRING" : "INTEGER");
        return MakeDataSet(table, columns, new DataSetPhysicalTableMapArgs
        {
            PhysicalTableMapId = "table",
            RelationalTable = new DataSetPhysicalTableMapRelationalTableArgs
            {
                DataSourceArn = source.Arn,
                Catalog = "AwsDataCatalog",
                Schema = catalog.Refined.Name,
                Name = table,
                InputColumns =
                [
                    .. columns.Select(column => new DataSetPhysicalTableMapRelationalTableInputColumnArgs { Name = column.Key, Type = TypeIn(column.Value) }),
                ],
            },
        });
    }

    private DataSet OfQuery(string query, Dictionary<string, string> columns, DataSource source, Catalog catalog) =>
        MakeDataSet(query, columns, new DataSetPhysicalTableMapArgs
        {
            PhysicalTableMapId = "query",
            CustomSql = new DataSetPhysicalTableMapCustomSqlArgs
            {
                DataSourceArn = source.Arn,
                Name = query,
                SqlQuery = catalog.Refined.Name.Apply(database => Qualify(Analytics.Sql(query), database)),
                Columns =
                [
                    .. columns.Select(column => new DataSetPhysicalTableMapCustomSqlColumnArgs { Name = column.Key, Type = TypeIn(column.Value) }),
                ],
            },
        });

    /// <summary>Athena gives days as text.</summary>
    private static string TypeIn(string type) => type == "DATETIME" ? "STRING" : type;

    /// <summary>A data set: a table, or a query's answer, kept in QuickSight's memory until the next refresh.</summary>
    private DataSet MakeDataSet(string name, Dictionary<string, string> columns, DataSetPhysicalTableMapArgs physical)
    {
        InputList<DataSetLogicalTableMapDataTransformArgs> days =
        [
            .. columns.Where(column => column.Value == "DATETIME").Select(column => new DataSetLogicalTableMapDataTransformArgs
            {
                CastColumnTypeOperation = new DataSetLogicalTableMapDataTransformCastColumnTypeOperationArgs
                {
                    ColumnName = column.Key,
                    NewColumnType = "DATETIME",
                    Format = "yyyy-MM-dd",
                },
            }),
        ];
        return new DataSet(
            name,
            new DataSetArgs
            {
                DataSetId = $"{_id}-{name}",
                Name = $"PySpotify {name}",
                ImportMode = "SPICE",
                PhysicalTableMaps = { physical },
                LogicalTableMaps =
                {
                    new DataSetLogicalTableMapArgs
                    {
                        LogicalTableMapId = "answer",
                        Alias = name,
                        Source = new DataSetLogicalTableMapSourceArgs { PhysicalTableId = physical.PhysicalTableMapId },

                        // The list may be left out, and not be empty.
                        DataTransforms = columns.ContainsValue("DATETIME") ? days : null!,
                    },
                },
                Permissions = { new DataSetPermissionArgs { Principal = _user, Actions = OwnDataSet } },
            },
            new CustomResourceOptions { Parent = this });
    }

    private void MakeDashboard(StackLocation location)
    {
        // Pulumi's AWS provider leaves the definition out of its Dashboard: the type is too deep for it.
        _ = new Pulumi.Aws.CloudControl.Resource(
            "dashboard",
            new Pulumi.Aws.CloudControl.ResourceArgs
            {
                TypeName = "AWS::QuickSight::Dashboard",
                DesiredState = Output.Tuple(location.Account, _user, Output.All(DataSets.Select(set => set.Value.Arn.Apply(arn => (set.Key, arn)))))
                    .Apply(known => JsonSerializer.Serialize(new
                    {
                        AwsAccountId = known.Item1,
                        DashboardId = _id,
                        Name = "PySpotify",
                        Definition = Dashboard.Definition(known.Item3),
                        Permissions = (object[])[new { Principal = known.Item2, Actions = OwnDashboard }],
                        Tags = (object[])
                        [
                            new { Key = "Project", Value = "PySpotify" }, new { Key = "Stack", Value = Deployment.Instance.StackName },
                        ],
                    })),
            },
            new CustomResourceOptions { Parent = this });
    }

    /// <summary>
    /// The query as a part of QuickSight's own, which has no database and may be on one line: tables with theirs, and
    /// no comments.
    /// </summary>
    private static string Qualify(string sql, string database) =>
        Table().Replace(Comment().Replace(sql, ""), $"$1 {database}.$2").Trim();

    [GeneratedRegex(@"\b(FROM|JOIN) (charts|sources)\b")]
    private static partial Regex Table();

    [GeneratedRegex(@"^\s*--.*\n", RegexOptions.Multiline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"[^A-Za-z0-9_-]")]
    private static partial Regex NoIdCharacter();
}
