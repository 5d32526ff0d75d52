"""What the clients are given: a recording with its app, and an app whose tool is written in Python."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.support.dap_client import environment
from tests.support.python_child import write_app
from tests.support.stories import old_file
from tests.support.weather import write_weather


@pytest.fixture
def surroundings(tmp_path: Path) -> dict[str, str]:
    """Environment variables that name the recording TRACE of APP, and the PROGRAM that may be run into RUN."""
    trace = write_weather(tmp_path)
    app = tmp_path / "app.ai"
    old_file(app, app.read_text("utf-8"))
    program = write_app(tmp_path / "child")
    return environment(
        PYTHON=sys.executable,
        TRACE=str(trace),
        APP=str(app),
        PROGRAM=str(program),
        TOOLS=str(program.with_name("tools.py")),
        RUN=str(program.with_name("run.jsonl")),
    )
