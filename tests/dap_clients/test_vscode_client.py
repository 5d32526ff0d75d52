"""Sessions driven by `@vscode/debugadapter-testsupport`, the client that VS Code's own adapters are tested with."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.dap_client import Server
from tests.support.weather import weather_records

HERE = Path(__file__).parent

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed"),
    pytest.mark.skipif(
        not (HERE / "node_modules" / "@vscode" / "debugadapter-testsupport").is_dir(),
        reason="@vscode/debugadapter-testsupport is not installed: run tests/dap_clients/setup",
    ),
]


def _drive(script: str, surroundings: dict[str, str], **more: str) -> None:
    """Run the tests of a script; what they say is shown when one of them fails."""
    done = subprocess.run(
        ["node", "--test", HERE / script],
        env={**surroundings, **more},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "# pass 0" not in done.stdout, done.stdout


def test_a_recording_is_walked_both_ways(surroundings: dict[str, str]) -> None:
    """The tests of replay.test.cjs: breakpoints, values, step back, reverse continue, two sessions at once."""
    inputs = {name: json.dumps(value) for name, value in weather_records()[5]["inputs"].items()}
    with Server("--port", "0") as server:
        _drive("replay.test.cjs", surroundings, PORT=str(server.port), INPUTS=json.dumps(inputs))


def test_python_inside_a_tool_is_debugged_in_a_child_session(surroundings: dict[str, str]) -> None:
    """The tests of python_child.test.cjs: on debugpy's port, through the relay, not asked for, and refused."""
    _drive("python_child.test.cjs", surroundings)
