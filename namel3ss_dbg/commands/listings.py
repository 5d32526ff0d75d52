"""Lists of what a person has set, and of what the run is made of: the tables behind `info`."""

from __future__ import annotations

from typing import Any

from ..events import UsageError
from ..render.events import offset_of
from ..render.formats import format_bytes, format_count, format_money, format_offset, format_time
from ..render.listing import Facts, Listing
from ..render.pieces import Line, Piece, line
from ..render.tables import Column
from ..render.values import value_line
from ..render.words import counted
from ..timeline.breakpoints import Breakpoint
from ..timeline.state import ABSENT
from .desk import Desk
from .reply import Reply

_WIDEST_VALUE = 60


def _reply(listing: Listing) -> Reply:
    return Reply((listing,), value=lambda: [dict(record) for record in listing.records])


def breakpoints_view(desk: Desk) -> Reply:
    """Breakpoints, with their hits up to here and the events that match."""
    table = desk.session.breakpoints
    records: list[dict[str, Any]] = []
    for each in table:
        records.append(
            {
                "number": each.number,
                "kind": "tbreak" if each.temporary else each.kind,
                "place": each.text,
                **_options(each),
                "hits": table.hits(each, desk.moment, desk.check),
                "matching": table.matching(each) if each.pattern is not None else None,
                "enabled": each.enabled,
                "commands": list(each.commands) or None,
                "problem": each.problem,
            }
        )
    columns = (
        Column("no"),
        Column("what", right=False),
        Column("place", right=False, shrinks=True),
        Column("hits"),
        Column("events", needed=1),
        Column("", right=False, needed=2),
    )
    rows = [_breakpoint_row(each, record) for each, record in zip(table, records, strict=True)]
    footer = tuple(f"Breakpoint {each.number}: {each.problem}" for each in table if each.problem)
    return _reply(
        Listing("breakpoint", columns, records, rows, "There are no breakpoints: 'break PLACE' sets one.", footer)
    )


def _options(each: Breakpoint) -> dict[str, Any]:
    return {
        "condition": each.condition.text if each.condition is not None else None,
        "message": each.message,
        "after": each.after or None,
        "every": each.every if each.every > 1 else None,
        "lane": each.lane,
    }


def _breakpoint_row(each: Breakpoint, record: dict[str, Any]) -> tuple[Line, ...]:
    texts = (f"{key} {value}" for key, value in _options(each).items() if value is not None and key != "condition")
    options = ([f"if {each.condition.text}"] if each.condition is not None else []) + list(texts)
    does = [
        *(["off"] if not each.enabled else []),
        *([counted(len(each.commands), "command")] if each.commands else []),
    ]
    return (
        line((str(each.number), "number")),
        line((record["kind"], "kind")),
        line(
            (each.text, "place" if each.kind != "watch" else "text"),
            (f"  {'  '.join(options)}" if options else "", "dim"),
        ),
        line((f"{record['hits']:,}", "number")),
        line((f"{record['matching']:,}" if record["matching"] is not None else "", "number")),
        line(("  ".join(does), "warning")),
    )


def marks_view(desk: Desk) -> Reply:
    """Marks in the order of their moments."""
    timeline = desk.session.timeline
    found = sorted(desk.session.marks.items(), key=lambda item: item[1])
    records = [
        {
            "name": name,
            "moment": moment,
            "elapsed_s": round(offset_of(timeline, moment), 3),
            "event": desk.named(moment),
        }
        for name, moment in found
    ]
    rows = [
        (
            line((f"'{name}", "name")),
            line((format_offset(offset_of(timeline, moment)), "dim")),
            line((desk.named(moment), "kind")),
        )
        for name, moment in found
    ]
    columns = (Column("mark", right=False), Column("time"), Column("event", right=False, shrinks=True))
    return _reply(Listing("mark", columns, records, rows, "There are no marks: 'mark NAME' gives this moment a name."))


