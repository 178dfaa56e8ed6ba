using PySpotify.Functions;

namespace PySpotify.Infra;

/// <summary>
/// The dashboard's definition (https://docs.aws.amazon.com/quicksight/latest/APIReference/API_DashboardVersionDefinition.html):
/// the tables and charts of the local report, a sheet a list.
/// </summary>
internal static class Dashboard
{
    /// <summary>A sheet's grid is that wide.</summary>
    private const int GridColumns = 36;

    private static readonly (string Id, string Name, string List)[] ListSheets =
        [("played", "Playlists and top tracks", Lists.TopPlayed), ("popular", "Searches", Lists.Popular)];

    /// <summary>The definition, as QuickSight reads it in JSON.</summary>
    /// <param name="dataSets">The data sets of tables and queries, with their ARNs.</param>
    public static object Definition(IReadOnlyList<(string Name, string Arn)> dataSets)
    {
        (string Id, string Name, Visual[] Visuals)[] sheets =
        [
            .. ListSheets.Select(list => (list.Id, list.Name, Visuals(list.Id, list.List))),
            (
                "both", "Both lists",
                [
                    Table("overlap", "overlap", "Songs on both lists", 36, ["track", "artist", "rank_played", "rank_popular", "track_pop"], [("rank_played", "ASC")]),
                    Table(
                        "health", "health", "What each source gave, and what is wrong with it", 36,
                        ["snapshot_date", "list", "name", "row_count", "rows_before", "quarantined", "weeks_missing", "warnings"],
                        [("snapshot_date", "DESC"), ("list", "DESC")]),
                ]),
        ];
        return new
        {
            DataSetIdentifierDeclarations = dataSets.Select(set => new { Identifier = set.Name, DataSetArn = set.Arn }),

            // Two songs of one name are two lines.
            CalculatedFields = (object[])
            [
                new { DataSetIdentifier = "popularity", Name = "song", Expression = "concat({track}, ' – ', {artist})" },
                new { DataSetIdentifier = "charts", Name = "unknown_popularity", Expression = "ifelse(isNull({track_pop}), 1, 0)" },
            ],
            Sheets = sheets.Select(sheet => new
            {
                SheetId = sheet.Id,
                sheet.Name,
                Visuals = sheet.Visuals.Select(visual => visual.Definition),
                Layouts = (object[])[new { Configuration = new { GridLayout = new { Elements = LayOut(sheet.Visuals) } } }],
            }),
            FilterGroups = sheets.SelectMany(sheet => sheet.Visuals.Where(visual => visual.Filters is not []).Select(visual => new
            {
                FilterGroupId = visual.Id,
                CrossDataset = "SINGLE_DATASET",
                Status = "ENABLED",
                visual.Filters,
                ScopeConfiguration = new
                {
                    SelectedSheets = new
                    {
                        SheetVisualScopingConfigurations = (object[])
                            [new { SheetId = sheet.Id, Scope = "SELECTED_VISUALS", VisualIds = (string[])[visual.Id] }],
                    },
                },
            })),
        };
    }

