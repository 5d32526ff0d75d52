"""Expressions, the console that speaks the terminal debugger's language, and completion."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.dap_client import DapClient
from tests.support.stories import Story, write_trace


def _at(client: DapClient, moment: int) -> int:
    client.ask("n3/goToEvent", moment=moment)
    thread: int = client.stopped()["threadId"]
    frame: int = client.frames(thread)[0]["id"]
    return frame


def test_expressions_see_what_a_frame_sees(client: DapClient, weather_trace: Path) -> None:
    """Watches are asked of a frame; without one, of where it rests."""
    client.begin(weather_trace)
    frame = _at(client, 5)

    assert client.evaluate("city", frameId=frame, context="watch") == '"Oslo"'
    assert client.evaluate("city + '!'") == '"Oslo!"'
    assert client.evaluate("tokens > 10 and calls == 1", context="watch") == "true"
    agent = client.frames()[2]["id"]
    assert (
        client.refused("evaluate", expression="city", frameId=agent, context="watch").text == "there is no 'city' here"
    )
    assert client.evaluate("frame.inputs.input", frameId=agent) == '"Weather in Oslo?"'
    assert client.evaluate("results.openai") == '""'


@pytest.mark.parametrize("context", ["watch", "hover", "clipboard", "variables"])
def test_what_is_evaluated_in_passing_never_pops_up(client: DapClient, weather_trace: Path, context: str) -> None:
    """A watch without a value says so in its own line."""
    client.begin(weather_trace)
    refusal = client.refused("evaluate", expression="nonsense.x", context=context)

    assert (refusal.text, refusal.shown, refusal.id) == ("there is no 'nonsense' here", False, 4001)


def test_evaluated_values_stay_open(client: DapClient, weather_trace: Path) -> None:
    """They are on the screen of the console, and time has moved."""
    client.begin(weather_trace)
    _at(client, 3)
    reference = client.ask("evaluate", expression="messages")["variablesReference"]
    client.move("next")
    (message,) = client.variables(reference).values()

    assert client.values(message["variablesReference"])["role"] == '"user"'


def test_a_hovered_name_is_that_of_its_line(client: DapClient, weather_trace: Path) -> None:
    """Where the run rests first; else as it was when it last came by the line under the mouse, or comes by next."""
    client.begin(weather_trace)
    source = {"path": str(weather_trace.parent / "src" / "app.ai")}
    for moment in (12, 1):
        _at(client, moment)
        assert client.evaluate("city", context="hover", source=source, line=9, column=3) == '"Oslo"'

    assert client.refused("evaluate", expression="city", context="hover", source=source, line=4).id == 4001
    assert client.refused("evaluate", expression="city", context="hover").id == 4001


def test_a_hovered_name_is_that_of_the_call_around_its_line(client: DapClient, tmp_path: Path) -> None:
    """The input of a chain is the chain's, also when the run rests in an agent that was asked something else."""
    story = Story()
    story.start("chain_execution", "Plan", line=20, input="for four")
    story.start("chain_step", "first", line=22)
    story.start("agent_execution", "Helper", line=3, input="Weather?", status="new")
    story.start("agent_turn", "Helper", line=3, input="4 degrees")
    for _ in range(4):
        story.end()
    client.begin(write_trace(tmp_path / "chain.jsonl", story.events))
    frame = _at(client, 3)
    source = {"path": str(tmp_path / "src" / "app.ai")}

    def hovered(expression: str, line: int) -> str:
        return client.evaluate(expression, context="hover", frameId=frame, source=source, line=line)

    assert [hovered("input", line) for line in (3, 5, 21, 24)] == [
        '"Weather?"',
        '"Weather?"',
        '"for four"',
        '"for four"',
    ]
    assert hovered("frame.inputs.status", 4) == '"new"'
    assert client.evaluate("input", context="hover", frameId=frame) == '"4 degrees"'


