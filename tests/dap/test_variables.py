"""Scopes and variables where a run rests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dap_adapter.values import short
from tests.support.dap_client import DapClient
from tests.support.stories import Story, write_trace


def _told(folder: Path, outputs: dict[str, Any]) -> Path:
    """A run whose only tool answers with these outputs; it ends at #2."""
    story = Story()
    story.start("app_load", "demo")
    story.start("tool_call", "get", city="Oslo")
    story.end(outputs=outputs)
    story.end()
    return write_trace(folder / "told.jsonl", story.events)


def _at(client: DapClient, moment: int) -> None:
    client.ask("n3/goToEvent", moment=moment)
    client.stopped()


def test_what_went_in_and_what_came_out(client: DapClient, weather_trace: Path) -> None:
    """Outputs are there at the end of a call only."""
    client.begin(weather_trace)
    _at(client, 5)
    scopes = client.scopes()
    assert list(scopes) == ["Inputs", "State", "Metrics", "Metadata", "Raw event"]
    assert client.values(scopes["Inputs"]) == {"city": '"Oslo"'}

    _at(client, 6)
    scopes = client.scopes()
    assert list(scopes) == ["Inputs", "Outputs", "State", "Metrics", "Metadata", "Raw event"]
    assert client.values(scopes["Inputs"]) == {"city": '"Oslo"'}
    assert client.values(scopes["Outputs"]) == {"result": '"4 degrees"'}
    state = client.values(scopes["State"])
    assert state["get_weather"] == '"4 degrees"'
    metrics = client.values(scopes["Metrics"])
    assert metrics["duration_ms"] == "100.0"
    assert (metrics["tokens"], metrics["calls"], metrics["cost"]) == ("20", "1", "0.001")
    assert client.values(scopes["Raw event"])["event_type"] == '"tool_call_end"'


def test_an_outer_frame_shows_its_own(client: DapClient, weather_trace: Path) -> None:
    """Its inputs, and never the outputs of what is in it."""
    client.begin(weather_trace)
    _at(client, 6)
    agent = client.frames()[2]
    scopes = client.scopes(agent["id"])

    assert list(scopes) == ["Inputs", "State", "Metrics", "Metadata", "Raw event"]
    assert client.values(scopes["Inputs"]) == {"input": '"Weather in Oslo?"'}
    assert client.values(scopes["Metadata"])["event"] == "1"


def test_hints_say_what_a_scope_is(client: DapClient, weather_trace: Path) -> None:
    """Only the raw event is marked as costly."""
    client.begin(weather_trace)
    _at(client, 6)
    found = client.ask("scopes", frameId=client.frames()[0]["id"])["scopes"]

    hints = {each["name"]: each.get("presentationHint") for each in found}
    assert (hints["Inputs"], hints["Outputs"], hints["State"]) == ("arguments", "returnValue", "locals")
    assert [each["name"] for each in found if each["expensive"]] == ["Raw event"]


def test_what_agents_remember(client: DapClient, parallel_trace: Path) -> None:
    """The memory of each, as it was last told."""
    client.begin(parallel_trace)
    _at(client, 5)
    memory = client.variables(client.scopes()["Memory"])

    assert list(memory) == ["Both"]
    assert client.values(memory["Both"]["variablesReference"])["operation_type"] == '"add"'
    assert client.evaluate(memory["Both"]["evaluateName"] + ".after", context="watch") == "1"


def test_the_event_of_a_point(client: DapClient, parallel_trace: Path) -> None:
    """What it says has a scope of its own."""
    client.begin(parallel_trace)
    client.ask("n3/goToEvent", moment=6)
    frame = client.frames(client.stopped()["threadId"])[0]

    assert client.values(client.scopes(frame["id"])["Event"]) == {"error": '"HTTPError: 500"'}