    private static Visual[] Visuals(string sheet, string list)
    {
        string[] moved = ["move", "track", "artist", "rank_before", "rank"];
        Visual[] all =
        [
            Number("songs", "charts", "Songs in the snapshot", id => Count(id, "charts", "track_id")),
            Number("unknown_popularity", "charts", "Songs of unknown popularity", id => Measure(id, "charts", "unknown_popularity")),
            Number("quarantined", "sources", "Rows set aside in quarantine", id => Measure(id, "sources", "quarantined")),
            Ranks(),
            Table("top", "top", "The first 50", 36, ["rank", "change", "move", "track", "artist", "peak", "weeks", "track_pop", "album_nm", "album_dt"], [("rank", "ASC")]),
            Table("up", "movers", "The biggest moves up", 18, moved, [("move", "DESC")], Moved("RangeMinimum", 1)),
            Table("down", "movers", "The biggest moves down", 18, moved, [("move", "ASC")], Moved("RangeMaximum", -1)),
            Table(
                "new-and-gone", "new-and-gone", "New, back and gone", 36, ["change", "rank", "rank_before", "track", "artist", "track_pop"],
                [("change", "DESC"), ("rank", "ASC")]),
            Bars("songs-by-artist", "artists", "Artists by number of songs", 12, "artist", "songs", ("songs", "DESC"), most: 10),
            Bars("popularity-by-artist", "artists", "Artists by the popularity of their songs, where Spotify gives it", 12, "artist", "popularity", ("popularity", "DESC"), most: 10),
            Bars("years", "years", "Release years", 12, "year", "songs", ("year", "ASC"), most: 100),
        ];
        return [.. all.Select(visual => visual.Of(sheet, list))];

        Visual Number(string name, string dataSet, string title, Func<string, object> value) => new(name, dataSet, title, 12, 6, "KPIVisual", id => new
        {
            FieldWells = new { Values = (object[])[value(id)], TrendGroups = (object[])[Day(id, dataSet)] },
            KPIOptions = new { Comparison = new { ComparisonMethod = "DIFFERENCE" }, PrimaryValueDisplayType = "ACTUAL" },
        });

        // QuickSight draws no axis upside down.
        Visual Ranks() => new("ranks", "popularity", "Rank of the ten leading songs, week by week (1 is the best)", 36, 14, "LineChartVisual", id => new
        {
            Type = "LINE",
            FieldWells = new
            {
                LineChartAggregatedFieldWells = new
                {
                    Category = (object[])[Day(id, "popularity")],
                    Values = (object[])[Measure(id, "popularity", "rank", "MIN")],
                    Colors = (object[])[Category(id, "popularity", "song")],
                },
            },
        });
    }

    private static Visual Table(
        string name, string dataSet, string title, int width, string[] columns, (string Column, string Direction)[] sort, params Func<string, object>[] filters) =>
        new(name, dataSet, title, width, 14, "TableVisual", id => new
        {
            FieldWells = new
            {
                TableUnaggregatedFieldWells = new
                {
                    Values = columns.Select(column => new { FieldId = Field(id, column), Column = Column(dataSet, column) }),
                },
            },
            SortConfiguration = new { RowSort = sort.Select(by => Sort(id, by)) },
            FieldOptions = new { SelectedFieldOptions = columns.Select(column => new { FieldId = Field(id, column), CustomLabel = Label(column) }) },
        })
        {
            More = filters,
        };

    private static Visual Bars(
        string name, string dataSet, string title, int width, string category, string value, (string Column, string Direction) sort, int most) =>
        new(name, dataSet, title, width, 12, "BarChartVisual", id => new
        {
            Orientation = sort.Column == category ? "VERTICAL" : "HORIZONTAL",
            FieldWells = new
            {
                BarChartAggregatedFieldWells = new
                {
                    Category = (object[])[Category(id, dataSet, category)],
                    Values = (object[])[Measure(id, dataSet, value)],
                },
            },
            SortConfiguration = new
            {
                CategorySort = (object[])[Sort(id, sort)],
                CategoryItemsLimit = new { ItemsLimit = most, OtherCategories = "EXCLUDE" },
            },
        });

    /// <summary>Left to right, and on below where a row is full.</summary>
    private static IEnumerable<object> LayOut(IEnumerable<Visual> visuals)
    {
        int column = 0, row = 0, below = 0;
        foreach (var visual in visuals)
        {
            if (column + visual.Width > GridColumns)
            {
                (column, row) = (0, below);
            }

            yield return new
            {
                ElementId = visual.Id,
                ElementType = "VISUAL",
                ColumnIndex = column,
                ColumnSpan = visual.Width,
                RowIndex = row,
                RowSpan = visual.Height,
            };
            column += visual.Width;
            below = Math.Max(below, row + visual.Height);
        }
    }

