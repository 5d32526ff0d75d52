"""Sessions for the tests of the debug adapter: over a pair of sockets in this process, and traces to walk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.dap_client import DapClient
from tests.support.stories import crashed, old_file, parallel, weather, write_trace


@pytest.fixture
def client() -> Iterator[DapClient]:
    """A session that has not begun."""
    with DapClient.inside() as client:
        yield client


@pytest.fixture
def weather_trace(tmp_path: Path) -> Path:
    """The run of `weather` with its program, `src/app.ai`, beside it."""
    (tmp_path / "src").mkdir()
    old_file(tmp_path / "src" / "app.ai", "".join(f"line {number}\n" for number in range(1, 21)))
    return write_trace(tmp_path / "weather.jsonl", weather())


@pytest.fixture
def parallel_trace(tmp_path: Path) -> Path:
    """The run of `parallel`, without its program."""
    return write_trace(tmp_path / "parallel.jsonl", parallel())


@pytest.fixture
def crashed_trace(tmp_path: Path) -> Path:
    """The parallel run, killed while a tool was working."""
    return write_trace(tmp_path / "crashed.jsonl", crashed())
