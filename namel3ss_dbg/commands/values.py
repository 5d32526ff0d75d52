"""The verbs that look at values."""

from __future__ import annotations

from itertools import islice
from typing import Any

from ..events import Moment, TraceEvent, UsageError
from ..render.conversation import Conversation
from ..render.differences import Differences, Trail
from ..render.listing import Listing
from ..render.pieces import line
from ..render.tables import Column
from ..render.values import value_line
from ..render.words import Value, WholeValue
from ..timeline.expressions import parse
from ..timeline.kinds import is_of_kind
from ..timeline.patterns import OfShape
from ..timeline.state import ABSENT
from ..trace.columns import NONE
from . import completion, listings
from .arguments import nothing_after, numbers_of
from .desk import Desk, Display
from .reply import Reply, said, shown
from .table import AnyCommand, Command

_WIDEST = 200
_PATHS = " .. "
_CALL = "llm_call_start"
_CALLERS = frozenset({"agent_execution_start", "prompt_execution_start"})
_MOST_CALLS = 1_000


def _print(desk: Desk, rest: str) -> Reply:
    if not rest:
        raise UsageError(f"Print what? Names here: {', '.join(desk.scope().names())}")
    value = desk.evaluate(rest)
    return shown(Value(value, desk.signs), value=lambda: value)


def _pp(desk: Desk, rest: str) -> Reply:
    value = desk.evaluate(rest) if rest else _event(desk).to_dict()
    return shown(WholeValue(value, desk.signs), value=lambda: value)


def _event(desk: Desk) -> TraceEvent:
    if desk.here < 0:
        raise UsageError("Nothing has happened yet", try_="'step' goes on.")
    return desk.session.timeline[desk.here]


def _args(desk: Desk, rest: str) -> Reply:
    if "=" in rest:
        raise UsageError(
            "The inputs of a recorded call cannot be edited",
            why="it was made long ago",
            try_="'answer JSON' shows another answer of it; only a program that runs takes other inputs.",
        )
    nothing_after("args", rest)
    frames = desk.frames
    if not frames:
        raise UsageError("No call is open here", try_="'step' goes on.")
    inputs = desk.session.timeline[frames[desk.frame]].inputs
    return _values(
        desk, "input", [(name, value, frames[desk.frame]) for name, value in inputs.items()], "It has no inputs."
    )


def _state(desk: Desk, rest: str) -> Reply:
    nothing_after("state", rest)
    scope = desk.scope()
    found = [(name, value, scope.source(name)) for name, value in scope.variables().items()]
    found.sort(key=lambda item: -item[2])
    return _values(desk, "value", found, "Nothing has a value here.")


def _values(desk: Desk, kind: str, found: list[tuple[str, Any, Moment]], empty: str) -> Reply:
    """Some values with the events that wrote them."""
    records = [{"name": name, "moment": row, "value": value} for name, value, row in found]
    rows = [
        (
            line((name, "key")),
            line((f"#{row}" if row >= 0 else "", "place")),
            value_line(value, _WIDEST, desk.signs),
        )
        for name, value, row in found
    ]
    columns = (Column("name", right=False), Column("from"), Column("value", right=False, shrinks=True))
    view = Listing(kind, columns, records, rows, empty)
    return shown(view, value=lambda: {name: value for name, value, _ in found})


def _messages(desk: Desk, rest: str) -> Reply:
    nothing_after("messages", rest)
    start, timeline = _model_call(desk), desk.session.timeline
    end = timeline.columns.match[start]
    view = Conversation(timeline, start, end if 0 <= end <= desk.moment else None, signs=desk.signs)
    return shown(view, value=view.value)


def _model_call(desk: Desk) -> Moment:
    """The model call around this moment, else the last one before by the same agent or prompt, else by anybody."""
    lanes, columns = desk.session.lanes, desk.session.timeline.columns
    frames = desk.frames[desk.frame :]
    for start in frames:
        if columns.shape_at(start).event_type == _CALL:
            return start
    caller = next((start for start in frames if columns.shape_at(start).event_type in _CALLERS), None)
    before = list(islice(OfShape(is_of_kind(_CALL)).behind(columns, desk.here + 1, NONE), _MOST_CALLS))
    if not before:
        raise UsageError("No model was asked by then", try_="'to llm' goes to the next call.")
    return next((row for row in before if caller in lanes.frames_at(row)), before[0])


