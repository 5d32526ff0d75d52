"""What if: an answer in place of a recorded one.

It is an overlay on the end of one call; the recording is never changed, and what came after that call is still what
was recorded, which its frames say.
"""

from __future__ import annotations

import copy
import json
import re
from typing import TYPE_CHECKING, Any

from namel3ss_dbg.events import ExpressionError, Moment
from namel3ss_dbg.timeline.expressions import parse
from namel3ss_dbg.timeline.session import ANSWERING
from namel3ss_dbg.trace.columns import END

from . import protocol as dap
from .errors import Problem, Refused
from .evaluation import frame_of, value_of
from .scopes import Look, Section
from .session import Then
from .values import Values, reference, short, type_of
from .watches import keys_of

if TYPE_CHECKING:
    from .adapter import Adapter

_FIXED = "Only outputs of a call can be set, where it has ended; what was recorded besides stays as it is."


def set_variable(adapter: Adapter, arguments: dap.SetVariableArguments) -> Then:
    """Put a value in place of one in the outputs of a call."""
    thing = adapter.handles.get(arguments.variables_reference)
    if isinstance(thing, Section) and thing.title == "Outputs":
        look = Look(adapter, thing.frame)
        return _replace(adapter, look.here, (arguments.name,), arguments.value)
    if isinstance(thing, Values) and thing.end is not None:
        found = re.fullmatch(r"\[(\d+)\]", arguments.name) if isinstance(thing.value, list) else None
        key: str | int = int(found[1]) if found is not None else arguments.name
        return _replace(adapter, thing.end, (*thing.keys, key), arguments.value)
    raise Refused(Problem.NOT_CHANGED, _FIXED)


def set_expression(adapter: Adapter, arguments: dap.SetExpressionArguments) -> Then:
    """The same, by an expression such as `result.city` or `frame.outputs.text`."""
    look = Look(adapter, frame_of(adapter, arguments.frame_id))
    keys = keys_of(arguments.expression)
    end = look.end
    if keys is None or end is None:
        raise Refused(Problem.NOT_CHANGED, _FIXED)
    if keys[:2] == ["frame", "outputs"] or keys[:1] == ["outputs"]:
        keys = keys[2 if keys[0] == "frame" else 1 :]
    if not keys or keys[0] not in end.outputs:
        raise Refused(Problem.NOT_CHANGED, _FIXED)
    return _replace(adapter, look.here, tuple(keys), arguments.value)


def _replace(adapter: Adapter, end: Moment, keys: tuple[str | int, ...], text: str) -> Then:
    run = adapter.run
    event = run.timeline[end]
    if run.timeline.columns.edge_at(end) != END or event.span not in ANSWERING:
        raise Refused(Problem.NOT_CHANGED, _FIXED)
    value = _value(adapter, text)
    outputs = copy.deepcopy(event.outputs)
    _put(outputs, keys, value)
    run.answer(outputs, at=end)
    values = Values(value, "", end=end, keys=keys)
    body = dap.SetVariableBody(
        value=short(value),
        type=type_of(value) if adapter.client.wants_types else None,
        variables_reference=reference(adapter, values),
        named_variables=len(value) if isinstance(value, dict) else None,
        indexed_variables=len(value) if isinstance(value, list) else None,
    )
    return Then(body, lambda: _tell(adapter, end, outputs))


def _value(adapter: Adapter, text: str) -> Any:
    """What a person typed: JSON, else an expression."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        return value_of(adapter, text, None) if parse(text).names else parse(text).evaluate(_nothing)
    except ExpressionError as problem:
        why = f"it is neither JSON nor an expression that has a value here ({problem.why})"
        raise Refused(Problem.NOT_CHANGED, f"'{text}' cannot be set: {why}. Put a text in quotes.") from None


def _nothing(name: str) -> Any:
    raise KeyError(name)


def _put(outputs: dict[str, Any], keys: tuple[str | int, ...], value: Any) -> None:
    inside: Any = outputs
    for key in keys[:-1]:
        inside = _member(inside, key)
    _member(inside, keys[-1])
    inside[keys[-1]] = value


def _member(inside: Any, key: str | int) -> Any:
    try:
        return inside[key]
    except (KeyError, IndexError, TypeError):
        raise Refused(Problem.NOT_CHANGED, f"There is no '{key}' in the recorded outputs.") from None


def _tell(adapter: Adapter, end: Moment, outputs: dict[str, Any]) -> None:
    adapter.tell_invalid()
    name = adapter.run.timeline.columns.shape_at(end).component_name or ""
    mock = json.dumps(outputs, ensure_ascii=True)
    text = (
        f"#{end} now shows this answer; the recording keeps its own, and what came later is still as recorded. "
        f"To see it again: --mock '{name}:{mock}', or \"mocks\" in the launch configuration."
    )
    adapter.session.event("output", dap.OutputBody(category="console", output=f"{text}\n"))
