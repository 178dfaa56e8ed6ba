using Pulumi;
using PySpotify.Infra;

return await Deployment.RunAsync<Pipeline>();
