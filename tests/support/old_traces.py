"""Traces as they lie in a trace directory after weeks: written by the tracer, then moved into the past."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path
from typing import Any

from namel3ss_dbg.trace.store import trace_name
from tests.support.recordings import tracer_in

DAY = 86_400.0
_TIMESTAMP = re.compile(rb'"timestamp":(\d+\.?\d*)')


def record(folder: Path, **how: Any) -> Path:
    """A trace of a run that just ended."""
    tracer = tracer_in(folder, trace_format=how.pop("trace_format", "jsonl"), trace_retention_days=0)
    tracer.require("App", **how)
    with tracer.span("agent_execution", "agent", "MyAgent"):
        pass
    trace = tracer.finish()
    assert trace is not None
    return trace


def aged(trace: Path, days: float) -> Path:
    """The trace, as if everything about it had happened some days earlier; its name says so too."""
    shift = days * DAY
    lines = trace.read_bytes()
    lines = _TIMESTAMP.sub(lambda found: b'"timestamp":%f' % (float(found[1]) - shift), lines)
    execution = trace.stem.split("_", 3)[3]
    old = trace.with_name(trace_name(execution, at=time.time() - shift, suffix=trace.suffix))
    trace.unlink()
    old.write_bytes(lines)
    os.utime(old, (time.time() - shift,) * 2)
    return old


def old_trace(folder: Path, days: float, **how: Any) -> Path:
    """A trace of a run that ended some days ago, and was not the latest."""
    return aged(record(folder, is_latest=False, **how), days)
