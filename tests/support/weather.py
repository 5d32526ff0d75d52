"""A small run that has a bit of everything, beside its program.

Two agents at once, a failing tool and a mocked retry, a prompt that needs two attempts, an agent's end that repeats the
tokens of its calls, a value with terminal escapes in it, and memory that grows.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "traces" / "v1" / "weather"


def weather_records() -> list[dict[str, Any]]:
    """The records of the run."""
    return [json.loads(line) for line in (FOLDER / "trace.jsonl").read_text(encoding="utf-8").splitlines()]


def write_weather(folder: Path) -> Path:
    """Copy trace and program into a folder; returns the trace."""
    shutil.copy(FOLDER / "app.ai", folder)
    return Path(shutil.copy(FOLDER / "trace.jsonl", folder))
