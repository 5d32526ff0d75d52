"""Hit conditions, as clients let people type them: `3`, `==3`, `>=3`, `>3`, `<3`, `<=3`, `%2`.

Hits are counted over the recording, so they mean the same forwards and backwards.
"""

from __future__ import annotations

import re

import attrs

from .errors import Problem, Refused

_CONDITION = re.compile(r"\s*(==|=|>=|<=|>|<|%)?\s*(\d{1,9})\s*\Z")


@attrs.frozen
class Hits:
    """Which hits of a breakpoint stop."""

    after: int = 0
    """So many of the first do not."""
    every: int = 1
    """Of the others only each n-th does."""
    last: int | None = None
    """None after this one does."""


def parse_hits(text: str | None) -> Hits:
    """What a hit condition says; without one every hit stops.

    Raises:
        Refused: It cannot be understood.
    """
    if text is None or not text.strip():
        return Hits()
    found = _CONDITION.match(text)
    if found is None:
        why = "Write 3 for the third hit, >=3 from the third on, or %2 for every other."
        raise Refused(Problem.NOT_EVALUATED, f"'{text}' is not a hit condition. {why}")
    sign, number = found[1] or "==", int(found[2])
    if number == 0 and sign in ("==", "=", "%"):
        raise Refused(Problem.NOT_EVALUATED, "Hits are counted from 1.")
    if sign == "%":
        return Hits(every=number)
    if sign in (">", ">="):
        return Hits(after=max(number - (sign == ">="), 0))
    if sign in ("<", "<="):
        return Hits(last=max(number - (sign == "<"), 0))
    return Hits(after=number - 1, last=number)