def test_values_open_level_by_level(client: DapClient, tmp_path: Path) -> None:
    """Each line says its type, its expression, and how many members there are."""
    outputs = {"result": {"list": [1, 2.5, None, True], "a b": {"x": "y"}}, "n": 3}
    client.begin(_told(tmp_path, outputs))
    _at(client, 2)
    lines = client.variables(client.scopes()["Outputs"])
    result = lines["result"]
    assert result["type"] == "object"
    assert (result["namedVariables"], result["evaluateName"]) == (2, "result")
    assert result["value"] == '{list: (4) [1, 2.5, null, true], a b: {x: "y"}}'
    assert (lines["n"]["value"], lines["n"]["variablesReference"]) == ("3", 0)

    inside = client.variables(result["variablesReference"])
    assert inside["list"]["indexedVariables"] == 4
    assert inside["a b"]["evaluateName"] == 'result["a b"]'
    elements = client.variables(inside["list"]["variablesReference"])
    assert [(name, each["value"], each["type"]) for name, each in elements.items()] == [
        ("[0]", "1", "number"),
        ("[1]", "2.5", "number"),
        ("[2]", "null", "null"),
        ("[3]", "true", "boolean"),
    ]
    assert client.evaluate(elements["[1]"]["evaluateName"]) == "2.5"


def test_every_expression_gives_its_value(client: DapClient, weather_trace: Path) -> None:
    """What a line offers for copying and watching means the same as the line, in its frame, wherever it rests."""
    client.begin(weather_trace)
    for moment in range(14):
        _at(client, moment)
        for frame in client.frames():
            for title, reference in client.scopes(frame["id"]).items():
                for line in client.variables(reference).values():
                    if line.get("evaluateName"):
                        value = client.evaluate(line["evaluateName"], frameId=frame["id"], context="watch")
                        assert value == line["value"], (moment, frame["name"], title, line)


def test_a_name_that_means_something_else_gets_another_expression(client: DapClient, tmp_path: Path) -> None:
    """An input that is called like a field of events is reached through its frame."""
    story = Story()
    story.start("app_load", "demo")
    story.start("tool_call", "get", status="new", **{"a-b": 1})
    story.end()
    story.end()
    client.begin(write_trace(tmp_path / "t.jsonl", story.events))
    _at(client, 1)
    lines = client.variables(client.scopes()["Inputs"])

    assert lines["status"]["evaluateName"] == "frame.inputs.status"
    assert client.evaluate("frame.inputs.status") == '"new"'
    assert client.evaluate(lines["a-b"]["evaluateName"]) == "1"


def test_long_lists_come_in_parts(client: DapClient, tmp_path: Path) -> None:
    """A client that pages asks for them; beyond the end there is nothing; others get them by the hundred."""
    client.begin(_told(tmp_path, {"result": list(range(1_234))}))
    _at(client, 2)
    line = client.variables(client.scopes()["Outputs"])["result"]
    assert line["indexedVariables"] == 1_234
    reference = line["variablesReference"]

    assert list(client.values(reference, start=1_230, count=100)) == ["[1230]", "[1231]", "[1232]", "[1233]"]
    assert client.values(reference, start=2, count=2, filter="indexed") == {"[2]": "2", "[3]": "3"}
    assert client.values(reference, filter="named") == {}
    assert client.values(reference, start=5_000, count=10) == {}
    parts = client.variables(reference)
    assert list(parts)[-1] == "[1200 … 1233]"
    last = parts["[1200 … 1233]"]["variablesReference"]
    assert list(client.values(last, start=30, count=100)) == ["[1230]", "[1231]", "[1232]", "[1233]"]
    assert client.variables(last)["[1200]"]["evaluateName"] == "result[1200]"


def test_large_objects_come_in_parts_too(client: DapClient, tmp_path: Path) -> None:
    """By the hundred, in their order."""
    client.begin(_told(tmp_path, {"result": {f"key{number}": number for number in range(612)}}))
    _at(client, 2)
    reference = client.variables(client.scopes()["Outputs"])["result"]["variablesReference"]
    parts = client.variables(reference)

    assert list(parts)[:2] == ["[0 … 99]", "[100 … 199]"]
    assert next(iter(client.values(parts["[600 … 611]"]["variablesReference"]))) == "key600"


