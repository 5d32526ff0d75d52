"""What a person sees after each motion."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from namel3ss_dbg.events import BEGINNING, Stop
from namel3ss_dbg.render.console import PlainPainter
from namel3ss_dbg.render.frames import FramesView
from namel3ss_dbg.render.pieces import ASCII, cells, text_of
from namel3ss_dbg.render.screen import ScreenPainter
from namel3ss_dbg.render.stop import StopView
from namel3ss_dbg.timeline.state import ABSENT, Change
from namel3ss_dbg.timeline.timeline import Timeline
from namel3ss_dbg.trace.index import TraceIndex
from tests.strategies import Record, timeline_of, traces
from tests.support.weather import weather_records, write_weather


def seen(view: StopView | FramesView, width: int = 80) -> list[str]:
    return ScreenPainter(width, color=False).paint(view).splitlines()


@pytest.fixture
def weather(tmp_path: Path) -> Iterator[Timeline]:
    with TraceIndex(write_weather(tmp_path)) as index:
        yield Timeline(index.finish())


def test_the_source_is_found_beside_the_trace(weather: Timeline) -> None:
    """Three lines, the current one marked, and the values below."""
    assert seen(StopView(weather, Stop(5, "breakpoint", 1))) == [
        "#5/24 tool_call_start get_weather   breakpoint 1   +0.86 s",
        "     8 tool get_weather {",
        '  ❱  9     python: "weather:lookup"',
        "    10     timeout: 5",
        "  in   city   Oslo",
        "  in   units  metric",
    ]


def test_a_step_does_not_say_why_it_stopped() -> None:
    """The person knows; and without the file there are no lines of it."""
    assert seen(StopView(timeline_of(weather_records()), Stop(17, "step"))) == [
        "#17/24 tool_call_end get_weather 5.12 s   +5.98 s",
        "  ✗ TimeoutError: no answer within 5 s",
    ]


def test_the_beginning_has_no_event() -> None:
    """Moment -1 is before everything."""
    view = StopView(timeline_of(weather_records()), Stop(BEGINNING, "beginning"))

    assert seen(view) == ["start/24 beginning   25 events"]
    assert list(view.plain()) == ["start/24 beginning"]


def test_changes_and_displays_follow_the_values() -> None:
    """What is new, what went away, and what was asked for at each stop; how long the program is held."""
    changes = [Change("turn", 1, 2), Change("city", ABSENT, "Oslo"), Change("tmp", "x", ABSENT)]
    view = StopView(
        timeline_of(weather_records()), Stop(20, "step"), changes=changes, displays=[("tokens", 151)], held_s=12.3
    )

    assert seen(view)[0].endswith("+6.11 s   held 12 s")
    assert seen(view)[-4:] == [
        "  ~    turn  1 → 2", "  ~    city  absent → Oslo", "  ~    tmp  x → absent", "  show tokens  151",
    ]  # fmt: skip
    assert list(view.plain())[1:] == [
        "changed turn before=1 after=2",
        'changed city before=absent after="Oslo"',
        'changed tmp before="x" after=absent',
        "display tokens value=151",
    ]


def test_another_lane_shows_its_own_event(weather: Timeline) -> None:
    """The moment is the same for all lanes; where each of them is differs."""
    head = seen(StopView(weather, Stop(16, "step"), lane=1))[0]

    assert head == "#16/24 prompt_execution_end Classify 2.17 s   lane 1   +5.86 s"


def test_signs_can_be_ascii(weather: Timeline) -> None:
    """For terminals and people that want it."""
    shown = ScreenPainter(80, color=False, signs=ASCII).paint(StopView(weather, Stop(17, "step"), signs=ASCII))

    assert shown.isascii()
    assert "  >  9 " in shown


def test_a_pipe_gets_one_line_with_everything(weather: Timeline) -> None:
    """The event as `inspect` prints it, with why and where the motion stopped."""
    assert PlainPainter().paint(StopView(weather, Stop(5, "breakpoint", 1))) == (
        '#5 tool_call_start tool get_weather stop="breakpoint 1" frontier=#24 status=started parent=#2 lane=0 '
        'source=app.ai:9 city="Oslo" units="metric" memory_mb=105.0\n'
    )


values = st.dictionaries(st.text(max_size=8), st.text(max_size=100) | st.integers(), max_size=20)


@given(traces(), values, st.lists(st.text(max_size=9), max_size=20), st.integers(20, 120))
def test_a_stop_takes_at_most_twelve_lines_that_fit(
    records: list[Record], inputs: dict[str, Any], changed: list[str], width: int
) -> None:
    """However many values there are and however long they are; and it says how many more."""
    for record in records:
        record["inputs"] = inputs
    timeline = timeline_of(records)
    changes = [Change(name, 1, "x" * 300) for name in changed]
    for moment in range(BEGINNING, len(timeline)):
        shown = list(StopView(timeline, Stop(moment, "step"), changes=changes).screen(width))

        assert 1 <= len(shown) <= 12
        assert all(isinstance(block, tuple) and cells(text_of(block)) <= width for block in shown)


def test_where_is_a_tree_with_the_frame_that_is_looked_at(weather: Timeline) -> None:
    """The outermost call first; up and down move the mark."""
    assert seen(FramesView(weather, 5, frame=1)) == [
        "run",
        "  └── app weather  #0",
        "      └── agent Helper  #1  app.ai:1",
        "❱         └── agent Helper turn 1  #2  app.ai:1",
        "              └── tool get_weather  #5  app.ai:9",
    ]


def test_where_is_plain_in_a_pipe(weather: Timeline) -> None:
    """The innermost call first, as its start stands in the trace."""
    assert [text.split(" status")[0] for text in FramesView(weather, 5).plain()] == [
        "frame=0 #5 tool_call_start tool get_weather", "frame=1 #2 agent_turn_start agent Helper",
        "frame=2 #1 agent_execution_start agent Helper", "frame=3 #0 app_load_start app weather",
    ]  # fmt: skip
