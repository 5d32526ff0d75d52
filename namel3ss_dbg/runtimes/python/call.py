"""One call of a tool on a thread of its own, and what of the process is different while it lasts.

A sync tool is called as it is; what an async one returns is awaited in an event loop that belongs to the call.
Meanwhile the tool's output is caught, its `breakpoint()` stops the walk, and the threads it starts are followed; all of
that is put back at the end.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import sys
import threading
import traceback
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

from .output import ToolOutput
from .steps import Abandoned, Stepper
from .stops import Returned
from .turn import Turn


class ToolCall:
    """A call that is followed line by line."""

    def __init__(self, call: Callable[[], Any], stepper: Stepper, turn: Turn) -> None:
        """Prepare a call; nothing runs before `start`."""
        self.output = ToolOutput(lambda: threading.current_thread() in stepper.threads)
        self.outcome: Returned | BaseException | None = None
        """What came out; None before the end, and when the call was abandoned."""
        self.was_followed = True
        """Whether the trace function was still in place at the end."""
        self.thread = threading.Thread(target=self._work, name="walked tool", daemon=True)
        self._call = call
        self._stepper = stepper
        self._turn = turn
        self._surroundings = contextlib.ExitStack()
        self._task: tuple[asyncio.AbstractEventLoop, asyncio.Task[Any]] | None = None

    # On the debugger's thread

    def start(self) -> None:
        """Begin the call."""
        self.output.install()
        self._surroundings.callback(self.output.restore)
        self._surroundings.callback(setattr, sys, "breakpointhook", sys.breakpointhook)
        sys.breakpointhook = self._breakpoint_hook(sys.breakpointhook)
        previous = threading.gettrace()
        self._surroundings.callback(threading.settrace, previous)
        threading.settrace(self._stepper.follow_thread(previous))
        self.thread.start()

    def cancel(self) -> None:
        """Cancel what an async tool awaits."""
        if self._task is not None:
            loop, task = self._task
            with contextlib.suppress(RuntimeError):  # the loop is closed: it has ended by itself
                loop.call_soon_threadsafe(task.cancel)

    def leave(self, within_s: float) -> tuple[str, ...]:
        """Put everything back after the end; what a person should know about it, as sentences."""
        if self.thread.ident is not None:
            self.thread.join(within_s)
        self._surroundings.close()
        return tuple(self._reservations())

    def whereabouts(self) -> str:
        """Where the call is, as far as can be seen from outside: `it is in wait (threading.py:327)`."""
        frame = sys._current_frames().get(self.thread.ident or 0)
        if frame is None:
            return "it is about to end"
        stack = traceback.extract_stack(frame)
        own = [entry for entry in stack if self._stepper.code.is_own(entry.filename)]
        places = [f"{entry.name} ({Path(entry.filename).name}:{entry.lineno})" for entry in (stack[-1], *own[-1:])]
        return "it is in " + ", called from ".join(dict.fromkeys(places))

    def _reservations(self) -> Iterator[str]:
        if not self.was_followed and not self._stepper.abandoned:
            yield "Not all of its lines were followed: it set a trace function, or reached the recursion limit."
        others = sorted(each.name for each in self._stepper.threads if each is not self.thread and each.is_alive())
        if others:
            yield f"Threads that it started go on: {', '.join(others)}."

    # On the tool's thread

    def _work(self) -> None:
        with asyncio.Runner() as runner:
            try:
                self.outcome = Returned(self._followed(runner))
            except Abandoned:
                pass
            except BaseException as problem:  # the tool's own, whatever it is; the debugger shows it
                self.outcome = None if self._stepper.abandoned else problem
            finally:
                self._turn.finish()

    def _followed(self, runner: asyncio.Runner) -> Any:
        previous = sys.gettrace()
        self._stepper.begin()
        try:
            result = self._call()
            return runner.run(self._awaited(result)) if inspect.isawaitable(result) else result
        finally:
            self.was_followed = sys.gettrace() == self._stepper.trace_dispatch
            sys.settrace(previous)

    async def _awaited(self, work: Awaitable[Any]) -> Any:
        task = asyncio.current_task()
        if task is not None:
            self._task = asyncio.get_running_loop(), task
        return await work

    def _breakpoint_hook(self, previous: Callable[..., Any]) -> Callable[..., Any]:
        def hook(*args: Any, **more: Any) -> Any:
            if not self.output.is_mine():
                return previous(*args, **more)
            self._stepper.stop_next("The tool called breakpoint().")
            return None

        return hook
