"""Where breakpoints would stop, for marks on a timeline."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dap_adapter import markers
from tests.support.dap_client import DapClient
from tests.support.stories import Story, write_trace


def _moments(client: DapClient, **arguments: Any) -> list[int]:
    """All moments, however often one has to ask."""
    found: list[int] = []
    while True:
        page = client.ask("n3/stops", **arguments)
        found += (each["moment"] for each in page["moments"])
        if not page["more"]:
            return found
        arguments["from"] = page["to"] + 1


def _many(folder: Path, times: int) -> Path:
    """A tool that is called so often, with the next number each time."""
    story = Story()
    story.start("app_load", "demo")
    for number in range(times):
        story.start("tool_call", "count", n=number)
        story.end(outputs={"result": number})
    story.end()
    return write_trace(folder / "many.jsonl", story.events)


def test_where_a_run_would_stop(client: DapClient, weather_trace: Path) -> None:
    """Each with the breakpoint that stops there; log points stop nowhere."""
    client.begin(weather_trace, breakpoints=["llm:2"])
    app = weather_trace.parent / "src" / "app.ai"
    line, _ = client.set_breakpoints(app, 9, {"line": 4, "logMessage": "here"})
    (function,) = client.set_functions({"name": "turn", "condition": "turn == 2"})
    client.evaluate(".watch get_weather", context="repl")
    page = client.ask("n3/stops")

    assert (page["from"], page["to"], page["more"]) == (0, 13, False)
    launched = page["moments"][3]["id"]
    assert page["moments"] == [
        {"moment": 5, "id": line["id"], "kind": "breakpoint", "label": "app.ai:9"},
        {"moment": 6, "id": None, "kind": "watch", "label": "get_weather"},
        {"moment": 8, "id": function["id"], "kind": "breakpoint", "label": "turn"},
        {"moment": 9, "id": launched, "kind": "breakpoint", "label": "llm:2"},
    ]
    assert client.moment() == 0


def test_it_tells_where_continue_stops(client: DapClient, weather_trace: Path) -> None:
    """And changes nothing of that: hits are counted as they were."""
    client.begin(weather_trace)
    client.set_functions(
        {"name": "Helper", "hitCondition": "%2"}, "tool at end", {"name": "llm", "condition": "lane > 0"}
    )
    expected = _moments(client)
    walked = []
    while "breakpoint" in client.move("continue")["reason"]:
        walked.append(client.moment())
        assert _moments(client) == expected

    assert walked == expected == [2, 6]


def test_a_part_and_a_page(client: DapClient, tmp_path: Path) -> None:
    """So many at most; the rest is asked for from where it was looked to."""
    client.begin(_many(tmp_path, 300))
    client.set_functions("count")

    page = client.ask("n3/stops", most=3, **{"from": 10, "to": 590})
    assert [each["moment"] for each in page["moments"]] == [11, 13, 15]
    assert (page["from"], page["to"], page["more"]) == (10, 15, True)
    assert _moments(client, most=7, **{"from": 10, "to": 590}) == list(range(11, 591, 2))
    assert client.ask("n3/stops", **{"from": 900})["moments"] == []
    assert client.refused("n3/stops", most="all").id == 1004


def test_conditions_are_evaluated_within_a_time(
    client: DapClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request that has none looks at little, goes on the next time where it was, and comes to the end."""
    monkeypatch.setattr(markers, "_WITHIN_S", 0.0)
    client.begin(_many(tmp_path, 300))
    client.set_functions(
        {"name": "count", "condition": "n % 100 == 99"}, {"name": "tool at end", "hitCondition": "%250"}
    )
    first = client.ask("n3/stops")

    assert first["more"]
    monkeypatch.undo()
    assert [each["moment"] for each in first["moments"]] + _moments(client, **{"from": first["to"] + 1}) == [
        199, 399, 500, 599,
    ]  # fmt: skip


def test_without_breakpoints_there_are_none(client: DapClient, weather_trace: Path) -> None:
    """And disabled ones do not count."""
    client.begin(weather_trace)
    assert client.ask("n3/stops") == {"from": 0, "to": 13, "moments": [], "more": False}

    client.evaluate(".break tool", context="repl")
    client.evaluate(".disable 1", context="repl")
    assert _moments(client) == []