def test_the_console_speaks_the_terminals_language(client: DapClient, weather_trace: Path) -> None:
    """With a dot in front always, without one when it is no expression; a motion moves the editor."""
    client.begin(weather_trace)
    assert "Breakpoint 1" in client.evaluate(".break tool:get_weather", context="repl")

    client.evaluate("continue", context="repl")
    assert client.stopped()["description"] == "event 5 of 13: tool_call_start get_weather"
    assert client.evaluate("print city") == "Oslo"
    assert "get_weather" in client.evaluate("where")
    assert client.evaluate("city") == '"Oslo"'
    client.evaluate(".rnext")
    assert client.stopped()["description"] == "event 4 of 13: llm_call_end openai"
    client.move("continue")
    assert client.moment() == 5


def test_mistakes_in_the_console_are_sentences(client: DapClient, weather_trace: Path) -> None:
    """What cannot be done moves nothing."""
    client.begin(weather_trace)

    assert client.refused("evaluate", expression=".brake tool", context="repl").text.startswith(
        "There is no command 'brake'"
    )
    assert client.refused("evaluate", expression=".goto nowhere", context="repl").id == 4001
    assert client.refused("evaluate", expression="nonsense here", context="repl").id == 4001
    assert client.moment() == 0


def test_a_frame_that_is_selected_is_the_consoles(client: DapClient, weather_trace: Path) -> None:
    """`args` shows the inputs of the frame that the editor shows."""
    client.begin(weather_trace)
    _at(client, 5)
    agent = client.frames()[2]["id"]

    assert "Weather in Oslo?" in client.evaluate(".args", frameId=agent)


def test_quit_ends_the_session(client: DapClient, weather_trace: Path) -> None:
    """As it does at a prompt."""
    client.begin(weather_trace)
    client.evaluate(".quit")

    client.expect("exited")
    client.expect("terminated")


def test_a_mock_in_the_console_makes_the_editor_look_again(client: DapClient, weather_trace: Path) -> None:
    """What it shows of values is old then."""
    client.begin(weather_trace)
    _at(client, 6)
    client.evaluate('.mock get_weather "9 degrees"')

    client.expect("invalidated", areas=["variables", "stacks"])
    assert client.values(client.scopes()["Outputs"]) == {"result": '"9 degrees"'}


def test_a_reply_can_go_to_a_file(client: DapClient, weather_trace: Path) -> None:
    """Beside the trace, when its path is relative; or come as JSON."""
    client.begin(weather_trace)
    client.evaluate(".where > where.txt")

    assert "app_load_start" in (weather_trace.parent / "where.txt").read_text()
    assert client.evaluate(".print tokens --json") == "0"


def test_colours_are_for_clients_that_show_them(weather_trace: Path) -> None:
    """Escape codes only when both sides say that they know them."""
    for wanted in (False, True):
        with DapClient.inside() as client:
            assert client.initialize(supportsANSIStyling=wanted)["supportsANSIStyling"] is True
            client.begin(weather_trace)
            client.move("stepIn")

            assert ("\x1b[" in client.evaluate(".where")) is wanted


def _completed(client: DapClient, text: str) -> list[str]:
    found = client.ask("completions", text=text, column=len(text) + 1)["targets"]
    return [f"{text[: each['start'] - 1]}{each['text']}" for each in found]


def test_completion(client: DapClient, weather_trace: Path) -> None:
    """Names and their members, and after a dot the verbs and places of the terminal debugger."""
    client.begin(weather_trace)
    _at(client, 4)

    assert "tokens" in _completed(client, "tok")
    assert "1 + tokens" in _completed(client, "1 + tok")
    assert _completed(client, "frame.inp") == ["frame.inputs"]
    assert "events[6].outputs" in _completed(client, "events[6].out")
    assert "frame.outputs.tool_calls" in _completed(client, "frame.outputs.")
    assert ".break" in _completed(client, ".br")
    assert ".break tool:get_weather" in _completed(client, ".break tool:g")
    assert "break" in _completed(client, "brea")
    assert _completed(client, "nonsense.") == []


def test_completion_in_the_middle_of_a_line(client: DapClient, weather_trace: Path) -> None:
    """What stands after the cursor does not matter; lines and columns may be odd."""
    client.begin(weather_trace)
    targets = client.ask("completions", text="tok > 1", column=4)["targets"]
    assert [each["text"] for each in targets] == ["tokens", "tokens_used"]

    for line, column in ((5, 1), (-3, 1), (1, 99), (1, 0), (1, -9)):
        client.ask("completions", text="a\nb", line=line, column=column)
