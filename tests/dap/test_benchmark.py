"""The benchmark of the adapter works; what it measures is for `make bench` to judge."""

from __future__ import annotations

import pytest

from benchmarks.dap import BARS, main


@pytest.mark.slow
def test_the_benchmark_prints_every_row(capsys: pytest.CaptureFixture[str]) -> None:
    """Ours beside debugpy's, with what ours is held to."""
    assert main(["--events", "2000", "--rounds", "10"]) == 0

    printed = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[0].strip() for line in printed[2:]] == [bar.figure for bar in BARS]
    assert "debugpy, no timers" in printed[1]
