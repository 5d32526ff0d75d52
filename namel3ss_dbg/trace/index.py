"""Opens a trace of any size at once: reads it line by line into columns, only as far as somebody looks.

The first stop needs 2,000 events and takes milliseconds whatever the size of the file; the rest is read when a question
needs it, or in slices while a person thinks. Reading goes on where it ended when the file has grown.
"""

from __future__ import annotations

import gc
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Self, cast

import msgspec
import orjson

from ..events import TraceError, TraceEvent
from . import sidecar
from .codec import INVALID, read_line
from .columns import Columns, Head, Row, head_of

_WORTH_A_SIDECAR_S = 0.2
_LONGEST_FIRST_LINE = 1 << 24


class TraceIndex:
    """An open trace: its columns so far, and its events on demand."""

    def __init__(self, path: Path | str, *, use_sidecar: bool = True) -> None:
        """Open `path`; no event is read yet, unless a sidecar of an earlier time fits.

        Raises:
            TraceError: The file cannot be read.
        """
        self.path = Path(path)
        self._file, self._is_copy = _open(self.path)
        self.columns = Columns()
        self.position = 0
        """Bytes read so far, as whole lines."""
        self.complete = False
        """Whether the end of the file was reached; it may grow all the same."""
        self.torn = 0
        """Bytes of a last line that was never finished."""
        self._spent = 0.0
        self._use_sidecar = use_sidecar and not self._is_copy
        if self._use_sidecar:
            found = sidecar.load(self.path, self._file)
            if found is not None:
                self.columns, self.position = found
                self.complete = True
        self._add = None if self.position else self.columns.linker()

    def __len__(self) -> int:
        return self.columns.count

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def advance(self, limit: int | None = None, *, within_s: float | None = None) -> int:
        """Read on: at most `limit` events, for about `within_s` seconds, else to the end. Returns how many were read.

        A last line without its newline counts when it is a whole event; otherwise it is torn, or still being written,
        and stays unread.
        """
        if self.complete and not self._has_grown():
            return 0
        began = time.perf_counter()
        if self._add is None:
            self._add = self.columns.linker()
        collects = gc.isenabled()
        gc.disable()  # nothing in the loop makes cycles, and the collector would walk all the columns' dicts
        try:
            return self._read(limit, began + within_s if within_s is not None else None)
        finally:
            if collects:
                gc.enable()
            self._spent += time.perf_counter() - began
            if self.complete and self._use_sidecar and self._spent > _WORTH_A_SIDECAR_S:
                sidecar.save(self.path, self._file, self.columns, self.position)
                self._spent = 0.0

    def _read(self, limit: int | None, deadline: float | None) -> int:
        columns, add, decode = self.columns, self._add, _decode
        assert add is not None  # noqa: S101 (advance has made it)
        position, first = self.position, columns.count
        last = first + limit if limit is not None else (1 << 31) - 2
        self._file.seek(position)
        self.complete = False
        for line in self._file:
            try:
                head = decode(line)
            except (msgspec.MsgspecError, ValueError, RecursionError):
                if line[-1:] != b"\n" and not _is_event(line):
                    self.torn = len(line)
                    self.complete = True
                    break
                if not line.strip():
                    position += len(line)
                    continue
                head = head_of(read_line(line))
                if head.event_type == INVALID:
                    columns.invalid += 1
            add(head, position)
            position += len(line)
            count = columns.count
            if count >= last or (deadline is not None and not count & 255 and time.perf_counter() > deadline):
                break
        else:
            self.complete = True
            self.torn = 0
        self.position = position
        return columns.count - first

    def _has_grown(self) -> bool:
        return os.fstat(self._file.fileno()).st_size > self.position + self.torn

    def finish(self) -> Self:
        """Read all that there is."""
        while not self.complete:
            self.advance()
        return self

    def line(self, row: Row) -> bytes:
        """The line of an event as it stands in the file."""
        offset = self.columns.offset
        begin = offset[row]
        end = offset[row + 1] if row + 1 < self.columns.count else self.position
        return os.pread(self._file.fileno(), end - begin, begin)

    def event(self, row: Row) -> TraceEvent:
        """An event, decoded; a line that is none is given as one of type `invalid_line`."""
        return read_line(self.line(row))

    def identity(self, row: Row) -> str:
        """The id of an event, without decoding the rest; empty when it has none."""
        try:
            return _decode_id(self.line(row)).event_id or ""
        except msgspec.MsgspecError:
            return self.event(row).event_id

    def events(self) -> Iterator[TraceEvent]:
        """All events in order, reading on as needed."""
        row = 0
        while row < self.columns.count or self.advance(1000):
            yield self.event(row)
            row += 1

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


class _Identity(msgspec.Struct, gc=False):
    event_id: str | None = None


_decode_id = msgspec.json.Decoder(_Identity).decode
_decode = msgspec.json.Decoder(Head, strict=False).decode


def _is_event(line: bytes) -> bool:
    try:
        return isinstance(orjson.loads(line), dict)
    except orjson.JSONDecodeError:
        return False


def _open(path: Path) -> tuple[BinaryIO, bool]:
    """The trace as lines, and whether that is a copy: a JSON document or a stream is copied, one event to a line."""
    try:
        if str(path) == "-":
            return _copied_stream(), True
        file = path.open("rb", buffering=1 << 18)
    except OSError as problem:
        raise TraceError(
            f"The trace '{path}' cannot be read",
            why=problem.strerror or str(problem),
            try_="Name a .jsonl file, 'latest', or a name in the trace directory.",
        ) from problem
    if not file.seekable():
        with file:
            return _copied(file.read()), True
    events = _document(file)
    if events is None:
        return file, False
    file.close()
    return _lines(events), True


def _copied_stream() -> BinaryIO:
    with open(0, "rb", closefd=False) as stdin:
        return _copied(stdin.read())


def _copied(content: bytes) -> BinaryIO:
    copy: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115 (its owner closes it)
    copy.write(content)
    copy.seek(0)
    events = _document(copy)
    if events is None:
        return copy
    copy.close()
    return _lines(events)


def _lines(events: list[bytes]) -> BinaryIO:
    copy = cast(BinaryIO, tempfile.TemporaryFile(buffering=1 << 18))  # noqa: SIM115
    copy.writelines(events)
    copy.flush()
    return copy


def _document(file: BinaryIO) -> list[bytes] | None:
    """The events of a JSON document as lines; None when the file holds JSON Lines."""
    first = file.readline(_LONGEST_FIRST_LINE)
    file.seek(0)
    start = first.strip()
    if not start or start[:1] not in (b"[", b"{") or _is_event(first):
        return None if not (b'"events"' in start and _is_event(first)) else _document_events(file.read(), file)
    return _document_events(file.read(), file)


def _document_events(content: bytes, file: BinaryIO) -> list[bytes] | None:
    file.seek(0)
    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError:
        return _torn_document(content)
    events = document.get("events") if isinstance(document, dict) else document
    if not isinstance(events, list):
        return None
    return [orjson.dumps(event, option=orjson.OPT_APPEND_NEWLINE) for event in events]


def _torn_document(content: bytes) -> list[bytes] | None:
    """What a document of ours holds whose end was never written: one event stands on each line."""
    head, _, rest = content.partition(b"\n")
    if b'"events"' not in head:
        return None
    kept = (line.rstrip(b",\r") for line in rest.split(b"\n"))
    return [line + b"\n" for line in kept if line.startswith(b"{") and _is_event(line)]
