using System.Text.Json;
using Pulumi;
using Pulumi.Aws.SecretsManager;
using PySpotify.Functions;

namespace PySpotify.Infra;

/// <summary>
/// The Spotify app's credentials, which only the configuration changes, and the access token, which Authenticate writes. A refresh
/// token that Spotify rotates is kept with the access token, so that no update of the stack brings an old one back.
/// </summary>
public sealed class Secrets : ComponentResource
{
    private readonly Settings _settings;

    /// <summary>Makes the secrets.</summary>
    public Secrets(Settings settings)
        : base("pyspotify:infra:Secrets", "secrets")
    {
        _settings = settings;
        Credentials = Make("credentials", SecretNames.Credentials);
        Token = Make("token", SecretNames.Token);

        _ = new SecretVersion(
            "credentials",
            new SecretVersionArgs
            {
                SecretId = Credentials.Id,
                SecretString = Output.CreateSecret(Output
                    .Tuple(settings.ClientId, settings.ClientSecret, settings.RefreshToken ?? Output.Create(""))
                    .Apply(credentials => JsonSerializer.Serialize(new
                    {
                        clientId = credentials.Item1,
                        clientSecret = credentials.Item2,
                        refreshToken = credentials.Item3 is "" ? null : credentials.Item3,
                    }))),
            },
            new CustomResourceOptions { Parent = this });
        RegisterOutputs();
    }

    /// <summary>Client id, client secret, refresh token.</summary>
    public Secret Credentials { get; }

    /// <summary>The access token; empty until the first run.</summary>
    public Secret Token { get; }

    private Secret Make(string name, string secret) => new(
        name,
        new SecretArgs { Name = _settings.SecretPrefix + secret, RecoveryWindowInDays = _settings.SecretRecoveryDays },
        new CustomResourceOptions { Parent = this, Protect = !_settings.ForceDestroy });
}
