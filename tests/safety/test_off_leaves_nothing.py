"""Tracing is off by default, and then nothing of it is left on the disk."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest
from namel3ss.debugging import DebugConfiguration, initialize_tracing
from namel3ss.debugging.hooks import trace_agent_execution, trace_agent_turn, trace_error

from tests.support.documents import ROOT
from tests.support.shell import namel3ss


def test_a_run_leaves_nothing(tmp_path: Path) -> None:
    """Not a file, not a folder."""
    app = Path(shutil.copy(ROOT / "examples" / "seed" / "my_app.ai", tmp_path))
    done = namel3ss("run", "my_app.ai", folder=tmp_path)

    assert (done.returncode, done.stdout) == (0, "Done.\n")
    assert list(tmp_path.rglob("*")) == [app]


@pytest.mark.parametrize("config", [None, DebugConfiguration(), DebugConfiguration(enabled=False)])
def test_hooks_and_tracer_leave_nothing(tmp_path: Path, config: DebugConfiguration | None) -> None:
    """By default, and when it is said; what is decorated works as it did."""
    tracer = initialize_tracing(config)

    @trace_agent_execution
    async def answer(question: str) -> str:
        async with trace_agent_turn("Helper", turn_number=1, user_input=question):
            await trace_error(component="custom", component_name="x", error=ValueError("no"))
        return question.upper()

    assert tracer.start("MyApp") is None
    assert asyncio.run(answer("why?")) == "WHY?"
    assert tracer.finish() is None
    assert list(tmp_path.rglob("*")) == []
