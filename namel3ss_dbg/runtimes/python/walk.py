"""A walk through one call of a Python tool, line by line.

The tool runs on a thread of its own and is held at each stop. Every motion lets it go and waits for the next stop: one
thread, the debugger's, calls all of this, and never while the tool runs. A tool is stopped in its own code only
(`code`). Threads and tasks that it starts belong to it: breakpoints stop in all of them, steps follow one.

    walk = PythonWalk(get_forecast, {"city": "Bergen", "day": "Friday"})
    stop = walk.start()                        # call tools.py:18 get_forecast: at its first line
    walk.break_at("tools.py", 20, "calls[city] == 1")
    stop = walk.next()                         # line tools.py:19
    walk.evaluate("calls[city] + 1")           # 2, in the selected frame; up() and down() select another
    walk.locals()                              # {"city": "'Bergen'", "day": "'Friday'"}
    stop = walk.resume()                       # line tools.py:20, and stop.breakpoint is 1
    stop = walk.finish()                       # end: stop.exception is the TimeoutError; stop.output, what was printed
    walk.abandon()                             # ends a call that is left before its end; `with` does it, too

What the tool does meanwhile is real: it writes, sends and pays once more. Ask the person before `start`.
"""

from __future__ import annotations

import functools
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal, Self

from ...events import UsageError
from .breaks import PythonBreakpoints
from .call import ToolCall
from .code import OwnCode, code_of
from .guard import refuse_beside_a_debugger
from .look import OpenFrames
from .steps import Aim, Stepper
from .stops import PythonBreakpoint, PythonFrame, PythonStop, Returned
from .turn import Held, Turn

PATIENCE_S = 2.0
"""How long an interrupted or abandoned tool may take to come to its next line."""


