"""Lines of Python code at which a walk stops.

A table for each walk: `bdb` keeps all breakpoints of a process in one, which a second walk would share.
"""

from __future__ import annotations

import linecache
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FrameType

from ...events import ExpressionError, UsageError
from .code import OwnCode
from .stops import PythonBreakpoint
from .values import evaluate, parsed


class PythonBreakpoints:
    """The breakpoints of one walk."""

    def __init__(self, code: OwnCode) -> None:
        self._code = code
        self._all: dict[int, PythonBreakpoint] = {}
        self._places: dict[tuple[str, int], list[PythonBreakpoint]] = {}
        self._numbered = 0

    def __iter__(self) -> Iterator[PythonBreakpoint]:
        return iter(self._all.values())

    def add(self, file: str | Path, line: int, condition: str | None = None) -> PythonBreakpoint:
        """Stop at a line; a file in a library is from then on stepped into as the tool's own.

        Args:
            file: Its path, or where it lies in the app's folder.
            line: Counted from 1.
            condition: A Python expression; None stops always.

        Raises:
            UsageError: Nothing is executed there.
            ExpressionError: The condition is no Python expression.
        """
        found = self._code.real(str((self._code.folder or Path()) / file))
        _check_line(found, line)
        if condition is not None:
            parsed(condition)
        self._numbered += 1
        made = self._all[self._numbered] = PythonBreakpoint(self._numbered, found, line, condition)
        self._arrange()
        return made

    def remove(self, number: int) -> None:
        """Forget a breakpoint.

        Raises:
            UsageError: There is none of this number.
        """
        if number not in self._all:
            known = ", ".join(map(str, self._all)) or "none"
            raise UsageError(f"There is no breakpoint {number} in Python code", why=f"breakpoints: {known}")
        del self._all[number]
        self._arrange()

    def hit(self, frame: FrameType) -> tuple[int | None, str]:
        """The number of the breakpoint that stops a frame where it is, and a problem with its condition.

        A condition that cannot be told stops: better once too often than never.
        """
        if not self._places:
            return None, ""
        for found in self._places.get((self._code.real(frame.f_code.co_filename), frame.f_lineno), ()):
            try:
                if found.condition is None or evaluate(found.condition, frame):
                    return found.number, ""
            except ExpressionError as problem:
                return found.number, str(problem)
        return None, ""

    def _arrange(self) -> None:
        places: dict[tuple[str, int], list[PythonBreakpoint]] = {}
        for each in self._all.values():
            places.setdefault((each.file, each.line), []).append(each)
        self._places = places
        self._code.open_up(frozenset(file for file, _ in places))


def _check_line(file: str, line: int) -> None:
    source = "".join(linecache.getlines(file))
    try:
        lines = sorted(set(_lines_of(compile(source, file, "exec", dont_inherit=True))))
    except (SyntaxError, ValueError):
        lines = []
    if not source or not lines:
        raise UsageError(f"There is no Python code in '{file}'", try_="Name a file and a line: tools.py:12.")
    if line not in lines:
        later = next((each for each in lines if each > line), lines[-1])
        raise UsageError(f"Nothing is executed on line {line} of {Path(file).name}", try_=f"Take line {later}.")


def _lines_of(code: CodeType) -> Iterator[int]:
    """The lines at which something begins to be executed."""
    yield from (line for _, _, line in code.co_lines() if line)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _lines_of(constant)
