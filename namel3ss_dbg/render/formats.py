"""Numbers as people read them: durations, sizes, money, tokens, shares and times."""

from __future__ import annotations

import math
from datetime import UTC, datetime


def format_ms(ms: float | None) -> str:
    """A duration with three digits or so: `0.42 ms`, `85 ms`, `1.24 s`, `2 min 03 s`; `-` when it is not known."""
    if ms is None or not math.isfinite(ms):
        return "-"
    if ms < 0.0:
        return f"-{format_ms(-ms)}"
    if ms < 9.995:
        return f"{ms:.2f}".rstrip("0").rstrip(".") + " ms"
    if ms < 999.5:
        return f"{ms:.0f} ms"
    seconds = ms / 1000.0
    if seconds < 99.95:
        return f"{seconds:.2f} s" if seconds < 9.995 else f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02} s"
    return f"{minutes // 60} h {minutes % 60:02} min"


def format_offset(seconds: float) -> str:
    """How long after the beginning: `+0.85 s`."""
    if abs(seconds) < 100.0:
        return f"{seconds:+.2f} s"
    return f"{'-' if seconds < 0 else '+'}{format_ms(abs(seconds) * 1000.0)}"


def format_bytes(count: float) -> str:
    """A size in decimal units: `312 B`, `12.3 kB`, `4.5 MB`."""
    if count < 1000:
        return f"{count:.0f} B"
    for unit in ("kB", "MB", "GB"):
        count /= 1000.0
        if count < 999.95:
            return f"{count:.1f} {unit}"
    return f"{count / 1000.0:.1f} TB"


def format_mb(megabytes: float | None) -> str:
    """Memory: `143.0 MB`."""
    return "-" if megabytes is None else f"{megabytes:,.1f} MB"


def format_money(dollars: float | None) -> str:
    """US dollars, with two digits that say something: `$12.30`, `$0.83`, `$0.0042`, `$0`."""
    if dollars is None:
        return "-"
    if dollars == 0 or not math.isfinite(dollars):
        return "$0" if dollars == 0 else "-"
    sign = "-" if dollars < 0 else ""
    amount = abs(dollars)
    if amount >= 0.995:
        return f"{sign}${amount:,.2f}"
    decimals = min(1 - math.floor(math.log10(amount)), 12)
    return f"{sign}${amount:.{decimals}f}"


def format_cost(dollars: float, unpriced_calls: int, at_least: str = "≥") -> str:
    """US dollars of which some may be missing: `$0.0042`, `≥ $0.0042`, or `unknown` when nothing is known of them."""
    if not unpriced_calls:
        return format_money(dollars)
    return f"{at_least} {format_money(dollars)}" if dollars else "unknown"


def format_count(count: float | None) -> str:
    """A number of tokens or calls: `151`, `1,234`, `71.1k`, `39.7M`."""
    if count is None or not math.isfinite(count):
        return "-"
    if abs(count) < 9_999.5:
        return f"{count:,.0f}"
    for unit in ("k", "M"):
        count /= 1000.0
        if abs(count) < 999.95:
            return f"{count:.1f}{unit}"
    return f"{count / 1000.0:,.1f}G"


def format_share(share: float | None) -> str:
    """A part of the whole: `12 %`, and `<1 %` for what is there but small."""
    if share is None or not math.isfinite(share):
        return "-"
    return "<1 %" if 0.0 < share < 0.005 else f"{share * 100.0:.0f} %"


def format_time(seconds: float) -> str:
    """A moment of the calendar, in local time: `2025-11-28 23:20:00`."""
    try:
        return datetime.fromtimestamp(seconds, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    except (OverflowError, OSError, ValueError):
        return "-"
