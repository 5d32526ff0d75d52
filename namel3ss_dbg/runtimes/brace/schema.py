"""Whether a value has the declared shape, and how that shape is told to a model.

Every problem is one sentence that begins with its JSON path, all of them at once: they go back to a model, which can
then mend all of them at once, too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from .nodes import EnvRef, Field, ValueType
from .source import did_you_mean

_PYTHON_TYPES: dict[ValueType, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "list": list,
    "object": dict,
    "any": object,
}
_ARTICLES: dict[ValueType, str] = {"integer": "an integer", "object": "an object", "any": "any value"}
_LONGEST_SHOWN = 60
_MOST_ATTEMPTS = 100


def problems(value: Any, fields: Sequence[Field], *, closed: bool = False, path: str = "$") -> list[str]:
    """What keeps a value from being an object of these fields, as sentences with JSON paths; empty when nothing does.

    Args:
        value: The value; references to the environment fit everywhere.
        fields: The properties.
        closed: Whether other properties are a problem.
        path: Where the value stands.
    """
    if not isinstance(value, dict):
        return [f"{path} must be an object, not {_described(value)}"]
    found: list[str] = []
    for field in fields:
        here = f"{path}.{field.name}"
        if field.name in value:
            found += field_problems(value[field.name], field, here, closed=closed)
        elif field.required and field.default is None:
            found.append(f"{here} is missing")
    if closed:
        found += _unknown(value, fields, path)
    return found


def field_problems(value: Any, field: Field, path: str, *, closed: bool = False) -> list[str]:
    """What keeps a value from being this field's."""
    if isinstance(value, EnvRef) or (value is None and not field.required):
        return []
    if not _fits(value, field.type):
        return [f"{path} must be {_kind(field.type)}, not {_described(value)}"]
    if field.choices and value not in field.choices:
        return [f"{path} must be one of {_choices(field)}, not {_described(value)}"]
    if field.type == "list" and field.items is not None:
        item = field.items
        return [
            problem
            for number, element in enumerate(value)
            for problem in field_problems(element, item, f"{path}[{number}]", closed=closed)
        ]
    return problems(value, field.fields, closed=closed, path=path) if field.fields else []


def answer_problems(text: str, fields: Sequence[Field]) -> tuple[Any, list[str]]:
    """The value that a model's answer holds, and what keeps it from being an object of these fields."""
    try:
        value = extract_json(text)
    except ValueError as problem:
        return None, [f"$ is not JSON: {problem}"]
    return value, problems(value, fields)


def extract_json(text: str) -> Any:
    """The JSON in a model's answer: all of it, what stands in a code fence, or the first object within the prose.

    Raises:
        ValueError: There is none; says why, and where.
    """
    try:
        return json.loads(text)
    except json.JSONDecodeError as problem:
        first = problem
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    decoder = json.JSONDecoder()
    begin = text.find("{")
    for _ in range(_MOST_ATTEMPTS):
        if begin < 0:
            break
        try:
            return decoder.raw_decode(text, begin)[0]
        except (json.JSONDecodeError, RecursionError):
            begin = text.find("{", begin + 1)
    if "{" not in text:
        raise ValueError(f"there is no object in {_described(text)}")
    raise ValueError(f"{first.msg} at line {first.lineno}, column {first.colno}")


def json_schema(fields: Sequence[Field]) -> dict[str, Any]:
    """The fields as a JSON schema, as models are told it."""
    return {
        "type": "object",
        "properties": {field.name: _field_schema(field) for field in fields},
        "required": [field.name for field in fields if field.required and field.default is None],
        "additionalProperties": False,
    }


def coerced(value: Any, field: Field) -> Any:
    """The value as the field's type, where a text says one without doubt: `"3"` as 3; else the value as it is."""
    if not isinstance(value, str) or field.type in ("string", "any"):
        return value
    try:
        read = json.loads(value.strip().lower() if field.type == "boolean" else value)
    except ValueError:
        return value
    return read if _fits(read, field.type) else value


def _unknown(value: dict[str, Any], fields: Sequence[Field], path: str) -> list[str]:
    names = [field.name for field in fields]
    unknown = [name for name in value if name not in names]
    known = f"known: {', '.join(names)}."
    return [f"{path}.{name} is not known; {known} {did_you_mean(name, names)}".rstrip() for name in unknown]


def _fits(value: Any, kind: ValueType) -> bool:
    if isinstance(value, bool):
        return kind in ("boolean", "any")
    return isinstance(value, _PYTHON_TYPES[kind]) or (kind == "integer" and isinstance(value, float) and value % 1 == 0)


def _field_schema(field: Field) -> dict[str, Any]:
    schema: dict[str, Any] = {}
    if field.type != "any":
        schema["type"] = {"list": "array"}.get(field.type, field.type)
    if field.description:
        schema["description"] = field.description
    if field.choices:
        schema["enum"] = list(field.choices)
    if field.items is not None:
        schema["items"] = _field_schema(field.items)
    if field.fields:
        schema |= json_schema(field.fields)
    return schema


def _choices(field: Field) -> str:
    return ", ".join(json.dumps(choice, ensure_ascii=False) for choice in field.choices)


def _kind(kind: ValueType) -> str:
    return _ARTICLES.get(kind, f"a {kind}")


_NAMES: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (bool, lambda value: f"the boolean {json.dumps(value)}"),
    (int, lambda value: f"the number {value}"),
    (float, lambda value: f"the number {value}"),
    (str, lambda value: f"the string {json.dumps(_clipped(value), ensure_ascii=False)}"),
    (list, lambda value: f"a list of {len(value)}"),
    (dict, lambda value: "an object"),
)


def _described(value: Any) -> str:
    return next((name(value) for kind, name in _NAMES if isinstance(value, kind)), "null")


def _clipped(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
