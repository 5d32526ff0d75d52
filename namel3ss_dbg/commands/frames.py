"""The verbs that look at calls, lanes and source."""

from __future__ import annotations

import re
from pathlib import Path

from ..events import PlaceError, UsageError
from ..render.events import source_of
from ..render.frame import FrameView
from ..render.frames import FramesView
from ..render.listed import SourceView
from ..render.sources import Excerpt, find_source, read_excerpt
from ..render.words import Words
from ..timeline.patterns import is_same_file
from . import completion, listings
from .arguments import count_of, nothing_after, numbers_of
from .desk import Desk, Listed
from .reply import Reply, shown
from .table import AnyCommand, Command

_SHOWN = 11
_MOST_SHOWN = 2_000
_RANGE = re.compile(r"(\d+)\s*,\s*(\d+)\Z")
_FILE_LINE = re.compile(r"(?:(.+\.\w+):)?(\d+)\Z")


def _where(desk: Desk, rest: str) -> Reply:
    nothing_after("where", rest)
    timeline, frames = desk.session.timeline, desk.frames
    view = FramesView(timeline, desk.moment, lane=desk.lane, frame=desk.frame, signs=desk.signs)
    return shown(view, value=lambda: [{"moment": each, **timeline[each].to_dict()} for each in frames])


def _up(desk: Desk, rest: str) -> Reply:
    last = len(_open_calls(desk)) - 1
    if desk.frame >= last:
        raise UsageError("This is the outermost call", try_="'where' lists them all.")
    return _look_at(desk, min(desk.frame + count_of(rest), last))


def _down(desk: Desk, rest: str) -> Reply:
    _open_calls(desk)
    if desk.frame == 0:
        raise UsageError("This is the innermost call", try_="'step' goes into calls that are made from it.")
    return _look_at(desk, max(desk.frame - count_of(rest), 0))


def _frame(desk: Desk, rest: str) -> Reply:
    number = numbers_of(rest)[0] if rest else desk.frame
    last = len(_open_calls(desk)) - 1
    if number > last:
        raise UsageError(f"There is no frame {number}", why=f"frames are 0 to {last}", try_="'where' shows them.")
    return _look_at(desk, number)


def _open_calls(desk: Desk) -> tuple[int, ...]:
    frames = desk.frames
    if not frames:
        raise UsageError("No call is open here", try_="'step' goes on.")
    return frames


def _look_at(desk: Desk, number: int) -> Reply:
    desk.frame, desk.listed = number, None
    timeline, start = desk.session.timeline, desk.frames[number]
    view = FrameView(timeline, start, number, folders=desk.folders, signs=desk.signs, lines=desk.settings.lines)
    return shown(view, value=lambda: {"frame": number, "moment": start, **timeline[start].to_dict()})


def _lane(desk: Desk, rest: str) -> Reply:
    if not rest:
        return listings.lanes_view(desk)
    lane = desk.session.lanes.lane(numbers_of(rest)[0])
    if desk.moment < 0:
        raise UsageError("Nothing runs at the beginning", try_="'step' goes on.")
    if lane.opened > desk.moment:
        raise UsageError(f"Lane {lane.number} begins at #{lane.opened}", try_=f"'goto {lane.opened}' goes there.")
    desk.lane, desk.frame, desk.listed = lane.number, 0, None
    ended = lane.closed is not None and lane.closed < desk.moment
    notes = [Words((f"Lane {lane.number}, {lane.name}, ended at #{lane.closed}.",))] if ended else []
    view = desk.stop_view(desk.stop_here())
    return shown(*notes, view, value=lambda: {"lane": lane.number, "moment": desk.here, "ended": ended})


# Source


def _list(desk: Desk, rest: str) -> Reply:
    path, first, last = _lines_wanted(desk, rest)
    return _source(desk, path, first, last)


def _lines_wanted(desk: Desk, rest: str) -> tuple[Path, int, int]:
    """File, first and last line that a text means."""
    if not rest and desk.listed is not None:
        return desk.listed.path, desk.listed.last + 1, desk.listed.last + _SHOWN
    if rest in ("", "."):
        path, line = _current(desk)
        return path, *_around(line)
    if found := _RANGE.match(rest):
        first, last = int(found[1]), int(found[2])
        if not first <= last < first + _MOST_SHOWN:
            raise UsageError(f"'{rest}' is no range of lines", try_="list 30,50")
        return _current(desk)[0], first, last
    if found := _FILE_LINE.match(rest):
        path = _found(desk, found[1]) if found[1] else _current(desk)[0]
        return path, *_around(int(found[2]))
    return _declared(desk, rest)


