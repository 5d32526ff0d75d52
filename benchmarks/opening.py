"""What it costs to open a trace: whole, as far as the first stop needs it, and for the second time."""

from __future__ import annotations

from pathlib import Path

from namel3ss_dbg.timeline.session import DebugSession
from namel3ss_dbg.trace import sidecar
from namel3ss_dbg.trace.codec import read_line
from namel3ss_dbg.trace.index import TraceIndex

from .bench import Bench


def prepare(path: Path, known: Path) -> None:
    """Give a trace a second name, and that one a sidecar, however small it is."""
    known.hardlink_to(path)
    with TraceIndex(known, use_sidecar=False) as index, known.open("rb") as file:
        index.finish()
        sidecar.save(known, file, index.columns, index.position)


def _cold(bench: Bench, path: Path, events: int) -> None:
    index = TraceIndex(path, use_sidecar=False)
    with bench.timed():
        index.finish()
    assert len(index) == events
    bench.measured["each"] = bench.measured["cpu"] / events


def cold(bench: Bench) -> None:
    """All of the index: offsets, shapes, parents, matches, depths, lanes, numbers."""
    _cold(bench, bench.big, bench.events)


def cold_small(bench: Bench) -> None:
    """The same for the small trace."""
    _cold(bench, bench.small, bench.few)


def _ready() -> None:
    """Have the codec compiled, which a process does once, whatever it opens."""
    read_line(b'{"event_type": "app_load_start"}')


def _stop(bench: Bench, path: Path) -> None:
    _ready()
    with bench.timed():
        session = DebugSession.open(path)
        session.cursor.step()
        assert session.event is not None
        session.frames()


def first_stop(bench: Bench) -> None:
    """A session, its first stop, the event and the frames there."""
    _stop(bench, bench.big)


def first_stop_small(bench: Bench) -> None:
    """The same for the small trace."""
    _stop(bench, bench.small)


def _again(bench: Bench, path: Path, events: int) -> None:
    _ready()
    with bench.timed():
        session = DebugSession.open(path)
        session.cursor.goto(events // 2)
        assert session.event is not None
        session.frames()
    assert session.timeline.closed
    assert session.timeline.frontier == events - 1


def again(bench: Bench) -> None:
    """A session over a trace that has a sidecar, and a stop in the middle of it."""
    _again(bench, bench.big_known, bench.events)


def again_small(bench: Bench) -> None:
    """The same for the small trace."""
    _again(bench, bench.small_known, bench.few)
