"""`namel3ss debug replay`: walk through a recorded run, forwards and backwards."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from functools import partial

import click

from ..commands import Dialogue, Reply
from ..events import UsageError
from ..render.console import Painter, painter_for
from ..render.events import EventStream
from ..repl import converse, obey
from ..timeline.session import DebugSession
from .options import Command, color_option, filter_of, filter_option, json_of, on_terminal, show, talk, text_of_file
from .recording import open_trace, tell_missing


@click.command(
    cls=Command,
    examples="""
    namel3ss debug replay trace.jsonl
    namel3ss debug replay trace.jsonl --step
    namel3ss debug replay latest --breakpoint agent_turn_start:3 --mock 'MyAgent:{"response": "test"}'
    namel3ss debug replay trace.jsonl -c 'break tool_failed' -c continue -c where
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
@click.option("-x", "scripts", multiple=True, metavar="FILE", help="Do the commands of a file; - is the pipe; repeats.")
@click.option("-c", "commands", multiple=True, metavar="COMMAND", help="Do a command, after those of files; repeats.")
@click.option("--interactive", is_flag=True, help="Ask for more when the commands are done.")
@click.option("--keep-going", is_flag=True, help="Go on after a command that was a mistake.")
@click.option("--echo", is_flag=True, help="Print each command before what it shows.")
@click.option("--yes", is_flag=True, help="Say yes to what a command would ask.")
@color_option
def replay(
    trace: str,
    step: bool,
    breakpoints: tuple[str, ...],
    mocks: tuple[str, ...],
    kinds: tuple[str, ...],
    scripts: tuple[str, ...],
    commands: tuple[str, ...],
    interactive: bool,
    keep_going: bool,
    echo: bool,
    yes: bool,
    color: str,
) -> int:
    """Walk through a recorded run, forwards and backwards. Nothing is executed.

    Prints the run as an indented stream. With --step or a breakpoint it stops and asks what to do; 'help' lists the
    commands, docs/commands.md explains them. In a pipe it takes the commands from there, prints every stop, and goes
    on.

    A mocked answer is shown in its place, marked 'mocked'; what follows is still the recording.
    """
    painter = painter_for(sys.stdout, color)  # type: ignore[arg-type]
    visible = filter_of(kinds)
    with open_trace(trace, visible=visible) as session:
        for text in mocks:
            name, answer = _mock(text)
            try:
                session.mock(name, answer)
            except UsageError as problem:
                tell_missing(session, problem)
        for place in breakpoints:
            session.places.resolve(place)  # one that nothing matches is a mistake here, where nothing more will come
            session.break_at(place)
        if not (step or breakpoints or scripts or commands or interactive):
            _print_all(session, painter)
            return 0
        dialogue = Dialogue(session)
        stop = session.cursor.resume() if breakpoints and not step else session.cursor.step_any()
        obeys = partial(
            obey, dialogue, painter=painter, keep_going=keep_going, echo=echo, yes=yes, out=sys.stdout, err=sys.stderr
        )
        code = 0
        for name, lines in [*((name, _lines_of(name)) for name in scripts), ("", commands)]:
            latest = obeys(lines, name=name)
            code = code or latest
            if dialogue.left or (code and not keep_going):
                return code
        if (scripts or commands) and not interactive:
            return code
        if on_terminal():
            return converse(dialogue, color=color, stop=dialogue.last_stop or stop)  # type: ignore[arg-type]
        _show(dialogue.first_stop(stop), painter)
        code = obeys(sys.stdin)
        if not code and not dialogue.left:
            _go_on(dialogue, painter, step=step)
        return code


def _mock(text: str) -> tuple[str, object]:
    """Name and answer of `--mock`."""
    name, colon, answer = text.partition(":")
    if not colon or not name:
        raise UsageError(f"--mock '{text}' names no answer", try_='Write --mock \'NAME:{"response": "…"}\'.')
    if answer.startswith("@"):
        answer = text_of_file(answer[1:], "--mock")
    return name, json_of(answer, f"--mock {name}")


def _lines_of(script: str) -> Iterable[str]:
    """The lines of a file that `-x` names."""
    return sys.stdin if script == "-" else text_of_file(script, "-x").splitlines()


def _print_all(session: DebugSession, painter: Painter) -> None:
    stream = EventStream(session.timeline)
    moment = 0
    while session.timeline.reach(moment):
        if session.cursor.sees(moment):
            show(stream.passed(moment), painter)
        moment += 1
    _tell_how_it_ended(session)


def _go_on(dialogue: Dialogue, painter: Painter, *, step: bool) -> None:
    """What a pipe did not ask for: on to the end, showing every stop."""
    cursor = dialogue.session.cursor
    while not (stop := cursor.step_any() if step else cursor.resume()).at_edge:
        _show(dialogue.first_stop(stop), painter)
    if not step:
        _show(dialogue.first_stop(stop), painter)
    _tell_how_it_ended(dialogue.session)


def _show(reply: Reply, painter: Painter) -> None:
    for view in reply.views:
        show(view, painter)


def _tell_how_it_ended(session: DebugSession) -> None:
    """Say what the file says of its own end, when that is not a plain one."""
    known = session.timeline.statistics()
    if known.invalid_lines:
        talk(f"{known.invalid_lines} lines are no events; they are shown as invalid_line.")
    if known.torn_bytes:
        talk(f"The last line was never finished ({known.torn_bytes} bytes) and is left out.")
    if known.open_spans:
        talk(f"{known.open_spans} calls have no end: the program crashed, or still runs.")
