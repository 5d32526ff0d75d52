"""The verbs that say where to stop: breakpoints, watches, catches and log points."""

from __future__ import annotations

import re

from ..events import ExpressionError, UsageError
from ..render.words import counted
from ..timeline.breakpoints import Breakpoint
from ..timeline.expressions import parse
from ..timeline.notation import spelled
from . import completion
from .arguments import unquoted
from .desk import Desk
from .listings import breakpoints_view
from .reply import Reply, said
from .table import AnyCommand, Command
from .wanted import Wanted, read_wanted, split_condition

_MOST_JUDGED = 20_000
_MESSAGE = re.compile(r"""\s("(?:[^"\\]|\\.)*"|'[^']*')\s*\Z""")
_KINDS_CAUGHT = {
    "error": "error",
    "tool_failed": "tool_failed",
    "validation": "validation_failed",
    "llm_failed": "llm_failed",
    "agent_failed": "agent_failed",
    "prompt_failed": "prompt_failed",
    "failed": "failed",
}


def _break(desk: Desk, rest: str) -> Reply:
    if not rest:
        return breakpoints_view(desk)
    return _set(desk, rest, temporary=False)


def _tbreak(desk: Desk, rest: str) -> Reply:
    if not rest:
        raise UsageError("Stop once where?", try_="tbreak tool:get_weather")
    return _set(desk, rest, temporary=True)


def _set(desk: Desk, rest: str, *, temporary: bool) -> Reply:
    wanted = read_wanted(rest)
    _check(desk, wanted)
    breakpoint = desk.session.break_at(
        wanted.place,
        condition=wanted.condition,
        after=wanted.after,
        every=wanted.every,
        lane=wanted.lane,
        temporary=temporary,
    )
    name = "Temporary breakpoint" if temporary else "Breakpoint"
    return told(desk, breakpoint, f"{name} {breakpoint.number} at {described(breakpoint)}")


def _check(desk: Desk, wanted: Wanted) -> None:
    """Make sure, before anything is set, that the parts mean something."""
    if wanted.condition is not None:
        parse(wanted.condition)
    if wanted.lane is not None:
        desk.session.lanes.lane(wanted.lane)
    if desk.session.timeline.index is not None:
        desk.session.places.resolve(wanted.place, here=desk.moment)  # what is not in a recording never comes


def told(desk: Desk, breakpoint: Breakpoint, head: str) -> Reply:
    """What is said of a new breakpoint: how many events of the recording match."""
    if desk.session.timeline.index is None:
        return said(f"{head}.")
    desk.read_on()
    count = desk.session.breakpoints.matching(breakpoint)
    matching = f"{counted(count, 'event')} {'matches' if count == 1 else 'match'}"
    if not breakpoint.judges and not breakpoint.counts:
        return said(f"{head}: {matching}{_next(desk, breakpoint)}.")
    if count > _MOST_JUDGED:
        return said(f"{head}: {matching}; the rest is asked at each.")
    stops = _stops(desk, breakpoint)
    return said(
        f"{head}: {matching}, it stops at {stops or 'none'}{' of them' if stops else ''}.", *_problem(breakpoint)
    )


def _stops(desk: Desk, breakpoint: Breakpoint) -> int:
    frontier = desk.session.timeline.frontier
    hits = desk.session.breakpoints.hits(breakpoint, frontier, desk.check)
    return max(hits - breakpoint.after, 0) // breakpoint.every if breakpoint.counts else hits


def _next(desk: Desk, breakpoint: Breakpoint) -> str:
    assert breakpoint.pattern is not None  # noqa: S101 (only watches have none)
    row = breakpoint.pattern.following(desk.session.timeline.columns, desk.moment)
    return f", the next is #{row}" if row >= 0 else ", none after this one" if desk.moment >= 0 else ""


def _problem(breakpoint: Breakpoint) -> tuple[str, ...]:
    if breakpoint.problem is None:
        return ()
    breakpoint.told = True
    return (f"Where it cannot be evaluated it does not stop: {breakpoint.problem}",)


def described(breakpoint: Breakpoint) -> str:
    """What a person typed, with the options in words."""
    parts = [breakpoint.text]
    if breakpoint.condition is not None:
        parts.append(f"if {breakpoint.condition.text}")
    if breakpoint.after:
        parts.append(f"after {breakpoint.after}")
    if breakpoint.every > 1:
        parts.append(f"every {breakpoint.every}")
    if breakpoint.lane is not None:
        parts.append(f"on {breakpoint.lane}")
    return " ".join(parts)


