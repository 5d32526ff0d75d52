"""Where clients come from: the standard streams, a loopback port, or a socket in the file system."""

from __future__ import annotations

import contextlib
import os
import socket
import stat
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from .registry import part
from .session import Session
from .wire import BrokenWire, Decoder, Message

LOOPBACK = "127.0.0.1"

_CHUNK = 1 << 16
_MOST_SESSIONS = 64
_PATIENCE_S = 2.5
# For the worker to come to its end after the client has said so, or is gone: then the process ends all the same.


class FileLog:
    """Writes what is said to a file, a line for each message; without a file it forgets."""

    def __init__(self, file: TextIO | None) -> None:
        self._file = file
        self._discretion = part("discretion").Discretion() if file is not None else None

    def message(self, way: str, message: Message) -> None:
        """A message that came, or went."""
        if self._discretion is not None:
            self._write(f"{way} {self._discretion.message(message)}")

    def note(self, text: str) -> None:
        """What only we need to know."""
        if self._discretion is not None:
            self._write(self._discretion.text(text))

    def _write(self, text: str) -> None:
        if self._file is not None:
            self._file.write(f"{time.time():.6f} {text.encode('ascii', 'backslashreplace').decode()}\n")
            self._file.flush()


class _Descriptor:
    """Writes to a file descriptor, a message at a time."""

    def __init__(self, number: int) -> None:
        self._number = number

    def write(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(self._number, rest) :]


class _Socket:
    """Writes to a socket, a message at a time."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def write(self, data: bytes) -> None:
        self._connection.sendall(data)


def private_streams() -> tuple[int, int]:
    """Duplicates of stdin and stdout that only we know; what anything else prints goes to stderr, and reads nothing."""
    reads, writes = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return reads, writes


def serve_streams(reads: int, writes: int, log: FileLog) -> None:
    """One session on two file descriptors."""
    session = Session(_Descriptor(writes), log)

    done = threading.Event()

    def watch() -> None:
        session.farewell.wait()
        if not done.wait(_PATIENCE_S):
            os._exit(1)  # the worker is in something that cannot be interrupted

    threading.Thread(target=_listen, args=(session, lambda: os.read(reads, _CHUNK)), daemon=True).start()
    threading.Thread(target=watch, daemon=True).start()
    session.work()
    done.set()


def serve_port(port: int, log: FileLog, announce: TextIO) -> None:
    """Sessions on a loopback port until the process is told to end; says on one line which port it is."""
    with socket.create_server((LOOPBACK, port)) as server:
        announce.write(f"DAP server listening at: {LOOPBACK}:{server.getsockname()[1]}\n")
        announce.flush()
        _serve(server, log)


def serve_pipe(path: Path, log: FileLog, announce: TextIO) -> None:
    """Sessions on a socket that only this user may open."""
    with contextlib.suppress(FileNotFoundError):
        if stat.S_ISSOCK(path.stat().st_mode):
            path.unlink()
    with socket.socket(socket.AF_UNIX) as server:
        mask = os.umask(0o177)
        try:
            server.bind(str(path))
        finally:
            os.umask(mask)
        server.listen()
        announce.write(f"DAP server listening at: {path}\n")
        announce.flush()
        try:
            _serve(server, log)
        finally:
            path.unlink(missing_ok=True)


def _serve(server: socket.socket, log: FileLog) -> None:
    slots = threading.BoundedSemaphore(_MOST_SESSIONS)

    def serve(connection: socket.socket) -> None:
        try:
            serve_connection(connection, log)
        finally:
            slots.release()

    while True:
        connection, _ = server.accept()
        if slots.acquire(blocking=False):
            threading.Thread(target=serve, args=(connection,), daemon=True).start()
        else:
            connection.close()


def serve_connection(connection: socket.socket, log: FileLog) -> None:
    """One session on a connected socket, until it is over."""
    with connection:
        if connection.family == socket.AF_INET:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        session = Session(_Socket(connection), log)
        listener = threading.Thread(target=_listen, args=(session, lambda: connection.recv(_CHUNK)), daemon=True)
        listener.start()
        session.work()
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
        listener.join()


def _listen(session: Session, read: Callable[[], bytes]) -> None:
    """Give a session what comes, until nothing does."""
    decoder = Decoder()
    problem = ""
    try:
        while received := read():
            for body in decoder.feed(received):
                session.hear(body)
    except BrokenWire as broken:
        problem = str(broken)
    except OSError:  # the connection is gone
        pass
    finally:
        session.leave(problem)
