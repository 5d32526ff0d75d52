"""Brings a reply to where it was sent: below the prompt, into a file, or through a pager."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path
from typing import TextIO

from ..commands.reply import Reply, said
from ..events import UsageError
from ..render.console import Painter
from ..render.words import counted
from .patience import at_ctrl_c

_LESS = "FRX"
# Leave when all fits on one screen, pass colours through, and let the text stand.


def deliver(reply: Reply, painter: Painter, out: TextIO) -> None:
    """Paint and write a reply.

    Raises:
        UsageError: The file that it is for cannot be written, or the pager not be started.
    """
    if reply.file is not None:
        reply = _written(reply, reply.file)
    text = "".join(map(painter.paint, reply.views))
    if reply.pager is not None and out.isatty():
        out.flush()
        _through_pager(text, reply.pager)
    else:
        out.write(text)
        out.flush()


def _written(reply: Reply, path: Path) -> Reply:
    """Write plainly, because files are for other programs, and say so."""
    lines = reply.lines()
    try:
        path.write_text("".join(f"{line}\n" for line in lines), "utf-8", "replace")
    except OSError as problem:
        raise UsageError(f"'{path}' cannot be written", why=problem.strerror or str(problem)) from None
    return said(f"Wrote {counted(len(lines), 'line')} to '{path}'.")


def _through_pager(text: str, pager: str) -> None:
    environ = {"LESS": _LESS, **os.environ}
    encoded = text.encode("utf-8", "replace")
    try:
        with at_ctrl_c(lambda number, frame: None):  # it is meant for the pager
            subprocess.run(shlex.split(pager), input=encoded, env=environ, check=False)  # noqa: S603 (the person's own)
    except (OSError, ValueError, IndexError) as problem:
        why = getattr(problem, "strerror", None) or str(problem)
        raise UsageError(f"The pager '{pager}' cannot be started", why=why, try_="'set pager less' sets it.") from None
