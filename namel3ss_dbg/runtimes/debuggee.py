"""A program that runs, and is traced, in a process of its own: nothing that it does can disturb the debugger.

What it prints arrives line by line. It ends with whoever started it, and when it is told to: then its trace says
`cancelled`. Its process tells what happens, and takes orders, over a socket that only the two of them have.

    debuggee = Debuggee.start(Path("app.ai"), arguments={"input": "Hello"}, tell=print)
    # Began(trace=…/trace.jsonl), Printed(stream="stdout", text="…\\n"), …, Ended(exit_code=0, status="completed")
    debuggee.terminate()                       # if need be; returns how it ended, within two seconds
"""

from __future__ import annotations

import codecs
import contextlib
import os
import selectors
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import IO, Any, Literal, Protocol, Self, cast

import attrs
import orjson

from ..events import ProgramError

Stream = Literal["stdout", "stderr"]

_PATIENCE_S = 1.2
# For a cancelled program to end by itself: its own process gives up after 0.8, and two seconds are promised.
_CHUNK = 65_536
_LONGEST_LINE = 65_536
_MOST_LAST_WORDS = 64
# Chunks that are still read of a stream after the end: who holds it open may write for ever.


@attrs.frozen
class Began:
    """The program was loaded and its run is being recorded."""

    trace: Path
    """The trace file; each event is in it as soon as it has happened."""


@attrs.frozen
class Printed:
    """The program printed a line."""

    stream: Stream
    text: str
    """With its newline; without one when it was the last words, or a piece of a very long line."""


@attrs.frozen
class PythonReached:
    """The run is about to call a tool written in Python, and waits for an order: `attach`, or `go_on`."""

    tool: str
    host: str
    """Where debugpy listens."""
    port: int


@attrs.frozen
class PythonHeld:
    """Python code of the program came to rest in debugpy, for instance at a breakpoint; so the whole program rests."""


@attrs.frozen
class Ended:
    """The process is gone. Always the last report, also when there was no other."""

    exit_code: int
    """128 and the signal's number when a signal ended it, as shells say it."""
    status: str | None = None
    """How the run went; None when it did not come to its end, or never began."""
    error: str = ""
    """A sentence, when it did not complete."""


Report = Began | Printed | PythonReached | PythonHeld | Ended
Tell = Callable[[Report], None]


