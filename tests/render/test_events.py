"""One event on one line, plainly and on a screen."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given

from namel3ss_dbg.events import TraceEvent
from namel3ss_dbg.render.events import EventPage, EventRow, EventStream, plain_event
from namel3ss_dbg.render.pieces import cells, text_of
from namel3ss_dbg.render.screen import ScreenPainter
from namel3ss_dbg.render.tables import View
from namel3ss_dbg.timeline.timeline import Timeline
from tests.strategies import Record, timeline_of, traces
from tests.support.weather import weather_records

SLOW = re.compile("duration.*[5-9][0-9][0-9][0-9]")
"""The seed's own way to find calls that took five seconds or more."""


def painted(view: View, width: int = 100) -> str:
    return ScreenPainter(width, color=False).paint(view)


@pytest.fixture
def weather() -> Timeline:
    return timeline_of(weather_records())


def test_a_plain_line_has_everything(weather: Timeline) -> None:
    """Number, type, component, name, then what is known as `key=value`."""
    assert plain_event(weather, 5) == (
        "#5 tool_call_start tool get_weather status=started parent=#2 lane=0 source=app.ai:9 "
        'city="Oslo" units="metric" memory_mb=105.0'
    )
    assert plain_event(weather, 17) == (
        '#17 tool_call_end tool get_weather status=failed error="TimeoutError: no answer within 5 s" parent=#5 lane=0 '
        "source=app.ai:9 memory_mb=117.0 duration_ms=5123.0"
    )


def test_grep_finds_the_slow_calls_and_no_others(weather: Timeline) -> None:
    """As the guide says it; that 5 tokens more are used than a second has milliseconds does not matter."""
    found = [moment for moment in range(len(weather)) if SLOW.search(plain_event(weather, moment))]

    assert found == [17, 21, 22, 24]


@pytest.mark.parametrize(("duration_ms", "found"), [(5000.0, True), (4999.9, False), (85.25, False), (9999.96, False)])
def test_nothing_else_on_the_line_is_taken_for_a_duration(duration_ms: float, *, found: bool) -> None:
    """Neither tokens nor payloads stand behind it."""
    timeline = Timeline()
    outputs = {"n": 6000}
    timeline.append(TraceEvent(event_type="llm_call_end", duration_ms=duration_ms, tokens_used=7000, outputs=outputs))

    assert bool(SLOW.search(plain_event(timeline, 0))) is found


def test_a_payload_cannot_pretend_to_be_a_fact() -> None:
    """Keys that mean something on the line are told apart, and control characters are spelled out."""
    timeline = Timeline()
    inputs: dict[str, Any] = {"status": "failed", "odd key": 1, "text": "a\nb\x1b[2J"}
    timeline.append(TraceEvent(event_type="note", component="my app", inputs=inputs))

    assert plain_event(timeline, 0) == (
        '#0 note "my app" status=completed lane=0 inputs.status="failed" "odd key"=1 text="a\\nb\\u001b[2J"'
    )


def test_a_row_fits_and_says_what_went_wrong(weather: Timeline) -> None:
    """Number, time, type, name, duration, error."""
    row = painted(EventRow(weather, 17))

    assert row == "#17      +5.98 s  tool_call_end get_weather  5.12 s  ✗ TimeoutError: no answer within 5 s\n"


def test_a_page_shows_all_there_is(weather: Timeline) -> None:
    """Head, facts and values, each on its line."""
    page = painted(EventPage(weather, 19))

    assert "#19/24 tool_call_end get_weather" in page
    assert "  status    completed  mocked" in page
    assert "  parent    #18 tool_call_start get_weather" in page
    assert '  out  result  {"temp_c": 4, "sky": "clear"}' in page


def test_the_stream_is_indented_and_marks_lanes_while_several_run(weather: Timeline) -> None:
    """The second lane begins with the prompt and ends with it."""
    stream = EventStream(weather)
    lines = [painted(stream.passed(moment), 60).rstrip("\n") for moment in range(len(weather))]

    assert lines[4] == "#4          ◂ llm openai 820 ms  → call get_weather"
    assert lines[6].startswith('#6    1|   ▸ prompt Classify  {"text": ')
    assert [number for number, text in enumerate(lines) if " 1|" in text] == list(range(6, 16))
    assert "✗ TimeoutError" in lines[17]
    assert " 110 ms mocked " in lines[19]


@given(traces())
def test_every_event_of_any_trace_can_be_shown(records: list[Record]) -> None:
    """On one plain line and on one line of any screen."""
    timeline = timeline_of(records)
    stream = EventStream(timeline)
    for moment in range(len(timeline)):
        assert "\n" not in plain_event(timeline, moment)
        for view in (stream.passed(moment), EventRow(timeline, moment)):
            (shown,) = view.screen(40)
            assert isinstance(shown, tuple)
            assert cells(text_of(shown)) <= 40
