"""What it costs to move through a trace whose index is known."""

from __future__ import annotations

import os
import random
import statistics
import time
from collections.abc import Callable

import orjson

from namel3ss_dbg.events import BACKWARD, FORWARD
from namel3ss_dbg.timeline.cursor import Cursor
from namel3ss_dbg.timeline.session import DebugSession
from namel3ss_dbg.trace.index import TraceIndex

from .bench import Bench
from .work import NEVER

_STOPS = 500
_BREAKPOINTS = ("error", "turn", "tool:sql", "llm:fast at end", "Planner")


def _median(session: DebugSession, moments: list[int], move: Callable[[Cursor], object]) -> float:
    """Seconds of a motion, the median over many moments; of the clock, because one is over in microseconds."""
    cursor, took = session.cursor, []
    for moment in moments:
        cursor.goto(moment)
        began = time.perf_counter()
        move(cursor)
        took.append(time.perf_counter() - began)
    return statistics.median(took)


def motions(bench: Bench) -> None:
    """All motions in both directions, from the same moments."""
    measured, chance = bench.measured, random.Random(4)  # noqa: S311
    with DebugSession.open(bench.big_known) as session:
        moments = [chance.randrange(bench.events) for _ in range(_STOPS)]
        for direction, way in ((FORWARD, ""), (BACKWARD, "_back")):
            measured[f"step{way}"] = _median(session, moments, lambda cursor: cursor.step(direction))  # noqa: B023
            measured[f"next{way}"] = _median(session, moments, lambda cursor: cursor.next(direction))  # noqa: B023
            measured[f"finish{way}"] = _median(session, moments, lambda cursor: cursor.finish(direction))  # noqa: B023
        measured["frames"] = _median(session, moments, lambda cursor: session.frames())
        for number, place in enumerate(_BREAKPOINTS, 1):
            session.break_at(place)
            if number in (1, len(_BREAKPOINTS)):
                measured[f"resume_{number}"] = _median(session, moments, Cursor.resume)
                measured[f"resume_{number}_back"] = _median(session, moments, lambda cursor: cursor.resume(BACKWARD))
    measured["slowest"] = max(measured.values())


def resume_if(bench: Bench) -> None:
    """From the beginning to the end, past a condition that is asked at every model call; for each of them."""
    with DebugSession.open(bench.big_known) as session:
        breakpoint = session.break_at("llm_call_end", condition=NEVER)
        calls = session.breakpoints.matching(breakpoint)
        with bench.timed(calls):
            assert session.cursor.resume().reason == "end"
        assert breakpoint.problem is None


def condition_floor(bench: Bench) -> None:
    """The least that a condition costs: read the line of the event, decode it, ask Python."""
    condition = compile(NEVER, "condition", "eval")
    with TraceIndex(bench.big_known) as index, bench.big_known.open("rb") as file:
        columns, descriptor = index.columns, file.fileno()
        codes = columns.matching(lambda shape: shape.event_type == "llm_call_end")
        rows = sorted(row for code in codes for row in columns.shape_rows[code])
        places = [(len(index.line(row)), columns.offset[row]) for row in rows]
        with bench.timed(len(rows)):
            for length, offset in places:
                outputs = orjson.loads(os.pread(descriptor, length, offset))["outputs"]
                assert not eval(condition, {}, outputs)  # noqa: S307
