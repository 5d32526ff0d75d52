"""`python -m tests.fuzz --traces 100000`: damages so many files and takes each through our doors."""

from __future__ import annotations

import argparse
import sys

from .runner import Outcome, fuzz


def main() -> int:
    """Fuzz; 1 when something went wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--traces", type=int, default=1_000, help="how many cases")
    parser.add_argument("--first", type=int, default=0, help="the number of the first; alone with --traces 1, again")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--longest", type=float, default=20.0, help="seconds that a case may take")
    asked = parser.parse_args()
    known: set[str] = set()

    def progress(number: int, outcome: Outcome) -> None:
        if outcome.findings and outcome.findings[-1].number == number:
            finding = outcome.findings[-1]
            if finding.place not in known:
                known.add(finding.place)
                sys.stdout.write(f"\n#{number} {finding.kind}\n{finding.what}\n")
        if (number + 1) % 5_000 == 0:
            sys.stdout.write(f"{outcome.summary}\n")
        sys.stdout.flush()

    outcome = fuzz(
        range(asked.first, asked.first + asked.traces), seed=asked.seed, longest_s=asked.longest, progress=progress
    )
    sys.stdout.write(f"{outcome.summary}\n")
    return 1 if outcome.findings else 0


if __name__ == "__main__":
    sys.exit(main())
