"""The sum of what a run's events say they used.

An agent's end often repeats what the calls inside it used. So what a span used counts only when nothing inside it says
so too, as in every analysis of a trace; also when what is inside ends later.
"""

from __future__ import annotations

from typing import Any

from .span import Span

_MOST = 1e300  # beyond it a sum is none
_INSIDE = 0.0
"""What a span counts for when something inside it counts."""


class Sum:
    """Adds up tokens, or dollars."""

    def __init__(self, name: str, nothing: float) -> None:
        self._name = name
        self.total = nothing

    def add(self, amount: Any, around: Span | None, span: Span | None = None) -> None:
        """Count what a span says it used, or an event that is none; `around` is the span around it."""
        if not isinstance(amount, int | float) or not 0 < abs(amount) < _MOST:
            return
        name = self._name
        if span is not None:
            if span.counted.get(name) == _INSIDE:
                return
            span.counted = {**span.counted, name: amount}
        self.total += amount
        while around is not None and (counted := around.counted.get(name)) != _INSIDE:
            self.total -= counted or 0
            around.counted = {**around.counted, name: _INSIDE}
            around = around.outer
