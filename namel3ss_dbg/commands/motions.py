"""The verbs that move. Each motion has an `r…` form that goes backwards."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import attrs

from ..events import BACKWARD, FORWARD, Direction, Reason, Stop, UsageError
from ..render.events import source_of
from ..timeline.notation import KNOWN, Place, parse_place, spelled
from ..timeline.patterns import Exactly, Filtered, Lists, Pattern, Strand
from ..trace.columns import Columns
from . import completion
from .arguments import count_of, unquoted
from .desk import Desk
from .reply import Reply
from .search import holds_text
from .table import AnyCommand, Command, Completion

_BACKWARDS = {FORWARD: "after", BACKWARD: "before"}


def _motion(
    name: str,
    letters: tuple[str, ...],
    usage: str,
    summary: str,
    backwards: str,
    move: Callable[[Desk, Direction, str], Reply],
    *,
    details: str = "",
    examples: tuple[str, ...] = (),
    completes: Callable[[Desk, str], Iterable[Completion]] | None = None,
    free_text: bool = False,
) -> tuple[AnyCommand, ...]:
    """A motion and its `r…` form."""
    shared = Command(
        name,
        lambda desk, rest: move(desk, FORWARD, rest),
        "moving",
        usage,
        summary,
        letters,
        details=details,
        examples=examples,
        completes=completes,
        repeats=True,
        free_text=free_text,
    )
    reverse = attrs.evolve(
        shared,
        name=f"r{name}",
        run=lambda desk, rest: move(desk, BACKWARD, rest),
        summary=backwards,
        letters=tuple(f"r{letter}" for letter in letters if letter != "out"),
        details="",
        examples=(),
    )
    return shared, reverse


def _step(desk: Desk, direction: Direction, rest: str) -> Reply:
    return desk.rest(desk.session.cursor.step(direction, count_of(rest)))


def _stepi(desk: Desk, direction: Direction, rest: str) -> Reply:
    return desk.rest(desk.session.cursor.step_any(direction, count_of(rest)))


def _next(desk: Desk, direction: Direction, rest: str) -> Reply:
    return desk.rest(desk.session.cursor.next(direction, count_of(rest)))


def _finish(desk: Desk, direction: Direction, rest: str) -> Reply:
    return desk.rest(desk.session.cursor.finish(direction, count_of(rest)))


def _continue(desk: Desk, direction: Direction, rest: str) -> Reply:
    return desk.rest(desk.session.cursor.resume(direction, count_of(rest)))


def _until(desk: Desk, direction: Direction, rest: str) -> Reply:
    if not rest:
        return _until_line(desk, direction)
    place = parse_place(rest)
    if not place.is_set:
        return _until_moment(desk, direction, place)
    return _until_place(desk, direction, place)


def _until_place(desk: Desk, direction: Direction, place: Place) -> Reply:
    """Like continue, also stopping at the events of a place."""
    session, here = desk.session, desk.moment
    if session.timeline.index is not None:
        session.places.resolve(place, here=here)
    stop = session.cursor.to(session.places.pattern(place, here=here), direction)
    return desk.rest(stop, *_edge(stop, f"There is no {place.text.strip()} {_BACKWARDS[direction]} #{here}."))


def _until_moment(desk: Desk, direction: Direction, place: Place) -> Reply:
    """To a single moment, unless a breakpoint stops before."""
    here = desk.moment
    goal = desk.session.places.resolve(place, here=here)
    if (goal - here) * direction <= 0:
        other = "runtil" if direction == FORWARD else "until"
        raise UsageError(
            f"#{goal} is not {_BACKWARDS[direction]} #{here}", try_=f"'{other} {place.text}' or 'goto {place.text}'."
        )
    return desk.rest(desk.session.cursor.to(desk.session.places.pattern(place, here=here), direction))


def _until_line(desk: Desk, direction: Direction) -> Reply:
    """To a later line of the same file, or backwards an earlier one, on this lane."""
    timeline, here = desk.session.timeline, desk.moment
    events = (timeline[row] for row in (here, *desk.session.frames()) if row >= 0)
    source = next((found for found in map(source_of, events) if found is not None), None)
    if source is None:
        raise UsageError("No line of source is known here", try_="Name a place: until llm, until app.ai:12.")
    goal: Pattern = Lines(source[0], source[1], direction)
    if direction == FORWARD:
        strand = Strand(here)
        goal = Filtered(goal, lambda row: strand.holds(timeline.columns, row), desk.check)
    word = "later" if direction == FORWARD else "earlier"
    return _to_first(desk, direction, goal, f"No {word} line than {source[0]}:{source[1]} ran on this lane", "place")


@attrs.frozen
class Lines(Pattern):
    """The events at the lines of a file behind one of them, or before it."""

    file: str
    line: int
    direction: Direction

    def lists(self, columns: Columns) -> Lists:
        names = enumerate(columns.sources.names)
        return [columns.source_rows[code] for code, source in names if self._is_meant(*source)]

    def _is_meant(self, file: str, line: int) -> bool:
        return file == self.file and (line - self.line) * self.direction > 0


def _to(desk: Desk, direction: Direction, rest: str) -> Reply:
    if not rest:
        raise UsageError("To what?", try_="A kind of events: to llm, to tool get_weather, to error, to app.ai:12.")
    place = parse_place(_kind_and_name(rest))
    if not place.is_set:
        raise UsageError(f"'{rest}' is one moment, not a kind of events", try_=f"'goto {rest}' goes there.")
    return _to_pattern(desk, direction, place)


def _kind_and_name(rest: str) -> str:
    """`tool get_weather` as the place that it means."""
    kind, _, name = rest.partition(" ")
    name = name.strip()
    if kind not in KNOWN or not name or name.lstrip("-").isdigit() or name in ("at end", "at start"):
        return rest
    edge = next((end for end in (" at end", " at start") if name.endswith(end)), "")
    return spelled(kind, unquoted(name.removesuffix(edge))) + edge


def _to_pattern(desk: Desk, direction: Direction, place: Place) -> Reply:
    session, here = desk.session, desk.moment
    if session.timeline.index is not None:
        session.places.resolve(place, here=here)  # in a recording nothing comes that is not there
    pattern = session.places.pattern(place, here=here)
    return _to_first(desk, direction, pattern, f"There is no {place.text.strip()}", "place")


def _to_first(desk: Desk, direction: Direction, goal: Pattern, problem: str, reason: Reason) -> Reply:
    """To the next event of a pattern, unless a breakpoint stops before; in a recording without one, nowhere."""
    cursor, timeline = desk.session.cursor, desk.session.timeline
    if timeline.index is None:
        return desk.rest(cursor.to(goal, direction, reason=reason))
    row = _following(desk, goal) if direction == FORWARD else goal.preceding(timeline.columns, desk.moment)
    if row < 0:
        other = _following(desk, goal) if direction == BACKWARD else goal.preceding(timeline.columns, desk.moment)
        advice = f"'goto {other}' goes to the one {_BACKWARDS[-direction]} it." if other >= 0 else ""
        raise UsageError(f"{problem} {_BACKWARDS[direction]} #{desk.moment}", try_=advice)
    return desk.rest(cursor.to(Exactly(row), direction, reason=reason))


def _following(desk: Desk, goal: Pattern) -> int:
    timeline, seen = desk.session.timeline, desk.moment
    while (row := goal.following(timeline.columns, seen)) < 0:
        seen = timeline.frontier
        if not timeline.extend():
            break
    return row


def _edge(stop: Stop, sentence: str) -> tuple[str, ...]:
    return (sentence,) if stop.at_edge else ()


def _find(desk: Desk, direction: Direction, rest: str) -> Reply:
    text = unquoted(rest) or desk.sought
    if not text:
        raise UsageError("Find what?", try_="find TimeoutError, or /TimeoutError.")
    desk.sought = text
    goal = desk.visible(holds_text(desk.session.timeline, text))
    return _to_first(desk, direction, goal, f"'{text}' is in no event", "match")


def _goto(desk: Desk, rest: str) -> Reply:
    if not rest:
        raise UsageError("Go where?", try_="goto 7, goto $, goto llm:2, goto 'MARK, goto slowest llm.")
    moment = desk.session.places.resolve(rest, here=desk.moment)
    return desk.rest(desk.session.cursor.goto(moment))


def _back(desk: Desk, rest: str) -> Reply:
    return _along(desk, desk.session.cursor.back, rest, "This is the first stop", "'rstep' goes back in time.")


def _forward(desk: Desk, rest: str) -> Reply:
    return _along(desk, desk.session.cursor.forward, rest, "This is the last stop", "'step' goes on in time.")


def _along(desk: Desk, move: Callable[[], Stop | None], rest: str, problem: str, advice: str) -> Reply:
    stop: Stop | None = None
    for _ in range(count_of(rest)):
        moved = move()
        if moved is None:
            break
        stop = moved
    if stop is None:
        raise UsageError(problem, try_=advice)
    return desk.rest(stop)


def _rev(desk: Desk, rest: str) -> Reply:
    word, _, after = rest.partition(" ")
    if not word:
        raise UsageError("Backwards how?", try_="rev next, rev to tool.")
    command = desk.table.find(word)
    if f"r{command.name}" not in desk.table:
        raise UsageError(f"'{command.name}' has no way backwards", try_=f"These have: {', '.join(REVERSIBLE)}.")
    return desk.table.find(f"r{command.name}").run(desk, after.strip())


ROWS: tuple[AnyCommand, ...] = (
    *_motion(
        "step",
        ("s",),
        "[N]",
        "Into this call, else to the next event of this lane.",
        "Back to the event before this one on this lane.",
        _step,
        details="Backwards it is the inverse.",
        examples=("step", "step 5"),
    ),
    *_motion(
        "stepi",
        ("si",),
        "[N]",
        "To the very next event of the run, whatever its lane.",
        "To the very event before, whatever its lane.",
        _stepi,
        examples=("stepi",),
    ),
    *_motion(
        "next",
        ("n",),
        "[N]",
        "On, without entering calls: from a start to its end.",
        "Back, without entering calls: from an end to its start.",
        _next,
        examples=("next", "next 3"),
    ),
    *_motion(
        "finish",
        ("f", "out"),
        "[N]",
        "To the end of the call around this stop.",
        "To the start of the call around this stop.",
        _finish,
        examples=("finish",),
    ),
    *_motion(
        "continue",
        ("c",),
        "[N]",
        "On to a breakpoint, watch or catch, or to the end.",
        "Back to a breakpoint, watch or catch, or the beginning.",
        _continue,
        details="A breakpoint under your feet does not stop you.",
        examples=("continue", "continue 3"),
    ),
    *_motion(
        "until",
        ("unt",),
        "[PLACE]",
        "Like continue, but also stops at a place.",
        "Like rcontinue, but also stops at a place.",
        _until,
        details="Without a place: at a later line than this; backwards, at an earlier one.",
        examples=("until app.ai:42", "until llm at end", "until"),
        completes=completion.places,
    ),
    *_motion(
        "to",
        ("t",),
        "KIND [NAME]",
        "To the next event of a kind: llm, tool, turn, error …",
        "To the previous event of a kind.",
        _to,
        details="A breakpoint on the way stops it. 'help places' lists the words for kinds; a line of source is one, "
        "too.",
        examples=("to llm", "to tool get_weather", "to tool_failed", "to error"),
        completes=completion.kinds,
    ),
    *_motion(
        "find",
        ("/",),
        "TEXT",
        "To the next event that holds a text.",
        "To the previous event that holds a text.",
        _find,
        details="It is looked for in inputs, outputs and errors, whatever the case if it has no capitals. Without a "
        "text, the last one is looked for again.",
        examples=("find 21 °C", "/TimeoutError"),
        free_text=True,
    ),
    Command(
        "goto",
        _goto,
        "moving",
        "PLACE",
        "Jump to a place, forwards or backwards.",
        ("g",),
        details="'help places' lists the ways to name one.",
        examples=("goto 7", "g $", "g 'crash", "g llm:2", "g slowest llm", "g @1.5s"),
        completes=completion.places,
        repeats=True,
    ),
    Command("back", _back, "moving", "[N]", "Back along the places where you stopped.", ("bk",), repeats=True),
    Command(
        "forward", _forward, "moving", "[N]", "Forward again along the places where you stopped.", ("fw",), repeats=True
    ),
    Command(
        "rev",
        _rev,
        "moving",
        "MOTION …",
        "A motion backwards: 'rev next' is 'rnext'.",
        examples=("rev next", "rev to tool"),
        completes=completion.reversible,
        repeats=True,
        free_text=True,
    ),
)
"""The verbs that move."""

REVERSIBLE = tuple(row.name for row in ROWS if any(other.name == f"r{row.name}" for other in ROWS))
