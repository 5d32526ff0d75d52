"""What is written behind the lines of a file where a run rests: what a call takes, and what it gave and cost.

Only the lines of the calls that are open on the lane are written behind: there are few, and a person is looking there.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from namel3ss_dbg.events import Moment
from namel3ss_dbg.render.events import duration_of, failed, gist_of
from namel3ss_dbg.render.formats import format_count, format_ms

from . import asked
from .configuration import absolute
from .sources import is_same
from .values import short

if TYPE_CHECKING:
    from .adapter import Adapter

_MOST = 100
_LONGEST = 60
_LAST_LINE = 1 << 31


def inline(adapter: Adapter, arguments: dict[str, Any]) -> dict[str, Any]:
    """The lines of a file that there is something to say about, each once: the innermost call says it."""
    path = absolute(Path(asked.text(arguments, "path").replace("\0", "")))
    first, last = asked.whole(arguments, "from", 0), asked.whole(arguments, "to", _LAST_LINE)
    lines: dict[int, str] = {}
    for row in _rows(adapter):
        place = adapter.sources.position(row)
        line = adapter.client.line_out(place.line)
        if place.is_program and first <= line <= last and line not in lines and _is_at(place.source.path, path):
            lines[line] = _text(adapter, row)
    return {"lines": [{"line": line, "text": text} for line, text in sorted(lines.items()) if text]}


def _is_at(found: str | None, path: Path) -> bool:
    return found is not None and is_same(Path(found), path)


def _rows(adapter: Adapter) -> Iterator[Moment]:
    """Where it rests, and the starts of the calls around it, the innermost first."""
    run, here = adapter.run, adapter.run.moment
    frames = run.frames()[:_MOST]
    if here >= 0 and (not frames or run.timeline.columns.match[frames[0]] != here):
        yield here
    yield from frames


def _text(adapter: Adapter, row: Moment) -> str:
    run = adapter.run
    timeline, here = run.timeline, run.moment
    if timeline.columns.match[row] == here:
        return " · ".join(_outcome(adapter, here))
    if row == here:
        event = timeline[row]
        return _failure(event.error or event.status) if failed(event) else _clipped(gist_of(event))
    return f"{format_ms((timeline.elapsed(here) - timeline.elapsed(row)) * 1000)} so far"


def _outcome(adapter: Adapter, end: Moment) -> Iterator[str]:
    """What a call took, in the end, and what it said."""
    timeline = adapter.run.timeline
    event, took = timeline[end], duration_of(timeline, end)
    if took is not None:
        yield format_ms(took)
    if event.tokens_used:
        yield f"{format_count(event.tokens_used)} tok"
    if failed(event):
        yield _failure(event.error or event.status)
    elif said := _clipped(gist_of(event)):
        yield said


def _failure(text: str) -> str:
    return f"✗ {text if len(text) <= _LONGEST else f'{text[: _LONGEST - 1]}…'}"


def _clipped(value: Any) -> str:
    """A value on a short line; nothing when there is none."""
    if value in (None, "", {}, []):
        return ""
    if isinstance(value, str) and len(value) > _LONGEST:
        value = f"{value[: _LONGEST - 1]}…"
    text = short(value)
    return text if isinstance(value, str) or len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
