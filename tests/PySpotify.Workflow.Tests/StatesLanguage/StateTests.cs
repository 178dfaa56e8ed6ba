using PySpotify.Workflow.StatesLanguage;

namespace PySpotify.Workflow.Tests.StatesLanguage;

public sealed class StateTests
{
    private const string Input = """
        {"s":"mid","t":"a*b\\c","n":5,"big":12345678901234567890,"yes":true,"no":false,"nil":null,"list":[],
         "when":"2026-01-31T10:00:00Z","same":"2026-01-31T12:00:00+02:00","later":"2026-02-01T00:00:00.5Z","other":"mid","six":6}
        """;

    private static Trial Choice(string rule, string? otherwise = "No") => new($$"""
        {"StartAt": "S", "States": {
          "S": {"Type": "Choice", "Choices": [{{{rule}}, "Next": "Yes"}] {{(otherwise is null ? "" : $", \"Default\": \"{otherwise}\"")}} },
          "Yes": {"Type": "Pass", "Result": true, "End": true}
          {{(otherwise is null ? "" : """, "No": {"Type": "Pass", "Result": false, "End": true}""")}} } }
        """);

    [Theory]
    [InlineData(""" "Variable": "$.s", "StringEquals": "mid" """, true)]
    [InlineData(""" "Variable": "$.s", "StringEquals": "Mid" """, false)]
    [InlineData(""" "Variable": "$.n", "StringEquals": "5" """, false)]
    [InlineData(""" "Variable": "$.s", "StringLessThan": "mie" """, true)]
    [InlineData(""" "Variable": "$.s", "StringLessThan": "mid" """, false)]
    [InlineData(""" "Variable": "$.s", "StringLessThanEquals": "mid" """, true)]
    [InlineData(""" "Variable": "$.s", "StringGreaterThan": "Z" """, true)]
    [InlineData(""" "Variable": "$.s", "StringGreaterThanEquals": "mie" """, false)]
    [InlineData(""" "Variable": "$.s", "StringEqualsPath": "$.other" """, true)]
    [InlineData(""" "Variable": "$.s", "StringLessThanPath": "$.other" """, false)]
    [InlineData(""" "Variable": "$.s", "StringGreaterThanEqualsPath": "$.other" """, true)]
    [InlineData(""" "Variable": "$.s", "StringGreaterThanPath": "$.n" """, false)]
    [InlineData(""" "Variable": "$.s", "StringLessThanEqualsPath": "$.other" """, true)]
    [InlineData(""" "Variable": "$.s", "StringMatches": "m*" """, true)]
    [InlineData(""" "Variable": "$.s", "StringMatches": "m*d*" """, true)]
    [InlineData(""" "Variable": "$.s", "StringMatches": "m.d" """, false)]
    [InlineData(""" "Variable": "$.s", "StringMatches": "i" """, false)]
    [InlineData(""" "Variable": "$.t", "StringMatches": "a\\*b\\\\c" """, true)]
    [InlineData(""" "Variable": "$.s", "StringMatches": "\\*" """, false)]
    [InlineData(""" "Variable": "$.n", "StringMatches": "*" """, false)]
    [InlineData(""" "Variable": "$.n", "NumericEquals": 5.0 """, true)]
    [InlineData(""" "Variable": "$.big", "NumericEquals": 12345678901234567891 """, false)]
    [InlineData(""" "Variable": "$.big", "NumericLessThan": 1e300 """, true)]
    [InlineData(""" "Variable": "$.n", "NumericLessThan": 5 """, false)]
    [InlineData(""" "Variable": "$.n", "NumericLessThanEquals": 5 """, true)]
    [InlineData(""" "Variable": "$.n", "NumericGreaterThan": 4.9 """, true)]
    [InlineData(""" "Variable": "$.n", "NumericGreaterThanEquals": 5.1 """, false)]
    [InlineData(""" "Variable": "$.n", "NumericEqualsPath": "$.six" """, false)]
    [InlineData(""" "Variable": "$.n", "NumericLessThanPath": "$.six" """, true)]
    [InlineData(""" "Variable": "$.n", "NumericGreaterThanPath": "$.six" """, false)]
    [InlineData(""" "Variable": "$.n", "NumericLessThanEqualsPath": "$.six" """, true)]
    [InlineData(""" "Variable": "$.n", "NumericGreaterThanEqualsPath": "$.six" """, false)]
    [InlineData(""" "Variable": "$.s", "NumericEquals": 5 """, false)]
    [InlineData(""" "Variable": "$.yes", "BooleanEquals": true """, true)]
    [InlineData(""" "Variable": "$.yes", "BooleanEquals": false """, false)]
    [InlineData(""" "Variable": "$.yes", "BooleanEqualsPath": "$.no" """, false)]
    [InlineData(""" "Variable": "$.s", "BooleanEquals": true """, false)]
    [InlineData(""" "Variable": "$.when", "TimestampEquals": "2026-01-31T11:00:00+01:00" """, true)]
    [InlineData(""" "Variable": "$.when", "TimestampLessThan": "2026-01-31T10:00:00.001Z" """, true)]
    [InlineData(""" "Variable": "$.when", "TimestampGreaterThan": "2026-01-31T10:00:00Z" """, false)]
    [InlineData(""" "Variable": "$.when", "TimestampLessThanEquals": "2026-01-31T10:00:00Z" """, true)]
    [InlineData(""" "Variable": "$.when", "TimestampGreaterThanEquals": "2026-01-31T10:00:00Z" """, true)]
    [InlineData(""" "Variable": "$.when", "TimestampEqualsPath": "$.same" """, true)]
    [InlineData(""" "Variable": "$.when", "TimestampLessThanPath": "$.later" """, true)]
    [InlineData(""" "Variable": "$.when", "TimestampGreaterThanPath": "$.later" """, false)]
    [InlineData(""" "Variable": "$.when", "TimestampLessThanEqualsPath": "$.later" """, true)]
    [InlineData(""" "Variable": "$.when", "TimestampGreaterThanEqualsPath": "$.later" """, false)]
    [InlineData(""" "Variable": "$.s", "TimestampLessThan": "2026-01-31T10:00:00Z" """, false)]
    [InlineData(""" "Variable": "$.missing", "IsPresent": true """, false)]
    [InlineData(""" "Variable": "$.missing.deeper", "IsPresent": false """, true)]
    [InlineData(""" "Variable": "$.nil", "IsPresent": true """, true)]
    [InlineData(""" "Variable": "$.nil", "IsNull": true """, true)]
    [InlineData(""" "Variable": "$.s", "IsNull": false """, true)]
    [InlineData(""" "Variable": "$.s", "IsString": true """, true)]
    [InlineData(""" "Variable": "$.n", "IsString": true """, false)]
    [InlineData(""" "Variable": "$.n", "IsNumeric": true """, true)]
    [InlineData(""" "Variable": "$.no", "IsBoolean": true """, true)]
    [InlineData(""" "Variable": "$.list", "IsBoolean": false """, true)]
    [InlineData(""" "Variable": "$.when", "IsTimestamp": true """, true)]
    [InlineData(""" "Variable": "$.s", "IsTimestamp": true """, false)]
    [InlineData(""" "Variable": "$$.Execution.Name", "StringEquals": "run-1" """, true)]
    [InlineData(""" "Not": {"Variable": "$.n", "NumericEquals": 5} """, false)]
    [InlineData(""" "And": [{"Variable": "$.yes", "BooleanEquals": true}, {"Variable": "$.n", "NumericEquals": 5}] """, true)]
    [InlineData(""" "And": [{"Variable": "$.missing", "IsPresent": true}, {"Variable": "$.missing", "NumericEquals": 5}] """, false)]
    [InlineData(""" "Or": [{"Variable": "$.no", "BooleanEquals": true}, {"Not": {"And": [{"Variable": "$.n", "IsNumeric": false}]}}] """, true)]
    [InlineData(""" "Or": [{"Variable": "$.no", "BooleanEquals": true}, {"Variable": "$.nil", "IsNull": false}] """, false)]
    public void A_choice_compares_as_AWS_does(string rule, bool expected) =>
        Assert.Equal(expected ? "true" : "false", Choice(rule).Output(Input));

