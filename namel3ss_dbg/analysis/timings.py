"""How long things of one kind took, in the few numbers that a person compares."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Self

import attrs


def percentile(ordered: Sequence[float], percent: float) -> float:
    """The nearest-rank percentile of ascending values: the smallest one that `percent` of them do not exceed.

    It is always one of the values, so that the call that took this long can be found in the trace.
    """
    return ordered[max(math.ceil(percent / 100.0 * len(ordered)), 1) - 1]


@attrs.frozen
class Timings:
    """How long the calls of one kind took, in milliseconds; None where none of them ended."""

    timed: int
    """How many ended, and so have a duration."""
    total_ms: float
    mean_ms: float | None
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    max_ms: float | None

    @classmethod
    def of(cls, durations_ms: Iterable[float]) -> Self:
        """The timings of some durations."""
        ordered = sorted(durations_ms)
        if not ordered:
            return cls(0, 0.0, None, None, None, None, None)
        total = math.fsum(ordered)
        median, slow, slowest = (percentile(ordered, percent) for percent in (50, 95, 99))
        return cls(len(ordered), total, total / len(ordered), median, slow, slowest, ordered[-1])
