"""Sessions driven by dap-mode in batch Emacs, set up with what docs/editors.md says."""

from __future__ import annotations

import functools
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.documents import block

HERE = Path(__file__).parent


@functools.cache
def _missing() -> str:
    """What is not installed; empty when all is."""
    if shutil.which("emacs") is None:
        return "Emacs is not installed: run tests/dap_clients/setup"
    done = subprocess.run(["emacs", "--batch", "--eval", "(require 'dap-mode)"], capture_output=True, check=False)
    return "" if done.returncode == 0 else "Emacs has no dap-mode: run tests/dap_clients/setup"


pytestmark = pytest.mark.slow


def _drive(script: str, surroundings: dict[str, str], tmp_path: Path) -> list[str]:
    """What a script prints."""
    if reason := _missing():
        pytest.skip(reason)
    configuration = tmp_path / "namel3ss.el"
    configuration.write_text(block("editors.md", "namel3ss.el"))
    home = tmp_path / "home"
    home.mkdir()
    done = subprocess.run(
        ["emacs", "--batch", "-l", HERE / script],
        env={**surroundings, "HOME": str(home), "NAMEL3SS_EL": str(configuration)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()


def test_a_recording_is_walked_both_ways(surroundings: dict[str, str], tmp_path: Path) -> None:
    """Breakpoints stop in both directions, step back undoes a step, and the values at a stop are seen."""
    assert _drive("replay.el", surroundings, tmp_path) == [
        "entry: app weather, trace.jsonl:1, event 0",
        "continue: tool get_weather, app.ai:9, event 5",
        '  city = "Oslo"',
        '  units = "metric"',
        "next: tool get_weather, app.ai:9, event 16",
        "step back: tool get_weather, app.ai:9, event 5",
        "step in: tool get_weather, app.ai:9, event 16",
        "step out: tool get_weather, app.ai:9, event 17",
        "continue: tool get_weather, app.ai:9, event 18",
        "continue: app weather, trace.jsonl:1, event 24",
        "reverse continue: tool get_weather, app.ai:9, event 18",
        "reverse continue: tool get_weather, app.ai:9, event 16",
        "ended",
    ]


def test_python_inside_a_tool_is_attached_to_by_hand(surroundings: dict[str, str], tmp_path: Path) -> None:
    """dap-mode cannot be asked for a session: a person attaches, and both sessions show their side of the stop."""
    assert _drive("python_child.el", surroundings, tmp_path) == [
        "child: work, tools.py:3",
        "  found = 10",
        "  given = 'a question'",
        "parent: tool work, app.ai:3, event 3",
        '  given = "a question"',
        "step back: step look, app.ai:5, event 2",
        "ended",
    ]
