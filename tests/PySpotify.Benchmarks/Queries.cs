using PySpotify.Workflow;
using PySpotify.Workflow.Local.Warehouse;

namespace PySpotify.Benchmarks;

/// <summary>Three years of weeks, and every query of workflow/queries over them.</summary>
internal static class Queries
{
    public static async Task RunAsync(Report report)
    {
        report.Section($"Queries over {Lake.Weeks} snapshots of 1,546 rows", "query", "rows", "ms, median of 7", "processor ms", "scans");
        using var scratch = new Scratch();
        var (database, rawFolder) = (new Database(scratch["warehouse.db"]), new RawFolder(scratch["raw"]));
        var (crawler, job, tables) = (new Crawler(database, rawFolder, TimeProvider.System), new RefineJob(database, rawFolder), new TableReader(scratch["warehouse.db"]));
        var refines = new List<Timed>();
        await Lake.FetchAsync(scratch["raw"], async date => refines.Add((await Timing.CompareAsync(1, () => job.RunAsync(date, default)))[0]));
        var crawl = await Timing.CompareAsync(3, () => crawler.StartAsync(Crawler.Raw, default));
        var refinedCrawl = await Timing.CompareAsync(3, () => crawler.StartAsync(Crawler.Refined, default));

        var (worst, all) = (0.0, 0.0);
        foreach (var query in NamedQuery.All)
        {
            var rows = 0;
            var timed = (await Timing.CompareAsync(7, async () => rows = (await tables.QueryAsync(query.Sql, default)).Rows.Count))[0];
            var plan = await tables.QueryAsync("EXPLAIN QUERY PLAN " + query.Sql, default);
            var scans = plan.Rows.Select(row => (string)row[^1]!).Where(step => step.StartsWith("SCAN", StringComparison.Ordinal)).Distinct();
            (worst, all) = (Math.Max(worst, timed.ProcessorSeconds), all + timed.ProcessorSeconds);
            report.Row(query.Name, $"{rows:N0}", $"{1e3 * timed.Seconds:0.0}", $"{1e3 * timed.ProcessorSeconds:0.0}", string.Join("; ", scans));
        }

        var (first, last) = (refines.Take(10).ToList(), refines.TakeLast(10).ToList());
        report.Say($"Beside them: a week's refine takes {Milliseconds(first, week => week.Seconds)} ms in the first ten weeks and {Milliseconds(last, week => week.Seconds)} ms in the last ten, of processor time {Milliseconds(first, week => week.ProcessorSeconds)} and {Milliseconds(last, week => week.ProcessorSeconds)} ms; a crawl takes {1e3 * crawl[0].Seconds:0} ms over the raw files and {1e3 * refinedCrawl[0].Seconds:0} ms over the refined tables.");
        report.Goal("all queries within a second of processor time", $"{1e3 * all:0} ms", all <= 1);
        report.Goal("none above 400 ms", $"{1e3 * worst:0} ms at worst", worst <= 0.4);
        report.Goal("a week's refine within 50 ms of processor time", $"{Milliseconds(last, week => week.ProcessorSeconds)} ms in the last ten weeks", last.Average(week => week.ProcessorSeconds) <= 0.05);

        static string Milliseconds(List<Timed> weeks, Func<Timed, double> time) => $"{1e3 * weeks.Average(time):0}";
    }
}
