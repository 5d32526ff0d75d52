"""The prompt in a real terminal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.shell import COMMAND, environment
from tests.support.tmux import INSTALLED, Tmux

pytestmark = [pytest.mark.terminal, pytest.mark.slow, pytest.mark.skipif(not INSTALLED, reason="tmux is not installed")]


@pytest.fixture
def tmux(trace: Path, tmp_path: Path) -> Iterator[Tmux]:
    """The trace in a window of 80 columns and 24 rows."""
    homes = {"XDG_STATE_HOME": str(tmp_path / "state"), "XDG_CONFIG_HOME": str(tmp_path / "config")}
    words = [COMMAND, "debug", "replay", str(trace), "--interactive"]
    with Tmux(words, folder=tmp_path, environment=environment(**homes)) as window:
        window.wait_for("REPLAY")
        yield window


def test_every_key_reaches_the_program(tmux: Tmux) -> None:
    """Function keys, Alt with arrows and pages, and a resize in between."""
    tmux.type("break tool")
    tmux.press("Enter")
    tmux.wait_for("Breakpoint 1")
    tmux.press("F5")
    tmux.wait_for("(n3) continue", "#5/24")
    tmux.press("M-Left")
    tmux.wait_for("(n3) rstep", "#4/24")
    tmux.press("M-Right")
    tmux.wait_for("(n3) step")
    tmux.press("M-NPage")
    tmux.wait_for("#18/24")
    tmux.press("M-PPage")
    tmux.wait_for("(n3) rcontinue")
    tmux.resize(60, 20)
    tmux.press("F10")
    tmux.wait_for("(n3) next", "REPLAY  #17/24")
    tmux.press("M-Up")
    tmux.wait_for("(n3) up")
    tmux.press("M-Down")
    tmux.wait_for("(n3) down")
    tmux.type("marks")
    tmux.press("F1")
    tmux.wait_for("(n3) help marks", "\n(n3) marks\n")
    tmux.press("C-l")
    tmux.wait_for("(n3)\n#17/24", "\n(n3) marks\n")
    tmux.press("C-c")
    tmux.type("echo bye")
    tmux.press("Enter")
    tmux.wait_for("\nbye\n(n3)\n")
    tmux.press("C-d")
    tmux.wait_for("EXIT=0")


def test_the_menu_is_closed_by_escape_and_the_line_dropped_by_ctrl_c(tmux: Tmux) -> None:
    """As in every other program."""
    tmux.type("break tool:")
    tmux.wait_for("2 events")
    tmux.press("C-c")
    tmux.wait_for("(n3) break tool:\n(n3)\n", gone="2 events")
