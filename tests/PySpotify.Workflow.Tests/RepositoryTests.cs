using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using PySpotify.Tests;

namespace PySpotify.Workflow.Tests;

/// <summary>What the repository says about itself is so.</summary>
public sealed partial class RepositoryTests
{
    [Fact]
    public void Every_proof_that_the_reliability_table_names_is_a_test()
    {
        // A file is called after its class.
        var tests = Files("*Tests.cs")
            .SelectMany(file => TestMethod().Matches(File.ReadAllText(file)).Select(method => $"{Path.GetFileNameWithoutExtension(file)}.{method.Groups[1].Value}"))
            .ToHashSet(StringComparer.Ordinal);
        var rows = File.ReadAllLines(Path.Combine(Repository.Root, "docs", "reliability.md")).Where(line => line.StartsWith('|') && !line.StartsWith("|-", StringComparison.Ordinal)).ToList();
        Assert.True(rows.Count > 40);
        foreach (var row in rows.Where(row => !row.EndsWith("| proof |", StringComparison.Ordinal)))
        {
            var proofs = TestName().Matches(row.Split(" | ")[^1]).Select(match => match.Value).ToList();
            Assert.NotEmpty(proofs);
            Assert.All(proofs, proof => Assert.Contains(proof, tests));
        }
    }

    [Fact]
    public void The_deploy_guide_lists_every_setting_and_no_other()
    {
        var listed = Guide().Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).SelectMany(line => Quoted().Matches(line.Split('|')[1]).Select(match => match.Groups[1].Value));
        var read = Setting().Matches(File.ReadAllText(Path.Combine(Repository.Root, "infra", "Settings.cs"))).Select(match => match.Groups[1].Value);
        Assert.Equal(
            read.Concat(["rawBucket", "refinedBucket", "assetsBucket", "resultsBucket"]).Order(StringComparer.Ordinal),
            listed.Where(name => name != "aws:region").Order(StringComparer.Ordinal));
    }

    /// <summary>Its commands are to be run as they are, on any day.</summary>
    [Fact]
    public void The_deploy_guide_has_no_fixed_date() => Assert.DoesNotMatch(@"\d{4}-\d{2}-\d{2}", Guide());

    [Fact]
    public void Every_package_and_its_version_stand_in_one_file()
    {
        var central = XDocument.Load(Path.Combine(Repository.Root, "Directory.Packages.props")).Descendants("PackageVersion").Select(package => (string)package.Attribute("Include")!).ToHashSet(StringComparer.Ordinal);
        foreach (var project in Files("*.csproj").Concat(Files("*.props")).Where(file => !file.EndsWith("Directory.Packages.props", StringComparison.Ordinal)))
        {
            var packages = XDocument.Load(project).Descendants("PackageReference").ToList();
            Assert.All(packages, package => Assert.Contains((string)package.Attribute("Include")!, central));
            Assert.All(packages, package => Assert.Null(package.Attribute("Version") ?? package.Attribute("VersionOverride")));
        }
    }

    /// <summary>Pulumi brings 1.9.0 of both, which have advisories.</summary>
    [Theory]
    [InlineData("OpenTelemetry.Api")]
    [InlineData("OpenTelemetry.Exporter.OpenTelemetryProtocol")]
    public void A_package_that_Pulumi_brings_is_pinned_past_its_advisories(string package)
    {
        var central = XDocument.Load(Path.Combine(Repository.Root, "Directory.Packages.props"));
        var pin = Assert.Single(central.Descendants("PackageVersion"), pin => (string?)pin.Attribute("Include") == package);
        Assert.True(Version.Parse((string)pin.Attribute("Version")!) >= new Version(1, 15, 3));
        Assert.Equal("true", (string?)central.Descendants("CentralPackageTransitivePinningEnabled").Single());
    }

    [Fact]
    public void Every_project_of_the_default_configuration_has_a_lock_file()
    {
        var solution = File.ReadAllText(Path.Combine(Repository.Root, "PySpotify.sln"));
        var projects = Project().Matches(solution).Where(match => solution.Contains($"{match.Groups["id"].Value}.Release|Any CPU.Build.0", StringComparison.Ordinal))
            .Select(match => match.Groups["folder"].Value.Replace('\\', Path.DirectorySeparatorChar)).ToList();
        Assert.True(projects.Count >= 5);
        Assert.All(projects, project => Assert.True(File.Exists(Path.Combine(Repository.Root, project, "packages.lock.json")), project));
    }

    private static string Guide() => File.ReadAllText(Path.Combine(Repository.Root, "docs", "deploy.md"));

    private static IEnumerable<string> Files(string pattern) => Directory.EnumerateFiles(Repository.Root, pattern, SearchOption.AllDirectories)
        .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal));

    [GeneratedRegex(@"\n    (?:\[Fact|\[Theory|\[InlineData|\[MemberData)[^\n]*\n(?:    \[[^\n]*\n)*    public (?:async Task|Task|void) (\w+)\(")]
    private static partial Regex TestMethod();

    [GeneratedRegex(@"^Project.*""(?<folder>[^""]+)\\[^""\\]+\.csproj"", ""(?<id>[^""]+)""", RegexOptions.Multiline)]
    private static partial Regex Project();

    [GeneratedRegex(@"config\.\w+\(""(\w+)""\)")]
    private static partial Regex Setting();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\w+Tests\.\w+")]
    private static partial Regex TestName();
}
