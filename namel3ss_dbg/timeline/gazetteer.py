"""The places that a trace has: what can be typed next, and what to say when somebody names one that it has not.

All of it comes from the shapes and source lines in the index, so a million events cost no more than a thousand.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from ..events import Moment, PlaceError
from ..trace.columns import Columns
from .kinds import ERROR, FAILURES, RESERVED, SPANS, is_of_kind, kinds_in, kinds_of
from .notation import Place, spelled
from .patterns import OfShape, is_same_file

_MOST = 100
_LISTED = 8
_MEANINGS = {
    **{word: f"starts of {word}s" for word in ("agent", "turn", "tool", "prompt", "chain", "step", "validation")},
    "llm": "starts of model calls",
    "app": "the start of the run",
    ERROR: "errors where they were first seen",
    **dict.fromkeys(FAILURES, "ends that failed"),
}
_ONE_MOMENT = {"0": "the first event", "$": "the last event"}
_OF_KIND = {"slowest": "took longest", "costliest": "cost most", "first": "came first", "last": "came last"}


class Suggestion(NamedTuple):
    """A place that could be meant."""

    text: str
    meaning: str
    events: int
    """How many it means."""


def complete(text: str, columns: Columns, marks: Mapping[str, Moment]) -> list[Suggestion]:
    """The places that begin with a text, then those of components whose name holds it."""
    before, space, rest = text.partition(" ")
    if space and before in _OF_KIND:
        found = _matching(rest, _kinds(columns, rest))
        return [Suggestion(f"{before} {each.text}", f"which {_OF_KIND[before]}", 1) for each in found]
    return _matching(text, (*_kinds(columns, text), *_lines(columns), *_marks(marks), *_moments(columns)))


def _matching(text: str, suggestions: Iterable[Suggestion]) -> list[Suggestion]:
    wanted = text.strip().lower()
    begin: list[Suggestion] = []
    inside: list[Suggestion] = []
    for each in suggestions:
        place = each.text.lower()
        if place.startswith(wanted):
            begin.append(each)
        elif wanted in place.partition(":")[2]:
            inside.append(each)
    return [*begin, *inside][:_MOST]


def _kinds(columns: Columns, text: str) -> Iterator[Suggestion]:
    words: dict[str, int] = dict.fromkeys(kinds_in(columns.shape_names), 0)
    named: dict[str, int] = {}
    meaning: dict[str, str] = {}
    for code, shape in enumerate(columns.shape_names):
        count = len(columns.shape_rows[code])
        for word in kinds_of(shape):
            words[word] += count
            if shape.component_name and (word in RESERVED or text.startswith(f"{word}:")):
                place = spelled(word, shape.component_name)
                named[place] = named.get(place, 0) + count
                meaning[place] = f"{_MEANINGS.get(word, word)} of this name"
    yield from (Suggestion(word, _MEANINGS.get(word, "this type of events"), count) for word, count in words.items())
    yield from (Suggestion(place, meaning[place], count) for place, count in named.items())


def _lines(columns: Columns) -> Iterator[Suggestion]:
    for code, (file, line) in enumerate(columns.sources.names):
        rows = columns.source_rows[code]
        shape = columns.shape_at(rows[0])
        yield Suggestion(f"{file}:{line}", f"{shape.component} {shape.component_name or ''}".strip(), len(rows))


def _marks(marks: Mapping[str, Moment]) -> Iterator[Suggestion]:
    return (Suggestion(f"'{name}", f"mark at #{moment}", 1) for name, moment in marks.items())


def _moments(columns: Columns) -> Iterator[Suggestion]:
    if columns.count:
        yield from (Suggestion(text, meaning, 1) for text, meaning in _ONE_MOMENT.items())


def nothing_there(place: Place, columns: Columns) -> PlaceError:
    """What to say when a place that means a kind or a line has no events: which there are, and a guess."""
    if place.line is not None:
        return _no_line(place, columns)
    word, shapes = place.word or "", columns.shape_names
    of_word = [shape for shape in shapes if is_of_kind(word)(shape)]
    if not of_word:
        return _no_kind(place, word, columns)
    names = list(dict.fromkeys(shape.component_name for shape in of_word if shape.component_name))
    if place.name is not None and place.name not in names:
        hint = _closest(place.name, names)
        why = f"it matches nothing in this trace. {_heading(word)} here: {listed(names)}"
        return PlaceError(place.text, why=why, try_=f"Did you mean {spelled(word, hint)}?" if hint else "")
    count = OfShape(is_of_kind(word, place.name, at_end=place.at_end)).count(columns, columns.count)
    what = spelled(word, place.name) if place.name is not None else word
    if place.extreme is not None:
        measure = "a duration" if place.extreme == "slowest" else "a cost"
        return PlaceError(place.text, why=f"no {what} with {measure} has ended so often")
    if place.at_end and not count:
        return PlaceError(place.text, why=f"no {what} has ended in this trace")
    return PlaceError(place.text, why=f"there {'is' if count == 1 else 'are'} only {count} of {what} in this trace")


def _no_line(place: Place, columns: Columns) -> PlaceError:
    file, sources = place.file or "", columns.sources.names
    lines = sorted({line for each, line in sources if is_same_file(each, file)})
    if not lines:
        files = listed(sorted({each for each, _ in sources}))
        return PlaceError(place.text, why=f"that file is not in this trace. Files: {files}")
    if place.line in lines:
        edge = " often enough" if place.occurrence is not None else ""
        return PlaceError(place.text, why=f"nothing there {'has ended' if place.at_end else 'ran'}{edge}")
    return PlaceError(place.text, why=f"nothing ran there. Lines that ran: {listed(lines)}")


def _no_kind(place: Place, word: str, columns: Columns) -> PlaceError:
    known = kinds_in(columns.shape_names)
    names = (shape.component_name or "" for shape in columns.shape_names)
    hint = _closest(word, [*known, *names])
    return PlaceError(
        place.text,
        why=f"it matches nothing in this trace. Kinds here: {listed(known)}",
        try_=f"Did you mean '{hint}'?" if hint else "",
    )


def _heading(word: str) -> str:
    return "Models" if word == "llm" else f"{word.capitalize()}s" if word in SPANS else f"Names of {word}"


def _closest(wanted: str, known: Iterable[str]) -> str | None:
    by_lower = {each.lower(): each for each in known if each}
    found = difflib.get_close_matches(wanted.lower(), by_lower, 1)
    return by_lower[found[0]] if found else None


def listed(things: Iterable[object]) -> str:
    """A list as a sentence shows it: the first few, and how many more there are."""
    texts = [str(thing) for thing in things]
    shown = ", ".join(texts[:_LISTED])
    return f"{shown} and {len(texts) - _LISTED} more" if len(texts) > _LISTED else shown or "none"
