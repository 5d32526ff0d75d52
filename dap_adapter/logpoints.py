"""What log points say about the events that a motion passed, each with its moment to click on."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from namel3ss_dbg.events import Moment
from namel3ss_dbg.render.pieces import harmless_lines

from . import protocol as dap
from .values import Said

if TYPE_CHECKING:
    from .adapter import Adapter

_MOST = 1_000


def tell_messages(adapter: Adapter, origin: Moment, moment: Moment) -> None:
    """Print what log points say between two moments, in the order of travel; the turns they belong to are groups."""
    run = adapter.run
    if not any(each.kind == "log" for each in run.breakpoints):
        return
    since, until = (origin, moment) if moment > origin else (moment - 1, origin - 1)
    found = list(islice(run.breakpoints.messages(since, until), _MOST + 1))
    if moment < origin:
        found.reverse()
    group: Moment | None = None
    for _, row, text in found[:_MOST]:
        turn = _turn_of(adapter, row)
        if turn != group:
            _close(adapter, group)
            if turn is not None:
                _open(adapter, turn)
            group = turn
        tell_event(adapter, row, text)
    _close(adapter, group)
    if len(found) > _MOST:
        text = f"More than {_MOST:,} messages; a condition on the log point leaves some out."
        adapter.session.event("output", dap.OutputBody(category="console", output=f"{text}\n"))


def tell_event(adapter: Adapter, row: Moment, text: str, **more: Any) -> None:
    """Print something about an event, with its place and what it holds."""
    text, place = harmless_lines(text), adapter.sources.position(row)
    body = dap.OutputBody(
        category="console",
        output=f"{text}\n",
        source=place.source,
        line=adapter.client.line_out(place.line),
        column=adapter.client.column_out(place.column),
        variables_reference=adapter.handles.add(Said(text, adapter.stacks.event_values(row)), keep=True),
        **more,
    )
    adapter.session.event("output", body)


def _turn_of(adapter: Adapter, row: Moment) -> Moment | None:
    columns = adapter.run.timeline.columns
    frames = adapter.run.lanes.frames_at(row)
    return next((start for start in frames if columns.shape_at(start).event_type == "agent_turn_start"), None)


def _open(adapter: Adapter, turn: Moment) -> None:
    tell_event(adapter, turn, adapter.stacks.name(turn), group="start")


def _close(adapter: Adapter, turn: Moment | None) -> None:
    if turn is not None:
        adapter.session.event("output", dap.OutputBody(category="console", output="", group="end"))
