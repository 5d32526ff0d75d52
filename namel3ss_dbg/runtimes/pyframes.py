"""A walk through one call of a Python tool, line by line.

The tool runs on a thread of its own and is held at each stop; every motion lets it go and waits for the next stop, so
all of this is called by one thread, the debugger's, and never runs beside the tool. A tool is stopped in its own code
only (`pycode`); threads and child tasks that it starts belong to it: breakpoints stop in them, steps follow one.

    walk = PythonWalk(get_forecast, {"city": "Bergen", "day": "Friday"}, folder=Path("examples/flaky_weather"))
    stop = walk.start()                            # call tools.py:20 get_forecast, at its first line
    walk.break_at("tools.py", 22, "city == 'Bergen'")
    stop = walk.next()                             # line tools.py:21
    walk.evaluate("calls[city] + 1")               # 2, in the frame that is selected; up() and down() select
    walk.locals()                                  # {"city": "'Bergen'", "day": "'Friday'"}
    stop = walk.resume()                           # line tools.py:22, stop.breakpoint == 1
    stop = walk.finish()                           # end; stop.exception is the TimeoutError, stop.output what it printed
    walk.abandon()                                 # needed only when it is left before its end

What the tool does meanwhile is real: it writes, sends and pays once more. Ask before `start`.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import sys
import threading
import traceback
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Self

from ..events import UsageError
from .pycode import OwnCode, check_line, code_of
from .pyguard import refuse_beside_a_debugger
from .pyoutput import ToolOutput
from .pysteps import INTERRUPTED, Abandoned, Aim, Stepper
from .pystops import PythonBreakpoint, PythonFrame, PythonStop, Returned, SourceLine
from .pyturn import Held, Turn
from .pyvalues import evaluate, locals_of, parsed, source_around

PATIENCE_S = 2.0
"""How long an interrupted or abandoned tool may take to come to its next line."""


class PythonWalk:
    """One call of a tool that a person walks through."""

    def __init__(
        self,
        function: Callable[..., Any],
        arguments: Mapping[str, Any],
        *,
        folder: Path | None = None,
        patience_s: float = PATIENCE_S,
    ) -> None:
        """Prepare a call; nothing runs before `start`.

        Args:
            function: The tool; a coroutine function gets an event loop of its own.
            arguments: What it is called with, by name.
            folder: Where the app's modules lie; by default where the function's own module does.
            patience_s: How long an interrupted or abandoned tool may take to come to its next line, in seconds.
        """
        self.stop: PythonStop | None = None
        """Where the tool rests; None before the start."""
        self.selected = 0
        """The number of the selected frame, 0 for the innermost."""
        self.outcome: Returned | BaseException | None = None
        """What the call returned or raised; None before its end, and when it was abandoned."""
        self.threads_left: tuple[str, ...] = ()
        """Threads that the tool started and that went on after its end."""
        self._function = function
        self._arguments = dict(arguments)
        self._patience_s = patience_s
        self._defined = code_of(function)
        self._code = OwnCode(self._defined, folder)
        self._turn = Turn()
        self._stepper = Stepper(self._code, self._turn)
        self._output = ToolOutput(lambda: threading.current_thread() in self._stepper.threads)
        self._surroundings = contextlib.ExitStack()
        self._thread: threading.Thread | None = None
        self._frames: list[tuple[FrameType, int]] = []
        self._breakpoints: dict[int, PythonBreakpoint] = {}
        self._numbered = 0
        self._cancel: Callable[[], object] = lambda: None
        self._is_followed = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._thread is not None:
            self.abandon()

    @property
    def over(self) -> bool:
        """Whether the call has ended, or was given up."""
        return self.stop is not None and self.stop.over

    @property
    def running(self) -> bool:
        """Whether the tool runs on after a motion that was interrupted in vain; `resume` waits for it again."""
        return self._thread is not None and not self.over and self._turn.held is None

    # Moving

    def start(self) -> PythonStop:
        """Call the tool and rest at the first line of its own code.

        Raises:
            UsageError: It was started before, or another debugger is in the way.
        """
        if self._thread is not None:
            raise UsageError("The tool was called already")
        refuse_beside_a_debugger()
        self._thread = threading.Thread(target=self._work, name="tool", daemon=True)
        self._enter_surroundings()
        self._thread.start()
        return self._wait()

    def step(self) -> PythonStop:
        """On to the next line, into functions of the tool's own code."""
        held = self._held()
        if held.event == "return" and not self._stepper.callers(held.frame):
            return self._go(self._stepper.aim_beyond(held.frame, held.lane))
        return self._go(Aim("step", held.lane, tasks=held.tasks))

    def next(self) -> PythonStop:
        """On to the next line of the selected function, or to its end."""
        return self._go(self._stay_in(line=0))

    def until(self, line: int | None = None) -> PythonStop:
        """On to a line of the selected function not before `line`, or to its end; None: beyond this line.

        Raises:
            UsageError: That line lies behind.
        """
        current = self._selected()[1]
        if line is not None and line <= current:
            raise UsageError("'until' goes forward", why=f"this is line {current}", try_="Name a later line.")
        return self._go(self._stay_in(line=line or current + 1))

    def finish(self) -> PythonStop:
        """Out of the selected function, for good; out of the outermost one: to the end of the call."""
        held, (frame, _) = self._held(), self._selected()
        if held.event == "return" and frame is held.frame:
            return self._go(self._stepper.aim_beyond(frame, held.lane, held.returned))
        return self._go(Aim("finish", held.lane, frame=frame, around=self._stepper.callers(frame)))

    def resume(self) -> PythonStop:
        """On to the next breakpoint or the end; or wait again for a tool that is still running."""
        if self.running:
            return self._wait()
        self._held()
        return self._go(Aim("run"))

    def interrupt(self) -> None:
        """Let a running tool rest at its next line; may be called by any thread, and waits for nothing."""
        self._stepper.interrupted = True

    def abandon(self) -> PythonStop:
        """End the call: its next line raises, and what an async tool awaits is cancelled.

        A tool that does neither in time is left to itself, and the stop's note says so.
        """
        if self.stop is not None and self.stop.over:
            return self.stop
        self._stepper.abandoned = True
        self._release()
        self._cancel()
        thread = self._thread
        if thread is None or self._turn.wait_over(self._patience_s):
            return self._end("The call was abandoned." if self.outcome is None else "")
        return self._end(
            f"The tool cannot be ended now: {self._whereabouts(thread)}. It ends at its next line, if it comes to one."
        )

    # Stopping

    @property
    def breakpoints(self) -> tuple[PythonBreakpoint, ...]:
        """All breakpoints, in the order in which they were set."""
        return tuple(self._breakpoints.values())

    def break_at(self, file: str | Path | None, line: int, condition: str | None = None) -> PythonBreakpoint:
        """Stop at a line; of this file when none is named. One in a library lets steps enter that file.

        Raises:
            UsageError: Nothing is executed there.
            ExpressionError: The condition is no Python expression.
        """
        path = self._code.real(str(self._file(file)))
        check_line(path, line)
        if condition is not None:
            parsed(condition)
        self._numbered += 1
        made = self._breakpoints[self._numbered] = PythonBreakpoint(self._numbered, path, line, condition)
        self._put_breakpoints()
        return made

    def clear(self, number: int) -> None:
        """Forget a breakpoint.

        Raises:
            UsageError: There is none of this number.
        """
        if number not in self._breakpoints:
            known = ", ".join(map(str, self._breakpoints)) or "none"
            raise UsageError(f"There is no breakpoint {number} in Python code", why=f"breakpoints: {known}")
        del self._breakpoints[number]
        self._put_breakpoints()

    # Looking

    def up(self) -> PythonFrame:
        """Select the function that called this one.

        Raises:
            UsageError: Nothing of the tool did.
        """
        return self.select(self.selected + 1)

    def down(self) -> PythonFrame:
        """Select the function that this one called.

        Raises:
            UsageError: This is where the tool is held.
        """
        return self.select(self.selected - 1)

    def select(self, number: int) -> PythonFrame:
        """Select a frame of the stop; what is evaluated, and the motions that name a function, mean it.

        Raises:
            UsageError: There is none of this number.
        """
        frames = self.stop.frames if self.stop is not None else ()
        if not frames:
            raise self._not_held()
        if not 0 <= number < len(frames):
            edge = "innermost" if number < 0 else "outermost"
            raise UsageError(f"There is no frame {number}", why=f"the {edge} one is {self.selected_edge(edge)}")
        self.selected = number
        return frames[number]

    def evaluate(self, expression: str) -> Any:
        """The value of a Python expression in the selected frame; show it by `safe_repr`.

        Raises:
            ExpressionError: It is no expression, or raises something.
            UsageError: The tool is not held.
        """
        return evaluate(expression, self._selected()[0])

    def locals(self) -> dict[str, str]:
        """The names in the selected frame with short texts for their values, secrets masked.

        Raises:
            UsageError: The tool is not held.
        """
        return locals_of(self._selected()[0])

    def source(self, around: int = 5) -> tuple[SourceLine, ...]:
        """The lines of source around the one that the selected frame is at.

        Raises:
            UsageError: The tool is not held.
        """
        frame, line = self._selected()
        return source_around(frame.f_code.co_filename, line, around)
