"""The functions of the expression language, which are its filters too: `x | f(a)` is another way to write `f(x, a)`."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import attrs

from .operators import COMPARISONS, Absent, Fault, as_json, as_text, bounded, clipped, is_number, kind_of, size_of

Lookup = Callable[[str], Any]
"""Gives the value of a root name, or raises `KeyError`."""

Run = Callable[[Lookup], Any]
"""Evaluates one part of an expression."""


def _length(value: Any) -> int:
    if not isinstance(value, str | list | tuple | dict):
        raise Fault(f"{kind_of(value)} has no length")
    return len(value)


def _on_text(function: Callable[[str], str]) -> Callable[[Any], str]:
    def apply(value: Any) -> str:
        if not isinstance(value, str):
            raise Fault(f"it needs a string, not {kind_of(value)}", try_="Convert it with str.")
        return function(value)

    return apply


def _on_number(function: Callable[..., Any]) -> Callable[..., Any]:
    def apply(*values: Any) -> Any:
        for value in values:
            if not is_number(value):
                raise Fault(f"it needs a number, not {kind_of(value)}")
        try:
            return function(*values)
        except (TypeError, ValueError, OverflowError):
            raise Fault("it does not work on these numbers") from None

    return apply


def _to_number(convert: Callable[[Any], Any], word: str) -> Callable[[Any], Any]:
    def apply(value: Any) -> Any:
        try:
            if isinstance(value, str | int | float) and math.isfinite(result := convert(value)):
                return result
        except (ValueError, OverflowError):
            pass
        shown = f"'{clipped(value, 40)}'" if isinstance(value, str) else kind_of(value)
        raise Fault(f"{shown} is not {word}")

    return apply


def _extreme(better: Callable[[Any, Any], bool]) -> Callable[..., Any]:
    def apply(*values: Any) -> Any:
        candidates = values[0] if len(values) == 1 and isinstance(values[0], list) else values
        if not candidates:
            raise Fault("the list is empty")
        best, *others = candidates
        for each in others:
            if better(each, best):
                best = each
        return best

    return apply


def _join(values: Any, between: Any = "") -> str:
    if not isinstance(values, list | tuple):
        raise Fault(f"it joins a list, not {kind_of(values)}")
    bounded(size_of(values) + len(values) * size_of(between))
    return as_text(between).join(map(as_text, values))


def _truncate(text: Any, length: Any = 80) -> str:
    if not isinstance(length, int) or isinstance(length, bool) or length < 1:
        raise Fault("it cuts to a whole number of characters, at least 1")
    return clipped(as_text(text), length)


def _defined(value: Run) -> Run:
    def run(lookup: Lookup) -> bool:
        try:
            value(lookup)
        except Absent:
            return False
        return True

    return run


def _default(value: Run, otherwise: Run) -> Run:
    """The value, or the other one where it is absent or null."""

    def run(lookup: Lookup) -> Any:
        try:
            found = value(lookup)
        except Absent:
            return otherwise(lookup)
        return otherwise(lookup) if found is None else found

    return run


@attrs.frozen
class Function:
    """One function, and how many values it wants."""

    apply: Callable[..., Any]
    least: int = 1
    """How many values it needs."""
    most: int = 1
    """How many values it takes."""
    lazy: bool = False
    """Whether `apply` takes the unevaluated arguments and returns what evaluates the call."""


FUNCTIONS: dict[str, Function] = {
    "abs": Function(_on_number(abs)),
    "default": Function(_default, least=2, most=2, lazy=True),
    "defined": Function(_defined, lazy=True),
    "float": Function(_to_number(float, "a number")),
    "int": Function(_to_number(int, "a whole number")),
    "join": Function(_join, most=2),
    "json": Function(as_json),
    "len": Function(_length),
    "length": Function(_length),
    "lower": Function(_on_text(str.lower)),
    "max": Function(_extreme(COMPARISONS[">"]), most=100),
    "min": Function(_extreme(COMPARISONS["<"]), most=100),
    "round": Function(_on_number(round), most=2),
    "str": Function(as_text),
    "trim": Function(_on_text(str.strip)),
    "truncate": Function(_truncate, most=2),
    "upper": Function(_on_text(str.upper)),
}
