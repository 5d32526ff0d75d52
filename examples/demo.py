"""The main job in one go: trace an app, see what failed, walk back to where it began. `make demo` runs this."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

APP = Path(__file__).parent / "flaky_weather"

QUESTION = """'{"input": "Where should the four of us hike on Saturday?"}'"""

STEPS: tuple[tuple[str, str, str], ...] = (
    ("Run an app on its offline model, and record everything that it does.", f"trace app.ai --run-args {QUESTION}", ""),
    ("The whole run, as it happened.", "replay trace.jsonl", ""),
    ("Where time and money went, and what failed.", "analyze trace.jsonl --format table", ""),
    (
        "Stop where a tool failed, look around, and step backwards to what the model had asked for.",
        "replay trace.jsonl --breakpoint tool_failed",
        "where\nprint error\nrnext\nprint inputs\nquit\n",
    ),
    ("The same failures, one line each, for grep.", "inspect trace.jsonl --errors-only", ""),
)


def main() -> int:
    """Run every step, saying what it is for; stops at the first that does not do what it should."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(APP, folder, dirs_exist_ok=True)
        for number, (purpose, command, typed) in enumerate(STEPS, 1):
            print(f"\n\033[1m{number}. {purpose}\033[0m" if sys.stdout.isatty() else f"\n{number}. {purpose}")
            shown = f"{_piped(typed)}namel3ss debug {command}"
            print(f"   $ {shown}\n", flush=True)
            words = ["namel3ss", "debug", *shlex.split(command)]
            code = subprocess.run(words, cwd=folder, input=typed, text=True, check=False, env=_plain()).returncode
            if code != 0:
                print(f"\nThis step ended with exit code {code}.")
                return 1
    print("\nNext: examples/README.md has four apps with a fault to find.")
    return 0


def _piped(typed: str) -> str:
    return f"printf '{typed}' | ".replace("\n", "\\n") if typed else ""


def _plain() -> dict[str, str]:
    """The environment, without the person's own debug settings."""
    return {name: value for name, value in os.environ.items() if not name.startswith("NAMEL3SS_")}


if __name__ == "__main__":
    sys.exit(main())
