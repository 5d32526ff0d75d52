"""Which Python code belongs to a tool: its own module, and the modules beside the app.

The standard library, installed packages and this debugger are not looked into, unless a breakpoint stands there: who
sets one wants to see that file.
"""

from __future__ import annotations

import functools
import inspect
import os
import sysconfig
from collections.abc import Callable
from pathlib import Path
from types import CodeType
from typing import Any

_INSTALLED = frozenset({"site-packages", "dist-packages"})
_LIBRARIES = tuple(
    Path(os.path.realpath(path))
    for path in (
        *map(sysconfig.get_path, ("stdlib", "platstdlib", "purelib", "platlib")),
        str(Path(__file__).parents[1]),
    )
)


class OwnCode:
    """Tells the files of a tool from all others."""

    def __init__(self, tool: CodeType | None, folder: Path | None) -> None:
        """The code of a function in an app whose modules lie in `folder`; None: beside the function's own file."""
        self._file = os.path.realpath(tool.co_filename) if tool is not None else None
        beside = folder or (Path(self._file).parent if self._file is not None else None)
        self.folder = Path(os.path.realpath(beside)) if beside is not None else None
        self._libraries = [each for each in _LIBRARIES if self.folder is not None and each.is_relative_to(self.folder)]
        self._opened: frozenset[str] = frozenset()
        self._known: dict[str, bool] = {}
        self._real: dict[str, str] = {}

    def is_own(self, filename: str) -> bool:
        """Whether code of this file, as its code objects name it, is to be stopped in."""
        known = self._known.get(filename)
        if known is None:
            known = self._known[filename] = self._is_own(filename)
        return known

    def real(self, filename: str) -> str:
        """The one name of a file, however it is reached."""
        known = self._real.get(filename)
        if known is None:
            known = self._real[filename] = os.path.realpath(filename)
        return known

    def open_up(self, files: frozenset[str]) -> None:
        """Count these files as the tool's own, and no others that were opened up before."""
        self._opened = files
        self._known = {}

    def _is_own(self, filename: str) -> bool:
        if filename.startswith("<"):
            return False
        real = self.real(filename)
        if real == self._file or real in self._opened:
            return True
        path = Path(real)
        if self.folder is None or not path.is_relative_to(self.folder):
            return False
        below = path.relative_to(self.folder)
        return _INSTALLED.isdisjoint(below.parts) and not any(map(path.is_relative_to, self._libraries))


def code_of(function: Callable[..., Any]) -> CodeType | None:
    """The code that a tool's author wrote, below decorators and partial applications; None when it is not Python."""
    while True:
        inner = function.func if isinstance(function, functools.partial) else inspect.unwrap(function)
        if inner is function:
            break
        function = inner
    code = getattr(function, "__code__", None) or getattr(type(function).__call__, "__code__", None)
    return code if isinstance(code, CodeType) else None
