"""Numbers as people read them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from namel3ss_dbg.render.formats import (
    format_bytes,
    format_cost,
    format_count,
    format_mb,
    format_money,
    format_ms,
    format_offset,
    format_share,
    format_time,
)


@pytest.mark.parametrize(("ms", "text"), [
    (None, "-"), (math.nan, "-"), (0, "0 ms"), (0.4, "0.4 ms"), (0.42, "0.42 ms"), (9.99, "9.99 ms"), (9.996, "10 ms"),
    (85, "85 ms"), (999.4, "999 ms"), (999.6, "1.00 s"), (1240, "1.24 s"), (5123.4, "5.12 s"), (9996, "10.0 s"),
    (72_000, "72.0 s"), (99_960, "1 min 40 s"), (123_000, "2 min 03 s"), (3_599_900, "1 h 00 min"), (-85, "-85 ms"),
])  # fmt: skip
def test_durations_have_about_three_digits(ms: float | None, text: str) -> None:
    """And never round up to a number that belongs to the next unit."""
    assert format_ms(ms) == text


@pytest.mark.parametrize(("dollars", "text"), [
    (None, "-"), (0, "$0"), (0.0042, "$0.0042"), (0.000013, "$0.000013"), (0.83, "$0.83"), (0.999, "$1.00"),
    (12.3, "$12.30"), (1234.5, "$1,234.50"), (-0.05, "-$0.050"), (math.inf, "-"),
])  # fmt: skip
def test_money_has_digits_that_say_something(dollars: float | None, text: str) -> None:
    """A call that costs a hundredth of a cent does not cost nothing."""
    assert format_money(dollars) == text


@pytest.mark.parametrize(("count", "text"), [
    (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (12_345, "12.3 kB"), (999_960, "1.0 MB"), (4_500_000, "4.5 MB"),
    (7e9, "7.0 GB"), (5e12, "5.0 TB"),
])  # fmt: skip
def test_sizes_are_decimal(count: float, text: str) -> None:
    """A kilobyte is a thousand bytes, as its name says."""
    assert format_bytes(count) == text


@pytest.mark.parametrize(("count", "text"), [
    (None, "-"), (151, "151"), (1234, "1,234"), (9_999, "9,999"), (9_999.6, "10.0k"), (71_060, "71.1k"),
    (999_960, "1.0M"), (39_676_044, "39.7M"), (5e9, "5.0G"),
])  # fmt: skip
def test_counts_are_exact_while_they_are_short(count: float | None, text: str) -> None:
    """Up to four digits all of them are shown."""
    assert format_count(count) == text


@pytest.mark.parametrize(("dollars", "unpriced", "text"), [
    (0.0042, 0, "$0.0042"), (0, 0, "$0"), (0.0042, 3, "≥ $0.0042"), (0, 3, "unknown"),
])  # fmt: skip
def test_a_cost_says_what_it_lacks(dollars: float, unpriced: int, text: str) -> None:
    """A sum of known prices is the least that it may be; without any it is not 0."""
    assert format_cost(dollars, unpriced) == text


@pytest.mark.parametrize(("share", "text"), [(0, "0 %"), (0.001, "<1 %"), (0.12, "12 %"), (1, "100 %"), (None, "-")])
def test_a_small_share_is_not_nothing(share: float | None, text: str) -> None:
    """What is there but small says so."""
    assert format_share(share) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.848, "+0.85 s"), (-1, "-1.00 s"), (3_700, "+1 h 01 min"), (-200, "-3 min 20 s")]
)
def test_offsets_have_their_sign(seconds: float, text: str) -> None:
    """Also where a clock went back."""
    assert format_offset(seconds) == text


def test_memory_has_one_decimal() -> None:
    """Unknown memory is a dash."""
    assert (format_mb(143.036), format_mb(None)) == ("143.0 MB", "-")


@given(st.floats())
def test_any_number_has_a_text(number: float) -> None:
    """Nothing that a trace holds makes a format fail."""
    texts = [format_ms(number), format_money(number), format_count(number), format_share(number), format_time(number)]

    assert all(texts)
