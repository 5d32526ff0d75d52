"""How places are written: the parser and its value, which know nothing of any trace.

The forms are listed in `places`. A name that looks like something else is put in double quotes: `tool:"a:2"`.
"""

from __future__ import annotations

import re
from typing import Literal

import attrs

from ..events import PlaceError, TraceEventType, closes, opens, span_of
from .kinds import RESERVED

Extreme = Literal["slowest", "costliest"]

KNOWN = frozenset({*RESERVED, *TraceEventType, *map(span_of, TraceEventType), "memory"})
"""The words that mean kinds of events in every trace."""

_NUMBER = re.compile(r"#?(-?\d+)\Z")
_RELATIVE = re.compile(r"\.([+-]\d+)?\Z")
_ELAPSED = re.compile(r"@(\d+(?:\.\d+)?)\s*(ms|s|m)?\Z")
_CLOCK = re.compile(r"@(\d{1,2}):(\d\d)(?::(\d\d(?:\.\d+)?))?\Z")
_AT_EDGE = re.compile(r"(?:\A|\s+)at\s+(start|end)\Z")
_LINE = re.compile(r"(.+\.[A-Za-z]\w*):(\d+)(?::(-?\d+))?\Z")
_SPACED = re.compile(r"""([^\s:"'#@]+)\s+(-?\d+)\Z""")
_KIND = re.compile(r"""("[^"]+"|[^:"'#@.+][^:"]*?)(?::("[^"]+"|.+?))??(?::(-?\d+))?\Z""")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0}
_MISWRITTEN = {
    "#": ("an event's number follows the #", "Try #7."),
    "@": ("a time follows the @", "Try @1.5s after the beginning, or @14:03:07 by the clock."),
    ".": ("a number of events follows the dot", "Try .+3 or .-2."),
    "+": ("a dot stands before it", "Try .+3 for three events further."),
}


@attrs.frozen
class Place:
    """A parsed text; what it means depends on a timeline."""

    text: str
    number: int | None = None
    """A moment, from the end when it is negative."""
    relative: int | None = None
    elapsed_s: float | None = None
    clock: tuple[int, int, float] | None = None
    mark: str | None = None
    file: str | None = None
    line: int | None = None
    extreme: Extreme | None = None
    word: str | None = None
    """A kind of events, an event's id, or a component's name."""
    name: str | None = None
    occurrence: int | None = None
    """Counted from 1, or from the end when it is negative."""
    at_end: bool = False

    @property
    def is_set(self) -> bool:
        """Whether it may mean several events: it is a kind or a line, not one moment."""
        return self.extreme is None and (self.word is not None or self.line is not None)


def parse_place(text: str) -> Place:
    """What a text says, without asking any trace.

    Raises:
        PlaceError: It can't name a moment of any trace.
    """
    body = text.strip()
    edge = _AT_EDGE.search(body)
    if edge is None:
        return _parsed(text, body)
    return attrs.evolve(_parsed(text, body[: edge.start()]), at_end=edge[1] == "end")


def _parsed(text: str, body: str) -> Place:
    if not body:
        raise PlaceError(text, why="there is nothing in it", try_="Write a number, llm:2, agent:NAME or FILE:LINE.")
    word, _, rest = body.partition(" ")
    if rest and (word in ("first", "last", "slowest", "costliest")):
        return _of_several(text, word, rest.strip())
    return _moment(text, body) or _line(text, body) or _kind(text, body)


def _moment(text: str, body: str) -> Place | None:
    """A text that means one moment whatever a trace holds."""
    if body in ("$", "last", "first"):
        return Place(text, number=0 if body == "first" else -1)
    if body in ("slowest", "costliest"):
        return Place(text, extreme="slowest" if body == "slowest" else "costliest")
    if found := _NUMBER.match(body):
        return Place(text, number=int(found[1]))
    if found := _RELATIVE.match(body):
        return Place(text, relative=int(found[1] or 0))
    if found := _ELAPSED.match(body):
        return Place(text, elapsed_s=float(found[1]) * _UNITS[found[2] or "s"])
    if found := _CLOCK.match(body):
        return _clock(text, int(found[1]), int(found[2]), float(found[3] or 0))
    if body[0] == "'" and len(body) > 1:
        return Place(text, mark=body[1:].removesuffix("'"))
    return None


def _clock(text: str, hour: int, minute: int, second: float) -> Place:
    if hour > 23 or minute > 59 or second >= 60:
        raise PlaceError(text, why="there is no such time of day")
    return Place(text, clock=(hour, minute, second))


def _line(text: str, body: str) -> Place | None:
    found = _LINE.match(body)
    first = body.partition(":")[0]
    if not found or first in KNOWN or opens(first) or closes(first):  # `tool:v1.x:2` is no file
        return None
    return Place(text, file=found[1], line=int(found[2]), occurrence=_counted(text, found[3], f"{found[1]}:{found[2]}"))


def _kind(text: str, body: str) -> Place:
    if found := _SPACED.match(body):
        return Place(text, word=found[1], occurrence=_counted(text, found[2], found[1]))
    found = _KIND.match(body)
    if not found:
        why, try_ = _MISWRITTEN.get(body[0], ("it is neither a number, a kind of events nor a line", "Try llm:2."))
        raise PlaceError(text, why=why, try_=try_)
    word, name, number = found[1].strip(), found[2], found[3]
    named = name.strip().strip('"') if name is not None else None
    return Place(text, word=word.strip('"'), name=named, occurrence=_counted(text, number, word))


def _of_several(text: str, word: str, rest: str) -> Place:
    """`first llm`, `last error`, `slowest tool`."""
    place = _parsed(text, rest)
    if not place.is_set or (place.occurrence is not None and word in ("first", "last")):
        raise PlaceError(text, why=f"'{rest}' is not a kind of events", try_=f"Try {word} llm.")
    if word in ("first", "last"):
        return attrs.evolve(place, occurrence=1 if word == "first" else -1)
    if place.line is not None or (place.occurrence or 1) < 1:
        raise PlaceError(text, why=f"'{rest}' is not a kind of calls", try_=f"Try {word} llm:2 for the second.")
    return attrs.evolve(place, extreme="slowest" if word == "slowest" else "costliest")


def _counted(text: str, number: str | None, word: str) -> int | None:
    if number is None:
        return None
    if int(number) == 0:
        raise PlaceError(text, why="occurrences count from 1", try_=f"Try {word}:1 for the first {word}.")
    return int(number)


def spelled(word: str, name: str) -> str:
    """A kind and a component's name as a place, the name in quotes when it would be read as something else."""
    quotes = ":" in name or _NUMBER.match(name) or _AT_EDGE.search(name) or name != name.strip()
    return f'{word}:"{name}"' if quotes and '"' not in name else f"{word}:{name}"
