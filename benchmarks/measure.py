"""Runs cells in fresh processes, one after the other and round after round, and keeps the medians.

What is compared is measured in the same minutes, so that a busy machine is busy for both sides.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from pathlib import Path

import attrs

ROOT = Path(__file__).parents[1]

_ENOUGH_S = 10.0
_LONGEST_S = 600.0
_MISSING = re.compile(r"^ModuleNotFoundError: No module named '([\w.]+)'\Z", re.MULTILINE)

Figure = str
"""What a cell has measured: `opening.cold` is its processor time, `opening.cold:memory` its memory."""


class BenchmarkError(Exception):
    """A cell ended in a way that no missing peer explains."""


@attrs.frozen
class Setting:
    """How much is measured, and where."""

    events: int
    spans: int
    folder: Path


@attrs.define
class Measurements:
    """What was measured so far."""

    setting: Setting
    skipped: dict[str, str] = attrs.field(factory=dict)
    """By cell that could not be measured, why."""
    _seen: dict[Figure, list[float]] = attrs.field(factory=dict)
    _spent_s: dict[str, float] = attrs.field(factory=dict)

    def take(self, cells: Iterable[str], rounds: int, tell: Callable[[str], None]) -> None:
        """Measure each cell once a round; one that has taken long already is not measured again."""
        for number in range(1, rounds + 1):
            for cell in cells:
                if cell not in self.skipped and self._spent_s.get(cell, 0.0) < _ENOUGH_S:
                    tell(f"round {number} of {rounds}: {cell}")
                    self._take_once(cell)

    def figure(self, figure: Figure) -> float | None:
        """The median of a figure; None when its cell was skipped."""
        seen = self._seen.get(figure if ":" in figure else f"{figure}:cpu")
        return statistics.median(seen) if seen else None

    def _take_once(self, cell: str) -> None:
        scratch = tempfile.mkdtemp(dir=self.setting.folder)
        told = json.dumps(attrs.asdict(self.setting) | {"scratch": scratch}, default=str)
        began = time.perf_counter()
        try:
            done = subprocess.run(
                [sys.executable, "-m", "benchmarks.bench", cell, told],
                cwd=ROOT,
                env=_environment(),
                capture_output=True,
                text=True,
                timeout=_LONGEST_S,
                check=False,
            )
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        self._spent_s[cell] = self._spent_s.get(cell, 0.0) + time.perf_counter() - began
        if done.returncode == 0:
            self.note(cell, json.loads(done.stdout.splitlines()[-1]))
        else:
            self.fail(cell, done.stderr.strip() or f"exit code {done.returncode}")

    def note(self, cell: str, told: dict[str, float]) -> None:
        """Keep what a cell has measured."""
        for key, value in told.items():
            self._seen.setdefault(f"{cell}:{key}", []).append(value)

    def fail(self, cell: str, told: str) -> None:
        """Skip a peer that is not installed.

        Raises:
            BenchmarkError: The cell failed for another reason.
        """
        missing = _MISSING.search(told)
        if missing is None or _is_there(missing[1]) or not cell.startswith("peers."):
            raise BenchmarkError(f"The cell '{cell}' failed:\n{told}")
        self.skipped[cell] = f"{missing[1]} is not installed"


def _is_there(module: str) -> bool:
    """Whether a module can be imported; `opentelemetry` alone may come with another package, without its `sdk`."""
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # a package around it is not there
        return False


def _environment() -> dict[str, str]:
    """Ours, without a person's settings for tracing."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("NAMEL3SS_", "OTEL_"))}
