"""What the operators of the expression language do with JSON values.

They are written for values of unknown origin: nothing here reads an attribute of a Python object, and nothing can be
made to build a text or list of absurd size.
"""

from __future__ import annotations

import functools
import json
import math
import operator
from collections.abc import Callable
from typing import Any

import re2

LONGEST_REPEAT = 100_000
"""The size of a text or list that `*` may make."""
LONGEST_RESULT = 10_000_000
"""The size of a text or list that anything else may make."""


class Fault(Exception):
    """Why an expression cannot be parsed or evaluated, on its way to whoever knows the whole text."""

    def __init__(self, why: str, *, column: int | None = None, try_: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.column = column
        self.try_ = try_

    def at(self, column: int) -> Fault:
        """This fault, pointing at a character unless it already points at one."""
        if self.column is None:
            self.column = column
        return self


class Absent(Fault):
    """A name, key or index that does not exist: no error inside `defined(…)` and before `| default(…)`."""


def kind_of(value: Any) -> str:
    """The value's type as a sentence says it: `a number`."""
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case str():
            return "a string"
        case list() | tuple():
            return "a list"
        case dict():
            return "an object"
    return f"a {type(value).__name__}"


def is_number(value: Any) -> bool:
    """Whether the value is a JSON number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def member(value: Any, key: Any) -> Any:
    """`value.key` or `value[key]`: the entry of an object, or the item of a list.

    Raises:
        Absent: There is none; the sentence says what there is instead.
    """
    if isinstance(value, dict):
        try:
            return value[key]
        except (KeyError, TypeError):
            raise Absent(f"there is no {_shown(key)} in it", try_=_known_keys(value)) from None
    if isinstance(value, list | tuple):
        if not isinstance(key, int) or isinstance(key, bool):
            raise Absent(f"a list has numbered items, not {_shown(key)}", try_="Write a number in brackets: [0].")
        try:
            return value[key]
        except IndexError:
            count = "1 item" if len(value) == 1 else f"{len(value)} items"
            raise Absent(f"there is no item {key} in a list of {count}") from None
    raise Absent(f"{kind_of(value)} has no {_shown(key)}")


def _shown(key: Any) -> str:
    return f"'{clipped(key, 40)}'" if isinstance(key, str) else clipped(as_text(key), 40)


def _known_keys(value: dict[Any, Any]) -> str:
    keys = [str(key) for key in value]
    if not keys:
        return "The object is empty."
    more = f", … ({len(keys)} in all)" if len(keys) > 12 else ""
    return f"Keys: {', '.join(keys[:12])}{more}."


def equal(left: Any, right: Any) -> bool:
    """Whether two values are the same JSON value; `1` is `1.0`, but `true` is not `1`."""
    if left is right:
        return True
    if isinstance(left, bool) or isinstance(right, bool):
        return False
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(equal, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(equal(left[key], right[key]) for key in left)
    return bool(left == right)


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def ordered(left: Any, right: Any) -> bool:
        if (is_number(left) and is_number(right)) or (isinstance(left, str) and isinstance(right, str)):
            return compare(left, right)
        raise Fault(
            f"{kind_of(left)} and {kind_of(right)} have no order", try_="Convert one of them with float or str."
        )

    return ordered


def contains(container: Any, item: Any) -> bool:
    """Whether a text has this part, a list this item, an object this key; null contains nothing."""
    match container:
        case None:
            return False
        case str() if isinstance(item, str):
            return item in container
        case str():
            raise Fault(f"a string cannot contain {kind_of(item)}", try_="Convert it with str.")
        case list() | tuple():
            return any(equal(item, each) for each in container)
        case dict():
            return isinstance(item, str) and item in container
    raise Fault(f"{kind_of(container)} cannot contain anything")


def matches(text: Any, pattern: Any) -> bool:
    """Whether a regular expression is found in a text; in null it never is."""
    if text is None:
        return False
    if not isinstance(text, str):
        raise Fault(f"{kind_of(text)} cannot be searched", try_="Convert it with str.")
    try:
        return compiled(pattern).search(text) is not None
    except UnicodeEncodeError:  # halves of characters are no text that anybody could look for
        return False


_QUIETLY = re2.Options()
_QUIETLY.log_errors = False


@functools.lru_cache(maxsize=256)
def _searching(pattern: str) -> Any:
    return re2.compile(pattern, options=_QUIETLY)


def compiled(pattern: Any) -> Any:
    """The pattern, ready to search with, in RE2's syntax: no look-around and no back references.

    RE2 searches in linear time. With Python's own `re` a condition such as `'xxxx…' matches '(x+x+)+y'` would never
    end, and nothing could interrupt it.

    Raises:
        Fault: It is not a regular expression.
    """
    if not isinstance(pattern, str):
        raise Fault(f"{kind_of(pattern)} is not a regular expression")
    try:
        return _searching(pattern)
    except (re2.error, UnicodeEncodeError) as problem:
        why = problem.args[0].decode("utf-8", "replace") if isinstance(problem, re2.error) else "half a character"
        raise Fault(f"'{clipped(pattern, 80)}' is not a regular expression, {clipped(why, 120)}") from None


COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": equal,
    "!=": lambda left, right: not equal(left, right),
    "<": _ordered(operator.lt),
    "<=": _ordered(operator.le),
    ">": _ordered(operator.gt),
    ">=": _ordered(operator.ge),
    "in": lambda left, right: contains(right, left),
    "not in": lambda left, right: not contains(right, left),
    "contains": contains,
    "matches": matches,
    "=~": matches,
}


def _calculate(sign: str, compute: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
    if not (is_number(left) and is_number(right)):
        raise Fault(f"'{sign}' does not work on {kind_of(left)} and {kind_of(right)}")
    try:
        result = compute(left, right)
        finite = math.isfinite(result)
    except ZeroDivisionError:
        raise Fault("it divides by zero") from None
    except OverflowError:
        finite = False
    if not finite:
        raise Fault("the number is too large")
    return result


def _add(left: Any, right: Any) -> Any:
    if type(left) is type(right) and isinstance(left, str | list):
        bounded(len(left) + len(right))
        return operator.add(left, right)
    if isinstance(left, str) or isinstance(right, str):
        raise Fault(f"'+' does not join {kind_of(left)} and {kind_of(right)}", try_="Convert one of them with str.")
    return _calculate("+", operator.add, left, right)


def _multiply(left: Any, right: Any) -> Any:
    if isinstance(left, int) and isinstance(right, str | list):
        left, right = right, left
    if isinstance(left, str | list) and isinstance(right, int) and not isinstance(right, bool):
        if size_of(left) * max(right, 0) > LONGEST_REPEAT:
            raise Fault(f"the result would be longer than {LONGEST_REPEAT:,}")
        return left * right
    return _calculate("*", operator.mul, left, right)


ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": _add,
    "-": lambda left, right: _calculate("-", operator.sub, left, right),
    "*": _multiply,
    "/": lambda left, right: _calculate("/", operator.truediv, left, right),
    "%": lambda left, right: _calculate("%", operator.mod, left, right),
}


def signed(sign: str, value: Any) -> Any:
    """The number with its sign."""
    if not is_number(value):
        raise Fault(f"{kind_of(value)} has no sign")
    return -value if sign == "-" else value


def size_of(value: Any) -> int:
    """How much there is in a value, about its length as JSON; counting ends when the result would be absurd."""
    total = 0
    waiting = [value]
    while waiting and total <= LONGEST_RESULT:
        each = waiting.pop()
        total += len(each) + 2 if isinstance(each, str) else 4
        if isinstance(each, dict):
            waiting.extend(each)
            waiting.extend(each.values())
        elif isinstance(each, list | tuple):
            waiting.extend(each)
    return total


def bounded(size: int) -> None:
    """Refuse to build something absurdly large."""
    if size > LONGEST_RESULT:
        raise Fault(f"the result would be longer than {LONGEST_RESULT:,}")


def as_json(value: Any) -> str:
    """The value as JSON text."""
    bounded(size_of(value))
    try:
        return json.dumps(value, ensure_ascii=False, default=str)
    except (TypeError, ValueError) as problem:
        raise Fault(f"the value cannot be written as JSON, {problem}") from None


def as_text(value: Any) -> str:
    """The value as a text shows it: a string as it is, everything else as JSON."""
    return value if isinstance(value, str) else as_json(value)


def clipped(text: str, length: int) -> str:
    """The text, cut to a length with a sign that it was cut."""
    return text if len(text) <= length else text[: length - 1] + "…"
