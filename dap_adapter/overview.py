"""Our own requests, for views of a whole run; docs/dap.md describes them.

They answer with what a picture needs and no more: a timeline in as many buckets as it has pixels, a tree by the page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import asked

if TYPE_CHECKING:
    from .adapter import Adapter


def position(adapter: Adapter, arguments: dict[str, Any]) -> dict[str, Any]:
    """Where the run rests, and how much of it there is."""
    return adapter.position()


def event(adapter: Adapter, arguments: dict[str, Any]) -> dict[str, Any]:
    """All of one event, as it is shown, and where the one before it is that it can be compared with."""
    moment, columns = asked.moment(adapter, arguments), adapter.run.timeline.columns
    like = columns.shape_at(moment)[:3]
    before = columns.previous_of(columns.matching(lambda shape: shape[:3] == like), moment)
    return {
        "moment": moment,
        "event": adapter.run.timeline[moment].to_dict(),
        "previousLike": before if before >= 0 else None,
    }
