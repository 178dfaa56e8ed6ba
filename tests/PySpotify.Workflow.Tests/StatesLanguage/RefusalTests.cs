using PySpotify.Tests;
using PySpotify.Workflow.StatesLanguage;

namespace PySpotify.Workflow.Tests.StatesLanguage;

internal static class Refusal
{
    public static string Of(Action load) => Assert.Throws<StateMachineException>(load).Message;
}

public sealed class RefusalTests
{
    private const string Inner = """{"StartAt": "I", "States": {"I": {"Type": "Succeed"}}}""";

    private static string OfState(string state) => Refusal.Of(() => Trial.OfState(state).Interpreter());

    private static string OfMachine(string machine) => Refusal.Of(() => StateMachine.Load(machine));

    [Theory]
    [InlineData("QueryLanguage", "\"JSONPath\"", "not supported here")]
    [InlineData("InputPath", "\"$.a\"", "not supported here")]
    [InlineData("TimeoutSecondsPath", "\"$.a\"", "not supported here")]
    [InlineData("Assign", "{}", "not supported here")]
    [InlineData("HeartbeatSeconds", "5", "not supported here")]
    [InlineData("HeartbeatSecondsPath", "\"$.a\"", "not supported here")]
    [InlineData("Credentials", "{}", "not supported here")]
    [InlineData("Arguments", "{}", "not supported here")]
    [InlineData("Output", "{}", "not supported here")]
    [InlineData("Seconds", "5", "not supported here")]
    [InlineData("retry", "[]", "not supported here")]
    [InlineData("OutputPath", "\"$..a\"", "not supported")]
    [InlineData("OutputPath", "\"$.a[?(@.b)]\"", "not supported")]
    [InlineData("OutputPath", "\"$.a[0:2]\"", "not supported")]
    [InlineData("OutputPath", "\"$.a[-1]\"", "not supported")]
    [InlineData("OutputPath", "\"$.a[0,1]\"", "not supported")]
    [InlineData("OutputPath", "\"$['a','b']\"", "not supported")]
    [InlineData("OutputPath", "\"$['']\"", "not supported")]
    [InlineData("OutputPath", "\"$['a\"", "not supported")]
    [InlineData("OutputPath", "\"$[\"", "not supported")]
    [InlineData("OutputPath", "\"$.\"", "not supported")]
    [InlineData("OutputPath", "\"$a\"", "not supported")]
    [InlineData("OutputPath", "\"$.length()\"", "not supported")]
    [InlineData("OutputPath", "\"a\"", "must start with $")]
    [InlineData("OutputPath", "\"\"", "must start with $")]
    [InlineData("OutputPath", "5", "must be a string")]
    [InlineData("OutputPath", "\"$.*\"", "not supported")]
    [InlineData("OutputPath", "\"$$.Task.Token\"", "context object is not supported")]
    [InlineData("OutputPath", "\"$$.Execution.Nmae\"", "context object is not supported")]
    [InlineData("OutputPath", "\"$$.Map.Item.Key\"", "context object is not supported")]
    [InlineData("OutputPath", "\"$$\"", "context object is not supported")]
    [InlineData("OutputPath", "\"$$.Execution\"", "context object is not supported")]
    [InlineData("OutputPath", "\"$$.Map.Item.Index\"", "context object is not supported")]
    [InlineData("OutputPath", "\"$$.Execution.InputX\"", "context object is not supported")]
    [InlineData("OutputPath", "\"$$[*]\"", "context object is not supported")]
    [InlineData("OutputPath", "\"$.a[0:1]\"", "not supported")]
    [InlineData("OutputPath", "\"$['a']\"", "not supported")]
    [InlineData("OutputPath", "null", "must be a string")]
    [InlineData("ResultPath", "\"$$.Execution.Input\"", "context object")]
    [InlineData("ResultPath", "\"$.a[*]\"", "several nodes")]
    [InlineData("Parameters", "[]", "must be an object")]
    [InlineData("Parameters", "{\"a.$\": 5}", "must be a path")]
    [InlineData("Parameters", "{\"a.$\": \"States.UUID()\"}", "must start with $")]
    [InlineData("Parameters", "{\"a.$\": \"$.b\", \"a\": 1}", "twice")]
    [InlineData("ResultSelector", "{\"x\": [{\"a.$\": \"$.b[-1]\"}]}", "not supported")]
    [InlineData("TimeoutSeconds", "0", "integer from 1")]
    [InlineData("TimeoutSeconds", "1.5", "integer from 1")]
    [InlineData("TimeoutSeconds", "\"5\"", "integer from 1")]
    [InlineData("Comment", "5", "must be a string")]
    [InlineData("Retry", "{}", "must be an array")]
    [InlineData("Parameters", "{\"FunctionName\": \"${Fetch}\"}", "the name ${Fetch} is not filled in")]
    [InlineData("Comment", "\"for ${Fetch}\"", "the name ${Fetch} is not filled in")]
    public void A_field_of_a_task_that_is_not_supported_is_refused(string field, string value, string why)
    {
        var message = OfState($$"""{"Type": "Task", "Resource": "arn:x:y", "{{field}}": {{value}}, "End": true}""");
        Assert.StartsWith($"State 'S', field '{field}': ", message, StringComparison.Ordinal);
        Assert.Contains(why, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{}""", "Retry[0].ErrorEquals", "missing")]
    [InlineData("""{"ErrorEquals": []}""", "Retry[0].ErrorEquals", "one or more")]
    [InlineData("""{"ErrorEquals": [1]}""", "Retry[0].ErrorEquals", "one or more")]
    [InlineData("""{"ErrorEquals": ["States.ALL", "E"]}""", "Retry[0].ErrorEquals", "alone")]
    [InlineData("""{"ErrorEquals": ["States.ALL"]}, {"ErrorEquals": ["E"]}""", "Retry[0].ErrorEquals", "last")]
    [InlineData("""{"ErrorEquals": ["States.Runtime"]}""", "Retry[0].ErrorEquals", "always ends")]
    [InlineData("""{"ErrorEquals": ["States.Timeuot"]}""", "Retry[0].ErrorEquals", "States.Timeuot does not exist")]
    [InlineData("""{"ErrorEquals": ["E"], "IntervalSeconds": 0}""", "Retry[0].IntervalSeconds", "integer from 1")]
    [InlineData("""{"ErrorEquals": ["E"], "BackoffRate": 0.5}""", "Retry[0].BackoffRate", "at least 1")]
    [InlineData("""{"ErrorEquals": ["E"], "BackoffRate": "2"}""", "Retry[0].BackoffRate", "must be a number")]
    [InlineData("""{"ErrorEquals": ["E"], "MaxAttempts": -1}""", "Retry[0].MaxAttempts", "integer from 0")]
    [InlineData("""{"ErrorEquals": ["E"], "IntervalSeconds": 5, "MaxDelaySeconds": 5}""", "Retry[0].MaxDelaySeconds", "greater than IntervalSeconds")]
    [InlineData("""{"ErrorEquals": ["E"], "MaxDelaySeconds": 31622401}""", "Retry[0].MaxDelaySeconds", "integer from 1")]
    [InlineData("""{"ErrorEquals": ["E"], "JitterStrategy": "SOME"}""", "Retry[0].JitterStrategy", "NONE or FULL")]
    [InlineData("""{"ErrorEquals": ["E"], "Next": "S"}""", "Retry[0].Next", "not supported here")]
    [InlineData("""{"ErrorEquals": ["E"]}, 5""", "Retry[1]", "must be an object")]
    public void A_retrier_that_AWS_would_refuse_is_refused(string retriers, string field, string why)
    {
        var message = OfState($$"""{"Type": "Task", "Resource": "arn:x:y", "Retry": [{{retriers}}], "End": true}""");
        Assert.StartsWith($"State 'S', field '{field}': ", message, StringComparison.Ordinal);
        Assert.Contains(why, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"ErrorEquals": ["E"]}""", "Catch[0].Next", "missing")]
    [InlineData("""{"ErrorEquals": ["E"], "Next": "Nowhere"}""", "Catch[0].Next", "no state 'Nowhere'")]
    [InlineData("""{"ErrorEquals": ["States.ALL"], "Next": "S"}, {"ErrorEquals": ["E"], "Next": "S"}""", "Catch[0].ErrorEquals", "last")]
    [InlineData("""{"ErrorEquals": ["E"], "Next": "S", "ResultPath": "$$.Execution.Input"}""", "Catch[0].ResultPath", "context object")]
    [InlineData("""{"ErrorEquals": ["E"], "Next": "S", "Assign": {}}""", "Catch[0].Assign", "not supported here")]
    public void A_catcher_that_AWS_would_refuse_is_refused(string catchers, string field, string why)
    {
        var message = OfState($$"""{"Type": "Task", "Resource": "arn:x:y", "Catch": [{{catchers}}], "End": true}""");
        Assert.StartsWith($"State 'S', field '{field}': ", message, StringComparison.Ordinal);
        Assert.Contains(why, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"End": true}""", "Type", "missing")]
    [InlineData("""{"Type": "Taks", "End": true}""", "Type", "'Taks' is not supported")]
    [InlineData("""{"Type": "Task", "End": true}""", "Resource", "missing")]
    [InlineData("""{"Type": "Task", "Resource": "${Fetch}", "End": true}""", "Resource", "not filled in")]
    [InlineData("""{"Type": "Task", "Resource": "fetch", "End": true}""", "Resource", "ARN")]
    [InlineData("""{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "End": true}""", "Resource", "waitForTaskToken")]
    [InlineData("""{"Type": "Pass", "End": true}""", "Type", "'Pass' is not supported")]
    [InlineData("""{"Type": "Wait", "Seconds": 1}""", "Next", "either")]
    [InlineData("""{"Type": "Wait", "Seconds": 1, "Next": "S", "End": true}""", "Next", "either")]
    [InlineData("""{"Type": "Wait", "Seconds": 1, "Next": "S", "End": false}""", "End", "must be true")]
    [InlineData("""{"Type": "Wait", "Seconds": 1, "Next": "Nowhere"}""", "Next", "no state 'Nowhere'")]
    [InlineData("""{"Type": "Wait", "Seconds": 1, "ResultSelector": {}, "End": true}""", "ResultSelector", "not supported here")]
    [InlineData("""{"Type": "Wait", "Seconds": 1, "Retry": [], "End": true}""", "Retry", "not supported here")]
    [InlineData("""{"Type": "Wait", "Seconds": 1, "OutputPath": "$.a", "End": true}""", "OutputPath", "not supported here")]
    [InlineData("""{"Type": "Succeed", "End": true}""", "End", "not supported here")]
    [InlineData("""{"Type": "Succeed", "ResultPath": "$.a"}""", "ResultPath", "not supported here")]
    [InlineData("""{"Type": "Fail", "Error": "E", "CausePath": "States.Format('C {}', States.JsonToString($))", "Next": "S"}""", "Next", "not supported here")]
    [InlineData("""{"Type": "Fail", "CausePath": "States.Format('C {}', States.JsonToString($))"}""", "Error", "missing")]
    [InlineData("""{"Type": "Fail", "Error": "E"}""", "CausePath", "missing")]
    [InlineData("""{"Type": "Fail", "Error": "E", "CausePath": "States.Format('C {}', States.JsonToString($))", "Cause": "C"}""", "Cause", "not supported here")]
    [InlineData("""{"Type": "Fail", "Error": "E", "CausePath": "$.a"}""", "CausePath", "must be a list in a sentence")]
    [InlineData("""{"Type": "Fail", "Error": "E", "CausePath": "States.Format('{}', $.a)"}""", "CausePath", "must be a list in a sentence")]
    [InlineData("""{"Type": "Fail", "Error": "E", "CausePath": "States.Format('{}', States.JsonToString($.a[*]))"}""", "CausePath", "several nodes")]
    [InlineData("""{"Type": "Fail", "ErrorPath": "$.a", "Error": "E", "CausePath": "States.Format('C {}', States.JsonToString($))"}""", "ErrorPath", "not supported here")]
    [InlineData("""{"Type": "Wait", "End": true}""", "Seconds", "missing")]
    [InlineData("""{"Type": "Wait", "Seconds": 1, "SecondsPath": "$.a", "End": true}""", "SecondsPath", "not supported here")]
    [InlineData("""{"Type": "Wait", "Seconds": -1, "End": true}""", "Seconds", "integer from 0")]
    [InlineData("""{"Type": "Wait", "Seconds": 1, "ResultPath": "$", "End": true}""", "ResultPath", "not supported here")]
    [InlineData("""{"Type": "Parallel", "End": true}""", "Branches", "must not be empty")]
    [InlineData($$"""{"Type": "Parallel", "Branches": [{{Inner}}], "Parameters": {}, "End": true}""", "Parameters", "not supported here")]
    [InlineData("""{"Type": "Parallel", "Branches": [5], "End": true}""", "Branches[0]", "must be an object")]
    [InlineData("""{"Type": "Parallel", "Branches": [{"States": {}}], "End": true}""", "Branches[0].StartAt", "missing")]
    [InlineData("""{"Type": "Parallel", "Branches": [{"StartAt": "S", "States": {}}], "End": true}""", "Branches[0].StartAt", "no state 'S'")]
    [InlineData($$"""{"Type": "Parallel", "Branches": [{{Inner}}, {{Inner}}], "End": true}""", "Branches[1].States", "'I' is used twice")]
    [InlineData("""{"Type": "Parallel", "Branches": [{"StartAt": "S", "States": {"S": {"Type": "Succeed"}}}], "End": true}""", "Branches[0].States", "'S' is used twice")]
    [InlineData($$"""{"Type": "Map", "End": true}""", "ItemProcessor", "missing")]
    [InlineData($$"""{"Type": "Map", "Iterator": {{Inner}}, "End": true}""", "ItemProcessor", "missing")]
    [InlineData($$"""{"Type": "Map", "ItemsPath": "$", "ItemProcessor": {{Inner}}, "Parameters": {}, "End": true}""", "Parameters", "not supported here")]
    [InlineData($$"""{"Type": "Map", "ItemsPath": "$", "ItemProcessor": {{Inner}}, "ItemReader": {}, "End": true}""", "ItemReader", "not supported here")]
    [InlineData($$"""{"Type": "Map", "ItemsPath": "$", "ItemProcessor": {{Inner}}, "ToleratedFailureCount": 1, "End": true}""", "ToleratedFailureCount", "not supported here")]
    [InlineData($$"""{"Type": "Map", "ItemsPath": "$", "ItemProcessor": {{Inner}}, "MaxConcurrency": -1, "End": true}""", "MaxConcurrency", "integer from 0")]
    [InlineData($$"""{"Type": "Map", "ItemProcessor": {{Inner}}, "End": true}""", "ItemsPath", "missing")]
    [InlineData($$"""{"Type": "Map", "ItemProcessor": {{Inner}}, "ItemsPath": "$.a[*]", "End": true}""", "ItemsPath", "several nodes")]
    [InlineData("""{"Type": "Map", "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}, "End": true}""", "ItemProcessor.ProcessorConfig.Mode", "only INLINE")]
    [InlineData("""{"Type": "Map", "ItemProcessor": {"ProcessorConfig": {"Mode": "INLINE", "ExecutionType": "STANDARD"}}, "End": true}""", "ItemProcessor.ProcessorConfig.ExecutionType", "not supported here")]
    [InlineData("""{"Type": "Choice"}""", "Choices", "must not be empty")]
    [InlineData("""{"Type": "Choice", "Choices": [], "Default": "S"}""", "Choices", "must not be empty")]
    [InlineData("""{"Type": "Choice", "Choices": [{"Variable": "$.a", "StringEquals": "x"}]}""", "Choices[0].Next", "missing")]
    [InlineData("""{"Type": "Choice", "Choices": [{"Variable": "$.a", "StringEquals": "x", "Next": "No"}]}""", "Choices[0].Next", "no state 'No'")]
    [InlineData("""{"Type": "Choice", "Choices": [{"StringEquals": "x", "Next": "S"}]}""", "Choices[0].Variable", "missing")]
    [InlineData("""{"Type": "Choice", "Choices": [{"Variable": "a", "StringEquals": "x", "Next": "S"}]}""", "Choices[0].Variable", "must start with $")]
    [InlineData("""{"Type": "Choice", "Choices": [{"Variable": "$.a[*]", "StringEquals": "x", "Next": "S"}]}""", "Choices[0].Variable", "several nodes")]
    [InlineData("""{"Type": "Choice", "Choices": [{"Variable": "$.a", "Next": "S"}]}""", "Choices[0].Variable", "no comparison")]
    [InlineData("""{"Type": "Choice", "Choices": [{"Variable": "$.a", "StringLike": "x", "Next": "S"}]}""", "Choices[0].StringLike", "not supported here")]
    [InlineData("""{"Type": "Choice", "Choices": [{"Variable": "$.a", "StringEqualsPath": "$.b", "Next": "S"}]}""", "Choices[0].StringEqualsPath", "not supported here")]
    [InlineData("""{"Type": "Choice", "Choices": [{"Variable": "$.a", "NumericGreaterThan": 1, "Next": "S"}]}""", "Choices[0].NumericGreaterThan", "not supported here")]
    [InlineData("""{"Type": "Choice", "Choices": [{"Variable": "$.a", "StringEquals": "x", "IsPresent": true, "Next": "S"}]}""", "Choices[0].IsPresent", "not supported here")]
    [InlineData("""{"Type": "Choice", "Choices": [{"Variable": "$.a", "StringEquals": 5, "Next": "S"}]}""", "Choices[0].StringEquals", "must be a string")]
    [InlineData("""{"Type": "Choice", "Choices": [{"Or": [], "Next": "S"}]}""", "Choices[0].Or", "must not be empty")]
    [InlineData("""{"Type": "Choice", "Choices": [{"Or": [{"Variable": "$.a", "StringEquals": "x", "Next": "S"}], "Next": "S"}]}""", "Choices[0].Or[0].Next", "not supported here")]
    [InlineData("""{"Type": "Choice", "Choices": [{"Or": [{"Variable": "$.a", "StringEquals": "x"}], "Variable": "$.b", "Next": "S"}]}""", "Choices[0].Variable", "not supported here")]
    [InlineData("""{"Type": "Choice", "Choices": [{"Not": {"Variable": "$.a", "StringEquals": "x"}, "Next": "S"}]}""", "Choices[0].Not", "not supported here")]
    [InlineData("""{"Type": "Choice", "Choices": [{"Variable": "$.a", "StringEquals": "x", "Next": "S"}], "Retry": []}""", "Retry", "not supported here")]
    [InlineData("""{"Type": "Choice", "Choices": [{"Variable": "$.a", "StringEquals": "x", "Next": "S"}], "Default": "No"}""", "Default", "no state 'No'")]
    [InlineData("""{"Type": "Choice", "Choices": [{"Variable": "$.a", "StringEquals": "x", "Next": "S"}], "Next": "S"}""", "Next", "not supported here")]
    public void A_state_that_is_not_valid_is_refused(string state, string field, string why)
    {
        var message = OfState(state);
        Assert.StartsWith($"State 'S', field '{field}': ", message, StringComparison.Ordinal);
        Assert.Contains(why, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no JSON", "not valid JSON")]
    [InlineData("[]", "must be an object")]
    [InlineData("""{"States": {}}""", "Field 'StartAt': it is missing.")]
    [InlineData("""{"StartAt": "S"}""", "Field 'States': it is missing.")]
    [InlineData("""{"StartAt": "S", "States": []}""", "Field 'States': it must be an object.")]
    [InlineData("""{"StartAt": "T", "States": {"S": {"Type": "Succeed"}}}""", "Field 'StartAt': there is no state 'T' here.")]
    [InlineData("""{"StartAt": "S", "States": {"S": {"Type": "Succeed"}}, "Version": "1.0"}""", "Field 'Version': it is not supported here.")]
    [InlineData("""{"StartAt": "S", "States": {"S": {"Type": "Succeed"}}, "QueryLanguage": "JSONata"}""", "Field 'QueryLanguage'")]
    [InlineData("""{"StartAt": "S", "States": {"S": {"Type": "Succeed"}}, "TimeoutSeconds": 0}""", "Field 'TimeoutSeconds'")]
    [InlineData("""{"StartAt": "S", "States": {"S": {"Type": "Succeed"}}, "Retry": []}""", "Field 'Retry': it is not supported here.")]
    [InlineData("""{"StartAt": "S", "States": {"S": {"Type": "Succeed"}, "T": {"Type": "Succeed"}}}""", "State 'T', field 'Next': no other state leads here.")]
    [InlineData("""{"StartAt": "S", "States": {"S": {"Type": "Succeed"}, "T": {"Type": "Wait", "Seconds": 1, "Next": "T"}}}""", "State 'T', field 'Next': no other state leads here.")]
    [InlineData("""{"StartAt": "S", "States": {"S": {"Type": "Succeed"}, "S": {"Type": "Succeed"}}}""", "not valid JSON")]
    [InlineData("""{"StartAt": "S", "States": {"S": {"Type": "Succeed", "Comment": "a", "Comment": "b"}}}""", "not valid JSON")]
    [InlineData("""{"StartAt": "S", "States": {"S": 5}}""", "State 'S', field '': it must be an object.")]
    [InlineData("""{"StartAt": "", "States": {"": {"Type": "Succeed"}}}""", "must have 1 to 80 characters")]
    [InlineData("""{"StartAt": "${A}", "States": {"${A}": {"Type": "Succeed"}}}""", "the name ${A} is not filled in")]
    public void A_definition_that_is_not_valid_is_refused(string machine, string why) =>
        Assert.Contains(why, OfMachine(machine), StringComparison.Ordinal);

    [Fact]
    public void A_state_of_a_branch_cannot_lead_out_of_it()
    {
        var message = OfMachine("""
            {"StartAt": "P", "States": {
              "P": {"Type": "Parallel", "Branches": [{"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 1, "Next": "Q"}}}], "Next": "Q"},
              "Q": {"Type": "Succeed"}}}
            """);
        Assert.Equal("State 'A', field 'Next': there is no state 'Q' here.", message);
    }

    [Fact]
    public void Comments_are_allowed_wherever_AWS_allows_them()
    {
        StateMachine.Load("""
            {"Comment": "c", "TimeoutSeconds": 60, "StartAt": "P", "States": {
              "P": {"Type": "Parallel", "Comment": "c", "Next": "M", "Branches": [{"Comment": "c", "StartAt": "A", "States": {"A": {"Type": "Fail", "Comment": "c", "Error": "E", "CausePath": "States.Format('C {}', States.JsonToString($))"}}}],
                "Retry": [{"Comment": "c", "ErrorEquals": ["E"]}], "Catch": [{"Comment": "c", "ErrorEquals": ["E"], "Next": "M"}]},
              "M": {"Type": "Map", "Comment": "c", "ItemsPath": "$", "Next": "C", "ItemProcessor": {"Comment": "c", "ProcessorConfig": {"Mode": "INLINE"}, "StartAt": "B", "States": {"B": {"Type": "Succeed", "Comment": "c"}}}},
              "C": {"Type": "Choice", "Comment": "c", "Choices": [{"Comment": "c", "Or": [{"Comment": "c", "Variable": "$", "StringEquals": ""}], "Next": "C"}], "Default": "W"},
              "W": {"Type": "Wait", "Comment": "c", "Seconds": 1, "End": true}}}
            """);
    }

    [Fact]
    public void Names_are_filled_in_and_escaped()
    {
        var machine = StateMachine.Load("""{"StartAt": "S", "States": {"S": {"Type": "Task", "Resource": "arn:x:y", "Parameters": {"x": "${A.b}-${C}"}, "OutputPath": "$.x", "End": true}}}""",
            new Dictionary<string, string> { ["A.b"] = "one \"two\"", ["C"] = @"\" });
        TestClock clock = new();
        var result = clock.Run(() => new Interpreter(machine, (call, _) => Task.FromResult(call.Payload), clock, _ => { }).RunAsync("n", Json.Parse("{}")));
        Assert.Equal("one \"two\"-\\", result.Output?.GetString());
    }

    [Fact]
    public void The_hash_is_that_of_the_definition_and_not_of_its_layout()
    {
        const string text = """{"StartAt": "S", "States": {"S": {"Type": "Succeed"}}}""";
        Assert.Equal(StateMachine.Load(text).Definition, StateMachine.Load(text.Replace(" ", "\r\n", StringComparison.Ordinal)).Definition);
        Assert.NotEqual(StateMachine.Load(text).Definition, StateMachine.Load(text.Replace("\"S\"", "\"T\"", StringComparison.Ordinal)).Definition);
    }
}
