"""Trace files that are closed when their test is over."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from namel3ss_dbg.timeline.timeline import Timeline
from namel3ss_dbg.trace.index import TraceIndex


@pytest.fixture
def over() -> Iterator[Callable[[Path], Timeline]]:
    """Makes timelines over trace files of which nothing was read."""
    with contextlib.ExitStack() as files:
        yield lambda path: Timeline(files.enter_context(TraceIndex(path)))
