using System.Text.Json;
using PySpotify.Workflow.StatesLanguage;

namespace PySpotify.Workflow.Tests.StatesLanguage;

public sealed class HistoryTests
{
    [Fact]
    public void A_history_tells_each_step_and_each_text_once()
    {
        var trial = new Trial("""
            {"StartAt": "A", "States": {
              "A": {"Type": "Task", "Resource": "arn:x:a", "ResultPath": "$.a", "Retry": [{"ErrorEquals": ["E"]}], "Next": "P"},
              "P": {"Type": "Parallel", "End": true, "Branches": [{"StartAt": "B", "States": {"B": {"Type": "Task", "Resource": "arn:x:b", "Parameters": {"n.$": "$.a"}, "End": true}}}]}}}
            """).On("a", "!E", "1").On("b", "2");
        Assert.Equal("[2]", trial.Output("""{"x":0}"""));
        var hash = trial.History[0].Definition!;
        Assert.Equal(
            [
                $$"""{"id":1,"time":"2026-01-31T09:30:00+00:00","type":"ExecutionStarted","name":"run-1","definition":"{{hash}}","input":"{\"x\":0}"}""",
                """{"id":2,"time":"2026-01-31T09:30:00+00:00","type":"StateEntered","state":"A"}""",
                """{"id":3,"time":"2026-01-31T09:30:00+00:00","type":"TaskScheduled","state":"A","resource":"arn:x:a","attempt":1}""",
                """{"id":4,"time":"2026-01-31T09:30:00+00:00","type":"StateRetried","state":"A","attempt":1,"error":"E","cause":"E it was","waitSeconds":1}""",
                """{"id":5,"time":"2026-01-31T09:30:01+00:00","type":"TaskScheduled","state":"A","resource":"arn:x:a","attempt":2}""",
                """{"id":6,"time":"2026-01-31T09:30:01+00:00","type":"StateExited","state":"A","output":"{\"x\":0,\"a\":1}","next":"P"}""",
                """{"id":7,"time":"2026-01-31T09:30:01+00:00","type":"StateEntered","state":"P"}""",
                """{"id":8,"time":"2026-01-31T09:30:01+00:00","type":"StateEntered","scope":"7.0","state":"B"}""",
                """{"id":9,"time":"2026-01-31T09:30:01+00:00","type":"TaskScheduled","scope":"7.0","state":"B","resource":"arn:x:b","payload":"{\"n\":1}","attempt":1}""",
                """{"id":10,"time":"2026-01-31T09:30:01+00:00","type":"StateExited","scope":"7.0","state":"B","output":"2"}""",
                """{"id":11,"time":"2026-01-31T09:30:01+00:00","type":"StateExited","state":"P","output":"[2]"}""",
                """{"id":12,"time":"2026-01-31T09:30:01+00:00","type":"ExecutionSucceeded"}""",
            ],
            trial.History.Select(e => e.ToJson()));
    }

    [Fact]
    public void An_event_survives_its_JSON_and_half_of_it_does_not()
    {
        HistoryEvent e = new(5, new(2026, 1, 31, 9, 30, 0, TimeSpan.Zero), HistoryEventType.StateRetried)
        {
            Scope = "4.0",
            State = "Fetch \"浜崎\"",
            Error = "E",
            Cause = "line\nbreak",
            Attempt = 2,
            WaitSeconds = 1.5,
        };
        var json = e.ToJson();
        Assert.Equal(e, HistoryEvent.FromJson(json));
        Assert.DoesNotContain('\n', json);
        for (var length = 0; length < json.Length; length++)
        {
            Assert.Throws<JsonException>(() => HistoryEvent.FromJson(json[..length]));
        }

        Assert.Throws<JsonException>(() => HistoryEvent.FromJson("{}"));
        Assert.Throws<JsonException>(() => HistoryEvent.FromJson("null"));
    }
}
