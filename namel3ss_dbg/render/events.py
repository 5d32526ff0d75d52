"""One event: as a plain line for `grep`, as a row of a list, as a page of its own, and as a line of a replay's stream.

A plain line ends with the duration, so that nothing behind it can be taken for one:
`grep "duration.*[5-9][0-9][0-9][0-9]"` finds calls that took five seconds and more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import attrs

from ..events import Moment, Status, TraceEvent
from ..timeline.lanes import MAIN
from ..timeline.state import result_of
from ..timeline.timeline import Timeline
from ..trace.columns import END, START, Columns
from .asked import asked
from .formats import format_count, format_mb, format_money, format_ms, format_offset, format_time
from .pieces import UNICODE, Line, Piece, Signs, Style, cells, line, shortened, text_of
from .tables import Block
from .values import plain_number, plain_value, plain_word, value_line

_RESERVED = frozenset(
    (
        "status", "tokens", "cost", "error", "parent", "lane", "source", "mocked", "memory_mb", "duration_ms", "stop",
        "frontier", "held_s",
    )
)  # fmt: skip
_KEY = re.compile(r"[\w.-]+\Z")
_WIDEST_KEY = 16
_MOST_INDENT = 20


def plain_event(timeline: Timeline, moment: Moment, *, more: Sequence[str] = ()) -> str:
    """An event as one line of words and `key=value`, nothing shortened, its duration last; `more` follows its name."""
    columns, event = timeline.columns, timeline[moment]
    words = [f"#{moment}", plain_word(event.event_type), plain_word(event.component)]
    if event.component_name:
        words.append(plain_word(event.component_name))
    words += [*more, f"status={plain_word(event.status)}"]
    if event.tokens_used is not None:
        words.append(f"tokens={event.tokens_used}")
    if event.cost_estimate is not None:
        words.append(f"cost={plain_number(event.cost_estimate)}")
    if event.error is not None:
        words.append(f"error={plain_value(event.error)}")
    if mocked(event):
        words.append("mocked=true")
    parent = parent_of(columns, moment)
    if parent >= 0:
        words.append(f"parent=#{parent}")
    words.append(f"lane={columns.lane[moment]}")
    source = source_of(event)
    if source is not None:
        words.append(f"source={plain_word(f'{source[0]}:{source[1]}')}")
    for group in ("inputs", "outputs"):
        for key, value in getattr(event, group).items():
            words.append(f"{_plain_key(group, key)}={plain_value(value)}")
    if event.memory_usage_mb is not None:
        words.append(f"memory_mb={event.memory_usage_mb:.1f}")
    if event.duration_ms is not None:
        words.append(f"duration_ms={event.duration_ms:.1f}")
    return " ".join(words)


def _plain_key(group: str, key: str) -> str:
    if key in _RESERVED:
        return f"{group}.{key}"
    return key if _KEY.match(key) else plain_value(key)


def gist_of(event: TraceEvent) -> Any:
    """What a person wants to know first: the newest message to a model, the tools it asked for, a result."""
    if event.closes:
        calls = event.outputs.get("tool_calls")
        if isinstance(calls, list) and calls and not event.outputs.get("text"):
            return ", ".join(_call_of(call) for call in calls)
        return result_of(event)
    if event.span == "llm_call" and (messages := asked(event.inputs).messages):
        newest = messages[-1]
        return newest.get("content", newest) if isinstance(newest, dict) else newest
    if event.span == "chain_step":
        return event.inputs.get("inputs")
    return event.inputs.get("arguments") if event.span == "app_load" else event.inputs or event.outputs


def _call_of(call: Any) -> str:
    if not isinstance(call, dict) or not isinstance(call.get("arguments"), dict):
        return call if isinstance(call, str) else plain_value(call)
    arguments = ", ".join(f"{key}={plain_value(value)}" for key, value in call["arguments"].items())
    return f"{call.get('name')}({arguments})"


def mocked(event: TraceEvent) -> bool:
    """Whether somebody else than the program's world gave this answer."""
    return bool(event.metadata.get("mocked"))


def parent_of(columns: Columns, moment: Moment) -> Moment:
    """The event that a person calls the parent: of an end its own start, else the start of the span around; or NONE."""
    if columns.edge_at(moment) == END and columns.match[moment] >= 0:
        return columns.match[moment]
    return columns.parent[moment]


