"""Values as the client shows them: one line each, opened a level at a time, long lists and objects in parts.

A text that is too long for a line is shortened; whole it is for the clipboard, and as a document of its own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

import attrs

from namel3ss_dbg.events import Moment
from namel3ss_dbg.render.formats import format_bytes
from namel3ss_dbg.render.pieces import harmless, harmless_json
from namel3ss_dbg.render.values import json_text

from . import protocol as dap
from .documents import Document

if TYPE_CHECKING:
    from .adapter import Adapter

LONGEST = 1_024
"""Characters of a value on its line."""

_PART = 100
_MOST = 500
# Members that are shown at once to a client that did not ask for a part.
_WORDS = frozenset(
    "and or not in if else true false null True False None contains matches is defined json".split()  # noqa: SIM905
)
_TYPES: dict[type, str] = {str: "text", bool: "boolean", int: "number", float: "number", dict: "object", list: "list"}


@attrs.frozen(eq=False)
class Values:
    """An object or a list that can be opened."""

    value: Any
    path: str
    """The expression that gives it, from where it was shown; empty when there is none."""
    end: Moment | None = None
    """The end of the call whose outputs it is a part of, when those may be overlaid."""
    keys: tuple[str | int, ...] = ()
    """Where in those outputs it is."""
    begin: int = 0
    count: int | None = None
    """Of its members only these, when it is a part."""
    keep: bool = False
    """Whether what is in it stays on the screen when time moves."""


@attrs.frozen(eq=False)
class Lazy:
    """A value that is computed when the person asks for it."""

    compute: Callable[[], Any]


@attrs.frozen(eq=False)
class Said:
    """A line of the console that can be opened; what is in it is the text, because editors show that in its place."""

    text: str
    values: Values


def is_name(key: object) -> bool:
    """Whether a key can stand in an expression without quotes."""
    return isinstance(key, str) and key.isascii() and key.isidentifier() and key not in _WORDS


def inside(path: str, key: str | int) -> str:
    """The expression of a member."""
    if not path:
        return ""
    if isinstance(key, int):
        return f"{path}[{key}]"
    return f"{path}.{key}" if is_name(key) else f"{path}[{harmless_json(json.dumps(key, ensure_ascii=False))}]"


def type_of(value: Any) -> str:
    """What a value is, in a word."""
    return "null" if value is None else _TYPES.get(type(value), type(value).__name__)


def short(value: Any, most: int = LONGEST) -> str:
    """A value on one line, with its size when it was shortened."""
    if isinstance(value, str):
        if len(value) <= most:
            return harmless(json_text(value))
        size = format_bytes(len(value.encode("utf-8", "replace")))
        return f'{harmless(json_text(value[: most // 4]))[:-1]}…" ({size})'
    if isinstance(value, dict | list):
        text = harmless("".join(islice(_begun(value, 3), 60)))
        return text if len(text) <= 200 else f"{text[:199]}…"
    return json_text(value)


def _begun(value: Any, depth: int) -> Iterator[str]:
    """The beginning of an object or a list, in pieces; never more than a few members of it are looked at."""
    if isinstance(value, str):
        yield json_text(value[:60] + ("…" if len(value) > 60 else ""))
    elif isinstance(value, dict) and depth:
        yield "{"
        for number, (key, each) in enumerate(islice(value.items(), 10)):
            yield f"{', ' if number else ''}{str(key)[:60]}: "
            yield from _begun(each, depth - 1)
        yield ", …}" if len(value) > 10 else "}"
    elif isinstance(value, list) and depth:
        yield f"({len(value)}) ["
        for number, each in enumerate(islice(value, 10)):
            yield ", " if number else ""
            yield from _begun(each, depth - 1)
        yield ", …]" if len(value) > 10 else "]"
    elif isinstance(value, dict | list):
        yield "{…}" if isinstance(value, dict) else f"({len(value)}) […]"
    else:
        yield json_text(value)


def whole(value: Any) -> str:
    """All of a value: a text as it is, everything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=repr)


def reference(adapter: Adapter, values: Values) -> int:
    """The number with which a value can be opened; 0 when there is nothing in it."""
    if not isinstance(values.value, dict | list) or not values.value:
        return 0
    return adapter.handles.add(values, keep=values.keep)


def variable(adapter: Adapter, name: str, values: Values, *, declared: Moment | None = None) -> dap.Variable:
    """A value as a line."""
    value = values.value
    writable = values.end is not None
    is_long = isinstance(value, str) and len(value) > LONGEST
    kept = values.keep
    return dap.Variable(
        name=harmless(name),
        value=short(value),
        type=type_of(value) if adapter.client.wants_types else None,
        presentation_hint=None if writable else dap.VariablePresentationHint(attributes=["readOnly"]),
        evaluate_name=values.path or None,
        variables_reference=reference(adapter, values),
        named_variables=len(value) if isinstance(value, dict) else None,
        indexed_variables=len(value) if isinstance(value, list) else None,
        value_location_reference=adapter.handles.add(Document(value), keep=kept) if is_long else None,
        declaration_location_reference=adapter.handles.add(declared, keep=kept) if declared is not None else None,
    )


def lazy(adapter: Adapter, name: str, compute: Callable[[], Any]) -> dap.Variable:
    """A line whose value is computed when the person asks for it."""
    return dap.Variable(
        name=name,
        value="…",
        variables_reference=adapter.handles.add(Lazy(compute)),
        presentation_hint=dap.VariablePresentationHint(kind="virtual", attributes=["readOnly"], lazy=True),
    )


def members(adapter: Adapter, values: Values, arguments: dap.VariablesArguments) -> list[dap.Variable]:
    """What is in a value, or the part of it that the client asks for."""
    is_list = isinstance(values.value, list)
    if arguments.filter is not None and (arguments.filter == "indexed") != is_list:
        return []
    size = values.count if values.count is not None else len(values.value)
    first = min(max(arguments.start or 0, 0), size)
    count = min(arguments.count or size, size - first)
    if values.count is None and not arguments.count and size > _MOST:
        return [_part(adapter, values, begin, min(_PART, size - begin)) for begin in range(0, size, _PART)]
    return list(_lines(adapter, values, values.begin + first, count))


def _lines(adapter: Adapter, values: Values, first: int, count: int) -> Iterator[dap.Variable]:
    value = values.value
    keys = range(first, first + count) if isinstance(value, list) else islice(value, first, first + count)
    for key in keys:
        within = attrs.evolve(
            values, value=value[key], path=inside(values.path, key), keys=(*values.keys, key), begin=0, count=None
        )
        yield variable(adapter, f"[{key}]" if isinstance(value, list) else str(key), within)


def _part(adapter: Adapter, values: Values, begin: int, count: int) -> dap.Variable:
    part = attrs.evolve(values, begin=begin, count=count)
    is_list = isinstance(values.value, list)
    return dap.Variable(
        name=f"[{begin} … {begin + count - 1}]",
        value=f"{count} {'elements' if is_list else 'members'}",
        variables_reference=adapter.handles.add(part, keep=values.keep),
        presentation_hint=dap.VariablePresentationHint(kind="virtual", attributes=["readOnly"]),
        named_variables=None if is_list else count,
        indexed_variables=count if is_list else None,
    )
