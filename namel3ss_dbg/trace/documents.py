"""Any trace as lines, one event on each: JSON Lines are read as they lie, everything else from a copy.

A document of ours has one event on each line too, so that one whose end was never written is readable all the same.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

import msgspec
import orjson

from ..events import TraceError
from .codec import LONGEST_ODD, record_of, value_of
from .streams import copy_of, open_stream, unreadable

_LONGEST_FIRST_LINE = 1 << 24
_OTHERS = {
    b"\x1f\x8b": ("packed with gzip", "Unpack it: zcat {} | namel3ss debug replay -"),
    b"\x28\xb5\x2f\xfd": ("packed with zstd", "Unpack it: zstdcat {} | namel3ss debug replay -"),
    b"\xfd7zXZ\0": ("packed with xz", "Unpack it: xzcat {} | namel3ss debug replay -"),
    b"BZh": ("packed with bzip2", "Unpack it: bzcat {} | namel3ss debug replay -"),
    b"PK\x03\x04": ("a zip file", "Unpack it: unzip -p {} | namel3ss debug replay -"),
    b"\xff\xfe": ("text in UTF-16", "Traces are UTF-8: iconv -f UTF-16 -t UTF-8 {} | namel3ss debug replay -"),
    b"\xfe\xff": ("text in UTF-16", "Traces are UTF-8: iconv -f UTF-16 -t UTF-8 {} | namel3ss debug replay -"),
}
"""By their first bytes: files of other kinds, what they are, and how to come to the trace in them."""


def open_lines(path: Path) -> tuple[BinaryIO, bool]:
    """The trace as lines, and whether that is a copy; `-` is the standard input.

    Raises:
        TraceError: The file cannot be read, or has no end.
    """
    file, copied = open_stream(path)
    try:
        lines = _document_lines(file, path)
        if lines is None:
            file.seek(0)
            return file, copied
        with file:
            return copy_of(lines, path), True
    except OSError as problem:
        file.close()
        raise unreadable(path, problem) from problem
    except TraceError:
        file.close()
        raise


def _document_lines(file: BinaryIO, path: Path) -> Iterable[bytes] | None:
    """The events of a JSON document as lines; None when the file holds JSON Lines."""
    first = file.readline(_LONGEST_FIRST_LINE)
    _refuse_others(first, path)
    start = first.strip()
    if start[:1] not in (b"[", b"{"):
        return None
    if start.endswith((b'"events": [', b'"events":[')):
        return _lines_of_ours(file)
    known = _object_of(first)
    if known is not None and not isinstance(known.get("events"), list):
        return None
    if known is None and _object_of(file.readline(_LONGEST_FIRST_LINE)) is not None:
        return None  # JSON Lines with a first line that is none
    file.seek(0)
    return _events_of(file.read())


def _refuse_others(beginning: bytes, path: Path) -> None:
    """Say what a file is that a person may well take for a trace.

    Raises:
        TraceError: It is packed, or text of two bytes for each character.
    """
    for start, (kind, way) in _OTHERS.items():
        if beginning.startswith(start):
            raise TraceError(f"'{path}' is not a trace", why=f"it is {kind}", try_=way.format(shlex.quote(str(path))))


def _lines_of_ours(file: BinaryIO) -> Iterable[bytes]:
    """What follows the first line of a document of ours: a line for each event, with commas between them."""
    for line in file:
        if line.startswith(b"{"):
            event = line.rstrip(b",\r\n")
            yield event + b"\n" if line.endswith(b"\n") else event


def _object_of(line: bytes) -> dict[str, object] | None:
    if len(line) >= _LONGEST_FIRST_LINE:  # it goes on
        return None
    try:
        return record_of(line)
    except TraceError:
        return None


class _Document(msgspec.Struct):
    """An object that holds the events; they stay bytes, whatever is in them."""

    events: list[msgspec.Raw]


_decode_document = msgspec.json.Decoder(_Document | list[msgspec.Raw]).decode


def _events_of(content: bytes) -> Iterable[bytes] | None:
    try:
        document = _decode_document(content)
    except msgspec.ValidationError:  # JSON, and something else
        return None
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return _events_in_odd_json(content) if len(content) <= LONGEST_ODD else None
    events = document.events if isinstance(document, _Document) else document
    return (_on_one_line(bytes(event)) for event in events)


def _on_one_line(event: bytes) -> bytes:
    if b"\n" in event or b"\r" in event:
        event = msgspec.json.format(event, indent=-1).replace(b"\n", b" ").replace(b"\r", b" ")
    return event + b"\n"


def _events_in_odd_json(content: bytes) -> list[bytes] | None:
    """The same where JSON is meant and something else was written, such as NaN."""
    try:
        document = value_of(content)
    except TraceError:
        return None
    events = document.get("events") if isinstance(document, dict) else document
    if not isinstance(events, list):
        return None
    return [orjson.dumps(event, option=orjson.OPT_APPEND_NEWLINE) for event in events]
