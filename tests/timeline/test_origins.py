"""Where a value comes from."""

from __future__ import annotations

import pytest

from namel3ss_dbg.events import BEGINNING, TraceEvent
from namel3ss_dbg.timeline.origins import Origin
from tests.support.runs import recorded
from tests.support.stories import Story, weather


def why(events: list[TraceEvent], name: str, moment: int) -> list[tuple[int, str]]:
    """The events that a value comes from, and where it stands in them."""
    session = recorded(events)
    session.cursor.goto(moment)
    return [(origin.moment, origin.path) for origin in session.why(name)]


def test_an_answer_is_followed_to_the_tool_that_it_was_made_from() -> None:
    """From the agent's answer to the turn's, the model's, and the tool's result in what the model was told."""
    assert why(weather(), "Helper", 13) == [
        (12, "outputs.response"),
        (11, "outputs.response"),
        (10, "outputs.text"),
    ]
    assert why(weather(), "response", 12) == [(12, "outputs.response"), (11, "outputs.response"), (10, "outputs.text")]


def made_of() -> list[TraceEvent]:
    """A chain of two steps, of which the second says something new about what the first found."""
    story = Story()
    story.start("app_load", "demo")
    story.start("chain_execution", "C", question="What is it like?")
    story.start("chain_step", "look", inputs={"about": "What is it like?"})
    story.start("tool_call", "search", text="What is it like?")
    story.end(outputs={"result": "rather cold"})
    story.end(outputs={"result": "rather cold"})
    story.start("chain_step", "say", inputs={"lines": ["It is rather cold there."]})
    story.end(outputs={"result": "Take a coat."})
    story.end(outputs={"result": "Take a coat."})
    story.end()
    return story.events


def test_a_new_value_is_followed_to_what_went_into_the_call() -> None:
    """The step's text was made from the text that the step before had from a tool."""
    assert why(made_of(), "result", 8) == [
        (8, "outputs.result"),
        (7, "outputs.result"),
        (5, "outputs.result"),
        (4, "outputs.result"),
    ]


def test_an_input_is_followed_to_where_it_was_said_first() -> None:
    """What was handed from call to call comes from the outermost."""
    assert why(made_of(), "text", 3) == [(3, "inputs.text"), (2, "inputs.inputs.about"), (1, "inputs.question")]


@pytest.mark.parametrize("name", ["tokens", "elapsed", "nobody"])
def test_what_is_counted_has_no_origin(name: str) -> None:
    """Totals, and names without a value, come from no event."""
    assert why(weather(), name, 13) == []
    assert why(weather(), name, BEGINNING) == []


@pytest.mark.parametrize(("name", "moment", "origin"), [("turn", 9, (8, "inputs.turn")), ("status", 6, (6, "status"))])
def test_a_value_that_tells_nothing_is_not_followed(name: str, moment: int, origin: tuple[int, str]) -> None:
    """That another event holds the same small number is an accident."""
    assert why(weather(), name, moment) == [origin]


def test_an_origin_holds_the_value() -> None:
    """With the event and the path comes what stands there."""
    session = recorded(weather())
    session.cursor.goto(6)

    assert session.why("city") == [Origin(5, "inputs.city", "Oslo")]
    assert session.why("city", frame=3) == []


def test_values_deep_inside_and_long_chains_are_bounded() -> None:
    """A value that hundreds of events hand on is followed over twenty of them."""
    story = Story()
    for _ in range(100):
        story.start(
            "agent_execution", "deep", text={"a": {"b": {"c": {"d": "too deep to find"}}}}, input="all the same"
        )

    assert len(why(story.events, "input", 99)) == 20
    assert why(story.events, "text", 99)[0] == (99, "inputs.text")


def test_a_result_without_a_start_comes_from_nowhere() -> None:
    """In a torn trace an end may have lost its start."""
    story = Story()
    story.point("tool_call_end", "lost", outputs={"result": "some text"})

    assert why(story.events, "lost", 0) == [(0, "outputs.result")]


def test_a_call_made_of_nothing_known() -> None:
    """When nothing that ended before went into a call, its result begins there."""
    story = Story()
    story.start("app_load", "demo")
    story.start("tool_call", "a")
    story.end(outputs={"result": 7})
    story.start("tool_call", "b", numbers=[1, 2])
    story.end(outputs={"result": "something"})

    assert why(story.events, "b", 4) == [(4, "outputs.result")]