def _watch(desk: Desk, rest: str) -> Reply:
    wanted = read_wanted(rest)
    if not wanted.place:
        raise UsageError("Watch what?", try_="watch turn, watch tokens > 1000, watch get_weather.result")
    if wanted.after or wanted.every > 1:
        raise UsageError("A watch counts nothing", try_="'ignore N COUNT' passes over its first changes.")
    if wanted.lane is not None:
        desk.session.lanes.lane(wanted.lane)
    breakpoint = desk.session.watch(wanted.place, condition=wanted.condition, lane=wanted.lane)
    try:
        now = f"now {desk.short(desk.evaluate(breakpoint.text))}"
    except ExpressionError as problem:
        now = f"it has no value here: {problem.why}"
    return said(f"Watch {breakpoint.number} on {described(breakpoint)}: {now}.")


def _catch(desk: Desk, rest: str) -> Reply:
    if not rest:
        known = ", ".join(_KINDS_CAUGHT)
        raise UsageError("Catch what?", try_=f"One of {known}, a component's name, or a type of errors.")
    wanted = read_wanted(rest)
    word = unquoted(wanted.place)
    if word == "divergence":
        raise UsageError("A recording diverges from nothing", try_="'catch divergence' works in a rerun.")
    place, condition = _caught(desk, word)
    both = (
        f"({condition}) and ({wanted.condition})" if condition and wanted.condition else condition or wanted.condition
    )
    breakpoint = desk.session.break_at(
        place, kind="catch", condition=both, after=wanted.after, every=wanted.every, lane=wanted.lane
    )
    return told(desk, breakpoint, f"Catch {breakpoint.number} of {described(breakpoint)}")


def _caught(desk: Desk, word: str) -> tuple[str, str | None]:
    """The place, and the condition, that a word after `catch` means."""
    if word in _KINDS_CAUGHT:
        return _KINDS_CAUGHT[word], None
    desk.read_on()
    columns = desk.session.timeline.columns
    names = {shape.component_name for shape in columns.shape_names}
    if word in names:
        return spelled("failed", word), None
    errors = [text for text in columns.errors.names if text is not None]
    if any(word in text for text in errors):
        return "error", f'error contains "{word}"'
    types = ", ".join(dict.fromkeys(text.partition(":")[0] for text in errors)) or "none"
    raise UsageError(
        f"Nothing called '{word}' fails in this trace",
        why=f"errors here: {types}",
        try_=f"Kinds: {', '.join(_KINDS_CAUGHT)}.",
    )


def _log(desk: Desk, rest: str) -> Reply:
    example = 'log llm at end "{tokens_used} tokens, {text}"'
    head, condition = split_condition(rest)
    found = _MESSAGE.search(head)
    if found is None:
        raise UsageError("A log point says a text in quotes", try_=example)
    wanted = read_wanted(f"{head[: found.start()]} {f'if {condition}' if condition is not None else ''}")
    _check(desk, wanted)
    breakpoint = desk.session.break_at(
        wanted.place,
        kind="log",
        condition=wanted.condition,
        message=unquoted(found[1]),
        after=wanted.after,
        every=wanted.every,
        lane=wanted.lane,
    )
    return told(desk, breakpoint, f"Log point {breakpoint.number} at {described(breakpoint)}")


ROWS: tuple[AnyCommand, ...] = (
    Command(
        "break",
        _break,
        "stopping",
        "[PLACE [if EXPR] [after N | every N] [on LANE] [at end]]",
        "Stop at a place; alone, list the breakpoints.",
        ("b",),
        details="A place without a number means all its events. A span's start is meant unless it says 'at end'.",
        examples=(
            "break tool:get_weather",
            "b llm if tokens > 100",
            "b turn every 2",
            "b app.ai:42 on 1",
            "b llm at end",
        ),
        completes=completion.stop_places,
        free_text=True,
    ),
    Command(
        "tbreak",
        _tbreak,
        "stopping",
        "PLACE [if EXPR] …",
        "Stop at a place once.",
        ("tb",),
        examples=("tbreak error",),
        completes=completion.stop_places,
        free_text=True,
    ),
    Command(
        "watch",
        _watch,
        "stopping",
        "EXPR [if EXPR] [on LANE]",
        "Stop where a value changes.",
        details="A comparison stops where it becomes true. Totals are values, too: tokens, cost, calls, errors.",
        examples=("watch turn", "watch tokens > 1000", "watch cost > 0.05"),
        completes=completion.values,
        free_text=True,
    ),
    Command(
        "catch",
        _catch,
        "stopping",
        "KIND | NAME | TYPE",
        "Stop where something fails.",
        details="A kind of failures (error, tool_failed, validation, failed …), the name of a component, or a type of"
        " errors.",
        examples=("catch error", "catch tool_failed", "catch get_weather", "catch TimeoutError"),
        completes=completion.catches,
        free_text=True,
    ),
    Command(
        "log",
        _log,
        "stopping",
        'PLACE "text {EXPR}" [if EXPR]',
        "Say a text about events that are passed, without a stop.",
        examples=('log llm at end "{tokens_used} tokens: {text}"',),
        completes=completion.stop_places,
        free_text=True,
    ),
)
"""The verbs that say where to stop."""
