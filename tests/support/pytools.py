"""Python tools in tests: modules beside an app, with `# marks` at the lines that a test talks about."""

from __future__ import annotations

import faulthandler
import re
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent
from typing import Any

from namel3ss_dbg.runtimes.brace.python_code import PythonCode
from namel3ss_dbg.runtimes.python.stops import PythonStop
from namel3ss_dbg.runtimes.python.walk import PythonWalk
from tests.support.brace import AT

SYNC = """
    def inner(x):
        y = x + 1  # add
        return y  # give

    def tool(n):
        a = inner(n)  # first
        b = inner(a)  # second
        return [a, b]  # last
"""
"""A tool that calls another function twice, and has no other lines."""

_MARK = re.compile(r"# (\w+)$")


class Tools:
    """A module of tools, written into a folder and loaded from there."""

    def __init__(self, folder: Path, source: str, *, name: str = "tools") -> None:
        self.folder = folder
        self.path = folder / f"{name}.py"
        self.path.write_text(dedent(source).lstrip("\n"), encoding="utf-8")
        self._name = name
        self._code = PythonCode(folder)

    def function(self, name: str = "tool") -> Callable[..., Any]:
        """A function of the module; the module is loaded once."""
        return self._code.function(f"{self._name}:{name}", AT)

    def walk(self, name: str = "tool", *, patience_s: float = 20.0, **arguments: Any) -> PythonWalk:
        """A walk through one of the functions."""
        return PythonWalk(self.function(name), arguments, patience_s=patience_s)

    def line(self, mark: str) -> int:
        """The line that bears a mark."""
        return next(number for number, found in self._marks() if found == mark)

    def place(self, stop: PythonStop) -> str:
        """A stop as a test reads it: `line tool here`; a line without a mark has its number."""
        if stop.over:
            return "end"
        marks = dict(self._marks())
        return f"{stop.event} {stop.function} {marks.get(stop.line, stop.line)}"

    def trail(self, walk: PythonWalk, *motions: str) -> list[str]:
        """Where a walk rests: at its start, then after each motion (`next`, `until 12`, `next*3`)."""
        places = [self.place(walk.start())]
        for motion in motions:
            word, _, times = motion.partition("*")
            for _ in range(int(times or 1)):
                places.append(self.place(getattr(walk, word)()))
        return places

    def _marks(self) -> Iterator[tuple[int, str]]:
        for number, text in enumerate(self.path.read_text(encoding="utf-8").splitlines(), 1):
            if found := _MARK.search(text):
                yield number, found[1]


def press_ctrl_c() -> None:
    """What Ctrl-C does: a signal that the main thread, the debugger's, gets."""
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Press Ctrl-C when something takes too long: a walk that hangs comes back then, and its test fails here."""
    late = threading.Event()

    def interrupt() -> None:
        faulthandler.dump_traceback()
        late.set()
        press_ctrl_c()

    timer = threading.Timer(seconds, interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
    assert not late.is_set(), f"this took longer than {seconds:g} s"
