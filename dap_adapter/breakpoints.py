"""What the client wants to stop at, and what that is in the run that is walked.

A client may set breakpoints before there is a run, and keeps them when the run is read again; they are placed whenever
there is one, and the client is told how that went. A breakpoint that is set again unchanged stays what it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import attrs

from namel3ss_dbg.events import DebugError, closes
from namel3ss_dbg.render.pieces import harmless_lines
from namel3ss_dbg.timeline.breakpoints import Kind
from namel3ss_dbg.timeline.expressions import parse
from namel3ss_dbg.timeline.patterns import EndsOf, Exactly, OfShape, OnLine, Pattern
from namel3ss_dbg.timeline.places import parse_place

from . import protocol as dap
from .capabilities import FILTERS
from .errors import Problem, Refused
from .hits import Hits, parse_hits
from .watches import expression_of

if TYPE_CHECKING:
    from .adapter import Adapter

Group = Literal["source", "function", "exception", "data", "launch"]
Spec = dap.SourceBreakpoint | dap.FunctionBreakpoint | dap.ExceptionFilterOptions | dap.DataBreakpoint | str

_REASONS: dict[Group, str] = {
    "source": "breakpoint",
    "function": "function breakpoint",
    "exception": "exception",
    "data": "data breakpoint",
    "launch": "function breakpoint",
}
_FAILURES = {"error": "error", "llm": "llm_failed", "tool": "tool_failed", "validation": "validation_failed"}
_MEASURES = {"slow": "duration_ms", "cost": "cost_estimate"}
_WITHIN_S = 0.15
# How long a client waits for more of a recording to be read before it is told that a line was not reached yet.


@attrs.define(eq=False)
class Wanted:
    """A breakpoint of the client's."""

    id: int
    group: Group
    source: dap.Source | None
    spec: Spec
    numbers: list[int] = attrs.field(factory=list)
    """Of the engine's breakpoints that it is."""
    line: int | None = None
    """Where it is, counted from 1."""
    problem: str | None = None
    is_pending: bool = False
    """Whether what is read later may still have it."""

    @property
    def reason(self) -> str:
        """Why the run rests when it stops there; the red box of exceptions is for failures only."""
        if isinstance(self.spec, dap.ExceptionFilterOptions) and self.spec.filter_id not in _FAILURES:
            return "breakpoint"
        return _REASONS[self.group]


