"""Data breakpoints: a stable name for a value, which is an expression in the notation of paths.

state:/cart/total              cart.total, wherever it is visible
memory:Planner:/messages       what the memory of an agent last said of its messages
total:tokens                   what was counted so far
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from namel3ss_dbg.timeline.expressions import parse
from namel3ss_dbg.timeline.state import TOTALS

from . import protocol as dap
from .errors import Problem, Refused
from .scopes import Section
from .values import Values, inside, is_name

if TYPE_CHECKING:
    from .adapter import Adapter

_MEMBER = re.compile(r"""\.([A-Za-z_]\w*)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]""")
_ROOT = re.compile(r"[A-Za-z_]\w*")


def keys_of(expression: str) -> list[str | int] | None:
    """The names and numbers of a path such as `cart.items[0]`; None when the expression is more than a path."""
    expression = expression.strip()
    root = _ROOT.match(expression)
    if root is None:
        return None
    keys: list[str | int] = [root[0]]
    place = root.end()
    while place < len(expression):
        found = _MEMBER.match(expression, place)
        if found is None:
            return None
        keys.append(found[1] or (int(found[2]) if found[2] else json.loads(found[3])))
        place = found.end()
    return keys


def data_id_of(expression: str) -> str | None:
    """The stable name of a path; None when the expression is more than a path."""
    keys = keys_of(expression)
    if keys is None:
        return None
    root, *inside_it = map(str, keys)
    if root == "memory" and inside_it:
        return f"memory:{_escaped(inside_it[0])}:{_pointer(inside_it[1:])}"
    if root in TOTALS and not inside_it:
        return f"total:{root}"
    return f"state:{_pointer([root, *inside_it])}"


def expression_of(data_id: str) -> str:
    """The expression of a stable name; `expression:` may stand before any other expression.

    Raises:
        Refused: It is none.
    """
    kind, _, rest = data_id.partition(":")
    if kind == "total" and rest in TOTALS:
        return rest
    if kind == "expression" and rest:
        return rest
    if kind == "memory" and ":" in rest:
        agent, _, pointer = rest.partition(":")
        return _path("memory", [_unescaped(agent), *_keys(pointer)])
    if kind == "state" and rest.startswith("/"):
        root, *keys = _keys(rest)
        if is_name(root):
            return _path(root, keys)
    raise Refused(Problem.NOT_EVALUATED, f"'{data_id}' does not name a value that can be watched.")


def _pointer(keys: list[str]) -> str:
    return "".join(f"/{_escaped(key)}" for key in keys)


def _keys(pointer: str) -> list[str]:
    return [_unescaped(key) for key in pointer.split("/")[1:]]


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1").replace(":", "~2")


def _unescaped(key: str) -> str:
    return key.replace("~2", ":").replace("~1", "/").replace("~0", "~")


def _path(root: str, keys: list[str]) -> str:
    path = root
    for key in keys:
        path = inside(path, int(key) if key.isdigit() else key)
    return path


def data_breakpoint_info(adapter: Adapter, arguments: dap.DataBreakpointInfoArguments) -> dap.DataBreakpointInfoBody:
    """How a value can be watched, or why it cannot."""
    expression = _expression(adapter, arguments)
    if not expression:
        return dap.DataBreakpointInfoBody(data_id=None, description=f"'{arguments.name}' never changes.")
    parse(expression)
    data_id = data_id_of(expression) or f"expression:{expression}"
    return dap.DataBreakpointInfoBody(data_id=data_id, description=expression, access_types=["write"], can_persist=True)


def _expression(adapter: Adapter, arguments: dap.DataBreakpointInfoArguments) -> str:
    if not arguments.variables_reference:
        return arguments.name
    thing = adapter.handles.get(arguments.variables_reference)
    if isinstance(thing, Values):
        found = re.fullmatch(r"\[(\d+)\]", arguments.name)
        key = int(found[1]) if isinstance(thing.value, list) and found is not None else arguments.name
        return _watchable(inside(thing.path, key))
    if isinstance(thing, Section):
        return _in_section(thing, arguments.name)
    number = arguments.variables_reference
    raise Refused(Problem.NO_VARIABLES, f"There are no variables of number {number}, or not any more.")


def _in_section(section: Section, name: str) -> str:
    if section.title in ("Metadata", "Raw event", "Event") or name.startswith("("):
        return ""
    if section.title == "Metrics":
        return name
    return inside("memory", name) if section.title == "Memory" else (name if is_name(name) else "")


def _watchable(path: str) -> str:
    """A path that means something at every event; `frame` and `results` do so only where the run rests."""
    return "" if path.startswith(("frame.", "results[", "frame[")) else path
