"""Appends lines to a trace file, cheaply enough to leave on.

Lines go to one `bytearray` (a list of lines costs a page fault per event: glibc trims and regrows the heap at every
flush) and from there to the disk: at once, unless the last write was so recent that writing would take more than two
percent of the time; a daemon thread writes what then remains within `flush_interval`. Emitters take no lock: growing,
copying and cutting a bytearray are single C calls under the GIL. A process that is killed loses at most what waits.
"""

from __future__ import annotations

import contextlib
import logging
import os
import stat
import threading
import time
from pathlib import Path
from typing import Final

from ..events import TraceError
from .locks import lock_shared

_log = logging.getLogger(__name__)

_MOST_BYTES: Final = 65_536
_FIRST_FREE: Final = 3
_OWNERS: Final = 0o600
_PAUSE: Final = 50.0  # a write of t seconds is followed by 50 t of buffering: two percent of wall time on any disk

DOCUMENT_HEAD: Final = b'{"trace_version": 1, "events": [\n'
DOCUMENT_TAIL: Final = b"\n]}\n"


class TraceWriter:
    """An open trace file."""

    def __init__(
        self, path: Path, *, buffer_size: int = 1000, flush_interval: float = 0.05, document: bool = False
    ) -> None:
        """Create or continue `path`, readable by its owner only.

        Args:
            path: Its folder is created when missing.
            buffer_size: The most events that may wait in memory; 1 writes each event through.
            flush_interval: The longest that an event waits, in seconds.
            document: Write one JSON document instead of JSON Lines.

        Raises:
            TraceError: The file cannot be created or written.
        """
        self.path = path
        self.failure: OSError | None = None
        """Why nothing is written any more; None while all is well."""
        self._document = document
        self._buffer_size = max(buffer_size, 1)
        self._flush_interval = flush_interval
        self._buffer = bytearray()
        self._pending = 0
        self._due = 0.0
        self._first = True
        self._writing = threading.RLock()  # orders writers; the same thread may come again, by a signal's handler
        self._stop = threading.Event()
        self._flusher: threading.Thread | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._fd = _open_private(path)
        except (OSError, ValueError) as problem:  # a ValueError: no file can have such a name
            raise _unwritable(path, getattr(problem, "strerror", None) or str(problem)) from problem
        lock_shared(self._fd)
        size = os.fstat(self._fd).st_size
        if document and size:
            os.close(self._fd)
            raise _unwritable(path, "it holds something already, and a document cannot be continued")
        if document:
            self._buffer += DOCUMENT_HEAD
        elif size and os.pread(self._fd, 1, size - 1) != b"\n":
            self._buffer += b"\n"  # keeps a half-written last line of an earlier run apart from what follows

    def append(self, line: bytes, now: float) -> None:
        """Take one line, its newline included; `now` is the caller's clock in seconds."""
        if self._document:
            line = line[:-1] if self._first else b",\n" + line[:-1]
            self._first = False
        buffer = self._buffer
        buffer += line
        self._pending = pending = self._pending + 1
        if now >= self._due or pending >= self._buffer_size or len(buffer) >= _MOST_BYTES:
            self._due = now + min(self.flush() * _PAUSE, self._flush_interval)
        elif self._flusher is None:
            self._start_flusher()

    def flush(self) -> float:
        """Hand everything to the operating system; return the seconds that took."""
        with self._writing:
            self._pending = 0
            waiting = memoryview(bytes(self._buffer))
            del self._buffer[: len(waiting)]
            if not waiting or self._fd < 0 or self.failure is not None:
                return 0.0
            began = time.perf_counter()
            try:
                while waiting:
                    waiting = waiting[os.write(self._fd, waiting) :]
            except OSError as problem:
                self.failure = problem
                _log.warning("Tracing to %s ended: %s. The program goes on untraced.", self.path, problem)
            return time.perf_counter() - began

    def close(self) -> None:
        """Write what waits, make it durable, and let go of the file; what comes later is dropped."""
        self._stop.set()
        if self._flusher is not None:
            self._flusher.join()
        with self._writing:
            if self._fd < 0:
                return
            if self._document:
                self._buffer += DOCUMENT_TAIL
            self.flush()
            with contextlib.suppress(OSError):  # a pipe, or a device
                os.fsync(self._fd)
            self._let_go()

    def leave_to_parent(self) -> None:
        """In a forked child: what waits will be written by the parent, whose threads did not come along."""
        self._writing = threading.RLock()
        self._stop = threading.Event()
        self._stop.set()
        self._flusher = None
        self._buffer.clear()
        self._let_go()

    def _let_go(self) -> None:
        descriptor, self._fd = self._fd, -1
        if descriptor >= 0:
            os.close(descriptor)

    def _start_flusher(self) -> None:
        with self._writing:
            if self._flusher is not None or self._fd < 0:
                return
            flusher = threading.Thread(target=self._flush_now_and_then, name="trace-flusher", daemon=True)
            try:
                flusher.start()
            except RuntimeError:  # the interpreter is shutting down, or there can be no more threads
                self.flush()
            else:
                self._flusher = flusher  # not before: `close`, on another thread, joins what it finds here

    def _flush_now_and_then(self) -> None:
        while not self._stop.wait(self._flush_interval):
            if self._buffer:
                self.flush()


def _open_private(path: Path) -> int:
    """Open or create a file that its owner can read and write, whatever the umask, and that no standard stream is.

    Where the program closed its standard output, the file would get that number, and whatever is printed would land in
    the trace.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    if descriptor < _FIRST_FREE:
        standard = [descriptor]
        while (descriptor := os.dup(descriptor)) < _FIRST_FREE:
            standard.append(descriptor)
        for number in standard:
            os.close(number)
    mode = os.fstat(descriptor).st_mode
    if mode & _OWNERS != _OWNERS:
        with contextlib.suppress(OSError):  # somebody else's file, which may be written all the same
            path.chmod(stat.S_IMODE(mode) | _OWNERS)
    return descriptor


def _unwritable(path: Path, why: str) -> TraceError:
    return TraceError(
        f"The trace '{path}' cannot be written",
        why=why,
        try_="Choose another file with --output, or another folder with NAMEL3SS_DEBUG_OUTPUT_DIR.",
    )
