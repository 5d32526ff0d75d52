"""What it costs to start the command line."""

from __future__ import annotations

import subprocess
import sys

from .bench import Bench


def debug_help(bench: Bench) -> None:
    """`namel3ss debug --help`."""
    with bench.timed_children():
        subprocess.run([sys.executable, "-m", "namel3ss_dbg", "debug", "--help"], stdout=subprocess.DEVNULL, check=True)
