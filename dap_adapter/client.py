"""What the client said about itself, and how it counts lines and columns.

Everything inside counts from 1; what the client counts otherwise is converted here, at the edge. Its name changes
nothing: some clients claim to be another.
"""

from __future__ import annotations

from typing import Any

from .errors import Problem, Refused

_ABILITIES = (
    "supportsVariableType",
    "supportsVariablePaging",
    "supportsRunInTerminalRequest",
    "supportsProgressReporting",
    "supportsInvalidatedEvent",
    "supportsStartDebuggingRequest",
    "supportsANSIStyling",
    "linesStartAt1",
    "columnsStartAt1",
)


class Client:
    """Who is on the other side."""

    def __init__(self, arguments: dict[str, Any]) -> None:
        """Read the arguments of `initialize`.

        Raises:
            Refused: They cannot be.
        """
        for name in _ABILITIES:
            if not isinstance(arguments.get(name, False), bool):
                raise Refused(Problem.BAD_ARGUMENTS, f"'{name}' is true or false.")
        form = arguments.get("pathFormat", "path")
        if form != "path":
            raise Refused(Problem.PATH_FORMAT, "The path format can only be 'path'.")
        self.arguments = arguments
        """What it said, as it said it."""
        self._first_line = 1 if arguments.get("linesStartAt1", True) else 0
        self._first_column = 1 if arguments.get("columnsStartAt1", True) else 0
        self.wants_types: bool = arguments.get("supportsVariableType", False)
        self.pages_variables: bool = arguments.get("supportsVariablePaging", False)
        self.runs_in_terminal: bool = arguments.get("supportsRunInTerminalRequest", False)
        self.shows_progress: bool = arguments.get("supportsProgressReporting", False)
        self.forgets_when_told: bool = arguments.get("supportsInvalidatedEvent", False)
        """Whether it understands `invalidated`."""
        self.starts_sessions: bool = arguments.get("supportsStartDebuggingRequest", False)
        self.paints: bool = arguments.get("supportsANSIStyling", False)
        """Whether it shows ANSI colours."""

    def line_out(self, line: int) -> int:
        """A line as the client counts it."""
        return line - 1 + self._first_line

    def line_in(self, line: int) -> int:
        """A line of the client's, counted from 1."""
        return line + 1 - self._first_line

    def column_out(self, column: int) -> int:
        """A column as the client counts it."""
        return column - 1 + self._first_column

    def column_in(self, column: int) -> int:
        """A column of the client's, counted from 1."""
        return column + 1 - self._first_column
