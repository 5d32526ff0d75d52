"""Calls the tool of a recorded call a second time, line by line, and says whether it does the same.

The recording says which program it is of and with what the tool was called; the program says which function that is.
Its module is loaded afresh, so what earlier calls had left in it is missing; its declared timeout does not hold. The
tool acts on the world again, and loading its module may already do something: ask before `load`.

    intent = intend(session)                   # at a tool_call or inside one; UsageError or ProgramError say why not
    intent.notes                               # ("inputs.key was masked …",): to be shown before asking
    again = intent.load()                      # from here on Python of the program runs
    with again.walk as walk:                   # a PythonWalk: its module shows how to move
        stop = walk.start()
        while not stop.over:
            stop = walk.next()
        comparison = again.compare()
    comparison.difference                      # Difference(path="result.temperature", recorded=16, rerun=17), or None
    comparison.note                            # what a person should know about it
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import attrs
import orjson

from ...events import Moment, Payload, ProgramError, Status, TraceEvent, UsageError
from ...events.redaction import MASK
from ...recording import describe
from ...timeline.compare import Difference, first_difference
from ...timeline.session import DebugSession
from ...timeline.timeline import Timeline
from ...trace.settings import DebugConfiguration
from ..registry import load
from .stops import Returned
from .tool import HasPythonTools, PythonTool
from .walk import PythonWalk

_CLIPPED = "The recorded result was clipped; what is left of it is compared."
_AFRESH = "The tool's module was loaded afresh: what earlier calls of the run had left in it was missing."


@attrs.frozen
class Comparison:
    """A second call, held against the recorded one."""

    compared: bool
    """Whether there was something to compare on both sides."""
    difference: Difference | None = None
    """The first value that differs: below `result`, or `error`."""
    note: str = ""
    """What a person should know, as sentences."""

    @property
    def same(self) -> bool:
        """Whether the second call came to what was recorded."""
        return self.compared and self.difference is None


@attrs.frozen
class RecordedCall:
    """A call of a tool, as the recording tells it."""

    name: str
    start: TraceEvent
    end: TraceEvent | None
    """None when the recording ends inside the call."""

    @classmethod
    def at(cls, session: DebugSession) -> RecordedCall:
        """The innermost call of a tool around the cursor, without what a mock puts over it.

        Raises:
            UsageError: There is none.
        """
        timeline = session.timeline
        for moment in session.frames():
            start = timeline.recorded(moment)
            if start.event_type == "tool_call_start":
                end = _end_of(timeline, moment)
                return cls(start.component_name or "", start, timeline.recorded(end) if end is not None else None)
        raise UsageError("No tool is called here", why="the cursor is outside of all tool calls", try_="Go to one.")

    def is_clipped(self, what: str) -> bool:
        """Whether its `inputs` or `outputs` were too big for the recording."""
        event = self.start if what == "inputs" else self.end
        clipped = event.metadata.get("clipped") if event is not None else None
        return isinstance(clipped, dict) and what in clipped


@attrs.frozen
class Intent:
    """A recorded call that may be made again. Of the program nothing has run yet."""

    recorded: RecordedCall
    program: Path
    runtime: HasPythonTools
    notes: tuple[str, ...]
    """Why the call may not do what it did, as sentences."""

    def load(self) -> SecondCall:
        """Get the call ready; the top level of the tool's module runs.

        Raises:
            ProgramError: The tool is not there any more, or is not written in Python.
        """
        tool = self.runtime.python_tool(self.recorded.name, self.recorded.start.inputs)
        return SecondCall(
            self.recorded, tool, PythonWalk(tool.function, tool.arguments, folder=tool.folder), self.notes
        )


@attrs.frozen
class SecondCall:
    """A recorded call and the walk that makes it again."""

    recorded: RecordedCall
    tool: PythonTool
    walk: PythonWalk
    notes: tuple[str, ...]
    """Why it may not do what it did, as sentences."""

    def compare(self) -> Comparison:
        """What differs between what was recorded and what came out now, seen as a recording would show it.

        Raises:
            UsageError: The walk is not over.
        """
        if not self.walk.over:
            raise UsageError("The tool has not come to its end yet", try_="Go on to its end.")
        end, outcome = self.recorded.end, self.walk.outcome
        if outcome is None:
            return Comparison(compared=False, note="The second call came to no result.")
        if end is None:
            return Comparison(compared=False, note="The recording ends inside this call: its result is not known.")
        if end.status == Status.CANCELLED:
            return Comparison(compared=False, note="The recorded call was cancelled: its result is not known.")
        difference = self._difference(end, outcome)
        notes = [_CLIPPED] if self.recorded.is_clipped("outputs") else []
        notes += [_AFRESH] if difference is not None else []
        return Comparison(compared=True, difference=difference, note=" ".join(notes))

    def _difference(self, end: TraceEvent, outcome: Returned | BaseException) -> Difference | None:
        error: str | None = None
        outputs: Payload = {}
        if isinstance(outcome, Returned):
            try:
                outputs = {"result": self.tool.as_result(outcome.value)}
            except Exception as problem:  # the program would have failed with it
                error = describe(problem)
        else:
            error = describe(outcome)
        redactor = DebugConfiguration.from_environment().redactor()
        seen = orjson.loads(redactor.encode({"error": error, "outputs": outputs}))
        if end.error != seen["error"]:
            return Difference("error", end.error, seen["error"])
        return first_difference(end.outputs, seen["outputs"])


def intend(session: DebugSession, *, even_clipped: bool = False) -> Intent:
    """Look for what is needed to call the tool around the cursor again, and run nothing.

    Args:
        session: Whose cursor is at a call of a tool, or inside one.
        even_clipped: Whether to go on with inputs of which a part was not recorded.

    Raises:
        UsageError: No tool is called here, or its inputs are not known.
        ProgramError: The program is not there any more, or its language has no tools in Python.
    """
    recorded = RecordedCall.at(session)
    if recorded.is_clipped("inputs") and not even_clipped:
        raise UsageError(
            f"The recorded inputs of '{recorded.name}' are not the real ones",
            why="they were too big for the recording, and were clipped",
            try_="Record the run again with a larger NAMEL3SS_DEBUG_MAX_PAYLOAD_SIZE.",
        )
    program = _program_of(session)
    runtime = load(program)
    if not isinstance(runtime, HasPythonTools):
        raise ProgramError(f"The tools of {program} cannot be stepped through", why="its language does not say how")
    return Intent(recorded, program, runtime, tuple(_reservations(session, recorded, program)))


def _end_of(timeline: Timeline, start: Moment) -> Moment | None:
    match = timeline.columns.match
    while match[start] < 0 and timeline.extend():
        match = timeline.columns.match
    return match[start] if match[start] >= 0 else None


def _program_of(session: DebugSession) -> Path:
    """The program that a recording is of: searched beside the trace, then from the working folder."""
    events = (session.timeline.recorded(moment) for moment in reversed(session.frames()))
    named = next((event.metadata.get("program") for event in events if event.event_type == "app_load_start"), None)
    if not isinstance(named, str) or not named:
        raise ProgramError("The recording does not say which program it is of", why="its beginning names none")
    trace = session.path
    folders = [Path.cwd()] if trace is None else [trace.parent, trace.resolve().parent, Path.cwd()]
    for candidate in (*(folder / named for folder in folders), *(folder / Path(named).name for folder in folders)):
        if candidate.is_file():
            return candidate
    places = ", ".join(dict.fromkeys(map(str, folders)))
    raise ProgramError(f"The program '{named}' is gone", why=f"it was looked for in {places}")


def _reservations(session: DebugSession, recorded: RecordedCall, program: Path) -> Iterator[str]:
    if recorded.is_clipped("inputs"):
        yield "The inputs were clipped when they were recorded: the tool is called with what is left of them."
    for path in _masked_in(recorded.start.inputs, "inputs"):
        yield f"{path} was masked when it was recorded: the tool is called with {MASK}."
    for file in (program, *sorted(program.parent.glob("*.py"))):  # which of them it is, only loading it would tell
        changed = file.stat().st_mtime
        if changed > session.timeline.began > 0:
            when = datetime.fromtimestamp(changed, UTC)
            yield f"{file.name} was changed after the run was recorded ({when:%Y-%m-%d %H:%M} UTC)."


def _masked_in(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inside in value.items():
            yield from _masked_in(inside, f"{path}.{key}")
    elif isinstance(value, list):
        for number, inside in enumerate(value):
            yield from _masked_in(inside, f"{path}[{number}]")
    elif isinstance(value, str) and MASK in value:
        yield path