def test_long_texts_are_shortened(client: DapClient, tmp_path: Path) -> None:
    """The whole is for the clipboard, and a document of its own."""
    text = "wörd " * 2_000
    client.begin(_told(tmp_path, {"result": text}))
    _at(client, 2)
    line = client.variables(client.scopes()["Outputs"])["result"]
    assert len(line["value"]) < 400
    assert line["value"].endswith('…" (12.0 kB)')

    assert client.evaluate(line["evaluateName"], context="clipboard") == text
    assert client.evaluate(line["evaluateName"], context="variables") == text
    assert len(client.evaluate(line["evaluateName"], context="watch")) < 400
    place = client.ask("locations", locationReference=line["valueLocationReference"])
    assert client.ask("source", source=place["source"], sourceReference=place["source"]["sourceReference"]) == {
        "content": text,
        "mimeType": "text/plain",
    }


def test_every_value_can_be_had_whole(client: DapClient, weather_trace: Path, parallel_trace: Path) -> None:
    """By the name that it is evaluated by: as it is shown, when that is short, and in all frames."""
    client.begin(weather_trace)
    looked = 0
    for moment in range(14):
        _at(client, moment)
        for frame in client.frames():
            for title, reference in client.scopes(frame["id"]).items():
                for line in _opened(client, reference):
                    name = line["evaluateName"]
                    shown = client.ask("evaluate", expression=name, frameId=frame["id"], context="watch")
                    assert shown["result"] == line["value"], (title, name)
                    whole = client.evaluate(name, frameId=frame["id"], context="clipboard")
                    assert json.dumps(whole, ensure_ascii=False) == line["value"] or _same(whole, line["value"]), name
                    looked += 1

    assert looked > 500


def _opened(client: DapClient, reference: int) -> list[dict[str, Any]]:
    """The lines of a reference and all in them, without those that are computed when a person asks."""
    lines = [each for each in client.variables(reference).values() if not each["name"].startswith("(")]
    inside = [
        more for each in lines if each["variablesReference"] for more in _opened(client, each["variablesReference"])
    ]
    return [*lines, *inside]


def _same(whole: str, shown: str) -> bool:
    """Whether something that is no text is what is shown of it."""
    value = json.loads(whole)
    return short(value) == shown


def test_a_member_of_what_was_computed_has_a_name_too(client: DapClient, weather_trace: Path) -> None:
    """Of an expression in brackets, and of an event that was logged."""
    client.begin(weather_trace)
    _at(client, 3)
    found = client.ask("evaluate", expression="[tokens, messages]", context="watch")
    last = client.variables(found["variablesReference"])["[1]"]
    assert last["evaluateName"] == "([tokens, messages])[1]"
    assert client.evaluate(last["evaluateName"], context="clipboard").startswith('[{"role": "user"')

    assert client.evaluate("events[6].outputs.result", context="clipboard") == "4 degrees"
    for wrong in ("events[14]", "events[-1]", "events[true]", "events.name"):
        assert client.refused("evaluate", expression=wrong, context="watch").id == 4001


def test_a_component_is_where_it_was_called(client: DapClient, weather_trace: Path) -> None:
    """From a result one gets to the line of the program."""
    client.begin(weather_trace)
    _at(client, 7)
    line = client.variables(client.scopes()["State"])["get_weather"]

    place = client.ask("locations", locationReference=line["declarationLocationReference"])

    assert (place["source"]["name"], place["line"]) == ("app.ai", 9)