def displays_view(desk: Desk) -> Reply:
    """Displays with their values here."""
    records: list[dict[str, Any]] = []
    rows: list[tuple[Line, ...]] = []
    for each in desk.displays:
        value = desk.display_value(each.text)
        records.append({"number": each.number, "expression": each.text, "value": None if value is ABSENT else value})
        rows.append(
            (
                line((str(each.number), "number")),
                line((each.text, "key")),
                value_line(value, _WIDEST_VALUE, desk.signs),
            )
        )
    columns = (
        Column("no"),
        Column("expression", right=False, shrinks=True),
        Column("value", right=False, shrinks=True),
    )
    return _reply(
        Listing("display", columns, records, rows, "There are no displays: 'display EXPR' shows a value at stops.")
    )


def lanes_view(desk: Desk) -> Reply:
    """The lanes that work here, each with where it is."""
    session = desk.session
    lanes = session.lanes.at(desk.moment) if desk.moment >= 0 else ()
    own = session.timeline.columns.lane[desk.moment] if desk.moment >= 0 else 0
    looked_at = desk.lane if desk.lane is not None else own
    records: list[dict[str, Any]] = []
    rows: list[tuple[Line, ...]] = []
    for lane in lanes[: max(desk.settings.rows, 1)]:
        last = session.lanes.last_on(lane.number, desk.moment)
        records.append({"number": lane.number, "name": lane.name, "opened": lane.opened, "last": last})
        sign = desk.signs.here if lane.number == looked_at else ""
        rows.append(
            (
                line((sign, "sign")),
                line((str(lane.number), "number")),
                line((lane.name, "name")),
                line((f"#{lane.opened}", "place")),
                line((desk.named(last), "kind")),
            )
        )
    columns = (
        Column("", right=False),
        Column("lane"),
        Column("name", right=False, shrinks=True),
        Column("since", needed=1),
        Column("is at", right=False, shrinks=True),
    )
    more = len(lanes) - len(rows)
    footer = (f"{desk.signs.cut} {counted(more, 'lane')} more; 'set rows' shows more of them.",) if more > 0 else ()
    return _reply(Listing("lane", columns, records, rows, "Nothing runs at the beginning.", footer))


def settings_view(desk: Desk) -> Reply:
    """Settings, each with who has set it."""
    settings = desk.settings
    records = [
        {"name": each.name, "value": getattr(settings, each.name), "origin": settings.origin(each.name)}
        for each in settings
    ]
    rows = [
        (
            line((each.name, "key")),
            line((each.format(getattr(settings, each.name)) or "-", "text")),
            line((settings.origin(each.name), "dim")),
            line((each.meaning, "")),
        )
        for each in settings
    ]
    columns = (
        Column("setting", right=False),
        Column("value", right=False),
        Column("origin", right=False, needed=1),
        Column("meaning", right=False, shrinks=True),
    )
    return _reply(Listing("setting", columns, records, rows))


def aliases_view(desk: Desk) -> Reply:
    """Aliases."""
    records = [{"name": name, "text": text} for name, text in desk.aliases.items()]
    rows = [(line((name, "name")), line((text, "text"))) for name, text in desk.aliases.items()]
    columns = (Column("alias", right=False), Column("stands for", right=False, shrinks=True))
    return _reply(Listing("alias", columns, records, rows, "There are no aliases: 'alias NAME COMMAND' makes one."))


def mocks_view(desk: Desk) -> Reply:
    """Answers that a person has put in place of recorded ones."""
    session = desk.session
    columns = session.timeline.columns
    found: list[tuple[str, Any, int]] = []
    for mock in session.mocks.values():
        codes = columns.matching(lambda shape, name=mock.name: name in (shape.component_name, shape.component))  # type: ignore[misc]
        found.append((mock.name, mock.answer, sum(len(columns.shape_rows[c]) for c in codes if columns.edge[c] == 2)))
    found += [(f"#{end}", answer, 1) for end, answer in session.answers.items()]
    records = [{"name": name, "answer": answer} for name, answer, _ in found]
    rows = [(line((name, "name")), value_line(answer, _WIDEST_VALUE, desk.signs)) for name, answer, _ in found]
    shown = (Column("in place of", right=False), Column("answer", right=False, shrinks=True))
    return _reply(
        Listing("mock", shown, records, rows, "Everything is shown as it was recorded; 'mock NAME JSON' changes that.")
    )


