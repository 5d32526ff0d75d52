"""What changed between two moments, and where a value comes from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import attrs

from ..events import Moment
from ..timeline.compare import first_difference
from ..timeline.origins import Origin
from ..timeline.state import ABSENT, Change
from ..timeline.timeline import Timeline
from .pieces import UNICODE, Line, Piece, Signs, cells, line, shortened, text_of
from .tables import Block
from .values import plain_value, plain_word, value_line
from .words import Words

_KEPT_BEFORE = 12
_SHORTEST = 10
_WIDEST_NAME = 24


@attrs.frozen
class Differences:
    """The values that differ between two moments."""

    changes: Sequence[Change]
    before: Moment
    after: Moment
    signs: Signs = UNICODE

    def plain(self) -> Iterator[str]:
        """One change on each line, in full."""
        yield f"diff before=#{self.before} after=#{self.after} changes={len(self.changes)}"
        for change in self.changes:
            before, after = plain_value(change.before), plain_value(change.after)
            yield f"changed {plain_word(change.name)} before={before} after={after}"

    def screen(self, width: int) -> Iterator[Block]:
        """A sign, the name, and the values where they differ."""
        head = f"from #{self.before} to #{self.after}"
        if not self.changes:
            yield from Words((f"Nothing that is visible changed {head}.",)).screen(width)
            return
        yield line((head, "dim"))
        changes = [_narrowed(change, self.signs.cut) for change in self.changes]
        names = min(max(cells(change.name) for change in changes), _WIDEST_NAME)
        for change in changes:
            yield shortened(self._line(change, names, width), width, self.signs.cut)

    def _line(self, change: Change, names: int, width: int) -> Line:
        before, after = change.before, change.after
        if before is ABSENT:
            return self._one("+", change.name, after, names, width)
        if after is ABSENT:
            return self._one("-", change.name, before, names, width)
        head = self._head(self.signs.changed, change.name, names)
        room = max(width - cells(text_of(head)) - len(self.signs.arrow) - 2, 2 * _SHORTEST)
        old = value_line(before, max(room // 2, _SHORTEST), self.signs)
        new = value_line(after, max(room - cells(text_of(old)), _SHORTEST), self.signs)
        return (*head, *old, Piece(f" {self.signs.arrow} ", "dim"), *new)

    def _one(self, sign: str, name: str, value: Any, names: int, width: int) -> Line:
        head = self._head(sign, name, names)
        return (*head, *value_line(value, max(width - cells(text_of(head)), _SHORTEST), self.signs))

    def _head(self, sign: str, name: str, names: int) -> Line:
        return line("  ", (sign, "sign"), " ", (name.ljust(names), "key"), "  ")


def _narrowed(change: Change, cut: str) -> Change:
    """Where a change begins: deep in an object, or far into a text."""
    found = first_difference(change.before, change.after, change.name)
    if found is None or ABSENT in (change.before, change.after):
        return change
    path, before, after = found
    if isinstance(before, str) and isinstance(after, str):
        same = next((n for n, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]), 0)
        if same > 2 * _KEPT_BEFORE:
            skipped = same - _KEPT_BEFORE
            before, after = f"{cut}{before[skipped:]}", f"{cut}{after[skipped:]}"
    return Change(path, before, after)


@attrs.frozen
class Trail:
    """The events from which a value comes, the newest first."""

    timeline: Timeline
    name: str
    origins: Sequence[Origin]
    signs: Signs = UNICODE

    def plain(self) -> Iterator[str]:
        """One event on each line."""
        for origin in self.origins:
            shape = self.timeline.columns.shape_at(origin.moment)
            of = plain_word(shape.component_name or shape.component)
            value = plain_value(origin.value)
            yield f"origin #{origin.moment} {shape.event_type} {of} path={plain_word(origin.path)} value={value}"

    def screen(self, width: int) -> Iterator[Block]:
        """Each event with the place in it where the value stands, and how to go there."""
        for number, origin in enumerate(self.origins):
            shape = self.timeline.columns.shape_at(origin.moment)
            head = line(
                (f"{'' if number == 0 else self.signs.trunk.strip():<4}", "dim"),
                (f"g {origin.moment}".ljust(8), "sign"),
                (f"{shape.event_type} ", "kind"),
                (shape.component_name or shape.component, "name"),
                (f"  {origin.path}", "key"),
            )
            yield shortened(head, width, self.signs.cut)
            value = value_line(origin.value, max(width - 12, _SHORTEST), self.signs)
            yield shortened((Piece(" " * 12), *value), width, self.signs.cut)
