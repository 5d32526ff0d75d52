"""The trace function that follows a tool line by line, and the rules by which it stops.

This is a `bdb.Bdb` whose rules of stopping are replaced: to those a coroutine that awaits has returned, and whatever
runs meanwhile is its caller. Here a function is left when it is left for good, and a motion follows one lane: a thread,
and the asyncio task in it.

Most of this runs inside the trace function, on the tool's threads, where no tool that measures coverage can look.
"""

from __future__ import annotations

import asyncio
import bdb
import dis
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from types import CoroutineType, FrameType
from typing import Any, Literal

import attrs

from .breaks import PythonBreakpoints
from .code import OwnCode
from .stops import Returned, StopEvent
from .turn import Held, Lane, Turn

Mode = Literal["step", "next", "finish", "run"]

INTERRUPTED = "Interrupted."
NOWHERE = Lane(0, None)

_YIELDS = frozenset((dis.opmap["YIELD_VALUE"], dis.opmap["RESUME"]))
# From Python 3.13 on, a suspended function stands at the instruction that will resume it.
_RETURNS = frozenset(code for name, code in dis.opmap.items() if name.startswith("RETURN_"))
_ENDINGS = (StopIteration, StopAsyncIteration, GeneratorExit)
# How loops and generators end; nobody calls that an exception.

_THREAD_START = threading.Thread.start.__code__
_TASK_CREATED = asyncio.BaseEventLoop.create_task.__code__
_TASK_RUNS = asyncio.Handle._run.__code__
# What calls a task's step: what is further out on the stack runs the loop, and did not call the task.


class Abandoned(SystemExit):
    """Ends a call that nobody follows any more; a thread that it ends says nothing about it."""


@attrs.define
class Aim:
    """Where a motion wants to come to rest."""

    mode: Mode
    lane: Lane = NOWHERE
    any_task: bool = False
    """Whether a step takes whatever the thread does next, because what it followed has ended."""
    frame: FrameType | None = None
    """The function to stay in, or to leave."""
    around: tuple[FrameType, ...] = ()
    """Its callers; leaving one of those ends the motion, too, should a generator be left unfinished."""
    line: int = 0
    """The first line of `frame` that is far enough."""
    returned: Returned | None = None
    """By the function that was left on the way."""
    note: str = ""

    def wants_line(self, frame: FrameType, begun_by: Lane | None) -> bool:
        """Whether to rest at a line; at the first one of a task, `begun_by` is the lane that created it."""
        if self.mode == "step":
            return self.follows(lane_here()) or begun_by == self.lane
        return self.mode == "next" and frame is self.frame and frame.f_lineno >= self.line

    def wants(self, frame: FrameType) -> bool:
        """Whether to rest where a function returns, or where an exception is raised or arrives."""
        if self.mode == "step":
            return self.follows(lane_here())
        return frame in self.around or (self.mode == "next" and frame is self.frame)

    def names(self, frame: FrameType) -> bool:
        """Whether this means a function or one of its callers."""
        return self.mode in ("next", "finish") and (frame is self.frame or frame in self.around)

    def follows(self, lane: Lane) -> bool:
        """Whether a step is on this lane."""
        return lane.thread == self.lane.thread and (self.any_task or lane.task is self.lane.task)


