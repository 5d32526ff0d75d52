"""Opens a trace of any size at once: reads it line by line into columns, only as far as somebody looks.

The first stop needs 2,000 events and takes milliseconds whatever the size of the file; the rest is read when a question
needs it, or in slices while a person thinks. Reading goes on where it ended when the file has grown.
"""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Iterable, Iterator
from itertools import accumulate, islice
from pathlib import Path
from typing import Self

import msgspec
import orjson

from ..events import TraceError, TraceEvent
from . import sidecar
from .codec import INVALID, read_line, record_of
from .columns import Columns, Head, Row, head_of
from .documents import open_lines
from .head import decode_head
from .streams import unreadable

_BLOCK = 256
_AHEAD = 1 << 17
_MOST_ROWS = (1 << 31) - 2
_WORTH_A_SIDECAR_S = 0.2


class TraceIndex:
    """An open trace: its columns so far, and its events on demand."""

    def __init__(self, path: Path | str, *, use_sidecar: bool = True) -> None:
        """Open `path`; no event is read yet, unless a sidecar of an earlier time fits.

        Raises:
            TraceError: The file cannot be read.
        """
        self.path = Path(path)
        self._file, self._is_copy = open_lines(self.path)
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
                self.complete = not self._has_grown()

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
        collects = gc.isenabled()
        gc.disable()  # nothing in the loop makes cycles, and the collector would walk all the columns' dicts
        try:
            return self._read(limit, began + within_s if within_s is not None else None)
        except OSError as problem:
            raise unreadable(self.path, problem) from problem
        finally:
            if collects:
                gc.enable()
            self._spent += time.perf_counter() - began
            if self.complete and self._use_sidecar and self._spent > _WORTH_A_SIDECAR_S:
                sidecar.save(self.path, self._file, self.columns, self.position)
                self._spent = 0.0

    def _read(self, limit: int | None, deadline: float | None) -> int:
        columns, link = self.columns, self.columns.linker()
        first = columns.count
        last = first + limit if limit is not None else _MOST_ROWS
        self._file.seek(self.position)
        self.complete = False
        while not self.complete and (left := last - columns.count) > 0:
            lines = list(islice(self._file, min(left, _BLOCK)))
            if not lines:
                self.complete, self.torn = True, 0
                break
            try:
                heads = [decode_head(line) for line in lines]
            except (msgspec.MsgspecError, ValueError, RecursionError):
                heads, offsets = self._heads_of(lines)
            else:
                *offsets, self.position = accumulate(map(len, lines), initial=self.position)
            link.extend(heads, offsets)
            if deadline is not None and time.perf_counter() > deadline:
                break
        return columns.count - first

    def _heads_of(self, lines: list[bytes]) -> tuple[list[Head], list[int]]:
        """Heads and offsets of lines of which some are blank, torn, no events, or events in other people's writing."""
        heads: list[Head] = []
        offsets: list[int] = []
        for line in lines:
            try:
                head = decode_head(line)
            except (msgspec.MsgspecError, ValueError, RecursionError):
                if line[-1:] != b"\n" and not _is_whole(line):
                    self.torn = len(line)
                    self.complete = True
                    break
                if not line.strip():
                    self.position += len(line)
                    continue
                head = head_of(read_line(line))
                self.columns.invalid += head.event_type == INVALID
            heads.append(head)
            offsets.append(self.position)
            self.position += len(line)
        return heads, offsets

    def _has_grown(self) -> bool:
        return os.fstat(self._file.fileno()).st_size > self.position + self.torn

    def finish(self) -> Self:
        """Read all that there is."""
        self.advance()
        while not self.complete:
            self.advance()
        return self

    def line(self, row: Row) -> bytes:
        """The line of an event as it stands in the file."""
        offset = self.columns.offset
        begin = offset[row]
        end = offset[row + 1] if row + 1 < self.columns.count else self.position
        return os.pread(self._file.fileno(), end - begin, begin)

    def lines(self, rows: Iterable[Row]) -> Iterator[bytes]:
        """The lines of events, quicker than one after the other when the rows ascend: they are read by the block."""
        offset, descriptor, last = self.columns.offset, self._file.fileno(), self.columns.count - 1
        first, block, beyond = 0, b"", 0
        for row in rows:
            begin = offset[row]
            end = offset[row + 1] if row < last else self.position
            if begin < first or end > beyond:
                first, block = begin, os.pread(descriptor, max(end - begin, _AHEAD), begin)
                beyond = first + len(block)
            yield block[begin - first : end - first]

    def event(self, row: Row) -> TraceEvent:
        """An event, decoded; a line that is none is given as one of type `invalid_line`."""
        return read_line(self.line(row))

    def identity(self, row: Row) -> str:
        """The id of an event; empty when it has none."""
        return _identity_in(self.line(row))

    def identified(self, beginning: str) -> Iterator[Row]:
        """The rows, of those read so far, whose event's id begins so."""
        # As JSON has it, less the quotes: a look at the bytes tells nearly all other lines apart without decoding them.
        sought = orjson.dumps(beginning)[1:-1] if beginning.isascii() else b""
        for row, line in enumerate(self.lines(range(self.columns.count))):
            if sought in line and _identity_in(line).startswith(beginning):
                yield row

    def events(self) -> Iterator[TraceEvent]:
        """All events in order, reading on as needed."""
        row = 0
        while row < self.columns.count or self.advance(1000):
            yield self.event(row)
            row += 1

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def _identity_in(line: bytes) -> str:
    try:
        return decode_head(line).event_id or ""
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return read_line(line).event_id


def _is_whole(line: bytes) -> bool:
    if not line.rstrip().endswith(b"}"):  # an answer at once, however long it is
        return False
    try:
        record_of(line)
    except TraceError:
        return False
    return True
