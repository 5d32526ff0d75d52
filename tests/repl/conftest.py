from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from namel3ss_dbg.commands.dialogue import Dialogue
from namel3ss_dbg.timeline.session import DebugSession
from tests.support.weather import write_weather


@pytest.fixture
def trace() -> Path:
    """The small run that has a bit of everything, in the working directory."""
    return write_weather(Path.cwd())


@pytest.fixture
def dialogue(trace: Path) -> Iterator[Dialogue]:
    """A conversation at its beginning."""
    with DebugSession.open(trace) as session:
        yield Dialogue(session)
