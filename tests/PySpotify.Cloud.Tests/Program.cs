using Amazon.Lambda.RuntimeSupport;
using Xunit.Runner.InProc.SystemConsole;

// `lambda HANDLER` runs a handler as Lambda's managed runtime does; everything else is xunit's.
if (args is ["lambda", var handler])
{
    await new RuntimeSupportInitializer(handler).RunLambdaBootstrap();
    return 0;
}

return await ConsoleRunner.Run(args);
