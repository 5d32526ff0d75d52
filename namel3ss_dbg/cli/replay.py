"""`namel3ss debug replay`: walk through a recorded run, forwards and backwards."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

import click

from ..commands import TABLE, Quit, stop_view
from ..events import DebugError, Stop, TraceFilter, UsageError
from ..render.console import Painter, painter_for
from ..render.events import EventStream
from ..render.tables import View
from ..timeline.session import DebugSession
from .options import Command, color_option, filter_of, filter_option, json_of, on_terminal, show, talk, text_of_file
from .recording import open_trace

PROMPT = "(n3) "


@click.command(
    cls=Command,
    examples="""
    namel3ss debug replay trace.jsonl
    namel3ss debug replay trace.jsonl --step
    namel3ss debug replay latest --breakpoint agent_turn_start:3 --mock 'MyAgent:{"response": "test"}'
    """,
)
@click.argument("trace")
@click.option("--step/--no-step", default=False, help="Stop at every event and ask what to do.")
@click.option(
    "--breakpoint",
    "-b",
    "breakpoints",
    multiple=True,
    metavar="PLACE",
    help="Stop there: event_type:N (the N-th), component:name, FILE:LINE, …; repeats.",
)
@click.option(
    "--mock",
    "-m",
    "mocks",
    multiple=True,
    metavar="NAME:JSON",
    help="Show this answer in place of the recorded one; NAME:@FILE reads it; repeats.",
)
@filter_option("Show only events of this kind of component")
@color_option
def replay(
    trace: str, step: bool, breakpoints: tuple[str, ...], mocks: tuple[str, ...], kinds: tuple[str, ...], color: str
) -> int:
    """Walk through a recorded run, forwards and backwards. Nothing is executed.

    Prints the run as an indented stream. With --step or a breakpoint it stops and asks: step, next, continue, back,
    where, print, quit; 'help' says more. In a pipe it takes commands from there, prints every stop, and goes on.

    A mocked answer is shown in its place, marked 'mocked'; what follows is still the recording.
    """
    painter = painter_for(sys.stdout, color)  # type: ignore[arg-type]
    visible = filter_of(kinds)
    with open_trace(trace, visible=visible) as session:
        for text in mocks:
            session.mock(*_mock(text))
        for place in breakpoints:
            session.places.resolve(place)  # one that nothing matches is a mistake here, where nothing more will come
            session.break_at(place)
        if not step and not breakpoints:
            _print_all(session, visible, painter)
            return 0
        first = session.cursor.step_any() if step else session.cursor.resume()
        _show([stop_view(session, first)], painter)
        try:
            if on_terminal():
                _ask(session, painter)
            else:
                _obey(session, painter, first, step=step)
        except Quit:
            pass
    return 0


def _mock(text: str) -> tuple[str, object]:
    """Name and answer of `--mock`."""
    name, colon, answer = text.partition(":")
    if not colon or not name:
        raise UsageError(f"--mock '{text}' names no answer", try_='Write --mock \'NAME:{"response": "…"}\'.')
    if answer.startswith("@"):
        answer = text_of_file(answer[1:], "--mock")
    return name, json_of(answer, f"--mock {name}")


def _print_all(session: DebugSession, visible: TraceFilter, painter: Painter) -> None:
    stream = EventStream(session.timeline)
    moment = 0
    while session.timeline.reach(moment):
        if session.cursor.sees(moment):
            show(stream.passed(moment), painter)
        moment += 1
    _tell_how_it_ended(session)


def _tell_how_it_ended(session: DebugSession) -> None:
    """Say what the file says of its own end, when that is not a plain one."""
    known = session.timeline.statistics()
    if known.invalid_lines:
        talk(f"{known.invalid_lines} lines are no events; they are shown as invalid_line.")
    if known.torn_bytes:
        talk(f"The last line was never finished ({known.torn_bytes} bytes) and is left out.")
    if known.open_spans:
        talk(f"{known.open_spans} calls have no end: the program crashed, or still runs.")


def _show(views: Iterable[View], painter: Painter) -> None:
    for view in views:
        show(view, painter)


def _ask(session: DebugSession, painter: Painter) -> None:
    """Line by line at a terminal; an empty line does the last motion again."""
    last = "step"
    while True:
        try:
            text = input(PROMPT).strip() or last
        except EOFError:
            click.echo()
            return
        try:
            _show(TABLE.run(session, text), painter)
            last = text if TABLE.find(text.split()[0]).repeats else last
        except DebugError as problem:
            talk(str(problem))
        except KeyboardInterrupt:
            session.cursor.interrupt()
            click.echo()


def _obey(session: DebugSession, painter: Painter, stop: Stop, *, step: bool) -> None:
    """The commands of a pipe, then on to the end, printing every stop."""
    for text in _commands():
        _show(TABLE.run(session, text), painter)
    while not stop.at_edge:
        stop = session.cursor.step_any() if step else session.cursor.resume()
        if not (stop.at_edge and step):
            _show([stop_view(session, stop)], painter)
    _tell_how_it_ended(session)


def _commands() -> Iterator[str]:
    return (text for text in (line.strip() for line in sys.stdin) if text)
