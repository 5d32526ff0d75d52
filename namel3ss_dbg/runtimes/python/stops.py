"""Where a walk through a Python tool rests: what the debugger's side sees of a stop, as values.

Nothing in here leads back into the tool except the values that it returned or raised, so a stop may be kept as long as
one likes.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import attrs

StopEvent = Literal["call", "line", "return", "exception", "end"]
"""What is about to happen, or just did.

`call`: the first line of a function that was just entered; `line`: another line; `return`: a function has its value and
is about to be left; `exception`: one was raised in, or arrived in, this function; `end`: the whole call is over.
"""


class PythonFrame(NamedTuple):
    """A function that was entered and not left."""

    file: str
    line: int
    function: str


class SourceLine(NamedTuple):
    """A line of a source file, without its newline."""

    number: int
    text: str


class OutputLine(NamedTuple):
    """A line that the tool printed, without its newline."""

    stream: Literal["stdout", "stderr"]
    text: str


@attrs.frozen
class Returned:
    """A value that was returned; `None` is one, too."""

    value: Any


@attrs.frozen
class PythonBreakpoint:
    """A line at which a walk stops."""

    number: int
    file: str
    line: int
    condition: str | None = None
    """A Python expression; None stops always."""


@attrs.frozen(kw_only=True)
class PythonStop:
    """Where the tool is held, and why; of an end, what came out."""

    event: StopEvent
    file: str
    line: int
    function: str
    """At an end: the place where it raised, else where the tool is defined."""
    frames: tuple[PythonFrame, ...] = ()
    """The open calls of the tool's own code, innermost first; at an end those of the exception."""
    returned: Returned | None = None
    """At a return and at an end; after `finish` also at a line, of the function that was left."""
    exception: BaseException | None = None
    breakpoint: int | None = None
    """The number of the breakpoint that stopped it."""
    note: str = ""
    """What else a person should know, as a sentence."""
    output: tuple[OutputLine, ...] = ()
    """What was printed since the stop before."""
    thread: str = ""
    """The name of a thread that the tool started; empty when it is the call's own."""

    @property
    def over(self) -> bool:
        """Whether the call has ended."""
        return self.event == "end"