def source_of(event: TraceEvent) -> tuple[str, int] | None:
    """File and line of the declaration or step that an event belongs to; None when it does not say."""
    source = event.metadata.get("source")
    if not isinstance(source, dict):
        return None
    file, number = source.get("file"), source.get("line")
    return (file, number) if isinstance(file, str) and isinstance(number, int) and number > 0 else None


def failed(event: TraceEvent) -> bool:
    """Whether an event says that something went wrong."""
    return event.status == Status.FAILED or bool(event.error and event.status != Status.CANCELLED)


def duration_of(timeline: Timeline, moment: Moment) -> float | None:
    """How long the call that ends here took, in milliseconds, from the times of its events when it does not say."""
    columns = timeline.columns
    said = columns.duration[moment]
    if said >= 0.0:
        return said
    start = columns.match[moment]
    if columns.edge_at(moment) != END or start < 0:
        return None
    return max((columns.timestamp[moment] - columns.timestamp[start]) * 1000.0, 0.0)


def offset_of(timeline: Timeline, moment: Moment) -> float:
    """How long after the first event, in seconds."""
    timestamp = timeline.columns.timestamp
    return timestamp[moment] - timestamp[0] if moment >= 0 else 0.0


def error_piece(event: TraceEvent, signs: Signs = UNICODE) -> Piece:
    """What went wrong, with its sign."""
    text = event.error or event.metadata.get("error_message") or event.outputs.get("error") or event.status
    return Piece(f"{signs.failed} {text}", "error")


def value_rows(sign: Piece, values: dict[str, Any], width: int, signs: Signs = UNICODE) -> Iterator[Line]:
    """Values below one another: a sign in front, the names in a column, each value on one line."""
    names = min(max((cells(name) for name in values), default=0), _WIDEST_KEY)
    for name, value in values.items():
        shown = shortened((Piece(name, "key"),), names, signs.cut)
        padding = " " * (names - cells(text_of(shown)))
        head = line("  ", sign, " " * (5 - cells(sign.text)), *shown, padding, "  ")
        yield shortened((*head, *value_line(value, width - cells(text_of(head)), signs)), width, signs.cut)


@attrs.frozen
class EventRow:
    """An event in a list: its number, time, type, name, duration, and what went wrong."""

    timeline: Timeline
    moment: Moment
    signs: Signs = UNICODE

    def plain(self) -> Iterator[str]:
        """One line, nothing shortened."""
        yield plain_event(self.timeline, self.moment)

    def screen(self, width: int) -> Iterator[Block]:
        """One line that fits."""
        yield shortened(self.line(), width, self.signs.cut)

    def line(self) -> Line:
        """The line before it is made to fit."""
        event = self.timeline[self.moment]
        took = duration_of(self.timeline, self.moment)
        return line(
            (f"#{self.moment}".ljust(6), "place"),
            (f" {format_offset(offset_of(self.timeline, self.moment)):>9}  ", "dim"),
            (event.event_type, "error" if failed(event) else "kind"),
            " ",
            (event.name, "name"),
            (f"  {format_ms(took)}" if took is not None else "", "time"),
            (f"  {format_count(event.tokens_used)} tok" if event.tokens_used else "", "number"),
            ("  mocked" if mocked(event) else "", "warning"),
            *(("  ", error_piece(event, self.signs)) if failed(event) else ()),
        )


