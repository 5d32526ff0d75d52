"""The Python function behind a tool: what a runtime that has tools in Python tells about one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import attrs


@attrs.frozen
class PythonTool:
    """A call of a Python function, ready to be made."""

    function: Callable[..., Any]
    arguments: dict[str, Any]
    """By name, complete and valid."""
    folder: Path
    """Where the app's modules lie."""
    as_result: Callable[[Any], Any]
    """What the program makes of what the function returns; may raise."""


@runtime_checkable
class HasPythonTools(Protocol):
    """A program whose tools may be Python functions."""

    def python_tool(self, name: str, arguments: dict[str, Any]) -> PythonTool:
        """The function that a recorded call with these arguments means.

        Raises:
            ProgramError: There is no such tool, it is not written in Python, or the arguments do not fit.
        """
        ...
