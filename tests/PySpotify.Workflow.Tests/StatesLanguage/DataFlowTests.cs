using PySpotify.Workflow.StatesLanguage;

namespace PySpotify.Workflow.Tests.StatesLanguage;

public sealed class DataFlowTests
{
    private const string Inner = """{"StartAt": "I", "States": {"I": {"Type": "Succeed"}}}""";

    /// <summary>What a task whose result is its payload makes of the input.</summary>
    private static string Echo(string fields, string input) => Trial.OfTask(fields).Output(input);

    [Fact]
    public void A_task_gets_the_input_and_its_result_is_the_output()
    {
        var trial = Trial.OfTask().On("task", """{"b":2}""");
        Assert.Equal("""{"b":2}""", trial.Output("""{"a":1}"""));
        var call = Assert.Single(trial.Calls);
        Assert.Equal(new Call("task", """{"a":1}""", "S", null, 1), call);
    }

    [Fact]
    public void The_fields_apply_in_the_order_of_AWS()
    {
        var trial = Trial.OfTask("""
            "Parameters": {"p.$": "$.in.x", "fixed": [1, {"deep.$": "$.in.x"}]},
            "ResultSelector": {"s.$": "$.r"},
            "ResultPath": "$.out.here",
            "OutputPath": "$.out"
            """).On("task", """{"r":7,"rest":8}""");
        Assert.Equal("""{"here":{"s":7}}""", trial.Output("""{"in":{"x":5},"kept":true}"""));
        Assert.Equal("""{"p":5,"fixed":[1,{"deep":5}]}""", trial.Calls[0].Payload);
    }

    [Theory]
    [InlineData("$", "1")]
    [InlineData("$.a", """{"a":1,"b":{"c":[1,2]}}""")]
    [InlineData("$.new", """{"a":0,"b":{"c":[1,2]},"new":1}""")]
    [InlineData("$.b.d.e", """{"a":0,"b":{"c":[1,2],"d":{"e":1}}}""")]
    public void ResultPath_places_the_result_in_the_input(string path, string expected) =>
        Assert.Equal(expected, Trial.OfTask($""" "ResultPath": "{path}" """).On("task", "1").Output("""{"a":0,"b":{"c":[1,2]}}"""));

    [Fact]
    public void ResultPath_null_drops_the_result() =>
        Assert.Equal("""{"a":1}""", Trial.OfTask(""" "ResultPath": null """).On("task", "1").Output("""{"a":1}"""));

    [Theory]
    [InlineData("$.a.b", """{"a":1}""")]
    [InlineData("$.a", "[1]")]
    [InlineData("$.a", "\"text\"")]
    public void A_ResultPath_that_does_not_fit_is_ResultPathMatchFailure(string path, string input) =>
        Assert.Equal("States.ResultPathMatchFailure", Trial.OfTask($""" "ResultPath": "{path}" """).On("task", "1").Error(input));

    [Theory]
    [InlineData(""" "OutputPath": "$.no" """)]
    [InlineData(""" "OutputPath": "$.no.deeper" """)]
    [InlineData(""" "OutputPath": "$.a.b" """)]
    [InlineData(""" "Parameters": {"x.$": "$.no"} """)]
    [InlineData(""" "Parameters": {"x.$": "$.list.a"} """)]
    [InlineData(""" "ResultSelector": {"x.$": "$.no"} """)]
    [InlineData(""" "Parameters": {"x.$": "$$.Map.Item.Value"} """)]
    [InlineData(""" "Parameters": {"x.$": "$$.Execution.Input.no"} """)]
    public void A_path_that_leads_nowhere_is_a_runtime_error(string fields) =>
        Assert.Equal("States.Runtime", Trial.OfTask(fields).Error("""{"a":1,"list":[1,2]}"""));

    [Theory]
    [InlineData("$", """{"a-b":{"x":[10,[20,null]]},"é":"ü"}""")]
    [InlineData("$.a-b", """{"x":[10,[20,null]]}""")]
    [InlineData("$.a-b.x", "[10,[20,null]]")]
    [InlineData("$.é", "\"ü\"")]
    public void Paths_lead_through_members(string path, string expected) =>
        Assert.Equal(expected, Echo($""" "OutputPath": "{path}" """, """{"a-b":{"x":[10,[20,null]]},"é":"ü"}"""));

