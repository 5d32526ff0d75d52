"""What a function of a tool holds, and Python expressions in it.

An expression is evaluated on the debugger's thread: so Ctrl-C ends one that does not come to an end. What is bound to
the tool's own thread (a thread-local value, a connection of sqlite3) is not found by it.
"""

from __future__ import annotations

import linecache
from types import FrameType
from typing import Any

from ...events import ExpressionError
from ...events.names import names_a_secret
from ...events.redaction import MASK, safe_repr
from ...events.secrets import masked
from ...recording import describe
from .stops import SourceLine

_DEEPEST = 8


def evaluate(text: str, frame: FrameType) -> Any:
    """The value of a Python expression in a frame.

    Raises:
        ExpressionError: It is no expression, or raises something.
    """
    code = parsed(text)
    names = {**frame.f_globals, **frame.f_locals}  # in one, so that a comprehension in the expression sees them all
    try:
        return eval(code, names)  # noqa: S307  # the person's own code, in the person's own tool
    except BaseException as problem:  # it may do anything, also exit, or be interrupted by Ctrl-C
        raise ExpressionError(text, why=describe(problem)) from problem


def parsed(text: str) -> Any:
    """The code of a Python expression.

    Raises:
        ExpressionError: It is none.
    """
    code = text.strip()
    try:
        return compile(code, "<expression>", "eval", dont_inherit=True)
    except SyntaxError as problem:
        column = text.index(code) + (problem.offset - 1 if problem.offset else len(code))  # 0 is the end, too early
        raise ExpressionError(text, why=problem.msg, column=column) from None
    except (ValueError, RecursionError, MemoryError) as problem:  # half a character; too many signs
        raise ExpressionError(text, why=describe(problem)) from None


def locals_of(frame: FrameType) -> dict[str, str]:
    """The local names of a function, each with a short text for its value; secrets are masked."""
    return {name: _shown(name, value) for name, value in frame.f_locals.items()}


def source_around(file: str, line: int, around: int) -> tuple[SourceLine, ...]:
    """The lines of a file from `around` before one to as many after it; none when it cannot be read."""
    lines = linecache.getlines(file)
    first = max(line - around, 1)
    return tuple(
        SourceLine(number, text.rstrip("\r\n")) for number, text in enumerate(lines[first - 1 : line + around], first)
    )


def _shown(name: str, value: Any) -> str:
    if names_a_secret(name) and value not in (None, ""):
        return MASK
    return masked(safe_repr(_without_secrets(value, 0)))


def _without_secrets(value: Any, depth: int) -> Any:
    """A copy of plain containers in which what stands under a secret's name is masked."""
    kind = type(value)
    if depth > _DEEPEST:
        return value
    if kind is dict:
        return {
            key: MASK if isinstance(key, str) and names_a_secret(key) else _without_secrets(inside, depth + 1)
            for key, inside in value.items()
        }
    if kind in (list, tuple):
        return kind(_without_secrets(inside, depth + 1) for inside in value)
    return value
