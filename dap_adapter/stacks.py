"""Threads and frames: one thread for each lane that works, one frame for each call that is open on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from namel3ss_dbg.events import Moment, span_of
from namel3ss_dbg.render.pieces import harmless
from namel3ss_dbg.timeline.kinds import SPANS
from namel3ss_dbg.timeline.lanes import MAIN, Lane
from namel3ss_dbg.timeline.patterns import OfShape

from . import protocol as dap
from .errors import Problem, Refused
from .values import Values

if TYPE_CHECKING:
    from .adapter import Adapter

_LONGEST_NAME = 300
MOST_THREADS = 1_000
"""That are shown; a note says when there are more."""

_WORDS = {span: word for word, span in SPANS.items()} | {"error_occurred": "error"}


@attrs.frozen
class Frame:
    """A call that is open where the run rests."""

    start: Moment
    lane: int
    number: int
    """Counted from the innermost call of its lane."""


class Stacks:
    """What is open where the run rests; forgotten when time moves."""

    def __init__(self, adapter: Adapter) -> None:
        self._adapter = adapter
        self._frames: dict[int, list[dap.StackFrame]] = {}
        self._lanes: tuple[Lane, ...] | None = None
        self._memory = OfShape(lambda shape: shape.event_type.startswith("memory_"))
        self._alive: frozenset[int] = frozenset()
        """The lanes that the client was told of."""
        self._said_more = False

    def forget(self) -> None:
        """Time has moved, or what events show has changed."""
        self._frames.clear()
        self._lanes = None

    def has_memory(self, moment: Moment) -> bool:
        """Whether any agent's memory has done anything by then."""
        return self._memory.preceding(self._adapter.run.timeline.columns, moment + 1) >= 0

    # Threads

    @property
    def current_lane(self) -> int:
        """The lane that the run rests on."""
        moment = self._adapter.run.moment
        return self._adapter.run.timeline.columns.lane[moment] if moment >= 0 else MAIN

    @property
    def current_thread(self) -> int:
        """The thread that the run rests on."""
        return self.current_lane + 1

    def lane_of(self, thread: int) -> int:
        """The lane of a thread.

        Raises:
            Refused: There is none of this number, or not yet.
        """
        run = self._adapter.run
        columns, lane = run.timeline.columns, thread - 1
        begun = lane == MAIN or (0 < lane < len(columns.lane_rows) and columns.lane_rows[lane][0] <= run.moment)
        if not begun:
            raise Refused(Problem.NO_THREAD, f"There is no thread {thread} here.")
        return lane

    def threads(self) -> list[dap.Thread]:
        """The lanes that work where the run rests."""
        if not self._adapter.has_run:
            return []
        lanes = self._working()
        return [dap.Thread(id=lane.number + 1, name=self._named(lane)) for lane in lanes]

    def _working(self) -> tuple[Lane, ...]:
        if self._lanes is None:
            self._lanes = self._shown_lanes()
        return self._lanes

    def _shown_lanes(self) -> tuple[Lane, ...]:
        run = self._adapter.run
        lanes = run.lanes.at(max(run.moment, 0))
        if len(lanes) <= MOST_THREADS:
            return lanes
        current = self.current_lane
        shown = lanes[: MOST_THREADS - 1]
        return (*shown, *(lane for lane in lanes if lane.number == current and lane not in shown))

    def _named(self, lane: Lane) -> str:
        run = self._adapter.run
        for start in run.frames(lane.number):
            if run.timeline.columns.lane[start] != lane.number:
                break
            if run.timeline.columns.shape_at(start).event_type == "agent_turn_start":
                agent = run.timeline.columns.shape_at(start).component_name
                who = f"{agent} " if agent and agent != lane.name else ""
                return harmless(f"{lane.name} ({who}{self.name(start)})")
        return harmless(lane.name)

    def tell_changes(self) -> None:
        """Tell of the threads that have come and gone since the client was last told."""
        lanes = self._working()
        alive = frozenset(lane.number for lane in lanes)
        event = self._adapter.session.event
        for lane in sorted(self._alive - alive):
            event("thread", dap.ThreadBody(reason="exited", thread_id=lane + 1))
        for lane in sorted(alive - self._alive):
            event("thread", dap.ThreadBody(reason="started", thread_id=lane + 1))
        self._alive = alive
        if len(lanes) >= MOST_THREADS and not self._said_more:
            self._said_more = True
            text = f"More than {MOST_THREADS:,} lanes work here; that many are shown as threads.\n"
            event("output", dap.OutputBody(category="console", output=text))

    # Frames

    def frames(self, lane: int) -> list[dap.StackFrame]:
        """The open calls of a lane, innermost first; where it was forked from another one, a line says so."""
        frames = self._frames.get(lane)
        if frames is None:
            frames = self._frames[lane] = self._open_calls(lane)
        return frames

    def _open_calls(self, lane: int) -> list[dap.StackFrame]:
        run = self._adapter.run
        lanes, moment = run.timeline.columns.lane, max(run.moment, 0)
        here = run.lanes.last_on(lane, moment)
        found: list[dap.StackFrame] = []
        before = lane
        for number, start in enumerate(run.lanes.frames_at(moment, lane)):
            if lanes[start] != before:
                before = lanes[start]
                found.append(self._border(start, Frame(start, lane, number)))
            found.append(self._frame(Frame(start, lane, number), here))
        return found

    def _frame(self, frame: Frame, here: Moment) -> dap.StackFrame:
        adapter = self._adapter
        at = adapter.sources.shown(frame.start)
        if frame.number == 0 and here != frame.start:  # a point of its own may say more precisely where it is
            own = adapter.sources.position(here)
            at = own if own.is_program else at
        shown = adapter.run.cursor.sees(frame.start)
        return dap.StackFrame(
            id=adapter.handles.add(frame),
            name=self.name(frame.start) + (" (as recorded)" if self._is_stale(frame.start) else ""),
            source=at.source,
            line=adapter.client.line_out(at.line),
            column=adapter.client.column_out(at.column),
            can_restart=True,
            presentation_hint=None if shown else "subtle",
        )

    def _border(self, start: Moment, frame: Frame) -> dap.StackFrame:
        at = self._adapter.sources.shown(start)
        return dap.StackFrame(
            id=self._adapter.handles.add(frame),
            name=f"spawned by {self.name(start)}",
            source=at.source,
            line=self._adapter.client.line_out(at.line),
            column=self._adapter.client.column_out(at.column),
            presentation_hint="label",
        )

    def _is_stale(self, start: Moment) -> bool:
        """Whether a call came after an answer that a person has put in place of the recorded one."""
        return any(end < start for end in self._adapter.run.answers)

    def frame(self, number: int) -> Frame:
        """The frame of a number that the client was given.

        Raises:
            Refused: There is none, or not any more.
        """
        frame = self._adapter.handles.get(number)
        if not isinstance(frame, Frame):
            raise Refused(Problem.NO_FRAME, f"There is no frame {number}, or not any more.")
        return frame

    # Names

    def name(self, row: Moment) -> str:
        """An event's span in few words: `tool get_weather`, `turn 2`."""
        return harmless(self._name(row)[:_LONGEST_NAME])

    def _name(self, row: Moment) -> str:
        timeline = self._adapter.run.timeline
        shape = timeline.columns.shape_at(row)
        span = span_of(shape.event_type)
        word = _WORDS.get(span) or span.replace("_", " ")
        if span == "agent_turn":
            event = timeline.recorded(row)
            turn = event.metadata.get("turn", event.inputs.get("turn"))
            return f"turn {turn}" if turn is not None else "turn"
        if span == "llm_call":
            model = timeline.recorded(row).metadata.get("llm")
            return f"llm {model}" if isinstance(model, str) else f"llm {shape.component_name or ''}".strip()
        return f"{word} {shape.component_name}" if shape.component_name else word

    def where(self) -> str:
        """The event that the run rests at: `event 7 of 13: tool_call_start get_weather`."""
        return f"{self.number()}: {self.event_name()}" if len(self._adapter.run.timeline) else "no events yet"

    def event_name(self) -> str:
        """What the event is that the run rests at: `tool_call_start get_weather`."""
        shape = self._adapter.run.timeline.columns.shape_at(max(self._adapter.run.moment, 0))
        return harmless(f"{shape.event_type} {shape.component_name or shape.component}")

    def number(self) -> str:
        """Where in the run that is: `event 7 of 13`, by the number of the last one."""
        last = f" of {self._adapter.run.timeline.frontier}" if self._adapter.is_all_read else ""
        return f"event {max(self._adapter.run.moment, 0)}{last}"

    def event_values(self, row: Moment) -> Values:
        """What an event holds, to be opened by the client."""
        return Values(self._adapter.run.timeline[row].to_dict(), f"events[{row}]", keep=True)


def threads(adapter: Adapter, arguments: Any) -> dap.ThreadsBody:
    """The lanes that work."""
    return dap.ThreadsBody(threads=adapter.stacks.threads() if adapter.has_run else [])


def stack_trace(adapter: Adapter, arguments: dap.StackTraceArguments) -> dap.StackTraceBody:
    """The open calls of a lane, or some of them."""
    frames = adapter.stacks.frames(adapter.stacks.lane_of(arguments.thread_id))
    first, levels = max(arguments.start_frame or 0, 0), max(arguments.levels or 0, 0)
    shown = frames[first : first + levels] if levels else frames[first:]
    return dap.StackTraceBody(stack_frames=shown, total_frames=len(frames))