    [Fact]
    public void The_first_choice_that_holds_is_taken()
    {
        Trial trial = new("""
            {"StartAt": "S", "States": {
              "S": {"Type": "Choice", "Choices": [
                {"Variable": "$", "NumericGreaterThan": 9, "Next": "A"}, {"Variable": "$", "NumericGreaterThan": 4, "Next": "B"}, {"Variable": "$", "NumericGreaterThan": 0, "Next": "A"}]},
              "A": {"Type": "Pass", "Result": "a", "End": true}, "B": {"Type": "Pass", "Result": "b", "End": true}}}
            """);
        Assert.Equal("\"b\"", trial.Output("5"));
    }

    [Fact]
    public void No_choice_and_no_default_is_NoChoiceMatched() =>
        Assert.Equal("States.NoChoiceMatched", Choice(""" "Variable": "$.n", "NumericEquals": 1 """, null).Error(Input));

    [Theory]
    [InlineData(""" "Variable": "$.missing", "StringEquals": "x" """)]
    [InlineData(""" "Variable": "$.missing", "IsNull": true """)]
    [InlineData(""" "Variable": "$.missing", "StringMatches": "*" """)]
    [InlineData(""" "Variable": "$.s", "StringEqualsPath": "$.missing" """)]
    public void Comparing_what_is_not_there_is_a_runtime_error(string rule) =>
        Assert.Equal("States.Runtime", Choice(rule).Error(Input));