def _around(line: int) -> tuple[int, int]:
    first = max(line - _SHOWN // 2, 1)
    return first, first + _SHOWN - 1


def _declared(desk: Desk, rest: str) -> tuple[Path, int, int]:
    """The source of a place, such as the name of a tool."""
    try:
        row = desk.session.places.resolve(rest, here=desk.moment)
    except PlaceError as problem:
        raise UsageError(
            f"'{rest}' is neither a line nor a place", why=problem.why, try_="list 40, list 30,50, list tool:NAME."
        ) from None
    source = source_of(desk.session.timeline[row]) if row >= 0 else None
    if source is None:
        raise UsageError(f"{desk.named(row)} says no line of source")
    return _found(desk, source[0]), *_around(source[1])


def _current(desk: Desk) -> tuple[Path, int]:
    """The file to list, and the line to begin around."""
    file, line = nearest_source(desk)
    return _found(desk, file), line


def nearest_source(desk: Desk) -> tuple[str, int]:
    """File and line of the frame that is looked at; where none is known, the beginning of the run's first file.

    Raises:
        UsageError: The trace names no source.
    """
    source = current_source(desk)
    if source is not None:
        return source
    files = desk.session.timeline.columns.sources.names
    if not files:
        raise UsageError("This trace names no lines of source")
    return files[0][0], 1


def current_source(desk: Desk) -> tuple[str, int] | None:
    """File and line, as the trace names them, of the frame that is looked at or the nearest that has some."""
    inner = (desk.here,) if desk.frame == 0 and desk.here >= 0 else ()
    for row in (*inner, *desk.frames[desk.frame :]):
        source = source_of(desk.session.timeline[row])
        if source is not None:
            return source
    return None


def _found(desk: Desk, file: str) -> Path:
    path = find_source(file, [*desk.folders, Path.cwd()])
    if path is None:
        raise UsageError(
            f"The source '{file}' is not here",
            why=f"looked in {', '.join(dict.fromkeys(str(each) for each in (*desk.folders, Path.cwd())))}",
            try_="Start the debugger where it is, or put it beside the trace.",
        )
    return path


def _longlist(desk: Desk, rest: str) -> Reply:
    path, first, _ = _lines_wanted(desk, rest or ".")
    line = first + _SHOWN // 2 if rest else _current(desk)[1]
    return _source(desk, path, *declaration_around(_all_lines(path), line))


def declaration_around(lines: list[str], line: int) -> tuple[int, int]:
    """First and last line of the declaration around a line: from one that is not indented to where that ends."""
    first = min(line, len(lines))
    while first > 1 and not _begins(lines[first - 1]):
        first -= 1
    last = first
    while last < len(lines) and (not lines[last].strip() or not _is_outside(lines[last])):
        last += 1
    if last < len(lines) and lines[last].startswith(("}", ")", "]")):
        last += 1
    while last > first and not lines[last - 1].strip():
        last -= 1
    return first, last


def _is_outside(text: str) -> bool:
    return bool(text.strip()) and not text[0].isspace()


def _begins(text: str) -> bool:
    return _is_outside(text) and not text.startswith(("}", ")", "]", "#"))


def _all_lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8", errors="replace").splitlines()
    except OSError as problem:
        raise UsageError(f"'{path}' cannot be read", why=problem.strerror or "") from None


def _source(desk: Desk, path: Path, first: int, last: int) -> Reply:
    lines = _all_lines(path)
    if first > len(lines):
        raise UsageError(f"{path.name} ends at line {len(lines)}", try_="'list .' shows the current line.")
    last = min(last, len(lines))
    excerpt = read_excerpt(str(path), first, around=0, after=last - first)
    if excerpt is None:
        raise UsageError(f"'{path}' cannot be read")
    desk.listed = Listed(path, last)
    view = SourceView(
        excerpt, _line_in(desk, path), _stops_in(desk, path), f"{path.name}:{first}-{last}", signs=desk.signs
    )
    return shown(view, value=lambda: _as_value(excerpt))


def _as_value(excerpt: Excerpt) -> dict[str, object]:
    return {"file": str(excerpt.path), "lines": {str(number): text for number, text in excerpt.lines}}


def _line_in(desk: Desk, path: Path) -> int | None:
    source = current_source(desk)
    return source[1] if source is not None and is_same_file(source[0], str(path)) else None


def _stops_in(desk: Desk, path: Path) -> list[int]:
    places = (each.place for each in desk.session.breakpoints if each.place is not None and each.stops)
    return [place.line for place in places if place.line and place.file and is_same_file(place.file, str(path))]


ROWS: tuple[AnyCommand, ...] = (
    Command("where", _where, "looking", "", "The open calls around this moment.", ("w", "bt")),
    Command("up", _up, "looking", "[N]", "Look from the call around this one.", ("u",)),
    Command("down", _down, "looking", "[N]", "Look from the call inside this one.", ("d",)),
    Command("frame", _frame, "looking", "[N]", "Look from a call; 0 is the innermost."),
    Command(
        "lane",
        _lane,
        "looking",
        "[N]",
        "Look at another lane here; alone, list the lanes.",
        details="Time stays where it is, and motions go on from the stop. 'goto' the event that is shown to follow "
        "that lane.",
        examples=("lane 2",),
        completes=completion.lanes,
    ),
    Command(
        "list",
        _list,
        "looking",
        "[LINE | FIRST,LAST | FILE:LINE | PLACE]",
        "Source around the current line; again, what follows.",
        ("l",),
        details="'list .' goes back to the current line.",
        examples=("list", "list 30,50", "list tool:get_weather"),
        completes=completion.places,
    ),
    Command(
        "longlist",
        _longlist,
        "looking",
        "[PLACE]",
        "The whole declaration around the current line.",
        ("ll",),
        completes=completion.places,
    ),
)
"""The verbs that look at calls and source."""
