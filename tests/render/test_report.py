"""Reports on a screen and as lines."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from namel3ss_dbg.analysis import Report, analyze
from namel3ss_dbg.render.console import PlainPainter
from namel3ss_dbg.render.pieces import ASCII, cells
from namel3ss_dbg.render.report import ReportView
from namel3ss_dbg.render.screen import ScreenPainter
from tests.strategies import Record, timeline_of, traces
from tests.support.weather import weather_records


@pytest.fixture(scope="module")
def report() -> Report:
    return analyze(timeline_of(weather_records()))


def screen(report: Report, width: int = 80) -> str:
    return ScreenPainter(width, color=False).paint(ReportView(report))


def test_the_parts_can_be_had_alone(report: Report) -> None:
    """`--summary`, `--performance` and `--errors` choose."""
    shown = {part: list(ReportView(report, (part,)).plain()) for part in ("summary", "performance", "errors")}

    assert [text.split(" ", 1)[0] for text in shown["errors"]] == ["errors"] * 5 + ["error"] * 2 + ["retry"] * 2
    assert shown["summary"][1].startswith("summary execution_id=exec_weather app=weather status=finished ")
    assert list(ReportView(report).plain()) == [text for part in shown.values() for text in part]


def test_plain_lines_hold_everything(report: Report) -> None:
    """Each call of the critical path, each tool, each error has its line of `key=value`."""
    shown = PlainPainter().paint(ReportView(report)).splitlines()

    assert (
        "tool name=get_weather calls=2 failed=1 failure_rate=0.5 timed=2 total_ms=5233 mean_ms=2616.5 p50_ms=110 "
        "p95_ms=5123 p99_ms=5123 max_ms=5123"
    ) in shown
    assert sum(text.startswith("critical_path ") for text in shown) == report.performance.critical_path_length


def test_a_crash_is_said_with_what_may_be_missing() -> None:
    """Nobody takes a torn trace for a whole one."""
    shown = screen(analyze(timeline_of(weather_records()[:10])), 100)

    assert "✗ no end record: the program was killed, or still runs; the last 50 ms may be missing" in shown
    assert "✗ 6 calls have no end" in shown
    assert "Calls without an end" in shown


def test_what_is_missing_or_broken_is_said(report: Report) -> None:
    """Invalid lines, a torn last line, lost events, and several runs in one file."""
    missing = attrs.evolve(report.summary.missing, events_at_most=3)
    summary = attrs.evolve(report.summary, invalid_lines=2, torn_bytes=4_321, executions=2, missing=missing)
    shown = screen(attrs.evolve(report, summary=summary))

    for text in ("2 lines are no events", "torn (4.3 kB)", "3 events of this run are not in the trace", "holds 2 runs"):
        assert text in shown


def test_many_rows_say_how_many_more_there_are(report: Report) -> None:
    """A screen shows the first of them, the plain lines all."""
    own = [attrs.evolve(report.performance.self_time[0], name=f"tool_{number}") for number in range(40)]
    errors = [report.errors.errors[0]] * 50
    big = attrs.evolve(
        report,
        performance=attrs.evolve(report.performance, self_time=tuple(own)),
        errors=attrs.evolve(report.errors, errors=tuple(errors)),
    )

    assert "Where the time went (12 of 40)" in screen(big)
    assert "… 30 more errors" in screen(big)
    assert sum(text.startswith("error event_index") for text in ReportView(big).plain()) == 50


def test_a_report_can_be_ascii(report: Report) -> None:
    """Bars, rules and signs."""
    assert ScreenPainter(80, color=False, signs=ASCII).paint(ReportView(report, signs=ASCII)).isascii()


@given(traces(), st.integers(60, 140))
def test_no_line_of_any_report_is_wider_than_the_screen(records: list[Record], width: int) -> None:
    """Tables leave columns out and shorten names; nothing wraps."""
    shown = screen(analyze(timeline_of(records)), width)

    assert max(map(cells, shown.splitlines())) <= width
