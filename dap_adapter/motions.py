"""Moving through time: each request is answered, then the engine moves, then the client is told where it rests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from namel3ss_dbg.events import BACKWARD, FORWARD, Direction, Moment, PlaceError, Stop
from namel3ss_dbg.timeline.notation import KNOWN, Place, parse_place
from namel3ss_dbg.timeline.patterns import Exactly, Filtered, OnLane, Pattern

from . import asked
from . import protocol as dap
from .errors import Problem, Refused
from .session import Then
from .speech import Body
from .stops import Resting

if TYPE_CHECKING:
    from .adapter import Adapter
    from .following import Motion

_FORWARD, _BACKWARD = "Going forward", "Going backward"
_DIRECTIONS: dict[str, Direction] = {"forward": FORWARD, "backward": BACKWARD}


def next_(adapter: Adapter, arguments: dap.NextArguments) -> Then:
    """Over the call that begins here, or on to the next event beside it."""
    cursor = adapter.run.cursor
    return _step(adapter, arguments.thread_id, arguments.granularity, cursor.next, FORWARD)


def step_in(adapter: Adapter, arguments: dap.StepInArguments) -> Then:
    """Into the call that begins here, or one of those in it."""
    cursor = adapter.run.cursor
    if arguments.target_id is not None:
        target = arguments.target_id - 1
        if not adapter.run.moment < target <= adapter.run.timeline.frontier:
            raise Refused(Problem.NO_TARGET, f"There is no target {arguments.target_id} here.")
        return _then(adapter, lambda: cursor.to(Exactly(target), reason="step"), _FORWARD)
    return _step(adapter, arguments.thread_id, arguments.granularity, cursor.step, FORWARD)


def step_out(adapter: Adapter, arguments: dap.StepOutArguments) -> Then:
    """To the end of the call around this one."""
    return _step(adapter, arguments.thread_id, arguments.granularity, adapter.run.cursor.finish, FORWARD)


def step_back(adapter: Adapter, arguments: dap.StepBackArguments) -> Then:
    """The inverse of `next`: over the call that ends here, or back to the event before it."""
    return _step(adapter, arguments.thread_id, arguments.granularity, adapter.run.cursor.next, BACKWARD)


def reverse_step_in(adapter: Adapter, arguments: dict[str, Any]) -> Then:
    """The inverse of `stepIn`: back into the call that ends here."""
    return _step(adapter, _thread_in(adapter, arguments), None, adapter.run.cursor.step, BACKWARD)


def reverse_step_out(adapter: Adapter, arguments: dict[str, Any]) -> Then:
    """The inverse of `stepOut`: back to the start of the call around this one."""
    return _step(adapter, _thread_in(adapter, arguments), None, adapter.run.cursor.finish, BACKWARD)


def to(adapter: Adapter, arguments: dict[str, Any]) -> Then:
    """To the next event of a place, or back to the one before; without one the run stays where it is."""
    place = parse_place(asked.text(arguments, "place"))
    direction = _DIRECTIONS.get(asked.text(arguments, "direction", "forward"))
    if direction is None:
        raise Refused(Problem.BAD_ARGUMENTS, "'direction' is forward or backward.")
    if not place.is_set:
        raise Refused(Problem.NOT_EVALUATED, f"'{place.text}' is one moment; n3/goToEvent goes there.")
    row = _nearest(adapter, _goal(adapter, place, arguments), direction, place)
    return _then(adapter, lambda: adapter.run.cursor.to(Exactly(row), direction), _title(direction))


def _goal(adapter: Adapter, place: Place, arguments: dict[str, Any]) -> Pattern:
    run = adapter.run
    try:
        pattern = run.places.pattern(place, here=run.moment)
    except PlaceError as problem:
        raise Refused(Problem.NO_MATCH, str(problem)) from None
    if "threadId" not in arguments:
        return pattern
    lane, lanes = adapter.stacks.lane_of(_thread_in(adapter, arguments)), run.timeline.columns
    return Filtered(pattern, lambda row: lanes.lane[row] == lane, run.cursor.looking())


def _nearest(adapter: Adapter, goal: Pattern, direction: Direction, place: Place) -> Moment:
    """The event that is meant.

    Raises:
        Refused: There is none in this direction; says where one is.
    """
    run = adapter.run
    columns, here, check = run.timeline.columns, run.moment, run.cursor.looking()
    with adapter.progress.during(_title(direction)):
        row = goal.preceding(columns, here) if direction == BACKWARD else goal.following(columns, here)
        while row < 0 and direction == FORWARD:
            seen = run.timeline.frontier
            check(seen)
            if not run.timeline.extend():
                break
            row = goal.following(columns, seen)
    if row >= 0:
        return row
    raise Refused(Problem.NO_MATCH, _nowhere(adapter, goal, direction, place))


def _nowhere(adapter: Adapter, goal: Pattern, direction: Direction, place: Place) -> str:
    columns, here, word = adapter.run.timeline.columns, adapter.run.moment, place.text.strip()
    ahead = direction == FORWARD
    other = goal.preceding(columns, here + 1) if ahead else goal.following(columns, here - 1)
    if other < 0 and not (place.word in KNOWN and place.name is None):
        try:
            adapter.run.places.resolve(place)
        except PlaceError as problem:
            return str(problem)
    if other < 0:
        return f"There is no {word} in this recording."
    side, one = ("after", "the last one") if ahead else ("before", "the first one")
    return f"There is no {word} {side} #{here}; {f'this is {one}' if other == here else f'{one} is #{other}'}."


def _title(direction: Direction) -> str:
    return _FORWARD if direction == FORWARD else _BACKWARD


def _thread_in(adapter: Adapter, arguments: dict[str, Any]) -> int:
    thread = arguments.get("threadId", adapter.stacks.current_thread)
    if not isinstance(thread, int) or isinstance(thread, bool):
        raise Refused(Problem.BAD_ARGUMENTS, "a whole number is needed for 'threadId'")
    return thread


def _step(adapter: Adapter, thread: int, granularity: str | None, motion: Any, direction: Direction) -> Then:
    lane, cursor = adapter.stacks.lane_of(thread), adapter.run.cursor
    title = _title(direction)
    if granularity == "instruction":
        return _then(adapter, lambda: cursor.step_any(direction), title)
    if lane != adapter.stacks.current_lane:  # there is one clock: another lane comes to its next event
        return _then(adapter, lambda: cursor.to(OnLane(lane), direction, reason="step"), title)
    return _then(adapter, lambda: motion(direction), title)


def continue_(adapter: Adapter, arguments: dap.ContinueArguments) -> Then:
    """On to the next breakpoint, or to the end of the recording."""
    adapter.stacks.lane_of(arguments.thread_id)
    cursor = adapter.run.cursor
    body = dap.ContinueBody(all_threads_continued=True)
    return _then(adapter, lambda: cursor.resume(FORWARD), "Going to the next breakpoint", body, runs_on=True)


def reverse_continue(adapter: Adapter, arguments: dap.ReverseContinueArguments) -> Then:
    """Back to the breakpoint before, or to the beginning."""
    adapter.stacks.lane_of(arguments.thread_id)
    cursor = adapter.run.cursor
    return _then(adapter, lambda: cursor.resume(BACKWARD), "Going back to the breakpoint before")


def restart_frame(adapter: Adapter, arguments: dap.RestartFrameArguments) -> Then:
    """Back to the start of a call."""
    frame = adapter.stacks.frame(arguments.frame_id)

    def go() -> None:
        adapter.run.cursor.goto(frame.start)
        adapter.rest(Resting("restart"))

    return Then(None, go)


def pause(adapter: Adapter, arguments: Any) -> Then:
    """Rest soon; a long search has ended by the time this is answered, and where it rests was told."""
    if adapter.program is not None and adapter.program.is_running and not adapter.program.is_walked:
        text = "A program that is running cannot be held yet; when it has ended, its recording is walked."
        raise Refused(Problem.NOT_STOPPED, text, shown=True)
    return Then(None, adapter.following.pause)


def _then(adapter: Adapter, motion: Motion, title: str, body: Body = None, *, runs_on: bool = False) -> Then:
    def go() -> None:
        adapter.move(motion, title, runs_on=runs_on)

    return Then(body, go)


def reaches(adapter: Adapter) -> Stop:
    """The first event of a trace that is being written."""
    return adapter.run.cursor.step_any()
