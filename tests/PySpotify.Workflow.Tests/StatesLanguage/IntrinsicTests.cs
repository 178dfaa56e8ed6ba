using System.Text.Json;

namespace PySpotify.Workflow.Tests.StatesLanguage;

public sealed class IntrinsicTests
{
    private const string Input = """{"name":"Ann","n":3,"list":[1,"b",null],"o":{"a":1,"b":{"c":2}},"json":"{\"x\": [1]}","csv":"1,2;,3","template":"Hi {}","odd":"\\{}","i":9,"half":2.5}""";

    private static Trial Call(string intrinsic) =>
        Trial.OfState($$"""{"Type": "Pass", "Parameters": {"v.$": {{JsonSerializer.Serialize(intrinsic)}} }, "OutputPath": "$.v", "End": true}""");

    [Theory]
    [InlineData("States.Format('Hello {}, {} {}', $.name, $.n, 'x')", "\"Hello Ann, 3 x\"")]
    [InlineData("States.Format('{}{}{}', true, null, -1.50)", "\"truenull-1.50\"")]
    [InlineData("States.Format('no value')", "\"no value\"")]
    [InlineData(@"States.Format('it\'s \{\} and \\ and \{{}\}', $.n)", "\"it's {} and \\\\ and {3}\"")]
    [InlineData(@"States.Format('year:{}-{}', $.n, $.list[0])", "\"year:3-1\"")]
    [InlineData("States.Format('(a, b) {}', ', ) ')", "\"(a, b) , ) \"")]
    [InlineData("States.Format($.template, $.name)", "\"Hi Ann\"")]
    [InlineData("States.Format('{}', $['name'])", "\"Ann\"")]
    [InlineData("States.Format('{}', $$.Execution.Name)", "\"run-1\"")]
    [InlineData("States.Format('{}', '浜崎')", "\"浜崎\"")]
    [InlineData("States.JsonMerge($.o, States.StringToJson($.json), false)", """{"a":1,"b":{"c":2},"x":[1]}""")]
    [InlineData("States.JsonMerge($.o, States.StringToJson('\\{\"b\":5\\}'), false)", """{"a":1,"b":5}""")]
    [InlineData("States.StringToJson($.json)", """{"x":[1]}""")]
    [InlineData("States.StringToJson('{}')", "{}")]
    [InlineData("States.JsonToString($.o)", """ "{\"a\":1,\"b\":{\"c\":2}}" """)]
    [InlineData("States.Array()", "[]")]
    [InlineData("States.Array($.n, 'a', null, true, 1.5, $.list)", """[3,"a",null,true,1.5,[1,"b",null]]""")]
    [InlineData("States.ArrayGetItem($.list, 1)", "\"b\"")]
    [InlineData("States.ArrayGetItem($.list,States.MathAdd(1, 1))", "null")]
    [InlineData("States.ArrayLength($.list)", "3")]
    [InlineData("States.StringSplit($.csv, ',;')", """["1","2","3"]""")]
    [InlineData("States.StringSplit('a b', '')", """["a b"]""")]
    [InlineData("States.StringSplit('', ',')", "[]")]
    [InlineData("States.MathAdd($.n, -5)", "-2")]
    [InlineData("States.MathAdd($.half, 0)", "3")]
    [InlineData("States.Format('{}.{}', States.ArrayGetItem(States.StringSplit('a/b', '/'), 1), States.ArrayLength(States.Array(1, 2)))", "\"b.2\"")]
    public void Functions_give_what_AWS_gives(string intrinsic, string expected) =>
        Assert.Equal(expected.Trim(), Call(intrinsic).Output(Input));

    [Theory]
    [InlineData("States.Format('{}', $.o)")]
    [InlineData("States.Format($.n, $.name)")]
    [InlineData("States.Format($.template)")]
    [InlineData("States.Format($.odd, 1)")]
    [InlineData("States.JsonMerge($.o, $.list, false)")]
    [InlineData("States.JsonMerge($.o, $.o, $.n)")]
    [InlineData("States.StringToJson('no JSON')")]
    [InlineData("States.StringToJson($.n)")]
    [InlineData("States.ArrayGetItem($.list, 3)")]
    [InlineData("States.ArrayGetItem($.list, -1)")]
    [InlineData("States.ArrayGetItem($.list, $.i)")]
    [InlineData("States.ArrayGetItem($.o, 0)")]
    [InlineData("States.ArrayLength($.name)")]
    [InlineData("States.StringSplit($.list, ',')")]
    [InlineData("States.MathAdd($.name, 1)")]
    [InlineData("States.MathAdd(2147483647, 1)")]
    [InlineData("States.MathAdd(2147483648, 1)")]
    public void A_function_that_cannot_do_it_is_IntrinsicFailure(string intrinsic) =>
        Assert.Equal("States.IntrinsicFailure", Call(intrinsic).Error(Input));

    [Theory]
    [InlineData("States.UUID()", "States.UUID is not supported")]
    [InlineData("States.Hash('a', 'MD5')", "not supported")]
    [InlineData("States.ArrayLength()", "takes 1 arguments, not 0")]
    [InlineData("States.ArrayLength($.a, $.b)", "takes 1 arguments, not 2")]
    [InlineData("States.Format()", "takes a template")]
    [InlineData("States.Format(1)", "must be a string")]
    [InlineData("States.Format('{} {}', 1)", "has 2 {} for 1 values")]
    [InlineData("States.Format('{}', 1, 2)", "has 1 {} for 2 values")]
    [InlineData("States.Format('{')", "must be escaped")]
    [InlineData("States.Format('a}')", "must be escaped")]
    [InlineData(@"States.Format('\n')", "backslash")]
    [InlineData("States.Format('a'", "malformed")]
    [InlineData("States.Format('a", "malformed")]
    [InlineData("States.Format('a') ", "malformed")]
    [InlineData("States.Format('a' 'b')", "malformed")]
    [InlineData("States.Format(a)", "malformed")]
    [InlineData("States.Format('a',)", "malformed")]
    [InlineData("States.JsonMerge($.a, $.b, true)", "must be false")]
    [InlineData("States.Array($.a[*])", "not supported")]
    [InlineData("States.Array($..a)", "not supported")]
    [InlineData("constant", "neither a path nor an intrinsic function")]
    public void Other_calls_are_refused_when_the_definition_is_loaded(string intrinsic, string why)
    {
        var message = Refusal.Of(() => Call(intrinsic).Interpreter());
        Assert.StartsWith("State 'S', field 'Parameters': ", message, StringComparison.Ordinal);
        Assert.Contains(why, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ten_nested_calls_are_allowed_and_eleven_refused()
    {
        static string Nested(int depth) => depth == 1 ? "States.Array(1)" : $"States.Array({Nested(depth - 1)})";
        Assert.Equal("[[[[[[[[[[1]]]]]]]]]]", Call(Nested(10)).Output());
        Assert.Contains("nests more than 10", Refusal.Of(() => Call(Nested(11)).Interpreter()), StringComparison.Ordinal);
    }
}
