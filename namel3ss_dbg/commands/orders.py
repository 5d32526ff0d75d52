"""The verbs for breakpoints that there are: what they do at a stop, when they stop, and that they go."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..events import UsageError
from ..render.words import counted
from ..timeline.breakpoints import Breakpoint
from ..timeline.expressions import parse
from . import completion
from .arguments import count_of, numbers_of
from .desk import Desk
from .reply import NeedsYes, Reply, said
from .stops import described, told
from .table import AnyCommand, Command


def _commands(desk: Desk, rest: str) -> Reply:
    head, *lines = [line.strip() for line in rest.splitlines()] or [""]
    if lines and lines[-1] == "end":
        del lines[-1]
    known = desk.session.breakpoints
    if not head and not len(known):
        raise UsageError("There is no breakpoint to give commands to", try_="break tool, then commands.")
    number = numbers_of(head)[0] if head else max(each.number for each in known)
    breakpoint = known[number]
    for line in lines:
        if line != "silent":
            desk.table.find(line.split()[0] if line else "")
    breakpoint.commands = tuple(line for line in lines if line)
    if not breakpoint.commands:
        return said(f"Breakpoint {number} has no commands.")
    return said(f"Breakpoint {number} does at its stops: {'; '.join(breakpoint.commands)}.")


def _condition(desk: Desk, rest: str) -> Reply:
    number, _, text = rest.partition(" ")
    breakpoint = _one(desk, number, "condition 1 tokens > 100")
    breakpoint.condition = parse(text.strip()) if text.strip() else None
    if breakpoint.condition is None:
        return said(f"Breakpoint {breakpoint.number} stops always.")
    return told(desk, breakpoint, f"Breakpoint {breakpoint.number} at {described(breakpoint)}")


def _ignore(desk: Desk, rest: str) -> Reply:
    number, _, count = rest.partition(" ")
    breakpoint = _one(desk, number, "ignore 1 3")
    breakpoint.after = 0 if count.strip() in ("", "0") else count_of(count.strip())
    if not breakpoint.after:
        return said(f"Breakpoint {breakpoint.number} passes over no hit.")
    return said(f"Breakpoint {breakpoint.number} passes over its first {counted(breakpoint.after, 'hit')}.")


def _one(desk: Desk, number: str, example: str) -> Breakpoint:
    if not number:
        raise UsageError("Which breakpoint?", try_=f"{example}; 'info breakpoints' lists them.")
    return desk.session.breakpoints[numbers_of(number)[0]]


def _several(desk: Desk, rest: str) -> list[Breakpoint]:
    """The breakpoints that some numbers mean, `all`, or nothing when there is only one."""
    known = desk.session.breakpoints
    if rest == "all" or (not rest and len(known) == 1):
        return list(known)
    if not rest:
        numbers = ", ".join(str(each.number) for each in known) or "none"
        raise UsageError(f"Which breakpoints? There are {numbers}", try_="Write their numbers, or all.")
    return [known[number] for number in dict.fromkeys(numbers_of(rest))]


def _switch(enabled: bool) -> Callable[[Desk, str], Reply]:
    def run(desk: Desk, rest: str) -> Reply:
        chosen = _several(desk, rest)
        for each in chosen:
            each.enabled = enabled
        return said(f"{_numbers(chosen)} {'on' if enabled else 'off'}.")

    return run


def _delete(desk: Desk, rest: str) -> Reply:
    known = desk.session.breakpoints
    if not rest and len(known) > 1:
        question = f"Delete all {len(known)} breakpoints?"
        raise NeedsYes(question, lambda: _deleted(desk, list(known)))
    return _deleted(desk, _several(desk, rest))


def _deleted(desk: Desk, chosen: Iterable[Breakpoint]) -> Reply:
    chosen = list(chosen)
    for each in chosen:
        desk.session.breakpoints.remove(each.number)
    return said(f"{_numbers(chosen)} deleted.")


def _numbers(chosen: list[Breakpoint]) -> str:
    if not chosen:
        return "No breakpoint"
    return f"Breakpoint{'s' if len(chosen) > 1 else ''} {', '.join(str(each.number) for each in chosen)}"


ROWS: tuple[AnyCommand, ...] = (
    Command(
        "commands",
        _commands,
        "stopping",
        "[N]",
        "What to do at each stop of a breakpoint.",
        details="One command on each line, then 'end'. Without a number: of the newest. 'silent' first leaves the "
        "stop itself out; a motion ends the list. An empty list takes the commands away.",
        examples=("commands 1\n  print city\n  continue\n  end",),
        completes=completion.breakpoint_numbers,
        free_text=True,
        block="end",
    ),
    Command(
        "condition",
        _condition,
        "stopping",
        "N [EXPR]",
        "Give a breakpoint another condition, or none.",
        examples=("condition 1 tokens > 100", "condition 1"),
        completes=completion.breakpoint_numbers,
        free_text=True,
    ),
    Command(
        "ignore",
        _ignore,
        "stopping",
        "N COUNT",
        "Pass over the first hits of a breakpoint.",
        details="They are counted from the beginning of the run, wherever you come from.",
        examples=("ignore 1 3",),
        completes=completion.breakpoint_numbers,
    ),
    Command(
        "enable",
        _switch(True),
        "stopping",
        "[N… | all]",
        "Switch breakpoints on.",
        completes=completion.breakpoint_numbers,
    ),
    Command(
        "disable",
        _switch(False),
        "stopping",
        "[N… | all]",
        "Switch breakpoints off; they stay where they are.",
        examples=("disable 1 3", "disable all"),
        completes=completion.breakpoint_numbers,
    ),
    Command(
        "delete",
        _delete,
        "stopping",
        "[N… | all]",
        "Take breakpoints away.",
        ("clear", "cl"),
        details="Alone: all of them, after a question.",
        examples=("delete 2", "delete 1-3", "delete all"),
        completes=completion.breakpoint_numbers,
    ),
)
"""The verbs for breakpoints that there are."""
