"""Measures the debugger against peers and floors: `python -m benchmarks --events 100000`.

Everything is made and measured here and now: the trace, our side, and what it is compared with. Peers that are not
installed are skipped; `pip install -e .[bench]` brings all of them.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import attrs

from .bench import few
from .checks import CHECKS
from .measure import Measurements, Setting
from .opening import prepare
from .table import Row, lines, rows
from .traces import write_trace

_FEWEST, _MOST_SPANS = 1_000, 10_000
_SHORT, _LONG = 50_000, 500_000


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__.partition("\n")[0] if __doc__ else ""
    )
    parser.add_argument("--events", type=int, default=100_000, metavar="N", help="how long the trace is (%(default)s)")
    parser.add_argument("--only", default="", metavar="PATTERN", help="only the checks whose name contains this")
    parser.add_argument(
        "--rounds", type=int, metavar="R", help="how often each thing is measured (5; 3 for a short or a long trace)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the table there too")
    parser.add_argument("--strict", action="store_true", help="exit with 1 when a target is missed")
    arguments = parser.parse_args(given)
    if arguments.events < _FEWEST:
        parser.error(f"--events is at least {_FEWEST:,}: less says nothing")
    if not any(arguments.only in check.name for check in CHECKS):
        parser.error(f"no check is called '{arguments.only}': {', '.join(check.name for check in CHECKS)}")
    return arguments


def main(given: Sequence[str] | None = None) -> int:
    """Measure and print; 1 when `--strict` was given and a target was missed."""
    arguments = _arguments(given)
    checks = [check for check in CHECKS if arguments.only in check.name]
    cells = list(dict.fromkeys(cell for check in checks for cell in check.cells))
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as folder:
        spans = min(arguments.events, _MOST_SPANS)
        setting = Setting(arguments.events, spans, Path(folder))
        _tell("writing the traces")
        _write_traces(setting)
        measured = Measurements(setting)
        measured.take(cells, arguments.rounds or (5 if _SHORT <= arguments.events < _LONG else 3), _tell)
    _tell("")
    table = list(rows(checks, measured))
    load, took_s = os.getloadavg()[0], time.perf_counter() - began
    print(f"{arguments.events:,} events, Python {platform.python_version()}, load {load:.1f}, {took_s:.0f} s")
    print("\n".join(lines(table)))
    if arguments.json is not None:
        _write_json(arguments.json, setting, table)
    return int(arguments.strict and any(row.verdict == "FAIL" for row in table))


def _write_traces(setting: Setting) -> None:
    for name, events in (("big", setting.events), ("small", few(setting.events))):
        path = setting.folder / f"{name}.jsonl"
        write_trace(path, events)
        prepare(path, setting.folder / f"{name}_known.jsonl")


def _write_json(path: Path, setting: Setting, table: list[Row]) -> None:
    told = {"events": setting.events, "python": platform.python_version(), "rows": [attrs.asdict(row) for row in table]}
    path.write_text(json.dumps(told, indent=2) + "\n", "utf-8")


def _tell(text: str) -> None:
    """Say what is being done, to somebody who watches."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
