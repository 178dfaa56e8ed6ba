using System.CommandLine;
using PySpotify.Functions;
using PySpotify.Functions.Spotify;
using PySpotify.Workflow.Local;

namespace PySpotify.Workflow.Cli;

/// <summary><c>logout</c>: forgets a person's sign-in.</summary>
internal static class LogoutCommand
{
    public static Command Create(Host host)
    {
        var logout = new Command("logout", "Forget the sign-in. The app's id and secret, and all data, stay.");
        logout.SetAction(arguments =>
        {
            var data = Options.DataFolder(arguments);
            if (File.Exists(data.Secrets))
            {
                using var folderLock = data.Lock(host.Clock);
                var secrets = host.OpenSecrets(data);
                secrets.Set(SettingNames.RefreshToken, null);
                secrets.Set(SettingNames.SignedInOn, null);
                secrets.Remove(SecretNames.Token);
            }

            host.WriteText(SpotifySettings.Read(host.OpenSecrets(data), host.AddSettings).Credentials?.RefreshToken is not null
                ? "Signed out here, but Spotify:RefreshToken is still set in the environment or user secrets. To remove it: "
                    + SignIn.RemoveElsewhere
                : "Signed out. To take the app's access away at Spotify, too, open https://www.spotify.com/account/apps.");
        });
        return logout;
    }
}