def test_what_changed_is_computed_when_asked_for(client: DapClient, weather_trace: Path) -> None:
    """A lazy line, which the client replaces by the value."""
    client.begin(weather_trace)
    _at(client, 2)
    _at(client, 10)
    state = client.variables(client.scopes()["State"])
    lazy = state["(changed since the stop before)"]
    assert lazy["presentationHint"]["lazy"] is True

    (value,) = client.variables(lazy["variablesReference"]).values()
    changed = client.values(value["variablesReference"])
    assert changed["get_weather"] == '(2) ["ABSENT", "4 degrees"]'
    turn = client.variables(state["(changed since the turn before)"]["variablesReference"])
    assert "text" in client.values(turn[""]["variablesReference"])


def test_types_are_for_clients_that_show_them(weather_trace: Path) -> None:
    """The protocol says so."""
    with DapClient.inside() as client:
        client.initialize(supportsVariableType=False)
        client.begin(weather_trace)
        _at(client, 5)

        assert "type" not in client.variables(client.scopes()["Inputs"])["city"]


def test_what_was_recorded_cannot_be_set(client: DapClient, weather_trace: Path) -> None:
    """Inputs say that they are read-only, and are."""
    client.begin(weather_trace)
    _at(client, 5)
    scopes = client.scopes()
    assert client.variables(scopes["Inputs"])["city"]["presentationHint"]["attributes"] == ["readOnly"]

    refusal = client.refused("setVariable", variablesReference=scopes["Inputs"], name="city", value='"Rome"')

    assert (refusal.id, refusal.shown) == (4002, True)


def test_an_answer_is_an_overlay(client: DapClient, weather_trace: Path) -> None:
    """The rest of the session sees it; the file does not change; what came later says that it did not know."""
    before = weather_trace.read_bytes()
    client.begin(weather_trace)
    _at(client, 6)
    reference = client.scopes()["Outputs"]
    assert "presentationHint" not in client.variables(reference)["result"]

    set_to = client.ask("setVariable", variablesReference=reference, name="result", value='{"degrees": [1, 2]}')
    assert set_to["value"] == "{degrees: (2) [1, 2]}"
    client.expect("invalidated", areas=["variables", "stacks"])
    said = client.expect("output", category="console")["output"]
    assert """--mock 'get_weather:{"result": {"degrees": [1, 2]}}'""" in said
    degrees = client.variables(set_to["variablesReference"])["degrees"]["variablesReference"]
    client.ask("setVariable", variablesReference=degrees, name="[1]", value="7")
    client.expect("invalidated")
    client.expect("output")

    assert client.evaluate("get_weather.degrees[1]") == "7"
    client.move("stepBack")
    client.move("next")
    assert client.values(client.scopes()["Outputs"]) == {"result": "{degrees: (2) [1, 7]}"}
    _at(client, 9)
    assert client.frames()[0]["name"] == "llm openai (as recorded)"
    assert weather_trace.read_bytes() == before


def test_an_expression_can_be_set(client: DapClient, weather_trace: Path) -> None:
    """By a path into the outputs of a call that has just ended."""
    client.begin(weather_trace)
    _at(client, 6)

    assert client.ask("setExpression", expression="result", value="tokens + 1")["value"] == "21"
    client.expect("invalidated")
    client.expect("output")
    for expression in ("tokens + 1", "city", "nonsense", "result.deep"):
        assert client.refused("setExpression", expression=expression, value="1").id == 4002
    assert client.refused("setExpression", expression="result", value="not json").id == 4002


@pytest.mark.parametrize("value", [json.dumps("x" * 70_000), "[" * 5_000, "9" * 5_000, '"\\ud800"'])
def test_odd_values_can_be_set_or_are_refused(client: DapClient, weather_trace: Path, value: str) -> None:
    """Nothing that a person types ends the session."""
    client.begin(weather_trace)
    _at(client, 6)
    client.strict = False
    client.send("setVariable", {"variablesReference": client.scopes()["Outputs"], "name": "result", "value": value})

    assert client.evaluate("1 + 1") == "2"
