"""Any trace as lines, one event on each: JSON Lines are read as they lie, everything else from a copy.

A document of ours has one event on each line too, so that one whose end was never written is readable all the same.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, cast

import orjson

from ..events import TraceError
from .codec import record_of, value_of

_BUFFER = 1 << 18
_LONGEST_FIRST_LINE = 1 << 24


def open_lines(path: Path) -> tuple[BinaryIO, bool]:
    """The trace as lines, and whether that is a copy; `-` is the standard input.

    Raises:
        TraceError: The file cannot be read.
    """
    try:
        file: BinaryIO = os.fdopen(0, "rb", closefd=False) if str(path) == "-" else path.open("rb", buffering=_BUFFER)
    except OSError as problem:
        raise TraceError(
            f"The trace '{path}' cannot be read",
            why=problem.strerror or str(problem),
            try_="Name a .jsonl file, 'latest', or a name in the trace directory.",
        ) from problem
    copied = str(path) == "-" or not file.seekable()
    if copied:
        with file:
            file = _copy(file)
    lines = _document_lines(file)
    if lines is None:
        file.seek(0)
        return file, copied
    with file:
        return _copy_of(lines), True


def _copy(stream: BinaryIO) -> BinaryIO:
    copy = _temporary()
    shutil.copyfileobj(stream, copy, _BUFFER)
    copy.seek(0)
    return copy


def _copy_of(lines: Iterable[bytes]) -> BinaryIO:
    copy = _temporary()
    copy.writelines(lines)
    copy.seek(0)
    return copy


def _temporary() -> BinaryIO:
    return cast(BinaryIO, tempfile.TemporaryFile(buffering=_BUFFER))


def _document_lines(file: BinaryIO) -> Iterable[bytes] | None:
    """The events of a JSON document as lines; None when the file holds JSON Lines."""
    first = file.readline(_LONGEST_FIRST_LINE)
    start = first.strip()
    if start[:1] not in (b"[", b"{"):
        return None
    if start.endswith((b'"events": [', b'"events":[')):
        return _lines_of_ours(file)
    known = _object_of(start)
    if known is not None and not isinstance(known.get("events"), list):
        return None
    if known is None and _object_of(file.readline(_LONGEST_FIRST_LINE)) is not None:
        return None  # JSON Lines with a first line that is none
    file.seek(0)
    return _events_of(file.read())


def _lines_of_ours(file: BinaryIO) -> Iterable[bytes]:
    """What follows the first line of a document of ours: a line for each event, with commas between them."""
    for line in file:
        if line.startswith(b"{"):
            event = line.rstrip(b",\r\n")
            yield event + b"\n" if line.endswith(b"\n") else event


def _object_of(line: bytes) -> dict[str, object] | None:
    try:
        return record_of(line)
    except TraceError:
        return None


def _events_of(content: bytes) -> list[bytes] | None:
    try:
        document = value_of(content)
    except TraceError:
        return None
    events = document.get("events") if isinstance(document, dict) else document
    if not isinstance(events, list):
        return None
    return [orjson.dumps(event, option=orjson.OPT_APPEND_NEWLINE) for event in events]
