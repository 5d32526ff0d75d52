"""All verbs as one table."""

from __future__ import annotations

from ..events import UsageError
from . import frames, motions, notes, orders, overviews, rest, stops, values, world
from .table import AnyTable, CommandTable

_R = UsageError(
    "'r' alone could be several commands",
    why="in front it means backwards: rs rstep, rn rnext, rf rfinish, rc rcontinue, rt rto; what pdb calls return is "
    "'finish'",
    try_="Type two letters.",
)

TABLE: AnyTable = CommandTable(
    (
        *motions.ROWS,
        *notes.ROWS,
        *stops.ROWS,
        *orders.ROWS,
        *frames.ROWS,
        *values.ROWS,
        *overviews.ROWS,
        *world.ROWS,
        *rest.ROWS,
    ),
    refused={"r": _R},
)
"""The table that every front end reads."""
