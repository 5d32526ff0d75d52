"""The benchmark says what it measured, skips what is not there, and calls a missed target by its name."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from benchmarks.checks import CHECKS, Check
from benchmarks.measure import BenchmarkError, Measurements, Setting
from benchmarks.table import lines, rows
from benchmarks.traces import write_trace
from namel3ss_dbg.trace.index import TraceIndex

ROOT = Path(__file__).parents[1]


def _measured(folder: Path, events: int = 1_000, **figures: float) -> Measurements:
    measured = Measurements(Setting(events, events, folder))
    for cell, value in figures.items():
        measured.note(cell, {"cpu": value})
    return measured


def test_a_trace_is_the_same_each_time(tmp_path: Path) -> None:
    """Two machines measure with the same bytes."""
    one, other = tmp_path / "one.jsonl", tmp_path / "other.jsonl"

    write_trace(one, 3_000)
    write_trace(other, 3_000)

    assert one.read_bytes() == other.read_bytes()


def test_a_trace_is_like_those_of_a_busy_app(tmp_path: Path) -> None:
    """It has the events that were asked for, of the size and in the variety that the module says, all well linked."""
    path = tmp_path / "trace.jsonl"
    write_trace(path, 20_000)

    with TraceIndex(path, use_sidecar=False) as index:
        columns = index.finish().columns

        assert columns.count == 20_000
        assert columns.invalid == 0
        assert 450 < index.position / columns.count < 600
        assert 200 < len(columns.shapes) < 400
        assert len(columns.lane_rows) > 100
        assert list(columns.parent).count(-1) == 1
        assert max(columns.depth) >= 5
        assert any(orjson.loads(index.line(row)).get("error") for row in range(columns.count))


@pytest.mark.parametrize(
    ("check", "ratio", "events", "said"),
    [
        (Check("", "a", "b", "", at_least=2), 2.0, 1, (">= 2", "ok")),
        (Check("", "a", "b", "", at_least=2), 1.99, 1, (">= 2", "FAIL")),
        (Check("", "a", "b", "", at_most=2), 2.0, 1, ("<= 2", "ok")),
        (Check("", "a", "b", "", at_most=2), 2.01, 1, ("<= 2", "FAIL")),
        (Check("", "a", "b", "", at_most=0), 0.0, 1, ("<= 0", "ok")),
        (Check("", "a", "b", "", at_least=0.01, each_event=True), 99.0, 10_000, (">= 100", "FAIL")),
        (Check("", "a", "b", "", at_most=2, judged_from=10), 3.0, 9, ("<= 2", "-")),
    ],
)
def test_a_check_judges_a_ratio(check: Check, ratio: float, events: int, said: tuple[str, str]) -> None:
    """A target holds at its bound, may grow with the trace, and is not asked of one that is too small."""
    assert check.judge(ratio, events) == said


def test_a_row_holds_both_figures_and_their_ratio(tmp_path: Path) -> None:
    """What is compared can be read beside the verdict."""
    check = Check("open: peer", "peer", "ours", "a peer", at_least=2)

    (row,) = rows([check], _measured(tmp_path, peer=0.005, ours=0.00125))

    assert (row.ratio, row.verdict, row.above, row.below) == (4.0, "ok", "5 ms", "1.25 ms")


def test_a_row_is_of_medians(tmp_path: Path) -> None:
    """One round on a busy machine does not decide."""
    measured = _measured(tmp_path, ours=2.0)
    measured.note("ours", {"cpu": 90.0})
    measured.note("ours", {"cpu": 3.0})

    assert measured.figure("ours") == 3.0


@pytest.mark.parametrize("module", ["absent", "absent.deeper", "orjson.deeper"])
def test_a_peer_that_is_not_installed_is_skipped(tmp_path: Path, module: str) -> None:
    """Its row says what is missing, in place of a ratio; a package may be there without a part of it."""
    check = Check("open: peer", "peers.absent.load", "ours", "a peer", at_least=2)
    measured = _measured(tmp_path, ours=1.0)
    measured.fail("peers.absent.load", f"Traceback …\nModuleNotFoundError: No module named '{module}'")

    (row,) = rows([check], measured)

    assert (row.ratio, row.verdict, row.against) == (None, "skipped", f"{module} is not installed")
    assert "skipped" in list(lines([row]))[1]


def test_a_cell_of_ours_that_breaks_ends_the_benchmark(tmp_path: Path) -> None:
    """Nothing is left out of the table without a word."""
    with pytest.raises(BenchmarkError, match=r"(?s)opening\.cold.*ModuleNotFoundError"):
        _measured(tmp_path).fail("opening.cold", "ModuleNotFoundError: No module named 'msgspec'")


def test_a_peer_that_breaks_ends_the_benchmark(tmp_path: Path) -> None:
    """Only what is not installed is skipped."""
    with pytest.raises(BenchmarkError, match=r"(?s)peers\.naive\.load.*AssertionError"):
        _measured(tmp_path).fail("peers.naive.load", "AssertionError")


def test_an_unknown_check_is_told(tmp_path: Path) -> None:
    """--only with a name that no check has lists those that there are."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--only", "nothing like this"], cwd=ROOT, capture_output=True, text=True
    )

    assert done.returncode == 2
    assert "no check is called 'nothing like this': emit: floor, " in done.stderr


@pytest.mark.slow
def test_the_smallest_run_fills_every_row(tmp_path: Path) -> None:
    """One round over a small trace measures, or skips with a reason, each of the checks."""
    written = tmp_path / "table.json"
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--events", "2000", "--rounds", "1", "--json", str(written)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stderr
    printed = done.stdout.splitlines()[2:]
    assert len(printed) == len(CHECKS)
    assert all(line.startswith(f"{check.name} ") for line, check in zip(printed, CHECKS, strict=True))
    for row in json.loads(written.read_text())["rows"]:
        assert row["verdict"] in ("ok", "FAIL", "-") if row["ratio"] is not None else "not installed" in row["against"]
