"""Who paints, and whether with colour."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from collections.abc import Iterator

import attrs
import pytest

from namel3ss_dbg.render.console import ColorChoice, PlainPainter, painter_for, wants_color
from namel3ss_dbg.render.pieces import ASCII, line
from namel3ss_dbg.render.screen import ScreenPainter
from namel3ss_dbg.render.tables import Block, Column, Table


@attrs.frozen
class Sample:
    """A view with one long line and a table."""

    def plain(self) -> Iterator[str]:
        yield "x" * 200

    def screen(self, width: int) -> Iterator[Block]:
        yield line(("styled", "error"), " text")
        yield Table("Title", (Column("name", right=False), Column("calls")), ((line("a"), line("1")),))


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("choice", "environ", "terminal", "wanted"), [
    ("auto", {}, True, True), ("auto", {}, False, False),
    ("auto", {"NO_COLOR": "1"}, True, False), ("auto", {"NO_COLOR": ""}, True, True),
    ("auto", {"FORCE_COLOR": "1"}, False, True), ("auto", {"FORCE_COLOR": "0"}, False, False),
    ("auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False, False),
    ("auto", {"TERM": "dumb", "FORCE_COLOR": "1"}, True, False),
    ("always", {"NO_COLOR": "1"}, False, True), ("never", {"FORCE_COLOR": "1"}, True, False),
])  # fmt: skip
def test_the_option_goes_before_the_environment(
    choice: ColorChoice, environ: dict[str, str], *, terminal: bool, wanted: bool
) -> None:
    """--color, then NO_COLOR, then FORCE_COLOR, then the terminal."""
    assert wants_color(choice, terminal=terminal, environ=environ) is wanted


def test_a_pipe_gets_whole_plain_lines() -> None:
    """No colour, no box, no padding, nothing cut."""
    painter = painter_for(io.StringIO(), environ={})

    assert isinstance(painter, PlainPainter)
    assert painter.paint(Sample()) == "x" * 200 + "\n"


def test_a_terminal_without_colour_gets_no_codes_at_all() -> None:
    """Not bold, not dim: rich's own NO_COLOR leaves those."""
    painted = painter_for(Terminal(), environ={"NO_COLOR": "1"}, width=40).paint(Sample())

    assert "\x1b" not in painted
    assert painted.splitlines() == ["styled text", "Title", "name  calls", "───────────", "a         1"]


def test_colour_that_is_asked_for_reaches_a_pipe() -> None:
    """Also where the environment says NO_COLOR, which rich would obey."""
    painter = painter_for(io.StringIO(), "always", environ={"NO_COLOR": "1"}, width=40)

    assert "\x1b[1;31mstyled\x1b[0m text" in painter.paint(Sample())


def test_colours_change_nothing_but_the_colours() -> None:
    """Without its codes a coloured screen is the one without colour."""
    coloured = ScreenPainter(40, color=True).paint(Sample())
    bare = re.sub(r"\x1b\[[0-9;]*m", "", coloured)

    assert bare != coloured
    assert [text.rstrip() for text in bare.splitlines()] == ScreenPainter(40, color=False).paint(Sample()).splitlines()


def test_ascii_terminals_get_ascii() -> None:
    """Rules and marks can be had without Unicode."""
    assert ScreenPainter(40, color=False, signs=ASCII).paint(Sample()).isascii()


def test_painting_plainly_does_not_load_rich() -> None:
    """What is piped into another program does not wait for it."""
    code = (
        "import io, sys\n"
        "from namel3ss_dbg.render import console, events, frames, report, stop\n"
        "console.painter_for(io.StringIO(), environ={})\n"
        "print('rich' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "False\n"
