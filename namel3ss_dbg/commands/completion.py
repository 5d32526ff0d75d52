"""What could be typed next: verbs, and after each verb what its row says. All of it comes from the index."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from ..events import DebugError, ExpressionError, closes, span_of
from ..render.values import json_text
from ..timeline.expressions import parse
from ..timeline.functions import FUNCTIONS
from ..timeline.state import TOTALS, Scope
from .arguments import first_word
from .desk import Desk
from .table import Completion

_MOST = 100
_NAME = re.compile(r"[\w$]+\Z")
_MEMBER = re.compile(r"((?:[^\W\d]\w*)(?:\.\w+|\[[^\[\]]*\])*)\.(\w*)\Z")
_SPLIT_KIND = re.compile(r"([^\W\d]\w*)\s+(?!at\b)(\S*)\Z")
_AFTER_IF = re.compile(r"(?:\A|\s)if\s+")
_OPTIONS = {"if": "only where this is true", "after": "not the first hits", "every": "each n-th hit", "on": "one lane",
            "at end": "at its end instead of its start"}  # fmt: skip

Source = Callable[[Desk, str], Iterable[Completion]]


def complete(desk: Desk, text: str) -> list[Completion]:
    """What could be typed next, given a line up to the cursor."""
    word, blank, rest = text.lstrip().partition(" ")
    if not blank:
        return [each.at(len(text) - len(word)) for each in verbs(desk, word)]
    if word in desk.aliases and word not in desk.table:
        word, _, begun = desk.aliases[word].partition(" ")
        rest = f"{begun} {rest}".lstrip()
    try:
        command = desk.table.find(word)
    except DebugError:
        return []
    if command.completes is None:
        return []
    rest = rest.lstrip()
    begin = len(text) - len(rest)
    talker = desk.python if desk.python is not None else desk
    found = command.completes(talker, rest)
    return [each.at(begin + each.start) for each in islice(found, _MOST)]


def verbs(desk: Desk, word: str) -> Iterator[Completion]:
    """Verbs by their beginning, letters before names, and aliases."""
    for command in desk.table:
        if word in command.letters:
            yield Completion(word, 0, f"{command.name}: {command.summary}")
    for command in desk.table:
        if command.name.startswith(word):
            yield Completion(command.name, 0, command.summary)
    for name, text in desk.aliases.items():
        if name.startswith(word) and desk.python is None:
            yield Completion(name, 0, f"alias of {text}")


def fits(wanted: str, name: str) -> int | None:
    """How well a name fits what was typed: 0 begins so, 1 holds it, 2 holds its letters in order; None: not."""
    wanted, name = wanted.lower(), name.lower()
    if name.startswith(wanted):
        return 0
    if wanted in name:
        return 1
    letters = iter(name)
    return 2 if all(each in letters for each in wanted) else None


def matching(wanted: str, start: int, found: Iterable[Completion]) -> Iterator[Completion]:
    """Those that fit, the best first, each replacing from `start`; loose fits only where there are no others."""
    ranked: dict[int | None, list[Completion]] = {}
    for each in found:
        ranked.setdefault(fits(wanted, each.text), []).append(each)
    best = [*ranked.get(0, ()), *ranked.get(1, ())] or ranked.get(2, [])
    return (each.at(start) for each in best)


def words(options: dict[str, str]) -> Source:
    """A source of some fixed words with their meanings."""
    return lambda desk, rest: matching(rest, 0, (Completion(word, 0, why) for word, why in options.items()))


# Places


def places(desk: Desk, rest: str) -> Iterator[Completion]:
    """Kinds, names, lines, marks and moments of this trace."""
    found = desk.session.places.complete(rest)
    if found:
        yield from (Completion(each.text, 0, each.meaning, each.events) for each in found)
        return
    kind, colon, _ = rest.partition(":")
    every = desk.session.places.complete(f"{kind}:" if colon else "")
    yield from matching(rest, 0, (Completion(each.text, 0, each.meaning, each.events) for each in every))


def kinds(desk: Desk, rest: str) -> Iterator[Completion]:
    """Kinds, then after a blank the names of that kind."""
    spaced = _SPLIT_KIND.match(rest)
    if spaced is None:
        yield from (each for each in places(desk, rest) if each.text not in ("0", "$"))
        return
    kind, name = spaced.groups()
    for each in desk.session.places.complete(f"{kind}:"):
        _, _, bare = each.text.partition(":")
        if bare and fits(name, bare) is not None:
            yield Completion(bare, spaced.start(2), each.meaning, each.events)


def stop_places(desk: Desk, rest: str) -> Iterator[Completion]:
    """Places, then the options of a breakpoint, and in a condition the names of values."""
    condition = _AFTER_IF.search(rest)
    if condition is not None:
        inside = rest[condition.end() :]
        yield from (each.at(each.start + condition.end()) for each in values(desk, inside))
        return
    yield from places(desk, rest)
    before, blank, word = rest.rpartition(" ")
    if blank and before.strip():
        options = (Completion(option, 0, why) for option, why in _OPTIONS.items() if option.startswith(word))
        yield from (each.at(len(before) + 1) for each in options)


def event_places(desk: Desk, rest: str) -> Iterator[Completion]:
    """Kinds and other places, and the names of values of an expression."""
    yield from (each for each in places(desk, rest) if each.text not in ("0", "$"))
    yield from values(desk, rest)


def catches(desk: Desk, rest: str) -> Iterator[Completion]:
    """Kinds of failures, and the components of this trace."""
    columns = desk.session.timeline.columns
    kinds = ("error", "tool_failed", "validation", "llm_failed", "agent_failed", "prompt_failed", "failed")
    failed = dict.fromkeys(
        shape.component_name for shape in columns.shape_names if shape.status == "failed" and shape.component_name
    )
    types = dict.fromkeys(text.partition(":")[0] for text in columns.errors.names if text)
    yield from matching(
        rest,
        0,
        (
            *(Completion(kind, 0, "a kind of failures") for kind in kinds),
            *(Completion(name, 0, "fails here") for name in failed),
            *(Completion(name, 0, "a type of errors here") for name in types),
        ),
    )


def reversible(desk: Desk, rest: str) -> Iterator[Completion]:
    """The motions that have a way backwards."""
    for command in desk.table:
        if f"r{command.name}" in desk.table and command.name.startswith(rest):
            yield Completion(command.name, 0, desk.table.find(f"r{command.name}").summary)


# Values


def values(desk: Desk, rest: str) -> Iterator[Completion]:
    """The names that have a value here, then their keys."""
    member = _MEMBER.search(rest)
    if member is not None:
        yield from _keys(desk, member[1], member[2], member.start(2))
        return
    name = _NAME.search(rest)
    word, start = (name[0], name.start()) if name else ("", len(rest))
    if not word and rest and rest[-1] not in " (,[!<>=+-*/%":
        return
    scope = desk.scope()
    found = [Completion(each, 0, _whence(desk, scope, each)) for each in scope.names()]
    functions = (Completion(f"{each}(", 0, "a function") for each in FUNCTIONS) if word else iter(())
    yield from matching(word, start, (*found, *functions))


def _whence(desk: Desk, scope: Scope, name: str) -> str:
    if name in TOTALS:
        return "counted up to here"
    row = scope.source(name)
    return f"of {desk.named(row)}" if row >= 0 else ""


def _keys(desk: Desk, base: str, word: str, start: int) -> Iterator[Completion]:
    try:
        value = parse(base).evaluate(desk.scope())
    except ExpressionError:
        return
    if isinstance(value, dict):
        found = (Completion(str(key), 0, desk.short(each, 40)) for key, each in value.items())
        yield from matching(word, start, found)


# Numbers and names that a person gave


def breakpoint_numbers(desk: Desk, rest: str) -> Iterator[Completion]:
    """The numbers of breakpoints, with their places."""
    _, _, word = rest.rpartition(" ")
    for each in desk.session.breakpoints:
        if str(each.number).startswith(word):
            yield Completion(str(each.number), len(rest) - len(word), f"{each.kind} {each.text}")


def display_numbers(desk: Desk, rest: str) -> Iterator[Completion]:
    """The numbers of displays, with their expressions."""
    for each in desk.displays:
        if str(each.number).startswith(rest):
            yield Completion(str(each.number), 0, each.text)


def lanes(desk: Desk, rest: str) -> Iterator[Completion]:
    """The lanes that work here."""
    for lane in desk.session.lanes.at(desk.moment):
        if str(lane.number).startswith(rest):
            yield Completion(str(lane.number), 0, f"{lane.name}, since #{lane.opened}")


def aliases(desk: Desk, rest: str) -> Iterator[Completion]:
    """Aliases, with what they stand for."""
    return (Completion(name, 0, text) for name, text in desk.aliases.items() if name.startswith(rest))


def settings(desk: Desk, rest: str) -> Iterator[Completion]:
    """Settings, then the values that one may have."""
    name, blank, value = rest.partition(" ")
    if not blank:
        found = (Completion(each.name, 0, f"{each.meaning}; {_now(desk, each.name)}") for each in desk.settings)
        yield from matching(name, 0, found)
        return
    setting = next((each for each in desk.settings if each.name == name), None)
    if setting is not None:
        choices = setting.choices or (("on", "off") if isinstance(setting.default, bool) else ())
        yield from (Completion(each, len(name) + 1, setting.meaning) for each in choices if each.startswith(value))


def _now(desk: Desk, name: str) -> str:
    return f"now {desk.settings[name].format(getattr(desk.settings, name))}"


def topics(desk: Desk, rest: str) -> Iterator[Completion]:
    """What help is about."""
    for command in desk.table:
        if command.name.startswith(rest):
            yield Completion(command.name, 0, command.summary)


# Files


def paths(desk: Desk, rest: str) -> Iterator[Completion]:
    """Files and folders."""
    folder, slash, begun = rest.rpartition("/")
    place = Path(f"{folder}{slash}" or ".").expanduser()
    try:
        with os.scandir(place) as entries:
            found = sorted((each.name, each.is_dir()) for each in islice(entries, 2_000))
    except OSError:
        return
    for name, is_folder in found:
        if name.startswith(begun) and (begun or not name.startswith(".")):
            yield Completion(
                f"{name}{'/' if is_folder else ''}", len(folder) + len(slash), "folder" if is_folder else ""
            )


def exports(desk: Desk, rest: str) -> Iterator[Completion]:
    """Formats, then files."""
    word, blank, path = rest.partition(" ")
    if not blank:
        formats = {"jsonl": "one event a line", "json": "one document", "csv": "a table of the events"}
        yield from matching(word, 0, (Completion(each, 0, why) for each, why in formats.items()))
        return
    yield from (each.at(each.start + len(word) + 1) for each in paths(desk, path))


# Answers


def answers(desk: Desk, rest: str) -> Iterator[Completion]:
    """An answer in the form of the recorded one of the pending call."""
    start = desk.session.lanes.span_at(desk.moment)
    columns = desk.session.timeline.columns
    if rest or start < 0 or columns.match[start] < 0:
        return
    yield from _forms(desk, columns.match[start], 0)


def mocks(desk: Desk, rest: str) -> Iterator[Completion]:
    """Components that answer, then an answer in the form of their newest one."""
    name, after = first_word(rest)
    columns = desk.session.timeline.columns
    if not after and not rest.endswith(" "):
        names: dict[str, int] = {}
        for code, shape in enumerate(columns.shape_names):
            if closes(shape.event_type) and shape.component_name and span_of(shape.event_type) != "app_load":
                names[shape.component_name] = names.get(shape.component_name, 0) + len(columns.shape_rows[code])
        yield from matching(rest, 0, (Completion(each, 0, "answers", count) for each, count in names.items()))
    elif not after:
        row = desk.session.state.written_by(name, desk.session.timeline.frontier)
        if row >= 0:
            yield from _forms(desk, row, len(rest))


def mocked(desk: Desk, rest: str) -> Iterator[Completion]:
    """What was mocked."""
    session = desk.session
    found = (*session.mocks, *(f"#{end}" for end in session.answers), "all")
    return (Completion(each, 0, "mocked") for each in found if each.startswith(rest))


def _forms(desk: Desk, end: int, start: int) -> Iterator[Completion]:
    outputs = desk.session.timeline.recorded(end).outputs
    if outputs:
        yield Completion(json_text(_emptied(outputs)), start, f"the form of #{end}'s answer")


def _emptied(value: Any) -> Any:
    """A value's form: its keys, with nothing in them."""
    if isinstance(value, dict):
        return {key: _emptied(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_emptied(each) for each in value[:1]]
    return (
        "" if isinstance(value, str) else 0 if isinstance(value, int | float) and not isinstance(value, bool) else value
    )
