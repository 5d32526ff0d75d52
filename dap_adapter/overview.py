"""Our own requests, for views of a whole run; docs/dap.md describes them.

They answer with what a picture needs and no more: a timeline in as many buckets as it has pixels, a tree by the page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from namel3ss_dbg.events import Moment

from . import asked

if TYPE_CHECKING:
    from .adapter import Adapter

_MOST_COMPARED = 200
"""Model calls that are looked at for one that asked the same llm; beyond, any of the provider's is alike."""


def position(adapter: Adapter, arguments: dict[str, Any]) -> dict[str, Any]:
    """Where the run rests, and how much of it there is."""
    return adapter.position()


def event(adapter: Adapter, arguments: dict[str, Any]) -> dict[str, Any]:
    """All of one event, as it is shown, and where the one before it is that it can be compared with."""
    moment = asked.moment(adapter, arguments)
    return {
        "moment": moment,
        "event": adapter.run.timeline[moment].to_dict(),
        "previousLike": _previous_like(adapter, moment),
    }


def _previous_like(adapter: Adapter, moment: Moment) -> Moment | None:
    """The last event before of the same type and component; of model calls, one that asked the same declared llm."""
    timeline = adapter.run.timeline
    columns, llm = timeline.columns, timeline[moment].metadata.get("llm")
    shape = columns.shape_at(moment)[:3]
    codes = columns.matching(lambda other: other[:3] == shape)
    first = before = columns.previous_of(codes, moment)
    for _ in range(_MOST_COMPARED if llm is not None else 0):
        if before < 0 or timeline[before].metadata.get("llm") == llm:
            break
        before = columns.previous_of(codes, before)
    else:
        before = first
    return before if before >= 0 else None
