"""Which runtime a program needs, by its text and never by its name: two languages share the ending `.ai`.

The brace language comes with this package. Another package may bring a `Language` of its own under the entry point
group `namel3ss_dbg.runtimes`; those are asked first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, Protocol

from ..events import Payload, ProgramError
from ..recording import ExecutionTracer
from .brace.runtime import BraceLanguage
from .extensions import loaded

GROUP = "namel3ss_dbg.runtimes"

_ENOUGH = 65_536
_INDENTED = re.compile(
    r"""^(?:spec\s+is\s+["'] | (?:contract\s+)?(?:flow|record|page)\s+"[^"\n]*"[^{\n]*:\s*$)""",
    re.MULTILINE | re.VERBOSE,
)


class Runtime(Protocol):
    """A program that can be executed."""

    @property
    def app_name(self) -> str:
        """What the program is called."""
        ...

    @property
    def sources(self) -> Sequence[str]:
        """The files that the program was read from, as its events name them."""
        ...

    @property
    def source(self) -> Payload:
        """Where the program begins: the `source` of an event's metadata."""
        ...

    def prepare(self, *, entry: str | None = None, arguments: dict[str, Any]) -> None:
        """Make sure, before a trace is begun, that what the run needs is there; raises `ProgramError` when it is not.

        Args:
            entry: What will be run; None leaves the choice to the program.
            arguments: What it will be called with.
        """
        ...

    async def run(self, tracer: ExecutionTracer, *, entry: str | None = None, arguments: dict[str, Any]) -> Any:
        """Execute the program once under a tracer and return what it returns; begins and ends no trace.

        Args:
            tracer: What sees the run.
            entry: What to run; None leaves the choice to the program.
            arguments: `input` is the input, everything else the payload.
        """
        ...


class Language(Protocol):
    """A language that programs may be written in."""

    def recognises(self, text: str) -> bool:
        """Whether a program that begins with this text is in this language."""
        ...

    def load(self, path: Path) -> Runtime:
        """The program at a path; raises `ProgramError` when it is wrong."""
        ...


def load(path: str | Path) -> Runtime:
    """The program at a path, ready to run.

    Raises:
        ProgramError: It cannot be read, is in a language that cannot be run here, or is wrong.
    """
    path = Path(path)
    text = _beginning(path)
    for language in _languages():
        if language.recognises(text):
            return language.load(path)
    if _INDENTED.search(text):
        raise ProgramError(
            f"{path} is written in the indented namel3ss language",
            why="this version traces programs of the brace language only",
            try_=f"Run it with namel3ss itself: n3 run {path}",
        )
    return BraceLanguage().load(path)


def _beginning(path: Path) -> str:
    """Enough of a file to recognise its language; what cannot be read is told by whoever loads it."""
    try:
        with path.open("rb") as file:
            return file.read(_ENOUGH).decode("utf-8-sig", "replace")
    except OSError:
        return ""


def _languages() -> Iterator[Language]:
    for point in entry_points(group=GROUP):
        yield loaded(point, "runtime")
