"""Goes through cases one after the other, watches that each comes to its end, and keeps what went wrong."""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import resource
import shutil
import signal
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import attrs

from .cases import Case, case_of

_LONGEST_S = 20.0


class Hang(BaseException):
    """A case did not come to its end; no `except Exception` of ours stops it."""


@attrs.frozen
class Finding:
    """A case that went wrong."""

    number: int
    kind: str
    what: str

    @property
    def place(self) -> str:
        """Its last line and the last frame of ours, by which the same mistake is known again."""
        ours = [line for line in self.what.splitlines() if "namel3ss_dbg" in line or "dap_adapter" in line]
        return f"{self.kind} {ours[-1].strip() if ours else ''} {self.what.strip().splitlines()[-1][:60]}"


@attrs.define
class Outcome:
    """What came of many cases."""

    cases: Counter[str] = attrs.field(factory=Counter)
    findings: list[Finding] = attrs.field(factory=list)
    slowest_s: float = 0.0
    slowest: int = -1
    took_s: float = 0.0

    @property
    def summary(self) -> str:
        """All of it in a line."""
        kinds = ", ".join(f"{count:,} {kind.replace('_', ' ')}" for kind, count in sorted(self.cases.items()))
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        return (
            f"{sum(self.cases.values()):,} cases ({kinds}) in {self.took_s:.0f} s: {len(self.findings)} went wrong; "
            f"the slowest, {self.slowest}, took {self.slowest_s:.2f} s; at most {peak_mb} MB"
        )


def fuzz(
    numbers: range,
    *,
    seed: int = 0,
    longest_s: float = _LONGEST_S,
    choose: Callable[[Random], Case] = case_of,
    most_findings: int = 1_000,
    progress: Callable[[int, Outcome], None] = lambda number, outcome: None,
) -> Outcome:
    """Go through the cases of these numbers; the same seed and number are the same case everywhere."""
    outcome = Outcome()
    began = time.monotonic()
    with _quiet(), _room() as room:
        for number in numbers:
            chance = Random(f"{seed}:{number}")  # noqa: S311 (it is to be had again)
            case = choose(chance)
            folder = room / "case"
            folder.mkdir()
            started = time.monotonic()
            try:
                with _watched(longest_s):
                    case(folder, chance)
            except (Exception, Hang) as problem:
                outcome.findings.append(Finding(number, case.__name__, "".join(traceback.format_exception(problem))))
            took = time.monotonic() - started
            if took > outcome.slowest_s:
                outcome.slowest_s, outcome.slowest = took, number
            outcome.cases[case.__name__] += 1
            outcome.took_s = time.monotonic() - began
            shutil.rmtree(folder)
            progress(number, outcome)
            if len(outcome.findings) >= most_findings:
                break
    return outcome


@contextlib.contextmanager
def _watched(longest_s: float) -> Iterator[None]:
    def ring(number: int, frame: object) -> None:
        raise Hang(f"not done after {longest_s} s")

    before = signal.signal(signal.SIGALRM, ring)
    faulthandler.dump_traceback_later(longest_s * 3, exit=True)  # where even a signal does not get through
    signal.setitimer(signal.ITIMER_REAL, longest_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        faulthandler.cancel_dump_traceback_later()
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def _room() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="fuzz") as room:
        yield Path(room)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """What is logged about damaged values is not interesting here."""
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
