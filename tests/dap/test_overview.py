"""Our own requests for views of a whole run."""

from __future__ import annotations

import re
from pathlib import Path

from dap_adapter.registry import OWN, ROWS
from tests.support.dap_client import DapClient
from tests.support.stories import Story, write_trace

PAGE = Path(__file__).parents[2] / "docs" / "dap.md"


def test_where_it_rests(client: DapClient, weather_trace: Path) -> None:
    """And how much there is."""
    client.begin(weather_trace)
    client.move("stepIn")

    assert client.ask("n3/position") == {
        "moment": 1,
        "events": 14,
        "complete": True,
        "elapsedMs": 100.0,
        "atStart": False,
        "atEnd": False,
    }


def test_positions_are_told_to_those_who_ask(client: DapClient, weather_trace: Path) -> None:
    """One small event for each stop."""
    client.begin(weather_trace, positionEvents=True)
    client.expect("n3/position", moment=0, atStart=True)

    client.move("continue")

    client.expect("n3/position", moment=13, atEnd=True)


def test_all_of_one_event(client: DapClient, weather_trace: Path) -> None:
    """As it is shown."""
    client.begin(weather_trace)

    assert client.ask("n3/event", moment=6)["event"]["outputs"] == {"result": "4 degrees"}
    assert client.ask("n3/event", place="get_weather at end")["moment"] == 6
    assert client.ask("n3/event", moment=9)["previousLike"] == 3
    assert client.ask("n3/event", moment=3)["previousLike"] is None
    assert client.refused("n3/event", moment=99).text == "There is no event #99."
    assert client.refused("n3/event", place="nowhere").id == 4001


def test_a_model_call_is_compared_with_one_of_the_same_llm(client: DapClient, tmp_path: Path) -> None:
    """Two llms of one provider have one component name; what was declared tells them apart, as long as it was noted."""
    story = Story()
    for llm in ("writer", "planner", "writer", "reader"):
        story.start("llm_call", "openai")
        story.end(metadata={"llm": llm})
    client.begin(write_trace(tmp_path / "llms.jsonl", story.events))

    assert [client.ask("n3/event", moment=moment)["previousLike"] for moment in (3, 5, 4)] == [None, 1, 2]


def test_travel_to_any_place(client: DapClient, weather_trace: Path) -> None:
    """By number, or in the words of the terminal debugger."""
    client.begin(weather_trace)
    for place, moment in (("llm:2", 9), ("tool", 5), ("$", 13), ("turn 2", 8)):
        client.ask("n3/goToEvent", place=place)
        client.stopped(reason="goto")
        assert client.moment() == moment

    assert client.refused("n3/goToEvent", moment=14).text == "There is no event #14."
    assert client.refused("n3/goToEvent", place="nowhere").id == 4001
    assert client.refused("n3/goToEvent").id == 1004


def test_the_page_tells_of_every_request_of_ours() -> None:
    """And of no other."""
    told = set(re.findall(r"^### `(n3/\w+)`", PAGE.read_text("utf-8"), re.MULTILINE))

    assert told == {row.command for row in ROWS if row.command.startswith(OWN)}