    private static string Field(string visual, string column) => $"{visual}.{column}";

    private static object Column(string dataSet, string column) => new { DataSetIdentifier = dataSet, ColumnName = column };

    private static object Category(string visual, string dataSet, string column) =>
        new { CategoricalDimensionField = new { FieldId = Field(visual, column), Column = Column(dataSet, column) } };

    private static object Day(string visual, string dataSet) => new
    {
        DateDimensionField = new { FieldId = Field(visual, "snapshot_date"), Column = Column(dataSet, "snapshot_date"), DateGranularity = "DAY" },
    };

    private static object Measure(string visual, string dataSet, string column, string function = "SUM") => new
    {
        NumericalMeasureField = new
        {
            FieldId = Field(visual, column),
            Column = Column(dataSet, column),
            AggregationFunction = new { SimpleNumericalAggregation = function },
        },
    };

    private static object Count(string visual, string dataSet, string column) => new
    {
        CategoricalMeasureField = new { FieldId = Field(visual, column), Column = Column(dataSet, column), AggregationFunction = "COUNT" },
    };

    private static object Sort(string visual, (string Column, string Direction) by) =>
        new { FieldSort = new { FieldId = Field(visual, by.Column), by.Direction } };

    private static Func<string, object> Moved(string bound, int places) => id => new
    {
        NumericRangeFilter = new Dictionary<string, object>
        {
            ["FilterId"] = $"{id}-moved",
            ["Column"] = Column("movers", "move"),
            ["NullOption"] = "NON_NULLS_ONLY",
            ["IncludeMinimum"] = true,
            ["IncludeMaximum"] = true,
            [bound] = new { StaticValue = places },
        },
    };

    private static string Label(string column) => column switch
    {
        "track" => "Song",
        "track_pop" => "Popularity",
        "album_nm" => "Album",
        "album_dt" => "Released",
        "snapshot_date" => "Snapshot",
        "row_count" => "Rows",
        "name" => "Source",
        "rank_played" => "Rank in playlists",
        "rank_popular" => "Rank in searches",
        _ => char.ToUpperInvariant(column[0]) + column[1..].Replace('_', ' '),
    };

    /// <summary>One visual.</summary>
    /// <param name="Id">Its name, unique in the dashboard.</param>
    /// <param name="DataSet">The data set that it shows.</param>
    /// <param name="Title">What it says above it, and to a screen reader.</param>
    /// <param name="Width">Columns of the grid.</param>
    /// <param name="Height">Rows of the grid.</param>
    /// <param name="Type">QuickSight's type.</param>
    /// <param name="Chart">Its ChartConfiguration, by its id.</param>
    private sealed record Visual(string Id, string DataSet, string Title, int Width, int Height, string Type, Func<string, object> Chart)
    {
        /// <summary>Filters beside that of the list, by its id.</summary>
        public Func<string, object>[] More { get; init; } = [];

        public object[] Filters { get; private init; } = [];

        public object Definition => new Dictionary<string, object>
        {
            [Type] = new
            {
                VisualId = Id,
                Title = new { FormatText = new { PlainText = Title } },
                VisualContentAltText = Title,
                ChartConfiguration = Chart(Id),
            },
        };

        /// <summary>The visual of one list.</summary>
        public Visual Of(string sheet, string list)
        {
            var id = $"{sheet}-{Id}";
            return this with
            {
                Id = id,
                Filters =
                [
                    new
                    {
                        CategoryFilter = new
                        {
                            FilterId = $"{id}-list",
                            Column = Column(DataSet, "list"),
                            Configuration = new { FilterListConfiguration = new { MatchOperator = "CONTAINS", CategoryValues = (string[])[list] } },
                        },
                    },
                    .. More.Select(filter => filter(id)),
                ],
            };
        }
    }
}
