"""Who paints: on a screen with colours and tables, or plainly for pipes and files.

`--color` goes before `NO_COLOR`, that before `FORCE_COLOR`, that before whether the output is a terminal; a dumb
terminal never gets colours by itself. The plain painter never boxes, pads or cuts: its lines are for `grep`.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from typing import Literal, Protocol, TextIO, get_args

from .pieces import UNICODE, Signs, harmless
from .tables import View

ColorChoice = Literal["auto", "always", "never"]
"""What `--color` may be."""

COLOR_CHOICES: tuple[ColorChoice, ...] = get_args(ColorChoice)


class Painter(Protocol):
    """Turns views into text; whoever asked writes it."""

    def paint(self, view: View) -> str:
        """The view as lines, each with its newline."""
        ...


class PlainPainter:
    """Paints one fact to a line, without colour."""

    def paint(self, view: View) -> str:
        """The view's plain lines, whatever stands in them made harmless."""
        return "".join(f"{harmless(text)}\n" for text in view.plain())


def wants_color(choice: ColorChoice, *, terminal: bool, environ: Mapping[str, str] | None = None) -> bool:
    """Whether to use colours."""
    environ = os.environ if environ is None else environ
    if choice != "auto":
        return choice == "always"
    if environ.get("TERM") == "dumb" or environ.get("NO_COLOR"):
        return False
    return terminal or environ.get("FORCE_COLOR", "0") not in ("", "0")


def painter_for(
    stream: TextIO,
    choice: ColorChoice = "auto",
    *,
    width: int | None = None,
    environ: Mapping[str, str] | None = None,
    signs: Signs = UNICODE,
    pictures: bool = False,
) -> Painter:
    """The painter for a stream: a screen for terminals, and where colours or pictures are asked for; else plain."""
    terminal = stream.isatty()
    color = wants_color(choice, terminal=terminal, environ=environ)
    if not (terminal or color or pictures):
        return PlainPainter()
    from .screen import ScreenPainter  # rich takes 28 ms to load, and what is piped into a program shall not wait

    return ScreenPainter(width or shutil.get_terminal_size().columns, color=color, signs=signs)
