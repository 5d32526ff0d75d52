"""What a person sees, as files that a person can read: `tests/screens/*.txt`, at 80 and at 120 columns."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from namel3ss_dbg.analysis import analyze
from namel3ss_dbg.events import Stop
from namel3ss_dbg.render.console import PlainPainter
from namel3ss_dbg.render.events import EventPage, EventRow, EventStream
from namel3ss_dbg.render.frames import FramesView
from namel3ss_dbg.render.report import ReportView
from namel3ss_dbg.render.screen import ScreenPainter
from namel3ss_dbg.render.stop import StopView
from namel3ss_dbg.render.tables import View
from namel3ss_dbg.timeline.state import Change
from namel3ss_dbg.timeline.timeline import Timeline
from namel3ss_dbg.trace.index import TraceIndex
from tests.support.golden import assert_golden
from tests.support.weather import write_weather

SCREENS = Path(__file__).parents[1] / "screens"


def views_of(timeline: Timeline) -> dict[str, list[View]]:
    """What to show, by name of the screen."""
    stream = EventStream(timeline)
    moments = range(len(timeline))
    changes = [Change("turn", 1, 2), Change("city", "Bergen", "Oslo")]
    return {
        "report": [ReportView(analyze(timeline))],
        "stream": [stream.passed(moment) for moment in moments],
        "events": [EventRow(timeline, moment) for moment in moments],
        "event": [EventPage(timeline, moment) for moment in (3, 17, 19)],
        "stop": [
            StopView(timeline, Stop(3, "step")),
            StopView(timeline, Stop(5, "breakpoint", 1), changes=changes, displays=[("tokens", 151)], held_s=12),
            StopView(timeline, Stop(6, "step"), lane=1),
            StopView(timeline, Stop(17, "catch")),
            StopView(timeline, Stop(24, "end")),
        ],
        "where": [FramesView(timeline, 5), FramesView(timeline, 9, frame=1)],
    }


@pytest.fixture
def timeline() -> Iterator[Timeline]:
    time.tzset()  # to the time zone that all tests run in
    write_weather(Path())
    with TraceIndex("trace.jsonl") as index:
        yield Timeline(index.finish())


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("name", ["report", "stream", "events", "event", "stop", "where"])
def test_screens_look_as_they_did(timeline: Timeline, name: str, width: int) -> None:
    """A change of what people see is made on purpose and reviewed as a picture."""
    painter = ScreenPainter(width, color=False)

    assert_golden(SCREENS / f"{name}_{width}.txt", "".join(map(painter.paint, views_of(timeline)[name])))


@pytest.mark.parametrize("name", ["report", "events"])
def test_plain_lines_look_as_they_did(timeline: Timeline, name: str) -> None:
    """Other people's scripts read these lines."""
    assert_golden(SCREENS / f"{name}_plain.txt", "".join(map(PlainPainter().paint, views_of(timeline)[name])))
