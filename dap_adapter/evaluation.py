"""Expressions at the moment where the run rests; in the console also the words of the terminal debugger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from namel3ss_dbg.events import ExpressionError
from namel3ss_dbg.timeline.expressions import parse
from namel3ss_dbg.timeline.patterns import OnLine

from . import protocol as dap
from .console import is_command, run_command
from .errors import Problem, Refused
from .scopes import Look
from .session import Then
from .stacks import Frame
from .values import LONGEST, Values, reference, short, type_of, whole

if TYPE_CHECKING:
    from .adapter import Adapter


def evaluate(adapter: Adapter, arguments: dap.EvaluateArguments) -> dap.EvaluateBody | Then:
    """The value of an expression, or what a command of the console says."""
    text, context = arguments.expression.strip(), arguments.context or "repl"
    if context == "repl" and text.startswith("."):
        return run_command(adapter, text[1:], arguments.frame_id)
    try:
        value = value_of(adapter, text, arguments.frame_id)
    except ExpressionError as problem:
        if context == "repl" and is_command(adapter, text):
            return run_command(adapter, text, arguments.frame_id)
        if context != "hover":
            raise
        value = _hovered(adapter, text, arguments, problem)
    return answered(adapter, value, text, context)


def answered(adapter: Adapter, value: Any, path: str, context: str) -> dap.EvaluateBody:
    """A value as an answer; whole for those who copy it."""
    values = Values(value, path, keep=True)
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


def _hovered(adapter: Adapter, text: str, arguments: dap.EvaluateArguments, problem: ExpressionError) -> Any:
    """A name in a source file, as it was when the run last came by that line, or comes by next."""
    listed = adapter.sources.listed(arguments.source) if arguments.source is not None else None
    if listed is None or arguments.line is None:
        raise problem
    line, run = adapter.client.line_in(arguments.line), adapter.run
    for file in listed.files:
        visits = OnLine(file, line)
        row = visits.preceding(run.timeline.columns, run.moment + 1)
        row = row if row >= 0 else visits.following(run.timeline.columns, run.moment)
        if row >= 0:
            return parse(text).evaluate(run.state.scope(row))
    raise problem
