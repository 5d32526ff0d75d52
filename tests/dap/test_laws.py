"""Laws of walking a run from an editor: where the client sees it rest is what a slow oracle says.

The oracle looks at event after event; of columns, patterns and postings it knows nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from namel3ss_dbg.events import TraceEvent, closes, opens
from tests.support.dap_client import DapClient
from tests.support.linking import Oracle
from tests.support.runs import runs
from tests.support.stories import Story, crashed, parallel, weather, write_trace

FORWARD, BACKWARD = 1, -1

MOTIONS = {
    "next": ("over", FORWARD),
    "stepIn": ("into", FORWARD),
    "stepOut": ("out", FORWARD),
    "continue": ("edge", FORWARD),
    "stepBack": ("over", BACKWARD),
    "n3/reverseStepIn": ("into", BACKWARD),
    "n3/reverseStepOut": ("out", BACKWARD),
    "reverseContinue": ("edge", BACKWARD),
}


class SlowWalk:
    """Moves through a run by looking at every event on the way."""

    def __init__(self, events: list[TraceEvent], stops: frozenset[int] = frozenset()) -> None:
        self.events = events
        self.rows = Oracle([event.to_dict() for event in events]).rows
        self.stops = stops

    def rests(self, command: str, here: int) -> int:
        """Where a motion of the client's ends."""
        rule, way = MOTIONS[command]
        edge = len(self.rows) - 1 if way == FORWARD else 0
        goal: Callable[[int], bool] = lambda row: False  # noqa: E731
        if rule == "into":
            goal = self._along(here, way, deepest=1 << 30)
        elif rule == "over":
            goal = self._over(here, way)
        elif rule == "out":
            around = self.rows[here].parent
            wanted = self.rows[around].match if way == FORWARD and around >= 0 else around
            goal = lambda row: row == wanted  # noqa: E731
        row = here + way
        while 0 <= row < len(self.rows):
            if row in self.stops or goal(row):
                return row
            row += way
        return edge

    def _over(self, here: int, way: int) -> Callable[[int], bool]:
        event_type, other = self.events[here].event_type, self.rows[here].match
        if way == FORWARD and opens(event_type):
            return lambda row: row == other
        if way == BACKWARD and closes(event_type) and other >= 0:
            return lambda row: row == other
        return self._along(here, way, deepest=self.rows[here].depth)

    def _along(self, here: int, way: int, *, deepest: int) -> Callable[[int], bool]:
        on_way = set(self._onwards(here) if way == FORWARD else self._back(here))
        return lambda row: row in on_way and self.rows[row].depth <= deepest

    def _onwards(self, here: int) -> Iterator[int]:
        """The rest of the lane; from the end of the call that opened it and of the one around, the lane around."""
        lane, since = self.rows[here].lane, here + 1
        while True:
            yield from (row for row in range(since, len(self.rows)) if self.rows[row].lane == lane)
            opened = next(row for row, linked in enumerate(self.rows) if linked.lane == lane)
            around = self.rows[opened].parent
            if lane == 0 or around < 0 or self.rows[opened].match < 0 or self.rows[around].match < 0:
                return
            lane, since = self.rows[around].lane, max(self.rows[opened].match, self.rows[around].match)

    def _back(self, here: int) -> Iterator[int]:
        while here >= 0:
            lane = self.rows[here].lane
            before = [row for row in range(here) if self.rows[row].lane == lane]
            here = before[-1] if before else self.rows[here].parent
            if here >= 0:
                yield here


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(runs(most=25), st.data())
def test_a_random_walk_agrees_with_a_slow_one(tmp_path: Path, events: list[TraceEvent], data: st.DataObject) -> None:
    """Of all motions, with breakpoints on the way; it never leaves the trace, and always rests in some frame."""
    trace = write_trace(tmp_path / "t.jsonl", events)
    stops = data.draw(st.frozensets(st.integers(0, len(events) - 1), max_size=4))
    walk, here, thread = SlowWalk(events, stops), 0, 1
    with DapClient.inside() as client:
        client.begin(trace)
        client.set_breakpoints(trace, *(row + 1 for row in sorted(stops)))
        for command in data.draw(st.lists(st.sampled_from(list(MOTIONS)), min_size=1, max_size=12)):
            stop = client.move(command, thread=thread)
            expected = walk.rests(command, here)
            here, thread = client.moment(), stop["threadId"]

            assert here == expected, command
            assert thread == walk.rows[here].lane + 1
            assert client.ask("stackTrace", threadId=thread)["totalFrames"] > walk.rows[here].depth - 1


def test_step_back_undoes_next(tmp_path: Path) -> None:
    """At every event of every sample where `next` does not leave a call."""
    samples = {"weather": weather(), "parallel": parallel(), "crashed": crashed(), "deep": _deep()}
    for name, events in samples.items():
        rows = SlowWalk(events).rows
        undone = 0
        with DapClient.inside() as client:
            client.begin(write_trace(tmp_path / f"{name}.jsonl", events))
            for here in range(len(events)):
                client.ask("n3/goToEvent", moment=here)
                stop = client.move("next", thread=client.stopped()["threadId"])
                there = client.moment()
                leaves = rows[there].depth < rows[here].depth or rows[there].lane != rows[here].lane
                at_edge = stop["description"].startswith("end of recording")
                if leaves or at_edge or (closes(events[there].event_type) and rows[there].match < here):
                    continue
                client.move("stepBack", thread=stop["threadId"])
                assert client.moment() == here, (name, here, there)
                undone += 1
        assert undone, name


def _deep() -> list[TraceEvent]:
    """Calls in calls, thirty deep, each with a point in it."""
    story = Story()
    for number in range(30):
        story.start("tool_call", f"tool{number}")
        story.point("custom", "x")
    for _ in range(30):
        story.end()
    return story.events
