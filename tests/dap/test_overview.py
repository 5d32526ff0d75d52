"""Our own requests for views of a whole run."""

from __future__ import annotations

import re
from pathlib import Path

from dap_adapter.registry import OWN, ROWS
from tests.support.dap_client import DapClient

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


def test_events_in_buckets(client: DapClient, parallel_trace: Path) -> None:
    """As many as there are pixels, each with what is in it."""
    client.begin(parallel_trace)
    whole = client.ask("n3/timeline", buckets=5)

    assert [(each["from"], each["to"]) for each in whole["buckets"]] == [(0, 1), (2, 3), (4, 5), (6, 7), (8, 9)]
    assert whole["buckets"][3] == {
        "from": 6,
        "to": 7,
        "components": {"error": 1, "tool": 1},
        "errors": 2,
        "depth": 3,
        "elapsedMs": 600.0,
    }
    assert sum(count for each in whole["buckets"] for count in each["components"].values()) == 10
    part = client.ask("n3/timeline", **{"from": 8, "to": 99, "buckets": 50})
    assert (part["from"], part["to"], len(part["buckets"])) == (8, 9, 2)
    assert client.refused("n3/timeline", buckets="many").id == 1004


def test_the_tree_comes_by_the_page(client: DapClient, parallel_trace: Path) -> None:
    """Calls and points in a call, with how they ended."""
    client.begin(parallel_trace)
    (root,) = client.ask("n3/children")["children"]
    assert (root["label"], root["end"], root["hasChildren"], root["status"]) == ("app demo", 9, True, "completed")
    page = client.ask("n3/children", parent=1, count=1)
    assert ([each["moment"] for each in page["children"]], page["more"]) == ([2], True)
    rest = client.ask("n3/children", parent=1, after=page["children"][-1]["moment"])
    (rome,) = rest["children"]
    assert (rome["moment"], rome["status"], rome["lane"], rome["durationMs"]) == (3, "failed", 1, 400.0)

    inside = client.ask("n3/children", parent=3)["children"]
    assert [(each["moment"], each["hasChildren"]) for each in inside] == [(4, False), (6, False)]
    assert client.refused("n3/children", parent=99).id == 3006
    assert [each["moment"] for each in client.ask("n3/path", moment=4)["path"]] == [0, 1, 3]


def test_all_of_one_event(client: DapClient, weather_trace: Path) -> None:
    """As it is shown."""
    client.begin(weather_trace)

    assert client.ask("n3/event", moment=6)["event"]["outputs"] == {"result": "4 degrees"}
    assert client.refused("n3/event", moment=99).text == "There is no event #99."


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
