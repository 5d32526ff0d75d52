"""What a person has before them: the run, the frame that is looked at, displays, aliases and settings.

The verbs speak to a desk; the dialogue is a desk that understands lines.
"""

from __future__ import annotations

import difflib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from ..events import ExpressionError, Moment, Stop
from ..render.pieces import ASCII, UNICODE, Signs
from ..render.stop import StopView
from ..render.tables import View
from ..render.values import json_text
from ..render.words import Words
from ..timeline.expressions import NotDefined, parse
from ..timeline.operators import equal
from ..timeline.patterns import CHECK_EVERY, Everything, Filtered, Pattern
from ..timeline.session import DebugSession
from ..timeline.state import ABSENT, Scope
from .reply import Reply
from .settings import Settings
from .table import AnyTable
from .transcript import Transcript

if TYPE_CHECKING:
    from .python import PythonMode


@attrs.define
class Display:
    """An expression that is shown at stops when its value has changed."""

    number: int
    text: str
    value: Any = ABSENT
    """At the last stop."""


@attrs.frozen
class Listed:
    """The lines of source that were listed last."""

    path: Path
    last: int


class Desk(ABC):
    """Everything that belongs to one conversation."""

    def __init__(self, session: DebugSession, settings: Settings | None = None) -> None:
        self.session = session
        self.settings = settings if settings is not None else Settings()
        self.left = False
        """Whether the person has said `quit`."""
        self.frame = 0
        """The frame that is looked at, counted from the innermost."""
        self.lane: int | None = None
        """The lane that is looked at, when it is not the one of the stop."""
        self.displays: list[Display] = []
        self.aliases: dict[str, str] = {}
        self.last_motion: str | None = None
        self.sought = ""
        """The text that `find` looked for last."""
        self.last_stop: Stop | None = None
        self.listed: Listed | None = None
        self.transcript = Transcript()
        self.python: PythonMode | None = None
        """While a person steps through a tool written in Python."""
        self.reading: list[str] = []
        """The names of the files whose commands are being done, the innermost last."""
        self.check: Callable[[Moment], None] = lambda moment: None
        """To be called now and then during a long look."""

    @abstractmethod
    def run(self, text: str) -> Reply:
        """Do what a line says."""

    @property
    @abstractmethod
    def table(self) -> AnyTable:
        """The verbs that are understood now."""

    @abstractmethod
    def wants_more(self, text: str) -> bool:
        """Whether a command goes on in the next line."""

    # Where one is

    @property
    def moment(self) -> Moment:
        """Where the cursor rests."""
        return self.session.moment

    @property
    def here(self) -> Moment:
        """The event that is looked at: that of the stop, or the last one of the lane that is looked at."""
        return self.moment if self.lane is None else self.session.lanes.last_on(self.lane, self.moment)

    @property
    def frames(self) -> tuple[Moment, ...]:
        """The open calls of the lane that is looked at, innermost first."""
        return self.session.frames(self.lane)

    @property
    def signs(self) -> Signs:
        """The signs that the person's terminal can show."""
        return ASCII if self.settings.ascii else UNICODE

    @property
    def folders(self) -> tuple[Path, ...]:
        """Where the source of the run may be."""
        return (self.session.path.resolve().parent,) if self.session.path is not None else ()

    def evaluate(self, text: str) -> Any:
        """The value of an expression, as the frame that is looked at sees it.

        Raises:
            ExpressionError: It has none.
        """
        try:
            return self.session.evaluate(text, frame=self.frame, lane=self.lane)
        except NotDefined as problem:
            if not problem.try_:
                problem.try_ = self._meant(problem)
            raise

    def _meant(self, problem: NotDefined) -> str:
        """What to type in place of a name that nothing has here."""
        names = self.scope().names()
        unknown = next((name for name in parse(problem.text).names if name not in names), "")
        close = difflib.get_close_matches(unknown, names, 1)
        meant = f"Did you mean '{close[0]}'? " if close else ""
        return f"{meant}'state' lists what has a value here."

    def scope(self) -> Scope:
        """The names that the frame that is looked at sees."""
        return self.session.state.scope(self.moment, self.lane, self.frame)

    def read_on(self) -> None:
        """Know the whole recording; the first time that takes a while, and can be interrupted."""
        self.session.timeline.complete()

    def visible(self, test: Callable[[Moment], bool]) -> Pattern:
        """The events that the filter shows and a test accepts; they are looked at one by one."""
        cursor = self.session.cursor
        if cursor.sees_all:
            return Filtered(Everything(), test, self.check)
        return Filtered(Everything(), lambda row: cursor.sees(row) and test(row), self.check)

    def watched(self, rows: Iterable[Moment]) -> Iterator[Moment]:
        """Events of a long look, with the progress told on the way."""
        for looked, row in enumerate(rows):
            if not looked & CHECK_EVERY:
                self.check(row)
            yield row

    # Stops

    def rest(self, stop: Stop, *notes: str) -> Reply:
        """What is to be shown after a motion."""
        self.frame, self.lane, self.listed = 0, None, None
        self.last_stop = stop
        said = (*(self._logged() if stop.reason != "goto" else ()), *notes)
        changed = self._changed_displays()
        view = self.stop_view(stop, changed)
        complaints = tuple(
            f"Breakpoint {each.number}: {each.problem}" for each in self.session.breakpoints.complaints()
        )
        views: list[View] = [Words(said)] if said else []
        views += [view, *([Words(complaints, "warning")] if complaints else [])]
        return Reply(tuple(views), stop, lambda: self._stop_value(stop, changed))

    def stop_view(self, stop: Stop, displays: tuple[tuple[str, Any], ...] = ()) -> StopView:
        """The picture of a stop."""
        return StopView(
            self.session.timeline,
            stop,
            lane=self.lane,
            changes=self.session.changes() if self.lane is None else (),
            displays=displays,
            folders=self.folders,
            signs=self.signs,
            lines=self.settings.lines,
        )

    def _logged(self) -> Iterator[str]:
        """What log points say about the events that a motion passed."""
        if not any(each.kind == "log" for each in self.session.breakpoints):
            return
        most = max(self.settings.rows, 1)
        messages = self.session.breakpoints.messages(self.session.previous_stop, self.moment)
        for _, moment, text in islice(messages, most):
            yield f"#{moment} {text}"
        if next(messages, None) is not None:
            yield f"{self.signs.cut} more than {most} messages; 'set rows' shows more of them."

    def _changed_displays(self) -> tuple[tuple[str, Any], ...]:
        found: list[tuple[str, Any]] = []
        for each in self.displays:
            value = self.display_value(each.text)
            if value is not ABSENT and not equal(value, each.value):
                found.append((each.text, value))
            each.value = value
        return tuple(found)

    def display_value(self, text: str) -> Any:
        """The value of an expression, or `ABSENT`."""
        try:
            return self.evaluate(text)
        except ExpressionError:
            return ABSENT

    def _stop_value(self, stop: Stop, displays: tuple[tuple[str, Any], ...]) -> Any:
        event = self.session.event
        changes = {each.name: {"before": _known(each.before), "after": each.after} for each in self.session.changes()}
        return {
            "moment": stop.moment,
            "reason": stop.reason,
            "breakpoint": stop.breakpoint,
            "event": event.to_dict() if event is not None else None,
            "changes": changes,
            "displays": dict(displays),
        }

    def stop_here(self) -> Stop:
        """The stop at which one rests."""
        if self.last_stop is not None and self.last_stop.moment == self.moment:
            return self.last_stop
        return Stop(self.moment, "goto" if self.moment >= 0 else "beginning")

    # Words

    def named(self, moment: Moment) -> str:
        """An event in a sentence."""
        if moment < 0:
            return "the beginning"
        shape = self.session.timeline.columns.shape_at(moment)
        return f"#{moment} {shape.event_type} {shape.component_name or shape.component}"

    def short(self, value: Any, most: int = 60) -> str:
        """A value in a sentence."""
        text = json_text(value)
        return text if len(text) <= most else f"{text[: most - 1]}{self.signs.cut}"


def _known(value: Any) -> Any:
    return None if value is ABSENT else value
