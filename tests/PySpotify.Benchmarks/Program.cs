using PySpotify.Benchmarks;

Dictionary<string, Func<Report, Task>> parts = new()
{
    ["extraction"] = Extraction.RunAsync,
    ["programs"] = Programs.RunAsync,
    ["sources"] = ManySources.RunAsync,
    ["csv"] = CsvWriting.RunAsync,
    ["refine"] = Refining.RunAsync,
    ["queries"] = Queries.RunAsync,
    ["interpreter"] = Interpreting.RunAsync,
};

if (await ChildProcess.TryServeAsync(args))
{
    return 0;
}

if (args.FirstOrDefault(arg => !parts.ContainsKey(arg)) is { } unknown)
{
    await Console.Error.WriteLineAsync($"There is no part '{unknown}'; there are {string.Join(", ", parts.Keys)}, and all of them without an argument.");
    return 2;
}

var report = new Report(Console.Out);
report.WriteMachine();
foreach (var part in args.Length > 0 ? args : [.. parts.Keys])
{
    await parts[part](report);
}

return report.WriteVerdict();
