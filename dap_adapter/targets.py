"""Travelling: to a line, of whose visits the client shows a choice, or into one of the calls ahead."""

from __future__ import annotations

from bisect import bisect_left
from itertools import islice
from typing import TYPE_CHECKING, Any

from namel3ss_dbg.events import Moment
from namel3ss_dbg.timeline.patterns import OnLine
from namel3ss_dbg.timeline.places import local_time
from namel3ss_dbg.trace.columns import START

from . import protocol as dap
from .errors import Problem, Refused
from .scopes import Look
from .session import Then
from .stops import Resting

if TYPE_CHECKING:
    from .adapter import Adapter

_MOST = 200
"""Targets that a person can choose from."""


def goto_targets(adapter: Adapter, arguments: dap.GotoTargetsArguments) -> dap.GotoTargetsBody:
    """The recorded visits of a line, those nearest to where the run rests."""
    listed = adapter.sources.listed(arguments.source)
    if listed is None:
        return dap.GotoTargetsBody(targets=[])
    line = adapter.sources.line_from(listed, adapter.client.line_in(arguments.line))
    if line is None:
        return dap.GotoTargetsBody(targets=[])
    if listed.kind != "program":
        return dap.GotoTargetsBody(targets=[_target(adapter, line - 1, line, "")])
    columns = adapter.run.timeline.columns
    rows = sorted({row for file in listed.files for lane in OnLine(file, line).lists(columns) for row in lane})
    here = bisect_left(rows, adapter.run.moment)
    first = max(min(here - _MOST // 2, len(rows) - _MOST), 0)
    shown = enumerate(islice(rows, first, first + _MOST), first + 1)
    return dap.GotoTargetsBody(
        targets=[_target(adapter, row, line, f"visit {number}/{len(rows)} - ") for number, row in shown]
    )


def _target(adapter: Adapter, row: Moment, line: int, visit: str) -> dap.GotoTarget:
    timeline = adapter.run.timeline
    stamp = timeline.columns.timestamp[row]
    clock = local_time(stamp) if stamp else None
    when = f"{clock:%H:%M:%S} - " if clock is not None else ""
    turn = next((name for start in adapter.run.lanes.frames_at(row) if (name := _turn(adapter, start))), "")
    return dap.GotoTarget(
        id=row + 1,
        label=f"{visit}{turn}{when}{adapter.stacks.name(row)}  #{row}",
        line=adapter.client.line_out(line),
    )


def _turn(adapter: Adapter, start: Moment) -> str:
    is_turn = adapter.run.timeline.columns.shape_at(start).event_type == "agent_turn_start"
    return f"{adapter.stacks.name(start)} - " if is_turn else ""


def goto(adapter: Adapter, arguments: dap.GotoArguments) -> Then:
    """Travel to a target."""
    adapter.stacks.lane_of(arguments.thread_id)
    return _travel(adapter, arguments.target_id - 1, f"There is no target {arguments.target_id} here.")


def go_to_event(adapter: Adapter, arguments: dict[str, Any]) -> Then:
    """Travel to an event, by its number or by any place."""
    moment, place = arguments.get("moment"), arguments.get("place")
    if isinstance(place, str):
        return _travel(adapter, adapter.run.places.resolve(place, here=adapter.run.moment), "")
    if isinstance(moment, int) and not isinstance(moment, bool):
        return _travel(adapter, moment, f"There is no event #{moment}.")
    raise Refused(Problem.BAD_ARGUMENTS, "'moment', a whole number, or 'place', a text, is needed.")


def _travel(adapter: Adapter, moment: Moment, otherwise: str) -> Then:
    if moment < 0 or not adapter.run.timeline.reach(moment):
        raise Refused(Problem.NO_TARGET, otherwise or f"There is no event #{moment}.")

    def go() -> None:
        adapter.run.cursor.goto(moment)
        adapter.rest(Resting("goto"))

    return Then(None, go)


def step_in_targets(adapter: Adapter, arguments: dap.StepInTargetsArguments) -> dap.StepInTargetsBody:
    """The calls ahead in the call of a frame, on whatever lane."""
    frame = adapter.stacks.frame(arguments.frame_id)
    here, columns = Look(adapter, frame).here, adapter.run.timeline.columns
    end = columns.match[frame.start]
    last = end if end >= 0 else columns.count
    ahead = (
        row for row in range(here + 1, min(last, here + 100_000))
        if columns.parent[row] == frame.start and columns.edge_at(row) == START
    )  # fmt: skip
    targets = []
    for row in islice(ahead, _MOST):
        at = adapter.sources.position(row)
        targets.append(
            dap.StepInTarget(id=row + 1, label=adapter.stacks.name(row), line=adapter.client.line_out(at.line))
        )
    return dap.StepInTargetsBody(targets=targets)
