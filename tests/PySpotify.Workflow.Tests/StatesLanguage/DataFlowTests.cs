using System.Text.Json.Nodes;
using PySpotify.Workflow.StatesLanguage;

namespace PySpotify.Workflow.Tests.StatesLanguage;

public sealed class DataFlowTests
{
    private static string Pass(string fields, string input) => Trial.OfState($$"""{"Type": "Pass", {{fields}}, "End": true}""").Output(input);

    private static string PassError(string fields, string input) => Trial.OfState($$"""{"Type": "Pass", {{fields}}, "End": true}""").Error(input);

    [Fact]
    public void A_task_gets_the_input_and_its_result_is_the_output()
    {
        var trial = Trial.OfTask().On("task", """{"b":2}""");
        Assert.Equal("""{"b":2}""", trial.Output("""{"a":1}"""));
        var call = Assert.Single(trial.Calls);
        Assert.Equal(new TaskCall("arn:x:task", """{"a":1}""", "S", null, 1), call);
    }

    [Fact]
    public void The_fields_apply_in_the_order_of_AWS()
    {
        var trial = Trial.OfTask("""
            "InputPath": "$.in",
            "Parameters": {"p.$": "$.x", "fixed": [1, {"deep.$": "$.x"}]},
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
    [InlineData("$['b']['x y']", """{"a":0,"b":{"c":[1,2],"x y":1}}""")]
    [InlineData("$.b.c[1]", """{"a":0,"b":{"c":[1,1]}}""")]
    public void ResultPath_places_the_result_in_the_raw_input(string path, string expected) =>
        Assert.Equal(expected, Pass($""" "Result": 1, "ResultPath": "{path}" """, """{"a":0,"b":{"c":[1,2]}}"""));

    [Fact]
    public void ResultPath_ignores_what_InputPath_selected() =>
        Assert.Equal("""{"a":{"x":1},"r":{"x":1}}""", Pass(""" "InputPath": "$.a", "ResultPath": "$.r" """, """{"a":{"x":1}}"""));

    [Fact]
    public void ResultPath_null_drops_the_result() =>
        Assert.Equal("""{"a":1}""", Pass(""" "Result": 1, "ResultPath": null """, """{"a":1}"""));

    [Theory]
    [InlineData("$.a.b", """{"a":1}""")]
    [InlineData("$.a", "[1]")]
    [InlineData("$.a[2]", """{"a":[1,2]}""")]
    [InlineData("$.a[0]", """{"b":1}""")]
    [InlineData("$.a", "\"text\"")]
    public void A_ResultPath_that_does_not_fit_is_ResultPathMatchFailure(string path, string input) =>
        Assert.Equal("States.ResultPathMatchFailure", PassError($""" "Result": 1, "ResultPath": "{path}" """, input));

    [Theory]
    [InlineData("InputPath")]
    [InlineData("OutputPath")]
    public void A_path_that_is_null_gives_an_empty_object(string field) =>
        Assert.Equal("{}", Pass($""" "{field}": null """, """{"a":1}"""));

    [Theory]
    [InlineData(""" "InputPath": "$.no" """)]
    [InlineData(""" "OutputPath": "$.no.deeper" """)]
    [InlineData(""" "OutputPath": "$.a[0]" """)]
    [InlineData(""" "InputPath": "$.list[2]" """)]
    [InlineData(""" "Parameters": {"x.$": "$.no"} """)]
    [InlineData(""" "Parameters": {"x.$": "$$.Execution.RedriveTime"} """)]
    [InlineData(""" "Parameters": {"x.$": "$$.Map.Item.Value"} """)]
    [InlineData(""" "Parameters": {"x.$": "States.Format('{}', $.no)"} """)]
    public void A_path_that_leads_nowhere_is_a_runtime_error(string fields) =>
        Assert.Equal("States.Runtime", PassError(fields, """{"a":1,"list":[1,2]}"""));

    [Theory]
    [InlineData("$", """{"a-b":{"x":[10,[20,null]]},"é":"ü"}""")]
    [InlineData("$.a-b.x[1][0]", "20")]
    [InlineData("$['a-b'].x[0]", "10")]
    [InlineData("$[\\\"a-b\\\"]['x'][1]", "[20,null]")]
    [InlineData("$.a-b.x[1][1]", "null")]
    [InlineData("$.é", "\"ü\"")]
    public void Paths_lead_through_members_and_elements(string path, string expected) =>
        Assert.Equal(expected, Pass($""" "InputPath": "{path}" """, """{"a-b":{"x":[10,[20,null]]},"é":"ü"}"""));

    [Fact]
    public void A_template_keeps_null_and_numbers_as_they_are() =>
        Assert.Equal("""{"n":null,"big":12345678901234567890.10,"plain":"$.a","e":1E5}""",
            Pass(""" "Parameters": {"n.$": "$.n", "big.$": "$.big", "plain": "$.a", "e": 1E5} """, """{"n":null,"big":12345678901234567890.10}"""));

    [Fact]
    public void Result_is_no_template() =>
        Assert.Equal("""{"a.$": "$.b"}""", Pass(""" "Result": {"a.$": "$.b"} """, "{}"));

    [Fact]
    public void Names_in_other_scripts_stay_as_they_are() =>
        Assert.Equal("""{"x":"浜崎あゆみ \"é\" <&>"}""", Pass(""" "Parameters": {"x.$": "$.a"} """, """{"a":"浜崎あゆみ \"é\" <&>"}"""));

    [Fact]
    public void The_context_object_tells_who_runs()
    {
        var context = JsonNode.Parse(Pass(""" "Parameters": {"all.$": "$$", "name.$": "$$.Execution.Name", "given.$": "$$.Execution.Input.a"} """, """{"a":1}"""))!;
        Assert.Equal("run-1", (string)context["name"]!);
        Assert.Equal(1, (int)context["given"]!);
        var all = context["all"]!;
        Assert.Equal("2026-01-31T09:30:00.000Z", (string)all["Execution"]!["StartTime"]!);
        Assert.Equal("arn:aws:states:us-east-1:000000000000:execution:PySpotify:run-1", (string)all["Execution"]!["Id"]!);
        Assert.Equal("arn:aws:iam::000000000000:role/PySpotify", (string)all["Execution"]!["RoleArn"]!);
        Assert.Equal(0, (int)all["Execution"]!["RedriveCount"]!);
        Assert.Null(all["Execution"]!["RedriveTime"]);
        Assert.Equal("S", (string)all["State"]!["Name"]!);
        Assert.Equal("2026-01-31T09:30:00.000Z", (string)all["State"]!["EnteredTime"]!);
        Assert.Equal(0, (int)all["State"]!["RetryCount"]!);
        Assert.Equal("PySpotify", (string)all["StateMachine"]!["Name"]!);
        Assert.Equal("arn:aws:states:us-east-1:000000000000:stateMachine:PySpotify", (string)all["StateMachine"]!["Id"]!);
        Assert.Null(all["Map"]);
    }

    [Fact]
    public void InputPath_and_OutputPath_reach_the_context_object() =>
        Assert.Equal("\"run-1\"", Pass(""" "InputPath": "$$.State.Name", "OutputPath": "$$.Execution.Name" """, "{}"));

    [Fact]
    public void The_retry_count_and_the_time_of_entry_are_those_of_the_state()
    {
        var trial = Trial.OfTask("""
            "Parameters": {"retry.$": "$$.State.RetryCount", "entered.$": "$$.State.EnteredTime"},
            "Retry": [{"ErrorEquals": ["E"], "IntervalSeconds": 60}]
            """).On("task", "!E", "!E", "1");
        trial.Output();
        Assert.Equal(
            ["""{"retry":0,"entered":"2026-01-31T09:30:00.000Z"}""", """{"retry":1,"entered":"2026-01-31T09:30:00.000Z"}""", """{"retry":2,"entered":"2026-01-31T09:30:00.000Z"}"""],
            trial.Calls.Select(call => call.Payload));
    }

    [Theory]
    [InlineData("Task")]
    [InlineData("Pass")]
    [InlineData("Wait")]
    [InlineData("Succeed")]
    [InlineData("Choice")]
    [InlineData("Parallel")]
    [InlineData("Map")]
    public void InputPath_and_OutputPath_work_on_every_type_that_has_them(string type)
    {
        const string inner = """{"StartAt": "I", "States": {"I": {"Type": "Pass", "End": true}}}""";
        var own = type switch
        {
            "Task" => """ "Resource": "arn:x:echo", "End": true """,
            "Pass" => """ "End": true """,
            "Wait" => """ "Seconds": 0, "End": true """,
            "Succeed" => """ "Comment": "done" """,
            "Choice" => """ "Choices": [{"Variable": "$.b", "IsPresent": true, "Next": "End"}] """,
            "Parallel" => $""" "Branches": [{inner}], "ResultSelector": {"{\"b.$\": \"$[0].b\"}"}, "End": true """,
            _ => $""" "ItemsPath": "$.list", "ItemProcessor": {inner}, "ResultSelector": {"{\"b.$\": \"$\"}"}, "End": true """,
        };
        var end = type == "Choice" ? """ , "End": {"Type": "Succeed"} """ : "";
        Trial trial = new($$"""{"StartAt": "S", "States": {"S": {"Type": "{{type}}", "InputPath": "$.a", "OutputPath": "$.b", {{own}}} {{end}} } }""");
        Assert.Equal("[1]", trial.Output("""{"a":{"b":[1],"list":[1]}}"""));
    }

    [Fact]
    public void A_payload_may_have_262144_bytes_and_no_more()
    {
        static string Json(int bytes) => $"\"{new string('é', (bytes - 2) / 2)}{(bytes % 2 == 0 ? "" : "x")}\"";
        Assert.Equal(Json(262_144), Trial.OfTask().On("task", Json(262_144)).Output());
        Assert.Equal("States.DataLimitExceeded", Trial.OfTask().On("task", Json(262_145)).Error());
        Assert.Equal(Json(262_144), Trial.OfTask().Output(Json(262_144)));
        Assert.Throws<ArgumentException>(() => Trial.OfTask().Run(Json(262_145)));
    }

    [Fact]
    public void The_limit_holds_for_payloads_results_outputs_items_and_what_branches_make_together()
    {
        var half = $"\"{new string('x', 140_000)}\"";
        var payload = Trial.OfTask(""" "Parameters": {"a.$": "$", "b.$": "$"} """);
        Assert.Equal("States.DataLimitExceeded", payload.Error(half));
        Assert.Empty(payload.Calls);
        Assert.Equal("States.DataLimitExceeded", Trial.OfTask(""" "ResultPath": "$.b" """).On("task", half).Error($$"""{"a":{{half}} }"""));
        Assert.Equal("States.DataLimitExceeded", PassError(""" "Parameters": {"a.$": "$", "b.$": "$"} """, half));
        const string inner = """{"StartAt": "I", "States": {"I": {"Type": "Pass", "End": true}}}""";
        Assert.Equal("States.DataLimitExceeded", Trial.OfState($$"""{"Type": "Parallel", "Branches": [{{inner}}, {{inner.Replace("\"I\"", "\"J\"", StringComparison.Ordinal)}}], "End": true}""").Error(half));
        Assert.Equal("States.DataLimitExceeded", Trial.OfState($$"""{"Type": "Map", "ItemsPath": "$.i", "ItemSelector": {"a.$": "$.h", "b.$": "$.h"}, "ItemProcessor": {{inner}}, "End": true}""").Error($$"""{"i":[1],"h":{{half}} }"""));
    }

    [Fact]
    public void A_result_that_is_not_JSON_is_a_runtime_error() =>
        Assert.Equal("States.Runtime", Trial.OfTask(""" "Retry": [{"ErrorEquals": ["States.ALL"]}] """).On("task", "<html>").Error());

    [Fact]
    public void An_input_that_is_not_JSON_is_refused_before_anything_is_recorded()
    {
        var trial = Trial.OfTask();
        Assert.Throws<ArgumentException>(() => trial.Run("no JSON"));
        Assert.Empty(trial.History);
    }
}