class Breakpoints:
    """All of one client."""

    def __init__(self, adapter: Adapter) -> None:
        self._adapter = adapter
        self._wanted: list[Wanted] = []
        self._is_looking = False
        self._next = 1

    def replace(self, group: Group, specs: Iterable[Spec], source: dap.Source | None = None) -> list[Wanted]:
        """Have these of a group, or of one source, and no others."""
        before = [each for each in self._wanted if each.group == group and _is_of(each, source)]
        kept: list[Wanted] = []
        for spec in specs:
            same = next((each for each in before if each.spec == spec and each not in kept), None)
            kept.append(same if same is not None else self._new(group, source, spec))
        for gone in before:
            if gone not in kept:
                self._wanted.remove(gone)
                self._lift(gone)
        if self._adapter.has_run:
            for each in kept:
                if not each.numbers:
                    self._place(each)
        return kept

    def _new(self, group: Group, source: dap.Source | None, spec: Spec) -> Wanted:
        wanted = Wanted(self._next, group, source, spec, is_pending=True)
        self._next += 1
        self._wanted.append(wanted)
        return wanted

    def of_number(self, number: int) -> Wanted | None:
        """The client's breakpoint that one of the engine's belongs to; None for one that was set in the console."""
        return next((each for each in self._wanted if number in each.numbers), None)

    def shown(self, wanted: Wanted) -> dap.Breakpoint:
        """A breakpoint as the client is told of it."""
        line = wanted.line
        failed = wanted.problem is not None and not wanted.numbers
        return dap.Breakpoint(
            id=wanted.id,
            verified=bool(wanted.numbers),
            message=harmless_lines(wanted.problem) if wanted.problem else self._counted(wanted),
            source=wanted.source,
            line=self._adapter.client.line_out(line) if line is not None else None,
            reason=("pending" if wanted.is_pending else "failed") if failed or not wanted.numbers else None,
        )

    def _counted(self, wanted: Wanted) -> str | None:
        if not wanted.numbers:
            return "There is no recording yet."
        if wanted.group not in ("source", "function"):
            return None
        table = self._adapter.run.breakpoints
        count = sum(table.matching(table[number]) for number in wanted.numbers)
        return f"{count:,} event{'' if count == 1 else 's'} of the recording"

    # Placing

    def place_all(self) -> None:
        """Place everything in a run that is new, and tell the client how that went."""
        for each in self._wanted:
            each.numbers.clear()
            self._place(each)
            if each.group != "launch":
                self._tell(each)

    def look_again(self) -> None:
        """More of the recording was read: what was pending may be there now, or never."""
        if self._is_looking:  # placing one reads on, too
            return
        self._is_looking = True
        try:
            self._look()
        finally:
            self._is_looking = False

    def _look(self) -> None:
        for each in self._wanted:
            if each.is_pending and not each.numbers:
                self._place(each)
                if each.numbers or not each.is_pending:
                    self._tell(each)

    def _tell(self, wanted: Wanted) -> None:
        body = dap.BreakpointBody(reason="changed", breakpoint=self.shown(wanted))
        self._adapter.session.event("breakpoint", body)

    def _place(self, wanted: Wanted) -> None:
        wanted.problem, wanted.is_pending = None, False
        try:
            placed = list(_PLACERS[wanted.group](self, wanted))
        except Refused as refusal:
            wanted.problem = refusal.text
        except DebugError as problem:
            wanted.problem = str(problem)
        else:
            wanted.numbers += placed
            return
        wanted.is_pending = wanted.is_pending and not self._adapter.is_all_read

    def _place_source(self, wanted: Wanted) -> Iterator[int]:
        spec, adapter = wanted.spec, self._adapter
        assert isinstance(spec, dap.SourceBreakpoint)  # noqa: S101
        assert wanted.source is not None  # noqa: S101
        asked = adapter.client.line_in(spec.line)
        line = self._reach(wanted, asked)
        wanted.line = line
        mode = spec.mode or "start"
        if mode not in ("start", "end", "both"):
            raise Refused(Problem.NOT_EVALUATED, f"'{mode}' is no mode; there are start, end and both.")
        more = self._conditions(spec.condition, spec.hit_condition)
        kind: Kind = "log" if spec.log_message is not None else "breakpoint"
        text = f"{wanted.source.name or Path(wanted.source.path or '').name}:{line}"
        patterns = list(self._patterns_at(wanted.source, line))
        if mode == "end" and patterns and isinstance(patterns[0], Exactly):
            mode = "start"  # a line of the trace is one event
        for pattern in patterns:
            if mode in ("start", "both"):
                yield self._add(kind, text, pattern, message=spec.log_message, **more)
            if mode in ("end", "both") and not isinstance(pattern, Exactly):
                yield self._add(kind, f"{text} at end", EndsOf(pattern), message=spec.log_message, **more)

    def _reach(self, wanted: Wanted, asked: int) -> int:
        """The line that a breakpoint is on: the one asked for, or the next one that has events."""
        adapter = self._adapter
        assert wanted.source is not None  # noqa: S101
        timeline = adapter.run.timeline
        listed = adapter.sources.listed(wanted.source)
        while listed is None or (line := adapter.sources.line_from(listed, asked)) is None or line != asked:
            if timeline.closed or not timeline.extend(within_s=_WITHIN_S):
                break
            listed = adapter.sources.listed(wanted.source)
            if len(timeline) > _ENOUGH:
                break
        if listed is None:
            wanted.is_pending = True
            raise Refused(Problem.NO_SOURCE, "Nothing in this file was executed in the recording.")
        line = adapter.sources.line_from(listed, asked)
        if line is None:
            wanted.is_pending = True
            raise Refused(Problem.NO_SOURCE, "Neither this line nor one after it was executed in the recording.")
        return line

    def _patterns_at(self, source: dap.Source, line: int) -> Iterator[Pattern]:
        listed = self._adapter.sources.listed(source)
        if listed is None or listed.kind != "program":
            yield Exactly(line - 1)
            return
        names = self._adapter.run.timeline.columns.sources.names
        yield from (OnLine(file, line) for file in listed.files if (file, line) in names)

    def _place_function(self, wanted: Wanted) -> Iterator[int]:
        spec = wanted.spec
        assert isinstance(spec, dap.FunctionBreakpoint)  # noqa: S101
        yield self._at_place(wanted, spec.name, **self._conditions(spec.condition, spec.hit_condition))

    def _place_launch(self, wanted: Wanted) -> Iterator[int]:
        assert isinstance(wanted.spec, str)  # noqa: S101
        yield self._at_place(wanted, wanted.spec)

    def _at_place(self, wanted: Wanted, text: str, **more: Any) -> int:
        run = self._adapter.run
        place = parse_place(text)
        wanted.is_pending = True
        if place.is_set and place.occurrence is None and not run.timeline.closed:
            run.timeline.extend(within_s=_WITHIN_S)
        run.places.resolve(place)
        return self._add("breakpoint", text, run.places.pattern(place), place=place, **more)

    def _place_exception(self, wanted: Wanted) -> Iterator[int]:
        spec = wanted.spec
        assert isinstance(spec, dap.ExceptionFilterOptions)  # noqa: S101
        name, condition = spec.filter_id, (spec.condition or "").strip() or None
        places = self._adapter.run.places
        if name in _FAILURES:
            pattern, condition = places.pattern(_FAILURES[name]), condition
        elif name == "retry":
            pattern = places.pattern("validation")
            condition = f"attempt > 1 and ({condition})" if condition else "attempt > 1"
        elif name in _MEASURES:
            if condition is None:
                raise Refused(Problem.NOT_EVALUATED, f"This filter needs a condition such as {_MEASURES[name]} > 1.")
            pattern = OfShape(lambda shape: closes(shape.event_type))
            condition = f"{_MEASURES[name]} > {condition}" if _is_number(condition) else condition
        else:
            known = ", ".join(each["filter"] for each in FILTERS)
            raise Refused(Problem.NOT_EVALUATED, f"There is no filter '{name}'; there are {known}.")
        yield self._add("catch", name, pattern, **self._conditions(condition, None))

    def _place_data(self, wanted: Wanted) -> Iterator[int]:
        spec = wanted.spec
        assert isinstance(spec, dap.DataBreakpoint)  # noqa: S101
        watched = parse(expression_of(spec.data_id))
        more = self._conditions(spec.condition, spec.hit_condition)
        yield self._add("watch", watched.text, None, watched=watched, **more)

    def _conditions(self, condition: str | None, hit_condition: str | None) -> dict[str, Any]:
        hits: Hits = parse_hits(hit_condition)
        parsed = parse(condition) if condition is not None and condition.strip() else None
        return {"condition": parsed, "after": hits.after, "every": hits.every, "last": hits.last}

    def _add(self, kind: Kind, text: str, pattern: Pattern | None, **more: Any) -> int:
        return self._adapter.run.breakpoints.add(kind, text, pattern=pattern, **more).number

    def _lift(self, wanted: Wanted) -> None:
        if self._adapter.has_run:
            for number in wanted.numbers:
                if self.of_engine(number):
                    self._adapter.run.breakpoints.remove(number)

    def of_engine(self, number: int) -> bool:
        """Whether the engine still has a breakpoint; the console may have deleted it."""
        return any(each.number == number for each in self._adapter.run.breakpoints)

    def tell_refused(self) -> None:
        """Tell of the places of the launch configuration that this recording does not have."""
        for each in self._wanted:
            if each.group == "launch" and each.problem is not None:
                body = dap.OutputBody(category="important", output=f"breakpoints: {each.problem}\n")
                self._adapter.session.event("output", body)

    def tell_problems(self) -> None:
        """Tell of conditions that could not be evaluated, each once."""
        for each in self._adapter.run.breakpoints.complaints():
            text = f"The condition of the breakpoint at {each.text}: {each.problem}\n"
            self._adapter.session.event("output", dap.OutputBody(category="console", output=text))