def _diff(desk: Desk, rest: str) -> Reply:
    session = desk.session
    before, after = session.previous_stop, desk.moment
    if rest:
        first, _, second = rest.partition(_PATHS) if _PATHS in rest else rest.partition(" ")
        before = session.places.resolve(first, here=desk.moment)
        after = session.places.resolve(second, here=desk.moment) if second.strip() else desk.moment
    elif before == after:
        raise UsageError("There was no stop before this one", try_="diff 3, diff 3 7, diff turn 1 .. turn 2.")
    changes = session.state.changes(before, after)
    view = Differences(changes, before, after, signs=desk.signs)
    return shown(view, value=lambda: _as_value(before, after, changes))


def _as_value(before: Moment, after: Moment, changes: list[Any]) -> dict[str, Any]:
    def known(value: Any) -> Any:
        return None if value is ABSENT else value

    return {
        "before": before,
        "after": after,
        "changes": {each.name: {"before": known(each.before), "after": known(each.after)} for each in changes},
    }


def _why(desk: Desk, rest: str) -> Reply:
    if not rest:
        raise UsageError(f"Why what? Values here: {', '.join(desk.scope().variables()) or 'none'}")
    names = parse(rest).names
    desk.evaluate(rest)
    name = next(iter(names), "")
    found = desk.session.why(name, frame=desk.frame, lane=desk.lane) if len(names) == 1 else []
    if not found:
        raise UsageError(
            f"No single event wrote '{rest}'", why="it is counted, or made of several", try_="Name a value of 'state'."
        )
    view = Trail(desk.session.timeline, name, found, signs=desk.signs)
    return shown(
        view, value=lambda: [{"moment": each.moment, "path": each.path, "value": each.value} for each in found]
    )


def _display(desk: Desk, rest: str) -> Reply:
    if not rest:
        return listings.displays_view(desk)
    parse(rest)
    number = max((each.number for each in desk.displays), default=0) + 1
    display = Display(number, rest, desk.display_value(rest))
    desk.displays.append(display)
    now = "has no value here" if display.value is ABSENT else f"is {desk.short(display.value)}"
    return said(f"Display {number}: {rest} {now}; shown at stops when it has changed.")


def _undisplay(desk: Desk, rest: str) -> Reply:
    if not desk.displays:
        raise UsageError("There are no displays")
    if not rest and len(desk.displays) > 1:
        numbers = ", ".join(f"{each.number} {each.text}" for each in desk.displays)
        raise UsageError(f"Which display? There are {numbers}", try_="Write its number, or all.")
    known = [each.number for each in desk.displays]
    gone = known if rest in ("", "all") else numbers_of(rest)
    missing = [number for number in gone if number not in known]
    if missing:
        raise UsageError(f"There is no display {missing[0]}", why=f"displays: {', '.join(map(str, known))}")
    desk.displays = [each for each in desk.displays if each.number not in gone]
    return said(f"Display {', '.join(map(str, gone))} gone.")


ROWS: tuple[AnyCommand, ...] = (
    Command(
        "print",
        _print,
        "looking",
        "EXPR",
        "The value of an expression here, on one line.",
        ("p",),
        details="'help expressions' says how to write one.",
        examples=("print city", "p steps.plan.output", "p tokens > 100 and turn == 2"),
        completes=completion.values,
        free_text=True,
    ),
    Command(
        "pp",
        _pp,
        "looking",
        "[EXPR]",
        "A whole value, indented; alone, the whole event.",
        examples=("pp messages",),
        completes=completion.values,
        free_text=True,
    ),
    Command("args", _args, "looking", "", "The inputs of the call that is looked at.", ("a",)),
    Command("state", _state, "looking", "", "Everything that has a value here, the newest first."),
    Command(
        "messages",
        _messages,
        "looking",
        "",
        "The conversation exactly as it was sent to the model.",
        ("m",),
        details="Of the call around this stop, else of the last one before by the same agent or prompt.",
    ),
    Command(
        "diff",
        _diff,
        "looking",
        "[A] [B]",
        "What changed since the last stop, or between places.",
        examples=("diff", "diff 3", "diff 3 7", "diff turn 1 .. turn 2"),
        completes=completion.places,
    ),
    Command(
        "why",
        _why,
        "looking",
        "NAME",
        "Which event wrote a value, and from what.",
        ("y",),
        details="The newest first, each with the 'g N' that goes there.",
        examples=("why city", "why messages"),
        completes=completion.values,
    ),
    Command(
        "display",
        _display,
        "looking",
        "[EXPR]",
        "Show a value at stops when it has changed.",
        details="Alone: list what is shown.",
        examples=("display tokens",),
        completes=completion.values,
        free_text=True,
    ),
    Command(
        "undisplay",
        _undisplay,
        "looking",
        "[N… | all]",
        "Show a display no more.",
        completes=completion.display_numbers,
    ),
)
"""The verbs that look at values."""
