"""The verbs themselves. Each takes a session and the rest of the line, and gives what is to be shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import attrs
import orjson

from ..events import BACKWARD, FORWARD, Direction, Stop, UsageError
from ..render.frames import FramesView
from ..render.pieces import line
from ..render.stop import StopView
from ..render.tables import Block, View
from ..render.values import json_line, plain_value, text_value
from ..timeline.session import DebugSession
from .table import Command, CommandTable, Quit


@attrs.frozen
class Words:
    """Lines of text."""

    lines: tuple[str, ...]

    def plain(self) -> Iterator[str]:
        """The lines."""
        return iter(self.lines)

    def screen(self, width: int) -> Iterator[Block]:
        """The lines."""
        return (line(text) for text in self.lines)


@attrs.frozen
class Value:
    """A whole value."""

    value: Any

    def plain(self) -> Iterator[str]:
        """On one line."""
        yield plain_value(self.value)

    def screen(self, width: int) -> Iterator[Block]:
        """Text as it is, JSON indented."""
        if isinstance(self.value, str):
            yield from (line(text) for text in self.value.splitlines() or [""])
        else:
            shown = orjson.dumps(self.value, text_value, orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS).decode()
            yield from (json_line(text) for text in shown.splitlines())


def stop_view(session: DebugSession, stop: Stop) -> StopView:
    """The picture of a stop, with what changed since the last one."""
    return StopView(session.timeline, stop, changes=session.changes(), folders=_folders(session))


def _folders(session: DebugSession) -> tuple[Path, ...]:
    return (session.path.resolve().parent,) if session.path is not None else ()


def _rest(session: DebugSession, stop: Stop) -> Iterable[View]:
    messages = tuple(session.messages()) if stop.moment > session.previous_stop else ()
    return [*([Words(messages)] if messages else []), stop_view(session, stop)]


def _count(rest: str) -> int:
    if not rest:
        return 1
    if not rest.isdigit() or int(rest) < 1:
        raise UsageError(f"'{rest}' is not a count", try_="Write a number such as 3.")
    return int(rest)


Motion = Callable[[DebugSession, Direction, int], Stop]


def _moving(name: str, letters: tuple[str, ...], summary: str, backwards: str, motion: Motion) -> tuple[Command, ...]:
    """A motion and its `r…` form."""

    def row(name: str, letters: tuple[str, ...], summary: str, direction: Direction) -> Command:
        def run(session: DebugSession, rest: str) -> Iterable[View]:
            return _rest(session, motion(session, direction, _count(rest)))

        return Command(name, run, "moving", "[N]", summary, letters, repeats=True)

    reverse = tuple(f"r{letter}" for letter in letters)
    return row(name, letters, summary, FORWARD), row(f"r{name}", reverse, backwards, BACKWARD)


def _back(session: DebugSession, rest: str) -> Iterable[View]:
    stop = None
    for _ in range(_count(rest)):
        stop = session.cursor.back()
        if stop is None:
            raise UsageError("This is the first stop", try_="'rstep' goes back in time.")
    return [stop_view(session, stop)] if stop is not None else []


def _where(session: DebugSession, rest: str) -> Iterable[View]:
    return [FramesView(session.timeline, session.moment)]


def _print(session: DebugSession, rest: str) -> Iterable[View]:
    if not rest:
        names = ", ".join(session.state.scope(session.moment).names())
        raise UsageError("Print what?", why=f"names here: {names}")
    return [Value(session.evaluate(rest))]


def _quit(session: DebugSession, rest: str) -> Iterable[View]:
    raise Quit


def _help(session: DebugSession, rest: str) -> Iterable[View]:
    if rest:
        command = TABLE.find(rest)
        return [Words((f"{command.name} {command.usage}".strip(), f"  {command.summary}", *_letters(command)))]
    widest = max(len(_shown(command)) for command in TABLE)
    return [Words(tuple(f"{_shown(command):{widest}}  {command.summary}" for command in TABLE))]


def _shown(command: Command) -> str:
    letters = f" ({', '.join(command.letters)})" if command.letters else ""
    return f"{command.name} {command.usage}".strip() + letters


def _letters(command: Command) -> tuple[str, ...]:
    return (f"  Also: {', '.join(command.letters)}.",) if command.letters else ()


TABLE = CommandTable(
    (
        *_moving(
            "step",
            ("s",),
            "Into: the first event inside this call, else the next one on this lane.",
            "The inverse of step.",
            lambda session, direction, count: session.cursor.step(direction, count),
        ),
        *_moving(
            "stepi",
            ("si",),
            "To the very next event of the run, whatever its lane.",
            "To the very event before.",
            lambda session, direction, count: session.cursor.step_any(direction, count),
        ),
        *_moving(
            "next",
            ("n",),
            "Over: from a start to its end, else like step.",
            "From an end to its start, else like rstep.",
            lambda session, direction, count: session.cursor.next(direction, count),
        ),
        *_moving(
            "finish",
            ("f",),
            "Out: to the end of the call around this stop.",
            "To the start of the call around this stop.",
            lambda session, direction, count: session.cursor.finish(direction, count),
        ),
        *_moving(
            "continue",
            ("c",),
            "On to the next breakpoint, or to the end.",
            "Back to the previous breakpoint, or to the beginning.",
            lambda session, direction, count: session.cursor.resume(direction, count),
        ),
        Command("back", _back, "moving", "[N]", "Back along the places where you stopped.", ("bk",), repeats=True),
        Command("where", _where, "looking", "", "The open calls around this moment.", ("w", "bt")),
        Command("print", _print, "looking", "EXPR", "The value of an expression here.", ("p",)),
        Command("help", _help, "the rest", "[WORD]", "List the commands, or say more about one.", ("h", "?")),
        Command("quit", _quit, "the rest", "", "Leave the debugger.", ("q",)),
    )
)