    [Theory]
    [InlineData("$.branches[*]", """[[{"why":"404"},{"why":null}],[{"rows":5}]]""")]
    [InlineData("$.branches[*][*]", """[{"why":"404"},{"why":null},{"rows":5}]""")]
    [InlineData("$.branches[*][*].why", """["404",null]""")]
    [InlineData("$.branches[*].why", "[]")]
    [InlineData("$.missing[*]", "[]")]
    [InlineData("$.missing[*].deeper[*]", "[]")]
    [InlineData("$.text[*]", "[]")]
    [InlineData("$.counts[*]", "[1,2]")]
    [InlineData("$[*].a", "[1]")]
    [InlineData("$$.Execution.Input.branches[*][*].rows", "[5]")]
    public void A_wildcard_gives_all_that_it_leads_to(string path, string expected) =>
        Assert.Equal($$"""{"all":{{expected}}}""", Echo($$""" "Parameters": {"all.$": "{{path}}"} """,
            """{"branches":[[{"why":"404"},{"why":null}],[{"rows":5}]],"text":"x","counts":{"a":1,"b":2}}"""));

    [Fact]
    public void A_template_keeps_null_and_numbers_as_they_are() =>
        Assert.Equal("""{"n":null,"big":12345678901234567890.10,"plain":"$.a","e":1E5}""",
            Echo(""" "Parameters": {"n.$": "$.n", "big.$": "$.big", "plain": "$.a", "e": 1E5} """, """{"n":null,"big":12345678901234567890.10}"""));

    [Fact]
    public void Names_in_other_scripts_stay_as_they_are() =>
        Assert.Equal("""{"x":"浜崎あゆみ \"é\" <&>"}""", Echo(""" "Parameters": {"x.$": "$.a"} """, """{"a":"浜崎あゆみ \"é\" <&>"}"""));

    [Theory]
    [InlineData("$$.Execution.Name", "\"run-1\"")]
    [InlineData("$$.Execution.StartTime", "\"2026-01-31T09:30:00.000Z\"")]
    [InlineData("$$.Execution.RedriveCount", "0")]
    [InlineData("$$.Execution.Input", """{"a":1}""")]
    [InlineData("$$.Execution.Input.a", "1")]
    [InlineData("$$.State.Name", "\"S\"")]
    public void The_context_object_tells_who_runs(string path, string expected)
    {
        Assert.Equal($$"""{"x":{{expected}}}""", Echo($$""" "Parameters": {"x.$": "{{path}}"} """, """{"a":1}"""));
        Assert.Equal(expected, Echo($""" "OutputPath": "{path}" """, """{"a":1}"""));
    }

    [Fact]
    public void A_payload_may_have_262144_bytes_and_no_more()
    {
        static string Json(int bytes) => $"\"{new string('é', (bytes - 2) / 2)}{(bytes % 2 == 0 ? "" : "x")}\"";
        Assert.Equal(Json(262_144), Trial.OfTask().On("task", Json(262_144)).Output());
        Assert.Equal("States.DataLimitExceeded", Trial.OfTask().On("task", Json(262_145)).Error());
        Assert.Equal(Json(262_144), Trial.OfTask().Output(Json(262_144)));
        var refused = Trial.OfTask();
        Assert.Throws<ArgumentException>(() => refused.Run(Json(262_145)));
        Assert.Empty(refused.History);
    }

    [Fact]
    public void The_limit_holds_for_payloads_results_outputs_items_and_what_branches_make_together()
    {
        var half = $"\"{new string('x', 140_000)}\"";
        var payload = Trial.OfTask(""" "Parameters": {"a.$": "$", "b.$": "$"} """);
        Assert.Equal("States.DataLimitExceeded", payload.Error(half));
        Assert.Empty(payload.Calls);
        Assert.Equal("States.DataLimitExceeded", Trial.OfTask(""" "ResultPath": "$.b" """).On("task", half).Error($$"""{"a":{{half}} }"""));
        Assert.Equal("States.DataLimitExceeded", Trial.OfTask(""" "ResultSelector": {"a.$": "$", "b.$": "$"} """).On("task", half).Error());
        Assert.Equal("States.DataLimitExceeded", Trial.OfState($$"""{"Type": "Parallel", "Branches": [{{Inner}}, {{Inner.Replace("\"I\"", "\"J\"", StringComparison.Ordinal)}}], "End": true}""").Error(half));
        Assert.Equal("States.DataLimitExceeded", Trial.OfState($$"""{"Type": "Map", "ItemsPath": "$.i", "ItemSelector": {"a.$": "$.h", "b.$": "$.h"}, "ItemProcessor": {{Inner}}, "End": true}""").Error($$"""{"i":[1],"h":{{half}} }"""));
    }
}