class Debuggee:
    """A program in a child process."""

    def __init__(self, tell: Tell, environment: Mapping[str, str], folder: Path) -> None:
        """Prepare a child; `start` is how to make one."""
        self._tell = tell
        self._environment = environment
        self._folder = folder
        self._ours, self._theirs = socket.socketpair()
        self._process: Future[subprocess.Popen[bytes]] = Future()
        self._said: dict[str, Any] = {}
        self._forced = False
        self._ended: Ended | None = None
        self._over = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="debuggee", daemon=True)

    @classmethod
    def start(
        cls,
        program: Path,
        *,
        tell: Tell,
        entry: str | None = None,
        arguments: dict[str, Any] | None = None,
        trace: Path | None = None,
        python_debug: bool = False,
        environment: Mapping[str, str | None] | None = None,
        folder: Path | None = None,
    ) -> Self:
        """Begin to run a program.

        Args:
            program: The `.ai` file.
            tell: Called with each report, one after the other, on a thread that belongs to the debuggee.
            entry: The chain, agent or prompt to run; None leaves the choice to the program.
            arguments: What it is called with.
            trace: The trace file; None takes a new one in the trace directory.
            python_debug: Whether to open debugpy, for this machine only, when a tool written in Python is reached.
            environment: Variables on top of our own; None takes one away.
            folder: Where it runs; None is here.

        Raises:
            ProgramError: No process can be started. What is wrong with the program is reported by `Ended`.
        """
        if sys.platform == "win32":  # pragma: no cover (no socket is inherited there, and no signal cancels)
            raise ProgramError("A program cannot be launched by the debugger on Windows", try_="Replay its trace.")
        folder = (folder or Path()).absolute()
        command = {
            "program": str(program),
            "entry": entry,
            "arguments": arguments or {},
            "trace": str(trace.absolute()) if trace is not None else None,
            "python_debug": python_debug,
        }
        merged = {**os.environ, **(environment or {})}
        made = cls(tell, {name: value for name, value in merged.items() if value is not None}, folder)
        made._watcher.start()
        try:
            made._process.result()
        except (OSError, ValueError) as problem:
            raise ProgramError(f"No process can be started for '{program}'", why=f"{problem} (in {folder})") from None
        made._order(command)
        return made

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.result().pid

    def attach(self, within_s: float) -> None:
        """Answer `PythonReached`: a client of debugpy is to come, but the run waits no longer than this."""
        self._order({"order": "attach", "within_s": within_s})

    def go_on(self) -> None:
        """Answer `PythonReached`, also after `attach`: nobody is to come."""
        self.attach(0)

    def wait(self, within_s: float | None = None) -> Ended | None:
        """How it ended, once everything was reported; None when it has not by then."""
        self._over.wait(within_s)
        return self._ended

    def terminate(self) -> Ended | None:
        """End the program, and every process that it started; takes less than two seconds.

        It is not for `tell` to call this: the end is reported on the same thread. None is possible only when `tell`
        does not return. What a program that has ended by itself left behind is left alone.
        """
        if self._over.is_set():
            return self._ended
        self._order({"order": "end"})
        if not self._over.wait(_PATIENCE_S):
            self._forced = True
        with contextlib.suppress(ProcessLookupError, PermissionError):  # all are gone; some systems say it like this
            os.killpg(self.pid, signal.SIGKILL)
        return self.wait(0.5)

    def _order(self, order: Mapping[str, Any]) -> None:
        with contextlib.suppress(OSError):  # it is gone: what is asked of it does not matter any more
            self._ours.sendall(orjson.dumps(order) + b"\n")

    # On the debuggee's thread: it starts the process, because on Linux a process is told of the end of that thread

    def _watch(self) -> None:
        with self._ours:
            try:
                process = self._spawn()
            except (OSError, ValueError) as problem:  # a folder that is not there, a variable that cannot be
                self._process.set_exception(problem)
                return
            finally:
                self._theirs.close()
            self._process.set_result(process)
            gone, at_end = os.pipe()
            threading.Thread(target=_close_at_end, args=(process, at_end), daemon=True).start()
            with cast(IO[bytes], process.stdout) as out, cast(IO[bytes], process.stderr) as err:
                self._listen(
                    (_Printing(out, "stdout"), _Printing(err, "stderr"), _Speaking(self._ours, self._said)), gone
                )
        self._ended = self._epitaph(process.wait())
        self._tell(self._ended)
        self._over.set()

    def _spawn(self) -> subprocess.Popen[bytes]:
        # -P: the folder of the program is not where our own modules are looked for.
        return subprocess.Popen(  # noqa: S603
            [sys.executable, "-P", "-m", "namel3ss_dbg.runtimes.debuggee_main", str(self._theirs.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=[self._theirs.fileno()],
            env=dict(self._environment),
            cwd=self._folder,
            start_new_session=True,
        )

    def _listen(self, sources: Iterable[_Source], gone: int) -> None:
        """Report until the process is gone, then what is still on its way; others may hold its pipes open."""
        with selectors.DefaultSelector() as selector:
            selector.register(gone, selectors.EVENT_READ)
            for source in sources:
                selector.register(source.file, selectors.EVENT_READ, source)
            while None not in (ready := [key.data for key, _ in selector.select()]):
                for source in ready:
                    if not self._hear(source):
                        selector.unregister(source.file)
        os.close(gone)
        for source in sources:
            for _ in range(_MOST_LAST_WORDS):
                if not self._hear(source):
                    break
            for report in source.rest():
                self._tell(report)

    def _hear(self, source: _Source) -> bool:
        """Report what came from a source; whether there was something."""
        heard = source.read()
        for report in source.take(heard):
            self._tell(report)
        return bool(heard)

    def _epitaph(self, code: int) -> Ended:
        status, error = self._said.get("status"), self._said.get("error", "")
        if code >= 0:
            if status is None and not error and code != 0:
                error = f"The program's process ended with exit code {code} before its run was over."
            return Ended(code, status, error)
        if self._forced:
            return Ended(128 - code, status, "The program did not end when it was told to, and was killed.")
        return Ended(128 - code, status, f"The program's process was ended by {_signal_name(-code)}.")


class _Source(Protocol):
    """Where reports come from."""

    file: IO[bytes] | socket.socket

    def read(self) -> bytes:
        """What is there; empty when nothing is, and at the end."""

    def take(self, heard: bytes) -> Iterator[Report]:
        """The reports that are complete with it."""

    def rest(self) -> Iterator[Report]:
        """What was not finished by the end."""


class _Printing:
    """Bytes of a stream, becoming lines."""

    def __init__(self, file: IO[bytes], stream: Stream) -> None:
        self.file: IO[bytes] | socket.socket = file
        self._number = file.fileno()
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._begun = ""
        os.set_blocking(self._number, False)

    def read(self) -> bytes:
        with contextlib.suppress(BlockingIOError):
            return os.read(self._number, _CHUNK)
        return b""

    def take(self, heard: bytes) -> Iterator[Report]:
        *lines, self._begun = (self._begun + self._decoder.decode(heard)).split("\n")
        yield from (Printed(self._stream, f"{line}\n") for line in lines)
        if len(self._begun) > _LONGEST_LINE:
            yield Printed(self._stream, self._begun)
            self._begun = ""

    def rest(self) -> Iterator[Report]:
        last = self._begun + self._decoder.decode(b"", final=True)
        if last:
            yield Printed(self._stream, last)


class _Speaking:
    """What the process itself tells, a line of JSON for each fact."""

    def __init__(self, connection: socket.socket, said: dict[str, Any]) -> None:
        self.file: IO[bytes] | socket.socket = connection
        self._connection = connection
        self._said = said
        """How the run ended; filled in here."""
        self._begun = b""

    def read(self) -> bytes:
        with contextlib.suppress(BlockingIOError, ConnectionResetError):  # the latter: it left an order unread
            return self._connection.recv(_CHUNK, socket.MSG_DONTWAIT)
        return b""

    def take(self, heard: bytes) -> Iterator[Report]:
        *lines, self._begun = (self._begun + heard).split(b"\n")
        for line in lines:
            fact = orjson.loads(line)
            match fact.pop("fact"):
                case "began":
                    yield Began(Path(fact["trace"]))
                case "python":
                    yield PythonReached(**fact)
                case "held":
                    yield PythonHeld()
                case "ended":
                    self._said.update(fact)

    def rest(self) -> Iterator[Report]:
        return iter(())


def _close_at_end(process: subprocess.Popen[bytes], file: int) -> None:
    process.wait()
    os.close(file)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
