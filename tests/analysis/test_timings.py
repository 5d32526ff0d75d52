"""Percentiles and the numbers that a group of calls is summed up in."""

from __future__ import annotations

import pytest

from namel3ss_dbg.analysis.timings import Timings, percentile


@pytest.mark.parametrize(
    ("percent", "value"), [(1, 1.0), (50, 5.0), (51, 6.0), (90, 9.0), (95, 10.0), (99, 10.0), (100, 10.0)]
)
def test_percentiles_are_of_the_nearest_rank(percent: int, value: float) -> None:
    """The value that at least so many percent do not exceed, never one between two."""
    assert percentile([float(number) for number in range(1, 11)], percent) == value


def test_the_timings_of_one_call_are_its_duration() -> None:
    """A single call is its own median and its own worst case."""
    assert Timings.of([7.0]) == Timings(1, 7.0, 7.0, 7.0, 7.0, 7.0, 7.0)


def test_no_call_that_ended_has_no_timings() -> None:
    """They are unknown, not zero, while the total of nothing is nothing."""
    assert Timings.of([]) == Timings(0, 0.0, None, None, None, None, None)
