"""What the client shows of an error: its type, its message, the calls it went through, and where it came from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from namel3ss_dbg.events import Moment
from namel3ss_dbg.render.pieces import harmless_lines
from namel3ss_dbg.timeline.kinds import ERROR, is_of_kind
from namel3ss_dbg.timeline.patterns import OfShape
from namel3ss_dbg.trace.columns import END

from . import protocol as dap
from .errors import Problem, Refused

if TYPE_CHECKING:
    from .adapter import Adapter

_TYPE = re.compile(r"([A-Za-z_][\w.]*): ")


def exception_info(adapter: Adapter, arguments: dap.ExceptionInfoArguments) -> dap.ExceptionInfoBody:
    """The error at the last event of a thread."""
    lane = adapter.stacks.lane_of(arguments.thread_id)
    row = adapter.run.lanes.last_on(lane, max(adapter.run.moment, 0))
    error = _error_at(adapter, row)
    if error is None:
        raise Refused(Problem.NO_EVENT, "Nothing failed here.", shown=False)
    return dap.ExceptionInfoBody(
        exception_id=type_of_error(error),
        description=harmless_lines(error),
        break_mode="always" if _is_handled(adapter, row) else "unhandled",
        details=_details(adapter, row, error),
    )


def type_of_error(error: str) -> str:
    """The type that an error's text begins with."""
    found = _TYPE.match(error)
    return found[1] if found else "error"


def _error_at(adapter: Adapter, row: Moment) -> str | None:
    return adapter.run.timeline[row].error if row >= 0 else None


def _is_handled(adapter: Adapter, row: Moment) -> bool:
    """Whether some call around it came to a good end all the same."""
    columns = adapter.run.timeline.columns
    ends = (columns.match[start] for start in adapter.run.lanes.frames_at(row))
    return any(end > row and columns.shape_at(end).status == "completed" for end in ends)


def _details(adapter: Adapter, row: Moment, error: str) -> dap.ExceptionDetails:
    origin = _origin(adapter, row, error)
    return dap.ExceptionDetails(
        message=harmless_lines(error),
        type_name=type_of_error(error),
        full_type_name=type_of_error(error),
        evaluate_name="error",
        stack_trace=_stack(adapter, row),
        inner_exception=[_details(adapter, *origin)] if origin is not None else None,
    )


def _stack(adapter: Adapter, row: Moment) -> str:
    lines = []
    for start in adapter.run.lanes.frames_at(row):
        place = adapter.sources.position(start)
        lines.append(f"at {adapter.stacks.name(start)} ({place.source.name}:{place.line})")
    return "\n".join(lines)


def _origin(adapter: Adapter, row: Moment, error: str) -> tuple[Moment, str] | None:
    """The error inside a call that failed, from which its own came; None when it began here."""
    columns = adapter.run.timeline.columns
    start = columns.match[row] if columns.edge_at(row) == END else -1
    if start < 0:
        return None
    before = OfShape(is_of_kind(ERROR)).preceding(columns, row)
    found: Any = _error_at(adapter, before) if before > start else None
    return (before, found) if found is not None else None