@attrs.frozen
class EventPage:
    """All about one event, on a page of its own."""

    timeline: Timeline
    moment: Moment
    signs: Signs = UNICODE

    def plain(self) -> Iterator[str]:
        """One line, nothing shortened."""
        yield plain_event(self.timeline, self.moment)

    def screen(self, width: int) -> Iterator[Block]:
        """The head, the facts, and the values of the payloads."""
        event = self.timeline[self.moment]
        yield shortened(
            line(
                (f"#{self.moment}/{self.timeline.frontier} ", "place"),
                (f"{event.event_type} ", "kind"),
                (event.name, "name"),
            ),
            width,
            self.signs.cut,
        )
        for label, text, style in self._facts(event):
            yield shortened(line(f"  {label:<10}", (text, style)), width, self.signs.cut)
        if failed(event):
            yield shortened(line("  ", error_piece(event, self.signs)), width, self.signs.cut)
        for sign, group in (("in", event.inputs), ("out", event.outputs), ("meta", event.metadata)):
            yield from value_rows(Piece(sign, "dim"), group, width, self.signs)

    def _facts(self, event: TraceEvent) -> Iterator[tuple[str, str, Style]]:
        columns = self.timeline.columns
        parent = parent_of(columns, self.moment)
        took = duration_of(self.timeline, self.moment)
        source = source_of(event)
        yield "time", f"{format_time(event.timestamp)}  {format_offset(offset_of(self.timeline, self.moment))}", "dim"
        yield "status", event.status + ("  mocked" if mocked(event) else ""), "error" if failed(event) else ""
        if took is not None:
            yield "duration", format_ms(took), "time"
        if parent >= 0:
            shape = columns.shape_at(parent)
            yield "parent", f"#{parent} {shape.event_type} {shape.component_name or shape.component}", ""
        if columns.edge_at(self.moment) == START and columns.match[self.moment] >= 0:
            yield "end", f"#{columns.match[self.moment]}", ""
        if columns.lane[self.moment] != MAIN:
            yield "lane", str(columns.lane[self.moment]), ""
        if source is not None:
            yield "source", f"{source[0]}:{source[1]}", "place"
        if event.tokens_used is not None:
            yield "tokens", format_count(event.tokens_used), "number"
        if event.cost_estimate is not None:
            yield "cost", format_money(event.cost_estimate), "number"
        if event.memory_usage_mb is not None:
            yield "memory", format_mb(event.memory_usage_mb), ""


class EventStream:
    """The events of a replay as they pass: indented by depth, with a mark for the lane while several run."""

    def __init__(self, timeline: Timeline, signs: Signs = UNICODE) -> None:
        self._timeline = timeline
        self._signs = signs
        self._running: set[int] = set()
        """The lanes other than the main one that have begun and not ended; events are told of in order."""

    def passed(self, moment: Moment) -> Passed:
        """The view of the next event."""
        columns = self._timeline.columns
        lane = columns.lane[moment]
        if lane != MAIN:
            self._running.add(lane)
        several = bool(self._running)
        opened = columns.match[moment] if columns.edge_at(moment) == END else -1
        if lane != MAIN and opened >= 0 and columns.lane_rows[lane][0] == opened:
            self._running.discard(lane)
        return Passed(self._timeline, moment, lane if several else None, self._signs)


@attrs.frozen
class Passed:
    """One event of a stream."""

    timeline: Timeline
    moment: Moment
    lane: int | None = None
    """Shown when several run."""
    signs: Signs = UNICODE

    def plain(self) -> Iterator[str]:
        """One line, nothing shortened, indented by depth."""
        depth = min(self.timeline.columns.depth[self.moment], _MOST_INDENT)
        yield f"{'  ' * depth}{plain_event(self.timeline, self.moment)}"

    def screen(self, width: int) -> Iterator[Block]:
        """One line: where, what, how long, and what came in or out."""
        columns, event, signs = self.timeline.columns, self.timeline[self.moment], self.signs
        edge = columns.edge_at(self.moment)
        sign = signs.opens if edge == START else signs.closes if edge == END else signs.point
        took = duration_of(self.timeline, self.moment)
        wrong = failed(event)
        head = line(
            (f"#{self.moment}".ljust(5), "place"),
            (f" {self.lane}|" if self.lane is not None else "", "sign"),
            " " + "  " * min(columns.depth[self.moment], _MOST_INDENT),
            (f"{sign} ", "dim"),
            (f"{event.span.removesuffix('_execution').removesuffix('_call').replace('_', ' ')} ", "kind"),
            (event.name, "name"),
            (f" {format_ms(took)}" if took is not None else "", "time"),
            (" mocked" if mocked(event) else "", "warning"),
            *(("  ", error_piece(event, signs)) if wrong else ()),
        )
        room = width - cells(text_of(head)) - 2
        if not wrong and room >= 12:
            head = (*head, *self._said(event, edge, room))
        yield shortened(head, width, signs.cut)

    def _said(self, event: TraceEvent, edge: int, room: int) -> Line:
        said = gist_of(event)
        if said in ("", None, {}, []):
            return ()
        arrow = f"{self.signs.arrow} " if edge == END else ""
        return (Piece(f"  {arrow}", "dim"), *value_line(said, room - len(arrow), self.signs))
