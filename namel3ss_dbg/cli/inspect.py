"""`namel3ss debug inspect`: single events of a recorded run."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterable

import click

from ..analysis import analyze
from ..analysis.selection import failures, inside, names_of
from ..events import Moment, UsageError
from ..render.console import Painter, painter_for
from ..render.events import EventPage, EventRow
from ..render.report import ReportView
from ..render.tables import View
from ..timeline.places import Place
from ..timeline.session import DebugSession
from ..timeline.timeline import Timeline
from .options import Command, color_option, on_terminal, show, show_json
from .recording import open_trace, tell_missing


@click.command(
    cls=Command,
    examples="""
    namel3ss debug inspect trace.jsonl
    namel3ss debug inspect trace.jsonl --event 42
    namel3ss debug inspect trace.jsonl --agent MyAgent
    namel3ss debug inspect latest --errors-only
    """,
)
@click.argument("trace")
@click.option("--event", "-e", type=int, metavar="N", help="All about event #N, counted from 0; -1 is the last.")
@click.option("--agent", "-a", metavar="NAME", help="The events of an agent and of all that it called.")
@click.option("--chain", "-c", metavar="NAME", help="The events of a chain and of all that it called.")
@click.option("--prompt", "-p", metavar="NAME", help="The events of a prompt and of all that it called.")
@click.option("--errors-only", is_flag=True, help="Only failures.")
@click.option(
    "--format", "form", type=click.Choice(["table", "jsonl"]), default="table", help="How events are printed."
)
@color_option
def inspect(
    trace: str,
    event: int | None,
    agent: str | None,
    chain: str | None,
    prompt: str | None,
    errors_only: bool,
    form: str,
    color: str,
) -> int:
    """Look at single events of a recorded run.

    On a terminal without options an overview; in a pipe every event on one line, such as for grep
    "duration_ms=[5-9][0-9][0-9][0-9]".
    """
    painter = painter_for(sys.stdout, color)  # type: ignore[arg-type]
    components = {kind: name for kind, name in (("agent", agent), ("chain", chain), ("prompt", prompt)) if name}
    with open_trace(trace) as session:
        timeline = session.timeline
        if event is not None:
            moment = session.places.resolve(Place(str(event), number=event))
            _print(timeline, moment, EventPage(timeline, moment), painter, form)
        elif on_terminal() and not components and not errors_only and form == "table":
            show(ReportView(analyze(timeline), ("summary",)), painter)
        else:
            for moment in _selected(session, components, errors_only=errors_only):
                _print(timeline, moment, EventRow(timeline, moment), painter, form)
    return 0


def _print(timeline: Timeline, moment: Moment, view: View, painter: Painter, form: str) -> None:
    if form == "jsonl":
        show_json(timeline[moment].to_dict())
    else:
        show(view, painter)


def _selected(session: DebugSession, components: dict[str, str], *, errors_only: bool) -> Iterable[Moment]:
    """The events that all the options ask for, in order."""
    timeline = session.timeline
    timeline.complete()
    chosen: Iterable[Moment] = failures(timeline) if errors_only else range(len(timeline))
    for kind, name in components.items():
        names = names_of(timeline, kind)
        if name not in names:
            close = difflib.get_close_matches(name, names, 1)
            problem = UsageError(
                f"There is no {kind} '{name}' in this trace",
                why=f"{kind}s here: {', '.join(names) or 'none'}",
                try_=f"Did you mean '{close[0]}'?" if close else "",
            )
            tell_missing(session, problem, kind=kind)
        wanted = set(inside(timeline, kind, name))
        chosen = [moment for moment in chosen if moment in wanted]
    return chosen
