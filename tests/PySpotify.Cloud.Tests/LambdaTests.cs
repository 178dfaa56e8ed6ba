using System.Reflection;
using System.Text;
using System.Text.Json;
using Amazon.Lambda.Annotations;
using Amazon.Lambda.Core;
using Microsoft.Extensions.DependencyInjection;
using PySpotify.Functions;
using PySpotify.Functions.Ports;
using PySpotify.Functions.Rows;
using PySpotify.Functions.Spotify;
using PySpotify.Lambda;

namespace PySpotify.Tests;

public sealed class LambdaTests
{
    private static readonly DateTimeOffset Time = new(2026, 11, 22, 9, 30, 0, TimeSpan.Zero);

    public LambdaTests()
    {
        Environment.SetEnvironmentVariable("AWS_REGION", "eu-central-1");
        Environment.SetEnvironmentVariable(SettingNames.RawBucket, "raw");
    }

    public static TheoryData<string> Functions => [.. Handlers.Functions];

    /// <summary>A payload that is read, one that is written, and one that is both. The functions' own tests have all of them.</summary>
    public static TheoryData<Type, string> Payloads => new()
    {
        { typeof(AuthenticateInput), """{"input":{"popular":{"queries":["a"]}},"startTime":"2026-11-22T09:30:00+00:00","execution":"e","state":"s","token":null,"failure":null,"redriveCount":0}""" },
        { typeof(WriteCsvOutput), """{"source":"a","rows":3,"quarantined":0,"tables":["spotifytopplayed"],"notRead":[]}""" },
        { typeof(Crawl), """{"status":"FAILED","before":null,"error":"No such bucket","redriveCount":2}""" },
    };

    [Fact]
    public void Every_Lambda_is_listed()
    {
        var lambdas = typeof(Startup).Assembly.GetTypes()
            .Where(type => type.GetMethods().Any(method => method.IsDefined(typeof(LambdaFunctionAttribute))));

        Assert.Equal(Handlers.Functions.Select(function => $"{function}Lambda").Order(), lambdas.Select(type => type.Name).Order());
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void A_handler_string_names_a_class_that_builds_and_its_method(string function)
    {
        var parts = Handlers.Of(function).Split("::");

        var type = Assembly.Load(parts[0]).GetType(parts[1], throwOnError: true)!;
        var method = type.GetMethod(parts[2])!;
        Assert.NotNull(Activator.CreateInstance(type));
        Assert.Equal($"{function}Input", Assert.Single(method.GetParameters(), parameter => parameter.ParameterType != typeof(ILambdaContext)).ParameterType.Name);
        Assert.Equal(typeof(Task<>), method.ReturnType.GetGenericTypeDefinition());
    }

    [Fact]
    public void Every_service_can_be_built()
    {
        var services = Services();
        foreach (var function in Handlers.Functions)
        {
            services.AddSingleton(typeof(Startup).Assembly.GetType($"PySpotify.Lambda.{function}Lambda", throwOnError: true)!);
        }

        using var provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });

        foreach (var service in services.Where(service => !service.ServiceType.ContainsGenericParameters))
        {
            Assert.NotNull(provider.GetRequiredService(service.ServiceType));
        }

        Assert.IsType<SpotifyWebApi>(provider.GetRequiredService<ISpotifyApi>());
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void Only_who_writes_needs_the_bucket(string function)
    {
        Environment.SetEnvironmentVariable(SettingNames.RawBucket, null);
        using var provider = Services().BuildServiceProvider();

        var error = Record.Exception(() => provider.GetRequiredService(typeof(Authenticate).Assembly.GetType($"PySpotify.Functions.{function}", throwOnError: true)!));

        if (function is "FetchTopPlayed" or "FetchPopular" or "WriteCsv")
        {
            Assert.IsType<SettingsException>(error);
        }
        else
        {
            Assert.Null(error);
        }
    }

    [Theory]
    [MemberData(nameof(Payloads))]
    public void A_payload_is_read_and_written_alike(Type type, string json)
    {
        ArgumentNullException.ThrowIfNull(type);
        var payload = Deserialize(type, json);
        using var written = new MemoryStream();
        Invoke(nameof(PayloadSerializer.Serialize), type, payload, written);

        Assert.Equal(json, Encoding.UTF8.GetString(written.ToArray()));
    }

    [Theory]
    [MemberData(nameof(Payloads))]
    public void A_payload_with_another_member_is_refused(Type type, string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        Assert.Throws<JsonException>(() => Deserialize(type, json[..^1] + ""","news":1}"""));
        Assert.Throws<JsonException>(() => Deserialize(type, $"{{\"{char.ToUpperInvariant(json[2])}{json[3..]}"));
        Assert.Throws<JsonException>(() => Deserialize(type, "{}"));
    }

    private static ServiceCollection Services()
    {
        var services = new ServiceCollection();
        new Startup().ConfigureServices(services);
        return services;
    }

    private static object Deserialize(Type type, string json)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(json));
        return Invoke(nameof(PayloadSerializer.Deserialize), type, stream)!;
    }

    private static object? Invoke(string method, Type type, params object[] arguments) =>
        typeof(PayloadSerializer).GetMethod(method)!.MakeGenericMethod(type)
            .Invoke(new PayloadSerializer(), BindingFlags.DoNotWrapExceptions, null, arguments, null);
}
