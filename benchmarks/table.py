"""The table that a run prints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import attrs

from .checks import Check
from .measure import Figure, Measurements

_UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "us"), (1e-9, "ns"))
_COUNTED = {"memory": "MB", "lost": "lost", "wrong": "wrong"}


@attrs.frozen
class Row:
    """What came out of one check."""

    check: str
    target: str
    ratio: float | None
    verdict: str
    """`ok`, `FAIL`, `-` where the trace is too small to judge, or `skipped`."""
    above: str
    below: str
    """The two figures that the ratio is of."""
    against: str
    """The peer or floor; of a row that was skipped, why."""


def rows(checks: Iterable[Check], measured: Measurements) -> Iterator[Row]:
    """A row for each check."""
    events = measured.setting.events
    for check in checks:
        above, below = measured.figure(check.above), measured.figure(check.below)
        if above is None or below is None:
            why = next(measured.skipped[cell] for cell in check.cells if cell in measured.skipped)
            yield Row(check.name, check.judge(0.0, events).target, None, "skipped", "", "", why)
            continue
        ratio = above / below if below else 0.0 if not above else float("inf")
        target, verdict = check.judge(ratio, events)
        shown = _shown(check.above, above), _shown(check.below, below)
        yield Row(check.name, target, ratio, verdict, *shown, check.against)


def _shown(figure: Figure, value: float) -> str:
    unit = _COUNTED.get(figure.partition(":")[2])
    if unit is not None:
        return f"{value:,.0f} {unit}"
    size, unit = next((each for each in _UNITS if value >= each[0]), _UNITS[-1])
    return f"{value / size:.3g} {unit}" if value < 100 * size else f"{value / size:.0f} {unit}"


def lines(table: Sequence[Row]) -> Iterator[str]:
    """The table as text."""
    wide = max(len(row.check) for row in table)
    yield f"{'check':{wide}} {'target':>10} {'measured':>10} {'':7} {'above':>9} : {'below':9}  against"
    for row in table:
        ratio = "" if row.ratio is None else f"{row.ratio:,.0f}" if row.ratio >= 1000 else f"{row.ratio:.3g}"
        figures = f"{row.above:>9} : {row.below:9}" if row.above else " " * 21
        yield f"{row.check:{wide}} {row.target:>10} {ratio:>10} {row.verdict:7} {figures}  {row.against}"