_ENOUGH = 200_000
# Events that are read while a client waits for the answer about a line.

_PLACERS: dict[Group, Callable[[Breakpoints, Wanted], Iterator[int]]] = {
    "source": Breakpoints._place_source,
    "function": Breakpoints._place_function,
    "exception": Breakpoints._place_exception,
    "data": Breakpoints._place_data,
    "launch": Breakpoints._place_launch,
}


def _is_of(wanted: Wanted, source: dap.Source | None) -> bool:
    if source is None or wanted.source is None:
        return source is None
    same = (source.path or None, source.source_reference or 0)
    return same == (wanted.source.path or None, wanted.source.source_reference or 0)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


# Requests


def set_breakpoints(adapter: Adapter, arguments: dap.SetBreakpointsArguments) -> dap.SetBreakpointsBody:
    """Have these breakpoints in a file, and no others there."""
    specs = arguments.breakpoints
    if specs is None:
        specs = [dap.SourceBreakpoint(line=line) for line in arguments.lines or ()]
    wanted = adapter.breakpoints.replace("source", specs, arguments.source)
    return dap.SetBreakpointsBody(breakpoints=[adapter.breakpoints.shown(each) for each in wanted])


def set_function_breakpoints(
    adapter: Adapter, arguments: dap.SetFunctionBreakpointsArguments
) -> dap.SetFunctionBreakpointsBody:
    """Stop at these places: components, kinds of events, single events."""
    wanted = adapter.breakpoints.replace("function", arguments.breakpoints)
    return dap.SetFunctionBreakpointsBody(breakpoints=[adapter.breakpoints.shown(each) for each in wanted])


def set_exception_breakpoints(
    adapter: Adapter, arguments: dap.SetExceptionBreakpointsArguments
) -> dap.SetExceptionBreakpointsBody:
    """Stop at these kinds of failures."""
    plain = [dap.ExceptionFilterOptions(filter_id=name) for name in arguments.filters]
    wanted = adapter.breakpoints.replace("exception", [*plain, *(arguments.filter_options or [])])
    return dap.SetExceptionBreakpointsBody(breakpoints=[adapter.breakpoints.shown(each) for each in wanted])


def set_data_breakpoints(adapter: Adapter, arguments: dap.SetDataBreakpointsArguments) -> dap.SetDataBreakpointsBody:
    """Stop where these values change, forwards and backwards."""
    wanted = adapter.breakpoints.replace("data", arguments.breakpoints)
    return dap.SetDataBreakpointsBody(breakpoints=[adapter.breakpoints.shown(each) for each in wanted])
