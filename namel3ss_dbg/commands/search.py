"""Whether an event holds a text: the quick look at the bytes of its line, and then the slow one at its values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

from ..events import Moment
from ..timeline.timeline import Timeline

_DEEPEST = 50


def holds_text(timeline: Timeline, text: str) -> Callable[[Moment], bool]:
    """A test for the events whose inputs, outputs or error hold a text; one without capitals fits any case."""
    any_case = text == text.lower()
    wanted = text.lower() if any_case else text
    index = timeline.index
    # JSON may spell other letters in two ways, so only a text of ASCII can be looked for in the bytes.
    sought = orjson.dumps(wanted)[1:-1] if text.isascii() and "/" not in text else b""

    def holds(value: Any, depth: int = 0) -> bool:
        if isinstance(value, str):
            return wanted in (value.lower() if any_case else value)
        if isinstance(value, dict):
            return depth < _DEEPEST and any(holds(key) or holds(each, depth + 1) for key, each in value.items())
        if isinstance(value, list):
            return depth < _DEEPEST and any(holds(each, depth + 1) for each in value)
        return value is not None and not isinstance(value, bool) and wanted in str(value)

    def test(moment: Moment) -> bool:
        if index is not None and timeline.overlay is None and sought:
            line = index.line(moment)
            if sought not in (line.lower() if any_case else line):
                return False
        event = timeline[moment]
        return holds(event.inputs) or holds(event.outputs) or holds(event.error)

    return test
