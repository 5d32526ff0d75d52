"""The process of a debuggee: takes orders from a socket, runs one program under a tracer, and says how it went.

It ends with whoever gives the orders. A program that does not let itself be interrupted is left behind after a second;
its trace says `cancelled` all the same.
"""

from __future__ import annotations

import contextlib
import ctypes
import io
import json
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import attrs
import orjson

from ..events import DebugError, Status
from ..recording import Execution, ExecutionTracer
from ..trace.settings import read_settings
from ..trace.store import move_aside
from .brace.runtime import BraceRuntime
from .python_door import DebuggedTools, PatientClock, PythonDoor
from .registry import Runtime, load
from .traced_run import about, execute

INTERRUPTED = 130

_PAUSE_S = 0.4
# Between two interruptions, and between the second one and the end by force.
_PR_SET_PDEATHSIG = 1


class Post:
    """The two ends of what goes over the socket: facts out, orders in."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._incoming = connection.makefile("rb")
        self._lock = threading.Lock()
        # Protects the socket's outgoing side: a fact is one line.

    def tell(self, fact: str, **more: Any) -> None:
        """Report something; to nobody when whoever listened is gone."""
        with self._lock, contextlib.suppress(OSError):
            self._connection.sendall(orjson.dumps({"fact": fact, **more}) + b"\n")

    def orders(self) -> Iterator[dict[str, Any]]:
        """The orders as they come, until nobody is there any more to give one."""
        with contextlib.suppress(OSError):
            for line in self._incoming:
                yield orjson.loads(line)


class Process:
    """This process: one program, and the thread that takes orders while it runs."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self._settings = read_settings()
        config = self._settings.configuration
        config.enabled = True
        config.buffer_size = 1  # what has happened can be seen at once
        self._tracer = ExecutionTracer(config)
        self._door = PythonDoor(lambda **reached: post.tell("python", **reached), lambda: post.tell("held"))
        self._main = threading.main_thread()
        self._over = False

    def run(self, command: dict[str, Any]) -> int:
        """Run the program that a command describes; the exit code."""
        obeying = threading.Thread(target=self._obey, name="orders", daemon=True)
        # As debugpy marks its own threads: it holds and shows all others.
        vars(obeying).update(pydev_do_not_trace=True, is_pydev_daemon_thread=True)
        obeying.start()
        try:
            return self._run(**command)
        except DebugError as problem:
            self._end(Status.FAILED, str(problem))
            return problem.exit_code
        except KeyboardInterrupt:
            self._end(Status.CANCELLED, "The run was ended by the debugger.")
            return INTERRUPTED
        except BaseException as problem:
            self._end(Status.FAILED, f"{type(problem).__name__}: {problem}")
            raise

    def _run(
        self, program: str, entry: str | None, arguments: dict[str, Any], trace: str | None, *, python_debug: bool
    ) -> int:
        for problem in self._settings.problems:
            sys.stderr.write(f"Warning: {problem}\n")
        runtime = load(program)
        if python_debug:
            runtime = self._with_door(runtime)

        def begin() -> Execution:
            if trace is not None and Path(trace).is_file():
                move_aside(Path(trace), self._tracer.config.trace_output_dir)
            execution = self._tracer.require(
                runtime.app_name,
                path=Path(trace) if trace is not None else None,
                inputs={"arguments": arguments},
                metadata=about(runtime, program, entry),
            )
            self._post.tell("began", trace=str(execution.trace_file.absolute()))
            return execution

        outcome = execute(runtime, self._tracer, begin, entry=entry, arguments=arguments)
        if outcome.failure is not None:
            raise outcome.failure
        if outcome.result is not None:
            sys.stdout.write(f"{_shown(outcome.result)}\n")
        self._end(Status.COMPLETED)
        return 0

    def _with_door(self, runtime: Runtime) -> Runtime:
        if not isinstance(runtime, BraceRuntime):
            return runtime
        clock = PatientClock(self._door)
        return attrs.evolve(runtime, tools=DebuggedTools(runtime.folder, self._door, clock), clock=clock)

    def _end(self, status: str, error: str = "") -> None:
        self._over = True
        self._post.tell("ended", status=str(status), error=self._tracer.without_secrets(error))

    # On the thread that takes orders

    def _obey(self) -> None:
        for order in self._post.orders():
            match order["order"]:
                case "attach":
                    self._door.expect(order["within_s"])
                case "end":
                    self._leave()
        self._leave(with_all=True)

    def _leave(self, *, with_all: bool = False) -> NoReturn:
        """Interrupt the run, and end the process; with all that it started when nobody else will end those."""
        for _ in range(2):  # an event loop cancels its task at the first, what blocks the loop ends at the second
            if not self._over:
                signal.pthread_kill(self._main.ident or 0, signal.SIGINT)
            time.sleep(_PAUSE_S)
        if not self._over:
            self._tracer.finish(Status.CANCELLED, error="The program did not let itself be interrupted.")
            self._end(Status.CANCELLED, "The run was ended by the debugger, and did not let itself be interrupted.")
        if with_all:
            os.killpg(0, signal.SIGKILL)
        os._exit(INTERRUPTED)


def main() -> int:
    """Run what the socket, whose file number is the first argument, asks for."""
    _end_with_parent()
    connection = socket.socket(fileno=int(sys.argv[1]))
    os.set_inheritable(connection.fileno(), False)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)
    post = Post(connection)
    command = next(post.orders(), None)
    return Process(post).run(command) if command is not None else 0


def _end_with_parent() -> None:
    """Let the system end this process a second after the debugger's, should Python code have no chance to do it.

    Code that never lets another thread run, such as a runaway regular expression, would outlive everything. So the
    signal of the parent's end is answered by the C library: SIGHUP is 1, and `alarm(1)` ends the process by SIGALRM.
    """
    if sys.platform == "linux":
        library = ctypes.CDLL(None)
        library.signal(signal.SIGHUP.value, library.alarm)
        library.prctl(_PR_SET_PDEATHSIG, signal.SIGHUP.value)


def _shown(result: Any) -> str:
    """What a program returned, as `namel3ss run` shows it: text as it is, everything else as JSON."""
    return result if isinstance(result, str) else json.dumps(result, ensure_ascii=False, indent=2, default=str)


if __name__ == "__main__":
    sys.exit(main())
