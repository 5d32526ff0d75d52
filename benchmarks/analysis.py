"""What it costs to say where a run's time, tokens and money went."""

from __future__ import annotations

from namel3ss_dbg.analysis import TraceAnalyzer

from .bench import Bench


def report(bench: Bench) -> None:
    """The whole report on a trace whose index is known."""
    with bench.timed(), TraceAnalyzer(bench.big_known) as analyzer:
        said = analyzer.report
    assert said.summary.events == bench.events
