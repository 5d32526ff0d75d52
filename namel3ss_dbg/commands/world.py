"""The verbs that change the world, never the recording: answers in place of recorded ones, shown as `mocked`."""

from __future__ import annotations

import re
from typing import Any

from ..events import Moment, UsageError
from ..render.words import counted
from ..trace.columns import END
from . import completion, listings
from .arguments import first_word, json_of, nothing_after
from .desk import Desk
from .reply import Reply, said
from .table import AnyCommand, Command

_EXAMPLE = '{"text": "It is 4 C."}'
_ONE_CALL = re.compile(r"#(\d+)\Z")


def _answer(desk: Desk, rest: str) -> Reply:
    answer = json_of(rest, _EXAMPLE)
    end = desk.session.answer(answer, at=desk.here)
    return said(f"{desk.named(end)} shows this answer, marked 'mocked'; {_back_by(f'#{end}')}")


def _mock(desk: Desk, rest: str) -> Reply:
    name, text = first_word(rest)
    if not name:
        raise UsageError("Mock what?", try_=f"mock get_weather {_EXAMPLE}, or mock #12 … for one call.")
    answer = json_of(text, f"mock {name} {_EXAMPLE}")
    if found := _ONE_CALL.match(name):
        return _mock_one(desk, int(found[1]), answer)
    desk.session.mock(name, answer)
    count = _answers_of(desk, name)
    return said(
        f"{counted(count, 'answer')} of '{name}' {'is' if count == 1 else 'are'} this one now; {_back_by(name)}"
    )


def _mock_one(desk: Desk, moment: Moment, answer: Any) -> Reply:
    end = desk.session.answer(answer, at=desk.session.places.resolve(f"#{moment}"))
    return said(f"{desk.named(end)} shows this answer, marked 'mocked'; {_back_by(f'#{end}')}")


def _answers_of(desk: Desk, name: str) -> int:
    """How many ends of the recording a name means, as far as its shapes tell."""
    timeline = desk.session.timeline
    columns = timeline.columns
    desk.read_on()
    ends = [code for code in range(len(columns.shape_names)) if columns.edge[code] == END]
    named = [code for code in ends if name in columns.shape_names[code][1:3]]
    if named:
        return sum(len(columns.shape_rows[code]) for code in named)
    calls = (row for code in ends if columns.shape_names[code].component == "llm" for row in columns.shape_rows[code])
    return sum(timeline.recorded(row).metadata.get("llm") == name for row in desk.watched(calls))


def _back_by(name: str) -> str:
    return f"'unmock {name}' shows the recorded one again."


def _unmock(desk: Desk, rest: str) -> Reply:
    session = desk.session
    name, more = first_word(rest)
    nothing_after("unmock NAME", more)
    if not name:
        known = ", ".join((*session.mocks, *(f"#{end}" for end in session.answers))) or "none"
        raise UsageError(f"Unmock what? Mocked: {known}", try_="Write its name, or all.")
    if name == "all":
        gone = len(session.mocks) + len(session.answers)
        for each in list(session.mocks):
            session.unmock(each)
        for end in list(session.answers):
            session.take_back(end)
        return said(f"{counted(gone, 'mock')} gone: everything is shown as it was recorded.")
    if found := _ONE_CALL.match(name):
        session.take_back(int(found[1]))
    else:
        session.unmock(name)
    return said(f"'{name}' is shown as it was recorded.")


def _mocks(desk: Desk, rest: str) -> Reply:
    nothing_after("mocks", rest)
    return listings.mocks_view(desk)


ROWS: tuple[AnyCommand, ...] = (
    Command(
        "answer",
        _answer,
        "changing",
        "JSON",
        "Put an answer in place of that of the call here.",
        details="In a recording only what is shown changes: what follows is still what was recorded.",
        examples=(f"answer {_EXAMPLE}", 'answer "4 degrees"'),
        completes=completion.answers,
        free_text=True,
        block="json",
    ),
    Command(
        "mock",
        _mock,
        "changing",
        "NAME JSON | #N JSON",
        "Put an answer in place of all those of a component.",
        details="Of a component, of a declared model, of a kind such as tool, or with #N of one call.",
        examples=('mock get_weather {"result": "9 degrees"}', f"mock #12 {_EXAMPLE}"),
        completes=completion.mocks,
        free_text=True,
        block="json",
    ),
    Command(
        "unmock",
        _unmock,
        "changing",
        "NAME | #N | all",
        "Show what was recorded again.",
        completes=completion.mocked,
    ),
    Command("mocks", _mocks, "changing", "", "List the answers that stand in place of recorded ones."),
)
"""The verbs that change what is shown of the world."""