class Stepper(bdb.Bdb):
    """Follows one call of a tool, and all threads that it starts."""

    def __init__(self, code: OwnCode, turn: Turn, breakpoints: PythonBreakpoints) -> None:
        super().__init__()
        self.reset()
        self.code = code
        self.turn = turn
        self.aim = Aim("run")
        self.breakpoints = breakpoints
        self.interrupted = False
        """Whether to rest at the next line, whatever the aim."""
        self.abandoned = False
        """Whether to end the call at its next line."""
        self.outermost: FrameType | None = None
        """The first function of the tool that was entered."""
        self.threads: weakref.WeakSet[threading.Thread] = weakref.WeakSet()
        """The call's own thread and those that it started."""
        self._raising: set[FrameType] = set()
        self._begun: weakref.WeakKeyDictionary[object, Lane] = weakref.WeakKeyDictionary()
        # The coroutines of tasks whose own code has not been entered yet, with the lanes that created them.

    def begin(self) -> None:
        """Follow what the calling thread does from here, and rest at its first line."""
        self.threads.add(threading.current_thread())
        self.aim = Aim("step", Lane(threading.get_ident(), None), any_task=True)
        sys.settrace(self.trace_dispatch)

    def stop_next(self, note: str) -> None:
        """Rest at the next line of the calling lane."""
        self.aim = Aim("step", lane_here(), note=note)

    def callers(self, frame: FrameType) -> tuple[FrameType, ...]:
        """The functions of the tool that wait for one to return, innermost first; within its task."""
        return tuple(self._outwards(frame.f_back, within_task=True))

    def stack(self, frame: FrameType) -> tuple[FrameType, ...]:
        """The functions of the tool that are open, innermost first; also those that run the event loop."""
        return tuple(self._outwards(frame, within_task=False))

    def aim_beyond(self, frame: FrameType, lane: Lane, returned: Returned | None = None) -> Aim:
        """What to aim at when a function is left: its caller, else whatever its thread does next."""
        callers = self.callers(frame)
        if callers:
            return Aim("next", lane, frame=callers[0], around=callers[1:], returned=returned)
        if frame is self.outermost:
            return Aim("run")
        return Aim("step", lane, any_task=True, returned=returned)

    def _outwards(self, frame: FrameType | None, *, within_task: bool) -> Iterator[FrameType]:
        while frame is not None and not (within_task and frame.f_code is _TASK_RUNS):
            if self.code.is_own(frame.f_code.co_filename):
                yield frame
            frame = frame.f_back

    # The events

    def trace_dispatch(self, frame: FrameType, event: str, arg: Any) -> Any:
        """Take an event of any thread; that of `bdb` knows only one frame at a time."""
        match event:
            case "call":
                return self.dispatch_call(frame, arg)
            case "line":
                return self.dispatch_line(frame)
            case "return":
                return self.dispatch_return(frame, arg)
            case "exception":
                return self.dispatch_exception(frame, arg)
        return self.trace_dispatch  # a single instruction: the tool asked for those

    def dispatch_call(self, frame: FrameType, arg: None) -> Any:
        """Follow a function if it is the tool's own."""
        if frame.f_code is _THREAD_START:
            self.threads.add(frame.f_locals["self"])
        elif frame.f_code is _TASK_CREATED:
            coroutine = frame.f_locals["coro"]
            if isinstance(coroutine, CoroutineType):  # others may not be remembered weakly
                self._begun[coroutine] = lane_here()
        if not self.code.is_own(frame.f_code.co_filename):
            return None
        if frame.f_trace is not None:  # a coroutine or a generator goes on
            return self.trace_dispatch
        if self.outermost is None:
            self.outermost = frame
        return self._enter

    def follow_thread(self, previous: Any) -> Callable[[FrameType, str, Any], Any]:
        """A trace function for threads that are started meanwhile; those that are not the tool's get the previous."""

        def begin(frame: FrameType, event: str, arg: Any) -> Any:
            mine = threading.current_thread() in self.threads
            sys.settrace(self.trace_dispatch if mine else previous)
            if mine:
                return self.trace_dispatch(frame, event, arg)
            return previous(frame, event, arg) if previous is not None else None

        return begin

    def _enter(self, frame: FrameType, event: str, arg: Any) -> Any:
        """The first event in a function."""
        if event == "line":
            self._at_line(frame, "call")
            return self.trace_dispatch
        return self.trace_dispatch(frame, event, arg)

    def dispatch_line(self, frame: FrameType) -> Any:
        """Rest here, if this is where the motion or a breakpoint wants to."""
        self._at_line(frame, "line")
        return self.trace_dispatch

    def dispatch_return(self, frame: FrameType, value: Any) -> Any:
        """Rest where a function is left with a value, or know that it was left."""
        how = self._left(frame)
        if how == "suspended" or self.abandoned:
            return self.trace_dispatch
        self._raising.discard(frame)
        returned = Returned(value) if how == "returned" else None
        if returned is not None and self.aim.wants(frame):
            self._rest(frame, "return", note=self.aim.note, returned=returned)
        elif self._is_in_vain(frame):
            self.aim = self.aim_beyond(frame, lane_here(), returned)
        return self.trace_dispatch

    def dispatch_exception(self, frame: FrameType, arg: Any) -> Any:
        """Rest where an exception is raised or arrives, if that is of interest."""
        kind, problem, _ = arg
        self._raising.add(frame)
        if not (self.abandoned or issubclass(kind, _ENDINGS)) and self.aim.wants(frame):
            self._rest(frame, "exception", note=self.aim.note, exception=problem)
        return self.trace_dispatch

    def _at_line(self, frame: FrameType, event: Literal["call", "line"]) -> None:
        self._raising.discard(frame)
        if self.abandoned:
            raise Abandoned
        self.turn.wait_free()
        begun_by = self._begun_by() if event == "call" and self._begun else None
        number, note = self.breakpoints.hit(frame)
        if number is not None or self.interrupted:
            self._rest(frame, event, breakpoint=number, note=note or (INTERRUPTED if self.interrupted else ""))
        elif self.aim.wants_line(frame, begun_by):
            self._rest(frame, event, note=self.aim.note, returned=self.aim.returned)

    def _begun_by(self) -> Lane | None:
        """Who created the running task, when asked for the first time."""
        task = lane_here().task
        return self._begun.pop(task.get_coro(), None) if isinstance(task, asyncio.Task) else None

    def _is_in_vain(self, frame: FrameType) -> bool:
        """Whether the aim cannot come true any more once a function was left."""
        if self.aim.mode == "step":
            return self.aim.follows(lane_here()) and not self.callers(frame)
        return self.aim.names(frame)

    def _left(self, frame: FrameType) -> Literal["returned", "raised", "suspended"]:
        """How a function is left, by the instruction that does it."""
        instruction = frame.f_code.co_code[frame.f_lasti]
        if instruction in _RETURNS:
            return "returned"
        return "suspended" if instruction in _YIELDS and frame not in self._raising else "raised"

    def _rest(self, frame: FrameType, event: StopEvent, **known: Any) -> None:
        self.interrupted = False
        self.turn.hold(Held(frame=frame, event=event, lane=lane_here(), thread=threading.current_thread(), **known))
        if self.abandoned:
            raise Abandoned
        for each in self._outwards(frame, within_task=False):  # a breakpoint may have opened up their files
            if each.f_trace is None:
                each.f_trace = self.trace_dispatch


def lane_here() -> Lane:
    """The lane of the running code."""
    loop = asyncio._get_running_loop()
    return Lane(threading.get_ident(), asyncio.current_task(loop) if loop is not None else None)
