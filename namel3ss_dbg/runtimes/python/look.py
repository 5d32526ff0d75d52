"""The functions of a tool that are open at a stop, one of them selected, and what can be seen there."""

from __future__ import annotations

from collections.abc import Callable
from types import FrameType
from typing import Any

from ...events import UsageError
from .code import OwnCode
from .stops import PythonFrame, SourceLine
from .values import evaluate, locals_of, source_around


class OpenFrames:
    """What a person looks at while a tool is held."""

    def __init__(self, code: OwnCode, not_held: Callable[[], UsageError]) -> None:
        """Nothing is open yet; `not_held` says why when somebody looks all the same."""
        self.selected = 0
        """The number of the selected frame, 0 for the innermost."""
        self._code = code
        self._not_held = not_held
        self._frames: list[tuple[FrameType, int]] = []

    def up(self) -> PythonFrame:
        """Select the function that called this one.

        Raises:
            UsageError: None of the tool's own did, or the tool is not held.
        """
        return self.select(self.selected + 1)

    def down(self) -> PythonFrame:
        """Select the function that this one called.

        Raises:
            UsageError: It is the innermost one, or the tool is not held.
        """
        return self.select(self.selected - 1)

    def select(self, number: int) -> PythonFrame:
        """Select a frame by its number; what is evaluated means it, and so do motions that name a function.

        Raises:
            UsageError: There is none of this number, or the tool is not held.
        """
        self._frame()
        if not 0 <= number < len(self._frames):
            edge, place = ("innermost", 0) if number < 0 else ("outermost", -1)
            frame = self._frames[place][0]
            raise UsageError(f"'{frame.f_code.co_name}' is the {edge} of the tool's own functions that are open here")
        self.selected = number
        return self._named()[number]

    def evaluate(self, expression: str) -> Any:
        """The value of a Python expression in the selected frame; `safe_repr` shows it.

        Raises:
            ExpressionError: It is no expression, or raises something.
            UsageError: The tool is not held.
        """
        return evaluate(expression, self._frame()[0])

    def locals(self) -> dict[str, str]:
        """The names in the selected frame with short texts for their values, secrets masked.

        Raises:
            UsageError: The tool is not held.
        """
        return locals_of(self._frame()[0])

    def source(self, around: int = 5) -> tuple[SourceLine, ...]:
        """The lines of source around the one that the selected frame is at.

        Raises:
            UsageError: The tool is not held.
        """
        frame, line = self._frame()
        return source_around(self._code.real(frame.f_code.co_filename), line, around)

    def _show(self, frames: list[tuple[FrameType, int]]) -> None:
        self._frames, self.selected = frames, 0

    def _named(self) -> tuple[PythonFrame, ...]:
        return tuple(
            PythonFrame(self._code.real(frame.f_code.co_filename), line, frame.f_code.co_name)
            for frame, line in self._frames
        )

    def _frame(self) -> tuple[FrameType, int]:
        """The selected frame and its line."""
        if not self._frames:
            raise self._not_held()
        return self._frames[self.selected]