class PythonWalk(OpenFrames):
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
            function: The tool; what an async one returns is awaited in an event loop of its own.
            arguments: What it is called with, by name.
            folder: Where the app's modules lie; by default where the function's own does.
            patience_s: How long an interrupted or abandoned tool may take to come to its next line, in seconds.
        """
        written = code_of(function)
        super().__init__(OwnCode(written, folder), self._why_not_held)
        self.stop: PythonStop | None = None
        """Where the tool rests; None before the start."""
        self.breakpoints = PythonBreakpoints(self._code)
        self.patience_s = patience_s
        """How long an interrupted or abandoned tool may take to come to its next line."""
        name = getattr(function, "__name__", type(function).__name__)
        self._place = (
            PythonFrame(self._code.real(written.co_filename), written.co_firstlineno, written.co_name)
            if written is not None
            else PythonFrame("", 0, name)
        )
        self._turn = Turn()
        self._stepper = Stepper(self._code, self._turn, self.breakpoints)
        self._call = ToolCall(functools.partial(function, **arguments), self._stepper, self._turn)
        self._running = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.abandon()

    @property
    def over(self) -> bool:
        """Whether the call has ended, or was given up."""
        return self.stop is not None and self.stop.over

    @property
    def outcome(self) -> Returned | BaseException | None:
        """What the call returned or raised; None before its end, and when it was abandoned."""
        return self._call.outcome if self.over else None

    # Moving

    def start(self) -> PythonStop:
        """Call the tool and rest at the first line of its own code.

        Raises:
            UsageError: It was called before, or another debugger is in the way.
        """
        if self.stop is not None or self._running:
            raise UsageError("The tool was called already")
        refuse_beside_a_debugger()
        self._call.start()
        return self._wait()

    def step(self) -> PythonStop:
        """On to the next line, into functions of the tool's own code."""
        held = self._held()
        if held.event == "return" and not self._stepper.callers(held.frame):
            return self._go(self._stepper.aim_beyond(held.frame, held.lane))
        return self._go(Aim("step", held.lane))

    def next(self) -> PythonStop:
        """On to the next line of the selected function, or to its end."""
        return self._go(self._aim("next"))

    def until(self, line: int | None = None) -> PythonStop:
        """On to a line of the selected function that is not before `line`, or to its end; None: beyond this line.

        Raises:
            UsageError: That line lies behind, or the tool is not held.
        """
        self._held()
        current = self._frame()[1]
        if line is not None and line <= current:
            raise UsageError("'until' goes forward", why=f"this is line {current}", try_="Name a later line.")
        return self._go(self._aim("next", line=line or current + 1))

    def finish(self) -> PythonStop:
        """Out of the selected function, for good; out of the outermost one: to the end of the call."""
        return self._go(self._aim("finish"))

    def resume(self) -> PythonStop:
        """On to the next breakpoint or the end; or go on waiting for a tool that was interrupted in vain."""
        if self._running:
            return self._wait()
        self._held()
        return self._go(Aim("run"))

    def interrupt(self) -> None:
        """Let a running tool rest at its next line; any thread may say so. Ctrl-C during a motion does."""
        self._stepper.interrupted = True

    def abandon(self) -> PythonStop:
        """End the call: its next line raises, and what an async tool awaits is cancelled.

        A tool that comes to neither in time is left to itself, and the stop's note says so.
        """
        if self.stop is not None and self.stop.over:
            return self.stop
        if self.stop is None and not self._running:
            return self._end("The tool was not called.")
        self._stepper.abandoned = True
        self._release()
        self._turn.close()
        self._call.cancel()
        if self._turn.wait_over(self.patience_s):
            return self._end("The call was abandoned." if self._call.outcome is None else "")
        where = self._call.whereabouts()
        return self._end(f"The call cannot be ended yet: {where}. Its next line ends it, if it ever comes to one.")

    # Stopping

    def break_at(self, file: str | Path | None, line: int, condition: str | None = None) -> PythonBreakpoint:
        """Stop at a line of a file, by its path or where it lies in the app's folder; None: the one that is shown.

        Raises:
            UsageError: Nothing is executed there.
            ExpressionError: The condition is no Python expression.
        """
        shown = self._named()[self.selected] if self._frames else self._place
        return self.breakpoints.add(shown.file if file is None else file, line, condition)

    def clear(self, number: int) -> None:
        """Forget a breakpoint.

        Raises:
            UsageError: There is none of this number.
        """
        self.breakpoints.remove(number)

    # Between the two threads

    def _held(self) -> Held:
        held = self._turn.held
        if held is None or self._running or self.over:
            raise self._not_held()
        return held

    def _why_not_held(self) -> UsageError:
        if self.over:
            return UsageError("The call of the tool is over")
        if self._running:
            return UsageError("The tool is still running", why=self._call.whereabouts())
        return UsageError("The tool was not called yet")

    def _aim(self, mode: Literal["next", "finish"], *, line: int = 0) -> Aim:
        """The aim of a motion that means the selected function."""
        held, (frame, _) = self._held(), self._frame()
        if held.event == "return" and frame is held.frame:
            return self._stepper.aim_beyond(frame, held.lane, held.returned if mode == "finish" else None)
        return Aim(mode, held.lane, frame=frame, around=self._stepper.callers(frame), line=line)

    def _go(self, aim: Aim) -> PythonStop:
        self._stepper.aim = aim
        self._stepper.interrupted = False
        return self._wait(release=True)

    def _release(self) -> None:
        self._show([])
        if self._turn.held is not None:
            self._call.output.show_tool()
            self._turn.release()

    def _wait(self, *, release: bool = False) -> PythonStop:
        self._running = True
        try:
            if release:  # in here, because Ctrl-C may come as soon as the tool runs
                self._release()
            self._turn.wait_held()
        except KeyboardInterrupt:
            self.interrupt()
            if not self._turn.wait_held(self.patience_s):
                where = self._call.whereabouts()
                raise UsageError("The tool does not come to a line of its own code", why=where) from None
        held = self._turn.held
        return self._rest(held) if held is not None else self._end()

    def _rest(self, held: Held) -> PythonStop:
        self._running = False
        self._call.output.show_debugger()
        self._show([(frame, frame.f_lineno) for frame in self._stepper.stack(held.frame)])
        frames = self._named()
        thread = held.thread.name if held.thread is not self._call.thread else ""
        self.stop = PythonStop(
            **frames[0]._asdict(),
            event=held.event,
            frames=frames,
            returned=held.returned,
            exception=held.exception,
            breakpoint=held.breakpoint,
            note=held.note,
            output=self._call.output.collect(),
            thread=thread,
        )
        return self.stop

    def _end(self, note: str = "") -> PythonStop:
        """The last stop; the frames that an exception has left may still be looked at."""
        self._running = False
        notes = [note, *self._call.leave(self.patience_s if self._turn.over else 0.0)]
        outcome = self._call.outcome
        problem = outcome if isinstance(outcome, BaseException) else None
        steps = traceback.walk_tb(problem.__traceback__) if problem is not None else ()
        self._show([(frame, line) for frame, line in steps if self._code.is_own(frame.f_code.co_filename)][::-1])
        frames = self._named()
        self.stop = PythonStop(
            **(frames[0] if frames else self._place)._asdict(),
            event="end",
            frames=frames,
            returned=outcome if isinstance(outcome, Returned) else None,
            exception=problem,
            note=" ".join(filter(None, notes)),
            output=self._call.output.collect(all_of_it=True),
        )
        return self.stop
