"""The verbs that name moments, and say where one is."""

from __future__ import annotations

from ..render.events import offset_of
from ..render.formats import format_count, format_money, format_offset, format_time
from ..render.listing import Facts
from ..render.pieces import line
from ..render.words import counted
from . import listings
from .arguments import nothing_after
from .desk import Desk
from .reply import Reply, said, shown
from .table import AnyCommand, Command


def _mark(desk: Desk, rest: str) -> Reply:
    name, _, place = rest.removeprefix("'").partition(" ")
    session = desk.session
    before = session.marks.get(name)
    moment = session.places.resolve(place, here=desk.moment) if place else desk.moment
    mark = session.mark(name or None, at=moment)
    moved = f"; it was at #{before}" if before is not None and before != moment else ""
    return said(f"Mark '{mark.name} is at {desk.named(moment)}{moved}. \"goto '{mark.name}\" comes back.")


def _marks(desk: Desk, rest: str) -> Reply:
    nothing_after("marks", rest)
    return listings.marks_view(desk)


def _when(desk: Desk, rest: str) -> Reply:
    nothing_after("when", rest)
    timeline, state, moment = desk.session.timeline, desk.session.state, desk.moment
    elapsed, tokens, cost = (state.total(name, moment) for name in ("elapsed", "tokens", "cost"))
    calls, errors = state.total("calls", moment), state.total("errors", moment)
    wall = timeline.began + elapsed
    facts = {
        "moment": moment,
        "frontier": timeline.frontier,
        "elapsed_s": round(elapsed, 3),
        "wall": wall,
        "calls": calls,
        "tokens": tokens,
        "cost": cost,
        "errors": errors,
    }
    known = "" if timeline.closed else " read so far"
    lasted = state.total("elapsed", timeline.frontier)
    view = Facts(
        "when",
        facts,
        (
            ("moment", line((desk.named(moment), "kind"), (f"  of {timeline.frontier:,}{known}", "dim"))),
            (
                "time",
                line(
                    (format_offset(offset_of(timeline, moment)), "time"),
                    (f" of {lasted:.2f} s", "dim"),
                    (f"  {format_time(wall)}", "dim"),
                ),
            ),
            (
                "so far",
                line(
                    (counted(int(calls), "model call"), "number"),
                    (f"  {format_count(tokens)} tok", "number"),
                    (f"  {format_money(cost)}", "number"),
                    (f"  {counted(int(errors), 'error')}" if errors else "", "error"),
                ),
            ),
        ),
    )
    return shown(view, value=lambda: facts)


ROWS: tuple[AnyCommand, ...] = (
    Command(
        "mark",
        _mark,
        "moving",
        "[NAME [PLACE]]",
        "Give this moment, or another, a name.",
        details="A mark is a place: goto 'NAME comes back to it. Without a name it gets a number.",
        examples=("mark crash", "mark first error:1"),
    ),
    Command("marks", _marks, "moving", "", "List the marks."),
    Command("when", _when, "moving", "", "Where we are: moment, time, tokens and cost so far."),
)
"""The verbs that name moments."""
