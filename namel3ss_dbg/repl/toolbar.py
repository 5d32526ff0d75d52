"""The line at the bottom of the screen: what this is, where we are, what it has cost so far, and a few keys.

What does not fit is dropped from the right, where the least matters; the path of calls loses its outer part.
"""

from __future__ import annotations

from collections.abc import Iterator

from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.formatted_text.utils import fragment_list_width

from ..commands.dialogue import Dialogue
from ..events import Moment
from ..render.formats import format_count, format_money
from ..render.pieces import ASCII, cells, harmless
from ..timeline.session import DebugSession

KEYS = ("F5 go", "F10 next", "F11 step", "M-← back", "F1 help")
"""What a person who knows nothing of this program may press."""

_BAR = 10
_TOTALS = ("tokens", "cost")
_SHORT = 24
# What the path may always take; in a wide window it leaves half of it to the rest.
_WHOLE = "app"
# The outermost call is the run itself, which goes without saying.


def toolbar(dialogue: Dialogue, width: int) -> StyleAndTextTuples:
    """The toolbar as prompt-toolkit wants it, never wider than `width`."""
    shown: StyleAndTextTuples = [
        ("class:toolbar.mode", f" {mode_of(dialogue)} "),
        ("class:toolbar.place", f" {place_of(dialogue.session)} "),
    ]
    left = width - fragment_list_width(shown)
    if path := _path(dialogue, min(left - 2, max(width // 2, _SHORT))):
        shown.append(("class:toolbar.path", f" {path} "))
        left -= cells(path) + 2
    for style, text in _rest(dialogue):
        left -= cells(text) + 2
        if left < 0:
            break
        shown.append((style, f" {text} "))
    return shown


def sum_up(session: DebugSession) -> None:
    """Count what the toolbar shows as far as the run is known: a sum is quick where the one before is known."""
    for name in _TOTALS:
        session.state.total(name, session.timeline.frontier)


def mode_of(dialogue: Dialogue) -> str:
    """What kind of session this is, in a word."""
    timeline = dialogue.session.timeline
    if dialogue.python is not None:
        return "PYTHON"
    if timeline.index is not None:
        return "REPLAY"
    return "ENDED" if timeline.closed else "LIVE"


def place_of(session: DebugSession) -> str:
    """Where the cursor is, and how far the run is known: `#4/13`, with a plus while there is more to read."""
    moment = f"#{session.moment}" if session.moment >= 0 else "start"
    return f"{moment}/{session.timeline.frontier}{'' if session.timeline.closed else '+'}"


def _path(dialogue: Dialogue, room: int) -> str:
    """The open calls, the innermost last; what does not fit is left out from the outside."""
    session, signs = dialogue.session, dialogue.signs
    between = f" {signs.inside} "
    path = ""
    for start in session.frames(dialogue.lane):
        if session.timeline.columns.shape_at(start).component == _WHOLE:
            break
        longer = f"{_label(session, start)}{between}{path}" if path else _label(session, start)
        if cells(longer) > room:
            outer = f"{signs.cut}{between}{path}"
            return outer if path and cells(outer) <= room else path
        path = longer
    return path


def _label(session: DebugSession, start: Moment) -> str:
    shape = session.timeline.columns.shape_at(start)
    if shape.event_type == "agent_turn_start":
        event = session.timeline[start]
        return harmless(f"turn {event.metadata.get('turn', event.inputs.get('turn', '?'))}")
    return harmless(shape.component_name or shape.component)


def _rest(dialogue: Dialogue) -> Iterator[tuple[str, str]]:
    """What is dropped first where there is no room, the last first."""
    session, signs = dialogue.session, dialogue.signs
    yield "", f"{format_count(session.state.total('tokens', session.moment))} tok"
    if cost := session.state.total("cost", session.moment):
        yield "", format_money(cost)
    full = round(_BAR * (session.moment + 1) / max(len(session.timeline), 1))
    yield "class:toolbar.bar", signs.bar * full + ("." if signs is ASCII else "░") * (_BAR - full)
    if len(session.breakpoints):
        yield "", f"{len(session.breakpoints)} bp"
    columns = session.timeline.columns
    if len(columns.lane_rows) > 1:
        here = dialogue.here
        yield "", f"lane {columns.lane[here] if here >= 0 else 0}/{len(columns.lane_rows) - 1}"
    for key in KEYS:
        yield "class:toolbar.keys", key.replace("←", "<-") if signs is ASCII else key
