using Amazon.Lambda.RuntimeSupport;
using PySpotify.Cloud.Tests;
using Xunit.MicrosoftTestingPlatform;

// `lambda HANDLER` runs a handler as Lambda's managed runtime does; everything else is xunit's.
if (args is ["lambda", var handler])
{
    await new RuntimeSupportInitializer(handler).RunLambdaBootstrap();
    return 0;
}

return await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
