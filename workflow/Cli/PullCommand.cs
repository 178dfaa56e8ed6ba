using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.RegularExpressions;
using PySpotify.Functions;
using PySpotify.Workflow.Local;
using PySpotify.Workflow.Local.Warehouse;
using PySpotify.Workflow.Pull;
using Spectre.Console;

namespace PySpotify.Workflow.Cli;

/// <summary><c>pull</c>: downloads the snapshots of a stack on AWS.</summary>
internal static partial class PullCommand
{
    private const string Scheme = "s3://";

    public static Command Create(Host host)
    {
        var bucket = new Argument<string>("bucket") { Description = "The stack's raw bucket, s3://NAME.", CustomParser = ReadBucket };
        var profile = new Option<string?>("--profile") { Description = "The AWS profile to use; without it, AWS's usual credentials.", HelpName = "name" };
        var region = new Option<string?>("--region") { Description = "The bucket's region; without it, the profile's.", HelpName = "region" };
        var quiet = Options.Quiet();
        var pull = new Command("pull", "Download the snapshots of a stack on AWS, and show them.") { bucket, profile, region, quiet };
        pull.SetAction(async (arguments, cancellationToken) =>
        {
            var name = arguments.GetRequiredValue(bucket);
            using var s3 = await host.OpenS3(arguments.GetValue(profile), arguments.GetValue(region));
            await PullAsync(
                Options.Quieten(host, arguments.GetValue(quiet)), new RawBucket(s3, name, host.Clock), Scheme + name, Options.DataFolder(arguments), cancellationToken);
        });
        return pull;
    }

    private static async Task PullAsync(Host host, RawBucket bucket, string address, DataFolder data, CancellationToken cancellationToken)
    {
        var passedOver = new List<string>();
        var objects = await bucket.ListAsync(passedOver, cancellationToken);
        var snapshots = objects.Select(found => found.Key.Split('/')).Where(parts => Tables.Raw.Contains(parts[0])).Select(parts => parts[1]).Distinct().Count();
        if (snapshots == 0)
        {
            throw new PullException(
                $"{address} has no snapshots. The first run on AWS makes one; `pulumi stack output RawBucket` prints the name of a stack's raw bucket.");
        }

        using var folderLock = data.Lock(host.Clock);
        data.Claim(isSample: false);
        var folder = new LocalObjectStore(data.Raw);
        var etags = new ETags(data.ETags, folder);
        var wanted = objects.Where(found => !etags.IsHere(found)).ToList();
        host.WriteText(string.Create(
            CultureInfo.InvariantCulture,
            $"{address}: {Words.Count(snapshots, "snapshot")} in {objects.Count:N0} files, ")
            + (wanted is [] ? "all of which are here already." : string.Create(
                CultureInfo.InvariantCulture, $"of which {wanted.Count:N0} {(wanted.Count == 1 ? "is new or has" : "are new or have")} changed ({Size(wanted.Sum(found => found.Size))}).")));
        if (passedOver is not [])
        {
            host.WriteText($"Ignored, because they are not snapshots or not names for files: {DisplayText.Shorten(passedOver, 5)}");
        }

        try
        {
            await ShowProgressAsync(host.Output, wanted, brought => bucket.DownloadAsync(wanted, folder, etags, brought, cancellationToken));
        }
        finally
        {
            etags.Save();
        }

        RefineCommand.ShowChanges(host, await new RefineJob(new Database(data.Warehouse), new RawFolder(data.Raw)).RunAsync(null, cancellationToken));
        await RunResults.ShowAsync(host, data, leftOut: null, snapshotDate: null, cancellationToken);
    }

    private static Task ShowProgressAsync(IAnsiConsole console, List<RawObject> wanted, Func<Action<RawObject>, Task> download) =>
        console.IsTerminal() && wanted is not []
            ? console.Progress().StartAsync(async progress =>
            {
                var bar = progress.AddTask("Pulling", maxValue: Math.Max(1, wanted.Sum(found => found.Size)));
                await download(found => bar.Increment(found.Size));
            })
            : download(_ => { });

    private static string Size(long bytes) => bytes < 1_000_000
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:N0} kB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:N1} MB");

    private static string? ReadBucket(ArgumentResult argument)
    {
        var text = argument.Tokens.Single().Value;
        var name = text.StartsWith(Scheme, StringComparison.Ordinal) ? text[Scheme.Length..].TrimEnd('/') : "";
        if (BucketName().IsMatch(name))
        {
            return name;
        }

        argument.AddError(name.Contains('/', StringComparison.Ordinal)
            ? $"pull takes a whole bucket: {Scheme}{name.Split('/')[0]}"
            : BucketName().IsMatch(text) ? $"Write the bucket as {Scheme}{text}" : $"'{text}' is not a bucket. Write it as {Scheme}NAME.");
        return null;
    }

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\z")]
    private static partial Regex BucketName();
}
