using PySpotify.Workflow.StatesLanguage;

namespace PySpotify.Workflow.Tests.StatesLanguage;

public sealed class StateTests
{
    private const string Input = """{"s":"mid","n":5,"half":2.5,"nil":null}""";

    /// <summary>A Choice that leads to Yes or to No.</summary>
    private static Trial Choice(string rule, string otherwise = """, "Default": "No" """) => new($$"""
        {"StartAt": "S", "States": {
          "S": {"Type": "Choice", "Choices": [{{{rule}}, "Next": "Yes"}] {{otherwise}} },
          "Yes": {"Type": "Succeed"}
          {{(otherwise.Length > 0 ? """, "No": {"Type": "Succeed"}""" : "")}} } }
        """);

    [Theory]
    [InlineData(""" "Variable": "$.s", "StringEquals": "mid" """, true)]
    [InlineData(""" "Variable": "$.s", "StringEquals": "Mid" """, false)]
    [InlineData(""" "Variable": "$.n", "StringEquals": "5" """, false)]
    [InlineData(""" "Variable": "$.nil", "StringEquals": "" """, false)]
    [InlineData(""" "Variable": "$$.Execution.Name", "StringEquals": "run-1" """, true)]
    [InlineData(""" "Or": [{"Variable": "$.s", "StringEquals": "x"}, {"Variable": "$.n", "IsPresent": true}] """, true)]
    [InlineData(""" "Or": [{"Variable": "$.s", "StringEquals": "x"}, {"Or": [{"Variable": "$.s", "StringEquals": "mid"}]}] """, true)]
    [InlineData(""" "Or": [{"Variable": "$.s", "StringEquals": "x"}, {"Variable": "$.s", "StringEquals": "y"}] """, false)]
    public void A_choice_compares_as_AWS_does(string rule, bool expected)
    {
        var trial = Choice(rule);
        Assert.Equal(Input, trial.Output(Input));
        Assert.Equal(expected ? "Yes" : "No", trial.History[^2].State);
    }

    [Fact]
    public void The_first_choice_that_holds_is_taken()
    {
        Trial trial = new("""
            {"StartAt": "S", "States": {
              "S": {"Type": "Choice", "Choices": [
                {"Variable": "$", "StringEquals": "x", "Next": "A"}, {"Variable": "$", "StringEquals": "5", "Next": "B"}, {"Variable": "$", "IsPresent": true, "Next": "A"}]},
              "A": {"Type": "Succeed"}, "B": {"Type": "Succeed"}}}
            """);
        trial.Output("\"5\"");
        Assert.Equal("B", trial.History[^2].State);
    }

    [Fact]
    public void No_choice_and_no_default_is_NoChoiceMatched() =>
        Assert.Equal("States.NoChoiceMatched", Choice(""" "Variable": "$.s", "StringEquals": "x" """, "").Error(Input));

    [Theory]
    [InlineData(""" "Variable": "$.missing", "StringEquals": "x" """)]
    [InlineData(""" "Variable": "$.n.deeper", "StringEquals": "0" """)]
    public void Comparing_what_is_not_there_is_a_runtime_error(string rule) =>
        Assert.Equal("States.Runtime", Choice(rule).Error(Input));

    [Theory]
    [InlineData(90)]
    [InlineData(0)]
    [InlineData(31_536_000)]
    public void A_wait_takes_its_time_and_passes_its_input_on(int seconds)
    {
        var trial = Trial.OfState($$"""{"Type": "Wait", "Seconds": {{seconds}}, "End": true}""");
        Assert.Equal("""{"n":5}""", trial.Output("""{"n":5}"""));
        Assert.Equal(TimeSpan.FromSeconds(seconds), trial.Clock.Elapsed);
    }

    [Fact]
    public void Succeed_ends_with_its_input() => Assert.Equal("[1]", Trial.OfState("""{"Type": "Succeed"}""").Output("[1]"));

    [Theory]
    [InlineData("$.why", "Broken", """It broke: ["a","b"].""")]
    [InlineData("$$.State.Name", "Broken", "It broke: \"S\".")]
    [InlineData("$.missing", "States.Runtime", "The path '$.missing' of the field 'CausePath' leads to nothing in the input.")]
    public void Fail_fails_with_its_error_and_a_list(string list, string error, string cause)
    {
        var trial = Trial.OfState($$"""{"Type": "Fail", "Error": "Broken", "CausePath": "States.Format('It broke: {}.', States.JsonToString({{list}}))"}""");
        Assert.Equal(new(ExecutionStatus.Failed, null, error, cause, "S"), trial.Run("""{"why":["a","b"]}"""));
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
