"""Places in time.

Moment `k` means: event k has just happened. At a start the inputs are known and the outcome is not; at an end the
outputs are known.
"""

from __future__ import annotations

from typing import Literal

import attrs

Moment = int
"""The number of an event, counted from 0; its line in the trace file is that plus one."""

BEGINNING: Moment = -1
"""The moment before the first event."""

Direction = Literal[1, -1]
"""Forwards or backwards in time."""

FORWARD: Direction = 1
BACKWARD: Direction = -1

Reason = Literal[
    "entry", "step", "goto", "breakpoint", "watch", "catch", "beginning", "end", "interrupted", "place", "match"
]
"""Why a motion came to rest."""


@attrs.frozen
class Stop:
    """Where the cursor rests, and why."""

    moment: Moment
    reason: Reason
    breakpoint: int | None = None
    """The number of the breakpoint that stopped the motion."""

    @property
    def at_edge(self) -> bool:
        """Whether the motion ran out of history."""
        return self.reason in ("beginning", "end")


@attrs.frozen(order=True)
class Mark:
    """A named moment of one timeline, so that a person can come back to it."""

    moment: Moment
    name: str = attrs.field(order=False)
