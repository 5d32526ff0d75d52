"""Everything that can go wrong for a user, as one tree.

    DebugError                     a sentence for people; its class decides the exit code
    ├── UsageError            2    the command cannot be understood
    │   ├── PlaceError             a text does not name a moment of this trace
    │   └── ExpressionError        a condition cannot be parsed or evaluated
    ├── TraceError            3    a trace cannot be read, or not written
    ├── SettingsError         2    a configuration file or variable is wrong
    ├── ProgramError          1    the debugged program cannot be loaded, or failed
    │   └── SourceError            …at a known line and column of its source
    ├── DivergenceError       4    a rerun left its recording
    └── ExpectationError      5    an `expect` of a script was false

A message says what happened, why, and what to do. `str(error)` is that whole sentence.
"""

from __future__ import annotations

from typing import Any


class DebugError(Exception):
    """A failure that a person can understand and act on."""

    exit_code = 70
    """The process's exit code when this ends a command (the table in docs/cli.md)."""

    def __init__(self, what: str, *, why: str = "", try_: str = "") -> None:
        super().__init__(what, why, try_)
        self.what = what
        self.why = why
        self.try_ = try_

    def __reduce__(self) -> tuple[Any, ...]:
        # In another process an exception is otherwise made again from its `args` alone, without what was named.
        return _again, (type(self), self.args, self.__dict__)

    def __str__(self) -> str:
        sentence = f"{self.what}: {self.why}" if self.why else self.what
        if sentence and sentence[-1] not in ".!?…":
            sentence += "."
        return f"{sentence} {self.try_}" if self.try_ else sentence


def _again(kind: type[DebugError], args: tuple[Any, ...], state: dict[str, Any]) -> DebugError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class UsageError(DebugError):
    """The command, option or argument cannot be understood."""

    exit_code = 2


class PlaceError(UsageError):
    """A text that should name a moment of the trace does not."""

    def __init__(self, text: str, *, why: str, try_: str = "") -> None:
        super().__init__(f"'{text}' is not a place", why=why, try_=try_)
        self.text = text


class ExpressionError(UsageError):
    """A condition or watch that cannot be parsed or evaluated; points at the character."""

    def __init__(self, text: str, *, why: str, column: int | None = None, try_: str = "") -> None:
        super().__init__(f"'{text}' cannot be evaluated", why=why, try_=try_)
        self.text = text
        self.column = column
        """The first offending character, counted from 0; None when no single one is to blame."""

    @property
    def pointer(self) -> str:
        """The expression with a caret below the offending character, on two lines."""
        return f"{self.text}\n{' ' * self.column}^" if self.column is not None else self.text


class SettingsError(DebugError):
    """A configuration file, or an environment variable, says something that cannot be."""

    exit_code = 2


class TraceError(DebugError):
    """A trace cannot be found, read or written."""

    exit_code = 3


class ProgramError(DebugError):
    """The debugged program cannot be loaded, or failed while running."""

    exit_code = 1


class SourceError(ProgramError):
    """A program's source is wrong at a known position."""

    def __init__(self, what: str, *, file: str, line: int, column: int, source: str = "", try_: str = "") -> None:
        super().__init__(what, try_=try_)
        self.file = file
        self.line = line
        """Counted from 1."""
        self.column = column
        """Counted from 1."""
        self.source = source
        """The text of that line, without its newline; empty when it is not known."""

    def __str__(self) -> str:
        head = f"{self.file}:{self.line}:{self.column}: {super().__str__()}"
        if not self.source:
            return head
        gutter = f"  {self.line} | "
        text = self.source.replace("\t", " ")
        return f"{head}\n{gutter}{text}\n{' ' * (len(gutter) + self.column - 1)}^"


class DivergenceError(DebugError):
    """A rerun did something else than its recording."""

    exit_code = 4


class ExpectationError(DebugError):
    """An `expect` in a script was false."""

    exit_code = 5
