"""Expressions at the moment where the run rests; in the console also the words of the terminal debugger."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from namel3ss_dbg.events import ExpressionError, Moment
from namel3ss_dbg.timeline.expressions import parse
from namel3ss_dbg.timeline.patterns import OnLine
from namel3ss_dbg.trace.columns import NONE

from . import protocol as dap
from .console import is_command, run_command
from .errors import Problem, Refused
from .scopes import Look
from .session import Then
from .stacks import Frame
from .values import LONGEST, Values, reference, short, type_of, whole
from .watches import keys_of

if TYPE_CHECKING:
    from .adapter import Adapter


def evaluate(adapter: Adapter, arguments: dap.EvaluateArguments) -> dap.EvaluateBody | Then:
    """The value of an expression, or what a command of the console says."""
    text, context = arguments.expression.strip(), arguments.context or "repl"
    if context == "repl" and text.startswith("."):
        return run_command(adapter, text[1:], arguments.frame_id)
    if context == "hover":
        return answered(adapter, _hovered(adapter, text, arguments), text, context)
    try:
        value = value_of(adapter, text, arguments.frame_id)
    except ExpressionError:
        if context == "repl" and is_command(adapter, text):
            return run_command(adapter, text, arguments.frame_id)
        raise
    return answered(adapter, value, text, context)


def answered(adapter: Adapter, value: Any, path: str, context: str) -> dap.EvaluateBody:
    """A value as an answer; whole for those who copy it."""
    values = Values(value, path if keys_of(path) is not None else f"({path})", keep=True)
    is_whole = context in ("clipboard", "variables")
    return dap.EvaluateBody(
        result=whole(value) if is_whole else short(value, LONGEST),
        type=type_of(value) if adapter.client.wants_types else None,
        variables_reference=reference(adapter, values),
        named_variables=len(value) if isinstance(value, dict) else None,
        indexed_variables=len(value) if isinstance(value, list) else None,
    )


def frame_of(adapter: Adapter, number: int | None) -> Frame:
    """The frame that is meant; without a number, the innermost one where the run rests."""
    if number is not None:
        return adapter.stacks.frame(number)
    frames = adapter.run.frames()
    return Frame(frames[0] if frames else max(adapter.run.moment, 0), adapter.stacks.current_lane, 0)


def value_of(adapter: Adapter, text: str, number: int | None) -> Any:
    """The value of an expression, as a frame sees it.

    Raises:
        ExpressionError: It has none.
    """
    if not len(adapter.run.timeline):
        raise Refused(Problem.NOT_EVALUATED, "There are no events yet.")
    return parse(text).evaluate(Look(adapter, frame_of(adapter, number)).lookup)


def _hovered(adapter: Adapter, text: str, arguments: dap.EvaluateArguments) -> Any:
    """A name in a source file: as the call sees it in whose lines it stands, as the frame that is shown does, or as it
    was when the run last came by that line, or comes by next.
    """
    around = _call_around(adapter, arguments)
    if around is not None:
        with suppress(ExpressionError):
            return parse(text).evaluate(Look(adapter, around).lookup)
    try:
        return value_of(adapter, text, arguments.frame_id)
    except ExpressionError:
        row = _visit(adapter, arguments)
        if row < 0:
            raise
        return parse(text).evaluate(adapter.run.state.scope(row))


def _call_around(adapter: Adapter, arguments: dap.EvaluateArguments) -> Frame | None:
    """Of the calls that are open, the one whose source begins last before the line that is pointed at.

    `{{ input }}` of a chain is the chain's, also when the run rests in an agent of it that was asked something else.
    Of an agent and its turn, which begin on the same line, it is the agent.
    """
    files, line = _pointed_at(adapter, arguments)
    found, nearest, lane = None, 0, frame_of(adapter, arguments.frame_id).lane
    for number, start in enumerate(adapter.run.lanes.frames_at(max(adapter.run.moment, 0), lane)) if files else ():
        source = adapter.run.timeline.recorded(start).metadata.get("source")
        if isinstance(source, dict) and source.get("file") in files:
            begin = source.get("line")
            is_next = found is not None and found.number == number - 1
            if isinstance(begin, int) and begin <= line and (nearest < begin or (nearest == begin and is_next)):
                found, nearest = Frame(start, lane, number), begin
    return found


def _visit(adapter: Adapter, arguments: dap.EvaluateArguments) -> Moment:
    """The last event on the line that is pointed at, up to where the run rests; else the next one, or NONE."""
    files, line = _pointed_at(adapter, arguments)
    run = adapter.run
    for file in files:
        visits = OnLine(file, line)
        row = visits.preceding(run.timeline.columns, run.moment + 1)
        row = row if row >= 0 else visits.following(run.timeline.columns, run.moment)
        if row >= 0:
            return row
    return NONE


def _pointed_at(adapter: Adapter, arguments: dap.EvaluateArguments) -> tuple[tuple[str, ...], int]:
    """The files, by the names that the trace has for them, and the line of an expression that a client points at."""
    listed = adapter.sources.listed(arguments.source) if arguments.source is not None else None
    if listed is None or arguments.line is None:
        return (), 0
    return listed.files, adapter.client.line_in(arguments.line)