def session_view(desk: Desk) -> Reply:
    """The run as a whole, as far as it was read."""
    session, timeline = desk.session, desk.session.timeline
    desk.read_on()
    known = timeline.statistics()
    frontier = timeline.frontier
    state = session.state
    size = session.path.stat().st_size if session.path is not None and session.path.exists() else None
    tokens, cost = state.total("tokens", frontier), state.total("cost", frontier)
    facts: dict[str, Any] = {
        "trace": str(session.path) if session.path is not None else None,
        "bytes": size,
        "events": known.events,
        "lanes": known.lanes,
        "began": timeline.began,
        "duration_s": round(state.total("elapsed", frontier), 3),
        "calls": state.total("calls", frontier),
        "tokens": tokens,
        "cost": cost,
        "errors": state.total("errors", frontier),
        "open_spans": known.open_spans,
        "invalid_lines": known.invalid_lines,
        "torn_bytes": known.torn_bytes,
    }
    shown: list[tuple[str, Line]] = []
    if session.path is not None:
        shown.append(("trace", line((str(session.path), "place"), (f"  {format_bytes(size or 0)}", "dim"))))
    shown += [
        ("run", line((counted(known.events, "event"), ""), (f" on {counted(known.lanes, 'lane')}", ""))),
        (
            "time",
            line(
                (format_time(timeline.began), "time"), (f"  {format_offset(state.total('elapsed', frontier))}", "dim")
            ),
        ),
        (
            "used",
            line(
                f"{counted(int(facts['calls']), 'model call')}, {format_count(tokens)} tokens, {format_money(cost)}, "
                f"{counted(int(facts['errors']), 'error')}"
            ),
        ),
    ]
    for number, sentence in (
        (known.open_spans, f"{counted(known.open_spans, 'call')} never ended: the program crashed, or still runs"),
        (known.invalid_lines, f"{counted(known.invalid_lines, 'line')} of the file {_no_events(known.invalid_lines)}"),
        (known.torn_bytes, f"the last line was never finished ({format_bytes(known.torn_bytes)})"),
    ):
        if number:
            shown.append(("", (Piece(sentence, "warning"),)))
    shown.append(("cursor", line((desk.named(desk.moment), "kind"))))
    return Reply((Facts("session", facts, shown),), value=lambda: facts)


def _no_events(number: int) -> str:
    return "is no event" if number == 1 else "are no events"


_INFO = {
    "session": session_view,
    "lanes": lanes_view,
    "marks": marks_view,
    "breakpoints": breakpoints_view,
    "displays": displays_view,
    "settings": settings_view,
    "aliases": aliases_view,
    "mocks": mocks_view,
}
INFO_WORDS = {
    "session": "the run as a whole",
    "lanes": "strands of work at this moment",
    "marks": "moments with a name",
    "breakpoints": "where it stops",
    "displays": "what is shown at stops",
    "settings": "what can be set",
    "aliases": "your own verbs",
    "mocks": "answers in place of recorded ones",
    "tape": "recorded answers of a rerun",
}
"""What `info` knows, with its meaning."""


def info(desk: Desk, rest: str) -> Reply:
    """One of the lists, by the beginning of its name."""
    if not rest:
        raise UsageError("Info about what?", try_=f"One of {', '.join(INFO_WORDS)}.")
    found = [word for word in INFO_WORDS if word.startswith(rest)]
    if len(found) != 1:
        what = "could be several" if found else "is nothing that 'info' knows"
        raise UsageError(f"'{rest}' {what}", why=", ".join(found or INFO_WORDS))
    if found[0] == "tape":
        raise UsageError(
            "There is no tape here", why="a replay executes nothing, so it needs no recorded answers; a rerun does"
        )
    return _INFO[found[0]](desk)
