"""What a person writes after `break`: a place, and when of all its events to stop."""

from __future__ import annotations

import re

import attrs

from ..events import UsageError

_OPTION = re.compile(r"\s+(?:(after|every)\s+(\d+)|on\s+(?:lane\s+)?(\d+)|(at)\s+(end|start))\Z")
_IF = re.compile(r"(?:\A|\s)if(?:\s+|\Z)")


@attrs.define
class Wanted:
    """What stands after `break`."""

    place: str
    condition: str | None = None
    after: int = 0
    every: int = 1
    lane: int | None = None


def read_wanted(rest: str) -> Wanted:
    """`PLACE [if EXPR] [after N | every N] [on LANE] [at end]`; the options may stand before or after the condition."""
    found = Wanted("")
    place, condition = split_condition(rest)
    place, edge = _without_options(place, found)
    if condition is not None:
        condition, later = _without_options(f" {condition}", found)
        edge = edge or later
        found.condition = condition.strip()
        if not found.condition:
            raise UsageError("The condition after 'if' is missing", try_="break llm if tokens > 100")
    found.place = f"{place.strip()} at {edge}" if edge else place.strip()
    return found


def split_condition(rest: str) -> tuple[str, str | None]:
    """What stands before an `if` that is outside quotes, and what after it."""
    found = next((each for each in _IF.finditer(rest) if rest.count('"', 0, each.start()) % 2 == 0), None)
    return (rest[: found.start()], rest[found.end() :]) if found is not None else (rest, None)


def _without_options(text: str, found: Wanted) -> tuple[str, str]:
    """A text without the options at its end, which are put into `found`, and the edge that was asked for."""
    edge = ""
    while option := _OPTION.search(text):
        text = text[: option.start()]
        word, number, lane, at, which = option.groups()
        if at:
            edge = which
        elif lane:
            found.lane = int(lane)
        elif word == "after":
            found.after = int(number)
        else:
            found.every = int(number)
    return text, edge
