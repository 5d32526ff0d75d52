"""Opens what a person names as a trace, be it a file or a pipe, and refuses what would never come to an end.

A pipe is copied, because a debugger goes backwards. One that nobody writes into, or through which nothing comes for
half a minute, is given up, and a device is not read at all: a debugger that waits without a word looks broken.
"""

from __future__ import annotations

import contextlib
import os
import select
import stat
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, cast

from ..events import TraceError

BUFFER = 1 << 18

_UNBLOCKED = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_WRITER_WITHIN_S = 3.0
_SILENCE_S = 30.0
_LOOKS_AGAIN_S = 0.02
_TRY = "Name a .jsonl file, 'latest', or a name in the trace directory."


def open_stream(path: Path) -> tuple[BinaryIO, bool]:
    """A file of which any part can be read, and whether that is a copy; `-` is the standard input.

    Raises:
        TraceError: The file cannot be read, or has no end.
    """
    try:
        if str(path) == "-":
            return _standard_input(), True
        descriptor = os.open(path, os.O_RDONLY | _UNBLOCKED)  # opening a pipe would wait for its writer
    except (OSError, ValueError) as problem:
        raise unreadable(path, problem) from problem
    try:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISREG(mode):
            return os.fdopen(descriptor, "rb", buffering=BUFFER), False
        if not stat.S_ISFIFO(mode):
            raise TraceError(f"'{path}' is not a trace", why=f"it is {_kind_of(mode)}, not a file", try_=_TRY)
        copy = copy_of(_pieces(descriptor, path), path)
    except BaseException:
        os.close(descriptor)
        raise
    os.close(descriptor)
    return copy, True


def unreadable(path: Path, problem: Exception) -> TraceError:
    """What to say of a trace that the operating system does not give."""
    # What Python says of a name that cannot be differs from version to version.
    why = (problem.strerror or str(problem)) if isinstance(problem, OSError) else "no file can have such a name"
    return TraceError(f"The trace '{path}' cannot be read", why=why, try_=_TRY)


def copy_of(pieces: Iterable[bytes], path: Path) -> BinaryIO:
    """A file of these bytes, which goes when it is closed.

    Raises:
        TraceError: There is no room for it.
    """
    try:
        copy = cast(BinaryIO, tempfile.TemporaryFile(buffering=BUFFER))  # noqa: SIM115 (closed with the trace)
        try:
            copy.writelines(pieces)
            copy.seek(0)
        except BaseException:
            with contextlib.suppress(OSError):  # what waits in its buffer has no room either
                copy.close()
            raise
    except OSError as problem:
        why = f"it has to be copied first, and that is not possible: {problem.strerror or problem}"
        raise TraceError(
            f"The trace '{path}' cannot be read", why=why, try_="TMPDIR names the folder for copies."
        ) from problem
    return copy


def _standard_input() -> BinaryIO:
    mode = os.fstat(0).st_mode
    if stat.S_ISCHR(mode) and not os.isatty(0):
        raise TraceError("The standard input is not a trace", why="it is a device", try_="Write: … | namel3ss … -")
    with os.fdopen(0, "rb", buffering=BUFFER, closefd=False) as file:
        return copy_of(iter(lambda: file.read1(BUFFER), b""), Path("-"))  # type: ignore[attr-defined]


def _kind_of(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "a folder"
    return "a socket" if stat.S_ISSOCK(mode) else "a device"


def _pieces(descriptor: int, path: Path) -> Iterator[bytes]:
    """What comes through a pipe until its writers are gone."""
    deadline = time.monotonic() + _WRITER_WITHIN_S
    came = False
    while True:
        try:
            piece = os.read(descriptor, BUFFER)
        except BlockingIOError:  # somebody has it open to write
            came = True
            if not select.select([descriptor], [], [], _SILENCE_S)[0]:
                why = f"nothing came through this pipe for {_SILENCE_S:.0f} seconds"
                raise TraceError(f"The trace '{path}' cannot be read", why=why, try_=_TRY) from None
            continue
        if piece:
            came = True
            yield piece
        elif came:
            return
        elif time.monotonic() > deadline:
            raise TraceError(f"The trace '{path}' cannot be read", why="nobody writes into this pipe", try_=_TRY)
        else:
            time.sleep(_LOOKS_AGAIN_S)
