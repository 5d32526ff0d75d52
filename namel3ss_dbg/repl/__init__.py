"""Floor 6, repl: the prompt at a terminal, and scripts of commands."""

from __future__ import annotations

import io
import os
import sys

from ..commands.dialogue import Dialogue
from ..commands.settings import Settings
from ..events import Stop
from ..render.console import ColorChoice, wants_color
from .script import obey

__all__ = ["converse", "obey"]

_DUMB = ("dumb", "unknown")
_LIGHT = ("7", "15")


def converse(dialogue: Dialogue, *, color: ColorChoice = "auto", stop: Stop | None = None) -> int:
    """Talk with the person at this terminal until they leave; the exit code.

    `stop` is why the cursor is where it is, when a motion has brought it there before.
    """
    # What a prompt needs takes longer to load than most scripts take to run.
    from .conversation import Conversation, Reader

    _suit_terminal(dialogue.settings)
    coloured = wants_color(color, terminal=True)
    reader: Reader
    if os.environ.get("TERM", "").lower() in _DUMB:
        from .dumb import DumbReader

        reader = DumbReader(dialogue)
    else:
        from .app import PromptReader
        from .history import history_file

        reader = PromptReader(dialogue, color=coloured, history=history_file())
    return Conversation(dialogue, reader, color=coloured, out=sys.stdout).run(stop)


def _suit_terminal(settings: Settings) -> None:
    """Take from the terminal what it says of itself; what a person sets goes before it."""
    if "utf" not in sys.stdout.encoding.lower():
        settings.set("ascii", "on", origin="terminal")
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")  # a trace may hold any letter
    if os.environ.get("COLORFGBG", "").rpartition(";")[2] in _LIGHT:
        settings.set("theme", "light", origin="terminal")
