"""Brings a reply to where it was sent: below the prompt, into a file, or through a pager."""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from ..commands.reply import NeedsYes, Reply, said
from ..events import UsageError
from ..render.console import Painter
from ..render.words import counted

_LESS = "FRX"
# Leave when all fits on one screen, pass colours through, and let the text stand.


def deliver(reply: Reply, painter: Painter, out: TextIO) -> None:
    """Paint and write a reply.

    Raises:
        NeedsYes: The file that it was to be written to is there already.
        UsageError: That file cannot be written, or the pager not be started.
    """
    path = reply.file
    if path is not None:
        if path.exists():
            raise NeedsYes(f"Write over '{path}'?", lambda: _written(reply, path))
        reply = _written(reply, path)
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
    try:
        process = subprocess.Popen(shlex.split(pager), stdin=subprocess.PIPE, env=environ)  # noqa: S603 (as the person set it)
    except (OSError, ValueError, IndexError) as problem:
        why = getattr(problem, "strerror", None) or str(problem)
        raise UsageError(f"The pager '{pager}' cannot be started", why=why, try_="'set pager less' sets it.") from None
    with _ctrl_c_left_to_others():
        process.communicate(text.encode("utf-8", "replace"))


@contextlib.contextmanager
def _ctrl_c_left_to_others() -> Iterator[None]:
    """While another program has the terminal, the key is meant for it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, lambda number, frame: None)  # the other program does not inherit this
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
