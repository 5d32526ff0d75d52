"""Fuzzing: a slice of the cases, and what the fuzzer itself promises."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from namel3ss_dbg.events import TraceError
from namel3ss_dbg.trace.index import TraceIndex
from tests.fuzz import cases, damage
from tests.fuzz.runner import Hang, fuzz

ROOT = Path(__file__).parents[2]


def assert_nothing_went_wrong(numbers: range, *, seed: int) -> None:
    outcome = fuzz(numbers, seed=seed, most_findings=3)

    assert not outcome.findings, outcome.findings[0]
    assert sum(outcome.cases.values()) == len(numbers)


@pytest.mark.slow
@pytest.mark.parametrize("slice_", range(4))
def test_four_thousand_damaged_files(slice_: int) -> None:
    """Each opens or is refused with a sentence, nothing hangs, and nothing that is shown moves a cursor."""
    assert_nothing_went_wrong(range(slice_ * 1_000, (slice_ + 1) * 1_000), seed=7)


@pytest.mark.parametrize("kind", [kind for kind, _ in cases.CASES])
def test_some_of_each_kind(kind: cases.Case) -> None:
    """The same for a few, on every change."""
    outcome = fuzz(range(12), seed=8, choose=lambda chance: kind, most_findings=1)

    assert not outcome.findings, outcome.findings[0]
    assert outcome.cases == {kind.__name__: 12}


@pytest.mark.parametrize("make", [damage.trace, damage.configuration, damage.program])
def test_a_number_is_enough_to_have_a_case_again(make: Callable[[Random], object]) -> None:
    """The same number is the same damage, another number another."""
    made = [make(Random(f"0:{number}")) for number in (5, 5, 6)]  # noqa: S311

    assert made[0] == made[1] != made[2]


def test_damage_is_of_all_kinds(tmp_path: Path) -> None:
    """Some damaged traces still open, whole or in part; some hold lines that are no events; some do not open."""
    seen = {"whole": 0, "partly": 0, "not at all": 0}
    path = tmp_path / "t.jsonl"
    for number in range(300):
        path.write_bytes(damage.trace(Random(number)))  # noqa: S311
        try:
            with TraceIndex(path, use_sidecar=False) as index:
                columns = index.finish().columns
        except TraceError:
            seen["not at all"] += 1
        else:
            kind = "not at all" if columns.count == columns.invalid else "partly" if columns.invalid else "whole"
            seen[kind] += 1

    assert min(seen.values()) > 10, seen


def test_a_mistake_is_found() -> None:
    """With the number of its case and all that is needed to mend it; the cases after it are gone through."""

    def mistaken(folder: Path, chance: Random) -> None:
        if chance.random() < 0.5:
            (folder / "x").write_text("left behind")
            raise ZeroDivisionError("planted")

    outcome = fuzz(range(20), choose=lambda chance: mistaken)

    assert 0 < len(outcome.findings) < 20
    assert all("ZeroDivisionError: planted" in finding.what for finding in outcome.findings)
    assert outcome.cases == {"mistaken": 20}
    assert f"{len(outcome.findings)} went wrong" in outcome.summary


def test_a_hang_is_found() -> None:
    """A case that does not end is left, even where everything else is caught."""

    def hanging(folder: Path, chance: Random) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with contextlib.suppress(Exception):
                sum(range(1_000))

    (finding,) = fuzz(range(1), choose=lambda chance: hanging, longest_s=0.2).findings

    assert Hang.__name__ in finding.what
    assert "not done after 0.2 s" in finding.what


def test_it_can_be_run_by_hand() -> None:
    """`python -m tests.fuzz` says in a line what it has gone through."""
    words = [sys.executable, "-m", "tests.fuzz", "--traces", "3", "--first", "5"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout.startswith("3 cases (")
    assert ": 0 went wrong;" in done.stdout