    [Theory]
    [InlineData(""" "Seconds": 90 """, 90)]
    [InlineData(""" "Seconds": 0 """, 0)]
    [InlineData(""" "Seconds": 31536000 """, 31_536_000)]
    [InlineData(""" "SecondsPath": "$.n" """, 5)]
    [InlineData(""" "Timestamp": "2026-01-31T09:31:00.250Z" """, 60.25)]
    [InlineData(""" "Timestamp": "2020-01-01T00:00:00Z" """, 0)]
    [InlineData(""" "TimestampPath": "$.when" """, 1800)]
    [InlineData(""" "TimestampPath": "$$.Execution.StartTime" """, 0)]
    public void A_wait_takes_its_time_and_passes_its_input_on(string fields, double seconds)
    {
        var trial = Trial.OfState($$"""{"Type": "Wait", {{fields}}, "End": true}""");
        Assert.Equal("""{"n":5,"when":"2026-01-31T10:00:00Z"}""", trial.Output("""{"n":5,"when":"2026-01-31T10:00:00Z"}"""));
        Assert.Equal(TimeSpan.FromSeconds(seconds), trial.Clock.Elapsed);
    }

    [Theory]
    [InlineData(""" "SecondsPath": "$.missing" """)]
    [InlineData(""" "SecondsPath": "$.s" """)]
    [InlineData(""" "SecondsPath": "$.minus" """)]
    [InlineData(""" "SecondsPath": "$.half" """)]
    [InlineData(""" "TimestampPath": "$.s" """)]
    [InlineData(""" "TimestampPath": "$.minus" """)]
    public void A_wait_for_what_is_no_time_is_a_runtime_error(string fields) =>
        Assert.Equal("States.Runtime", Trial.OfState($$"""{"Type": "Wait", {{fields}}, "End": true}""").Error("""{"s":"soon","minus":-1,"half":0.5}"""));

    [Fact]
    public void Succeed_ends_with_its_input() => Assert.Equal("[1]", Trial.OfState("""{"Type": "Succeed"}""").Output("[1]"));

    [Theory]
    [InlineData(""" "Error": "Broken", "Cause": "It broke" """, "Broken", "It broke")]
    [InlineData(""" "ErrorPath": "$.e", "CausePath": "$$.State.Name" """, "Mine", "S")]
    [InlineData(""" "Error": "Broken", "CausePath": "States.Format('because {}', $.e)" """, "Broken", "because Mine")]
    [InlineData(""" "ErrorPath": "$.missing" """, "States.Runtime", null)]
    [InlineData(""" "ErrorPath": "$.n" """, "States.Runtime", "What ErrorPath leads to must be a string.")]
    [InlineData(""" "Comment": "nothing told" """, "", "")]
    public void Fail_fails_with_its_error(string fields, string error, string? cause)
    {
        var trial = Trial.OfState($$"""{"Type": "Fail", {{fields}}}""");
        var result = trial.Run("""{"e":"Mine","n":1}""");
        Assert.Equal((ExecutionStatus.Failed, error, "S"), (result.Status, result.Error, result.State));
        if (cause is not null)
        {
            Assert.Equal(cause, result.Cause);
        }

        Assert.Null(result.Output);
    }

    [Fact]
    public void States_hand_their_output_on()
    {
        Trial trial = new("""
            {"StartAt": "A", "States": {
              "A": {"Type": "Task", "Resource": "arn:x:a", "ResultPath": "$.a", "Next": "B"},
              "B": {"Type": "Task", "Resource": "arn:x:b", "ResultPath": "$.b", "Next": "C"},
              "C": {"Type": "Succeed"}}}
            """);
        Assert.Equal("""{"a":1,"b":2}""", trial.On("a", "1").On("b", "2").Output());
        Assert.Equal(["{}", """{"a":1}"""], trial.Calls.Select(call => call.Payload));
    }
}
