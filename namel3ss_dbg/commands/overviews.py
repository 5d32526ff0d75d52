"""The verbs that look at the whole run: its events, its tree, its totals, and what a person has set."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from math import fsum
from typing import Any

import attrs

from ..events import ExpressionError, Moment, PlaceError, span_of
from ..render.eventlist import EventList
from ..render.formats import format_count, format_money, format_ms
from ..render.listing import Listing
from ..render.pieces import line
from ..render.tables import Column
from ..render.words import counted
from ..timeline.expressions import Expression, parse
from ..timeline.kinds import SPANS
from ..timeline.notation import parse_place
from ..timeline.patterns import CHECK_EVERY, Everything, Filtered, Pattern
from ..trace.columns import END, NONE
from . import completion, entering, listings, tree
from .arguments import nothing_after
from .desk import Desk
from .reply import Reply, shown
from .table import AnyCommand, Command

_FROM = re.compile(r"(?:\A|\s)from\s+(\S.*)\Z")
_ALL = re.compile(r"(?:\A|\s)all\s*\Z")
_ONE_PLACE = re.compile(r"[\w.-]+(?::[^\s<>=]+)?(?:\s+at\s+(?:end|start))?\Z")


@attrs.define
class _Where:
    """What `events` shows."""

    pattern: Pattern
    text: str
    problem: ExpressionError | None = None
    """Why the expression could not be evaluated at the first such event."""
    judged: int = 0
    failed: int = 0


def _events(desk: Desk, rest: str) -> Reply:
    everything = _ALL.search(rest)
    rest = rest[: everything.start()] if everything else rest
    since = _FROM.search(rest)
    where = _where(desk, (rest[: since.start()] if since else rest).strip())
    first = desk.session.places.resolve(since[1], here=desk.moment) if since else None
    most = max(desk.settings.rows, 1)
    if everything:
        desk.read_on()
        rows = list(_rows_ahead(desk, where.pattern, NONE if first is None else first - 1))
    elif first is not None:
        rows = list(islice(_rows_ahead(desk, where.pattern, first - 1), most))
    else:
        rows = _around(desk, where.pattern, most)
    if where.judged and where.failed == where.judged and where.problem is not None:
        raise where.problem
    footer = () if everything else _more(desk, where, rows)
    none = f"No event is '{where.text}'." if where.text else "There are no events."
    view = EventList(desk.session.timeline, rows, desk.moment, none, footer, desk.signs)
    return shown(view, value=lambda: [{"moment": row, **desk.session.timeline[row].to_dict()} for row in rows])


def _where(desk: Desk, text: str) -> _Where:
    """The events that a place or an expression means, as far as the filter shows them."""
    session = desk.session
    where = _Where(Everything(), text)
    if text:
        place = _as_place(desk, text)
        if place is None:
            expression = parse(text)
            where.pattern = Filtered(Everything(), lambda row: _is_true(desk, where, expression, row), desk.check)
        else:
            where.pattern = place
    if not session.cursor.sees_all:
        where.pattern = Filtered(where.pattern, session.cursor.sees, desk.check)
    return where


def _as_place(desk: Desk, text: str) -> Pattern | None:
    """The events of a place, or None when the text is an expression; a single word that is nothing is a mistake."""
    places = desk.session.places
    try:
        place = parse_place(text)
        pattern = places.pattern(place, here=desk.moment)
        places.resolve(place, here=desk.moment)
    except PlaceError as problem:
        if not _ONE_PLACE.match(text) or text in desk.scope().names():
            return None
        raise problem from None
    return pattern


def _is_true(desk: Desk, where: _Where, expression: Expression, row: Moment) -> bool:
    where.judged += 1
    if not where.judged & CHECK_EVERY:
        desk.check(row)
    try:
        return bool(expression.evaluate(desk.session.state.scope(row)))
    except ExpressionError as problem:
        where.failed += 1
        where.problem = where.problem or problem
        return False


def _rows_ahead(desk: Desk, pattern: Pattern, row: Moment) -> Iterator[Moment]:
    """The events of a pattern after a row, reading on as needed."""
    timeline = desk.session.timeline
    while True:
        bound = timeline.columns.count
        yield from pattern.ahead(timeline.columns, row, bound)
        row = bound - 1
        if not timeline.extend():
            return


def _around(desk: Desk, pattern: Pattern, most: int) -> list[Moment]:
    """As many on either side of the cursor, if there are."""
    columns, here = desk.session.timeline.columns, desk.moment
    before = list(islice(pattern.behind(columns, here + 1, NONE), most))[::-1]
    ahead = list(islice(_rows_ahead(desk, pattern, here), most))
    kept_before = max(most - len(ahead), (most + 1) // 2)
    before = before[-kept_before:]
    return [*before, *ahead[: most - len(before)]]


def _more(desk: Desk, where: _Where, rows: list[Moment]) -> tuple[str, ...]:
    """How to see the others."""
    if not rows:
        return ()
    columns = desk.session.timeline.columns
    text = f"{where.text} " if where.text else ""
    closed = desk.session.timeline.closed
    judging = isinstance(where.pattern, Filtered)
    if judging:
        is_last = len(rows) < max(desk.settings.rows, 1)
        return () if is_last else (f"Further: 'events {text}from {rows[-1] + 1}'; all: 'events {text}all | pager'.",)
    total = where.pattern.count(columns, columns.count)
    if total <= len(rows) and closed:
        return ()
    read = "" if closed else f" of the {columns.count:,} read so far"
    parts = [f"{len(rows):,} of {counted(total, 'event')}{read}"]
    if where.pattern.following(columns, rows[-1]) >= 0 or not closed:
        parts.append(f"further: 'events {text}from {rows[-1] + 1}'")
    return (f"{'; '.join(parts)}; all: 'events {text}all | pager'.",)


# Totals


def _totals(desk: Desk, rest: str) -> Reply:
    nothing_after("totals", rest)
    desk.read_on()
    found = sorted(_by_component(desk), key=lambda each: (-each["time_ms"], -each["calls"]))
    rows = [
        (
            line((each["component"], "kind")),
            line((each["name"] or "-", "name")),
            line((f"{each['calls']:,}", "number")),
            line((f"{each['failed']:,}" if each["failed"] else "", "error")),
            line((format_ms(each["time_ms"]), "time")),
            line((format_ms(each["slowest_ms"]), "time")),
            line((format_count(each["tokens"]) if each["tokens"] else "", "number")),
            line((format_money(each["cost"]) if each["cost"] else "", "number")),
        )
        for each in found
    ]
    columns = (
        Column("of", right=False),
        Column("name", right=False, shrinks=True),
        Column("calls"),
        Column("failed", needed=2),
        Column("time"),
        Column("slowest", needed=3),
        Column("tokens", needed=1),
        Column("cost", needed=1),
    )
    state, frontier = desk.session.state, desk.session.timeline.frontier
    tokens, cost = state.total("tokens", frontier), state.total("cost", frontier)
    footer = (
        f"The whole run: {state.total('elapsed', frontier):.2f} s, {format_count(tokens)} tokens of models, "
        f"{format_money(cost)}. A call's time holds that of the calls inside it.",
    )
    view = Listing("totals", columns, found, rows, "No call has ended in this trace.", footer)
    return shown(view, value=lambda: found)


def _by_component(desk: Desk) -> list[dict[str, Any]]:
    """What the ends of each component say."""
    columns = desk.session.timeline.columns
    found: dict[tuple[str, str | None], dict[str, Any]] = {}
    for code, shape in enumerate(columns.shape_names):
        if columns.edge[code] != END:
            continue
        rows = columns.shape_rows[code]
        span = span_of(shape.event_type)
        word = next((word for word, each in SPANS.items() if each == span), span)
        each = found.setdefault(
            (word, shape.component_name),
            {"component": word, "name": shape.component_name, "calls": 0, "failed": 0, "time_ms": 0.0,
             "slowest_ms": 0.0, "tokens": 0, "cost": 0.0},
        )  # fmt: skip
        times = [each for each in map(columns.duration.__getitem__, rows) if each == each]
        each["calls"] += len(rows)
        each["failed"] += len(rows) if shape.status == "failed" else 0
        each["time_ms"] += fsum(times)
        each["slowest_ms"] = max(each["slowest_ms"], max(times, default=0.0))
        each["tokens"] += int(fsum(map(columns.tokens.__getitem__, rows)))
        each["cost"] += fsum(map(columns.cost.__getitem__, rows))
    return [{**each, "time_ms": round(each["time_ms"], 3)} for each in found.values()]


def _info(desk: Desk, rest: str) -> Reply:
    return listings.info(desk, rest)


ROWS: tuple[AnyCommand, ...] = (
    Command(
        "events",
        _events,
        "looking",
        "[WHERE] [from PLACE] [all]",
        "Events around this one: all, of a place, or by condition.",
        ("e",),
        details="One line each, with a sign at the cursor. As many as 'set rows' says; 'from PLACE' and 'all' show "
        "others.",
        examples=("events", "e tool", "e error", "e duration_ms > 1000", "e llm from 100", "e all | pager"),
        completes=completion.event_places,
        free_text=True,
    ),
    entering.ROW,
    tree.ROW,
    Command("totals", _totals, "looking", "", "Calls, time, tokens and cost by component."),
    Command(
        "info",
        _info,
        "looking",
        "|".join(listings.INFO_WORDS),
        "What there is, and what you have set.",
        ("i",),
        examples=("info breakpoints", "i l"),
        completes=completion.words(listings.INFO_WORDS),
    ),
)
"""The verbs that look at the whole run."""
