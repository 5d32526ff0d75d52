"""Bookmarks of an editor, which are the marks of the terminal debugger."""

from __future__ import annotations

from pathlib import Path

from tests.support.dap_client import DapClient


def test_a_mark_is_a_place_everywhere(client: DapClient, weather_trace: Path) -> None:
    """In requests and in the console; marks of the console are told of, too."""
    client.begin(weather_trace)
    assert client.ask("n3/mark", moment=9, name="second") == {
        "name": "second",
        "moment": 9,
        "marks": [{"name": "second", "moment": 9}],
    }
    client.evaluate(".mark first tool", context="repl")
    assert client.ask("n3/marks") == {"marks": [{"name": "first", "moment": 5}, {"name": "second", "moment": 9}]}

    client.ask("n3/goToEvent", place="'second")
    client.stopped()
    assert client.moment() == 9
    client.evaluate(".goto 'first", context="repl")
    client.stopped()
    assert client.moment() == 5


def test_without_a_name_it_is_a_number(client: DapClient, weather_trace: Path) -> None:
    """And without a moment it is where the run rests; set again, a mark moves."""
    client.begin(weather_trace)
    client.move("stepIn")

    assert client.ask("n3/mark")["marks"] == [{"name": "1", "moment": 1}]
    assert client.ask("n3/mark", moment=4)["name"] == "2"
    assert client.ask("n3/mark", moment=7, name="1")["marks"] == [
        {"name": "2", "moment": 4},
        {"name": "1", "moment": 7},
    ]


def test_marks_are_taken_away(client: DapClient, weather_trace: Path) -> None:
    """By name, or all that are at a moment."""
    client.begin(weather_trace)
    for name, moment in (("a", 3), ("b", 3), ("c", 5)):
        client.ask("n3/mark", moment=moment, name=name)

    assert client.ask("n3/mark", name="c", remove=True)["marks"] == [
        {"name": "a", "moment": 3},
        {"name": "b", "moment": 3},
    ]
    assert client.ask("n3/mark", moment=3, remove=True) == {"marks": []}
    assert client.ask("n3/mark", moment=3, remove=True) == {"marks": []}
    assert client.refused("n3/mark", name="c", remove=True).text == "There is no mark 'c."


def test_what_cannot_be_a_mark(client: DapClient, weather_trace: Path) -> None:
    """Is refused, and sets none."""
    client.begin(weather_trace)

    assert client.refused("n3/mark", name="two words").text.startswith("two words cannot name a mark")
    assert client.refused("n3/mark", name=7).id == 1004
    assert client.refused("n3/mark", remove="yes").id == 1004
    assert client.refused("n3/mark", moment=99).id == 3006
    assert client.ask("n3/marks") == {"marks": []}


def test_changes_are_told_to_those_who_ask(client: DapClient, weather_trace: Path) -> None:
    """Whoever made them; what changes nothing is not told."""
    client.begin(weather_trace, positionEvents=True)
    client.expect("n3/position")
    client.ask("n3/mark", moment=5, name="crash")
    client.expect("n3/marks", marks=[{"name": "crash", "moment": 5}])
    client.ask("n3/mark", moment=5, name="crash")
    client.evaluate(".mark crash llm", context="repl")

    client.expect("n3/marks", marks=[{"name": "crash", "moment": 3}])


def test_marks_stay_when_the_recording_is_read_again(client: DapClient, weather_trace: Path) -> None:
    """Like breakpoints; and they can be gone to, although little of it was read so far."""
    client.begin(weather_trace)
    client.ask("n3/mark", moment=13, name="end")
    client.ask("restart")
    client.take_sources()
    client.stopped(reason="entry")

    assert client.ask("n3/marks") == {"marks": [{"name": "end", "moment": 13}]}
