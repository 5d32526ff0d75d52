"""`namel3ss.debugging.replayer`: walk through recorded runs and analyze them in a script."""

from __future__ import annotations

from namel3ss_dbg.analysis import TraceAnalyzer
from namel3ss_dbg.replay.replayer import ExecutionReplayer, ReplayBreakpoint, ReplayState

__all__ = ["ExecutionReplayer", "ReplayBreakpoint", "ReplayState", "TraceAnalyzer"]
